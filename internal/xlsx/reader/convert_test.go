package reader_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ketnap/internal/xlsx/reader"
)

// TestConversion has LibreOffice make old kinds of an example and reads them back.
func TestConversion(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed: .xls and .ods are refused then (TestKinds)")
	}
	path := examples(t)[0]
	want := dumpFile(t, path)
	for _, kind := range []reader.Kind{reader.XLS, reader.ODS} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "in.xlsx"), must(os.ReadFile(path)), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(office, "-env:UserInstallation=file://"+dir+"/profile",
			"--headless", "--convert-to", string(kind), "--outdir", dir, filepath.Join(dir, "in.xlsx"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		data := must(os.ReadFile(filepath.Join(dir, "in."+string(kind))))
		book, err := reader.Open(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if book.Kind != kind || !book.Recalculated {
			t.Errorf("%s: got kind %s, recalculated %v", kind, book.Kind, book.Recalculated)
		}
		if got, err := dump(book); err != nil || got != want {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", kind, err, got, want)
		}
	}
}

func TestConversionFails(t *testing.T) {
	limits := reader.DefaultLimits()
	limits.LibreOffice = "no-such-program"
	data := container("\x09\x08\x10\x00"+strings.Repeat("\x00", 16)+"\x0a\x00\x00\x00", "Workbook")
	_, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
	var refusal *reader.Refusal
	if err == nil || errors.As(err, &refusal) {
		t.Errorf("a configured program that is not there must be an error of ours, got %v", err)
	}
}

// TestConversionIsOurs: what hinders a conversion on this machine is an error about our
// run; what LibreOffice finds wrong with the file is a refusal.
func TestConversionIsOurs(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs shell scripts")
	}
	for name, tt := range map[string]struct {
		script  string
		refused bool
	}{
		"sleeps":               {"sleep 60 & wait", false},
		"sleeps after failing": {"echo 'Error: source file could not be loaded' >&2; sleep 60", false},
		"is killed":            {"kill -9 $$", false},
		"has a child killed":   {"exit 137", false},
		"cannot start":         {"exit 126", false},
		"lacks its program":    {"exec /no/such/program", false},
		"lacks files":          {"echo 'cannot open: Too many open files' >&2; exit 1", false},
		"lacks memory":         {"echo 'fork: Cannot allocate memory' >&2; exit 1", false},
		"lacks room":           {"echo 'impl_store failed: 0xc10(Error Area:Io Class:Write Code:16)' >&2; exit 1", false},
		"may not":              {"echo 'Permission denied' >&2; exit 77", false},
		"fails":                {"echo 'Error: source file could not be loaded' >&2; exit 1", true},
		"crashes":              {"kill -11 $$", true},
		"makes nothing":        {"exit 0", true},
	} {
		t.Run(name, func(t *testing.T) {
			limits := reader.DefaultLimits()
			limits.ConvertTime = 10 * time.Second
			if strings.Contains(tt.script, "sleep") {
				limits.ConvertTime = 200 * time.Millisecond
			}
			limits.LibreOffice = filepath.Join(t.TempDir(), "soffice")
			if err := os.WriteFile(limits.LibreOffice, []byte("#!/bin/sh\n"+tt.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			data := container("\x09\x08\x10\x00"+strings.Repeat("\x00", 16)+"\x0a\x00\x00\x00", "Workbook")
			started := time.Now()
			_, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
			var refusal *reader.Refusal
			if err == nil || errors.As(err, &refusal) != tt.refused {
				t.Errorf("got %v; want a refusal: %v", err, tt.refused)
			}
			if tt.refused && (refusal == nil || refusal.Rule != "F01") {
				t.Errorf("got %v, want F01", err)
			}
			if took := time.Since(started); took > 30*time.Second { // killed with all it started
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestConverterMayNotRun: a program that we may not run is our trouble.
func TestConverterMayNotRun(t *testing.T) {
	limits := reader.DefaultLimits()
	limits.LibreOffice = filepath.Join(t.TempDir(), "soffice")
	if err := os.WriteFile(limits.LibreOffice, []byte("#!/bin/sh\nexit 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := container("\x09\x08\x10\x00"+strings.Repeat("\x00", 16)+"\x0a\x00\x00\x00", "Workbook")
	_, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
	var refusal *reader.Refusal
	if err == nil || errors.As(err, &refusal) {
		t.Errorf("got %v, want an error of ours", err)
	}
}
