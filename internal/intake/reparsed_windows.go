package intake

import "golang.org/x/sys/windows"

// reparsed are the attributes and the reparse tag of what stands under a name; zero where they
// cannot be had.
func reparsed(name string) (attributes, tag uint32) {
	pattern, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, 0
	}
	var found windows.Win32finddata
	handle, err := windows.FindFirstFile(pattern, &found)
	if err != nil {
		return 0, 0
	}
	_ = windows.FindClose(handle) // it was only looked at
	return found.FileAttributes, found.Reserved0
}
