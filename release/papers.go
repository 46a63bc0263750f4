package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// papers are the licences of everything in the program, what changed, and the bill of
// materials.
func papers(info *debug.BuildInfo, when time.Time) ([]file, error) {
	licences, err := licences(info)
	if err != nil {
		return nil, err
	}
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return nil, err
	}
	bill, err := billOfMaterials(info, when)
	return []file{{name: "Giấy phép.txt", data: licences}, {name: "CHANGELOG.md", data: changes}, {name: "sbom.cdx.json", data: bill}}, err
}

// licences are the texts of ours, of Go's and of every module that is built in. A module
// without one stops the release.
func licences(info *debug.BuildInfo) ([]byte, error) {
	goroot, err := command("go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	folders := [][2]string{{"ketnap", "."}, {"Go", goroot}}
	for _, m := range info.Deps {
		folder, err := command("go", "list", "-m", "-f", "{{.Dir}}", m.Path)
		if err != nil {
			return nil, err
		}
		folders = append(folders, [2]string{m.Path + " " + m.Version, folder})
	}
	var text bytes.Buffer
	for _, of := range folders {
		var names []string
		for _, pattern := range []string{"LICEN[SC]E*", "COPYING*", "NOTICE*"} {
			found, err := filepath.Glob(filepath.Join(of[1], pattern))
			if err != nil {
				return nil, err
			}
			names = append(names, found...)
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("no licence in %s (%s)", of[0], of[1])
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&text, "==== %s: %s\n\n%s\n\n", of[0], filepath.Base(name), bytes.TrimSpace(data))
		}
	}
	return text.Bytes(), nil
}

// billOfMaterials lists what is built in, as CycloneDX 1.6 has it.
func billOfMaterials(info *debug.BuildInfo, when time.Time) ([]byte, error) {
	type component struct {
		Type    string `json:"type"`
		Name    string `json:"name"`
		Version string `json:"version"`
		Purl    string `json:"purl"`
	}
	of := func(kind, path, version string) component {
		return component{kind, path, version, "pkg:golang/" + path + "@" + version}
	}
	components := []component{of("library", "std", strings.TrimPrefix(info.GoVersion, "go"))}
	for _, m := range info.Deps {
		components = append(components, of("library", m.Path, m.Version))
	}
	return json.MarshalIndent(map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"metadata":   map[string]any{"timestamp": when.Format(time.RFC3339), "component": of("application", info.Main.Path, info.Main.Version)},
		"components": components,
	}, "", "  ")
}

// write writes a zip of one folder, with the checksums of its files, whole or not at all.
func write(path, folder string, files []file, when time.Time) error {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var sums strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f.name, "/") {
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(f.data), f.name)
		}
	}
	files = append(files, file{name: "SHA256SUMS.txt", data: []byte(sums.String())})
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: folder + "/" + f.name, Method: zip.Deflate, Modified: when}
		switch {
		case strings.HasSuffix(f.name, "/"):
			h.Method = zip.Store
			h.SetMode(os.ModeDir | 0o755)
		case f.run:
			h.SetMode(0o755)
		default:
			h.SetMode(0o644)
		}
		entry, err := w.CreateHeader(h)
		if err == nil {
			_, err = entry.Write(f.data)
		}
		if err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	sum := fmt.Sprintf("%x  %s\n", sha256.Sum256(packed.Bytes()), filepath.Base(path))
	if err := os.WriteFile(path+".sha256", []byte(sum), 0o644); err != nil {
		return err
	}
	return os.WriteFile(path, packed.Bytes(), 0o644)
}
