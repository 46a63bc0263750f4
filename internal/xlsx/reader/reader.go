// Package reader reads the spreadsheets that strangers send. It knows what kind of
// file a file is, what limits it must keep, and how to stream its cells as typed
// values with addresses. It refuses to know what a column means.
//
// All or nothing: a workbook is either read whole and right, or refused with the
// part and place. Nothing is repaired in silence and no partial rows are handed
// out as if they were all there.
//
// A workbook is a zip of XML parts. Open goes through every one of them: zip.go
// reads entries to their end with their checksum, xml.go (with xmltag.go, xmltext.go,
// encoding.go and compat.go) splits parts into tokens and insists that they are well-formed to the
// end, package.go finds the parts by their relationships, strings.go, styles.go, sheet.go
// and cell.go read what cells need, unread.go counts in the rest what must not be there
// in masses. packed.go holds the rows in little memory, so that Rows need not read them
// from the file again; legacy.go converts texts of before Unicode. sniff.go tells what the
// file is when it is something else, and convert.go has the older kinds converted by
// LibreOffice. Of a formula that came without a value, formula.go reads the text,
// compute.go and functions.go work out the value.
package reader

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"runtime/debug"
	"slices"
)

// Kind is what a file truly is, whatever its name says.
type Kind string

// The kinds that can be read; xls and ods through LibreOffice.
const (
	XLSX Kind = "xlsx"
	XLSM Kind = "xlsm"
	XLTX Kind = "xltx"
	XLTM Kind = "xltm"
	XLS  Kind = "xls"
	ODS  Kind = "ods"
)

// Cell is one cell as it is stored. Blank cells are not handed out.
type Cell struct {
	Col       int  // 1-based
	Type      Type // what Text and Num hold
	NoValue   bool // a formula without a stored value; Type is Blank
	Legacy    bool // Text was converted from TCVN3 or VNI
	Covered   bool // inside a merged range but not its first cell: a person cannot see it
	DateStyle bool // its style shows a number as a date or a time
	Struck    bool // what is seen in it, or a part of that, is struck through
	Text      string
	Num       float64 // Number, and the serial of a Date in the 1900 system, whatever the file's own system
	Formula   string  // the formula without "=", "" when the cell has none
}

// Type is the type of a cell's stored value.
type Type uint8

// The types of a cell.
const (
	Blank  Type = iota
	Number      // Num
	Text        // Text, NFC, escapes decoded, as typed (not trimmed)
	Bool        // Num is 0 or 1
	Error       // Text is the error, #REF!
	Date        // Num is the serial in the 1900 system; the style (or t="d") says it is a date
)

// Row is a row that has cells. Rows come in increasing order; the slice is reused
// for the next row.
type Row struct {
	N      int // 1-based
	Hidden bool
	Cells  []Cell // columns strictly increasing
}

// Range is a rectangle of cells, 1-based and inclusive.
type Range struct{ FirstRow, FirstCol, LastRow, LastCol int }

// Sheet is a worksheet of an open book.
type Sheet struct {
	Name   string // NFC
	Hidden bool
	Merges []Range // sorted by first row, then first column

	book   *Book
	entry  *entry
	index  int        // 1-based place among the workbook's sheets, for messages
	packed packedRows // the rows read by Open, nil when there was no room for them
	arrays bool       // has formulas without values that fill several cells
}

// Book is an open workbook that has passed every check. Its sheets may be read at
// the same time; Compute may not run twice at once.
type Book struct {
	Kind          Kind
	Sheets        []*Sheet               // worksheets in the workbook's order
	names         map[definedName]string // what they refer to
	Charts        []string               // names of sheets that hold no cells: charts, dialogs, macro sheets
	Macros        bool                   // has a VBA project; never run
	ExternalLinks bool                   // refers to other workbooks; never followed
	Recalculated  bool                   // converted from .xls or .ods, formulas computed anew
	Beside        Beside                 // what is in no cell
	Faults        []string               // of the package that touch no value, in Vietnamese, each once

	archive   *archive
	limits    Limits
	strings   stringTable
	styles    []style
	epoch     float64 // what is added to its serials to have those of the 1900 system
	legacy    legacyEvidence
	packer    packer
	cells     int // read so far
	defined   int // names, also those that are of no sheet
	formulas  int // bytes of formulas read
	judged    int // bytes of text judged for legacy encodings
	computing *computation
	opened    bool
}

