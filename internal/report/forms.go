package report

import (
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// dash stands in the official forms where a figure is not known, or has no base.
const dash = "-"

// dashed is a figure of an official form.
func dashed(figure template.Value) any {
	if figure.Stored() == nil {
		return dash
	}
	return figure
}

// branch is a row of an official form, with the rows one level below it.
type branch struct {
	consolidate.FormRow
	below []branch
}

// branches are the rows of a level.
func branches(rows []consolidate.FormRow, level int) (list []branch) {
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Level > level {
			n++
		}
		list = append(list, branch{rows[0], branches(rows[1:n], level+1)})
		rows = rows[n:]
	}
	return list
}

// addForms adds the lists of the official forms. Biểu 2: form is its sections, with
// formRow in them, formPart in those (the rows that begin with "+"), and formAverage,
// the row that has years instead of persons. Biểu 2B: origin is its two blocks, with
// originRow in them.
func addForms(b *template.Book, s *consolidate.Summary) {
	parts := func(r branch) []branch { return r.below }
	persons := func(r branch) []branch {
		return slices.DeleteFunc(slices.Clone(r.below), func(r branch) bool { return r.Average })
	}
	years := func(r branch) []branch {
		return slices.DeleteFunc(slices.Clone(r.below), func(r branch) bool { return !r.Average })
	}
	sections := branches(s.Form2, 0)
	var rows []branch
	for _, section := range sections {
		rows = append(rows, persons(section)...)
	}
	b.Lists["form"] = template.ListOf(sections, formItem)
	b.Lists["formRow"], b.Lists["formAverage"] = listIn("form", sections, persons, formItem), listIn("form", sections, years, formItem)
	b.Lists["formPart"] = listIn("formRow", rows, parts, formItem)

	blocks := branches(s.Form2B, 0)
	b.Lists["origin"], b.Lists["originRow"] = template.ListOf(blocks, originItem), listIn("origin", blocks, parts, originItem)
}

// formItem is a row of Biểu 2. Its formula is the sum of the rows below: where it is no such
// row, or they do not give its figure, the figure is fixed.
func formItem(_ int, r branch) map[string]any {
	values := map[string]any{"no": r.No, "label": r.Label, "text": r.Label, "now": dashed(r.Now), "lastYear": dashed(r.LastYear),
		"percent": dashed(r.Ratio)}
	if r.No != "" {
		values["text"] = r.No + ". " + r.Label
	}
	if r.Average {
		values["now"], values["lastYear"] = dashed(domain.Hundredths(r.Now)), dashed(domain.Hundredths(r.LastYear))
	}
	if r.Average || r.Level == 2 {
		return values
	}
	if r.Heading {
		values["now"], values["lastYear"], values["percent"] = nil, nil, nil
	}
	now, lastYear := 0, 0
	for _, part := range r.below {
		now, lastYear = now+part.Now.N, lastYear+part.LastYear.N
	}
	// "chia ra" is a partition: its parts add up. Other parts overlap.
	partition := r.No == "III" || strings.HasSuffix(r.Label, "chia ra:")
	values["now"] = agreeing(values["now"], partition && r.Now.Known && now == r.Now.N)
	values["lastYear"] = agreeing(values["lastYear"], partition && r.LastYear.Known && lastYear == r.LastYear.N)
	return values
}

// originItem is a row of Biểu 2B. A sum of cells that are not known would be 0.
func originItem(_ int, r branch) map[string]any {
	return map[string]any{"no": r.No, "label": r.Label, "share": dashed(r.Ratio),
		"total": agreeing(dashed(r.Now), r.Now.Known), "women": agreeing(dashed(r.Women), r.Women.Known)}
}
