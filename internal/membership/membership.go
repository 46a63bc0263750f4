// Package membership lays what was accepted beside an export of the party-member database
// (CSDL đảng viên 3.0): who is in returns and not in the database, who is in the database and
// in no return, and what is written otherwise of the same person. It judges neither: the
// office looks at each difference and mends the one that is wrong.
package membership

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/xlsx/reader"
)

// Member is a row of the export.
type Member struct {
	Row      int
	Name     string
	Card     string // of membership; "" when none is given
	ID       string // identity number; "" when none is given
	Born     domain.Date
	Admitted domain.Date
	Cell     string // where they take part
	State    string
}

// Export is what was read of an export.
type Export struct {
	Sheet   string
	Members []Member
	Undated int // rows without a date of admission that can be read: they are of no period
}

// NotAnExport is why a file cannot be read as an export, in Vietnamese: what was found, what to do.
type NotAnExport string

func (f NotAnExport) Error() string { return string(f) }

// Read reads an export, as config/party-database.yaml describes it. A file that is none is
// NotAnExport.
func Read(configuration fs.FS, data []byte, limits reader.Limits) (*Export, error) {
	tables, err := form.ReadTables(configuration, "party-database.yaml", data, limits)
	if refusal, ok := errors.AsType[*reader.Refusal](err); ok {
		return nil, NotAnExport(strings.TrimSpace(refusal.Detail + " — " + refusal.Advice))
	}
	if err != nil {
		return nil, err
	}
	return members(&tables[0])
}

// members are the rows of the table.
func members(t *form.Table) (*Export, error) {
	if t.Reading.Name == "" {
		return nil, NotAnExport("không thấy trang danh sách đảng viên — để tệp có một trang, hoặc đặt tên trang là «Đảng viên»")
	}
	if lacking := t.Reading.Lacking(); len(lacking) > 0 {
		return nil, NotAnExport(fmt.Sprintf("trang %s không có cột «%s» — xuất lại từ cơ sở dữ liệu, giữ nguyên dòng tiêu đề",
			t.Reading.Name, lacking[0].Header))
	}
	e := &Export{Sheet: t.Reading.Name}
	for i := range t.Rows {
		row := &t.Rows[i]
		text := func(id string) string { return t.Value(row, id).Text }
		date := func(id string) domain.Date { return t.Value(row, id).Date }
		m := Member{
			Row: row.Row, Name: text("name"), Card: text("card"), ID: text("national_id"), Born: date("born"), Admitted: date("admitted"),
			Cell: text("cell"), State: text("state"),
		}
		if m.Admitted.IsZero() {
			e.Undated++
		}
		e.Members = append(e.Members, m)
	}
	return e, nil
}
