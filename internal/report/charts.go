package report

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/template"
)

// addCharts adds the two charts and the lists they are drawn from: bar, all ranked
// units, best first, and month, the months of the year so far.
func addCharts(b *template.Book, s *consolidate.Summary, names names) {
	barItem := func(_ int, u consolidate.UnitLine) map[string]any {
		values := lineValues(u.Line)
		values["rank"], values["name"] = u.Line.Rank, names.of(u.Unit.Code)
		return values
	}
	ranked := rankedUnits(s)
	longest, lines := 0, 0
	for _, u := range ranked {
		longest = max(longest, u.Line.Percent.N)
		lines += 1 + utf8.RuneCountInString(names.of(u.Unit.Code))/nameLine
	}
	b.Lists["bar"] = template.ListOf(ranked, barItem)

	monthItem := func(_ int, m consolidate.MonthLine) map[string]any {
		moved := func(list []consolidate.Moved) domain.Count {
			return domain.Count{N: inMonth(list, m.Period), Known: !s.Movement.Period.IsZero()}
		}
		return map[string]any{
			"name": fmt.Sprintf("Tháng %d", m.Period.Month), "inMonth": m.InMonth, "toDate": m.ToDate, "lastYear": m.LastYear,
			"change": m.ToDate.Minus(m.LastYear), "late": moved(s.Movement.Late), "withdrawn": moved(s.Movement.Withdrawn),
		}
	}
	series, colours := []string{"month.toDate"}, []string{"C00000"}
	title := fmt.Sprintf("Số đảng viên kết nạp từ đầu năm %d, theo tháng", s.Period.Year())
	if slices.ContainsFunc(s.Months, func(m consolidate.MonthLine) bool { return m.LastYear.Known }) {
		series, colours = append(series, "month.lastYear"), append(colours, "BFBFBF")
		title += fmt.Sprintf(", so với năm %d", s.Period.Year()-1)
	}
	months := s.Months
	if !s.Whole.ToDate.Known {
		months = nil // nothing to draw
	}
	b.Lists["month"] = template.ListOf(months, monthItem)

	// A chart of a page has room for some 30 lines of names of the usual size, and for
	// 60 small ones; beyond, programs write them over each other. So they do with the
	// figures of neighbouring months when these are long.
	font, monthFont, order := 10.0, 10.0, ""
	if lines > 30 {
		font = 8
	}
	if s.Whole.ToDate.N >= 1000 {
		monthFont = 8
	}
	crowded := lines > 60
	if crowded {
		order = fmt.Sprintf(", %s đơn vị từ cao xuống thấp", viet.Thousands(len(ranked)))
	}
	const empty = "Chưa có số liệu để vẽ biểu đồ"
	b.Add("chart", map[string]any{
		"percent": &template.Chart{
			Title:      fmt.Sprintf("Tỷ lệ %% chỉ tiêu năm, đến hết %s%s", s.Period.Label(), order),
			Categories: "bar.name", Series: []string{"bar.percent"}, Colours: []string{"C00000"}, Format: `[$-42A]0.00"%"`, Empty: empty,
			// Room for the label beyond the longest bar, in steps of 20 %.
			Top: math.Ceil(float64(longest)*1.25/2000) * 20, FontSize: font, Crowded: crowded,
		},
		"months": &template.Chart{
			Columns: true, Title: title,
			Categories: "month.name", Series: series, Colours: colours, Format: "#,##0", Empty: empty, FontSize: monthFont,
		},
	})
}

// nameLine is how many letters of a name stand in one line beside its bar.
const nameLine = 34

// rankedUnits is the ranked units, best first.
func rankedUnits(s *consolidate.Summary) []consolidate.UnitLine {
	units := slices.DeleteFunc(s.Units(), func(u consolidate.UnitLine) bool { return u.Line.Rank == 0 })
	slices.SortStableFunc(units, func(a, b consolidate.UnitLine) int { return a.Line.Rank - b.Line.Rank })
	return units
}

// addBands adds the list band, the units by the share of the target they reached.
func addBands(b *template.Book, s *consolidate.Summary, names names) {
	bandItem := func(_ int, band consolidate.Band) map[string]any {
		return map[string]any{
			"name": band.Label, "count": len(band.Units), "units": names.list(band.Units, ", "),
			"share": domain.PercentOf(domain.People(len(band.Units)), domain.People(s.Whole.Expected)),
		}
	}
	var bands []consolidate.Band
	count := 0
	for _, band := range s.Bands {
		count += len(band.Units)
		if !band.Outside || len(band.Units) > 0 {
			bands = append(bands, band)
		}
	}
	b.Lists["band"] = template.ListOf(bands, bandItem)
	b.Values["bands.count"] = count
}

// bandLabels are the classes of the units, by code.
func bandLabels(s *consolidate.Summary) map[string]string {
	labels := map[string]string{}
	for _, band := range s.Bands {
		for _, code := range band.Units {
			labels[code] = band.Label
		}
	}
	return labels
}
