package report

import (
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
			values["now"], values["lastYear"] = dashed(domain.Hundredths(r.Now)), dashed(domain.Hundredths(r.LastYear))
		}
		if r.Heading {
			values["now"], values["lastYear"], values["percent"] = nil, nil, nil
		}
		return values
	}
	var sections, rows, parts, averages nested
	for i, r := range s.Form2 {
		values := formItem(r)
		switch {
		case r.Level == 0:
			sumsUp(values, r, s.Form2[i+1:], r.No == "III")
			sections.add(nested{}, values)
		case r.Average:
			averages.add(sections, values)
		case r.Level == 1:
			// "chia ra" is a partition: its parts add up. Other parts overlap.
			sumsUp(values, r, s.Form2[i+1:], strings.HasSuffix(r.Label, "chia ra:"))
			rows.add(sections, values)
		default:
			parts.add(rows, values)
		}
	}
	noForm := formItem(consolidate.FormRow{})
	b.Lists["form"], b.Lists["formRow"] = sections.list("", noForm), rows.list("form", noForm)
	b.Lists["formPart"], b.Lists["formAverage"] = parts.list("formRow", noForm), averages.list("form", noForm)

	originItem := func(r consolidate.FormRow) map[string]any {
		return map[string]any{"no": r.No, "label": r.Label, "total": dashed(r.Now), "women": dashed(r.Women), "share": dashed(r.Ratio)}
	}
	var blocks, origins nested
	for _, r := range s.Form2B {
		values := originItem(r)
		if r.Level == 0 {
			// A sum of cells that are not known would be 0.
			values["total"], values["women"] = agreeing(dashed(r.Now), r.Now.Known), agreeing(dashed(r.Women), r.Women.Known)
			blocks.add(nested{}, values)
		} else {
			origins.add(blocks, values)
		}
	}
	noOrigin := originItem(consolidate.FormRow{})
	b.Lists["origin"], b.Lists["originRow"] = blocks.list("", noOrigin), origins.list("origin", noOrigin)
}

// nested is the items of a list in the making, and which item of the list around each is in.
type nested struct {
	items   []map[string]any
	parents []int
}

// add adds an item, in the last one of the list around.
func (n *nested) add(around nested, values map[string]any) {
	n.items, n.parents = append(n.items, values), append(n.parents, len(around.items)-1)
}

func (n *nested) list(in string, blank map[string]any) template.List {
	l := template.Rows(in, blank, n.items)
	l.Parents = n.parents
	return l
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
