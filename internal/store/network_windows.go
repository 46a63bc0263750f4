package store

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// remote reports whether the path lies on a share (\\server\share) or on a drive
// letter that stands for one.
func remote(path string) bool {
	volume := filepath.VolumeName(path)
	if strings.HasPrefix(volume, `\\`) {
		return true
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	return err == nil && windows.GetDriveType(root) == windows.DRIVE_REMOTE
}
