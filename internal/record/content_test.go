package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
)

// A long return that an earlier version packed chunk by chunk is read, and one that is
// kept now is the same.
func TestLongReturn(t *testing.T) {
	typed := func(s string) domain.Value { return domain.Value{State: domain.Known, Raw: s, Text: s} }
	want := &domain.Return{File: domain.File{Path: "inbox/a.xlsx", SHA256: sum("a"), Size: 1}}
	want.Cover.UnitCode = typed("05917")
	for i := range 40 {
		note := typed(strings.Repeat(fmt.Sprintf("ghi chú %d, ", i), 500))
		want.Admissions = append(want.Admissions, domain.Admission{Row: 10 + i, Name: typed(fmt.Sprintf("Nguyễn Văn %d", i)),
			NationalID: typed(fmt.Sprintf("0190900%05d", i)), Note: note})
	}
	k := keep(want)
	if k.Unit != "05917" || !bytes.Equal(PrintsIn(k), PrintsOf(PeopleOf(want))) || len(PrintsIn(k)) != 40*8 {
		t.Errorf("unit %q, %d bytes of prints", k.Unit, len(PrintsIn(k)))
	}
	for what, packed := range map[string][]byte{"as a whole": k.Content.(closed).packed, "chunk by chunk": inChunksOf(1000, encode(want))} {
		again := domain.Kept{File: want.File, Content: closed{packed: packed}}
		got, err := again.Open()
		if err != nil {
			t.Fatalf("packed %s: %v", what, err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("packed %s (-was +is):\n%s", what, d)
		}
	}
}

// inChunksOf packs a content chunk by chunk.
func inChunksOf(size int, content []byte) []byte {
	packed := []byte{inChunks}
	for chunk := range slices.Chunk(content, size) {
		p := s2.Encode(nil, chunk)
		packed = append(binary.AppendUvarint(packed, uint64(len(p))), p...)
	}
	return packed
}

// A return opened into the memory of another has nothing of it.
func TestOpenIntoAnother(t *testing.T) {
	r := must[*domain.Return](t)(keep(full(t)).Open())
	short := &domain.Return{File: domain.File{Path: "inbox/b.xlsx", SHA256: sum("b"), Size: 2}, Admissions: make([]domain.Admission, 1)}
	if err := keep(short).OpenInto(r); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(short, r, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("it has something of the other (-was +is):\n%s", d)
	}
}

// FuzzUnpack: whatever stands in the record, it is unpacked or damaged.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{inChunks})
	f.Add([]byte{inChunks, 200, 1, 'x'})
	f.Add(s2.Encode(nil, encode(&domain.Return{})))
	long := inChunksOf(100, encode(rapid.Custom(anyReturn).Example(1)))
	f.Add(long)
	f.Add(long[:len(long)-1])
	f.Fuzz(func(t *testing.T, packed []byte) {
		content, err := unpack(packed)
		if err == nil {
			_, _ = decode(content)
		} else if _, opening := (&domain.Kept{Content: closed{packed: packed}}).Open(); content != "" || !errors.Is(opening, ErrDamaged) {
			t.Errorf("%d bytes, %v, %v", len(content), err, opening)
		}
	})
}
