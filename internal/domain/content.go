package domain

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// The content of a return as it is kept: every return that counts is opened several
// times when a period is added up, so nothing has to be searched, escaped or converted
// to read it back. After contentBegins come eight parts, each its length (four bytes,
// the lowest first) and as many bytes:
//
//	file, reading   see coder
//	columns         JSON: the ids of the values of a row, by list
//	cover, admissions, pool, cells, total
//
// A list is the name of its sheet, the number of its records, and of each record the
// row and a value for each column. A text is its length and its bytes; numbers are as
// encoding/binary has them. A value begins with a byte that says what follows:
//
//	absent, blank       nothing
//	spelled…            what was typed, which tells the value
//	full                all that it may have
//
// It stands in the row of its record (on the cover: below the one before it), in the
// column after the one before it (on the cover: in the same) and on the sheet of its
// list, unless elsewhere is added; then its place comes first.
const contentBegins = "\x03"

// What the first byte of a value says.
const (
	absent = iota
	blank
	spelledText   // and the text is what was typed
	spelledDate   // 05/03/1990
	spelledNumber // 12
	spelledYes    // a mark
	spelledNo     // a mark that says no
	full
	elsewhere = 0x80 // added to one of them
)

// list is a list of a return as it is kept.
type list struct {
	key, sheet string
	record     reflect.Type
}

// lists are the lists of a return in the order they are kept in.
var lists = []list{
	{"cover", SheetCover, reflect.TypeFor[Cover]()},
	{"admissions", SheetAdmissions, reflect.TypeFor[Admission]()},
	{"pool", SheetPool, reflect.TypeFor[Candidate]()},
	{"cells", SheetCells, reflect.TypeFor[CellLine]()},
	{"total", SheetCells, reflect.TypeFor[CellLine]()},
}

// columnsNow names the values of a row of each list, as they are kept today.
var columnsNow = func() string {
	columns := map[string][]string{}
	for _, l := range lists {
		for _, f := range fieldsOf(l.record) {
			columns[l.key] = append(columns[l.key], f.id)
		}
	}
	text, err := json.Marshal(columns)
	if err != nil {
		panic(err) // texts have no errors
	}
	return string(text)
}()

// Content is the return as it is kept.
func (r *Return) Content() []byte {
	c := Closing{Pack: bytes.Clone}
	c.Take(r)
	return slices.Concat(c.Close()...)
}

type encoder struct{ b []byte }

// part writes a part behind its length.
func (e *encoder) part(write func()) {
	from := len(e.b)
	e.b = append(e.b, 0, 0, 0, 0)
	write()
	binary.LittleEndian.PutUint32(e.b[from:], uint32(len(e.b)-from-4))
}

func (e *encoder) int(n int) { e.b = binary.AppendVarint(e.b, int64(n)) }

func (e *encoder) text(s string) {
	e.b = append(binary.AppendUvarint(e.b, uint64(len(s))), s...)
}

// record writes a record of list i: its row number and its values.
func (e *encoder) record(i int, sheet string, row int, record unsafe.Pointer) {
	e.int(row)
	at := Cell{Sheet: sheet, Row: row, Col: 1}
	for _, f := range fieldsOf(lists[i].record) {
		v := f.of(record)
		e.value(v, at)
		at = at.after(i, v)
	}
}

// after is where the value after v is looked for.
func (c Cell) after(list int, v *Value) Cell {
	switch {
	case v.State == Absent:
	case list == 0:
		c.Row, c.Col = v.Cell.Row+1, v.Cell.Col
	default:
		c.Col = v.Cell.Col + 1
	}
	return c
}

