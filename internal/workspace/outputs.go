package workspace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	slashpath "path"
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
	torn bool                // the last line was not written to its end: the next begins a new one
	from map[string]origin   // by path
}

// origin is what an output was made from, and its bytes, by their hashes. A file that has
// these bytes still need not be made again of the same.
type origin struct{ from, made string }

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
	o := &outputs{w: w, made: map[string][]string{}, from: map[string]origin{}}
	if err := o.readOrigins(); err != nil {
		return nil, err
	}
	text, err := w.noted(madeNote)
	if err != nil {
		return nil, err
	}
	o.torn = text != "" && !strings.HasSuffix(text, "\n")
	lines := 0
	for line := range strings.Lines(text) {
		if hash, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			o.made[path] = append(o.made[path], hash)
			lines++
		}
	}
	if lines <= 1000+2*fewHashes*len(o.made) {
		return o, nil
	}
	var short strings.Builder
	for path, hashes := range o.made {
		for _, hash := range hashes[max(0, len(hashes)-fewHashes):] {
			fmt.Fprintf(&short, "%s  %s\n", hash, path)
		}
	}
	if err := w.note(madeNote, short.String()); err != nil {
		return nil, err
	}
	o.torn = false
	return o, nil
}

// ours reports whether the file at a path is as the program made it.
func (o *outputs) ours(path string) (bool, error) {
	hash, err := o.hashAt(path)
	return slices.Contains(o.made[path], hash), err
}

// hashAt is the hash of the file at a path, "" when there is none. A link, a pipe or a folder
// is none, and is not opened: a pipe might never answer.
func (o *outputs) hashAt(path string) (string, error) {
	if info, err := os.Lstat(o.w.path(path)); err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	data, err := os.ReadFile(o.w.path(path))
	if err != nil {
		return "", err
	}
	return hashOf(data), nil
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
	if err := os.MkdirAll(filepath.Dir(o.w.dataPath(madeNote)), 0o700); err != nil {
		return fmt.Errorf("note an output: %w", err)
	}
	f, err := os.OpenFile(o.w.dataPath(madeNote), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err == nil {
		line := hash + "  " + path + "\n"
		if o.torn {
			line = "\n" + line
		}
		_, err = f.WriteString(line)
		o.torn = err != nil
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return fmt.Errorf("note an output: %w", err)
	}
	o.made[path] = append(o.made[path], hash)
	return nil
}

// write puts an output in its place. What stands there and is not the program's own is
// moved aside first, under the name that is returned.
func (o *outputs) write(path string, data []byte) (changed bool, aside string, err error) {
	name := o.w.path(path)
	keep := false // what stands there is somebody else's
	switch there, err := os.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, "", err
	case !there.Mode().IsRegular():
		keep = true
	default:
		present, err := os.ReadFile(name)
		if err == nil && bytes.Equal(present, data) {
			return false, "", o.note(path, data)
		}
		keep = err == nil && !o.known(path, present) // else WriteWhole says what is the matter with it
	}
	if keep {
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

// readOrigins reads what outputs were made from; a line that is not whole says nothing.
func (o *outputs) readOrigins() error {
	text, err := o.w.noted(originsNote)
	if err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		hashes, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if from, made, two := strings.Cut(hashes, " "); ok && two {
			o.from[path] = origin{from, made}
		}
	}
	return nil
}

// stands reports whether an output lies in its place as it was made from the same.
func (o *outputs) stands(path, from string) bool {
	of, noted := o.from[path]
	if !noted || of.from != from {
		return false
	}
	hash, err := o.hashAt(path)
	return err == nil && hash == of.made
}

// madeFrom is the output in a folder that was made from the same and lies in its place; ""
// when there is none.
func (o *outputs) madeFrom(folder, from string) string {
	for path, of := range o.from {
		if of.from == from && slashpath.Dir(path) == folder && o.stands(path, from) {
			return path
		}
	}
	return ""
}

// noteOrigin says what an output that was written was made from.
func (o *outputs) noteOrigin(path, from string, data []byte) {
	o.from[path] = origin{from, hashOf(data)}
}

// saveOrigins writes down what outputs were made from.
func (o *outputs) saveOrigins() error {
	var lines strings.Builder
	for _, path := range slices.Sorted(maps.Keys(o.from)) {
		fmt.Fprintf(&lines, "%s %s  %s\n", o.from[path].from, o.from[path].made, path)
	}
	return o.w.note(originsNote, lines.String())
}

// writeIn puts a file into a folder that the user named. Under out/ it is an output like
// the others; elsewhere it replaces what has its name.
func (o *outputs) writeIn(folder, name string, data []byte) (Output, error) {
	target := filepath.Join(folder, name)
	out := Output{Path: target}
	var err error
	home, place := resolved(o.w.path(o.w.Settings.Out)), resolved(folder)
	if rel, relErr := filepath.Rel(home, place); relErr == nil && within(place, home) {
		out.Changed, out.Aside, err = o.write(slashpath.Join(o.w.Settings.Out, filepath.ToSlash(rel), name), data)
	} else {
		out.Changed, err = outfile.WriteWhole(target, data)
	}
	return out, err
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
