// Command ketnap reads the monthly returns of party units, judges them against
// the form, the assigned targets and the rules, and writes the consolidated
// workbooks. Package cli has its commands.
package main

import (
	"context"
	"os"
	"runtime"
	"time"

	"ketnap/internal/cli"
)

// version is set when a release is built: -ldflags "-X main.version=1.0.0".
var version = "dev"

func main() {
	defer runtime.KeepAlive(cli.TuneMemory())
	ctx, stop := cli.Interruptible(context.Background())
	app := &cli.App{Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Version: version}
	code := cli.Main(ctx, app, os.Args[1:])
	stop()
	os.Exit(code)
}
