package record

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/klauspost/compress/s2"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// Close keeps a return for a run to save it: what Save takes of it lies with it, in a
// tenth of the room of the return. An error says that it is too long to be kept.
func Close(r *domain.Return) (*domain.Kept, error) {
	packed, err := pack(encode(r))
	if err != nil {
		return nil, fmt.Errorf("keep a return: %w", err)
	}
	prints := []byte{}
	for i := range r.Admissions {
		if a := &r.Admissions[i]; a.IsPerson() {
			p := personOf(a)
			prints = p.appendPrints(prints)
		}
	}
	return r.Kept(closed{packed, prints}), nil
}

// pack packs a content as unpack reads it.
func pack(content []byte) ([]byte, error) {
	if s2.MaxEncodedLen(len(content)) < 0 {
		return nil, fmt.Errorf("its content of %d bytes is too long", len(content))
	}
	return bytes.Clone(s2.Encode(nil, content)), nil // the room that it was made in is larger
}

// closed is the content of a return that Close has kept: packed, and the prints of its
// people (PrintsOf).
type closed struct{ packed, prints []byte }

// ReadInto is of domain.Content.
func (c closed) ReadInto(r *domain.Return, only ...string) error {
	content, err := unpack(c.packed)
	if err != nil {
		return fmt.Errorf("read a return: %w: %w", ErrDamaged, err)
	}
	return decodeInto(r, content, only...)
}

// PrintsIn are the prints of the people of a return that Close has kept; nil when it
// came from the record.
func PrintsIn(k *domain.Kept) []byte {
	c, _ := k.Content.(closed)
	return c.prints
}

// recorded is the content of a return that lies in the record.
type recorded struct {
	ctx   context.Context // of the run that asked for the return
	store *Store
	sum   string
}

// ReadInto is of domain.Content.
func (c recorded) ReadInto(r *domain.Return, only ...string) error {
	content, err := c.store.content(c.ctx, c.sum)
	if err == nil {
		err = decodeInto(r, content, only...)
	}
	if err != nil {
		return fail(c.ctx, "read a return", err)
	}
	return nil
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
			if content, err = unpack(packed); err != nil {
				err = errors.Join(ErrDamaged, err)
			}
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
