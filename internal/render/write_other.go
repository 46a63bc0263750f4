//go:build !windows

package render

// sharingViolation never happens here: an open file can be replaced.
func sharingViolation(error) bool { return false }
