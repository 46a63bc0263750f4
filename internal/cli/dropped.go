package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // the page
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/outfile"
	"ketnap/internal/workspace"
)

// dropped reports whether what stands in the place of a command are files and folders.
func dropped(args []string) bool {
	for _, name := range args {
		if _, err := os.Stat(name); err != nil {
			return false
		}
	}
	return len(args) > 0
}

// checkDropped judges files that were dropped on the program, whole folders too, and writes
// the marked copies into a folder beside them (of files in the inbox, in the workspace), with a
// page of what was found, which opens. The workspace is the folder of -C, or that of the program.
func (app *App) checkDropped(ctx context.Context, args []string, open func(name string) error) error {
	if program, err := os.Executable(); err == nil && !inWorkspace(app.dir) && inWorkspace(filepath.Dir(program)) {
		app.dir = filepath.Dir(program)
	}
	files, err := workbooksIn(args)
	if err != nil {
		return fmt.Errorf("list the folder: %w", err)
	}
	if len(files) == 0 {
		return usage("Trong «%s» không có tệp Excel nào — thả tệp báo cáo lên chương trình.", args[0])
	}
	marked := app.besideDropped(files[0])
	name, err := filepath.Abs(filepath.Join(marked, "Kết quả xét.html"))
	if err != nil {
		return fmt.Errorf("name the folder: %w", err)
	}
	var found droppedFiles
	found.keepHashes(name)
	err = runCheck(ctx, app, checkOptions{annotate: marked, own: found.Hashes, each: func(c workspace.Checked, copy string) {
		found.Files = append(found.Files, droppedFile{c, copy})
	}}, files)
	if len(found.Files) == 0 || ctx.Err() != nil {
		return err
	}
	if err := found.write(name); err != nil {
		return fmt.Errorf("show what was found: %w", err)
	}
	app.print("Kết quả: %s", name)
	if err := open(name); err != nil { // the window says the same
		app.diary.Debug().Err(err).Msg("open what was found")
	}
	return err
}

// workbooksIn are files, and the workbooks that lie in folders.
func workbooksIn(names []string) (files []string, err error) {
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || !info.IsDir() {
			files = append(files, name)
			continue
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			ext := strings.ToLower(filepath.Ext(e.Name()))
			locked := strings.HasPrefix(e.Name(), "~$") || strings.HasPrefix(e.Name(), ".")
			if !e.IsDir() && !locked && slices.Contains([]string{".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"}, ext) {
				files = append(files, filepath.Join(name, e.Name()))
			}
		}
	}
	return files, nil
}

// markedFolder is the folder of marked copies, where files were dropped.
const markedFolder = "Bản đánh dấu"

// besideDropped is the folder for what is written of a file that was dropped, in its own, or in
// that of the workspace that it lies in, whose inbox is for what units send. A marked copy that
// was corrected lies in it already.
func (app *App) besideDropped(file string) string {
	home, err := filepath.Abs(app.dir)
	folder, other := filepath.Abs(filepath.Dir(file))
	if err == nil && other == nil && inWorkspace(home) {
		if rel, err := filepath.Rel(home, folder); err == nil && filepath.IsLocal(rel) {
			folder = home
		}
	}
	if other != nil || filepath.Base(folder) == markedFolder {
		return filepath.Dir(file)
	}
	return filepath.Join(folder, markedFolder)
}

// droppedFiles is what the page shows. It keeps the hashes of the marked copies that were written,
// so that those that nobody has changed since are replaced the next time.
type droppedFiles struct {
	Files  []droppedFile
	Hashes []string
}

// keptHashes are as many as the page keeps, the newest.
const keptHashes = 500

var aHash = regexp.MustCompile(`[0-9a-f]{64}`)

// keepHashes takes over the hashes of a page of before.
func (d *droppedFiles) keepHashes(name string) {
	if page, err := os.ReadFile(name); err == nil { // else there is none
		_, kept, _ := strings.Cut(string(page), `<meta name="ketnap" content="`)
		kept, _, _ = strings.Cut(kept, `"`)
		d.Hashes = aHash.FindAllString(kept, keptHashes)
	}
}

// write writes the page.
func (d *droppedFiles) write(name string) error {
	for _, f := range d.Files {
		if data, err := os.ReadFile(f.Copy); err == nil && f.Copy != "" {
			hash := fmt.Sprintf("%x", sha256.Sum256(data))
			d.Hashes = append([]string{hash}, slices.DeleteFunc(d.Hashes, func(h string) bool { return h == hash })...)
		}
	}
	d.Hashes = d.Hashes[:min(len(d.Hashes), keptHashes)]
	var page bytes.Buffer
	if err := droppedPage.Execute(&page, d); err != nil {
		return err
	}
	err := os.MkdirAll(filepath.Dir(name), 0o700) // where nothing was marked it is not there
	if err == nil {
		_, err = outfile.WriteWhole(name, page.Bytes())
	}
	return err
}

// droppedFile is a file that was dropped, judged, with the name of its marked copy; "" for none.
type droppedFile struct {
	workspace.Checked
	Copy string
}

// Name is the file's name without its folder.
func (d droppedFile) Name() string { return filepath.Base(d.File) }

// Returned reports whether it would be sent back.
func (d droppedFile) Returned() bool { return d.Verdict == domain.Returned }

// Told are its findings, errors first.
func (d droppedFile) Told() []domain.Finding { return told(d.Findings) }

// Why says why it was not judged.
func (d droppedFile) Why() string {
	if usage := (*workspace.UsageError)(nil); errors.As(d.Problem, &usage) {
		return usage.Sentence
	}
	return "Chương trình gặp lỗi nên chưa xét được, không phải lỗi của tệp."
}

// Link leads from the page to the marked copy beside it.
func (d droppedFile) Link() string { return url.PathEscape(filepath.Base(d.Copy)) }

//go:embed dropped.html
var droppedText string

var droppedPage = template.Must(template.New("dropped").Parse(droppedText))
