//go:build !windows

package intake

// reparsed is of Windows.
func reparsed(string) (attributes, tag uint32) { return 0, 0 }
