package report

import (
	"strings"

	"ketnap/internal/consolidate"
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

// addForms adds the lists of the official forms. Biểu 2: form is its sections, with
// formRow in them, formPart in those (the rows that begin with "+"), and formAverage,
// the row that has years instead of persons. Biểu 2B: origin is its two blocks, with
// originRow in them.
func addForms(b *template.Book, s *consolidate.Summary) {
	formItem := func(r consolidate.FormRow) map[string]any {
		values := map[string]any{"no": r.No, "label": r.Label, "text": r.Label, "now": dashed(r.Now), "lastYear": dashed(r.LastYear),
			"percent": dashed(r.Ratio)}
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
	sections, rows := template.NewList("", formItem(consolidate.FormRow{}), nil),
		template.NewList("form", formItem(consolidate.FormRow{}), nil)
	parts, averages := template.NewList("formRow", formItem(consolidate.FormRow{}), nil),
		template.NewList("form", formItem(consolidate.FormRow{}), nil)
	for i, r := range s.Form2 {
		it := template.Item{Values: formItem(r)}
		switch {
		case r.Level == 0:
			sumsUp(it.Values, r, s.Form2[i+1:], r.No == "III")
			sections.Items = append(sections.Items, it)
		case r.Average:
			it.Parent = len(sections.Items) - 1
			averages.Items = append(averages.Items, it)
		case r.Level == 1:
			// "chia ra" is a partition: its parts add up. Other parts overlap.
			sumsUp(it.Values, r, s.Form2[i+1:], strings.HasSuffix(r.Label, "chia ra:"))
			it.Parent = len(sections.Items) - 1
			rows.Items = append(rows.Items, it)
		default:
			it.Parent = len(rows.Items) - 1
			parts.Items = append(parts.Items, it)
		}
	}
	b.Lists["form"], b.Lists["formRow"], b.Lists["formPart"], b.Lists["formAverage"] = sections, rows, parts, averages

	originItem := func(r consolidate.FormRow) map[string]any {
		return map[string]any{"no": r.No, "label": r.Label, "total": dashed(r.Now), "women": dashed(r.Women), "share": dashed(r.Ratio)}
	}
	blocks, origins := template.NewList("", originItem(consolidate.FormRow{}), nil),
		template.NewList("origin", originItem(consolidate.FormRow{}), nil)
	for _, r := range s.Form2B {
		it := template.Item{Values: originItem(r)}
		if r.Level == 0 {
			// A sum of cells that are not known would be 0.
			it.Values["total"], it.Values["women"] = agreeing(dashed(r.Now), r.Now.Known), agreeing(dashed(r.Women), r.Women.Known)
			blocks.Items = append(blocks.Items, it)
		} else {
			it.Parent = len(blocks.Items) - 1
			origins.Items = append(origins.Items, it)
		}
	}
	b.Lists["origin"], b.Lists["originRow"] = blocks, origins
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
