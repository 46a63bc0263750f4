//go:build libreoffice

package reader

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ketnap/internal/xlsx/edit"
)

// csvOfAllSheets makes LibreOffice write every sheet, values as stored and not as
// shown: numbers in full, dates as month/day/year.
const csvOfAllSheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"

// Every workbook of the test data has the values that a second reader finds in it:
// LibreOffice, to CSV.
func TestLibreOfficeReadsTheSameValues(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var names, copies []string
	for _, root := range []string{"../../../examples", "../../../templates"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".xlsx" || strings.HasPrefix(d.Name(), "~$") || strings.Contains(name, "/out/") ||
				strings.Contains(name, "/data/") {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			copied := filepath.Join(dir, fmt.Sprintf("w%03d.xlsx", len(names)))
			names, copies = append(names, name), append(copies, copied)
			return os.WriteFile(copied, data, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(names) < 90 {
		t.Fatalf("%d workbooks found", len(names))
	}
	for batch := range slices.Chunk(copies, 40) { // given hundreds at once, LibreOffice has been seen to stop in silence
		args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", csvOfAllSheets,
			"--outdir", dir}
		if out, err := exec.Command(soffice, append(args, batch...)...).CombinedOutput(); err != nil {
			t.Fatalf("soffice: %v\n%s", err, out)
		}
	}
	cells := 0
	for i, name := range names {
		n, err := compareToCSV(t, name, strings.TrimSuffix(copies[i], ".xlsx"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cells += n
	}
	t.Logf("%d cells of %d workbooks are the same", cells, len(names))
}

func compareToCSV(t *testing.T, name, stem string) (cells int, err error) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	book, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		return 0, err
	}
	for _, sheet := range book.Sheets {
		// LibreOffice writes a sheet to a file of its name; a book of one sheet too.
		theirs, err := readCSV(stem + "-" + sheet.Name + ".csv")
		if err != nil {
			return cells, err
		}
		for row, err := range sheet.Rows() {
			if err != nil {
				return cells, err
			}
			for _, c := range row.Cells {
				ours, err := shown(book, sheet, row.N, c)
				if err != nil {
					return cells, err
				}
				at := [2]int{row.N, c.Col}
				if theirs[at] != ours {
					t.Errorf("%s %s %s: ours %q, LibreOffice %q", name, sheet.Name, edit.Ref(row.N, c.Col), ours, theirs[at])
				}
				delete(theirs, at)
				cells++
			}
		}
		for at, value := range theirs {
			t.Errorf("%s %s %s: LibreOffice reads %q, ours nothing", name, sheet.Name, edit.Ref(at[0], at[1]), value)
		}
	}
	return cells, nil
}

// readCSV is the values of a CSV file that are not empty, by row and column.
func readCSV(name string) (map[[2]int]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	values := map[[2]int]string{}
	records, err := r.ReadAll()
	// encoding/csv leaves out empty lines; LibreOffice writes a comma for each column.
	for i, record := range records {
		for j, value := range record {
			if value != "" {
				values[[2]int{i + 1, j + 1}] = value
			}
		}
	}
	return values, err
}

// shown is a value as LibreOffice writes it to CSV.
func shown(book *Book, sheet *Sheet, row int, c Cell) (string, error) {
	if c.NoValue {
		computed, err := book.Compute(sheet, row, c.Col)
		if errors.Is(err, ErrNotComputed) {
			return "", fmt.Errorf("%s: %w", edit.Ref(row, c.Col), err)
		}
		c = computed
	}
	switch c.Type {
	case Number:
		return strconv.FormatFloat(c.Num, 'f', -1, 64), nil
	case Date:
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(c.Num)).Format("01/02/2006"), nil
	case Bool:
		return strings.ToUpper(strconv.FormatBool(c.Num != 0)), nil
	}
	return c.Text, nil
}
