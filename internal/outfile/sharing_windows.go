package outfile

import (
	"errors"
	"syscall"
)

// Windows refuses to replace a file that another program has open: sharing or
// lock violation, or, from MoveFileEx, access denied.
func sharingViolation(err error) bool {
	const sharing, lock = syscall.Errno(32), syscall.Errno(33)
	return errors.Is(err, sharing) || errors.Is(err, lock) || errors.Is(err, syscall.ERROR_ACCESS_DENIED)
}
