package reader_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"ketnap/internal/xlsx/reader"
)

// TestCorruption damages whole returns in every way that disks, cables and chats
// do, and demands that none is accepted with other values than it had.
// KETNAP_CORRUPTIONS sets how many.
func TestCorruption(t *testing.T) {
	n := 1_000
	if s := os.Getenv("KETNAP_CORRUPTIONS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	paths := examples(t)
	accepted := 0
	for seed := range n {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		whole := must(os.ReadFile(paths[seed%len(paths)]))
		want := must(dump(must(open(whole))))
		damaged := corrupt(r, whole)
		book, err := open(damaged)
		var refusal *reader.Refusal
		if errors.As(err, &refusal) {
			continue
		}
		if err != nil {
			t.Errorf("seed %d: damage became an error of ours: %v", seed, err)
			continue
		}
		accepted++
		if got, err := dump(book); err != nil || got != want {
			t.Errorf("seed %d: accepted with other values (%v)", seed, err)
		}
	}
	t.Logf("%d corruptions, %d harmless", n, accepted)
}

// corrupt is a damaged copy.
func corrupt(r *rand.Rand, whole []byte) []byte {
	data := bytes.Clone(whole)
	switch r.IntN(6) {
	case 0, 1: // one bit
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
	case 2: // a block of the disk lost
		from := r.IntN(len(data)) &^ 511
		clear(data[from:min(len(data), from+512<<r.IntN(4))])
	case 3: // cut
		data = data[:r.IntN(len(data))]
	case 4: // two blocks swapped
		size := 512 << r.IntN(3)
		if blocks := len(data) / size; blocks > 1 {
			a, b := r.IntN(blocks)*size, r.IntN(blocks)*size
			block := bytes.Clone(data[a : a+size])
			copy(data[a:], data[b:b+size])
			copy(data[b:], block)
		}
	case 5: // some bytes of noise
		for range 1 + r.IntN(16) {
			data[r.IntN(len(data))] = byte(r.Uint32())
		}
	}
	return data
}
