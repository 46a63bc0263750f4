// Command release makes what is handed over: for an office a zip for Windows and one for
// Linux, with the program, a file that starts it, a guide of one page, a workspace to begin
// with, licences and checksums; for clerks a small zip with the program and their guide.
// The same commit and the same compiler give the same bytes.
//
//	go run ./release -out dist
package main

import (
	"debug/buildinfo"
	"embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"ketnap/config"
	"ketnap/templates"
)

//go:embed handed
var handed embed.FS // guides and what starts the program, as they are handed over

// A file of a zip: its name there, its bytes, whether it can be run.
type file struct {
	name string
	data []byte
	run  bool
}

func main() {
	out := flag.String("out", "dist", "folder for the zips")
	flag.Parse()
	if err := release(*out); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func release(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	committed, err := command("git", "log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(committed, 10, 64)
	if err != nil {
		return fmt.Errorf("time of the commit: %w", err)
	}
	when := time.Unix(seconds, 0).UTC()
	windows, info, err := build("windows", when)
	if err != nil {
		return err
	}
	linux, _, err := build("linux", when)
	if err != nil {
		return err
	}
	shared, err := papers(info, when)
	if err != nil {
		return err
	}
	office, err := workspace()
	if err != nil {
		return err
	}
	exe, program := file{"ketnap.exe", windows, true}, file{"ketnap", linux, true}
	name := "ketnap-" + when.Format("2006.01.02")
	guide, news := given("co-quan.html", "Hướng dẫn.html"), given("co-gi-moi.html", "Có gì mới.html")
	for _, z := range []struct {
		name  string
		files []file
	}{
		{name + "-windows", append([]file{exe, given("bat-dau.bat", "Bắt đầu.bat"), guide, news}, office...)},
		{name + "-linux", append([]file{program, given("bat-dau.sh", "bat-dau.sh"), guide, news}, office...)},
		{name + "-don-vi-windows", []file{exe, given("don-vi.html", "Hướng dẫn.html")}},
	} {
		path := filepath.Join(out, z.name+".zip")
		if err := write(path, z.name, append(z.files, shared...), when); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		fmt.Println(path)
	}
	return nil
}

// mostBytes is how large the program may be, with all that only servers use.
const mostBytes = 45 << 20

// build compiles the program for a system, without cgo, and reads back what it was made of.
func build(system string, when time.Time) ([]byte, *debug.BuildInfo, error) {
	if system == "windows" {
		resources := filepath.Join("cmd", "ketnap", "rsrc_windows_amd64.syso")
		if err := writeResources(resources, when); err != nil {
			return nil, nil, fmt.Errorf("resources of the .exe: %w", err)
		}
		defer os.Remove(resources)
	}
	program := filepath.Join(os.TempDir(), fmt.Sprintf("ketnap-%s-%d", system, os.Getpid()))
	defer os.Remove(program)
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./cmd/ketnap")
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH=amd64", "GOAMD64=v1")
	if said, err := c.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("build for %s: %w\n%s", system, err, said)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, nil, err
	}
	data, err := os.ReadFile(program)
	if err == nil && len(data) > mostBytes {
		err = fmt.Errorf("the program for %s has %d MiB, and %d are allowed", system, len(data)>>20, mostBytes>>20)
	}
	return data, info, err
}

// workspace is an empty workspace to copy, as `ketnap init` makes it.
func workspace() ([]file, error) {
	const folder = "Thư mục mẫu/"
	settings, err := config.FS.ReadFile("ketnap.yaml")
	if err != nil {
		return nil, err
	}
	assignment, err := templates.FS.ReadFile("assignment.xlsx")
	return []file{
		{name: folder + "ketnap.yaml", data: settings}, {name: folder + "assignment.xlsx", data: assignment}, {name: folder + "inbox/"},
	}, err
}

// given is a file of the folder handed, under the name that the user sees. A batch file
// needs the line ends of Windows.
func given(from, name string) file {
	data, err := handed.ReadFile("handed/" + from)
	if err != nil {
		panic(err) // it is embedded
	}
	if strings.HasSuffix(name, ".bat") {
		data = []byte(strings.ReplaceAll(string(data), "\n", "\r\n"))
	}
	return file{name: name, data: data, run: strings.HasSuffix(name, ".sh")}
}

func command(name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Stderr = os.Stderr
	said, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(said)), nil
}
