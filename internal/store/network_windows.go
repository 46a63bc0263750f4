package store

import "golang.org/x/sys/windows"

// remote reports whether an absolute path lies on a share (\\server\share) or on a drive
// letter that stands for one.
func remote(path string) bool {
	root := rootOf(path)
	name, err := windows.UTF16PtrFromString(root)
	return root == "" || err == nil && windows.GetDriveType(name) == windows.DRIVE_REMOTE
}
