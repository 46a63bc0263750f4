package cli

import (
	"os"
	"runtime/debug"
)

// TuneMemory sets how the program trades memory for time, unless GOGC says so.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // an office PC has little memory; a crafted return stays below 256 MiB
	}
}
