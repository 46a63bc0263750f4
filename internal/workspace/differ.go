package workspace

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
	"ketnap/internal/viet"
)

// Difference is a row that is not the same in two versions of a return.
type Difference struct {
	Sheet    string // id of the form: KET_NAP
	Who      string // the name in a list, the cell in CHI_BO; "" for the cover
	Was, Is  int    // the row in the older and in the newer version; 0: it is not there
	Changes  []ChangedValue
	Labelled bool // a sheet of labels: Was and Is say nothing
}

// ChangedValue is a value that is not the same in two versions. Identity numbers are
// masked.
type ChangedValue struct {
	Header  string // as the form words it
	Was, Is string // as typed; "" is blank
}

// String is the difference in words.
func (d Difference) String() string {
	typed := func(s string) string {
		if s == "" {
			return "(trống)"
		}
		return "«" + s + "»"
	}
	var changes []string
	for _, c := range d.Changes {
		change := fmt.Sprintf("%s %s → %s", c.Header, typed(c.Was), typed(c.Is))
		if c.Was == c.Is {
			change = fmt.Sprintf("%s %s: khác ở phần được che", c.Header, typed(c.Is))
		}
		changes = append(changes, change)
	}
	who, changed := cmp.Or(d.Who, "(không tên)"), strings.Join(changes, "; ")
	switch {
	case d.Labelled:
		return fmt.Sprintf("%s: %s", d.Sheet, changed)
	case d.Was == 0:
		return fmt.Sprintf("%s: thêm dòng %d, %s", d.Sheet, d.Is, who)
	case d.Is == 0:
		return fmt.Sprintf("%s: bớt dòng %d của bản trước, %s", d.Sheet, d.Was, who)
	}
	return fmt.Sprintf("%s: dòng %d, %s: %s", d.Sheet, d.Is, who, changed)
}

// entry is a row of a return that can be found again in another version.
type entry struct {
	keys   [2]string // by which it is found, the surer first; "" is none
	who    string
	row    int
	values domain.Record
}

// differences are what changed from one version to the next, row by row. People are
// the same by identity number, else by name and birth date; cells by their name. What
// makes a version, Lần nộp and Ngày lập, and running numbers, are not changes.
func differences(was, is *domain.Return, def *form.Definition) []Difference {
	var list []Difference
	keys := func(e entry) [2]string { return e.keys }
	if changes := changed(domain.SheetCover, &was.Cover, &is.Cover, def); len(changes) > 0 {
		list = append(list, Difference{Sheet: domain.SheetCover, Changes: changes, Labelled: true})
	}
	for _, sheet := range []string{domain.SheetAdmissions, domain.SheetPool, domain.SheetCells} {
		older, newer := entries(was, sheet), entries(is, sheet)
		pairs := domain.MatchedBy(older, newer, keys, keys)
		for i, a := range older {
			j := pairs[i]
			if j < 0 {
				list = append(list, Difference{Sheet: sheet, Who: a.who, Was: a.row})
				continue
			}
			b := newer[j]
			if changes := changed(sheet, a.values, b.values, def); len(changes) > 0 {
				list = append(list, Difference{Sheet: sheet, Who: cmp.Or(b.who, a.who), Was: a.row, Is: b.row, Changes: changes})
			}
		}
		for j, b := range newer {
			if !slices.Contains(pairs, j) {
				list = append(list, Difference{Sheet: sheet, Who: b.who, Is: b.row})
			}
		}
	}
	return list
}

// entries are the rows of a sheet.
func entries(r *domain.Return, sheet string) []entry {
	var list []entry
	person := func(row int, values domain.Record) {
		of := maps.Collect(values.Fields)
		name, id := of["name"], of["national_id"]
		e := entry{who: name.Text, row: row, values: values}
		if id.Known() {
			e.keys[0] = id.Text
		}
		if name.Known() {
			e.keys[1] = viet.Fold(name.Text) + " " + of["born"].Date.ISO()
		}
		list = append(list, e)
	}
	switch sheet {
	case domain.SheetAdmissions:
		for i := range r.Admissions {
			person(r.Admissions[i].Row, &r.Admissions[i])
		}
	case domain.SheetPool:
		for i := range r.Pool {
			person(r.Pool[i].Row, &r.Pool[i])
		}
	case domain.SheetCells:
		for i := range r.Cells {
			c := &r.Cells[i]
			list = append(list, entry{keys: [2]string{reference.CellKey(c.Cell.Text)}, who: c.Cell.Text, row: c.Row, values: c})
		}
		if r.Total != nil {
			list = append(list, entry{keys: [2]string{"\x00total"}, who: "Tổng cộng", row: r.Total.Row, values: r.Total})
		}
	}
	return list
}

// changed are the values that are not the same in two rows.
func changed(sheet string, was, is domain.Record, def *form.Definition) []ChangedValue {
	var list []ChangedValue
	then := maps.Collect(was.Fields)
	for id, v := range is.Fields {
		old := then[id]
		if id == "no" || sheet == domain.SheetCover && (id == "submission" || id == "prepared") || old.Raw == v.Raw {
			continue
		}
		c := ChangedValue{Header: headerOf(def, sheet, id), Was: old.Raw, Is: v.Raw}
		if id == "national_id" {
			c.Was, c.Is = domain.MaskID(c.Was), domain.MaskID(c.Is)
		}
		list = append(list, c)
	}
	return list
}

// headerOf is a column as the form words it.
func headerOf(def *form.Definition, sheet, id string) string {
	if def != nil {
		if s := def.Sheet(sheet); s != nil {
			if c := s.Column(id); c != nil {
				return strings.ReplaceAll(c.Header, " / ", ", ")
			}
		}
	}
	return id
}
