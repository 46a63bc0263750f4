package workspace

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// now is the morning on which a benchmark runs.
func now() time.Time { return time.Date(2021, time.November, 10, 8, 0, 0, 0, time.UTC) }

// office is the example's workspace for October 2021, with the record of the months
// before it: what the 48 units sent in September, over and over.
func office(b *testing.B, months int) *Workspace {
	b.Helper()
	const example = "../../examples/phu-binh-2021"
	dir := b.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "inbox"), os.DirFS(filepath.Join(example, "inbox", "2021-10"))); err != nil {
		b.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(example, "assignment.xlsx"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "assignment.xlsx"), data, 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
	settings := DefaultSettings()
	settings.Received = CoverDate
	w, err := OpenWorkspace(dir, settings, Environment{Version: "bench", Now: now, Log: zerolog.Nop()})
	if err != nil {
		b.Fatal(err)
	}
	var sent []domain.Return
	err = filepath.WalkDir(filepath.Join(example, "inbox", "2021-09"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		file := domain.File{Path: name, Size: info.Size(), Received: domain.DateOf(now())}
		r, err := w.readOne(file, func() (io.ReaderAt, error) { return f, nil })
		if err != nil {
			return err
		}
		sent = append(sent, *r)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	s, err := w.Begin(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer s.End()
	for m := months; m >= 1; m-- {
		if err := s.fill(b.Context(), sent, m); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.forgetDue(store.Head{}); err != nil {
		b.Fatal(err)
	}
	return w
}

// fill puts what was sent into the record as the returns of a month, so many before October
// 2021, by other people in every year.
func (s *Session) fill(ctx context.Context, sent []domain.Return, before int) error {
	period := domain.PeriodOf(domain.Day(2021, 10, 1).AddMonths(-before))
	readings := make([]reading, len(sent))
	files := make([]domain.File, len(sent))
	for i, r := range sent {
		r.Cover.Period.Date = period.Last()
		r.File.SHA256 = fmt.Sprintf("%032x%032x", before, i)
		r.File.Path = fmt.Sprintf("inbox/%s/%d.xlsx", period, i)
		people := r.Admissions
		r.Admissions = nil
		for n, a := range people {
			a.NationalID.Text = fmt.Sprintf("%04d%08d", period.Year, i*1000+n)
			a.Name.Text = strings.Repeat("Ă", period.Year%50+1) + a.Name.Text
			r.Admissions = append(r.Admissions, a)
		}
		files[i] = domain.File{SHA256: r.File.SHA256, Size: r.File.Size, Path: r.File.Path, Received: s.today}
		readings[i] = reading{ret: &r, alone: []domain.Finding{
			{Rule: "G05", Severity: domain.Info, Message: "Chỉ tiêu năm: …"}, {Rule: "A05", Severity: domain.Warning, Explained: true, Message: "…"},
		}}
		readings[i].keys, readings[i].list = s.Rules.Keys(&r, "huyện")
	}
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	ids, err := tx.Receive(ctx, "", files)
	if err != nil {
		return err
	}
	received, err := tx.Append(ctx, s.event(store.Received))
	if err != nil {
		return err
	}
	j := &Judging{tx: tx}
	for i, r := range readings {
		sub := domain.Submission{ID: ids[i], File: r.ret.File, Received: received.Seq, FirstSeen: s.today}
		if err := s.saveReading(ctx, sub, r, j); err != nil {
			return err
		}
	}
	_, err = s.Settle(ctx, j)
	return err
}

// BenchmarkYears prints what the first run of a month, a run that finds nothing new, a
// status and opening the record cost over ten years of 48 units, against the same over
// two years (the least that has last year's figures): each stays near 1.
func BenchmarkYears(b *testing.B) {
	if testing.Short() {
		b.Skip("fills a record of ten years")
	}
	october := domain.Period{Year: 2021, Month: 10}
	run := func(w *Workspace) error {
		o, err := w.Run(context.Background(), october.Span())
		if err == nil && (len(o.Failed) > 0 || o.Summary.Whole.Counted < 47) {
			err = fmt.Errorf("%+v", o.Summary.Whole)
		}
		return err
	}
	steps := []struct {
		name  string
		do    func(*Workspace) error
		times int
	}{
		{"first-run", run, 1},
		{"run", run, 7},
		{"status", func(w *Workspace) error { _, err := w.Status(context.Background(), october.Span()); return err }, 7},
		{"open", func(w *Workspace) error {
			store, err := w.openRecord(context.Background())
			if err == nil {
				err = store.Close()
			}
			return err
		}, 7},
	}
	offices := [2]*Workspace{office(b, 21), office(b, 119)}
	var took [4][2]time.Duration
	for n, step := range steps {
		for range step.times {
			for i, w := range offices { // in turns, so that what else the machine does is fair to both
				start := time.Now()
				if err := step.do(w); err != nil {
					b.Fatal(err)
				}
				if d := time.Since(start); took[n][i] == 0 || d < took[n][i] {
					took[n][i] = d
				}
			}
		}
	}
	for n, step := range steps {
		b.ReportMetric(took[n][1].Seconds()/took[n][0].Seconds(), step.name+":10y/2y")
		b.Logf("%s: two years %v, ten years %v", step.name, took[n][0], took[n][1])
	}
	b.ReportMetric(0, "ns/op")
}
