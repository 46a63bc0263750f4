package record

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ketnap/internal/domain"
)

// longReturn is a return whose lists are closed up in several stretches each.
func longReturn() *domain.Return {
	typed := func(s string) domain.Value { return domain.Value{State: domain.Known, Raw: s, Text: s} }
	r := &domain.Return{File: domain.File{Path: "inbox/a.xlsx", SHA256: sum("a"), Size: 1}}
	r.Cover.UnitCode = typed("05917")
	r.Reading.Sheets = []domain.SheetReading{{ID: domain.SheetAdmissions, Name: "KET_NAP"}, {ID: domain.SheetPool, Name: "NGUON của xã"}, {ID: domain.SheetCells, Name: "CHI_BO"}}
	for i := range 40 {
		note := typed(strings.Repeat(fmt.Sprintf("ghi chú %d, ", i), 5000))
		r.Admissions = append(r.Admissions, domain.Admission{Row: 10 + i, Name: typed(fmt.Sprintf("Nguyễn Văn %d", i)), NationalID: typed(fmt.Sprintf("0190900%05d", i)), Note: note})
		r.Pool = append(r.Pool, domain.Candidate{Row: 8 + i, Name: typed(fmt.Sprintf("Trần Thị %d", i)), Note: note})
		r.Cells = append(r.Cells, domain.CellLine{Row: 9 + i, Cell: typed(fmt.Sprintf("Chi bộ %d", i)), Note: note})
	}
	r.Total = &domain.CellLine{Row: 60, Cell: typed("Tổng cộng")}
	return r
}

// A long return is packed in stretches, and is opened as it was: whole, and in part.
func TestLongReturn(t *testing.T) {
	want := longReturn()
	k := keep(want)
	if k.Packed[0] != inStretches {
		t.Fatal("it is packed as a whole")
	}
	if k.Unit != "05917" || !bytes.Equal(k.Prints, PrintsOf(PeopleOf(want))) {
		t.Errorf("unit %q, %d bytes of prints", k.Unit, len(k.Prints))
	}
	got, err := k.Open()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("not as it was (-was +is):\n%s", d)
	}
	pool, err := k.Open(domain.SheetPool)
	if err != nil || len(pool.Admissions) > 0 {
		t.Fatalf("%d admissions, %v", len(pool.Admissions), err)
	}
	if d := cmp.Diff(want.Pool, pool.Pool); d != "" {
		t.Errorf("NGUON is not as it was (-was +is):\n%s", d)
	}
	// A return closed up in the same memory has nothing of it.
	short := &domain.Return{File: domain.File{Path: "inbox/b.xlsx", SHA256: sum("b"), Size: 2}}
	again, err := keep(short).Open()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(short, again, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("the next has something of it (-was +is):\n%s", d)
	}
}

// What cannot be read, and what a reader of ours stumbles over, leaves nothing in the
// memory that is used again.
func TestCloseFails(t *testing.T) {
	bug := errors.New("a bug")
	fill := func(c *domain.Closing) {
		c.Take(longReturn())
		c.Next(domain.SheetAdmissions, "KET_NAP", 99).(*domain.Admission).Name = domain.Value{State: domain.Known, Raw: "A", Text: "A"}
	}
	if k, err := Close(func(c *domain.Closing) error { fill(c); return bug }); k != nil || !errors.Is(err, bug) {
		t.Errorf("%v, %v", k, err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = Close(func(c *domain.Closing) error { fill(c); panic("a bug") })
		t.Error("the panic was swallowed")
	}()
	for range 4 { // one of them has that memory
		k := keep(&domain.Return{})
		if r, err := k.Open(); err != nil || len(r.Admissions)+len(r.Pool)+len(r.Cells) > 0 || r.Total != nil || len(k.Prints) > 0 {
			t.Errorf("%d admissions, %d bytes of prints, %v", len(r.Admissions), len(k.Prints), err)
		}
	}
}

// Of a file that is refused when a list of it has been read already nobody is found
// again in later years.
func TestCloseRefused(t *testing.T) {
	k, err := Close(func(c *domain.Closing) error {
		c.Take(longReturn())
		c.Drop()
		c.Reading.Refusal = &domain.Refusal{Rule: "F12"}
		return nil
	})
	if err != nil || len(k.Prints) > 0 {
		t.Fatalf("%d bytes of prints, %v", len(k.Prints), err)
	}
	if r, err := k.Open(); err != nil || len(r.Admissions) > 0 || r.Reading.Refusal.Rule != "F12" {
		t.Errorf("%d admissions, %v", len(r.Admissions), err)
	}
}

// FuzzUnpack: whatever stands in the record, it is unpacked or damaged.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{inStretches})
	f.Add([]byte{inStretches, 200, 1, 'x'})
	f.Add(keep(&domain.Return{}).Packed)
	long := keep(longReturn()).Packed
	f.Add(long)
	f.Add(long[:len(long)-1])
	f.Fuzz(func(t *testing.T, packed []byte) {
		content, err := unpack(packed)
		if err != nil {
			if content != "" || !errors.Is(err, ErrDamaged) {
				t.Errorf("%d bytes, %v", len(content), err)
			}
			return
		}
		_, _ = domain.FromContent(content)
	})
}
