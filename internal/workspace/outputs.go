package workspace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ketnap/internal/outfile"
)

// outputs are the files that the program has made, by the hashes that it gave them. What
// lies under out/ and is not among them somebody else made, or changed: it is never
// overwritten and never removed.
//
// They are noted in data/outputs.sha256 as `sha256sum` writes them, each before its file
// takes its name, so that what a killed run left is known for the program's own.
type outputs struct {
	w    *Workspace
	made map[string][]string // hashes by path relative to the workspace, the newest last
}

func (w *Workspace) outputsPath() string {
	return filepath.Join(w.path(w.Settings.Data), "outputs.sha256")
}

// fewHashes are kept of each output: the file that lies there has one of the last.
const fewHashes = 3

// outputs is what the program has made, read when it is first asked.
func (w *Workspace) outputs() (*outputs, error) {
	if w.made != nil {
		return w.made, nil
	}
	made, err := w.readOutputs()
	w.made = made
	return made, err
}

// readOutputs reads the list. One that has grown long is made short.
func (w *Workspace) readOutputs() (*outputs, error) {
	o := &outputs{w: w, made: map[string][]string{}}
	data, err := os.ReadFile(w.outputsPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the list of outputs: %w", err)
	}
	lines := 0
	for line := range strings.Lines(string(data)) {
		if hash, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			o.made[path] = append(o.made[path], hash)
			lines++
		}
	}
	if lines <= 1000+2*fewHashes*len(o.made) {
		return o, nil
	}
	var short bytes.Buffer
	for path, hashes := range o.made {
		for _, hash := range hashes[max(0, len(hashes)-fewHashes):] {
			fmt.Fprintf(&short, "%s  %s\n", hash, path)
		}
	}
	if _, err := outfile.WriteWhole(w.outputsPath(), short.Bytes()); err != nil {
		return nil, fmt.Errorf("shorten the list of outputs: %w", err)
	}
	return o, os.Chmod(w.outputsPath(), 0o600)
}

// ours reports whether the file at a path is as the program made it.
func (o *outputs) ours(path string) (bool, error) {
	data, err := os.ReadFile(o.w.path(path))
	return err == nil && o.known(path, data), err
}

// known reports whether the program has made a file with these bytes at a path.
func (o *outputs) known(path string, data []byte) bool {
	return slices.Contains(o.made[path], hashOf(data))
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// note says that a file with these bytes is the program's own.
func (o *outputs) note(path string, data []byte) error {
	if o.known(path, data) {
		return nil
	}
	hash := hashOf(data)
	if err := os.MkdirAll(filepath.Dir(o.w.outputsPath()), 0o700); err != nil {
		return fmt.Errorf("note an output: %w", err)
	}
	f, err := os.OpenFile(o.w.outputsPath(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(f, "%s  %s\n", hash, path)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return fmt.Errorf("note an output: %w", err)
	}
	o.made[path] = append(o.made[path], hash)
	return nil
}

// write puts an output in its place. A file that stands there and is not the program's own
// is moved aside first, under the name that is returned.
func (o *outputs) write(path string, data []byte) (changed bool, aside string, err error) {
	name := o.w.path(path)
	present, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err == nil && bytes.Equal(present, data):
		return false, "", o.note(path, data)
	case err == nil && !o.known(path, present):
		if aside, err = moveAside(name); err != nil {
			return false, "", err
		}
	}
	if err := o.note(path, data); err != nil {
		return false, aside, err
	}
	changed, err = outfile.WriteWhole(name, data)
	return changed, aside, err
}

// moveAside gives a file another name beside its own, one that nothing has yet.
func moveAside(name string) (string, error) {
	ext := filepath.Ext(name)
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s (cũ %d)%s", strings.TrimSuffix(name, ext), n, ext)
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return filepath.Base(aside), os.Rename(name, aside)
		}
	}
}
