package upgrade

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"

	"ketnap/internal/domain"
)

// This file, decode_reading.go and decode_json.go read the content of a return in every
// form that a record may have it in. They need nothing of the rest of this package.
//
// The content of a return as it was kept last. After contentBegins come eight parts, each
// its length (four bytes, the lowest first) and as many bytes:
//
//	file, reading   see decode_reading.go
//	columns         JSON: the ids of the values of a row, by list
//	cover, admissions, pool, cells, total
//
// A list is the name of its sheet, the number of its records, and of each record the
// row and a value for each column. A text is its length and its bytes; numbers are as
// encoding/binary has them. A value begins with a byte that says what follows:
//
//	absent, blank       nothing
//	typed…              what was typed, which tells the value
//	full                all that it may have
//
// It stands in the row of its record (on the cover: below the one before it), in the
// column after the one before it (on the cover: in the same) and on the sheet of its
// list, unless elsewhere is added; then its place comes first.
const contentBegins = "\x03"

// What the first byte of a value says.
const (
	valueAbsent = iota
	valueBlank
	valueText   // and the text is what was typed
	valueDate   // 05/03/1990
	valueNumber // 12
	valueYes    // a mark
	valueNo     // a mark that says no
	valueFull
	valueElsewhere = 0x80 // added to one of them
)

// The lists of a return as the columns name them.
const (
	coverList      = "cover"
	admissionsList = "admissions"
	poolList       = "pool"
	cellsList      = "cells"
	totalList      = "total"
)

// inChunks is what a packed content begins with that was packed chunk by chunk, as long
// returns once were: of each follow the length it has packed, and the chunk. What was
// packed as a whole begins with its length, which is not 0.
const inChunks = 0

// unpack is the content that was packed with s2.
func unpack(packed []byte) (content string, err error) {
	if len(packed) == 0 || packed[0] != inChunks {
		whole, err := s2.Decode(nil, packed)
		return string(whole), err
	}
	var text strings.Builder
	for packed = packed[1:]; len(packed) > 0; {
		n, used := binary.Uvarint(packed)
		if used <= 0 || n > uint64(len(packed)-used) {
			return "", s2.ErrCorrupt
		}
		chunk, err := s2.Decode(nil, packed[used:][:n])
		if err != nil {
			return "", err
		}
		text.Write(chunk)
		packed = packed[used:][n:]
	}
	return text.String(), nil
}

// decode reads a return back. Its texts stay where they stand in content.
func decode(content string) (*domain.Return, error) {
	r := new(domain.Return)
	var err error
	if strings.HasPrefix(content, contentBegins) {
		err = decodeParts(r, content[len(contentBegins):])
	} else {
		err = decodeJSON(r, content)
	}
	if err != nil {
		return nil, fmt.Errorf("read the content of a return: %w", err)
	}
	return r, nil
}

// decodeParts reads the eight parts of a content.
func decodeParts(r *domain.Return, content string) error {
	d := &decoder{s: content}
	file, reading, columns := d.part(), d.part(), d.part()
	cover, admissions, pool, cells, total := d.part(), d.part(), d.part(), d.part(), d.part()
	if err := d.end(); err != nil {
		return err
	}
	part := &decoder{s: file}
	r.File = part.file()
	if err := part.end(); err != nil {
		return err
	}
	part = &decoder{s: reading}
	r.Reading = part.reading()
	if err := part.end(); err != nil {
		return err
	}
	var ids map[string][]string
	if err := json.Unmarshal([]byte(columns), &ids); err != nil {
		return err
	}
	var covers []domain.Cover
	var totals []domain.CellLine
	err := errors.Join(
		decodeList(&covers, cover, ids[coverList]),
		decodeList(&r.Admissions, admissions, ids[admissionsList]),
		decodeList(&r.Pool, pool, ids[poolList]),
		decodeList(&r.Cells, cells, ids[cellsList]),
		decodeList(&totals, total, ids[totalList]),
	)
	setSingles(r, covers, totals)
	return err
}

// setSingles puts the records into a return of which it has one each.
func setSingles(r *domain.Return, covers []domain.Cover, totals []domain.CellLine) {
	if len(covers) > 0 {
		r.Cover = covers[len(covers)-1]
	}
	if len(totals) > 0 {
		r.Total = &totals[len(totals)-1]
	}
}

// decodeList reads the part of a list.
func decodeList[T any](list *[]T, part string, columns []string) error {
	d := &decoder{s: part}
	sheet := d.text()
	n := d.int()
	if d.err == nil && (n < 0 || n > (len(d.s)-d.i)/(1+len(columns))) { // no value takes less than a byte
		d.err = errDamaged
	}
	if d.err != nil {
		return d.err
	}
	*list = slices.Grow(*list, n)
	for range n {
		record := another(list)
		row := d.int()
		setRow(record, row)
		at := domain.Cell{Sheet: sheet, Row: row, Col: 1}
		for _, v := range fieldsOf(record, columns) {
			d.value(v, at)
			at = after(record, at, v)
		}
		if d.err != nil {
			return d.err
		}
	}
	return d.end()
}

