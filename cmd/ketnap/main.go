// Command ketnap reads the monthly returns of party units, judges them against
// the form, the assigned targets and the rules, and writes the consolidated
// workbooks. Package cli has its commands.
package main

import (
	"context"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/inconshreveable/mousetrap"

	"ketnap/internal/cli"
)

func main() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" { // garbage is collected seldom while there is little
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(300 << 20)
	}
	ctx, stop := cli.Interruptible(context.Background())
	app := &cli.App{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Version: cli.BuiltVersion(),
		Program: sync.OnceValue(cli.BuiltProgram), Clicked: mousetrap.StartedByExplorer(),
	}
	code := cli.Main(ctx, app, os.Args[1:])
	stop()
	os.Exit(code)
}
