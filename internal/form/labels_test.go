package form_test

import (
	"testing"

	"ketnap/internal/domain"
)

// readCover reads a return with these rows as THONG_TIN.
func readCover(t testing.TB, merges []string, rows ...[]any) (domain.Cover, *domain.SheetReading, domain.Return) {
	t.Helper()
	ret := read(t, load(t), write(t, sheet{name: "THONG_TIN", rows: rows, merges: merges}, admissions(), pool(), cells()))
	return ret.Cover, ret.Reading.Sheet("THONG_TIN"), ret
}

// TestMarkInWords: who types «Không phát sinh» beside itself means the mark.
func TestMarkInWords(t *testing.T) {
	c, _, _ := readCover(t, nil, []any{"Mẫu biểu", "KND-01"}, []any{"Mã đơn vị", "05926"}, []any{"Không phát sinh (x)", "không phát sinh"})
	if !c.NilReturn.Mark || c.NilReturn.Cell.Ref() != "B3" || c.NilReturn.Repair != domain.Understood {
		t.Errorf("nil %+v", c.NilReturn)
	}
	if c, _, _ = readCover(t, nil, []any{"Mẫu biểu", "KND-01"}, []any{"Mã đơn vị", "05926"}, []any{"Không phát sinh (x)"}); c.NilReturn.Mark {
		t.Errorf("no mark: %+v", c.NilReturn)
	}
}

func TestLabels(t *testing.T) {
	c, r, ret := readCover(t, []string{"A5:B5"},
		[]any{"Kỳ báo cáo: tháng 9 năm 2021"},
		[]any{"Mẫu biểu:", "knd 01", nil, "Phiên bản mẫu *", nil, 2021.1},
		[]any{"Mã đơn vị", nil, "Tên đơn vị", "Đảng bộ xã Đào Xá"},
		[]any{"KỲ BÁO CÁO", "tháng 10 năm 2021"},
		[]any{"Chỉ tiêu năm", nil, "8 đ/c"},
		[]any{"Người lập", "Lê Thị C"},
		[]any{"Điện thoại: 0912345678"},
		[]any{"Không phát sinh", "x"},
		[]any{nil, "Người lập", nil, nil, nil, "Người ký"},
		[]any{"Từ ngay", date(2021, 1, 1)},
	)
	if ret.Reading.Form != "KND-01 2021.1" || c.FormVersion.Text != "2021.1" || c.FormVersion.Cell.Ref() != "F2" {
		t.Errorf("form %q: %+v %+v", ret.Reading.Form, c.FormCode, c.FormVersion)
	}
	if c.UnitCode.State != domain.Blank || c.UnitCode.Cell.Ref() != "B3" || c.UnitName.Text != "Đảng bộ xã Đào Xá" {
		t.Errorf("a label is no value: %+v %+v", c.UnitCode, c.UnitName)
	}
	if c.Period.Date != date(2021, 10, 1) || c.Period.Cell.Ref() != "B4" || c.Period.Text != "2021-10" {
		t.Errorf("the letterhead won: %+v", c.Period)
	}
	if c.Target.Num != 8 || c.Target.Cell.Ref() != "C5" || c.Target.Repair != domain.NumberFromText {
		t.Errorf("beside a merged label: %+v", c.Target)
	}
	if c.Preparer.Text != "Lê Thị C" || c.Phone.Text != "0912345678" || !c.NilReturn.Mark {
		t.Errorf("preparer %+v, phone %+v, nil %+v", c.Preparer, c.Phone, c.NilReturn)
	}
	if c.Signer.State != domain.Blank || c.Signer.Cell.Ref() != "G9" || c.From.State != domain.Absent {
		t.Errorf("signer %+v, from %+v", c.Signer, c.From)
	}
	if len(r.Double) > 0 || r.Labels["period"].Ref() != "B4" {
		t.Errorf("reading %+v", r)
	}
	for _, m := range r.Missing {
		if m.ID == "from" && (m.Nearest != "Từ ngay" || m.At.Ref() != "A10") {
			t.Errorf("missing label: %+v", m)
		}
	}
}

// TestNumberedLabels: forms like to number their lines.
func TestNumberedLabels(t *testing.T) {
	c, r, _ := readCover(t, nil, []any{"1. Mẫu biểu", "KND-01"}, []any{"2) Phiên bản mẫu", "2021.1"}, []any{"III. Mã đơn vị", "05926"},
		[]any{"11 . Chỉ tiêu năm", 8})
	if c.FormCode.Text != "KND-01" || c.FormVersion.Text != "2021.1" || c.UnitCode.Text != "05926" || c.Target.Num != 8 {
		t.Errorf("%+v %+v %+v %+v; missing %+v", c.FormCode, c.FormVersion, c.UnitCode, c.Target, r.Missing)
	}
}

