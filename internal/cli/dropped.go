package cli

import (
	"bytes"
	"context"
	_ "embed" // the page
	"fmt"
	"html/template"
	"net/url"
	"os"
	"path/filepath"

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
	var files []string
	for _, name := range args {
		info, err := os.Stat(name)
		if err != nil || !info.IsDir() {
			files = append(files, name)
			continue
		}
		for _, pattern := range []string{"*.xls", "*.xls[xmb]", "*.ods", "*.XLS", "*.XLSX"} {
			found, err := filepath.Glob(filepath.Join(name, pattern))
			if err != nil {
				return fmt.Errorf("list the folder: %w", err)
			}
			files = append(files, found...)
		}
	}
	if len(files) == 0 {
		return usage("Trong «%s» không có tệp Excel nào — thả tệp báo cáo lên chương trình.", args[0])
	}
	marked := filepath.Join(app.besideDropped(files[0]), "Bản đánh dấu")
	var found []droppedFile
	err := runCheck(ctx, app, checkOptions{annotate: marked, each: func(c workspace.Checked, copy string) {
		found = append(found, droppedFile{c, copy})
	}}, files)
	if len(found) == 0 || ctx.Err() != nil {
		return err
	}
	var page bytes.Buffer
	if err := droppedPage.Execute(&page, found); err != nil {
		return fmt.Errorf("show what was found: %w", err)
	}
	name, absErr := filepath.Abs(filepath.Join(marked, "Kết quả xét.html"))
	if absErr != nil {
		return fmt.Errorf("name the folder: %w", absErr)
	}
	if _, err := outfile.WriteWhole(name, page.Bytes()); err != nil {
		return fmt.Errorf("show what was found: %w", err)
	}
	app.print("Kết quả: %s", name)
	if err := open(name); err != nil { // the window says the same
		app.diary.Debug().Err(err).Msg("open what was found")
	}
	return err
}

// besideDropped is the folder for what is written of a file that was dropped: its own, or that of
// the workspace that it lies in, whose inbox is for what units send.
func (app *App) besideDropped(file string) string {
	home, err := filepath.Abs(app.dir)
	folder, other := filepath.Abs(filepath.Dir(file))
	if err != nil || other != nil || !inWorkspace(home) {
		return filepath.Dir(file)
	}
	if rel, err := filepath.Rel(home, folder); err == nil && filepath.IsLocal(rel) {
		return home
	}
	return folder
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

// Link leads from the page to the marked copy beside it.
func (d droppedFile) Link() string { return url.PathEscape(filepath.Base(d.Copy)) }

//go:embed dropped.html
var droppedText string

var droppedPage = template.Must(template.New("dropped").Parse(droppedText))
