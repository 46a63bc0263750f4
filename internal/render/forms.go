package render

import (
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
)

// dash stands in the official forms where a figure is not known, or has no base.
const dash = "-"

// dashed is a figure of an official form.
func dashed[T domain.Count | domain.Hundredths](figure T) any {
	if stored(figure) == nil {
		return dash
	}
	return figure
}

// addForms adds the lists of the official forms. Biểu 2: form is its sections, with
// formRow in them, formPart in those (the rows that begin with "+"), and formAverage,
// the row that has years instead of persons. Biểu 2B: origin is its two blocks, with
// originRow in them.
func addForms(b *book, s *consolidate.Summary) {
	formItem := func(r consolidate.FormRow) map[string]any {
		values := map[string]any{"no": r.No, "label": r.Label, "text": r.Label, "now": dashed(r.Now), "lastYear": dashed(r.LastYear), "percent": dashed(r.Ratio)}
		if r.No != "" {
			values["text"] = r.No + ". " + r.Label
		}
		if r.Average {
			values["now"], values["lastYear"] = dashed(r.NowYears), dashed(r.LastYearYear)
		}
		if r.Heading {
			values["now"], values["lastYear"], values["percent"] = nil, nil, nil
		}
		return values
	}
	sections, rows := newList("", formItem(consolidate.FormRow{}), nil), newList("form", formItem(consolidate.FormRow{}), nil)
	parts, averages := newList("formRow", formItem(consolidate.FormRow{}), nil), newList("form", formItem(consolidate.FormRow{}), nil)
	for i, r := range s.Form2 {
		it := item{values: formItem(r)}
		switch {
		case r.Level == 0:
			sumsUp(it.values, r, s.Form2[i+1:], r.No == "III")
			sections.items = append(sections.items, it)
		case r.Average:
			it.parent = len(sections.items) - 1
			averages.items = append(averages.items, it)
		case r.Level == 1:
			// "chia ra" is a partition: its parts add up. Other parts overlap.
			sumsUp(it.values, r, s.Form2[i+1:], strings.HasSuffix(r.Label, "chia ra:"))
			it.parent = len(sections.items) - 1
			rows.items = append(rows.items, it)
		default:
			it.parent = len(rows.items) - 1
			parts.items = append(parts.items, it)
		}
	}
	b.lists["form"], b.lists["formRow"], b.lists["formPart"], b.lists["formAverage"] = sections, rows, parts, averages

	originItem := func(r consolidate.FormRow) map[string]any {
		return map[string]any{"no": r.No, "label": r.Label, "total": dashed(r.Now), "women": dashed(r.Women), "share": dashed(r.Ratio)}
	}
	blocks, origins := newList("", originItem(consolidate.FormRow{}), nil), newList("origin", originItem(consolidate.FormRow{}), nil)
	for _, r := range s.Form2B {
		it := item{values: originItem(r)}
		if r.Level == 0 {
			// A sum of cells that are not known would be 0.
			it.values["total"], it.values["women"] = agreeing(dashed(r.Now), r.Now.Known), agreeing(dashed(r.Women), r.Women.Known)
			blocks.items = append(blocks.items, it)
		} else {
			it.parent = len(blocks.items) - 1
			origins.items = append(origins.items, it)
		}
	}
	b.lists["origin"], b.lists["originRow"] = blocks, origins
}

// sumsUp keeps the formula of a row that is the sum of the rows one level below it:
// where it is no such row, or its parts do not give its figure, the figure is fixed.
func sumsUp(values map[string]any, r consolidate.FormRow, below []consolidate.FormRow, partition bool) {
	now, lastYear := 0, 0
	for _, part := range below {
		if part.Level <= r.Level {
			break
		}
		if part.Level == r.Level+1 {
			now, lastYear = now+part.Now.N, lastYear+part.LastYear.N
		}
	}
	values["now"] = agreeing(values["now"], partition && r.Now.Known && now == r.Now.N)
	values["lastYear"] = agreeing(values["lastYear"], partition && r.LastYear.Known && lastYear == r.LastYear.N)
}
