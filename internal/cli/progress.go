package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"ketnap/internal/viet"
)

// How often the progress of a run is told: to a person on a terminal, and to another
// program.
const (
	redraw = 100 * time.Millisecond
	report = 250 * time.Millisecond
)

// stages are the stages of a run as a person reads them.
var stages = map[string]string{"keep": "Lưu bản gốc", "read": "Đọc", "mark": "Đánh dấu"}

// meter tells how far a run is: how many files of a stage are done, how many a second,
// and how long it will take.
type meter struct {
	out   io.Writer
	now   func() time.Time
	every time.Duration
	write func(m *meter, p progressLine) error

	begun, told time.Time // of the stage at hand; the last time it was told
	width       int       // of the line on the terminal
}

// progressLine is what a program reads of it, a line of JSON each.
type progressLine struct {
	Stage   string  `json:"stage"`
	Done    int     `json:"done"`
	Total   int     `json:"total"`
	Rate    float64 `json:"per_second"`
	Seconds float64 `json:"seconds_left"` // 0 when not known yet
}

// progress is where a run tells its progress: JSON lines where asked for, a line that
// is drawn over on a terminal, nothing at all anywhere else.
func (app *App) progress() func(stage string, done, total int) {
	m := &meter{out: app.Stderr, now: app.Now}
	switch {
	case app.json:
		m.every, m.write = report, (*meter).line
	case isTerminal(app.Stderr):
		m.every, m.write = redraw, (*meter).draw
	default:
		return nil
	}
	return m.tell
}

// isTerminal reports whether what is written goes to a screen.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// tell is told that a stage is so far. The first and the last time it is always told on.
func (m *meter) tell(stage string, done, total int) {
	now := m.now()
	if done == 0 {
		m.begun = now
	} else if done < total && now.Sub(m.told) < m.every {
		return
	}
	m.told = now
	p := progressLine{Stage: stage, Done: done, Total: total}
	if spent := now.Sub(m.begun).Seconds(); done > 0 && spent > 0 {
		p.Rate = float64(done) / spent
		p.Seconds = float64(total-done) / p.Rate
	}
	if err := m.write(m, p); err != nil {
		m.write = func(*meter, progressLine) error { return nil } // nobody is looking any more
	}
}

// line writes a line of JSON.
func (m *meter) line(p progressLine) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(m.out, "%s\n", b)
	return err
}

// draw draws the line on a terminal over the one before, and takes it away when the
// stage is done.
func (m *meter) draw(p progressLine) error {
	text := ""
	if p.Done < p.Total {
		const bar = 20
		full := bar * p.Done / p.Total
		text = fmt.Sprintf("%s [%s%s] %s/%s tệp", stages[p.Stage], strings.Repeat("#", full), strings.Repeat("·", bar-full),
			viet.Thousands(p.Done), viet.Thousands(p.Total))
		if p.Rate > 0 {
			text += fmt.Sprintf(", %.0f tệp/giây, còn %s", p.Rate, left(p.Seconds))
		}
	}
	width := utf8.RuneCountInString(text)
	_, err := fmt.Fprintf(m.out, "\r%s%s\r%s", text, strings.Repeat(" ", max(0, m.width-width)), text)
	m.width = width
	return err
}

// left is a time in words: 45 giây, 2 phút 10 giây.
func left(seconds float64) string {
	s := int(seconds + 0.999)
	if s < 60 {
		return fmt.Sprintf("%d giây", s)
	}
	return fmt.Sprintf("%d phút %02d giây", s/60, s%60)
}
