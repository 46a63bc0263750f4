package form

import (
	"cmp"
	"errors"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"

	"ketnap/config"
	"ketnap/internal/domain"
)

// Forms are all form definitions and the code lists they refer to.
type Forms struct {
	Definitions []*Definition        // oldest first
	Codes       map[string]*CodeList // config/codes.yaml, by name
}

// Latest is the newest version of the form.
func (f *Forms) Latest() *Definition { return f.Definitions[len(f.Definitions)-1] }

// Definition is one version of a form (config/form-2021.yaml), or of another
// workbook described the same way (config/assignment.yaml).
type Definition struct {
	Code    string      `yaml:"code"`    // KND-01
	Version string      `yaml:"version"` // 2021.1
	From    config.Date `yaml:"from"`    // in force from
	Until   config.Date `yaml:"until"`   // accepted until; zero: until further notice
	Sheets  []SheetDef  `yaml:"sheets"`
}

// Name is code and version, KND-01 2021.1.
func (d *Definition) Name() string { return d.Code + " " + d.Version }

// Sheet is the sheet with that id, nil when the form has none.
func (d *Definition) Sheet(id string) *SheetDef {
	for i := range d.Sheets {
		if d.Sheets[i].ID == id {
			return &d.Sheets[i]
		}
	}
	return nil
}

// SheetDef describes one sheet: labels with a value to their right, or a table
// with a header. Only those of a loaded Definition can be used.
type SheetDef struct {
	ID      string   `yaml:"id"`
	Names   []string `yaml:"names"` // further names of the sheet; the id is one without being listed
	Layout  Layout   `yaml:"layout"`
	Key     []string `yaml:"key"`     // columns one of which is filled in every row of data
	Ordinal string   `yaml:"ordinal"` // the column of running numbers; a row with nothing else is no data
	// Total: the table ends with a total row, which is handed out; a row without a
	// key is an unnamed total then, and no data.
	Total bool `yaml:"total"`
	// Groups are the words that a heading between rows begins with where the key
	// holds names of people: "Chi bộ xóm Đoài" alone in a row is not a person.
	Groups []string `yaml:"groups"`
	// Most is how many rows of data the sheet may have; 10,000 when it does not say.
	// What it may hold of cells and text is in proportion.
	Most    int      `yaml:"most"`
	Columns []Column `yaml:"columns"` // of a label sheet, the labels

	vocabulary *vocabulary // set when the description is loaded
	fields     []int       // of a return: by field of a record, the place of its column
}

// Column is the column with that id, nil when the sheet has none.
func (s *SheetDef) Column(id string) *Column {
	if i := s.index(id); i >= 0 {
		return &s.Columns[i]
	}
	return nil
}

func (s *SheetDef) index(id string) int {
	return slices.IndexFunc(s.Columns, func(c Column) bool { return c.ID == id })
}

// ofPeople reports whether the rows of a sheet are people.
func (s *SheetDef) ofPeople() bool {
	return slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Kind == KindID })
}

// Layout is how a sheet is laid out.
type Layout string

// The layouts.
const (
	TableLayout  Layout = "table"  // a header, and a row per record below it
	LabelsLayout Layout = "labels" // a label in one column, the value to its right
)

// Column is a column of a table or a label.
type Column struct {
	ID       string   `yaml:"id"`
	Header   string   `yaml:"header"`   // "Quyết định kết nạp / Số" for a column under a group header
	Aliases  []string `yaml:"aliases"`  // other wordings, written the same way
	Kind     Kind     `yaml:"kind"`     // what its cells hold
	Codes    string   `yaml:"codes"`    // name of the code list of a code, codes or schooling column
	Required bool     `yaml:"required"` // the column must be there and its cells filled
	// Digits is the length of a code of digits that begins with zeros: a cell that
	// Excel made a number of is filled up to it.
	Digits int    `yaml:"digits"`
	Split  *Split `yaml:"split"`
	Note   string `yaml:"note"` // what whoever fills in a cell of it in a blank return is told

	key  bool      // one of the sheet's key
	list *CodeList // of Codes
}