// another is a new record at the end of a list.
func another[T any](list *[]T) any {
	var record T
	*list = append(*list, record)
	return &(*list)[len(*list)-1]
}

// setRow sets the row number of a record; a cover has none.
func setRow(record any, row int) {
	switch record := record.(type) {
	case *domain.Admission:
		record.Row = row
	case *domain.Candidate:
		record.Row = row
	case *domain.CellLine:
		record.Row = row
	}
}

// after is where the value after v is looked for.
func after(record any, at domain.Cell, v *domain.Value) domain.Cell {
	if v.State == domain.Absent {
		return at
	}
	if _, cover := record.(*domain.Cover); cover {
		return domain.Cell{Sheet: at.Sheet, Row: v.Cell.Row + 1, Col: v.Cell.Col}
	}
	at.Col = v.Cell.Col + 1
	return at
}

// fieldsOf are the fields of a record in the order that a content has them, with nothing of
// the record for a column that there is no more.
func fieldsOf(record any, columns []string) []*domain.Value {
	now := maps.Collect(domain.Fields(record))
	fields := make([]*domain.Value, len(columns))
	for i, id := range columns {
		fields[i] = cmp.Or(now[id], new(domain.Value))
	}
	return fields
}

var (
	errTooShort = errors.New("it ends too soon")
	errTooLong  = errors.New("something stands after its end")
	errDamaged  = errors.New("it is damaged")
)

// decoder reads a content from its beginning to its end. After an error it reads zeros.
type decoder struct {
	s   string
	i   int
	err error
}

// take is the next n bytes.
func (d *decoder) take(n int) string {
	if d.err == nil && (n < 0 || n > len(d.s)-d.i) {
		d.err = errTooShort
	}
	if d.err != nil {
		return ""
	}
	d.i += n
	return d.s[d.i-n : d.i]
}

// end is what was wrong, or that something is left.
func (d *decoder) end() error {
	if d.err == nil && d.i != len(d.s) {
		return errTooLong
	}
	return d.err
}

func (d *decoder) part() string {
	length := d.take(4)
	if d.err != nil {
		return ""
	}
	return d.take(int(binary.LittleEndian.Uint32([]byte(length))))
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != "" {
		return b[0]
	}
	return 0
}

func (d *decoder) uint() uint64 {
	n, length := binary.Uvarint([]byte(d.s[d.i:min(d.i+binary.MaxVarintLen64, len(d.s))]))
	if length < 0 && d.err == nil {
		d.err = errDamaged
	}
	d.take(max(length, 1)) // of nothing: it ends too soon
	return n
}

// int undoes binary.AppendVarint: the lowest bit is the sign.
func (d *decoder) int() int {
	n := d.uint()
	return int(n>>1) ^ -int(n&1)
}

func (d *decoder) text() string { return d.take(int(min(d.uint(), 1<<31))) }

// value reads a value; it stands at that place when it does not say where.
func (d *decoder) value(v *domain.Value, at domain.Cell) {
	*v = domain.Value{}
	kind := d.byte()
	if kind&valueElsewhere != 0 {
		kind -= valueElsewhere
		at = d.cell()
	}
	if kind == valueAbsent {
		return
	}
	v.Cell = at
	if kind == valueBlank {
		v.State = domain.Blank
		return
	}
	v.State = domain.Known
	if kind == valueFull {
		v.State, v.Why, v.Repair = domain.State(d.byte()), domain.Why(d.byte()), domain.Repair(d.byte())
		flags := d.byte()
		v.Unlisted, v.Mark = flags&1 != 0, flags&2 != 0
		v.Text, v.Num = d.text(), d.int()
		v.Date = domain.Date{Year: int16(d.int()), Month: d.byte(), Day: d.byte()}
	}
	v.Raw = d.text()
	if kind != valueFull && d.err == nil {
		d.err = setTyped(v, kind)
	}
}

// setTyped makes a known value what was typed in it tells.
func setTyped(v *domain.Value, kind byte) (err error) {
	switch kind {
	case valueText:
		v.Text = v.Raw
	case valueDate:
		if v.Date = dateOf(v.Raw); v.Date.IsZero() {
			err = errDamaged
		}
	case valueNumber:
		v.Num, err = strconv.Atoi(v.Raw)
	case valueYes:
		v.Mark = true
	case valueNo:
	default:
		err = errDamaged
	}
	return err
}

// dateOf reads a date as its String writes it; the zero Date when s is none.
func dateOf(s string) domain.Date {
	var y, m, d int
	if _, err := fmt.Sscanf(s, "%2d/%2d/%4d", &d, &m, &y); err != nil {
		return domain.Date{}
	}
	if date := domain.Day(y, time.Month(m), d); date.String() == s {
		return date
	}
	return domain.Date{}
}
