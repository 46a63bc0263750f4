package returns

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"
)

// The content of a return as it is kept: JSON that anybody can look into, but with
// rows as lists and values as short as they can be, because every return that counts
// is read back when a period is added up. A value is
//
//	0                     absent
//	[column]              blank
//	[column, raw]         known, and its text is what was typed
//	[column, raw, n]      known, and of a kind: see the spelled constants
//	[column, raw, {…}]    anything else, in full
//
// and stands in the row of its record (on the cover: below the one before it) and the
// sheet of its list, unless {…} says otherwise. "columns" names the values of a row.
const contentBegins = `{"content":2,`

// The kinds of values that what was typed tells in full.
const (
	spelledDate   = 1 + iota // 05/03/1990
	spelledNumber            // 12
	spelledYes               // a mark
	spelledNo                // a mark that says no
	spelledList              // Giáo viên; Đoàn viên thanh niên: no longer written, it is text like any other
)

// fullValue is a value that the short forms do not fit.
type fullValue struct {
	State    State   `json:"state"`
	Why      Why     `json:"why,omitzero"`
	Repair   Repair  `json:"repair,omitzero"`
	Unlisted bool    `json:"unlisted,omitzero"`
	Mark     bool    `json:"mark,omitzero"`
	Text     string  `json:"text,omitzero"`
	Date     Date    `json:"date,omitzero"`
	Num      int     `json:"num,omitzero"`
	Sheet    *string `json:"sheet,omitempty"`
	Row      *int    `json:"row,omitempty"`
}

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
	var e encoder
	for i, l := range lists[:4] {
		e.raw(`,`)
		e.text(l.key)
		e.raw(`:[`)
		for j, f := range fieldsOf(l.record) {
			if j > 0 {
				e.raw(`,`)
			}
			e.text(f.id)
		}
		e.raw(`]`)
		if i == 0 {
			e.b = e.b[1:]
		}
	}
	return "{" + string(e.b) + "}"
}()

// Content is the return as it is kept.
func (r *Return) Content() ([]byte, error) {
	e := encoder{b: make([]byte, 0, 4096+256*(len(r.Admissions)+len(r.Pool)+len(r.Cells)))}
	e.raw(contentBegins + `"file":`)
	e.any(r.File)
	e.raw(`,"reading":`)
	e.any(r.Reading)
	e.raw(`,"columns":` + columnsNow)
	e.list(r, 0, 1, func(int) (int, any) { return 0, &r.Cover })
	e.list(r, 1, len(r.Admissions), func(i int) (int, any) { return r.Admissions[i].Row, &r.Admissions[i] })
	e.list(r, 2, len(r.Pool), func(i int) (int, any) { return r.Pool[i].Row, &r.Pool[i] })
	e.list(r, 3, len(r.Cells), func(i int) (int, any) { return r.Cells[i].Row, &r.Cells[i] })
	if r.Total != nil {
		e.list(r, 4, 1, func(int) (int, any) { return r.Total.Row, r.Total })
	}
	e.raw(`}`)
	return e.b, e.err
}

type encoder struct {
	b   []byte
	err error
}

func (e *encoder) raw(s string) { e.b = append(e.b, s...) }
func (e *encoder) int(n int)    { e.b = strconv.AppendInt(e.b, int64(n), 10) }

func (e *encoder) any(v any) {
	b, err := json.Marshal(v)
	if err != nil && e.err == nil {
		e.err = err
	}
	e.b = append(e.b, b...)
}

// text writes a string; those that need escapes are left to the library.
func (e *encoder) text(s string) {
	ascii := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '"' || s[i] == '\\' {
			e.any(s)
			return
		}
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	if !ascii && !utf8.ValidString(s) {
		e.any(s)
		return
	}
	e.b = append(append(append(e.b, '"'), s...), '"')
}

