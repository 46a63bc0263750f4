package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// ticking is a clock that goes on by a step every time it is asked.
func ticking(step time.Duration) func() time.Time {
	now := time.Date(2021, 11, 2, 8, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(step); return now }
}

// TestProgressForPrograms: every stage is told at its beginning and its end, and not
// for every file between.
func TestProgressForPrograms(t *testing.T) {
	var out bytes.Buffer
	app := &App{Stderr: &out, Now: ticking(10 * time.Millisecond), json: true}
	tell := app.progress()
	const total = 1000
	for done := range total + 1 {
		tell("read", done, total)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if n := len(lines); n < 10 || n > 60 {
		t.Fatalf("%d lines for %d files in 10 seconds", n, total)
	}
	var first, middle, last progressLine
	for _, p := range []struct {
		line string
		into *progressLine
	}{{lines[0], &first}, {lines[len(lines)/2], &middle}, {lines[len(lines)-1], &last}} {
		if err := json.Unmarshal([]byte(p.line), p.into); err != nil {
			t.Fatal(err)
		}
	}
	if first.Done != 0 || last.Done != total || last.Total != total || last.Seconds != 0 || last.Stage != "read" {
		t.Errorf("first %+v, last %+v", first, last)
	}
	if middle.Rate < 99 || middle.Rate > 101 || middle.Seconds < 4 || middle.Seconds > 6 {
		t.Errorf("halfway %+v, want 100 a second and 5 seconds left", middle)
	}
}

// TestProgressForPeople: a line on a terminal is drawn over and gone at the end.
func TestProgressForPeople(t *testing.T) {
	var out bytes.Buffer
	m := &meter{out: &out, now: ticking(time.Second), write: (*meter).draw}
	m.tell("read", 0, 3321)
	m.tell("read", 1200, 3321)
	if want := "Đọc [#######·············] 1.200/3.321 tệp, 1200 tệp/giây, còn 2 giây"; !strings.Contains(out.String(), want) {
		t.Errorf("drawn %q, want %q", out.String(), want)
	}
	out.Reset()
	m.tell("read", 3321, 3321)
	if strings.TrimSpace(out.String()) != "" {
		t.Errorf("at the end stands %q", out.String())
	}
}

// TestProgressNowhere: nothing is told where nobody looks, and a reader that has gone
// away stops nothing.
func TestProgressNowhere(t *testing.T) {
	if (&App{Stderr: new(bytes.Buffer), Now: time.Now}).progress() != nil {
		t.Error("progress is told to what is no terminal")
	}
	m := &meter{out: broken{}, now: ticking(time.Second), write: (*meter).line}
	m.tell("read", 0, 2)
	m.tell("read", 2, 2)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("closed") }
