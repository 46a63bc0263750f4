package report

import (
	"fmt"
	"strings"

	"ketnap/internal/consolidate"
)

// Reminders are the lines of TINH_HINH_NOP to send to those who owe something, as text, each
// under whom to send it to. Days are counted to the date of issue, as there.
func Reminders(s *consolidate.Summary, office Office) string {
	var text strings.Builder
	fmt.Fprintf(&text, "NHẮC NỘP BÁO CÁO %s\n", strings.ToUpper(s.Period.Label()))
	debts := s.Debts(office.Date)
	if len(debts) == 0 {
		text.WriteString("\nKhông có đơn vị nào còn nợ báo cáo.\n")
	}
	count := map[consolidate.Status]int{}
	for _, d := range debts {
		count[d.Status]++
	}
	for i, d := range debts {
		if i == 0 || d.Status != debts[i-1].Status {
			fmt.Fprintf(&text, "\n%s (%d)\n", strings.ToUpper(string(d.Status)), count[d.Status])
		}
		to := d.Unit.Code + " " + d.Unit.Name
		for _, more := range []string{d.Unit.Contact, d.Unit.Phone} {
			if more != "" {
				to += ", " + more
			}
		}
		fmt.Fprintf(&text, "\n%s:\n%s\n", to, d.Line)
	}
	return text.String()
}
