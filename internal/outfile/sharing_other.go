//go:build !windows

package outfile

import (
	"errors"
	"syscall"
)

// sharingViolation reports a file that is held by another program. On a local disk an
// open file can be replaced; on a share of a Windows machine it cannot.
func sharingViolation(err error) bool {
	return errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.ETXTBSY)
}
