package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"ketnap/bench/sample"
	"ketnap/config"
	"ketnap/internal/cli"
	"ketnap/internal/form"
	"ketnap/internal/record"
	"ketnap/internal/xlsx/reader"
)

// child is one measured process: what it is to do, and a file that lists the
// workbooks, or the arguments of the program itself. BENCH_PROFILE names a file for
// its CPU profile.
func child(what string, args []string) error {
	if name := os.Getenv("BENCH_PROFILE"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if cores, err := strconv.Atoi(what); err == nil {
		if cores > 0 {
			runtime.GOMAXPROCS(cores)
		}
		defer runtime.KeepAlive(cli.TuneMemory())
		app := &cli.App{Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Version: "bench"}
		code := cli.Main(context.Background(), app, args)
		pprof.StopCPUProfile()
		os.Exit(code)
	}
	if what == "workspace" || what == "list" {
		n, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		if what == "workspace" {
			return sample.Workspace(args[0], n)
		}
		p, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		return sample.Long(args[0], n, sample.Producer(p))
	}
	read, ok := map[string]func(*counter, string) error{"floor": floor, "cells": cells, "returns": readReturns, "excelize": excelizeRaw}[what]
	if !ok {
		return errors.New("nothing to measure is called " + what)
	}
	if what == "cells" || what == "returns" {
		defer runtime.KeepAlive(cli.TuneMemory())
	}
	list, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	c := &counter{inflate: flate.NewReader(nil)}
	for name := range strings.SplitSeq(string(list), "\n") {
		if err := read(c, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	fmt.Printf("%d bytes, %d cells, %d rows\n", c.bytes, c.cells, c.rows)
	return nil
}

// counter is what a reader found, so that none is fast by skipping.
type counter struct {
	bytes, cells, rows int
	inflate            io.ReadCloser
	buffer             [64 << 10]byte
	forms              *form.Forms
}

// floor inflates every part and looks at every byte once: no reader can do less.
func floor(c *counter, name string) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		from, err := f.OpenRaw()
		if err != nil {
			return err
		}
		if f.Method == zip.Deflate {
			if err := c.inflate.(flate.Resetter).Reset(from, nil); err != nil {
				return err
			}
			from = c.inflate
		}
		for {
			n, err := from.Read(c.buffer[:])
			for _, b := range c.buffer[:n] {
				if b == '<' {
					c.cells++
				}
			}
			c.bytes += n
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// limits are those of the settings, raised for the long lists.
func limits() reader.Limits {
	l := reader.DefaultLimits()
	l.FileSize, l.TotalSize, l.PartSize = 1<<30, 4<<30, 2<<30
	l.Rows, l.Cells, l.Strings, l.StringBytes = 1_100_000, 30_000_000, 5_000_000, 256<<20
	return l
}

func open(name string) (*os.File, int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// cells is our reader: every check, and every cell of every sheet.
func cells(c *counter, name string) error {
	f, size, err := open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	book, err := reader.Open(f, size, limits())
	if err != nil {
		return err
	}
	defer book.Close()
	for _, sheet := range book.Sheets {
		for row, err := range sheet.Rows() {
			if err != nil {
				return err
			}
			c.rows++
			c.cells += len(row.Cells)
		}
	}
	return nil
}

// readReturns reads each file as a run does: cells, what they mean in the form, which may
// have more rows here than the settings allow, and the return closed up.
func readReturns(c *counter, name string) error {
	if c.forms == nil {
		var err error
		if c.forms, err = form.Load(config.FS); err != nil {
			return err
		}
		for _, def := range c.forms.Definitions {
			for i := range def.Sheets {
				def.Sheets[i].Most = limits().Rows
			}
		}
	}
	f, size, err := open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := c.forms.Read(f, size, limits())
	if err != nil {
		return err
	}
	if r.Reading.Refusal != nil {
		return errors.New(r.Reading.Refusal.Detail)
	}
	for _, sheet := range r.Reading.Sheets {
		c.rows += sheet.Rows
	}
	_, err = record.Close(r)
	return err
}

func excelizeRaw(c *counter, name string) error {
	f, err := excelize.OpenFile(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.Rows(sheet)
		if err != nil {
			return err
		}
		for rows.Next() {
			columns, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return err
			}
			c.rows++
			for _, v := range columns {
				if v != "" {
					c.cells++
				}
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// openpyxl is the same in Python.
const openpyxl = `
import sys, openpyxl
cells = rows = 0
for name in open(sys.argv[1], encoding="utf-8").read().split("\n"):
    book = openpyxl.load_workbook(name, read_only=True, data_only=True)
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            rows += 1
            for v in row:
                if v is not None:
                    cells += 1
    book.close()
print(f"{cells} cells, {rows} rows")
`
