package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
)

func group(units ...consolidate.UnitLine) *consolidate.Summary {
	return summaryOf(consolidate.Group{Name: "Xã", Units: units})
}

func TestParagraph(t *testing.T) {
	const a, b = "Đảng bộ xã Đồi Thông", "Đảng bộ xã Suối Mơ"
	for name, test := range map[string]struct {
		s    *consolidate.Summary
		want string
	}{
		"some counted": {sampleSummary(),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 18/31 đảng viên, đạt 58,06 % chỉ tiêu năm, tăng 9 đảng viên (100,00 %) " +
				"so với cùng kỳ năm 2020 " +
				"(9 đảng viên, tính trên 5 đơn vị đã có số liệu của cả hai năm). Riêng tháng 10 kết nạp 6 đảng viên. " +
				"Trong năm 2021: 30 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng (tính cả người đã kết nạp; 2,3 người cho một " +
				"chỉ tiêu còn phải thực hiện); 3 hồ sơ đang chờ xét kết nạp. " +
				"Có 2 đơn vị đạt hoặc vượt chỉ tiêu năm: Quân sự huyện 4/3, Đồi Thông 9/9. " +
				"Còn 1 đơn vị được giao chỉ tiêu nhưng chưa kết nạp được đảng viên: Bưu điện. " +
				"Đã nhận báo cáo của 6/7 đơn vị; chưa gửi: Núi Đôi."},
		"all counted, fewer": {group(sampleUnit("1", a, 8, 8, 1, 3, 4, consolidate.Received),
			sampleUnit("2", b, 6, 6, 0, 1, 4, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 4/14 đảng viên, đạt 28,57 % chỉ tiêu năm, giảm 4 đảng viên (50,00 %) so " +
				"với cùng kỳ năm 2020 (8 đảng viên). " +
				"Riêng tháng 10 kết nạp 1 đảng viên. Trong năm 2021: 8 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng (tính cả " +
				"người đã kết nạp; 0,8 người cho một chỉ tiêu còn phải thực hiện); 1 hồ sơ đang chờ xét kết nạp. " +
				"Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 2/2 đơn vị."},
		"equal, none this month": {group(sampleUnit("1", a, 8, 8, 0, 3, 3, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 3/8 đảng viên, đạt 37,50 % chỉ tiêu năm, bằng cùng kỳ năm 2020 (3 đảng viên). " +
				"Trong tháng 10 không kết nạp đảng viên nào. Trong năm 2021: 5 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng " +
				"(tính cả người đã kết nạp; 1,0 người cho một chỉ tiêu còn phải thực hiện); không có hồ sơ chờ xét kết nạp. " +
				"Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"base 0, target unknown": {group(sampleUnit("1", a, unknown, unknown, 3, 3, 0, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 3 đảng viên, tăng 3 đảng viên so với cùng kỳ năm 2020 (0 đảng viên). " +
				"Riêng tháng 10 kết nạp 3 đảng viên. Trong năm 2021: 5 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; không có " +
				"hồ sơ chờ xét kết nạp. " +
				"Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"last year unknown, nobody": {group(sampleUnit("1", a, 8, 8, 0, 0, unknown, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện chưa kết nạp được đảng viên nào (chỉ tiêu năm là 8). Trong tháng 10 không kết nạp " +
				"đảng viên nào. " +
				"Trong năm 2021: 2 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng (tính cả người đã kết nạp; 0,3 người cho một " +
				"chỉ tiêu còn phải thực hiện); không có hồ sơ chờ xét kết nạp. " +
				"Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"a name that ends in a number": {group(sampleUnit("1", "Chi bộ Ngân hàng số 1", 1, 1, 0, 1, 1, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 1/1 đảng viên, đạt 100,00 % chỉ tiêu năm, bằng cùng kỳ năm 2020 (1 đảng viên). " +
				"Trong tháng 10 không kết nạp đảng viên nào. Trong năm 2021: 3 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; " +
				"1 hồ sơ đang chờ xét kết nạp. " +
				"Có 1 đơn vị đạt hoặc vượt chỉ tiêu năm: Ngân hàng số 1: 1/1. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"a quarter": {in(spanOf(7, 9), group(sampleUnit("1", a, 51, 51, 8, 23, 20, consolidate.Received))),
			"Đến hết quý III năm 2021, toàn huyện kết nạp được 23/51 đảng viên, đạt 45,10 % chỉ tiêu năm, tăng 3 đảng viên (15,00 %) so " +
				"với cùng kỳ năm 2020 (20 đảng viên). " +
				"Riêng quý III kết nạp 8 đảng viên. Trong năm 2021: 25 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng (tính cả " +
				"người đã kết nạp; 0,9 người cho một chỉ tiêu còn phải thực hiện); " +
				"2 hồ sơ đang chờ xét kết nạp. Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"the first half": {in(spanOf(1, 6), group(sampleUnit("1", a, 8, 8, 4, 4, 4, consolidate.Received))),
			"Đến hết 6 tháng đầu năm 2021, toàn huyện kết nạp được 4/8 đảng viên, đạt 50,00 % chỉ tiêu năm, bằng cùng kỳ năm 2020 (4 đảng viên). " +
				"Trong năm 2021: 6 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng (tính cả người đã kết nạp; 1,5 người cho một " +
				"chỉ tiêu còn phải thực hiện); " +
				"1 hồ sơ đang chờ xét kết nạp. Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"the second half": {in(spanOf(7, 12), group(sampleUnit("1", a, 8, 8, 0, 3, 4, consolidate.Received))),
			"Đến hết 6 tháng cuối năm 2021, toàn huyện kết nạp được 3/8 đảng viên, đạt 37,50 % chỉ tiêu năm, giảm 1 đảng viên (25,00 %) " +
				"so với cùng kỳ năm 2020 (4 đảng viên). " +
				"Trong 6 tháng cuối năm không kết nạp đảng viên nào. " +
				"Trong năm 2021: 5 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng (tính cả người đã kết nạp; 1,0 người cho một " +
				"chỉ tiêu còn phải thực hiện); " +
				"không có hồ sơ chờ xét kết nạp. Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		// Tứ Kỳ 2012: 192 of 130 is «vượt 47,70 %».
		"a year, over the target": {in(spanOf(1, 12), group(sampleUnit("1", a, 130, 130, 192, 192, 180, consolidate.Received))),
			"Năm 2021, toàn huyện kết nạp được 192/130 đảng viên, đạt 147,69 % chỉ tiêu năm (vượt 47,69 %), tăng 12 đảng viên (6,67 " +
				"%) so với năm 2020 (180 đảng viên). " +
				"Trong năm 2021: 194 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; không có hồ sơ chờ xét kết nạp. " +
				"Có 1 đơn vị đạt hoặc vượt chỉ tiêu năm: Đồi Thông 192/130. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"January": {in(spanOf(1, 1), group(sampleUnit("1", a, unknown, unknown, 2, 2, unknown, consolidate.Received))),
			"Đến hết tháng 1 năm 2021, toàn huyện kết nạp được 2 đảng viên. Trong năm 2021: 4 quần chúng ưu tú đã qua lớp bồi dưỡng " +
				"nhận thức về Đảng; " +
				"2 hồ sơ đang chờ xét kết nạp. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		// Quảng Nam 2024: the parts come to 1.950, the whole was given 1.905.
		"targets that do not add up": {ownTarget(group(sampleUnit("1", a, 1000, 1000, 10, 400, 200, consolidate.Received),
			sampleUnit("2", b, 950, 950, 5, 475, 200, consolidate.Received)), 1905),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 875/1.905 đảng viên, đạt 45,93 % chỉ tiêu năm, tăng 475 đảng viên " +
				"(118,75 %) so với cùng kỳ năm 2020 (400 đảng viên). " +
				"Riêng tháng 10 kết nạp 15 đảng viên. Chỉ tiêu giao toàn huyện là 1.905, tổng chỉ tiêu giao các đơn vị là 1.950. " +
				"Trong năm 2021: 879 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng (tính cả người đã kết nạp; 0,9 người cho " +
				"một chỉ tiêu còn phải thực hiện); " +
				"2 hồ sơ đang chờ xét kết nạp. Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 2/2 đơn vị."},
		"target 0": {group(sampleUnit("1", a, 0, 0, 1, 2, 2, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 2 đảng viên (không có chỉ tiêu giao), bằng cùng kỳ năm 2020 (2 đảng " +
				"viên). Riêng tháng 10 kết nạp 1 đảng viên. " +
				"Trong năm 2021: 4 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; 2 hồ sơ đang chờ xét kết nạp. Đã nhận đủ báo " +
				"cáo của 1/1 đơn vị."},
		"target 0, nobody": {group(sampleUnit("1", a, 0, 0, 0, 0, 0, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện chưa kết nạp được đảng viên nào (không có chỉ tiêu giao), bằng cùng kỳ năm 2020 (0 " +
				"đảng viên). Trong tháng 10 không kết nạp đảng viên nào. " +
				"Trong năm 2021: 2 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; không có hồ sơ chờ xét kết nạp. Đã nhận đủ " +
				"báo cáo của 1/1 đơn vị."},
		"no unit": {&consolidate.Summary{Period: spanOf(10, 10)},
			"Đến hết tháng 10 năm 2021, không có đơn vị nào phải báo cáo."},
		"none counted": {group(sampleUnit("1", a, 800, 800, unknown, unknown, 4, consolidate.NotSent),
			sampleUnit("2", b, 600, 600, unknown, unknown, 1, consolidate.Returned)),
			"Đến hết tháng 10 năm 2021, chưa có báo cáo nào trong số 2 đơn vị được tiếp nhận nên chưa có số liệu kết nạp đảng viên; " +
				"chỉ tiêu năm của toàn huyện là 1.400 đảng viên. Đã nhận báo cáo của 0/2 đơn vị; chưa gửi: Đồi Thông; bị trả lại: Suối Mơ."},
		"nobody has sent": {group(sampleUnit("1", a, 8, 8, unknown, unknown, 4, consolidate.NotSent)),
			"Đến hết tháng 10 năm 2021, chưa có báo cáo nào trong số 1 đơn vị được tiếp nhận nên chưa có số liệu kết nạp đảng viên; " +
				"chỉ tiêu năm của toàn huyện là 8 đảng viên. Đã nhận báo cáo của 0/1 đơn vị; tất cả chưa gửi."},
	} {
		if got := Paragraph(test.s, sampleOffice); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

// spanOf is months of 2021.
func spanOf(from, to time.Month) domain.Span {
	return domain.Span{From: domain.Period{Year: 2021, Month: from}, To: domain.Period{Year: 2021, Month: to}}
}

func in(p domain.Span, s *consolidate.Summary) *consolidate.Summary {
	s.Period = p
	return s
}

// ownTarget gives the whole a target that is not the sum of its units'.
func ownTarget(s *consolidate.Summary, target int) *consolidate.Summary {
	s.Whole.Target = domain.People(target)
	s.Whole.Percent, s.Whole.Remaining = domain.PercentOf(s.Whole.ToDate, s.Whole.Target), s.Whole.Target.Minus(s.Whole.ToDate)
	s.Tables = sampleTables(s)
	return s
}

// A sentence names no more units than a reader takes in; the tables have them all.
func TestManyUnitsAreCounted(t *testing.T) {
	var units []consolidate.UnitLine
	for i := range 200 {
		units = append(units, sampleUnit(fmt.Sprint(i), fmt.Sprintf("Đảng bộ xã Số %d", i), 1, 1, 0, 1, 0, consolidate.Received))
	}
	got := Paragraph(group(units...), sampleOffice)
	if want := "Có 200 đơn vị đạt hoặc vượt chỉ tiêu năm: Số 0: 1/1, "; !strings.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
	if want := "Số 24: 1/1 và 175 đơn vị khác."; !strings.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
}

func TestHeadline(t *testing.T) {
	for _, test := range []struct {
		s    *consolidate.Summary
		o    Office
		want string
	}{
		{sampleSummary(), sampleOffice,
			"Tháng 10 năm 2021, toàn huyện: kết nạp 18/31 đảng viên, đạt 58,06 % chỉ tiêu năm; đã nhận báo cáo của 6/7 đơn vị"},
		{variants()["none counted"], Office{}, "Tháng 10 năm 2021, toàn đảng bộ: chưa có số liệu kết nạp; đã nhận báo cáo của 0/2 đơn vị"},
		{group(sampleUnit("1", "Đảng bộ xã A", unknown, unknown, 3, 3, 0, consolidate.Received)), Office{Level: "tỉnh"},
			"Tháng 10 năm 2021, toàn tỉnh: kết nạp 3 đảng viên; đã nhận báo cáo của 1/1 đơn vị"},
	} {
		if got := Headline(test.s, test.o); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

// Two units that would sound alike keep their whole names.
func TestShortNames(t *testing.T) {
	names := newNames(group(
		sampleUnit("1", "Đảng bộ xã Bình Minh", 1, 1, 0, 0, 0, consolidate.Received),
		sampleUnit("2", "Đảng bộ thị trấn Bình Minh", 1, 1, 0, 0, 0, consolidate.Received),
		sampleUnit("3", "Đảng bộ Trường THPT Bình Minh", 1, 1, 0, 0, 0, consolidate.Received),
		sampleUnit("4", "Đảng ủy phường đồi Thông", 1, 1, 0, 0, 0, consolidate.Received),
	))
	for code, want := range map[string]string{"1": "Đảng bộ xã Bình Minh", "2": "Đảng bộ thị trấn Bình Minh",
		"3": "Trường THPT Bình Minh", "4": "Đồi Thông"} {
		if got := names.of(code); got != want {
			t.Errorf("%s is %q, want %q", code, got, want)
		}
	}
}

func TestOfficeDate(t *testing.T) {
	december := domain.Period{Year: 2021, Month: 12}
	for _, test := range []struct {
		o    Office
		want string
	}{
		{Office{Place: "Phú Bình"}, "Phú Bình, ngày ..... tháng ..... năm 2022"},
		{Office{}, "Ngày ..... tháng ..... năm 2022"},
		{Office{Place: "B", Date: domain.Day(2022, 1, 5)}, "B, ngày 05 tháng 01 năm 2022"},
		{Office{Place: "B", Date: domain.Day(2022, 3, 15)}, "B, ngày 15 tháng 3 năm 2022"},
	} {
		if got := officeValues(december.Span(), test.o)["date"]; got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// The official forms count from January on: their title says how much of the year.
func TestCovered(t *testing.T) {
	for want, span := range map[string]domain.Span{
		"THÁNG 1 NĂM 2021": spanOf(1, 1), "10 THÁNG ĐẦU NĂM 2021": spanOf(10, 10), "6 THÁNG ĐẦU NĂM 2021": spanOf(1, 6),
		"9 THÁNG ĐẦU NĂM 2021": spanOf(7, 9), "NĂM 2021": spanOf(1, 12),
	} {
		if got := covered(span); got != want {
			t.Errorf("%s: %s, want %s", span, got, want)
		}
	}
}
