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
	debug.SetGCPercent(garbage)
	return make([]byte, 48<<20)
}

// garbage is how much of it may lie about before it is collected, in percent of what is
// in use.
const garbage = 50

// collectingLess is progress, and has the garbage of reading collected half as often:
// of a file that was read only a few kilobytes stay, and most of the memory that the
// other stages need is not in use yet.
func collectingLess(progress func(stage string, done, total int)) func(stage string, done, total int) {
	if os.Getenv("GOGC") != "" {
		return progress
	}
	return func(stage string, done, total int) {
		if stage == "read" && done == 0 {
			debug.SetGCPercent(2 * garbage)
		}
		if stage == "read" && done == total {
			debug.SetGCPercent(garbage)
		}
		if progress != nil {
			progress(stage, done, total)
		}
	}
}
