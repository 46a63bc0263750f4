package render

import (
	"testing"

	"ketnap/internal/consolidate"
	"ketnap/internal/returns"
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
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 18/31 đảng viên, đạt 58,06 % chỉ tiêu năm, tăng 9 đảng viên (100 %) so với cùng kỳ năm 2020 " +
				"(9 đảng viên, tính trên 5 đơn vị đã có số liệu của cả hai năm). Riêng tháng 10 kết nạp 6 đảng viên. " +
				"Trong năm 2021: 30 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; 3 hồ sơ đang chờ xét kết nạp. " +
				"Có 2 đơn vị đạt hoặc vượt chỉ tiêu năm: Quân sự huyện 4/3, Đồi Thông 9/9. " +
				"Còn 1 đơn vị được giao chỉ tiêu nhưng chưa kết nạp được đảng viên: Bưu điện. " +
				"Đã nhận báo cáo của 6/7 đơn vị; chưa gửi: Núi Đôi."},
		"all counted, fewer": {group(sampleUnit("1", a, 8, 8, 1, 3, 4, consolidate.Received), sampleUnit("2", b, 6, 6, 0, 1, 4, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 4/14 đảng viên, đạt 28,57 % chỉ tiêu năm, giảm 4 đảng viên (50 %) so với cùng kỳ năm 2020 (8 đảng viên). " +
				"Riêng tháng 10 kết nạp 1 đảng viên. Trong năm 2021: 8 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; 1 hồ sơ đang chờ xét kết nạp. " +
				"Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 2/2 đơn vị."},
		"equal, none this month": {group(sampleUnit("1", a, 8, 8, 0, 3, 3, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 3/8 đảng viên, đạt 37,5 % chỉ tiêu năm, bằng cùng kỳ năm 2020 (3 đảng viên). " +
				"Trong tháng 10 không kết nạp đảng viên nào. Trong năm 2021: 5 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; không có hồ sơ chờ xét kết nạp. " +
				"Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"base 0, target unknown": {group(sampleUnit("1", a, unknown, unknown, 3, 3, 0, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 3 đảng viên, tăng 3 đảng viên so với cùng kỳ năm 2020 (0 đảng viên). " +
				"Riêng tháng 10 kết nạp 3 đảng viên. Trong năm 2021: 5 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; không có hồ sơ chờ xét kết nạp. " +
				"Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"last year unknown, nobody": {group(sampleUnit("1", a, 8, 8, 0, 0, unknown, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện chưa kết nạp được đảng viên nào (chỉ tiêu năm là 8). Trong tháng 10 không kết nạp đảng viên nào. " +
				"Trong năm 2021: 2 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; không có hồ sơ chờ xét kết nạp. " +
				"Chưa có đơn vị nào hoàn thành chỉ tiêu năm. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"a name that ends in a number": {group(sampleUnit("1", "Chi bộ Ngân hàng số 1", 1, 1, 0, 1, 1, consolidate.Received)),
			"Đến hết tháng 10 năm 2021, toàn huyện kết nạp được 1/1 đảng viên, đạt 100 % chỉ tiêu năm, bằng cùng kỳ năm 2020 (1 đảng viên). " +
				"Trong tháng 10 không kết nạp đảng viên nào. Trong năm 2021: 3 quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng; 1 hồ sơ đang chờ xét kết nạp. " +
				"Có 1 đơn vị đạt hoặc vượt chỉ tiêu năm: Ngân hàng số 1: 1/1. Đã nhận đủ báo cáo của 1/1 đơn vị."},
		"none counted": {group(sampleUnit("1", a, 800, 800, unknown, unknown, 4, consolidate.NotSent), sampleUnit("2", b, 600, 600, unknown, unknown, 1, consolidate.Returned)),
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

func TestHeadline(t *testing.T) {
	for _, test := range []struct {
		s    *consolidate.Summary
		o    Office
		want string
	}{
		{sampleSummary(), sampleOffice, "Tháng 10 năm 2021, toàn huyện: kết nạp 18/31 đảng viên, đạt 58,06 % chỉ tiêu năm; đã nhận báo cáo của 6/7 đơn vị"},
		{variants()["none counted"], Office{}, "Tháng 10 năm 2021, toàn đảng bộ: chưa có số liệu kết nạp; đã nhận báo cáo của 0/2 đơn vị"},
		{group(sampleUnit("1", "Đảng bộ xã A", unknown, unknown, 3, 3, 0, consolidate.Received)), Office{Level: "tỉnh"},
			"Tháng 10 năm 2021, toàn tỉnh: kết nạp 3 đảng viên; đã nhận báo cáo của 1/1 đơn vị"},
	} {
		if got := Headline(test.s, test.o); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestReminders(t *testing.T) {
	s := variants()["none counted"]
	want := []string{
		"Đề nghị các đơn vị sau gửi báo cáo kết nạp đảng viên kỳ tháng 10 năm 2021 (hạn nộp 03/11/2021): Đồi Thông.",
		"Đề nghị các đơn vị sau sửa các ô đã đánh dấu trong tệp phản hồi và gửi lại báo cáo kết nạp đảng viên kỳ tháng 10 năm 2021 (hạn nộp 03/11/2021): Suối Mơ.",
	}
	got := reminders(s)
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %q", got)
	}
	if got := reminders(variants()["all counted"]); len(got) != 1 || got[0] != "Không có đơn vị nào còn nợ báo cáo." {
		t.Errorf("got %q", got)
	}
}

// Two units that would sound alike keep their whole names.
func TestShortNames(t *testing.T) {
	names := shortNames(group(
		sampleUnit("1", "Đảng bộ xã Bình Minh", 1, 1, 0, 0, 0, consolidate.Received),
		sampleUnit("2", "Đảng bộ thị trấn Bình Minh", 1, 1, 0, 0, 0, consolidate.Received),
		sampleUnit("3", "Đảng bộ Trường THPT Bình Minh", 1, 1, 0, 0, 0, consolidate.Received),
		sampleUnit("4", "Đảng ủy phường đồi Thông", 1, 1, 0, 0, 0, consolidate.Received),
	))
	for code, want := range map[string]string{"1": "Đảng bộ xã Bình Minh", "2": "Đảng bộ thị trấn Bình Minh", "3": "Trường THPT Bình Minh", "4": "Đồi Thông"} {
		if names[code] != want {
			t.Errorf("%s is %q, want %q", code, names[code], want)
		}
	}
}

func TestOfficeDate(t *testing.T) {
	december := returns.Period{Year: 2021, Month: 12}
	for _, test := range []struct {
		o    Office
		want string
	}{
		{Office{Place: "Phú Bình"}, "Phú Bình, ngày ..... tháng ..... năm 2022"},
		{Office{}, "Ngày ..... tháng ..... năm 2022"},
		{Office{Place: "B", Date: returns.Date{Year: 2022, Month: 1, Day: 5}}, "B, ngày 05 tháng 01 năm 2022"},
		{Office{Place: "B", Date: returns.Date{Year: 2022, Month: 3, Day: 15}}, "B, ngày 15 tháng 3 năm 2022"},
	} {
		if got := officeValues(december.Span(), test.o)["date"]; got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
