package record

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"sync"
	"unsafe"

	"github.com/klauspost/compress/s2"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// Close closes a return up, while it is read, for a run to save it: what Save takes of it
// lies with it, in a tenth of the room of the return.
func Close(read func(*domain.Closing) error) (*domain.Kept, error) {
	c := closings.Get().(*closing)
	defer func() {
		c.Drop()
		closings.Put(c)
	}()
	c.prints = c.prints[:0]
	if err := read(&c.Closing); err != nil {
		return nil, err
	}
	k, refused := c.Kept(nil), c.Reading.Refusal != nil
	stretches := c.Close()
	if refused { // perhaps when its first list had been read
		c.prints = c.prints[:0]
	}
	packed := stretches[0]
	if len(stretches) > 1 {
		room := 1
		for _, s := range stretches {
			room += binary.MaxVarintLen64 + len(s)
		}
		packed = append(make([]byte, 0, room), inStretches)
		for _, s := range stretches {
			packed = append(binary.AppendUvarint(packed, uint64(len(s))), s...)
		}
	}
	k.Packed, k.Prints = packed, append([]byte{}, c.prints...)
	k.Content = func() (string, error) { return unpack(packed) }
	return k, nil
}

// inStretches is what a packed content begins with that was packed stretch by stretch:
// of each follow the length it has packed, and the stretch. What was packed as a whole
// begins with its length, which is not 0.
const inStretches = 0

// closing is a return being closed up, and the memory of those before it.
type closing struct {
	domain.Closing
	prints, packed []byte
}

var closings = sync.Pool{New: func() any {
	c := new(closing)
	c.Pack = func(stretch []byte) []byte {
		c.packed = s2.Encode(c.packed[:cap(c.packed)], stretch)
		return bytes.Clone(c.packed) // the room that it was made in is larger
	}
	c.Admitted = func(a *domain.Admission) {
		if a.IsPerson() {
			p := personOf(a)
			c.prints = p.appendPrints(c.prints)
		}
	}
	return c
}}

func unpack(packed []byte) (string, error) {
	var content []byte
	var err error
	if len(packed) > 0 && packed[0] == inStretches {
		content, err = unpackStretches(packed[1:])
	} else {
		content, err = s2.Decode(nil, packed)
	}
	if err != nil {
		return "", errors.Join(ErrDamaged, err)
	}
	return unsafe.String(unsafe.SliceData(content), len(content)), nil // nobody else has these bytes
}

func unpackStretches(packed []byte) ([]byte, error) {
	var stretches [][]byte
	size := 0
	for len(packed) > 0 {
		n, used := binary.Uvarint(packed)
		if used <= 0 || n > uint64(len(packed)-used) {
			return nil, s2.ErrCorrupt
		}
		stretch := packed[used:][:n]
		packed = packed[used:][n:]
		long, err := s2.DecodedLen(stretch)
		if err != nil {
			return nil, err
		}
		stretches, size = append(stretches, stretch), size+long
	}
	content := make([]byte, size)
	size = 0
	for _, stretch := range stretches {
		part, err := s2.Decode(content[size:], stretch)
		if err != nil {
			return nil, err
		}
		size += len(part)
	}
	return content, nil
}

// content is what was kept of a file; sql.ErrNoRows when it was never judged.
func (s *Store) content(ctx context.Context, sum string) (content string, err error) {
	ask, err := s.askContent(ctx)
	if err != nil {
		return "", err
	}
	found := false
	err = eachOf(ctx, ask, func(rows *sql.Rows) error {
		found = true
		var packed sql.RawBytes // unpacked before the next row is asked for
		err := rows.Scan(&content, &packed)
		if err == nil && len(packed) > 0 {
			content, err = unpack(packed)
		}
		return err
	}, sum)
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return content, err
}

// PeopleOf are the people that a return lists as admitted.
func PeopleOf(r *domain.Return) []Person {
	people := make([]Person, 0, len(r.Admissions))
	for i := range r.Admissions {
		if a := &r.Admissions[i]; a.IsPerson() {
			p := personOf(a)
			p.Unit, p.Period = r.Unit(), r.Period()
			people = append(people, p)
		}
	}
	return people
}

// personOf is somebody whom a row names, without unit and period.
func personOf(a *domain.Admission) Person {
	return Person{Row: a.Row, NationalID: a.NationalID.Text, NameKey: viet.Fold(a.Name.Text), Born: a.Born.Date, Decided: a.DecisionDate.Date}
}

// PrintsOf are the fingerprints that people are found again by in later years, eight
// bytes each: of the identity number, and of the name with the day of birth, where
// they are known.
func PrintsOf(people []Person) []byte {
	prints := []byte{}
	for i := range people {
		prints = people[i].appendPrints(prints)
	}
	return prints
}

func (p *Person) appendPrints(prints []byte) []byte {
	of := func(kind, text string) {
		h := fnv.New64a()
		h.Write([]byte(kind))
		h.Write([]byte(text))
		prints = binary.LittleEndian.AppendUint64(prints, h.Sum64())
	}
	if p.NationalID != "" {
		of("id ", p.NationalID)
	}
	if p.NameKey != "" && !p.Born.IsZero() {
		of("name "+p.Born.ISO()+" ", p.NameKey)
	}
	return prints
}
