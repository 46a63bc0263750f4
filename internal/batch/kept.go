package batch

import (
	"bytes"

	"github.com/klauspost/compress/s2"

	"ketnap/internal/returns"
)

// keep closes a return up in memory, in a tenth of what its content takes, until the
// record has it.
func keep(r *returns.Return) (*returns.Kept, error) {
	content, err := r.Content()
	if err != nil {
		return nil, err
	}
	packed := bytes.Clone(s2.Encode(nil, content)) // the room that it was made in is larger
	return r.Kept(func() (string, error) {
		content, err := s2.Decode(nil, packed)
		return string(content), err
	}), nil
}
