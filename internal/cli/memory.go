package cli

import (
	"os"
	"runtime/debug"
)

// TuneMemory trades memory for time where there is memory to spare, unless GOGC of the
// environment says how: an office PC has little, and a crafted return stays below
// 256 MiB. What it returns is to be kept alive while the program works: memory that is
// never touched, and so takes none, but that the garbage collector counts as in use.
// So it leaves a small heap alone for longer than the low GOGC that large ones need
// would have it.
func TuneMemory() (ballast []byte) {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(50)
	return make([]byte, 48<<20)
}
