package consolidate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// Debt is what one unit still owes for a period.
type Debt struct {
	Unit   reference.Unit
	Status Status      // NotSent, Returned, or Warned: a warning that nobody has explained
	Since  domain.Date // NotSent: the deadline; else the day the return was received; zero: not known
	Days   int         // from Since to the day asked for; negative: still to come
	Errors int         // Returned: in the version sent last
	Warned []string    // Warned: rules, each once
	Other  string      // NotSent: files of the unit that name another period, as a sentence lists them
	Line   string      // ready to send to the unit, in Vietnamese
}

// Debts is what units owe, the longest first within each status. Units that owe
// nothing, or from which nothing more is taken, are not among them. today is the day
// to count to; the zero Date counts no days, for what must not depend on the clock.
func (s *Summary) Debts(today domain.Date) []Debt {
	var debts []Debt
	for _, u := range s.Units() {
		st := u.UnitStatus
		if st.NoMore {
			continue
		}
		d := Debt{Unit: u.Unit, Status: st.Status}
		switch st.Status {
		case NotSent:
			d.Since, d.Other = st.Deadline, st.OtherFiles()
		case Returned:
			d.Since, d.Errors = st.LastReceived, st.Errors
		case Warned:
			d.Since, d.Warned = st.CountedReceived, st.Warnings
		default:
			continue
		}
		if !today.IsZero() && !d.Since.IsZero() {
			d.Days = today.DaysSince(d.Since)
		}
		d.Line = d.line(s.Period.To, st.Deadline, today)
		debts = append(debts, d)
	}
	order := []Status{NotSent, Returned, Warned}
	slices.SortStableFunc(debts, func(a, b Debt) int {
		return cmp.Or(slices.Index(order, a.Status)-slices.Index(order, b.Status), b.Days-a.Days)
	})
	return debts
}

// line is the sentence to the unit.
func (d Debt) line(p domain.Period, deadline, today domain.Date) string {
	what := fmt.Sprintf("Kính gửi %s: báo cáo kết nạp đảng viên %s ", d.Unit.Name, p.Label())
	switch d.Status {
	case NotSent:
		what += "chưa nhận được"
		switch {
		case deadline.IsZero():
		case !today.IsZero() && today.After(deadline):
			what += fmt.Sprintf(" (hạn %s, đã chậm %d ngày)", deadline, today.DaysSince(deadline))
		default:
			what += fmt.Sprintf(" (hạn %s)", deadline)
		}
		return what + ". Đề nghị gửi sớm; nếu từ đầu năm chưa kết nạp ai, đánh dấu x ở ô Không phát sinh rồi gửi."
	case Returned:
		what += fmt.Sprintf("đã bị trả lại vì %d lỗi", d.Errors)
		if !d.Since.IsZero() {
			what += fmt.Sprintf(" (nhận ngày %s)", d.Since)
		}
		if d.Days > 0 {
			what += fmt.Sprintf(", đến nay %d ngày", d.Days)
		}
		return what + " (xem tệp đánh dấu gửi kèm). Đề nghị sửa, tăng Lần nộp rồi gửi lại."
	}
	return what + fmt.Sprintf("đã nhận, còn cảnh báo chưa giải trình: %s (xem tệp đánh dấu gửi kèm). "+
		"Đề nghị xem lại; nếu đúng thì ghi lý do vào Ghi chú rồi gửi lại.", strings.Join(d.Warned, ", "))
}