// maxFaults is how many kinds of faults a package is told of.
const maxFaults = 10

// fault notes a fault of the package that touches no value. Sheets read again have been
// through it.
func (b *Book) fault(what string) {
	if !b.opened && len(b.Faults) < maxFaults && !slices.Contains(b.Faults, what) {
		b.Faults = append(b.Faults, what)
	}
}

// Refusal says why a file cannot be read as a workbook: a fact about the file, to
// be told to its sender. Whoever reports it can convert it field by field.
type Refusal struct {
	Rule   string // F01 no readable workbook, F02 encrypted, F12 beyond a limit
	Kind   string // the file's true kind where it is known
	Detail string // what is wrong, in Vietnamese; of what stands in the file it holds no more than a sheet's name
	Part   string // the part of the package, the place in it and the reason, for the log
	Advice string // what to do, in Vietnamese
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("workbook refused (%s): %s", r.Rule, cmp.Or(r.Part, r.Detail))
}

// Bug is a panic inside the reader. It is our fault, never the file's, and costs
// that one file.
type Bug struct {
	Value any
	Stack []byte
}

func (b *Bug) Error() string { return fmt.Sprintf("bug in the workbook reader: %v", b.Value) }

// What reads a file does not hand errors on: it panics with a *Refusal, or with a failure
// when something went wrong that says nothing about the file, and ended makes an error of it
// where others called the package.
type failure struct{ error }

// check ends the reading when there is an error.
func check(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// ended is the error that a reading ended with; what it recovered is nil if there was none.
func ended(recovered any) error {
	switch p := recovered.(type) {
	case nil:
		return nil
	case *Refusal:
		return p
	case failure:
		return p.error
	}
	return &Bug{Value: recovered, Stack: debug.Stack()}
}

// Open checks the whole of a file and opens it as a workbook. A file that is no
// workbook, is damaged or is beyond a limit gives a *Refusal: that is a fact about
// the file. Any other error is about our run. The book reads from r for as long as
// it is used, and is to be closed then.
func Open(r io.ReaderAt, size int64, limits Limits) (book *Book, err error) {
	defer func() { err = ended(recover()) }()
	if size > limits.FileSize {
		panic(tooMuch("", "kích thước tệp", mebibytes(size), mebibytes(limits.FileSize)))
	}
	kind := sniff(r, size)
	if kind == kindZip {
		opened, err := openPackage(r, size, limits)
		check(err)
		if opened.Kind != ODS {
			return opened, nil
		}
		kind = ODS
	}
	if kind != XLS && kind != ODS {
		panic(refuseKind(kind))
	}
	return convert(r, size, kind, limits), nil
}

// Rows streams the rows of the sheet that have cells. The error, if any, comes
// last and means that nothing read so far may be used.
func (s *Sheet) Rows() iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		yielding := false
		defer func() {
			p := recover()
			if p != nil && yielding { // the panic is the caller's own
				panic(p)
			}
			if err := ended(p); err != nil {
				yield(nil, err)
			}
		}()
		handOut := func(row *Row) bool {
			yielding = true
			more := yield(row, nil)
			yielding = false
			return more
		}
		cover := &cover{merges: s.Merges}
		if s.packed != nil {
			s.packed.each(s.book, func(row *Row) bool {
				cover.mark(row)
				return handOut(row)
			})
			return
		}
		s.read(cover, func(row *Row, _ []uint32) {
			if !handOut(row) {
				panic(failure{}) // no error: no more rows are wanted
			}
		})
	}
}
