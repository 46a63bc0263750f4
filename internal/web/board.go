package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// board is the first page of the office: where every unit stands for a period.
func (s *Server) board(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	if me := s.visitor(r); !me.office {
		return s.own(w, r, ws, me.Code)
	}
	p := boardPage{page: page{Office: ws.Settings.Office.Name}, Filter: r.FormValue("tinh-trang"), Today: domain.DateOf(s.Now())}
	span, err := spanOf(r.FormValue("ky"))
	if err != nil {
		return err
	}
	if p.Periods, err = ws.Periods(r.Context()); err != nil {
		return err
	}
	sum, err := ws.Status(r.Context(), span)
	var none *workspace.UsageError
	if errors.As(err, &none) { // nothing has been sent yet, or nothing that is right
		sum, err = nil, nil
		if n := len(p.Periods); n > 0 {
			sum, err = ws.Status(r.Context(), p.Periods[n-1].Span())
		}
	}
	if err != nil {
		return err
	}
	if due := s.due(); !slices.Contains(p.Periods, due) {
		p.Periods = append(p.Periods, due)
	}
	slices.SortFunc(p.Periods, func(a, b domain.Period) int { return b.Compare(a) })
	unplaced, err := ws.SentFor(r.Context(), domain.Period{})
	if err != nil {
		return err
	}
	p.Unplaced, p.Strays = first(unplaced), len(unplaced)
	if s.Memory != nil {
		if p.GivenUp, err = ws.GivenUp(r.Context()); err != nil {
			return err
		}
	}
	p.Title, p.Next = "Chưa nhận báo cáo nào", domain.PeriodOf(p.Periods[0].First().AddMonths(1))
	if sum != nil {
		p.fill(ws, sum)
		p.Shown, p.Part = partOf(s, r, p.Shown)
		p.Owing, p.Debts = len(p.Debts), first(p.Debts)
	}
	return s.show(w, r, http.StatusOK, "board", &p)
}

type boardPage struct {
	page
	*consolidate.Summary
	Today    domain.Date
	Periods  []domain.Period
	Counts   []statusCount
	Filter   string
	Text     string // the paragraph of TOM_TAT
	Chart    *chart
	Shown    []consolidate.UnitLine
	Part     *part // of them
	Debts    []consolidate.Debt
	Owing    int // how many there are
	Unplaced []domain.Submission
	Strays   int              // how many of these there are
	GivenUp  []workspace.Sent // that we could not judge, however often it was tried
	Deadline domain.Date
	Next     domain.Period // month that blanks are needed for: after the last one sent, or that is due
}

// statusCount is how many units stand so, and the link that shows them alone.
type statusCount struct {
	Key, Label string // Key is the word in addresses and in the style sheet
	of         []consolidate.Status
	N          int
}

// statusCounts are the counts of the board, of no unit yet.
var statusCounts = []statusCount{
	{"chua-gui", "Chưa gửi", nil, 0}, // and whatever stands for it while files could not be read
	{"tra-lai", "Trả lại", []consolidate.Status{consolidate.Returned}, 0},
	{"da-nhan", "Đã nhận", []consolidate.Status{consolidate.Received, consolidate.Warned}, 0},
	{"da-chot", "Đã chốt", []consolidate.Status{consolidate.Closed}, 0},
}

// countOf is the place of the count that a status belongs to.
func countOf(status consolidate.Status) int {
	return max(0, slices.IndexFunc(statusCounts, func(c statusCount) bool { return slices.Contains(c.of, status) }))
}

// keyOf is the word of a status in addresses and in the style sheet.
func keyOf(status consolidate.Status) string { return statusCounts[countOf(status)].Key }

func (p *boardPage) fill(ws *workspace.Workspace, sum *consolidate.Summary) {
	var months []monthly
	for _, m := range sum.Months {
		months = append(months, monthly{m.Period, m.LastYear, m.ToDate})
	}
	p.Summary, p.Text, p.Chart, p.Debts = sum, ws.Paragraph(sum), chartOf(months), sum.Debts(p.Today)
	p.Counts = slices.Clone(statusCounts)
	for _, u := range sum.Units() {
		count := &p.Counts[countOf(u.UnitStatus.Status)]
		count.N++
		if p.Filter == "" || p.Filter == count.Key {
			p.Shown = append(p.Shown, u)
		}
		p.Deadline = u.UnitStatus.Deadline
	}
	p.Title = fmt.Sprintf("Đã nhận %d/%d đơn vị — %s", sum.Whole.Counted, sum.Whole.Expected, sum.Period.Label())
}

// spanOf is the period of an address: "" is the zero Span.
func spanOf(text string) (span domain.Span, err error) {
	if text == "" {
		return span, nil
	}
	if span, err = domain.ParseSpan(text); err != nil {
		return span, errNotFound
	}
	return span, nil
}

// chart is the figures of the months as bars: so far this year, and last year to the same month.
type chart struct {
	Width, Height int
	Bars          []bar
}

type bar struct {
	X, Y, Width, Height int
	Last                bool // of last year
	Label               string
	Middle              int
	Value               int
}

// monthly are the figures of a month, this year's and last year's, to be drawn.
type monthly struct {
	Period     domain.Period
	Last, This domain.Count
}

// chartOf draws months; nil when there is nothing to draw.
func chartOf(months []monthly) *chart {
	const month, width, height, foot = 56, 20, 140, 20
	most := 0
	for _, m := range months {
		most = max(most, m.This.N, m.Last.N)
	}
	if most == 0 {
		return nil
	}
	c := &chart{Width: cmp.Or(len(months)*month, 1), Height: height + foot + 16}
	for i, m := range months {
		for j, of := range []domain.Count{m.Last, m.This} {
			if !of.Known {
				continue
			}
			h := of.N * height / most
			c.Bars = append(c.Bars, bar{
				X: i*month + 6 + j*(width+2), Y: 16 + height - h, Width: width, Height: h, Last: j == 0, Value: of.N,
				Middle: i*month + 6 + j*(width+2) + width/2,
			})
		}
		c.Bars = append(c.Bars, bar{Label: fmt.Sprintf("T%d", m.Period.Month), Middle: i*month + 28, Y: height + 32})
	}
	return c
}
