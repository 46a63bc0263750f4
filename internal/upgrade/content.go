// Package upgrade takes over the record of a version of the program that kept what a
// return says in a binary form of its own. It goes with the release after next; until
// then its packing also serves a run, which holds the returns that it judges packed.
package upgrade

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/s2"

	"ketnap/internal/domain"
)

// Pack puts a return aside in a tenth of its room. An error says that it is too long.
func Pack(r *domain.Return) (*domain.Kept, error) {
	packed, err := pack(encode(r))
	if err != nil {
		return nil, fmt.Errorf("keep a return: %w", err)
	}
	return r.Kept(packedReturn(packed)), nil
}

// pack packs a content as unpack reads it.
func pack(content []byte) ([]byte, error) {
	if s2.MaxEncodedLen(len(content)) < 0 {
		return nil, fmt.Errorf("its content of %d bytes is too long", len(content))
	}
	return bytes.Clone(s2.Encode(nil, content)), nil // the room that it was made in is larger
}

// packedReturn is the content of a return that Pack has put aside.
type packedReturn []byte

// ReadInto is of domain.Content.
func (p packedReturn) ReadInto(r *domain.Return, only ...string) error {
	content, err := unpack(p)
	if err != nil {
		return fmt.Errorf("read a return: %w", err)
	}
	return decodeInto(r, content, only...)
}