func (e *encoder) value(v *Value, at Cell) {
	kind := v.kind()
	if kind == absent || v.Cell == at {
		e.b = append(e.b, kind)
	} else {
		e.b = append(e.b, kind+elsewhere)
		e.text(v.Cell.Sheet)
		e.int(v.Cell.Row)
		e.int(v.Cell.Col)
	}
	switch kind {
	case absent, blank:
		return
	case full:
		flags := byte(0)
		if v.Unlisted {
			flags |= 1
		}
		if v.Mark {
			flags |= 2
		}
		e.b = append(e.b, byte(v.State), byte(v.Why), byte(v.Repair), flags)
		e.text(v.Text)
		e.int(v.Num)
		e.int(int(v.Date.Year))
		e.b = append(e.b, v.Date.Month, v.Date.Day)
	}
	e.text(v.Raw)
}

// kind is how a value is kept: as short as what was typed tells all of it.
func (v *Value) kind() byte {
	switch {
	case v.State == Absent && *v == (Value{}):
		return absent
	case v.State == Blank && *v == (Value{State: Blank, Cell: v.Cell}):
		return blank
	case v.State != Known || v.Why != NotBad || v.Repair != NotRepaired || v.Unlisted:
	case v.Text != "":
		if v.Text == v.Raw && v.Date.IsZero() && v.Num == 0 && !v.Mark {
			return spelledText
		}
	case !v.Date.IsZero():
		if v.Num == 0 && !v.Mark && dateOf(v.Raw) == v.Date {
			return spelledDate
		}
	case v.Mark:
		if v.Num == 0 {
			return spelledYes
		}
	case v.Num == 0 && v.Raw != "0":
		return spelledNo
	case v.Raw == strconv.Itoa(v.Num):
		return spelledNumber
	}
	return full
}

// dateOf reads a date as String writes it; the zero Date when s is none.
func dateOf(s string) Date {
	if len(s) != len("05/03/1990") || s[2] != '/' || s[5] != '/' {
		return Date{}
	}
	for i := range len(s) {
		if i != 2 && i != 5 && (s[i] < '0' || s[i] > '9') {
			return Date{}
		}
	}
	n := func(i int) int { return 10*int(s[i]-'0') + int(s[i+1]-'0') }
	return Day(100*n(6)+n(8), time.Month(n(3)), n(0))
}

// FromContent reads a return back. Those kept by earlier versions are read too. With
// the ids of sheets, the lists of these alone are wanted: the rest may be empty.
func FromContent(content string, only ...string) (*Return, error) {
	r := new(Return)
	if err := r.fromContent(content, only); err != nil {
		return nil, err
	}
	return r, nil
}

// fromContent reads a return back into one that is not needed any more, whose memory is
// used again. Texts stay where they stand in content, but for the names of sheets.
func (r *Return) fromContent(content string, only []string) error {
	*r = Return{Admissions: r.Admissions[:0], Pool: r.Pool[:0], Cells: r.Cells[:0]}
	err := r.readBack(content, only)
	if err != nil {
		return fmt.Errorf("read the content of a return: %w", err)
	}
	return nil
}

func (r *Return) readBack(content string, only []string) error {
	if !strings.HasPrefix(content, contentBegins) {
		return r.fromJSON(content)
	}
	d := decoder{s: content, i: len(contentBegins)}
	for _, read := range []func(coder){func(c coder) { c.file(&r.File) }, func(c coder) { c.reading(&r.Reading) }} {
		if text := d.part(); len(only) == 0 && d.err == nil {
			part := decoder{s: strings.Clone(text)} // findings have names of it long after the content is let go
			read(coder{from: &part})
			d.err = part.end()
		}
	}
	var columns map[string][]string // nil: as they are kept today
	if text := d.part(); text != columnsNow && d.err == nil {
		d.err = json.Unmarshal([]byte(text), &columns)
	}
	for i, l := range lists {
		part := decoder{s: d.part()}
		if d.err == nil && (len(only) == 0 || slices.Contains(only, l.sheet)) {
			part.list(r, i, fieldsOf(l.record).in(columns, l.key))
			d.err = part.err
		}
	}
	return d.end()
}

var (
	errTooShort = errors.New("it ends too soon")
	errTooLong  = errors.New("something stands after its end")
	errDamaged  = errors.New("it is damaged")
)

