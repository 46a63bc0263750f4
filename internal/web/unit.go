package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

// unit shows what a unit has sent, period by period, the latest first.
func (s *Server) unit(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	code := r.PathValue("unit")
	u, known := ws.Assignment.UnitEver(code)
	if me := s.visitor(r).owner(); !known || me != "" && me != code {
		return errNotFound
	}
	p := unitPage{page: page{Office: ws.Settings.Office.Name, Title: u.Name}, Code: u.Code, Name: u.Name, Phone: u.Phone, Contact: u.Contact}
	h, err := ws.History(r.Context(), code, domain.Period{})
	var none *workspace.UsageError
	if errors.As(err, &none) { // it has sent nothing yet
		h, err = &workspace.History{Unit: u}, nil
	}
	if err != nil {
		return err
	}
	slices.Reverse(h.Periods)
	for i := range h.Periods {
		slices.Reverse(h.Periods[i].Versions)
	}
	p.Periods, p.Due = h.Periods, s.due()
	if !s.visitor(r).office {
		if p.Line, p.Debt, err = ws.UnitStatus(r.Context(), code, p.Due); err != nil && !errors.As(err, &none) {
			return err
		}
		p.Of = p.Due.Span()
	} else if sum, err := ws.Status(r.Context(), domain.Span{}); err == nil {
		for _, d := range sum.Debts(domain.DateOf(s.Now())) {
			if d.Unit.Code == code {
				p.Debt, p.Of = &d, sum.Period
			}
		}
		for _, line := range sum.Units() {
			if line.Unit.Code == code {
				p.Line, p.Of = &line, sum.Period
			}
		}
	}
	last := p.Due
	if len(p.Periods) > 0 && !p.Periods[0].Period.IsZero() {
		last = p.Periods[0].Period
	}
	if err := p.draw(r, ws, last); err != nil && !errors.As(err, &none) {
		return err
	}
	if p.Line != nil {
		p.Title = fmt.Sprintf("%s — %s, %s", p.Line.UnitStatus.Status, u.Name, p.Of.Label())
	}
	return s.show(w, r, http.StatusOK, "unit", &p)
}

// draw adds the figures of the months of a year, and draws them.
func (p *unitPage) draw(r *http.Request, ws *workspace.Workspace, last domain.Period) error {
	lines, months, err := ws.UnitYear(r.Context(), p.Code, last)
	var of []monthly
	for i, line := range lines {
		of = append(of, monthly{Period: months[i], This: line.Line.ToDate})
	}
	if p.Chart = chartOf(of); p.Chart != nil {
		p.Months, p.MonthsOf, p.Year = lines, months, last.Year
	}
	return err
}

type unitPage struct {
	page
	Chart          *chart // nil: there is nothing to draw, and no months
	Year           int
	Months         []consolidate.UnitLine
	MonthsOf       []domain.Period // of them
	Code, Name     string
	Contact, Phone string
	Of             domain.Span // the period that Line and Debt are of
	Line           *consolidate.UnitLine
	Debt           *consolidate.Debt
	Periods        []workspace.PeriodHistory
	Due            domain.Period
}

// ActText is an act of the office in words.
func (unitPage) ActText(a workspace.Act) string {
	text := map[store.Kind]string{
		store.Closed: "Chốt kỳ", store.Reopened: "Mở lại kỳ", store.Waived: "Chấp nhận", store.Unwaived: "Thôi chấp nhận",
		store.Erased: "Xóa dữ liệu cá nhân của năm",
	}[a.Kind]
	switch {
	case a.Kind == store.Recalled && a.Why == "":
		return fmt.Sprintf("Rút lại bản số %d", a.Submission)
	case a.Kind == store.Recalled:
		return fmt.Sprintf("Trả lại bản số %d", a.Submission)
	}
	if a.Kind == store.Reopened && !a.Until.IsZero() {
		text += fmt.Sprintf(" đến hết %s", a.Until)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", text, a.Waiver.Rule, a.At))
}

// unwaive accepts a finding no more.
func (s *Server) unwaive(r *http.Request, ws *workspace.Workspace) error {
	p, err := domain.ParsePeriod(r.PostFormValue("ky"))
	if err != nil {
		return errNotFound
	}
	_, err = ws.Unwaive(r.Context(), waiving(r, r.PathValue("unit"), p))
	return err
}
