package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// fault is what a rule has to say about one place: what is seen there, what must
// be, what to do. Judge makes the sentence of the three.
type fault struct {
	rule     *rule
	severity domain.Severity // "": the rule's own; else at most this
	cell     domain.Cell
	place    string // the cell in words: Ngày sinh
	got      string
	want     string
	saw      string
	must     string
	do       string
}

// at begins a fault at a value. Identity numbers are masked here, so that no rule
// can let one slip. A fault outlives the open return: it must not hold on to its text.
func (h *hearing) at(sheet, id string, v domain.Value) fault {
	f := fault{cell: v.Cell, place: h.header(sheet, id), got: strings.Clone(shorten(v.Raw))}
	if id == "national_id" {
		f.got = maskAny(v.Raw)
	}
	return f
}

// of is at for a field.
func (h *hearing) of(f field) fault { return h.at(f.sheet, f.id, *f.v) }

// says completes a fault: what must stand there, and the three parts of its sentence.
func (f fault) says(want, saw, must, do string) fault {
	f.want, f.saw, f.must, f.do = want, saw, must, do
	return f
}

// mild makes a fault at most as grave as s.
func (f fault) mild(s domain.Severity) fault {
	f.severity = s
	return f
}

// named puts a fault's place in other words.
func (f fault) named(place string) fault {
	f.place = place
	return f
}

// message is the sentence: [ô] [chỗ]: [thấy gì] — [phải thế nào] — [làm gì].
func (f fault) message() string { return sentence(f.where(), f.saw, f.must, f.do) }

func (f fault) where() string {
	switch {
	case f.cell.Ref() != "" && f.place != "":
		return fmt.Sprintf("Ô %s (%s)", f.cell.Ref(), f.place)
	case f.cell.Ref() != "":
		return "Ô " + f.cell.Ref()
	case f.cell.Sheet != "" && f.place != "":
		return fmt.Sprintf("Sheet %s (%s)", f.cell.Sheet, f.place)
	case f.cell.Sheet != "":
		return "Sheet " + f.cell.Sheet
	case f.place != "":
		return f.place
	}
	return "Tệp"
}

// sentence joins the parts that say something.
func sentence(where string, parts ...string) string {
	said := slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" })
	return where + ": " + strings.TrimRight(strings.Join(said, " — "), ". ") + "."
}

// rowOf is the row a cell stands in.
type rowOf struct {
	sheet string
	row   int
}

// findings are what the rules have told, as the sender reads it, in total order.
func (h *hearing) findings() []domain.Finding {
	notes := h.notes()
	told := h.alreadyTold()
	slices.SortStableFunc(h.faults, func(a, b fault) int {
		return cmp.Or(strings.Compare(a.rule.Code, b.rule.Code), a.cell.Compare(b.cell), strings.Compare(a.message(), b.message()))
	})
	// A return always has findings, be they none: null is for what was not judged.
	findings := make([]domain.Finding, 0, len(h.faults))
	for _, f := range h.faults {
		if f.severity == domain.Warning && told[toldKey{f.rule.Code, rowOf{f.cell.Sheet, f.cell.Row}}] {
			f.severity = domain.Info
		}
		findings = append(findings, domain.Finding{
			Rule: f.rule.Code, Severity: f.severity, Unit: h.kept.Unit, Period: h.kept.Period, File: h.kept.File.Path,
			Cell: f.cell, Place: f.place, Got: f.got, Want: f.want, Message: f.message(),
			Explained: f.severity == domain.Warning && notes.explain(f.cell),
		})
	}
	domain.SortFindings(findings)
	return findings
}

// Fold tells a fault that is repeated in a column more often than the limit of that day
// once, with every cell. What is recorded is told of each cell; this is for those who read.
func (rules *Rules) Fold(findings []domain.Finding, on domain.Date) []domain.Finding {
	type column struct {
		rule, sheet string
		col         int
		severity    domain.Severity
	}
	of := func(f domain.Finding) column { return column{f.Rule, f.Cell.Sheet, f.Cell.Col, f.Severity} }
	groups := map[column][]domain.Finding{}
	for _, f := range findings {
		groups[of(f)] = append(groups[of(f)], f)
	}
	most := rules.limit(repeatLimit, on)
	folded := make([]domain.Finding, 0, len(findings))
	for _, f := range findings {
		group := groups[of(f)]
		at := cellsOf(group)
		if f.Cell.Col <= 0 || len(at) <= most {
			folded = append(folded, f)
			continue
		}
		if len(group[0].At) > 0 {
			continue // told already
		}
		group[0].At = at
		first := group[0]
		first.Message = repeated(first, at)
		first.Explained = !slices.ContainsFunc(group, func(f domain.Finding) bool { return !f.Explained })
		folded = append(folded, first)
	}
	domain.SortFindings(folded)
	return folded
}

// lawDay is the day whose law holds for what has no date of its own.
func (h *hearing) lawDay() domain.Date {
	if h.period.IsZero() {
		return h.r.File.Received
	}
	return h.period.Last()
}