// decoder reads what encoder writes.
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
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	if d.err == nil {
		d.err = errDamaged
	}
	return 0
}

// int undoes binary.AppendVarint: the lowest bit is the sign.
func (d *decoder) int() int {
	n := d.uint()
	return int(n>>1) ^ -int(n&1)
}

func (d *decoder) text() string { return d.take(int(min(d.uint(), 1<<31))) }

// list reads the records of list i, whose values stand for the fields of columns.
func (d *decoder) list(r *Return, i int, columns fields) {
	at := Cell{Sheet: strings.Clone(d.text())} // findings have it long after the content is let go
	n := d.int()
	if d.err == nil && (n < 0 || n > (len(d.s)-d.i)/(1+len(columns))) { // no value takes less than a byte
		d.err = errDamaged
	}
	if d.err != nil {
		return
	}
	switch i {
	case 1:
		r.Admissions = slices.Grow(r.Admissions, n)
	case 2:
		r.Pool = slices.Grow(r.Pool, n)
	case 3:
		r.Cells = slices.Grow(r.Cells, n)
	}
	var passedOver Value
	for range n {
		if d.err != nil {
			return
		}
		row, record := r.next(i)
		*row = d.int()
		at.Row, at.Col = *row, 1
		for _, f := range columns {
			into := &passedOver
			if f.id != "" {
				into = f.of(record)
			} else {
				passedOver = Value{}
			}
			d.value(into, at)
			at = at.after(i, into)
		}
	}
	d.err = d.end()
}

// next is the next record of list i, and its row number.
func (r *Return) next(i int) (row *int, record unsafe.Pointer) {
	switch i {
	case 0:
		return new(int), unsafe.Pointer(&r.Cover)
	case 1:
		a := another(&r.Admissions)
		return &a.Row, unsafe.Pointer(a)
	case 2:
		c := another(&r.Pool)
		return &c.Row, unsafe.Pointer(c)
	case 3:
		c := another(&r.Cells)
		return &c.Row, unsafe.Pointer(c)
	}
	r.Total = new(CellLine)
	return &r.Total.Row, unsafe.Pointer(r.Total)
}

// another is a new record at the end of a list.
func another[T any](list *[]T) *T {
	n := len(*list)
	*list = slices.Grow(*list, 1)[:n+1]
	clear((*list)[n:]) // the memory may have been another one's
	return &(*list)[n]
}

// value reads a value into a zero one.
func (d *decoder) value(v *Value, at Cell) {
	kind := d.byte()
	if kind&elsewhere != 0 {
		kind -= elsewhere
		at = Cell{Sheet: d.text(), Row: d.int(), Col: d.int()}
	}
	if kind == absent {
		return
	}
	v.Cell = at
	if kind == blank {
		v.State = Blank
		return
	}
	v.State = Known
	if kind == full {
		v.State, v.Why, v.Repair = State(d.byte()), Why(d.byte()), Repair(d.byte())
		flags := d.byte()
		v.Unlisted, v.Mark = flags&1 != 0, flags&2 != 0
		v.Text, v.Num = d.text(), d.int()
		v.Date = Date{Year: int16(d.int()), Month: d.byte(), Day: d.byte()}
	}
	v.Raw = d.text()
	if kind != full && d.err == nil {
		d.err = v.spell(kind)
	}
}

// spell makes a known value what was typed in it tells.
func (v *Value) spell(kind byte) error {
	switch kind {
	case spelledText:
		v.Text = v.Raw
	case spelledDate:
		v.Date = dateOf(v.Raw)
		if v.Date.IsZero() {
			return errDamaged
		}
	case spelledNumber:
		n, err := strconv.Atoi(v.Raw)
		if err != nil {
			return errDamaged
		}
		v.Num = n
	case spelledYes:
		v.Mark = true
	case spelledNo:
	default:
		return errDamaged
	}
	return nil
}
