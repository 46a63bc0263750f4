package render

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/returns"
)

// book is what a template may ask for: single values by name, and lists whose
// items each make a row. docs/templates.md tells the office how to ask.
type book struct {
	values map[string]any // "period.label"
	lists  map[string]list
}

// list is the items of one kind of row.
type list struct {
	in     string   // the list whose items these belong to; "" for none
	fields []string // every field an item has, also when there are no items
	items  []item
}

// item is one row's worth of values. A value is a string, an int, a
// returns.Count, Hundredths or Date, a *chart, or fixed; nil and what is not
// known leave the cell empty.
type item struct {
	parent int // index in the list that in names
	values map[string]any
}

// fixed is a value shown without the formula the template has for it, because
// here the formula would give another number.
type fixed struct{ value any }

// chart is a native chart; it fills the merged area its placeholder stands in.
type chart struct {
	kind       excelize.ChartType
	title      string
	categories string   // field of a list on the same sheet: "bar.name"
	series     []string // fields; each is named by the cell above its first row
	colours    []string
	format     string  // of the labels
	top        float64 // the largest value of the axis; 0 leaves it to the program
	empty      string  // the text shown instead when the list has no items
}

// Limits of a template, far above any use: a sheet beyond them was formatted to
// its edge by accident.
const (
	maxTemplateRows = 500
	maxTemplateCols = 200
)

var (
	placeholderText = regexp.MustCompile(`\{\{\s*([A-Za-z]+)\.([A-Za-z]+)\s*(?:=\s*([^{}]*?)\s*)?\}\}`)
	referenceText   = regexp.MustCompile(`\[(\$?)(?:([A-Za-z]+)\.)?([A-Za-z]+)\]`)
)

// placeholder is {{prefix.field}} or {{prefix.field = formula}}.
type placeholder struct{ prefix, field, formula string }

func (p placeholder) String() string { return p.prefix + "." + p.field }

// sampleCell is a cell of the template.
type sampleCell struct {
	style  int
	wrap   bool
	bold   bool
	size   float64 // of the font, in points
	text   string
	number any                    // a constant number
	rich   []excelize.RichTextRun // a text in several fonts
	asks   *placeholder           // the text is one placeholder and nothing else
}

// sampleRow is a row of the template. A row of a list is repeated.
type sampleRow struct {
	number int
	height float64
	hidden bool
	list   string
	cells  []sampleCell
}

// outRow is a row of the result: a sample row and, for each list it stands in,
// the item it shows.
type outRow struct {
	sample *sampleRow
	shows  map[string]int
}

// area is a merged range of the template, 1-based.
type area struct{ top, left, bottom, right int }

// sheet is one sheet being filled.
type sheet struct {
	file   *excelize.File
	name   string
	book   *book
	widths []float64 // of the columns, in points
	rows   []sampleRow
	merges []area
	out    []outRow
	runs   []run
}

// run is consecutive sample rows that are repeated together, by row number, and
// how many rows were made of them.
type run struct{ first, last, made int }

