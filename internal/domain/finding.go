package domain

import (
	"cmp"
	"slices"
	"strings"
)

// Severity is how grave a finding is.
type Severity string

// The severities. An error sends the return back as a whole; a warning is
// counted, and the sender must look; info is for the sender's knowledge; trial is
// seen by the district only and never changes a verdict.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
	Trial   Severity = "trial"
)

// Vietnamese is the word the office uses.
func (s Severity) Vietnamese() string {
	return map[Severity]string{Error: "Lỗi", Warning: "Cảnh báo", Info: "Lưu ý", Trial: "Thử nghiệm"}[s]
}

// Finding is something a rule has to say about a sender's file. It is never about
// our own run: that is an error. It holds no markup; text, workbook and page each
// dress it. Identity numbers in it are masked.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Unit     string   `json:"unit"`
	Period   Period   `json:"period"`
	File     string   `json:"file"` // as in File.Path
	Cell     Cell     `json:"cell"`
	// At lists every cell when one finding stands for many: a fault repeated more
	// than 15 times in a column is told once, every cell still marked.
	At        []Cell `json:"at,omitempty"`
	Place     string `json:"-"` // the cell in words: Ngày sinh
	About     string `json:"-"` // the person or field that it is about, wherever its row moves: see Waiver
	Seen      string `json:"-"` // the values that it rests on; it may hold an identity number and is never shown
	Got       string `json:"got"`
	Want      string `json:"want"`
	Message   string `json:"message"`   // the whole sentence, Vietnamese
	Explained bool   `json:"explained"` // a warning that the row's Ghi chú answers
}

// Compare is the total order of findings: file, sheet, row, column, rule, sentence.
func (f Finding) Compare(g Finding) int {
	return cmp.Or(strings.Compare(f.File, g.File), f.Cell.Compare(g.Cell), strings.Compare(f.Rule, g.Rule),
		strings.Compare(f.Message, g.Message))
}

// SortFindings puts findings in their total order.
func SortFindings(fs []Finding) { slices.SortFunc(fs, Finding.Compare) }

// HasError reports whether a finding sends the return back.
func HasError(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity == Error })
}

// BySeverity is how many findings there are of each severity.
func BySeverity(fs []Finding) map[Severity]int {
	count := map[Severity]int{}
	for _, f := range fs {
		count[f.Severity]++
	}
	return count
}

// ErrorRules are the rules of errors, each once, in the order of the findings.
func ErrorRules(fs []Finding) []string {
	rules := []string{}
	for _, f := range fs {
		if f.Severity == Error && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return rules
}

// Verdict is what became of a file.
type Verdict string

// The verdicts of a file that was judged.
const (
	Accepted   Verdict = "accepted"   // no error, and it counts
	Returned   Verdict = "returned"   // it has an error
	Superseded Verdict = "superseded" // no error, but another accepted version counts
	Recalled   Verdict = "recalled"   // its sender has taken it back: as if it had not been sent
)

// Vietnamese is the word the office uses; "" of none.
func (v Verdict) Vietnamese() string {
	return map[Verdict]string{Accepted: "Nhận", Returned: "Trả lại", Superseded: "Bị bản khác thay", Recalled: "Đã rút lại"}[v]
}

// MaskID hides an identity number but for its last three characters, for messages
// and lists: 019197276143 is *********143.
func MaskID(id string) string {
	shown := []rune(id)
	hidden := len(shown) - 3
	if hidden <= 0 {
		return strings.Repeat("*", len(shown))
	}
	return strings.Repeat("*", hidden) + string(shown[hidden:])
}
