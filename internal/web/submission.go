package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// receipt is the submission that an address names by its number, for whom it is for.
func (s *Server) receipt(ws *workspace.Workspace, r *http.Request) (workspace.Sent, error) {
	id, err := strconv.ParseInt(r.PathValue("receipt"), 10, 64)
	if err != nil {
		return workspace.Sent{}, errNotFound
	}
	list, err := ws.Sent(r.Context(), id)
	if me := s.visitor(r).owner(); err == nil && (len(list) == 0 || me != "" && list[0].Unit != me && list[0].Sender != me) {
		err = errNotFound // of others it is not even told that it is there
	}
	if err != nil {
		return workspace.Sent{}, err
	}
	return list[0], nil
}

// submission shows one submission: the verdict first, then what to do about it.
func (s *Server) submission(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	sent, err := s.receipt(ws, r)
	if err != nil {
		return err
	}
	p := submissionPage{page: page{Office: ws.Settings.Office.Name, Again: true}, Sent: sent}
	if !sent.Judged {
		p.Title, p.Wait = fmt.Sprintf("Đang chờ xét — biên nhận số %d", sent.ID), true
		return s.show(w, r, http.StatusOK, "submission", &p)
	}
	if p.Reading, err = ws.Reading(r.Context(), sent); err != nil {
		return err
	}
	u, known := ws.UnitOf(sent.Unit, sent.Period)
	if p.Known = known && !sent.Period.IsZero(); p.Known {
		p.Name = u.Name
	}
	p.group(ws, sent, s.visitor(r).office)
	p.Takable = s.mayTakeBack(r, sent)
	if p.Title = p.verdict(); sent.Erased {
		p.Title, p.Errors, p.Warnings = "Đã xóa dữ liệu cá nhân", 0, 0
	}
	if p.Name != "" {
		p.Title += fmt.Sprintf(" — %s, %s", p.Name, sent.Period.Label())
	}
	return s.show(w, r, http.StatusOK, "submission", &p)
}

type submissionPage struct {
	page
	workspace.Sent
	Name             string // of the unit, by the register
	Known            bool   // whose it is, and for when
	Takable          bool   // whoever looks may take it back
	Errors, Warnings int
	Sheets           []sheetFindings
	Reading          *domain.Reading
}

// sheetFindings are the findings of one sheet, the gravest first.
type sheetFindings struct {
	Sheet    string
	Errors   int
	Findings []shownFinding
}

type shownFinding struct {
	domain.Finding
	At       string // the cell
	Named    string // the place as a waiver names it
	More     int    // further cells of the same fault
	Waivable bool
}

func (p *submissionPage) group(ws *workspace.Workspace, sent workspace.Sent, office bool) {
	waivable := map[string]bool{}
	for _, rule := range ws.Rules.Catalogue() {
		waivable[rule.Code] = office && rule.Waivable && p.Known && !sent.Closed
	}
	for _, severity := range []domain.Severity{domain.Error, domain.Warning, domain.Info, domain.Trial} {
		for _, f := range sent.Findings {
			if f.Severity != severity || severity == domain.Trial && !office { // what is on trial is not for the sender
				continue
			}
			one := shownFinding{Finding: f, At: f.Cell.Ref(), Named: "tệp", More: max(0, len(f.At)-1)}
			if f.Cell.Sheet != "" {
				one.Named = strings.TrimSuffix(f.Cell.Sheet+"!"+one.At, "!")
			}
			one.Waivable = waivable[f.Rule] && f.About != "" && len(f.At) == 0 && (severity == domain.Error || severity == domain.Warning)
			i := slices.IndexFunc(p.Sheets, func(of sheetFindings) bool { return of.Sheet == f.Cell.Sheet })
			if i < 0 {
				i = len(p.Sheets)
				p.Sheets = append(p.Sheets, sheetFindings{Sheet: f.Cell.Sheet})
			}
			p.Sheets[i].Findings = append(p.Sheets[i].Findings, one)
			switch severity {
			case domain.Error:
				p.Errors++
				p.Sheets[i].Errors++
			case domain.Warning:
				p.Warnings++
			}
		}
	}
}

// verdict is the state in a few words.
func (p *submissionPage) verdict() string {
	switch p.Verdict {
	case domain.Returned:
		return fmt.Sprintf("Trả lại: %d lỗi", p.Errors)
	case domain.Superseded:
		return "Không tính: có bản khác thay"
	case domain.Recalled:
		return "Đã rút lại, coi như chưa gửi"
	}
	if p.Warnings > 0 {
		return fmt.Sprintf("Đã nhận, có %d cảnh báo", p.Warnings)
	}
	return "Đã nhận, không có lỗi"
}

// markedCopy is the sender's workbook with its faults marked, to be kept.
func (s *Server) markedCopy(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	ws = ws.For("", nil) // it notes what it made
	sent, err := s.receipt(ws, r)
	if err != nil {
		return err
	}
	if !sent.Judged {
		return errNotFound
	}
	name, data, err := ws.MarkedCopy(r.Context(), sent)
	if err != nil {
		return err
	}
	download(w, r, name, sent.At, bytes.NewReader(data))
	return nil
}

// waive accepts a finding of a submission, with a reason.
func (s *Server) waive(r *http.Request, ws *workspace.Workspace) error {
	sent, err := s.receipt(ws, r)
	if err != nil {
		return err
	}
	_, err = ws.Waive(r.Context(), waiving(r, sent.Unit, sent.Period))
	return err
}

// waiving is what a form asks to accept, or no longer.
func waiving(r *http.Request, unit string, p domain.Period) workspace.Waiving {
	in := workspace.Waiving{Period: p, Unit: unit, Rule: r.PostFormValue("quy-tac"), Why: r.PostFormValue("ly-do")}
	if cell := r.PostFormValue("o"); cell != "" {
		in.Cells = []string{cell}
	}
	return in
}

// mayTakeBack reports whether who asks has sent a submission, and may take it back.
func (s *Server) mayTakeBack(r *http.Request, sent workspace.Sent) bool {
	return sent.Judged && !sent.Closed && !sent.SentBack && sent.Verdict != domain.Recalled && sent.Sender == s.visitor(r).owner()
}

// takeBack takes back what was sent, for its sender.
func (s *Server) takeBack(r *http.Request, ws *workspace.Workspace) error {
	sent, err := s.receipt(ws, r)
	if err != nil {
		return err
	}
	if sent.Sender != s.visitor(r).owner() {
		return errNotYours
	}
	_, err = ws.TakeBack(r.Context(), sent.ID)
	return err
}

// sendBack sends a submission without errors back to its unit, with a reason.
func (s *Server) sendBack(r *http.Request, ws *workspace.Workspace) error {
	sent, err := s.receipt(ws, r)
	if err != nil {
		return err
	}
	_, err = ws.SendBack(r.Context(), sent.ID, r.PostFormValue("ly-do"))
	return err
}
