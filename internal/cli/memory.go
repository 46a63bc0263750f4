package cli

import (
	"os"
	"runtime/debug"
)

// ballast is memory that is asked for and never touched, so that it takes none. The
// garbage collector counts it as in use, and so leaves a small heap alone for longer
// than the low GOGC that large ones need would have it.
var ballast []byte

// TuneMemory trades memory for time where there is memory to spare, unless GOGC of the
// environment says how: an office PC has little, and a crafted return stays below
// 256 MiB.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
		ballast = make([]byte, 64<<20)
	}
}