// Listed are the values of the column's code list; nil where it has none.
func (c *Column) Listed() []Code {
	if c.list == nil {
		return nil
	}
	return c.list.Values
}

// wordings are the header and the aliases.
func (c *Column) wordings() iter.Seq[string] {
	return slices.Values(append([]string{c.Header}, c.Aliases...))
}

// Split says that a column may come as several, of which one is filled, and that
// which one it is says something itself: Ngày sinh in the columns Nam and Nữ. A column
// that is split into itself holds no more than marks: Giới tính in such columns.
type Split struct {
	Into    string   `yaml:"into"`    // id of the column whose value the filled one implies: sex
	Headers []string `yaml:"headers"` // the columns under the header, and the values they imply
}

// Kind is what the cells of a column hold, and so which field of a Value holds it.
type Kind string

// The kinds.
const (
	KindText      Kind = "text"      // Text
	KindInteger   Kind = "integer"   // Num; a running number, a year
	KindCount     Kind = "count"     // Num; people
	KindDate      Kind = "date"      // Date
	KindPeriod    Kind = "period"    // Date, the first day of the month
	KindID        Kind = "id"        // Text; an identity number
	KindMark      Kind = "mark"      // Mark; an x or nothing
	KindCode      Kind = "code"      // Text, of a code list
	KindCodes     Kind = "codes"     // List, of a code list, separated by ";"
	KindSchooling Kind = "schooling" // Text, of a code list, "12/12" understood
)

// kinds are all of them, as messages list them.
const kinds = "text, integer, count, date, period, id, mark, code, codes, schooling"

// listed reports whether values of the kind come from a code list.
func (k Kind) listed() bool { return k == KindCode || k == KindCodes || k == KindSchooling }

// indispensable are the columns that a form cannot drop: without them a return is
// no one's, of no time, or about nobody.
var indispensable = map[string][]string{
	domain.SheetCover:      {"form_code", "form_version", "unit_code", "unit_name", "period"},
	domain.SheetAdmissions: {"name", "born", "sex", "national_id", "cell", "meeting_date", "decision_date"},
	domain.SheetPool:       {"name", "stage"},
	domain.SheetCells:      {"cell", "to_date"},
}

// Load reads form-*.yaml and codes.yaml. A mistake names file and line.
func Load(fsys fs.FS) (*Forms, error) {
	codes, err := LoadCodes(fsys)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "form-*.yaml")
	if err != nil || len(names) == 0 {
		return nil, errors.New("no form definition (form-*.yaml) found")
	}
	forms := &Forms{Codes: codes}
	for _, name := range names {
		file, def, err := loadDefinition(fsys, name, codes)
		if err != nil {
			return nil, err
		}
		if err := def.checkReturn(file); err != nil {
			return nil, err
		}
		same := func(d *Definition) bool { return sameCode(d.Code, def.Code) && sameCode(d.Version, def.Version) }
		if slices.ContainsFunc(forms.Definitions, same) {
			return nil, file.At("version").Errorf("a second definition of %s", def.Name())
		}
		forms.Definitions = append(forms.Definitions, def)
	}
	slices.SortStableFunc(forms.Definitions, func(a, b *Definition) int { return a.From.Compare(b.From.Date) })
	return forms, nil
}

// loadDefinition reads the description of a workbook. A mistake names file and line.
func loadDefinition(fsys fs.FS, name string, codes map[string]*CodeList) (*config.File, *Definition, error) {
	def := new(Definition)
	file, err := config.Read(fsys, name, def)
	switch {
	case err != nil:
		return nil, nil, err
	case def.Code == "" || def.Version == "":
		return nil, nil, file.At().Errorf("code or version is missing")
	case len(def.Sheets) == 0:
		return nil, nil, file.At("sheets").Errorf("no sheets")
	}
	for i := range def.Sheets {
		sheet := &def.Sheets[i]
		at := func(path ...any) config.Place { return file.At(append([]any{"sheets", i}, path...)...) }
		if sheet.ID == "" || def.Sheet(sheet.ID) != sheet {
			return nil, nil, at("id").Errorf("sheet id %q is missing or used twice", sheet.ID)
		}
		sheet.Layout = cmp.Or(sheet.Layout, TableLayout)
		sheet.Most = cmp.Or(sheet.Most, MaxRows)
		if err := sheet.check(at, codes); err != nil {
			return nil, nil, err
		}
		sheet.vocabulary = newVocabulary(sheet)
	}
	return file, def, nil
}

