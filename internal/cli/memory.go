package cli

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// enough is the memory that is used before anything is collected: an office PC has it to
// spare, and a run stays below 256 MiB with what is not on the heap.
const enough = 190 << 20

// TuneMemory trades memory for time, unless GOGC or GOMEMLIMIT of the environment say
// how: nothing is collected while the program has less than enough. Where it cannot do
// with that, the limit moves ahead of what is in use, by half of it: a limit below would
// have the collector take most of the time.
func TuneMemory() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(enough)
	go func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for range time.Tick(200 * time.Millisecond) {
			metrics.Read(live)
			debug.SetMemoryLimit(max(enough, int64(live[0].Value.Uint64())/2*3))
		}
	}()
}
