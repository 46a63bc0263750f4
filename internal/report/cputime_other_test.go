//go:build !unix

package report

import "time"

var started = time.Now()

// cpuTime is the time that has passed: near enough to what the process used.
func cpuTime() time.Duration { return time.Since(started) }