// cellsOf are the different cells of findings in order.
func cellsOf(findings []domain.Finding) []domain.Cell {
	var cells []domain.Cell
	for _, f := range findings {
		cells = append(cells, f.Cell)
	}
	return slices.Compact(cells)
}

// repeated tells a fault of many cells of one column once, by the first of them.
func repeated(f domain.Finding, at []domain.Cell) string {
	where := fmt.Sprintf("Ô %s…%s", at[0].Ref(), at[len(at)-1].Ref())
	if f.Place != "" {
		where += " (" + f.Place + ")"
	}
	said := strings.TrimPrefix(f.Message, fault{cell: f.Cell, place: f.Place}.where()+": ")
	return fmt.Sprintf("%s: %d ô cùng một lỗi, ví dụ ô %s: %s", where, len(at), at[0].Ref(), said)
}

// notes says which rows have their Ghi chú filled, and whether that of Tổng cộng is.
type notes struct {
	rows  map[rowOf]bool
	total bool
}

func (n notes) explain(c domain.Cell) bool {
	if c.Row > 0 {
		if filled, isRow := n.rows[rowOf{c.Sheet, c.Row}]; isRow {
			return filled
		}
	}
	return n.total
}

func (h *hearing) notes() notes {
	n := notes{rows: map[rowOf]bool{}}
	note := func(row int, record any, note domain.Value) {
		if sheet := sheetOf(record); sheet != "" {
			n.rows[rowOf{sheet, row}] = !note.Empty()
		}
	}
	for i := range h.r.Admissions {
		note(h.r.Admissions[i].Row, &h.r.Admissions[i], h.r.Admissions[i].Note)
	}
	for i := range h.r.Pool {
		note(h.r.Pool[i].Row, &h.r.Pool[i], h.r.Pool[i].Note)
	}
	for i := range h.r.Cells {
		note(h.r.Cells[i].Row, &h.r.Cells[i], h.r.Cells[i].Note)
	}
	if h.r.Total != nil {
		note(h.r.Total.Row, h.r.Total, h.r.Total.Note)
		n.total = !h.r.Total.Note.Empty()
	}
	return n
}

// sheetOf is the name, in the file, of the sheet that a row was read from.
func sheetOf(record any) string {
	for _, v := range domain.Fields(record) {
		if v.Cell.Sheet != "" {
			return v.Cell.Sheet
		}
	}
	return ""
}

// toldKey is a rule and a row it spoke of.
type toldKey struct {
	rule string
	row  rowOf
}

// alreadyTold are the rules that spoke of a row in the counted return of the
// nearest earlier period, where the row stands unchanged in this one.
func (h *hearing) alreadyTold() map[toldKey]bool {
	earlier, said := h.earlier, h.docket.Told[h.unit.Code]
	if earlier == nil || len(said) == 0 || !h.attributed() {
		return nil
	}
	rulesAt := map[rowOf][]string{}
	for _, f := range said {
		if f.Severity != domain.Warning && f.Severity != domain.Info {
			continue
		}
		for _, c := range append([]domain.Cell{f.Cell}, f.At...) {
			key := rowOf{c.Sheet, c.Row}
			rulesAt[key] = append(rulesAt[key], f.Rule)
		}
	}
	then := map[string][]string{} // what a row says → the rules that spoke of it
	eachRow(earlier, func(sheet string, row int, record any) {
		content := contentOf(sheet, record)
		then[content] = append(then[content], rulesAt[rowOf{sheetOf(record), row}]...)
	})
	told := map[toldKey]bool{}
	eachRow(h.r, func(sheet string, row int, record any) {
		for _, rule := range then[contentOf(sheet, record)] {
			told[toldKey{rule, rowOf{sheetOf(record), row}}] = true
		}
	})
	return told
}

// eachRow visits the rows about people.
func eachRow(r *domain.Return, visit func(sheet string, row int, record any)) {
	for i := range r.Admissions {
		visit(domain.SheetAdmissions, r.Admissions[i].Row, &r.Admissions[i])
	}
	for i := range r.Pool {
		visit(domain.SheetPool, r.Pool[i].Row, &r.Pool[i])
	}
}

// contentOf is all that a row says but its running number: equal for the same row
// in another return, wherever it stands there.
func contentOf(sheet string, record any) string {
	var b strings.Builder
	b.WriteString(sheet)
	for id, v := range domain.Fields(record) {
		if id != "no" {
			b.WriteByte(0)
			b.WriteString(v.Raw)
		}
	}
	return b.String()
}

// maskAny masks an identity number however it was typed.
func maskAny(raw string) string { return domain.MaskID(shorten(raw)) }

// shorten keeps a quotation to a length that a person reads.
func shorten(s string) string {
	const most = 60
	if len(s) <= most { // bytes, and so characters
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// quote sets what was typed apart.
func quote(s string) string { return "«" + shorten(s) + "»" }

// orNearest is advice to write the nearest value, where there is one.
func orNearest(near, otherwise string) string {
	if near == "" {
		return otherwise
	}
	return "có phải " + quote(near) + "? Sửa lại cho đúng"
}