// list writes the records of list i, each a row number and its values.
func (e *encoder) list(r *Return, i, n int, record func(i int) (row int, record any)) {
	if n == 0 {
		return
	}
	e.raw(`,`)
	e.text(lists[i].key)
	e.raw(`:[`)
	sheet := r.sheetName(lists[i].sheet)
	for j := range n {
		if j > 0 {
			e.raw(`,`)
		}
		row, rec := record(j)
		e.raw(`[`)
		e.int(row)
		at := Cell{Sheet: sheet, Row: row}
		for _, v := range Fields(rec) {
			e.b = append(e.b, ',')
			e.value(v, at)
			at = at.after(i, v)
		}
		e.raw(`]`)
	}
	e.raw(`]`)
}

// sheetName is the name of a sheet of the form in the file.
func (r *Return) sheetName(id string) string {
	if s := r.Reading.Sheet(id); s != nil {
		return s.Name
	}
	return ""
}

// after is where the value after v is looked for.
func (c Cell) after(list int, v *Value) Cell {
	if lists[list].sheet == SheetCover && v.State != Absent {
		c.Row = v.Cell.Row + 1
	}
	return c
}

func (e *encoder) value(v *Value, at Cell) {
	if *v == (Value{}) {
		e.b = append(e.b, '0')
		return
	}
	e.b = strconv.AppendInt(append(e.b, '['), int64(v.Cell.Col), 10)
	placed := v.Cell.Row == at.Row && v.Cell.Sheet == at.Sheet
	if placed && *v == (Value{State: Blank, Cell: v.Cell}) {
		e.b = append(e.b, ']')
		return
	}
	e.b = append(e.b, ',')
	e.text(v.Raw)
	if spelled, ok := v.spelled(); ok && placed {
		if spelled > 0 {
			e.b = append(e.b, ',', '0'+byte(spelled))
		}
		e.b = append(e.b, ']')
		return
	}
	full := fullValue{
		State: v.State, Why: v.Why, Repair: v.Repair, Unlisted: v.Unlisted, Mark: v.Mark,
		Text: v.Text, Date: v.Date, Num: v.Num,
	}
	if v.Cell.Sheet != at.Sheet {
		full.Sheet = &v.Cell.Sheet
	}
	if v.Cell.Row != at.Row {
		full.Row = &v.Cell.Row
	}
	e.raw(`,`)
	e.any(full)
	e.raw(`]`)
}

// plain reports a value of which nothing is to be told but what it was read as.
func (v *Value) plain() bool {
	return v.Why == NotBad && v.Repair == NotRepaired && !v.Unlisted
}

// spelled reports whether Raw tells all of a known value, and of what kind it is; 0
// is a text.
func (v *Value) spelled() (kind int, ok bool) {
	switch {
	case v.State != Known || !v.plain():
	case v.Text != "":
		return 0, v.Text == v.Raw && v.Date.IsZero() && v.Num == 0 && !v.Mark
	case !v.Date.IsZero():
		return spelledDate, v.Num == 0 && !v.Mark && v.Raw == v.Date.String()
	case v.Mark:
		return spelledYes, v.Num == 0
	case v.Raw == strconv.Itoa(v.Num):
		return spelledNumber, true
	case v.Num == 0 && v.Raw != "":
		return spelledNo, true
	}
	return 0, false
}

// FromContent reads a return back. Those kept before rows were lists are read too. With
// the ids of sheets, the lists of these alone are wanted: the rest may be empty, and
// the cells of their values need not name the sheet.
func FromContent(content string, only ...string) (*Return, error) {
	r := new(Return)
	if err := r.fromContent(content, only); err != nil {
		return nil, err
	}
	return r, nil
}