// TestBlankLabel: a label left blank is blank, whatever the letterhead says.
func TestBlankLabel(t *testing.T) {
	c, _, _ := readCover(t, nil, []any{"Kỳ báo cáo: tháng 9 năm 2021"}, []any{"Kỳ báo cáo"})
	if c.Period.State != domain.Blank || c.Period.Cell.Ref() != "B2" {
		t.Errorf("period %+v", c.Period)
	}
	c, _, _ = readCover(t, nil, []any{"Kỳ báo cáo: tháng 9 năm 2021"})
	if c.Period.Text != "2021-09" || c.Period.Cell.Ref() != "A1" {
		t.Errorf("period in one cell: %+v", c.Period)
	}
}

func TestDoubleLabel(t *testing.T) {
	_, r, _ := readCover(t, nil, []any{"Mã đơn vị", "05926"}, []any{"Mã đơn vị", "05929"}, []any{"Mã đơn vị", "05926"})
	if len(r.Double) != 1 || r.Double[0].First.Ref() != "A1" || r.Double[0].At.Ref() != "A2" {
		t.Errorf("double %+v", r.Double)
	}
}

// TestLetterhead: labels above the block of labels are a letterhead's.
func TestLetterhead(t *testing.T) {
	block := [][]any{
		{"Mẫu biểu", "KND-01"}, {"Phiên bản mẫu", "2021.1"}, {"Mã đơn vị", "05962"}, {"Tên đơn vị", "Đảng bộ xã Thanh Ninh"},
		{"Kỳ báo cáo", "2021-10"},
	}
	for name, tc := range map[string]struct {
		rows   [][]any
		at     string // of the unit's name
		name   string
		double string
	}{
		"a line": {append([][]any{{"Đơn vị:", "Đảng ủy xã Thanh Ninh"}, {}}, block...), "B6", "Đảng bộ xã Thanh Ninh", ""},
		"lines and a title": {append([][]any{{"Mẫu số", "01"}, {"Đơn vị:", nil, "Đảng ủy"}, {"THÔNG TIN CHUNG"}}, block...), "B7",
			"Đảng bộ xã Thanh Ninh", ""},
		"the label is blank": {append([][]any{{"Đơn vị:", "Đảng ủy xã Thanh Ninh"}, {}},
			append(block[:3:3], []any{"Tên đơn vị"}, block[4])...), "B6", "", ""},
		"nowhere else":     {append([][]any{{"Đơn vị:", "Đảng ủy xã Thanh Ninh"}, {}}, block[:3]...), "B1", "Đảng ủy xã Thanh Ninh", ""},
		"within the block": {append([][]any{{"Đơn vị:", "Đảng ủy xã Thanh Ninh"}}, block...), "B1", "Đảng ủy xã Thanh Ninh", "A5"},
		"below the block":  {append(block[:5:5], []any{}, []any{"Đơn vị:", "Đảng ủy xã Thanh Ninh"}), "B4", "Đảng bộ xã Thanh Ninh", "A7"},
		"two blocks": {append(block[:5:5], []any{}, []any{"Chỉ tiêu năm", 8}, []any{"Đến ngày", "31/10/2021"},
			[]any{"Người lập", "Lê"}, []any{"Người ký", "Lý"}, []any{"Chức vụ", "Bí thư"}, []any{"Đơn vị", "Đảng ủy"}),
			"B4", "Đảng bộ xã Thanh Ninh", "A12"},
	} {
		t.Run(name, func(t *testing.T) {
			c, r, _ := readCover(t, nil, tc.rows...)
			if c.UnitName.Text != tc.name || c.UnitName.Cell.Ref() != tc.at {
				t.Errorf("unit name %+v, want %q at %s", c.UnitName, tc.name, tc.at)
			}
			double := ""
			for _, d := range r.Double {
				double += d.At.Ref()
			}
			if double != tc.double {
				t.Errorf("double %+v, want %q", r.Double, tc.double)
			}
		})
	}
}

// TestUnitCodeAsNumber: Excel drops the zero in front of 05926.
func TestUnitCodeAsNumber(t *testing.T) {
	c, _, _ := readCover(t, nil, []any{"Mã đơn vị", 5926})
	if c.UnitCode.Text != "05926" || c.UnitCode.Raw != "5926" || c.UnitCode.Repair != domain.LostZero {
		t.Errorf("unit code %+v", c.UnitCode)
	}
	c, _, _ = readCover(t, nil, []any{"Mã đơn vị", "PB07"})
	if c.UnitCode.Text != "PB07" || c.UnitCode.Repair != domain.NotRepaired {
		t.Errorf("unit code %+v", c.UnitCode)
	}
}

func TestChoose(t *testing.T) {
	for _, tc := range []struct {
		code, version any
		want          string
	}{
		{"KND-01", "2021.1", "KND-01 2021.1"},
		{"KND 01", 2021.1, "KND-01 2021.1"},
		{"KND-01", "2019.1", ""},
		{"KND-02", "2021.1", ""},
		{nil, nil, ""},
	} {
		c, _, ret := readCover(t, nil, []any{"Mẫu biểu", tc.code}, []any{"Phiên bản mẫu", tc.version}, []any{"Mã đơn vị", "05926"})
		if ret.Reading.Form != tc.want || c.UnitCode.Text != "05926" || c.FormVersion.Cell.Ref() != "B2" {
			t.Errorf("%v %v: read by %q, %+v", tc.code, tc.version, ret.Reading.Form, c)
		}
	}
}
