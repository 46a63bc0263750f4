// Package workbook is the one door through which ketnap reads spreadsheets. It
// knows what kind of file a file is, what limits it must keep, and how to stream
// its cells as typed values with addresses. It refuses to know what a column means.
//
// All or nothing: a workbook is either read whole and right, or refused with the
// part and place. Nothing is repaired in silence and no partial rows are handed
// out as if they were all there.
package workbook

import (
	"io"
	"iter"
)

// Kind is what a file truly is, whatever its name says.
type Kind string

// Cell is one cell as it is stored. Blank cells are not handed out.
type Cell struct {
	Col     int  // 1-based
	Type    Type // what Text and Num hold
	Text    string
	Num     float64 // Number, and the serial of a Date in the 1900 system, whatever the file's own system
	Formula string  // the formula without "=", "" when the cell has none
	NoValue bool    // a formula without a stored value; Type is Blank
	Legacy  bool    // Text was converted from TCVN3 or VNI
	Covered bool    // inside a merged range but not its first cell: a person cannot see it
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
	Merges []Range
	book   *Book
	part   string
}

// Book is an open workbook that has passed every check.
type Book struct {
	Kind          Kind
	Sheets        []*Sheet // worksheets in the workbook's order
	Macros        bool     // has a VBA project; never run
	ExternalLinks bool     // refers to other workbooks; never followed
	Recalculated  bool     // converted from .xls or .ods, formulas computed anew
}

// Open checks the whole of a file and opens it as a workbook. A file that is no
// workbook, is damaged or is beyond a limit gives a *Refusal: that is a fact about
// the file. Any other error is about our run.
func Open(r io.ReaderAt, size int64, limits Limits) (*Book, error)

// Rows streams the rows of the sheet that have cells. The error, if any, comes
// last and means that nothing read so far may be used.
func (s *Sheet) Rows() iter.Seq2[*Row, error]
