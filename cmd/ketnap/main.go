// Command ketnap reads the monthly returns of party units, judges them against
// the form, the assigned targets and the rules, and writes the consolidated
// workbooks. Package cli has its commands.
package main

import (
	"context"
	"os"
	"runtime/debug"
	"time"

	"ketnap/internal/cli"
)

func main() {
	if os.Getenv("GOGC") == "" { // memory is cheap here: a country's returns take a quarter of what they may
		debug.SetGCPercent(200)
	}
	ctx, stop := cli.Interruptible(context.Background())
	app := &cli.App{Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Version: cli.BuiltVersion(), Program: cli.BuiltProgram()}
	code := cli.Main(ctx, app, os.Args[1:])
	stop()
	os.Exit(code)
}
