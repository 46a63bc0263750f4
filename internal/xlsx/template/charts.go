package template

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
)

// drawn finds the cells that a chart on a sheet is drawn from, by field: all on that
// sheet, or all on the first other one that has them; nil when there is nothing to draw.
// It tells what is missing.
func (s *sheet) drawn(ch *Chart) (from map[string]Place, problem string) {
	for _, sheet := range append([]*sheet{s}, s.template.sheets...) {
		from, missing, nothing := map[string]Place{}, "", false
		for _, name := range append([]string{ch.Categories}, ch.Series...) {
			prefix, field, _ := strings.Cut(name, ".")
			cell, why := sheet.find(outside, prefix, field)
			if cell == nil {
				missing = cmp.Or(missing, why)
				continue
			}
			from[name] = sheet.place(cell)
			nothing = nothing || from[name].Rows == 0
		}
		if nothing {
			from = nil
		}
		if missing == "" {
			return from, ""
		}
		problem = cmp.Or(problem, missing)
	}
	return nil, problem
}

// draw adds the charts that the template asks for by name. excelize draws them into
// the package, which has no cells yet.
func (t *template) draw() error {
	var steps []func(f *excelize.File) error
	for _, s := range t.sheets {
		for _, cell := range s.active {
			if cell.from == nil {
				continue
			}
			for _, r := range s.rows[cell.row].expanded {
				steps = append(steps, func(f *excelize.File) error { return s.drawChart(f, cell, cell.area.Down(r-cell.row)) })
			}
		}
	}
	if len(steps) == 0 {
		return nil
	}
	data, err := t.pkg.Bytes()
	if err != nil {
		return err
	}
	f, err := openFile(data, templateSize)
	if err != nil {
		return fmt.Errorf("open to draw charts: %w", err)
	}
	defer f.Close()
	for _, step := range steps {
		if err := step(f); err != nil {
			return fmt.Errorf("draw a chart: %w", err)
		}
	}
	// excelize walks a map where it lists content types.
	types := f.ContentTypes.Defaults
	sort.SliceStable(types, func(i, j int) bool { return types[i].Extension < types[j].Extension })
	var drawn bytes.Buffer
	if err := f.Write(&drawn); err != nil {
		return fmt.Errorf("write charts: %w", err)
	}
	if t.pkg, err = edit.Open(drawn.Bytes()); err != nil {
		return err
	}
	for _, at := range t.pkg.Sheets {
		if s := t.sheetNamed(at.Name); s != nil {
			s.part = at.Part
		}
	}
	return nil
}

// drawChart adds the chart of a cell over a merged area.
func (s *sheet) drawChart(f *excelize.File, cell *sampleCell, area edit.Area) error {
	// excelize finds the last cell a chart covers by pixels of its own reckoning
	// (8 to a digit, 4 to 3.4 points); the chart fills the area when the sums here
	// are the same.
	var width, height uint
	for col := area.Left; col <= area.Right; col++ {
		chars, err := f.GetColWidth(s.name, edit.ColumnName(col))
		if err != nil {
			return err
		}
		width += uint(chars*8 + 0.5)
	}
	for row := area.Top; row <= area.Bottom; row++ {
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
	ch, size := cell.chart, cmp.Or(cell.chart.FontSize, 10)
	spec := &excelize.Chart{
		Type:       excelize.Bar,
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: ch.Title, Font: &title}}},
		Dimension:  excelize.ChartDimension{Width: width - 1, Height: height - 1},
		Legend:     excelize.ChartLegend{Position: "none"},
		PlotArea:   excelize.ChartPlotArea{ShowVal: !ch.Crowded, NumFmt: excelize.ChartNumFmt{CustomNumFmt: ch.Format}},
		XAxis:      excelize.ChartAxis{Font: text(size), ReverseOrder: !ch.Columns, None: ch.Crowded},
		YAxis:      excelize.ChartAxis{Font: text(size), Minimum: new(float64), MajorGridLines: true, None: !ch.Columns && !ch.Crowded},
		VaryColors: new(bool),
		GapWidth:   new(uint(50)),
	}
	if ch.Columns {
		spec.Type = excelize.Col
	}
	if ch.Top > 0 {
		spec.YAxis.Maximum = &ch.Top
	}
	if len(ch.Series) > 1 {
		spec.Legend = excelize.ChartLegend{Position: "bottom", Font: new(text(11))}
	}
	for i, name := range ch.Series {
		values := cell.from[name]
		above := Place{Sheet: values.Sheet, Col: values.Col, Top: values.Top - 1, Rows: 1}
		spec.Series = append(spec.Series, excelize.ChartSeries{
			Name: above.Absolute(), Categories: cell.from[ch.Categories].absolute(true), Values: values.absolute(true),
			Fill:              excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{ch.Colours[i]}},
			DataLabel:         excelize.ChartDataLabel{Font: text(size)},
			DataLabelPosition: excelize.ChartDataLabelsPositionOutsideEnd,
		})
	}
	return f.AddChart(s.name, edit.Ref(area.Top, area.Left), spec)
}
