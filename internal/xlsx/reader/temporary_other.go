//go:build !windows

package reader

import (
	"os"
)

// temporaryFile is a file that is gone when it is closed, and with the program however
// that ends: it has no name from the start.
func temporaryFile() (*os.File, error) {
	f, err := os.CreateTemp("", "ketnap-rows-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
