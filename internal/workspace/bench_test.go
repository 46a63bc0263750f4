package workspace_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/validate"
	"ketnap/internal/workspace"
	"ketnap/internal/xlsx/reader"
)

// longReturn is a return with n people: those of a clean one over and over, each
// with an identity number of its own.
func longReturn(b *testing.B, n int) []byte {
	b.Helper()
	f, err := excelize.OpenFile(filepath.Join(example, "inbox", clean))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	const sheet, first, people = "KET_NAP", 10, 5
	model := make([][]any, people)
	for i := range model {
		for col := 1; col <= 22; col++ {
			at, _ := excelize.CoordinatesToCellName(col, first+i)
			raw, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
			if err != nil {
				b.Fatal(err)
			}
			kind, err := f.GetCellType(sheet, at)
			if err != nil {
				b.Fatal(err)
			}
			var v any
			if raw != "" {
				v = raw
			}
			if kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset && raw != "" {
				var number float64
				if _, err := fmt.Sscan(raw, &number); err != nil {
					b.Fatal(err)
				}
				v = number
			}
			model[i] = append(model[i], v)
		}
	}
	for i := range n {
		row := model[i%people]
		id := row[4].(string)
		row[0], row[4] = i+1, fmt.Sprintf("%s%06d", id[:6], i)
		at, _ := excelize.CoordinatesToCellName(1, first+i)
		if err := f.SetSheetRow(sheet, at, &row); err != nil {
			b.Fatal(err)
		}
	}
	date, err := f.GetCellStyle(sheet, "C10")
	if err != nil {
		b.Fatal(err)
	}
	for _, col := range []string{"C", "O", "P", "R", "S"} {
		if err := f.SetCellStyle(sheet, fmt.Sprint(col, first), fmt.Sprint(col, first+n-1), date); err != nil {
			b.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkJudgeAgainstRead prints what judging 10,000 people by every rule costs
// against reading them: judge/read stays below 1.
func BenchmarkJudgeAgainstRead(b *testing.B) {
	const people = 10_000
	data := longReturn(b, people)
	settings := workspace.DefaultSettings()
	w, err := workspace.OpenWorkspace(example, settings, workspace.Environment{Version: "bench", Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	var reading, judging time.Duration
	for b.Loop() {
		start := time.Now()
		in, err := w.Forms.Read(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
		if err != nil {
			b.Fatal(err)
		}
		read := time.Now()
		if len(in.Admissions) != people || !in.Admissions[people-1].Born.Known() {
			b.Fatalf("%d people read, %+v", len(in.Admissions), in.Reading.Refusal)
		}
		if _, err := w.Rules.Alone(validate.AloneInput{Return: in, Period: october, Assignment: w.Assignment}); err != nil {
			b.Fatal(err)
		}
		reading, judging = reading+read.Sub(start), judging+time.Since(read)
	}
	b.ReportMetric(judging.Seconds()/reading.Seconds(), "judge/read")
	b.ReportMetric(0, "ns/op")
}
