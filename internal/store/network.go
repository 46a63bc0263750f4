package store

import "strings"

// rootOf is the root of the drive on which an absolute path of Windows lies, as the system asks
// for it; "" of a share (\\server\share), which is nobody's drive. \\?\C:\ is a drive too.
func rootOf(path string) string {
	path = strings.ReplaceAll(path, "/", `\`)
	rest, device := path, false
	for _, prefix := range []string{`\\?\`, `\\.\`, `\??\`} {
		if after, found := strings.CutPrefix(path, prefix); found {
			rest, device = after, true
		}
	}
	volume, _, _ := strings.Cut(rest, `\`)
	switch {
	case device && strings.EqualFold(volume, "UNC"), !device && strings.HasPrefix(path, `\\`):
		return ""
	case device && !strings.HasSuffix(volume, ":"): // \\?\Volume{…}\
		return path[:len(path)-len(rest)] + volume + `\`
	}
	return volume + `\`
}
