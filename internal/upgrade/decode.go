package upgrade

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"

	"ketnap/internal/domain"
)

// This file and decode_reading.go read the content of a return as the old record has it.
// They need nothing of the rest of this package.
//
// The first versions kept it as plain JSON. As it was kept last, it begins with
// contentBegins; then come eight parts, each its length (four bytes, the lowest first) and
// as many bytes:
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
	d := &decoder{Reader: strings.NewReader(string(packed[1:]))}
	for d.Len() > 0 && d.err == nil {
		chunk, err := s2.Decode(nil, []byte(d.text()))
		d.check(err)
		text.Write(chunk)
	}
	return text.String(), d.err
}

// decode reads a return back.
func decode(content string) (*domain.Return, error) {
	r := new(domain.Return)
	var err error
	if strings.HasPrefix(content, contentBegins) {
		d := &decoder{Reader: strings.NewReader(content[len(contentBegins):])}
		d.content(r)
		err = d.err
	} else {
		err = json.Unmarshal([]byte(content), r)
	}
	if err != nil {
		return nil, fmt.Errorf("read the content of a return: %w", err)
	}
	return r, nil
}

// content reads the eight parts.
func (d *decoder) content(r *domain.Return) {
	d.length()
	r.File = d.file()
	d.length()
	r.Reading = d.reading()
	var columns map[string][]string // by list
	d.check(json.Unmarshal([]byte(d.take(d.length())), &columns))
	covers := decodeList(d, columns["cover"], func(int) domain.Cover { return domain.Cover{} })
	r.Admissions = decodeList(d, columns["admissions"], func(row int) domain.Admission { return domain.Admission{Row: row} })
	r.Pool = decodeList(d, columns["pool"], func(row int) domain.Candidate { return domain.Candidate{Row: row} })
	line := func(row int) domain.CellLine { return domain.CellLine{Row: row} }
	r.Cells = decodeList(d, columns["cells"], line)
	totals := decodeList(d, columns["total"], line)
	if len(covers) > 0 {
		r.Cover = covers[0]
	}
	if len(totals) > 0 {
		r.Total = &totals[0]
	}
	if d.Len() > 0 {
		d.check(errors.New("something stands after its end"))
	}
}

// decodeList reads the part of a list; record makes an empty record of it.
func decodeList[T any](d *decoder, columns []string, record func(row int) T) (list []T) {
	d.length()
	sheet := d.text()
	for range d.count(1 + len(columns)) { // no value takes less than a byte
		at := domain.Cell{Sheet: sheet, Row: d.int(), Col: 1}
		list = append(list, record(at.Row))
		into := any(&list[len(list)-1]).(domain.Record)
		fields := maps.Collect(into.Fields)
		for _, id := range columns {
			v := cmp.Or(fields[id], new(domain.Value)) // there may be no such column any more
			d.value(v, at)
			if v.State != domain.Absent {
				at = after(into, at, v)
			}
		}
	}
	return list
}

// after is where the value after v is looked for.
func after(record domain.Record, at domain.Cell, v *domain.Value) domain.Cell {
	if _, cover := record.(*domain.Cover); cover {
		return domain.Cell{Sheet: at.Sheet, Row: v.Cell.Row + 1, Col: v.Cell.Col}
	}
	at.Col = v.Cell.Col + 1
	return at
}

// decoder reads a content from its beginning to its end. After an error what it reads
// means nothing.
type decoder struct {
	*strings.Reader
	err error // the first
}

var errDamaged = errors.New("it is damaged")

func (d *decoder) check(err error) { d.err = cmp.Or(d.err, err) }

// take is the next n bytes.
func (d *decoder) take(n uint64) string {
	if n > uint64(d.Len()) {
		d.check(io.ErrUnexpectedEOF)
		return ""
	}
	b := make([]byte, n)
	_, err := io.ReadFull(d, b)
	d.check(err)
	return string(b)
}

// length is how long the next part is.
func (d *decoder) length() uint64 {
	var n uint32
	d.check(binary.Read(d, binary.LittleEndian, &n))
	return uint64(n)
}

func (d *decoder) byte() byte {
	b, err := d.ReadByte()
	d.check(err)
	return b
}

func (d *decoder) int() int {
	n, err := binary.ReadVarint(d)
	d.check(err)
	return int(n)
}

func (d *decoder) text() string {
	n, err := binary.ReadUvarint(d)
	d.check(err)
	return d.take(n)
}

// count is how many follow, each of which takes that many bytes at least.
func (d *decoder) count(size int) int {
	n := d.int()
	if n < 0 || n > d.Len()/size {
		d.check(errDamaged)
		return 0
	}
	return n
}

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
	if kind != valueFull {
		d.check(setTyped(v, kind))
	}
}

// setTyped makes a known value what was typed in it tells.
func setTyped(v *domain.Value, kind byte) (err error) {
	switch kind {
	case valueText:
		v.Text = v.Raw
	case valueDate:
		v.Date, err = dateOf(v.Raw)
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

// dateOf reads a date as its String writes it.
func dateOf(s string) (domain.Date, error) {
	t, err := time.Parse("02/01/2006", s)
	return domain.DateOf(t), err
}
