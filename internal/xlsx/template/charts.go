package template

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
)

// drawnRange is where a field of a chart stands in the result.
type drawnRange struct {
	sheet            *sheet
	first, last, col int // 0-based
}

func (d drawnRange) values() string {
	return quotedSheet(d.sheet.name) + absolute(d.first, d.last, d.col)
}

// name is the cell above the first value.
func (d drawnRange) name() string {
	return quotedSheet(d.sheet.name) + fmt.Sprintf("$%s$%d", edit.ColumnName(d.col+1), d.first)
}

// absolute is a range of a column with dollar signs; rows and column 0-based.
func absolute(first, last, c int) string {
	col := edit.ColumnName(c + 1)
	return fmt.Sprintf("$%s$%d:$%s$%d", col, first+1, col, last+1)
}

// drawnFrom finds the cells (row, column) that a chart on a sheet is drawn from, by field:
// all on that sheet, or all on the first other one that has them. It tells what is missing.
func (t *template) drawnFrom(s *sheet, ch *Chart) (from *sheet, at map[string][2]int, problem string) {
	for _, from := range append([]*sheet{s}, t.sheets...) {
		at, why := map[string][2]int{}, ""
		for _, name := range append([]string{ch.Categories}, ch.Series...) {
			prefix, field, _ := strings.Cut(name, ".")
			row, col, missing := from.find(prefix, field)
			at[name], why = [2]int{row, col}, cmp.Or(why, missing)
		}
		if why == "" {
			return from, at, ""
		}
		problem = cmp.Or(problem, why)
	}
	return nil, nil, problem
}

// ranges are the ranges of a chart by field; none when there is nothing to draw.
func (t *template) ranges(s *sheet, ch *Chart) map[string]drawnRange {
	ranges := map[string]drawnRange{}
	from, at, _ := t.drawnFrom(s, ch)
	for field, cell := range at {
		rows := from.expanded[cell[0]].rows
		if len(rows) == 0 {
			return nil
		}
		ranges[field] = drawnRange{from, rows[0], rows[len(rows)-1], cell[1]}
	}
	return ranges
}

// draw adds the charts that the template asks for by name. excelize draws them into
// the package, which has no cells yet.
func (t *template) draw() error {
	type drawing struct {
		sheet *sheet
		chart *Chart
		place edit.Area
	}
	var drawings []drawing
	for _, s := range t.sheets {
		for i := range s.rows {
			sample := &s.rows[i]
			for c := range sample.cells {
				asks := sample.cells[c].asks
				if asks == nil {
					continue
				}
				ch, ok := t.book.Values[asks.String()].(*Chart)
				if !ok || len(t.ranges(s, ch)) == 0 {
					continue
				}
				for _, r := range s.expanded[i].rows {
					place := edit.Area{Top: r + 1, Left: c + 1, Bottom: r + 1, Right: c + 1}
					if at := slices.IndexFunc(sample.merges, func(m edit.Area) bool { return m.Left == c+1 }); at >= 0 {
						m := sample.merges[at]
						place.Right, place.Bottom = m.Right, r+1+m.Bottom-m.Top
					}
					drawings = append(drawings, drawing{s, ch, place})
				}
			}
		}
	}
	if len(drawings) == 0 {
		return nil
	}
	data, err := t.pkg.Bytes()
	if err != nil {
		return err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 200 << 20, RawCellValue: true})
	if err != nil {
		return fmt.Errorf("open to draw charts: %w", err)
	}
	defer f.Close()
	for _, d := range drawings {
		if err := d.sheet.drawChart(f, d.chart, d.place); err != nil {
			return fmt.Errorf("draw a chart on %s: %w", d.sheet.name, err)
		}
	}
	// excelize walks a map where it lists content types.
	if types := f.ContentTypes; types != nil {
		sort.SliceStable(types.Defaults, func(i, j int) bool { return types.Defaults[i].Extension < types.Defaults[j].Extension })
	}
	var drawn bytes.Buffer
	if err := f.Write(&drawn); err != nil {
		return fmt.Errorf("write charts: %w", err)
	}
	if t.pkg, err = edit.Open(drawn.Bytes()); err != nil {
		return err
	}
	for _, s := range t.sheets {
		for _, at := range t.pkg.Sheets {
			if at.Name == s.name {
				s.part = at.Part
			}
		}
	}
	return nil
}

// drawChart adds a chart over a merged area.
func (s *sheet) drawChart(f *excelize.File, ch *Chart, place edit.Area) error {
	ranges := s.template.ranges(s, ch)
	// excelize finds the last cell a chart covers by pixels of its own reckoning
	// (8 to a digit, 4 to 3.4 points); the chart fills the area when the sums here
	// are the same.
	var width, height uint
	for col := place.Left; col <= place.Right; col++ {
		chars, err := f.GetColWidth(s.name, edit.ColumnName(col))
		if err != nil {
			return err
		}
		width += uint(chars*8 + 0.5)
	}
	for row := place.Top; row <= place.Bottom; row++ {
		points := s.out[row-1].sample.height
		if err := f.SetRowHeight(s.name, row, points); err != nil {
			return err
		}
		height += uint(math.Ceil(points * 4 / 3.4))
	}
	text := func(size float64) excelize.Font {
		return excelize.Font{Family: "Times New Roman", Size: size, Color: "000000"}
	}
	title := text(13)
	title.Bold = true
	gap := uint(50)
	vary := false
	size := cmp.Or(ch.FontSize, 10)
	kind := map[ChartKind]excelize.ChartType{Bars: excelize.Bar, Columns: excelize.Col}[ch.Kind]
	spec := &excelize.Chart{
		Type:       kind,
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: ch.Title, Font: &title}}},
		Dimension:  excelize.ChartDimension{Width: width - 1, Height: height - 1},
		Legend:     excelize.ChartLegend{Position: "none"},
		PlotArea:   excelize.ChartPlotArea{ShowVal: !ch.Crowded, NumFmt: excelize.ChartNumFmt{CustomNumFmt: ch.Format}},
		XAxis:      excelize.ChartAxis{Font: text(size), ReverseOrder: ch.Kind == Bars},
		YAxis:      excelize.ChartAxis{Font: text(size), Minimum: new(float64), MajorGridLines: true, None: ch.Kind == Bars},
		VaryColors: &vary,
		GapWidth:   &gap,
	}
	if ch.Crowded {
		spec.XAxis.None, spec.YAxis.None = true, false
	}
	if ch.Top > 0 {
		spec.YAxis.Maximum = &ch.Top
	}
	if len(ch.Series) > 1 {
		font := text(11)
		spec.Legend = excelize.ChartLegend{Position: "bottom", Font: &font}
	}
	for i, name := range ch.Series {
		spec.Series = append(spec.Series, excelize.ChartSeries{
			Name: ranges[name].name(), Categories: ranges[ch.Categories].values(), Values: ranges[name].values(),
			Fill:              excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{ch.Colours[i]}},
			DataLabel:         excelize.ChartDataLabel{Font: text(size)},
			DataLabelPosition: excelize.ChartDataLabelsPositionOutsideEnd,
		})
	}
	return f.AddChart(s.name, edit.Ref(place.Top, place.Left), spec)
}
