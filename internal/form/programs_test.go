package form_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ketnap/internal/xlsx/reader"
	"ketnap/internal/xlsx/xlsxtest"
)

// TestOtherPrograms writes random returns as other programs would, with one habit or many, and
// reads the same returns.
func TestOtherPrograms(t *testing.T) {
	var contents []xlsxtest.Content
	for _, name := range []string{"2021-10/Dao Xa T10.xlsx", "2021-10/BC KND T10-2021 - Tân Đức.xlsx"} {
		contents = append(contents, xlsxtest.ContentOf(t, xlsxtest.Example(t, name)))
	}
	same := func(fatalf func(string, ...any), content xlsxtest.Content, program xlsxtest.Program) {
		was := xlsxtest.Return(t, xlsxtest.Program{}.As(t, content))
		is := xlsxtest.Return(t, program.As(t, content))
		is.Reading.Faults = nil
		if program.Module {
			was.Reading.Other = append(was.Reading.Other, "Module1")
		}
		if diff := cmp.Diff(was, is); diff != "" {
			fatalf("%+v (-plain +other):\n%s", program, diff)
		}
	}
	for name, program := range xlsxtest.Programs() {
		t.Run(name, func(t *testing.T) { same(t.Fatalf, contents[0], program) })
	}
	rapid.Check(t, func(r *rapid.T) {
		flag := func(name string) bool { return rapid.Bool().Draw(r, name) }
		program := xlsxtest.Program{UTF16: rapid.SampledFrom([]string{"", "little", "big", "quiet"}).Draw(r, "UTF16"),
			Prefixed: flag("prefixed"), Strict: flag("strict"), ISODates: flag("ISO"), Epoch1904: flag("1904"), Ignorable: flag("ignorable"),
			Alternatives: flag("alternatives"), NoAddresses: flag("no addresses"), SmallLetters: flag("small letters"), Spaced: flag("spaced"),
			Inline: flag("inline"), Twice: flag("twice"), Absolute: flag("absolute"), Encoded: flag("encoded"), Module: flag("module")}
		content := rapid.SampledFrom(contents).Draw(r, "content")
		same(r.Fatalf, changed(r, content), program)
	})
}

// changed is the content with a few other values in its rows.
func changed(r *rapid.T, content xlsxtest.Content) (other xlsxtest.Content) {
	texts := rapid.SampledFrom([]string{"", "Nguyễn Văn Ất", "a & <b> \"c\"", "_x000A_", "😀", " hai  chỗ ", "0"})
	for _, c := range content {
		rows := make([]reader.Row, len(c.Rows))
		for i, row := range c.Rows {
			rows[i] = row
			if row.N < 10 || rapid.IntRange(0, 3).Draw(r, "keep") > 0 {
				continue
			}
			rows[i].Cells = append([]reader.Cell(nil), row.Cells...)
			cell := &rows[i].Cells[rapid.IntRange(0, len(row.Cells)-1).Draw(r, "cell")]
			switch {
			case cell.Formula != "":
			case cell.Type == reader.Date:
				cell.Num = float64(rapid.IntRange(1463+1, 50_000).Draw(r, "day"))
			case cell.Type == reader.Number:
				cell.Num = float64(rapid.IntRange(-100, 300).Draw(r, "number")) / 4
			case cell.Type == reader.Text:
				cell.Text = fmt.Sprint(cell.Text, texts.Draw(r, "text"))
			}
		}
		c.Rows = rows
		other = append(other, c)
	}
	return other
}
