package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

type ownPage struct {
	page
	Code, Unit string
	Period     domain.Period // that is due
	Line       *consolidate.UnitLine
	Debt       *consolidate.Debt
	Sent       []workspace.VersionHistory // newest first
}

// own is the first page of a unit: how it stands for the month that is due, and one place to send.
func (s *Server) own(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace, code string) error {
	u, known := ws.Assignment.UnitEver(code)
	if !known {
		return errNotFound
	}
	p := &ownPage{page: page{Office: ws.Settings.Office.Name}, Code: code, Unit: u.Name, Period: s.due()}
	var err error
	var none *workspace.UsageError
	if p.Line, p.Debt, err = ws.UnitStatus(r.Context(), code, p.Period); err != nil && !errors.As(err, &none) { // nobody has sent anything yet
		return err
	}
	p.Title = "Chưa gửi"
	if p.Line != nil {
		p.Title = ownStatus(p.Line.UnitStatus)
	}
	p.Title += fmt.Sprintf(" — %s, %s", u.Name, p.Period.Label())
	h, err := ws.History(r.Context(), code, domain.Period{})
	if err != nil && !errors.As(err, &none) {
		return err
	}
	if h != nil {
		for _, of := range h.Periods {
			p.Sent = append(p.Sent, of.Versions...)
		}
	}
	slices.SortFunc(p.Sent, func(a, b workspace.VersionHistory) int { return int(b.ID - a.ID) })
	return s.show(w, r, http.StatusOK, "own", p)
}

// due is the month that returns are asked for: the one that ended last.
func (s *Server) due() domain.Period {
	p := domain.PeriodOf(domain.DateOf(s.Now()))
	return domain.PeriodOf(p.First().AddDays(-1))
}

// ownStatus is how a unit stands, in one sentence.
func ownStatus(u consolidate.UnitStatus) string {
	switch u.Status {
	case consolidate.Returned:
		return fmt.Sprintf("Trả lại: %d chỗ phải sửa", u.Errors)
	case consolidate.Received:
		return fmt.Sprintf("Đã nhận ngày %s, không có lỗi", u.CountedReceived)
	case consolidate.Warned:
		return fmt.Sprintf("Đã nhận ngày %s, có cảnh báo", u.CountedReceived)
	case consolidate.Closed:
		return "Kỳ đã chốt"
	}
	if !u.Deadline.IsZero() {
		return fmt.Sprintf("Chưa gửi, hạn %s", u.Deadline)
	}
	return "Chưa gửi"
}

// blank is the blank return of the unit that asks, prefilled.
func (s *Server) blank(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	p, err := domain.ParsePeriod(r.PathValue("period"))
	if err != nil {
		return errNotFound
	}
	ws = ws.For("", nil) // it notes which templates it passed over
	code := s.visitor(r).owner()
	if code == "" { // the office says whose
		code = r.FormValue("don-vi")
	}
	if _, known := ws.Assignment.UnitEver(code); !known {
		return errNotFound
	}
	name, data, err := ws.Blank(r.Context(), p, code)
	if err != nil {
		return err
	}
	download(w, r, name, s.Now(), bytes.NewReader(data))
	return nil
}