// fill fills a template. The result depends on template and book only.
func fill(template []byte, b *book) ([]byte, error) {
	f, err := excelize.OpenReader(bytes.NewReader(template), excelize.Options{UnzipSizeLimit: 200 << 20, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("open template: %w", err)
	}
	defer f.Close()
	var sheets []*sheet
	var errs []error
	for _, name := range f.GetSheetList() {
		s := &sheet{file: f, name: name, book: b}
		if err := s.read(); err != nil {
			errs = append(errs, err)
			continue
		}
		sheets = append(sheets, s)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, s := range sheets {
		s.layOut()
		if err := s.write(); err != nil {
			return nil, fmt.Errorf("sheet %q: %w", s.name, err)
		}
	}
	// Every text is written in its cell; what is left here is the template's
	// placeholders.
	if f.SharedStrings != nil {
		f.SharedStrings.SI, f.SharedStrings.Count, f.SharedStrings.UniqueCount = nil, 0, 0
	}
	return pack(f)
}

// pack is the bytes of a workbook. excelize walks maps where it lists content
// types and streamed sheets; here both are put in order, so that the same workbook
// always is the same bytes.
func pack(f *excelize.File) ([]byte, error) {
	if types := f.ContentTypes; types != nil {
		sort.SliceStable(types.Defaults, func(i, j int) bool { return types.Defaults[i].Extension < types.Defaults[j].Extension })
	}
	var written bytes.Buffer
	if err := f.Write(&written); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	parts, err := zip.NewReader(bytes.NewReader(written.Bytes()), int64(written.Len()))
	if err != nil {
		return nil, fmt.Errorf("order workbook: %w", err)
	}
	// [Content_Types].xml sorts first, where readers of streams expect it.
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var ordered bytes.Buffer
	w := zip.NewWriter(&ordered)
	for _, part := range parts.File {
		if err := w.Copy(part); err != nil {
			return nil, fmt.Errorf("order workbook: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("order workbook: %w", err)
	}
	return ordered.Bytes(), nil
}

// read takes the sample rows from the template and checks every placeholder; all
// faults are reported together.
func (s *sheet) read() error {
	height, width, err := s.extent()
	if err != nil {
		return fmt.Errorf("template sheet %q: %w", s.name, err)
	}
	for c := 1; c <= width; c++ {
		chars, err := s.file.GetColWidth(s.name, returns.ColumnName(c))
		if err != nil {
			return fmt.Errorf("template sheet %q: %w", s.name, err)
		}
		s.widths = append(s.widths, columnPoints(chars))
	}
	fonts := map[int]sampleCell{}
	var errs []error
	for r := 1; r <= height; r++ {
		row := sampleRow{number: r, cells: make([]sampleCell, width)}
		row.height, err = s.file.GetRowHeight(s.name, r)
		errs = append(errs, err)
		visible, err := s.file.GetRowVisible(s.name, r)
		errs = append(errs, err)
		row.hidden = !visible
		for c := range row.cells {
			ref := returns.Cell{Row: r, Col: c + 1}.Ref()
			if row.cells[c], err = s.readCell(ref, fonts); err == nil {
				err = s.check(&row, &row.cells[c])
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("template sheet %q cell %s: %w", s.name, ref, err))
			}
		}
		s.rows = append(s.rows, row)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, m := range s.merges {
		if m.top != m.bottom && slices.ContainsFunc(s.rows[m.top-1:m.bottom], func(r sampleRow) bool { return r.list != "" }) {
			return fmt.Errorf("template sheet %q: the merged cells at %s reach over more than one row, and one of them is repeated",
				s.name, returns.Cell{Row: m.top, Col: m.left}.Ref())
		}
	}
	return nil
}

// extent is how many rows and columns the template uses. The stored dimension
// misses nothing that Excel saved, the cells themselves nothing that others did.
func (s *sheet) extent() (height, width int, err error) {
	grow := func(ref string) error {
		for corner := range strings.SplitSeq(ref, ":") {
			c, r, err := excelize.CellNameToCoordinates(corner)
			if err != nil {
				return err
			}
			height, width = max(height, r), max(width, c)
		}
		return nil
	}
	dimension, err := s.file.GetSheetDimension(s.name)
	if err != nil {
		return 0, 0, err
	}
	if err := grow(dimension); dimension != "" && err != nil {
		return 0, 0, err
	}
	rows, err := s.file.GetRows(s.name)
	if err != nil {
		return 0, 0, err
	}
	height = max(height, len(rows))
	for _, row := range rows {
		width = max(width, len(row))
	}
	merged, err := s.file.GetMergeCells(s.name)
	if err != nil {
		return 0, 0, err
	}
	for _, m := range merged {
		if err := errors.Join(grow(m.GetStartAxis()), grow(m.GetEndAxis())); err != nil {
			return 0, 0, err
		}
		left, top, _ := excelize.CellNameToCoordinates(m.GetStartAxis())
		right, bottom, _ := excelize.CellNameToCoordinates(m.GetEndAxis())
		s.merges = append(s.merges, area{top, left, bottom, right})
	}
	if height > maxTemplateRows || width > maxTemplateCols {
		return 0, 0, fmt.Errorf("it reaches to %s, beyond %d rows or %d columns: delete the unused rows and columns",
			returns.Cell{Row: height, Col: width}.Ref(), maxTemplateRows, maxTemplateCols)
	}
	return height, width, nil
}

func (s *sheet) readCell(ref string, fonts map[int]sampleCell) (sampleCell, error) {
	style, err := s.file.GetCellStyle(s.name, ref)
	if err != nil {
		return sampleCell{}, err
	}
	cell, ok := fonts[style]
	if !ok {
		cell = sampleCell{style: style, size: 11}
		if st, err := s.file.GetStyle(style); err == nil {
			if st.Font != nil {
				cell.bold, cell.size = st.Font.Bold, st.Font.Size
			}
			cell.wrap = st.Alignment != nil && st.Alignment.WrapText
		}
		fonts[style] = cell
	}
	formula, err := s.file.GetCellFormula(s.name, ref)
	if err != nil {
		return cell, err
	}
	if formula != "" {
		return cell, fmt.Errorf("an ordinary formula would not follow its rows; write it as {{name = %s}}", formula)
	}
	if s.inMerge(ref) {
		return cell, nil
	}
	if cell.text, err = s.file.GetCellValue(s.name, ref); err != nil || cell.text == "" {
		return cell, err
	}
	kind, err := s.file.GetCellType(s.name, ref)
	if err != nil {
		return cell, err
	}
	if kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset {
		if n, err := strconv.ParseFloat(cell.text, 64); err == nil {
			cell.number = n
		}
		return cell, nil
	}
	if runs, err := s.file.GetCellRichText(s.name, ref); err == nil && len(runs) > 1 {
		cell.rich = runs
	}
	return cell, nil
}

// inMerge reports whether ref is in a merged area but not its first cell: excelize
// gives the area's text for each of its cells.
func (s *sheet) inMerge(ref string) bool {
	c, r, _ := excelize.CellNameToCoordinates(ref)
	return slices.ContainsFunc(s.merges, func(m area) bool {
		return m.top <= r && r <= m.bottom && m.left <= c && c <= m.right && (r != m.top || c != m.left)
	})
}

// check finds the placeholders of a cell, and the list its row is repeated for:
// the innermost of those named in it.
func (s *sheet) check(row *sampleRow, cell *sampleCell) error {
	found := placeholderText.FindAllStringSubmatch(cell.text, -1)
	if rest := placeholderText.ReplaceAllString(cell.text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return fmt.Errorf("%q is not a placeholder; they look like {{unit.name}}", cell.text)
	}
	for _, m := range found {
		p := placeholder{m[1], m[2], m[3]}
		l, isList := s.book.lists[p.prefix]
		_, isValue := s.book.values[p.String()]
		if !isValue && !(isList && slices.Contains(l.fields, p.field)) {
			return fmt.Errorf("unknown placeholder {{%s}}; %s", p, s.book.known(p.prefix))
		}
		if isList {
			switch {
			case row.list == "" || s.book.within(p.prefix, row.list):
				row.list = p.prefix
			case !s.book.within(row.list, p.prefix):
				return fmt.Errorf("{{%s}} is in a row of the list %q", p, row.list)
			}
		}
		if m[0] == strings.TrimSpace(cell.text) {
			cell.asks, cell.rich = &p, nil
		} else if p.formula != "" {
			return fmt.Errorf("{{%s = …}} has a formula, so nothing else may stand in its cell", p)
		}
	}
	return nil
}

// within reports whether list a is outer or stands inside it.
func (b *book) within(a, outer string) bool {
	for ; a != ""; a = b.lists[a].in {
		if a == outer {
			return true
		}
	}
	return false
}

// known tells the names that exist: of the prefix, or the prefixes.
func (b *book) known(prefix string) string {
	var names []string
	for _, field := range b.lists[prefix].fields {
		names = append(names, prefix+"."+field)
	}
	prefixes := map[string]bool{}
	for name := range b.values {
		p, _, _ := strings.Cut(name, ".")
		prefixes[p] = true
		if p == prefix {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		return "there are " + strings.Join(names, ", ")
	}
	for name := range b.lists {
		prefixes[name] = true
	}
	return "names begin with " + strings.Join(slices.Sorted(maps.Keys(prefixes)), ", ")
}

// layOut decides which sample row makes which rows of the result.
func (s *sheet) layOut() {
	s.out = s.expand(s.rows, "", nil)
}

// expand repeats sample rows. A run of rows of one list, with the rows of lists
// inside it, is repeated for each item; shows are the items around it.
func (s *sheet) expand(rows []sampleRow, inside string, shows map[string]int) []outRow {
	var out []outRow
	for i := 0; i < len(rows); {
		name := rows[i].list
		if name == inside {
			out = append(out, outRow{&rows[i], shows})
			i++
			continue
		}
		end := i + 1
		for end < len(rows) && rows[end].list != inside && s.book.within(rows[end].list, name) {
			end++
		}
		l, before := s.book.lists[name], len(out)
		for n, it := range l.items {
			if around, ok := shows[l.in]; ok && it.parent != around {
				continue
			}
			here := maps.Clone(shows)
			if here == nil {
				here = map[string]int{}
			}
			here[name] = n
			if _, ok := here[l.in]; !ok && l.in != "" {
				here[l.in] = it.parent
			}
			out = append(out, s.expand(rows[i:end], name, here)...)
		}
		if inside == "" {
			s.runs = append(s.runs, run{rows[i].number, rows[end-1].number, len(out) - before})
		}
		i = end
	}
	return out
}

// value is what a placeholder stands for in a row.
func (s *sheet) value(p placeholder, row outRow) any {
	if l, ok := s.book.lists[p.prefix]; ok {
		return l.items[row.shows[p.prefix]].values[p.field]
	}
	return s.book.values[p.String()]
}

// write makes room for the rows, adds the charts and streams the cells.
func (s *sheet) write() error {
	if err := s.makeRoom(); err != nil {
		return err
	}
	last := returns.Cell{Row: max(1, len(s.out)), Col: max(1, len(s.widths))}.Ref()
	if err := s.file.SetSheetDimension(s.name, "A1:"+last); err != nil {
		return err
	}
	merges := s.outMerges()
	cells := make([][]any, len(s.out))
	for r, row := range s.out {
		cells[r] = make([]any, len(s.widths))
		for c := range row.sample.cells {
			cell, err := s.cell(r, c, merges)
			if err != nil {
				return fmt.Errorf("template cell %s: %w", returns.Cell{Row: row.sample.number, Col: c + 1}.Ref(), err)
			}
			cells[r][c] = cell
		}
	}
	w, err := s.file.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	for r, row := range s.out {
		opts := excelize.RowOpts{Height: s.heightOf(r, cells[r], merges), Hidden: row.sample.hidden}
		if err := w.SetRow(returns.Cell{Row: r + 1, Col: 1}.Ref(), cells[r], opts); err != nil {
			return err
		}
	}
	for _, m := range merges {
		if err := w.MergeCell(returns.Cell{Row: m.top, Col: m.left}.Ref(), returns.Cell{Row: m.bottom, Col: m.right}.Ref()); err != nil {
			return err
		}
	}
	return w.Flush()
}

// makeRoom inserts or removes rows where samples are repeated, so that print
// areas, filters, conditional formats and pictures move along. It works upwards,
// so that rows above keep their numbers, and inserts before the last sample row,
// so that a range from the header to the sample grows.
func (s *sheet) makeRoom() error {
	for _, r := range slices.Backward(s.runs) {
		have := r.last - r.first + 1
		if r.made > have {
			if err := s.file.InsertRows(s.name, r.last, r.made-have); err != nil {
				return err
			}
		}
		for ; r.made < have; have-- {
			if err := s.file.RemoveRow(s.name, r.first); err != nil {
				return err
			}
		}
	}
	return nil
}

// outMerges are the merged areas of the result.
func (s *sheet) outMerges() []area {
	var merges []area
	for r, row := range s.out {
		for _, m := range s.merges {
			if m.top == row.sample.number {
				merges = append(merges, area{r + 1, m.left, r + 1 + m.bottom - m.top, m.right})
			}
		}
	}
	return merges
}

// cell is a cell of the result as StreamWriter takes it; r and c are 0-based.
func (s *sheet) cell(r, c int, merges []area) (any, error) {
	row, sample := s.out[r], s.out[r].sample.cells[c]
	out := excelize.Cell{StyleID: sample.style}
	switch {
	case sample.number != nil:
		out.Value = sample.number
	case sample.rich != nil:
		runs := slices.Clone(sample.rich)
		for i := range runs {
			runs[i].Text = s.prose(runs[i].Text, row)
		}
		out.Value = runs
	case sample.asks == nil:
		if text := s.prose(sample.text, row); text != "" {
			out.Value = text
		}
	default:
		value := s.value(*sample.asks, row)
		if ch, ok := value.(*chart); ok {
			drawn, err := s.draw(ch, r, c, merges)
			if err != nil {
				return nil, err
			}
			if !drawn {
				out.Value = ch.empty
			}
			return out, nil
		}
		formula := sample.asks.formula
		if f, ok := value.(fixed); ok {
			value, formula = f.value, ""
		}
		if out.Value = stored(value); out.Value == nil || formula == "" {
			return out, nil
		}
		var err error
		out.Formula, err = s.formula(formula, r)
		return out, err
	}
	return out, nil
}

// prose replaces the placeholders within a text.
func (s *sheet) prose(text string, row outRow) string {
	return placeholderText.ReplaceAllStringFunc(text, func(m string) string {
		parts := placeholderText.FindStringSubmatch(m)
		value := s.value(placeholder{prefix: parts[1], field: parts[2]}, row)
		if f, ok := value.(fixed); ok {
			value = f.value
		}
		switch v := value.(type) {
		case returns.Hundredths:
			return v.String()
		case returns.Date:
			return v.String()
		}
		if v := stored(value); v != nil {
			return fmt.Sprint(v)
		}
		return ""
	})
}

// epoch is day 0 of a workbook's dates.
var epoch = returns.Date{Year: 1899, Month: 12, Day: 30}

// stored is the value a cell holds; nil leaves it empty.
func stored(value any) any {
	switch v := value.(type) {
	case returns.Count:
		if v.Known {
			return v.N
		}
	case returns.Hundredths:
		if v.Known {
			return v.Float()
		}
	case returns.Date:
		if !v.IsZero() {
			return v.DaysSince(epoch)
		}
	case string:
		if v != "" {
			return v
		}
	case int:
		return v
	}
	return nil
}

// formula turns [field] into the cell of that field in the same row, [list.field]
// into the cells of the rows that belong to this one, and [$list.field] into the
// whole column from the first to the last such row. "" when there is no such row.
func (s *sheet) formula(formula string, r int) (string, error) {
	var errs []error
	void := false
	result := referenceText.ReplaceAllStringFunc(formula, func(m string) string {
		parts := referenceText.FindStringSubmatch(m)
		whole, prefix, field := parts[1] != "", parts[2], parts[3]
		if prefix == "" {
			c, err := columnOf(s.out[r].sample, func(p placeholder) bool { return p.field == field })
			if err == nil && c < 0 {
				err = fmt.Errorf("%s: this row has no cell {{….%s}}", m, field)
			}
			errs = append(errs, err)
			return returns.Cell{Row: r + 1, Col: c + 1}.Ref()
		}
		within := s.out[r].shows
		if whole {
			within = nil
		}
		rows, c, err := s.find(placeholder{prefix: prefix, field: field}, within)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m, err))
			return ""
		}
		if len(rows) == 0 {
			void = true
			return ""
		}
		if whole {
			return absolute(rows[0], rows[len(rows)-1], c)
		}
		return areas(rows, c)
	})
	if err := errors.Join(errs...); err != nil || void {
		return "", err
	}
	return result, nil
}

// columnOf is the 0-based column of the one cell whose placeholder fits, -1 when
// there is none.
func columnOf(row *sampleRow, fits func(placeholder) bool) (int, error) {
	found := -1
	for c, cell := range row.cells {
		if cell.asks == nil || !fits(*cell.asks) {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("two cells of row %d have {{%s}}", row.number, *cell.asks)
		}
		found = c
	}
	return found, nil
}

// find is the rows of the result, and the column, that show a placeholder of the
// template, limited to the items shown around.
func (s *sheet) find(p placeholder, around map[string]int) (rows []int, col int, err error) {
	sample := -1
	for i := range s.rows {
		c, err := columnOf(&s.rows[i], func(q placeholder) bool { return q.prefix == p.prefix && q.field == p.field })
		switch {
		case err != nil:
			return nil, 0, err
		case c >= 0 && sample >= 0:
			return nil, 0, fmt.Errorf("{{%s}} stands in row %d and in row %d", p, s.rows[sample].number, s.rows[i].number)
		case c >= 0:
			sample, col = i, c
		}
	}
	if sample < 0 {
		return nil, 0, fmt.Errorf("the sheet has no cell {{%s}}", p)
	}
	for r, row := range s.out {
		if row.sample != &s.rows[sample] {
			continue
		}
		inside := true
		for l, n := range around {
			if l != p.prefix && s.book.within(p.prefix, l) && row.shows[l] != n {
				inside = false
			}
		}
		if inside {
			rows = append(rows, r)
		}
	}
	return rows, col, nil
}

// areas is the rows of a column as Excel lists them, runs of rows as ranges:
// G11:G34,G36.
func areas(rows []int, c int) string {
	var parts []string
	for i := 0; i < len(rows); {
		j := i
		for j+1 < len(rows) && rows[j+1] == rows[j]+1 {
			j++
		}
		part := returns.Cell{Row: rows[i] + 1, Col: c + 1}.Ref()
		if j > i {
			part += ":" + returns.Cell{Row: rows[j] + 1, Col: c + 1}.Ref()
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}

// absolute is a range of a column with dollar signs; rows and column 0-based.
func absolute(first, last, c int) string {
	col := returns.ColumnName(c + 1)
	return fmt.Sprintf("$%s$%d:$%s$%d", col, first+1, col, last+1)
}

// draw adds a chart over the merged area whose first cell is at r, c. It reports
// false when there is nothing to draw.
func (s *sheet) draw(ch *chart, r, c int, merges []area) (bool, error) {
	place := area{r + 1, c + 1, r + 1, c + 1}
	if i := slices.IndexFunc(merges, func(m area) bool { return m.top == r+1 && m.left == c+1 }); i >= 0 {
		place = merges[i]
	}
	ranges := map[string]string{}
	names := map[string]string{}
	quoted := "'" + strings.ReplaceAll(s.name, "'", "''") + "'!"
	for _, name := range append([]string{ch.categories}, ch.series...) {
		prefix, field, _ := strings.Cut(name, ".")
		rows, col, err := s.find(placeholder{prefix: prefix, field: field}, nil)
		if err != nil {
			return false, err
		}
		if len(rows) == 0 {
			return false, nil
		}
		ranges[name] = quoted + absolute(rows[0], rows[len(rows)-1], col)
		names[name] = quoted + fmt.Sprintf("$%s$%d", returns.ColumnName(col+1), rows[0])
	}
	// excelize finds the last cell a chart covers by pixels of its own reckoning
	// (8 to a digit, 4 to 3.4 points); the chart fills the area when the sums here
	// are the same.
	var width, height uint
	for col := place.left; col <= place.right; col++ {
		chars, err := s.file.GetColWidth(s.name, returns.ColumnName(col))
		if err != nil {
			return false, err
		}
		width += uint(chars*8 + 0.5)
	}
	for row := place.top; row <= place.bottom; row++ {
		height += uint(math.Ceil(s.out[row-1].sample.height * 4 / 3.4))
	}
	text := func(size float64) excelize.Font {
		return excelize.Font{Family: "Times New Roman", Size: size, Color: "000000"}
	}
	title := text(13)
	title.Bold = true
	gap := uint(50)
	vary := false
	spec := &excelize.Chart{
		Type:       ch.kind,
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: ch.title, Font: &title}}},
		Dimension:  excelize.ChartDimension{Width: width - 1, Height: height - 1},
		Legend:     excelize.ChartLegend{Position: "none"},
		PlotArea:   excelize.ChartPlotArea{ShowVal: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: ch.format}},
		XAxis:      excelize.ChartAxis{Font: text(10), ReverseOrder: ch.kind == excelize.Bar},
		YAxis:      excelize.ChartAxis{Font: text(10), Minimum: new(float64), MajorGridLines: true, None: ch.kind == excelize.Bar},
		VaryColors: &vary,
		GapWidth:   &gap,
	}
	if ch.top > 0 {
		spec.YAxis.Maximum = &ch.top
	}
	if len(ch.series) > 1 {
		font := text(11)
		spec.Legend = excelize.ChartLegend{Position: "bottom", Font: &font}
	}
	for i, name := range ch.series {
		spec.Series = append(spec.Series, excelize.ChartSeries{
			Name: names[name], Categories: ranges[ch.categories], Values: ranges[name],
			Fill:              excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{ch.colours[i]}},
			DataLabel:         excelize.ChartDataLabel{Font: text(10)},
			DataLabelPosition: excelize.ChartDataLabelsPositionOutsideEnd,
		})
	}
	return true, s.file.AddChart(s.name, returns.Cell{Row: place.top, Col: place.left}.Ref(), spec)
}
