// Package feedback makes what goes back to a sender: the sender's own workbook with
// its faults marked, and takes the marks off when it comes back.
package feedback

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/reader"
)

// A marked copy is the sender's file with a few pieces of XML put in, and every other
// byte as it was sent. excelize would write each sheet anew from what it understood of
// it: measured, it leaves print areas on the wrong sheet when one is put in front, takes
// comments off by a place that Excel does not use, and cannot take off one rule of a
// conditional format. What comes in has passed the strict reader; what goes out is read
// by it again.

// Copy is what goes back to a sender.
type Copy struct {
	Data []byte
	Ext  string // what the file's name ends in: .xlsx, or .xlsm when the workbook has macros
	// Err is why a workbook that should have been marked was not, for the log;
	// the sender is told in the list. nil when there was none.
	Err error
}

// Mark is the sender's own workbook with its faults marked: a sheet LOI_CAN_SUA
// in front that says what to do, a colour and a comment on each faulty cell, and
// everything else as it was sent, without links that lead out of it. It is the sender's next submission: the reader
// ignores the marks, and they are taken off before new ones are put on.
//
// The copy is read again by the strict reader before it is handed out. Where
// marking is not possible (an .xls or .ods file, one that cannot be opened, a copy
// that would read differently), the sender gets the list of faults alone. The same
// arguments give the same bytes.
func Mark(original []byte, r *domain.Return, findings []domain.Finding, verdict domain.Verdict) (Copy, error) {
	if r.Reading.Refusal != nil {
		return listAlone(newFindingList(r, findings, domain.Returned, "Không mở được tệp này nên không đánh dấu được vào tệp."))
	}
	exts := map[reader.Kind]string{reader.XLSX: ".xlsx", reader.XLSM: ".xlsm", reader.XLTX: ".xltx", reader.XLTM: ".xltm"}
	ext, ok := exts[reader.Kind(r.Reading.Kind)]
	if !ok || r.Reading.Recalculated {
		why := fmt.Sprintf("Không đánh dấu được trên tệp loại .%s; sửa trên tệp gốc theo danh sách này "+
			"(nên lưu lại thành .xlsx rồi gửi).", r.Reading.Kind)
		return listAlone(newFindingList(r, findings, verdict, why))
	}
	data, err := markedWhole(original, newFindingList(r, findings, verdict, ""))
	if err == nil {
		return Copy{Data: data, Ext: ext}, nil
	}
	alone, aloneErr := listAlone(newFindingList(r, findings, verdict,
		"Không đánh dấu được trên chính tệp đã gửi; sửa trên tệp gốc theo danh sách này."))
	alone.Err = err
	return alone, aloneErr
}

// bounds keep the marking of any workbook that is read to 10 s and 256 MiB. Beyond them the sender
// gets the list.
var bounds = edit.Bounds{Read: 48 << 20, Parsed: 32 << 20, Elements: 50_000}

// markedWhole marks a workbook and reads the copy again. A fault in our own code
// is an error like any other: the sender gets the list.
func markedWhole(original []byte, l *findingList) (data []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("mark workbook: panic: %v\n%s", p, debug.Stack())
		}
	}()
	p, err := edit.OpenWithin(original, bounds)
	if err != nil {
		return nil, err
	}
	unmark(p)
	format, dxf := addStyles(p)
	marks := marksOf(l.findings)
	for _, s := range p.Sheets {
		if !s.Grid {
			continue
		}
		l.linksCut += cutLinks(p, s.Part)
		markSheet(p, s, marks, dxf)
	}
	addList(p, l, format)
	if data, err = p.Bytes(); err != nil {
		return nil, err
	}
	if err := sameContents(original, data); err != nil {
		return nil, fmt.Errorf("read the copy again: %w", err)
	}
	return data, nil
}

// listAlone is a workbook of the list and nothing else.
func listAlone(l *findingList) (Copy, error) {
	f := excelize.NewFile()
	defer f.Close()
	base, err := f.WriteToBuffer()
	if err != nil {
		return Copy{}, fmt.Errorf("make workbook: %w", err)
	}
	p, err := edit.Open(base.Bytes())
	if err != nil {
		return Copy{}, err
	}
	format, _ := addStyles(p)
	addList(p, l, format)
	p.RemoveSheet(1)
	data, err := p.Bytes()
	return Copy{Data: data, Ext: ".xlsx"}, err
}

// sameContents reports an error unless the strict reader finds in the copy what it
// finds in the original: the same sheets, cell by cell, apart from the list.
func sameContents(original, copied []byte) error {
	was, err := reader.Open(bytes.NewReader(original), int64(len(original)), reader.DefaultLimits())
	if err != nil {
		return fmt.Errorf("the original: %w", err)
	}
	is, err := reader.Open(bytes.NewReader(copied), int64(len(copied)), reader.DefaultLimits())
	if err != nil {
		return err
	}
	if was.Kind != is.Kind || was.Macros != is.Macros || was.ExternalLinks != is.ExternalLinks || !slices.Equal(was.Charts, is.Charts) {
		return errors.New("the copy is another kind of workbook")
	}
	notList := func(sheets []*reader.Sheet) []*reader.Sheet {
		return slices.DeleteFunc(slices.Clone(sheets), func(s *reader.Sheet) bool { return s.Name == listSheet })
	}
	a, b := notList(was.Sheets), notList(is.Sheets)
	if len(a) != len(b) || len(b)+1 != len(is.Sheets) {
		return errors.New("the copy has other sheets")
	}
	for i := range a {
		if a[i].Name != b[i].Name || a[i].Hidden != b[i].Hidden || !slices.Equal(a[i].Merges, b[i].Merges) {
			return fmt.Errorf("sheet %d of the copy is another", i+1)
		}
		if err := sameRows(a[i], b[i]); err != nil {
			return fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	return nil
}

func sameRows(a, b *reader.Sheet) error {
	next, stop := iter.Pull2(b.Rows())
	defer stop()
	for row, err := range a.Rows() {
		other, err2, ok := next()
		if err := cmp.Or(err, err2); err != nil {
			return err
		}
		if !ok || row.N != other.N || row.Hidden != other.Hidden || !slices.Equal(row.Cells, other.Cells) {
			return fmt.Errorf("row %d of the copy is another", row.N)
		}
	}
	if _, _, more := next(); more {
		return errors.New("the copy has more rows")
	}
	return nil
}