// check finds mistakes in a sheet of a definition; at is where in the file they are.
func (s *SheetDef) check(at func(path ...any) config.Place, codes map[string]*CodeList) error {
	wordings := map[string]string{} // folded wording → id
	for j := range s.Columns {
		column := &s.Columns[j]
		column.key, column.list = slices.Contains(s.Key, column.ID), codes[column.Codes]
		bad := func(key, format string, args ...any) error { return at("columns", j, key).Errorf(format, args...) }
		switch {
		case column.ID == "" || s.Column(column.ID) != column:
			return bad("id", "column id %q is missing or used twice in sheet %s", column.ID, s.ID)
		case !slices.Contains(strings.Split(kinds, ", "), string(column.Kind)):
			return bad("kind", "unknown kind %q of column %s: one of %s", column.Kind, column.ID, kinds)
		case column.Kind.listed() != (column.Codes != ""):
			return bad("codes", "column %s: kind %s and codes %q do not go together", column.ID, column.Kind, column.Codes)
		case column.Codes != "" && column.list == nil:
			return bad("codes", "column %s: unknown code list %q", column.ID, column.Codes)
		case column.Split != nil && (s.Column(column.Split.Into) == nil || len(column.Split.Headers) < 2):
			return bad("split", "split of column %s needs a column it tells the value of and two headers or more", column.ID)
		}
		for wording := range column.wordings() {
			key := headerKey(wording)
			if key == "" {
				return bad("header", "column %s: empty header or alias", column.ID)
			}
			if other, taken := wordings[key]; taken && other != column.ID {
				return bad("header", "columns %s and %s are both worded %q", other, column.ID, wording)
			}
			wordings[key] = column.ID
		}
	}
	for _, id := range s.Key {
		if s.Column(id) == nil {
			return at("key").Errorf("key %q is no column of sheet %s", id, s.ID)
		}
	}
	switch {
	case s.Layout != TableLayout && s.Layout != LabelsLayout:
		return at("layout").Errorf("unknown layout %q: table or labels", s.Layout)
	case len(s.Columns) == 0:
		return at().Errorf("sheet %s has no columns", s.ID)
	case s.Layout == TableLayout && len(s.Key) == 0:
		return at().Errorf("sheet %s has no key", s.ID)
	case s.Ordinal != "" && s.Column(s.Ordinal) == nil:
		return at("ordinal").Errorf("ordinal %q is no column of sheet %s", s.Ordinal, s.ID)
	}
	return nil
}

// checkReturn finds mistakes in a definition that returns are read by: its sheets and
// ids must be those of package domain.
func (d *Definition) checkReturn(file *config.File) error {
	for i := range d.Sheets {
		sheet := &d.Sheets[i]
		record, ok := records[sheet.ID]
		switch {
		case !ok:
			return file.At("sheets", i, "id").Errorf("a return has no sheet %q", sheet.ID)
		case sheet.Total && sheet.ID != domain.SheetCells:
			return file.At("sheets", i, "total").Errorf("a return has a total row on sheet %s only, not on %s", domain.SheetCells, sheet.ID)
		}
		var known []string
		for id := range record.Fields {
			known = append(known, id)
			sheet.fields = append(sheet.fields, sheet.index(id))
		}
		for j, column := range sheet.Columns {
			if !slices.Contains(known, column.ID) {
				return file.At("sheets", i, "columns", j, "id").
					Errorf("column id %q of sheet %s: a return has no such field (%s)", column.ID, sheet.ID, strings.Join(known, ", "))
			}
		}
		for _, id := range indispensable[sheet.ID] {
			if sheet.Column(id) == nil {
				return file.At("sheets", i).Errorf("sheet %s lacks the column %q", sheet.ID, id)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(records)) {
		if d.Sheet(id) == nil {
			return file.At("sheets").Errorf("sheet %q is missing", id)
		}
	}
	return nil
}
