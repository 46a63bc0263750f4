package validate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ketnap/internal/domain"
)

// JoinInput is all that is known of a return, and how it is to be read.
type JoinInput struct {
	Unit             string        // whose it is, as the register says
	Period           domain.Period // it is for
	Alone            []domain.Finding
	Against          []domain.Finding
	Waivers          []domain.Waiver                 // those that are of another unit or time cover nothing
	PreviousFindings map[domain.PreviousFinding]bool // see PreviousFindings
}

// Join is what the sender is told, a finding for each cell, in their total order. What the
// office accepts asks for nothing; another unit's list is one mistake; a warning about a
// row that stands as it stood when it was told is not told again as a warning.
func Join(in JoinInput) []domain.Finding {
	// A return always has findings, be they none: null is for what was not judged.
	findings := slices.Concat([]domain.Finding{}, in.Alone, in.Against)
	for i := range findings {
		for _, w := range in.Waivers {
			if w.Unit == in.Unit && w.Year == in.Period.Year && w.From.Compare(in.Period) <= 0 {
				accept(&findings[i], w)
			}
		}
	}
	findings = oneCause(findings)
	for i := range findings {
		f := &findings[i]
		if f.Severity == domain.Warning && in.PreviousFindings[domain.PreviousFinding{Rule: f.Rule, Sheet: f.Cell.Sheet, Row: f.Cell.Row}] {
			f.Severity, f.Explained = domain.Info, false
		}
	}
	domain.SortFindings(findings)
	return findings
}

// Clean reports whether a return that came while its period was open claims its people and may
// come to count: no error is left of what was found alone. What is found beside other returns
// does not take that away, and need not be known yet.
func Clean(in JoinInput) bool {
	in.Against = nil
	return !domain.HasError(Join(in))
}

// accept lets a waiver cover a finding, or tells that it does so no more. What is accepted
// asks for nothing: instead of what to do, the last part of the sentence, it says when and why.
func accept(f *domain.Finding, w domain.Waiver) {
	rule := ruleOf(catalogue, f.Rule) // nil: a local one, which says what is wrong only
	waivable := (rule == nil || rule.Waivable) && gravity[f.Severity] > gravity[domain.Info]
	if w.Rule != f.Rule || w.About != f.About || !waivable {
		return
	}
	said, when := strings.TrimRight(f.Message, "."), domain.DateOf(w.At)
	if w.Seen != f.Seen {
		f.Message = fmt.Sprintf("%s; chấp nhận riêng ngày %s không còn hiệu lực vì giá trị đã khác.", said, when)
		return
	}
	if last := strings.LastIndex(said, dash); last > 0 && rule != nil {
		said = said[:last]
	}
	said = fmt.Sprintf("%s — cơ quan đã chấp nhận ngày %s: %s", said, when, w.Why)
	f.Message, f.Severity, f.Explained = strings.TrimRight(said, ". ")+".", domain.Info, false
}

// oneCause leaves of another unit's list one mistake. With it come its cells, its people
// and its figures: that they are not those of this unit is what U03 tells.
func oneCause(findings []domain.Finding) []domain.Finding {
	if !slices.ContainsFunc(findings, func(f domain.Finding) bool { return f.Rule == "U03" && f.Severity == domain.Error }) {
		return findings
	}
	return slices.DeleteFunc(findings, func(f domain.Finding) bool {
		rule := ruleOf(catalogue, f.Rule)
		return rule != nil && rule.ofUnit
	})
}

// PreviousFindings are the rules that spoke of a row in the unit's return counted for the
// nearest earlier period, where the row stands unchanged in this one. Said is what was
// told of that return, a finding for each cell.
func PreviousFindings(r, previous *domain.Return, said []domain.Finding) map[domain.PreviousFinding]bool {
	if previous == nil || len(said) == 0 {
		return nil
	}
	rulesAt := map[domain.Cell][]string{} // by sheet and row
	for _, f := range said {
		if f.Severity == domain.Warning || f.Severity == domain.Info {
			at := domain.Cell{Sheet: f.Cell.Sheet, Row: f.Cell.Row}
			rulesAt[at] = append(rulesAt[at], f.Rule)
		}
	}
	then := map[string][]string{} // what a row says → the rules that spoke of it
	for _, row := range rowsOf(previous) {
		content := contentOf(row.sheet, row.record)
		then[content] = append(then[content], rulesAt[domain.Cell{Sheet: row.sheetInFile(), Row: row.line}]...)
	}
	told := map[domain.PreviousFinding]bool{}
	for _, row := range rowsOf(r) {
		if row.id == nil {
			continue // of people only
		}
		for _, rule := range then[contentOf(row.sheet, row.record)] {
			told[domain.PreviousFinding{Rule: rule, Sheet: row.sheetInFile(), Row: row.line}] = true
		}
	}
	return told
}

// Fold tells what is found in more cells of a column than the limit of that day once, by
// the first of them, with all cells in At. It is for those who read; findings are kept a
// cell each. The order is total, as it was.
func (rules *Rules) Fold(findings []domain.Finding, on domain.Date) []domain.Finding {
	type column struct {
		file, rule, sheet string
		col               int
		severity          domain.Severity
		value             string // different values of a list are told apart
	}
	findings = slices.Clone(findings)
	domain.SortFindings(findings)
	groups, values := map[column][]domain.Finding{}, map[column]map[string]bool{}
	columnOf := func(f domain.Finding) column { return column{f.File, f.Rule, f.Cell.Sheet, f.Cell.Col, f.Severity, ""} }
	for _, f := range findings {
		c := columnOf(f)
		if values[c] == nil {
			values[c] = map[string]bool{}
		}
		values[c][f.Got] = true
	}
	for _, f := range findings {
		c := columnOf(f)
		if ofList(f) && len(values[c]) <= mostValues {
			c.value = f.Got
		}
		groups[c] = append(groups[c], f)
	}
	most := rules.limit(repeatLimit, on)
	folded := make([]domain.Finding, 0, len(findings))
	for c, group := range groups {
		var cells []domain.Cell
		for _, f := range group {
			cells = append(cells, f.Cell)
		}
		if cells = slices.Compact(cells); c.col > 0 && len(cells) > most {
			group = []domain.Finding{once(group, cells)}
		}
		folded = append(folded, group...)
	}
	domain.SortFindings(folded)
	return folded
}

// mostValues is how many different values of a column are told apart: beyond, it is no list
// of mistakes any more.
const mostValues = 60

// ofList reports whether a finding is about a value of a code list or a name of a cell, rather
// than a date or a number.
func ofList(f domain.Finding) bool {
	return f.Rule == "R18" || f.Rule == "R19" || f.Rule == "R03" && strings.ContainsFunc(f.Want, unicode.IsLetter)
}

// once is one finding for those of many cells of one column, by the first of them.
func once(group []domain.Finding, at []domain.Cell) domain.Finding {
	f, first := group[0], at[0].Ref()
	place := where(f.Cell, f.Place)
	said := strings.TrimPrefix(f.Message, place+": ")
	from := strings.Replace(place, first, first+"…"+at[len(at)-1].Ref(), 1)
	f.Message = fmt.Sprintf("%s: %d ô cùng một lỗi, ví dụ ô %s: %s", from, len(at), first, said)
	f.At = at
	f.Explained = !slices.ContainsFunc(group, func(f domain.Finding) bool { return !f.Explained })
	return f
}