// fromContent reads a return back into one that is not needed any more, whose memory is
// used again.
func (r *Return) fromContent(content string, only []string) error {
	if !strings.HasPrefix(content, contentBegins) {
		*r = Return{}
		if err := json.Unmarshal([]byte(content), r); err != nil {
			return fmt.Errorf("read the content of a return: %w", err)
		}
		return nil
	}
	*r = Return{Admissions: r.Admissions[:0], Pool: r.Pool[:0], Cells: r.Cells[:0]}
	d := decoder{s: content, i: len(contentBegins) - 1}
	if len(only) > 0 {
		return d.lists(r, only)
	}
	columns := map[string][]string{}
	for d.take(','); d.err == nil; {
		key := d.text()
		d.take(':')
		switch key {
		case "file":
			d.any(&r.File)
		case "reading":
			d.any(&r.Reading)
		case "columns":
			columns = d.columns()
		default:
			i := slices.IndexFunc(lists, func(l list) bool { return l.key == key })
			if i < 0 {
				d.fail("unknown part " + key)
				break
			}
			d.list(r, i, columns)
		}
		if d.err != nil || !d.is(',') {
			break
		}
	}
	d.take('}')
	if d.err == nil && d.i != len(d.s) {
		d.fail("something after the end")
	}
	return d.err
}

// lists reads the lists of some sheets and looks at nothing else. Where they begin is
// searched for: no text holds what is searched, since a quotation mark in it would have
// a backslash before it.
func (d *decoder) lists(r *Return, only []string) error {
	seek := func(before, begins string) bool {
		n := strings.Index(d.s[d.i:], before+begins)
		if d.err != nil || n < 0 {
			return false
		}
		d.i += n + len(before)
		return true
	}
	if !seek(`,"columns":`, `{"cover":[`) {
		d.fail("no columns")
	}
	columns := d.columns()
	for i, l := range lists {
		if slices.Contains(only, l.sheet) && seek(`,"`+l.key+`":`, `[`) {
			d.list(r, i, columns)
		}
	}
	return d.err
}

// columns are the names of the values of a row, nil for those of today.
func (d *decoder) columns() map[string][]string {
	if d.skip(columnsNow) {
		return nil
	}
	columns := map[string][]string{}
	d.any(&columns)
	return columns
}

// decoder reads what encoder writes, and nothing else; texts stay where they stand.
type decoder struct {
	s   string
	i   int
	err error
}

func (d *decoder) fail(why string) {
	if d.err == nil {
		d.err = fmt.Errorf("read the content of a return: byte %d: %s", d.i, why)
	}
}

// is takes a character if it comes next.
func (d *decoder) is(c byte) bool {
	if d.err == nil && d.i < len(d.s) && d.s[d.i] == c {
		d.i++
		return true
	}
	return false
}

// skip takes a text if it comes next.
func (d *decoder) skip(s string) bool {
	if d.err == nil && strings.HasPrefix(d.s[d.i:], s) {
		d.i += len(s)
		return true
	}
	return false
}

func (d *decoder) take(c byte) {
	if d.err == nil && !d.is(c) {
		d.fail("no " + string(c))
	}
}

func (d *decoder) text() string {
	if d.take('"'); d.err != nil {
		return ""
	}
	from := d.i
	n := strings.IndexByte(d.s[from:], '"')
	if n < 0 {
		d.fail("a text without end")
		return ""
	}
	text := d.s[from : from+n]
	if strings.IndexByte(text, '\\') >= 0 {
		d.i = from - 1
		var s string
		d.any(&s)
		return s
	}
	d.i = from + n + 1
	return text
}

func (d *decoder) int() int {
	from, n := d.i, 0
	if d.i < len(d.s) && d.s[d.i] == '-' {
		d.i++
	}
	for d.i < len(d.s) && '0' <= d.s[d.i] && d.s[d.i] <= '9' {
		n = 10*n + int(d.s[d.i]-'0')
		d.i++
	}
	if digits := d.i - from; digits > 0 && digits <= 9 && d.s[from] != '-' { // nearly always
		return n
	}
	n, err := strconv.Atoi(d.s[from:d.i])
	if err != nil {
		d.fail("no number")
	}
	return n
}

