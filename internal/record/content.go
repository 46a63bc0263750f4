package record

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"unsafe"

	"github.com/klauspost/compress/s2"

	"ketnap/internal/returns"
	"ketnap/internal/viet"
)

// Keep closes a return up for a run to save it: what Save takes of it lies with it, in
// a tenth of the room of the return.
func Keep(r *returns.Return) *returns.Kept {
	packed := bytes.Clone(s2.Encode(nil, r.Content())) // the room that it was made in is larger
	k := r.Kept(func() (string, error) { return unpack(packed) })
	k.Packed, k.Prints = packed, PrintsOf(PeopleOf(r))
	return k
}

func unpack(packed []byte) (string, error) {
	content, err := s2.Decode(nil, packed)
	if err != nil {
		return "", errors.Join(ErrDamaged, err)
	}
	return unsafe.String(unsafe.SliceData(content), len(content)), nil // nobody else has these bytes
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
func PeopleOf(r *returns.Return) []Person {
	people := make([]Person, 0, len(r.Admissions))
	for i := range r.Admissions {
		if a := &r.Admissions[i]; a.IsPerson() {
			people = append(people, Person{
				Unit: r.Unit(), Period: r.Period(), Row: a.Row,
				NationalID: a.NationalID.Text, NameKey: viet.Fold(a.Name.Text), Born: a.Born.Date, Decided: a.DecisionDate.Date,
			})
		}
	}
	return people
}

// PrintsOf are the fingerprints that people are found again by in later years, eight
// bytes each: of the identity number, and of the name with the day of birth, where
// they are known.
func PrintsOf(people []Person) []byte {
	prints := []byte{}
	for i := range people {
		for mark := range people[i].prints {
			prints = binary.LittleEndian.AppendUint64(prints, mark)
		}
	}
	return prints
}

// prints goes over the fingerprints of a person.
func (p *Person) prints(yield func(uint64) bool) {
	of := func(kind, text string) uint64 {
		h := fnv.New64a()
		h.Write([]byte(kind))
		h.Write([]byte(text))
		return h.Sum64()
	}
	if p.NationalID != "" && !yield(of("id ", p.NationalID)) {
		return
	}
	if p.NameKey != "" && !p.Born.IsZero() {
		yield(of("name "+p.Born.ISO()+" ", p.NameKey))
	}
}
