package web

import (
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"slices"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/workspace"
)

// period shows what the office makes of a period: outputs, closing, what does not agree.
func (s *Server) period(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	span, err := spanOf(r.PathValue("period"))
	if err != nil {
		return err
	}
	p := periodPage{page: page{Office: ws.Settings.Office.Name}}
	if p.Summary, err = ws.Status(r.Context(), span); err != nil {
		return err
	}
	if p.Made, err = ws.Made(span); err != nil {
		return err
	}
	found, err := ws.Scan(r.Context())
	if err != nil {
		return err
	}
	if span.From == span.To {
		if p.Changed, p.Ever, err = ws.ChangedSince(r.Context(), span.To); err != nil {
			return err
		}
		p.More = len(p.Changed)
		p.Changed = first(p.Changed)
	}
	found = found.Tried()
	p.SetAside = slices.Concat(found.Failed, found.SetAside)
	if p.Sent, err = ws.SentFor(r.Context(), span.To); err != nil {
		return err
	}
	for _, e := range p.Equalities {
		if e.Known() && !e.Holds() {
			p.Mismatches = append(p.Mismatches, e)
		}
	}
	for _, u := range p.Units() {
		if u.UnitStatus.NoMore {
			p.Closed++
		}
	}
	_, p.Month = span.Month()
	p.Prints = ws.Prints()
	p.Sent, p.Part = partOf(s, r, p.Sent)
	p.Title = fmt.Sprintf("Kỳ %s: %d/%d đơn vị", span.Label(), p.Whole.Counted, p.Whole.Expected)
	return s.show(w, r, http.StatusOK, "period", &p)
}

type periodPage struct {
	page
	Part    *part    // of Sent
	Changed []string // units that changed since the report was made last, the first of them
	More    int      // how many there are
	Ever    bool     // a report was made
	*consolidate.Summary
	Month      bool // it can be closed
	Prints     bool // a PDF can be made
	Closed     int  // units that nothing more is taken of
	Made       []fs.FileInfo
	Mismatches []consolidate.Equality
	SetAside   []intake.SetAside
	Sent       []domain.Submission
}

// report runs the whole flow for a period: what is new in the inbox too.
func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	span, err := spanOf(r.PathValue("period"))
	if err != nil {
		return err
	}
	var out *workspace.Outcome
	err = s.act(r, func(ws *workspace.Workspace) error {
		ws.PDF = r.PostFormValue("pdf") != ""
		out, err = ws.Run(s.ctx, span) // to its end, also when nobody waits for the answer any more
		return err
	})
	if err != nil {
		return err
	}
	p := reportPage{page: page{Title: "Đã lập báo cáo kỳ " + span.Label()}, Outcome: out, Of: span}
	for _, o := range out.Outputs {
		if o.Problem != "" {
			p.Title = "Có tệp chưa ghi được"
		}
	}
	return s.show(w, r, http.StatusOK, "report", &p)
}

type reportPage struct {
	page
	*workspace.Outcome
	Of domain.Span
}

// output hands out a file that the program made.
func (s *Server) output(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	span, err := spanOf(r.PathValue("period"))
	if err != nil {
		return err
	}
	f, err := ws.OpenMade(span, r.PathValue("output"))
	if err != nil {
		return err
	}
	defer f.Close() // nothing was written to it
	info, err := f.Stat()
	if err != nil {
		return err
	}
	download(w, r, info.Name(), info.ModTime(), f)
	return nil
}

// download hands out a file to be kept, never to be shown by the browser.
func download(w http.ResponseWriter, r *http.Request, name string, at time.Time, data io.ReadSeeker) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(w, r, "", at, data)
}

// closePeriod says that nothing more is taken for a period, of one unit or of all.
func (s *Server) closePeriod(r *http.Request, ws *workspace.Workspace) error {
	p, err := domain.ParsePeriod(r.PathValue("period"))
	if err != nil {
		return errNotFound
	}
	_, err = ws.Close(r.Context(), p, r.PostFormValue("don-vi"), r.PostFormValue("ly-do"))
	return err
}

// reopen takes returns for a closed period again.
func (s *Server) reopen(r *http.Request, ws *workspace.Workspace) error {
	p, err := domain.ParsePeriod(r.PathValue("period"))
	if err != nil {
		return errNotFound
	}
	var until domain.Date
	if day := r.PostFormValue("den"); day != "" {
		t, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return &workspace.UsageError{Sentence: fmt.Sprintf("«%s» không phải là ngày.", day), Cause: err}
		}
		until = domain.DateOf(t)
	}
	_, err = ws.Reopen(r.Context(), p, r.PostFormValue("don-vi"), until, r.PostFormValue("ly-do"))
	return err
}
