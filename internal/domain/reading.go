package domain

import "slices"

// Reading is the statement of how a workbook was read: what kind of file it is,
// which sheets and ranges were read, and what was skipped and why. Rules F01–F16
// speak from it; the sender gets it with the findings.
type Reading struct {
	Kind    string   `json:"kind"`              // what the bytes are: xlsx, xlsm, xls, ods, html, pdf, …
	Refusal *Refusal `json:"refusal,omitempty"` // the file could not be read as a workbook at all

	Macros        bool `json:"macros,omitzero"`         // F07; never run
	ExternalLinks bool `json:"external_links,omitzero"` // F07; never followed
	Recalculated  bool `json:"recalculated,omitzero"`   // converted from .xls or .ods: formulas were computed anew

	Form   string         `json:"form,omitzero"`    // the definition it was read by: "KND-01 2021.1"; "" when none fits (F03)
	Sheets []SheetReading `json:"sheets,omitempty"` // in the order of the form
	Other  []string       `json:"other,omitempty"`  // further sheets, ignored
	Unread []UnreadRows   `json:"unread,omitempty"` // what looks like rows of a list and was not read

	Faults []string `json:"faults,omitempty"` // F16: of the package, touching no value, in Vietnamese
	Legacy *Cell    `json:"legacy,omitempty"` // F11: the first cell whose text was converted from TCVN3 or VNI
}

// Refusal says why a file could not be read as a workbook. Detail is a sentence
// fragment in Vietnamese for the sender; it never holds what stands in the file.
type Refusal struct {
	Rule   string `json:"rule"`             // F01, F02 or F12
	Kind   string `json:"kind,omitempty"`   // the file's true kind where it is known
	Detail string `json:"detail"`           // what is wrong, in Vietnamese
	Part   string `json:"part,omitempty"`   // the part of the package, for the log
	Advice string `json:"advice,omitempty"` // what to do, in Vietnamese
}

// SheetReading is how one sheet of the form was read.
type SheetReading struct {
	ID      string `json:"id"`                // the form's id: KET_NAP
	Name    string `json:"name,omitempty"`    // the sheet's name in the file; "" when missing (F04)
	Nearest string `json:"nearest,omitempty"` // missing: the sheet whose name comes nearest
	Hidden  bool   `json:"hidden,omitzero"`   // hidden, and read all the same
	// ByHeaders: no sheet has a name of the form's; this one has its headers (F15).
	ByHeaders bool `json:"by_headers,omitzero"`

	Range      string          `json:"range,omitempty"` // of the data rows read: A10:V18
	HeaderRow  int             `json:"header_row,omitzero"`
	Rows       int             `json:"rows"`                 // data rows read
	HiddenRows int             `json:"hidden_rows,omitzero"` // of them hidden or filtered out
	Skipped    []Skip          `json:"skipped,omitempty"`
	Stray      *Cell           `json:"ghost,omitempty"`   // F10: the first cell far below the data that was ignored
	Missing    []MissingColumn `json:"missing,omitempty"` // F05, and optional columns that are not there
	Double     []DoubleColumn  `json:"double,omitempty"`  // F06
	Extra      []string        `json:"extra,omitempty"`   // headers the form does not know, ignored
	Columns    map[string]int  `json:"columns,omitempty"` // column id → 1-based column it was read from
	Labels     map[string]Cell `json:"labels,omitempty"`  // of a label sheet: id → the cell of the value
}

// Lacking are the columns that are missing and must be there.
func (s *SheetReading) Lacking() []MissingColumn {
	return slices.DeleteFunc(slices.Clone(s.Missing), func(m MissingColumn) bool { return !m.Required })
}

// UnreadRows are rows that look like those of a list and were not read: of a sheet that is
// not read (F14), or far below, above or beside the list of one that is (F10). Nobody may be
// lost by it. What is in no cell (InTexts, InPictures) has no place.
type UnreadRows struct {
	ID   string `json:"id,omitempty"` // of the sheet of the form whose headers or list it is; "": it has no headers
	At   Cell   `json:"at"`           // its header, or the first such cell
	Rows int    `json:"rows"`
}

// MarkSheet is the sheet that a marked copy begins with. It is this program's own: nothing is
// read of it, and nothing told, when the copy comes back.
const MarkSheet = "LOI_CAN_SUA"

// Of UnreadRows, as ID: what people read in a workbook outside its cells.
const (
	InTexts    = "texts"    // identity numbers in text boxes and comments
	InPictures = "pictures" // pictures
)

// Skip is a row, or a run of rows, that is not data.
type Skip struct {
	From int    `json:"from"`
	To   int    `json:"to"`
	Why  string `json:"why"` // in Vietnamese: "dòng số cột", "chỉ có khoảng trắng"
}

// MissingColumn is a column (or label) of the form that the sheet does not have.
type MissingColumn struct {
	ID       string `json:"id"`
	Header   string `json:"header"` // as the form words it
	Required bool   `json:"required,omitzero"`
	Nearest  string `json:"nearest,omitempty"` // the nearest header found
	At       Cell   `json:"at,omitzero"`       // its cell, or the header row
}

// DoubleColumn is a second column that answers to a header already found (F06).
type DoubleColumn struct {
	ID     string `json:"id"`
	Header string `json:"header"`
	First  Cell   `json:"first"`
	At     Cell   `json:"at"`
}

// Sheet is the reading of the sheet with that form id, or nil.
func (r *Reading) Sheet(id string) *SheetReading {
	for i := range r.Sheets {
		if r.Sheets[i].ID == id {
			return &r.Sheets[i]
		}
	}
	return nil
}
