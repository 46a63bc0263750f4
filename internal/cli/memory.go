package cli

import (
	"os"
	"runtime/debug"
)

// TuneMemory trades memory for time where there is memory to spare: garbage is
// collected late while little is in use, and early near the limit, so that an office
// PC with little memory and a crafted return stay below 256 MiB. GOGC and GOMEMLIMIT
// of the environment go before.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(192 << 20)
	}
}
