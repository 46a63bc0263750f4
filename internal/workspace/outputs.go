package workspace

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	slashpath "path"
	"path/filepath"
	"slices"
	"strings"

	"ketnap/internal/intake"
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
	made map[string][]string // hashes by path relative to the workspace, the newest last; nil: see load
	torn bool                // the last line was not written to its end: the next begins a new one
	from map[string]origin   // by path
}

// origin is what an output was made from, and its bytes, by their hashes. A file that has
// these bytes still need not be made again of the same.
type origin struct{ from, made string }

// fewHashes are kept of each output: the file that lies there has one of the last.
const fewHashes = 3

// load reads the lists when they are first asked. One that has grown long is made short.
func (o *outputs) load() error {
	if o.made != nil {
		return nil
	}
	made, from := map[string][]string{}, map[string]origin{}
	text, err := o.w.noted(originsNote)
	if err != nil {
		return err
	}
	for line := range strings.Lines(text) { // one that is not whole says nothing
		hashes, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if by, of, two := strings.Cut(hashes, " "); ok && two {
			from[path] = origin{by, of}
		}
	}
	if text, err = o.w.noted(madeNote); err != nil {
		return err
	}
	lines := 0
	for line := range strings.Lines(text) {
		if hash, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			made[path] = append(made[path], hash)
			lines++
		}
	}
	if lines > 1000+2*fewHashes*len(made) {
		var short strings.Builder
		for path, hashes := range made {
			for _, hash := range hashes[max(0, len(hashes)-fewHashes):] {
				fmt.Fprintf(&short, "%s  %s\n", hash, path)
			}
		}
		text = short.String()
		if err := o.w.note(madeNote, text); err != nil {
			return err
		}
	}
	o.made, o.from, o.torn = made, from, text != "" && !strings.HasSuffix(text, "\n")
	return nil
}

// ours reports whether the file at a path is as the program made it.
func (o *outputs) ours(path string) (bool, error) {
	hash, err := o.hashAt(path)
	if err == nil {
		err = o.load()
	}
	return slices.Contains(o.made[path], hash), err
}

// hashAt is the hash of the file at a path, "" when there is none. A link, a pipe or a folder
// is none, and is not opened: a pipe might never answer.
func (o *outputs) hashAt(path string) (string, error) {
	if info, err := os.Lstat(o.w.path(path)); err != nil || !intake.Regular(o.w.path(path), info) {
		return "", err
	}
	f, err := os.Open(o.w.path(path))
	if err != nil {
		return "", err
	}
	defer f.Close() // nothing is written to it
	h := sha256.New()
	_, err = io.Copy(h, f) // they may be large
	return hex.EncodeToString(h.Sum(nil)), err
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// note says that a file with this hash is the program's own.
func (o *outputs) note(path, hash string) error {
	if slices.Contains(o.made[path], hash) {
		return nil
	}
	name := o.w.dataPath(madeNote)
	err := os.MkdirAll(filepath.Dir(name), 0o700)
	if err != nil {
		return fmt.Errorf("note an output: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
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

// write puts an output in its place. What stands there and is not the program's own is moved
// aside first.
func (o *outputs) write(path string, data []byte) (out Output, err error) {
	out.Path = path
	if err := o.load(); err != nil {
		return out, err
	}
	hash, name := hashOf(data), o.w.path(path)
	there, err := o.hashAt(path) // of what cannot be read WriteWhole says what is the matter with it
	if err == nil && there != hash && !slices.Contains(o.made[path], there) {
		if out.Aside, err = moveAside(name); err != nil {
			return out, err
		}
	}
	if err := o.note(path, hash); err != nil || there == hash {
		return out, err
	}
	out.Changed, err = outfile.WriteWhole(name, data)
	return out, err
}

// put writes one output whole and tells of it in an outcome. from is the hash of what it was
// made from, "" where that is not noted. A file that is open in Excel is named there.
func (w *Workspace) put(ctx context.Context, o *Outcome, name, from string, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	folder := slashpath.Dir(name)
	if err := os.MkdirAll(w.path(folder), 0o700); err != nil {
		return cannotCreate(folder, err)
	}
	out, err := w.made.write(name, data)
	var busy *outfile.Busy
	beside := secondName(name)
	if errors.As(err, &busy) {
		if out, err = w.made.write(beside, data); err == nil {
			out.InPlaceOf = name
		}
	} else if err == nil {
		w.made.forget(beside) // of a run before that found this one open
	}
	switch {
	case errors.As(err, &busy):
		out.Problem = busy.Error()
	case err != nil:
		return cannotWrite(name, err)
	case from != "" && out.InPlaceOf == "":
		w.made.from[name] = origin{from, hashOf(data)}
	}
	o.Outputs = append(o.Outputs, out)
	return nil
}

// secondName is where an output goes whose file is open in Excel: «name (2).ext».
func secondName(path string) string {
	ext := slashpath.Ext(path)
	return strings.TrimSuffix(path, ext) + " (2)" + ext
}

// forget removes an output of before that is the program's own; one that is open stays.
func (o *outputs) forget(path string) {
	if ours, err := o.ours(path); err == nil && ours {
		if err := os.Remove(o.w.path(path)); err != nil {
			o.w.log.Warn().Err(err).Str("file", path).Msg("remove an output that was written beside another")
		}
	}
}

// stands reports whether an output lies in its place as it was made from the same.
func (o *outputs) stands(path, from string) bool {
	if o.load() != nil || o.from[path].from != from {
		return false
	}
	hash, err := o.hashAt(path)
	return err == nil && hash == o.from[path].made
}

// madeFrom is the output in a folder that was made from the same and lies in its place; ""
// when there is none.
func (o *outputs) madeFrom(folder, from string) string {
	if o.load() != nil {
		return "" // writing it tells
	}
	for path, of := range o.from {
		if of.from == from && slashpath.Dir(path) == folder && o.stands(path, from) {
			return path
		}
	}
	return ""
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
// the others; elsewhere it takes the place of one that is as the program made it, by its hash
// (own), and stands beside any other of its name: somebody may be correcting that.
func (o *outputs) writeIn(folder, name string, data []byte, own []string) (out Output, err error) {
	home, place := resolved(o.w.path(o.w.Settings.Out)), resolved(folder)
	if rel, relErr := filepath.Rel(home, place); relErr == nil && within(place, home) {
		out, err = o.write(slashpath.Join(o.w.Settings.Out, filepath.ToSlash(rel), name), data)
		out.Path = filepath.Join(folder, name)
		return out, err
	}
	for n := 1; n < 1000; n++ {
		out.Path = filepath.Join(folder, outfile.Numbered(name, n))
		present, err := os.ReadFile(out.Path)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err == nil && (bytes.Equal(present, data) || slices.Contains(own, hashOf(present))) {
			out.Changed, err = outfile.WriteWhole(out.Path, data)
			if _, busy := errors.AsType[*outfile.Busy](err); !busy { // else it is open in Excel
				return out, err
			}
		}
	}
	name, err = outfile.Add(folder, name, bytes.NewReader(data))
	return Output{Path: filepath.Join(folder, name), Changed: true}, err
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
