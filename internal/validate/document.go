package validate

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"ketnap/internal/domain"
)

// WriteRule writes one rule for people to read: `ketnap rules CODE`, docs/rules.md.
func WriteRule(w io.Writer, r Rule) error {
	b := bufio.NewWriter(w) // keeps the first error for Flush
	fmt.Fprintf(b, "%s\n\n%s. Mức độ: %s. Phạm vi: %s. Ô: %s.\n\n", r.Code, r.Title, r.Severity.Vietnamese(), r.Scope, r.Cell)
	if r.Why != "" {
		fmt.Fprintf(b, "- Vì sao: %s\n", r.Why)
	}
	fmt.Fprintf(b, "- Căn cứ: %s\n", strings.TrimRight(r.Source, ".")+".")
	for _, l := range r.Limits {
		fmt.Fprintf(b, "- Giới hạn `%s` (%s):\n", l.Name, l.What)
		for _, s := range l.Steps {
			fmt.Fprintf(b, "  - từ %s: %d (%s)\n", s.From, s.Value, s.Source)
		}
	}
	if !r.From.IsZero() || !r.Until.IsZero() {
		fmt.Fprintf(b, "- Áp dụng: %s\n", spanOf(r.From, r.Until))
	}
	for _, e := range r.Exempt {
		fmt.Fprintf(b, "- Không áp dụng cho %s: %s\n", e.Unit, e.Why)
	}
	fmt.Fprintf(b, "- Ví dụ: «%s»\n", r.Example)
	return b.Flush()
}

// spanOf words the periods a rule is in force for.
func spanOf(from, until domain.Period) string {
	switch {
	case until.IsZero():
		return "từ kỳ " + from.String()
	case from.IsZero():
		return "đến kỳ " + until.String()
	}
	return fmt.Sprintf("từ kỳ %s đến kỳ %s", from, until)
}