// any reads a value with the library.
func (d *decoder) any(into any) {
	if d.err != nil {
		return
	}
	end := d.i + valueLength(d.s[d.i:])
	if err := json.Unmarshal([]byte(d.s[d.i:end]), into); err != nil {
		d.fail(err.Error())
	}
	d.i = end
}

// valueLength is the length of the JSON text, object or list that s begins with.
func valueLength(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth <= 0 {
			return min(i+1, len(s))
		}
	}
	return len(s)
}

// placesOf are the fields of a record of list i that its columns stand for, one without
// id for columns there are no more. Without columns they are all, as they are kept today.
func placesOf(i int, columns map[string][]string) []field {
	fields := fieldsOf(lists[i].record)
	if columns == nil {
		return fields
	}
	var places []field
	key := lists[i].key
	if key == "total" {
		key = "cells"
	}
	for _, id := range columns[key] {
		place := field{}
		if j := slices.IndexFunc(fields, func(f field) bool { return f.id == id }); j >= 0 {
			place = fields[j]
		}
		places = append(places, place)
	}
	return places
}

// rows is how many records list i, which comes next, is likely to have; 0 when that is
// not known.
func (d *decoder) rows(r *Return, i int) int {
	const shortest = 40 // bytes of a record
	if s := r.Reading.Sheet(lists[i].sheet); s != nil {
		return max(0, min(s.Rows, (len(d.s)-d.i)/shortest))
	}
	return 0
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

// list reads the records of list i.
func (d *decoder) list(r *Return, i int, columns map[string][]string) {
	switch n := d.rows(r, i); i {
	case 1:
		r.Admissions = slices.Grow(r.Admissions, n)
	case 2:
		r.Pool = slices.Grow(r.Pool, n)
	case 3:
		r.Cells = slices.Grow(r.Cells, n)
	}
	sheet := r.sheetName(lists[i].sheet)
	places := placesOf(i, columns)
	var passedOver Value
	d.take('[')
	for d.err == nil {
		d.take('[')
		row := d.int()
		at, record := r.next(i)
		*at = row
		where := Cell{Sheet: sheet, Row: row}
		for _, place := range places {
			d.take(',')
			into := &passedOver
			if place.id != "" {
				into = place.of(record)
			} else {
				passedOver = Value{}
			}
			if d.value(into, where); d.err != nil {
				return
			}
			where = where.after(i, into)
		}
		d.take(']')
		if !d.is(',') {
			break
		}
	}
	d.take(']')
}

func (d *decoder) value(v *Value, at Cell) {
	if d.is('0') {
		return
	}
	d.take('[')
	at.Col = d.int()
	v.Cell = at
	if d.is(']') {
		v.State = Blank
		return
	}
	d.take(',')
	v.State, v.Raw = Known, d.text()
	if d.is(']') {
		v.Text = v.Raw
		return
	}
	if d.take(','); d.err != nil || d.i == len(d.s) {
		d.fail("a value without end")
		return
	}
	if d.s[d.i] == '{' {
		var full fullValue
		d.any(&full)
		v.State, v.Why, v.Repair, v.Unlisted, v.Mark = full.State, full.Why, full.Repair, full.Unlisted, full.Mark
		v.Text, v.Date, v.Num = full.Text, full.Date, full.Num
		if full.Sheet != nil {
			v.Cell.Sheet = *full.Sheet
		}
		if full.Row != nil {
			v.Cell.Row = *full.Row
		}
	} else {
		switch d.int() {
		case spelledDate:
			v.Date = dateOf(v.Raw)
			if v.Date.IsZero() {
				d.fail("no date")
			}
		case spelledNumber:
			n, err := strconv.Atoi(v.Raw)
			if v.Num = n; err != nil {
				d.fail("no number")
			}
		case spelledYes:
			v.Mark = true
		case spelledNo:
		case spelledList:
			v.Text = v.Raw
		default:
			d.fail("unknown kind of value")
		}
	}
	d.take(']')
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
