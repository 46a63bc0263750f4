package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

// BuiltVersion is the version that the program was built from, as Go takes it from version
// control: the tag, else one made of the commit and its time; "dev" without it.
func BuiltVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

// program is asked only where something is judged or may be: to hash the program takes as long as its start.
func (app *App) program() string {
	if app.Program == nil {
		return app.Version
	}
	return cmp.Or(app.Program(), app.Version)
}

// BuiltProgram tells one program from another that may judge otherwise: by the commit and
// the way it was built, or by the bytes of the program where there is no commit or files
// were changed after it.
func BuiltProgram() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		if program := builtFrom(info); program != "" {
			return program
		}
	}
	name, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	f, err := os.Open(name)
	if err != nil {
		return "unknown"
	}
	defer f.Close() // nothing is written to it
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "unknown"
	}
	return hex.EncodeToString(h.Sum(nil))
}

// builtFrom is the commit, the compiler and every setting of the build; "" when they do not
// tell what the program was built from.
func builtFrom(info *debug.BuildInfo) string {
	built := map[string]string{}
	how := info.GoVersion
	for _, s := range info.Settings {
		built[s.Key] = s.Value
		if s.Value != "" && !strings.HasPrefix(s.Key, "vcs") {
			how += " " + s.Key + "=" + s.Value
		}
	}
	if built["vcs.revision"] == "" || built["vcs.modified"] != "false" {
		return ""
	}
	return built["vcs.revision"] + " " + how
}
