package cli

import (
	"runtime/debug"
	"testing"
)

// Only a program whose files are those of a commit is told by it, and one that was built
// in another way is another.
func TestBuiltFrom(t *testing.T) {
	build := func(settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{GoVersion: "go1.26"}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	for _, c := range []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"of a commit", build("GOARCH", "amd64", "CGO_CFLAGS", "", "vcs.revision", "abc", "vcs.time", "t", "vcs.modified", "false"),
			"abc go1.26 GOARCH=amd64"},
		{"with tags", build("-tags", "x", "vcs.revision", "abc", "vcs.modified", "false"), "abc go1.26 -tags=x"},
		{"changed after it", build("vcs.revision", "abc", "vcs.modified", "true"), ""},
		{"of no commit", build("GOARCH", "amd64"), ""},
	} {
		if got := builtFrom(c.info); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
