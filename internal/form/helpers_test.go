package form_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/xlsx/reader"
)

// load loads the forms that come with the program.
func load(t testing.TB) *form.Forms {
	t.Helper()
	forms, err := form.Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	return forms
}

// read reads a return.
func read(t testing.TB, forms *form.Forms, data []byte) domain.Return {
	t.Helper()
	ret, err := forms.Read(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return *ret
}

// badValues are the values of a return that could not be read.
func badValues(ret *domain.Return) []domain.Value {
	var bad []domain.Value
	add := func(record domain.Record) {
		for _, v := range record.Fields {
			if v.State == domain.Bad {
				bad = append(bad, *v)
			}
		}
	}
	add(&ret.Cover)
	for i := range ret.Admissions {
		add(&ret.Admissions[i])
	}
	for i := range ret.Pool {
		add(&ret.Pool[i])
	}
	for i := range ret.Cells {
		add(&ret.Cells[i])
	}
	if ret.Total != nil {
		add(ret.Total)
	}
	return bad
}

// sheet is a worksheet of a workbook made for a test. Cells are strings, ints,
// floats, bools, domain.Date (a true date),
// formula or inFont.
type sheet struct {
	name   string
	rows   [][]any // from A1
	merges []string
	hidden []int // rows
	veiled bool  // the sheet itself is hidden
}

// inFont is text in a font.
type inFont struct{ text, font string }

// formula is a formula with its stored value; without one when value is nil.
type formula struct {
	text  string
	value any
}

// write makes a workbook.
func write(t testing.TB, sheets ...sheet) []byte {
	t.Helper()
	file := excelize.NewFile()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dates, err := file.NewStyle(&excelize.Style{NumFmt: 14})
	must(err)
	for i, s := range sheets {
		if i == 0 {
			must(file.SetSheetName("Sheet1", s.name))
		} else {
			_, err := file.NewSheet(s.name)
			must(err)
		}
		for r, row := range s.rows {
			for c, value := range row {
				at := domain.Cell{Row: r + 1, Col: c + 1}.Ref()
				switch value := value.(type) {
				case nil:
				case domain.Date:
					must(file.SetCellValue(s.name, at, value.Time()))
					must(file.SetCellStyle(s.name, at, at, dates))
				case formula:
					if value.value != nil {
						must(file.SetCellValue(s.name, at, value.value))
					}
					must(file.SetCellFormula(s.name, at, value.text))
				case inFont:
					font, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Family: value.font}})
					must(err)
					must(file.SetCellValue(s.name, at, value.text))
					must(file.SetCellStyle(s.name, at, at, font))
				default:
					must(file.SetCellValue(s.name, at, value))
				}
			}
		}
		for _, m := range s.merges {
			from, to, _ := strings.Cut(m, ":")
			must(file.MergeCell(s.name, from, to))
		}
		for _, r := range s.hidden {
			must(file.SetRowVisible(s.name, r, false))
		}
		if s.veiled {
			must(file.SetSheetVisible(s.name, false))
		}
	}
	var out bytes.Buffer
	must(file.Write(&out))
	return out.Bytes()
}

// date is a day that exists.
func date(y int, m time.Month, d int) domain.Date { return domain.Day(y, m, d) }

// The four sheets of a plain return: one person admitted, one in the pool, two cells.

func cover() sheet {
	return sheet{name: "THONG_TIN", rows: [][]any{
		{"ĐẢNG BỘ HUYỆN PHÚ BÌNH"}, {}, {}, {}, {"Kỳ báo cáo: tháng 9 năm 2021"}, {},
		{"Mẫu biểu", "KND-01"},
		{"Phiên bản mẫu", "2021.1"},
		{"Mã đơn vị", "05926"},
		{"Tên đơn vị", "Đảng bộ xã Đào Xá"},
		{"Kỳ báo cáo", "2021-10"},
		{"Đến ngày", date(2021, 10, 31)},
		{"Chỉ tiêu năm", 8},
		{"Không phát sinh (x)"},
	}}
}

var admissionHeader = []any{
	"TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số định danh cá nhân (CCCD)", "Dân tộc", "Tôn giáo", "Chi bộ", "Nghề nghiệp",
	"Học vấn (GDPT)", "Ngày cấp GCN bồi dưỡng", "Ngày chi bộ họp xét", "Số quyết định", "Ngày quyết định", "Ghi chú",
}

func person(no any, name, id string) []any {
	return []any{
		no, name, date(1990, 3, 5), "Nữ", id, "Kinh", "Không", "Chi bộ xóm Soi", "Viên chức đơn vị sự nghiệp công lập",
		"THPT", date(2020, 12, 10), date(2021, 3, 23), "43-QĐ/HU", date(2021, 4, 20), nil,
	}
}

// admissions is a KET_NAP with these rows under the plain header in row 1.
func admissions(rows ...[]any) sheet {
	return sheet{name: "KET_NAP", rows: append([][]any{slices.Clone(admissionHeader)}, rows...)}
}

func pool() sheet {
	return sheet{name: "NGUON", rows: [][]any{
		{"TT", "Họ và tên", "Ngày sinh", "Giới tính", "CCCD", "Chi bộ", "Ngày chi bộ công nhận", "Giai đoạn"},
		{1, "Lê Ngọc Trung", date(1983, 2, 4), "Nam", "019083135734", "Chi bộ xóm Soi", date(2021, 1, 5), "Quần chúng ưu tú"},
	}}
}

func cells() sheet {
	return sheet{name: "CHI_BO", rows: [][]any{
		{"TT", "Chi bộ", "Chỉ tiêu năm", "Trong kỳ", "Lũy kế", "Ghi chú"},
		{1, "Chi bộ xóm Soi", 5, 0, 1},
		{2, "Chi bộ xóm Hạ", 3, 0, 0},
		{nil, "Tổng cộng", formula{"SUM(C2:C3)", 8}, formula{"SUM(D2:D3)", 0}, formula{"SUM(E2:E3)", 1}},
	}}
}

// readAdmissions reads a return with that KET_NAP.
func readAdmissions(t testing.TB, s sheet) (domain.Return, *domain.SheetReading) {
	t.Helper()
	ret := read(t, load(t), write(t, cover(), s, pool(), cells()))
	if ret.Reading.Refusal != nil {
		t.Fatalf("refused: %+v", *ret.Reading.Refusal)
	}
	return ret, ret.Reading.Sheet("KET_NAP")
}
