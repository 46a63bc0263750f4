package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
)

// What a workbook keeps beside its cells and speaks of rows: it follows the rows of
// the template to where they have gone. excelize does this as rows are inserted,
// but not for charts, comments and page breaks, and only for rows that stay
// together; here one reckoning serves all.

// relocate makes the parts of the package speak of the rows of the result, and takes
// the cells out.
func (t *template) relocate() {
	for _, s := range t.sheets {
		s.relocate()
	}
	t.relocateNames()
	// Cells hold their own texts now, and the order of calculation is Excel's to find.
	for _, rel := range t.pkg.Relations(t.pkg.Workbook) {
		if rel.Kind == "calcChain" || rel.Kind == "sharedStrings" {
			t.pkg.Unrelate(t.pkg.Workbook, rel.ID)
		}
	}
}

// relocateNames rewrites what the defined names of the workbook stand for.
func (t *template) relocateNames() {
	var edits []edit.Change
	for _, n := range t.pkg.Outline(t.pkg.Workbook).Child("definedNames").Children() {
		edits = append(edits, t.relocateText(n, nil, 0)...)
	}
	t.pkg.Edit(t.pkg.Workbook, edits...)
}

// relocateText rewrites a formula that is the text of an element. It is read as if it
// stood in a row (0-based) of a sheet, nil when it is about the whole workbook.
func (t *template) relocateText(n edit.Node, s *sheet, row int) []edit.Change {
	text := n.Text()
	var in *scope
	at := s
	if s == nil {
		if len(t.sheets) == 0 {
			return nil
		}
		at, row = t.sheets[0], len(t.sheets[0].rows)
	} else if row < len(s.expanded) && len(s.expanded[row].rows) > 0 {
		in = s.out[s.expanded[row].rows[0]].scope
	}
	f := formula{text: text, many: true}
	if len(f.bind(at, row)) > 0 { // of another workbook, or broken: it stays as it is
		return nil
	}
	moved, ok := f.at(in)
	if !ok {
		moved = "#REF!"
	}
	if moved == text {
		return nil
	}
	return []edit.Change{n.SetContent(edit.Escape(moved))}
}

// relocate rewrites the parts of a sheet.
func (s *sheet) relocate() {
	pkg := s.template.pkg
	root := pkg.Outline(s.part)
	var edits []edit.Change
	for _, n := range root.Children() {
		switch n.Local {
		case "dimension":
			edits = append(edits, n.Set("ref", "A1:"+edit.Ref(max(1, len(s.out)), max(1, len(s.letters)))))
		case "sheetData":
			edits = append(edits, n.Replace("<sheetData/>"))
		case "mergeCells":
			edits = append(edits, n.Cut())
		default:
			edits = append(edits, s.relocateElement(n, -1)...)
		}
	}
	if root.Child("sheetData") == nil {
		edits = append(edits, root.Place("sheetData", "<sheetData/>"))
	}
	pkg.Edit(s.part, edits...)
	for _, rel := range pkg.Relations(s.part) {
		if rel.Target == "" || !pkg.Has(rel.Target) {
			continue
		}
		switch rel.Kind {
		case "table", "comments", "threadedComment":
			s.relocatePart(rel.Target)
		case "drawing":
			s.relocateDrawing(rel.Target)
		case "vmlDrawing":
			s.relocateNotes(rel.Target)
		}
	}
}

// relocatePart rewrites a part whose elements have places.
func (s *sheet) relocatePart(part string) {
	root := s.template.pkg.Outline(part)
	edits := s.places(*root)
	for _, n := range root.Children() {
		edits = append(edits, s.relocateElement(n, -1)...)
	}
	s.template.pkg.Edit(part, edits...)
}

// relocateElement rewrites an element of a sheet and what is in it. Of a rule about rows
// (a conditional format, a validation) nothing is left when no rows were made of
// them. Its formulas are meant for its first cell: row is the row of that, 0-based,
// -1 outside of rules.
func (s *sheet) relocateElement(n edit.Node, row int) []edit.Change {
	kids := n.Children()
	switch n.Local {
	case "conditionalFormatting", "dataValidation", "sparkline":
		ranges := n.Attr("sqref")
		if at := n.Child("sqref"); ranges == "" && at != nil {
			ranges = at.Text()
		}
		if ranges != "" && s.relocateRanges(ranges) == "" {
			return []edit.Change{n.Cut()}
		}
		row = 0
		if first, _, ok := corners(strings.Split(ranges, " ")[0]); ok {
			row = first.row - 1
		}
	}
	edits := s.places(n)
	gone := 0
	for _, kid := range kids {
		if row >= 0 && slices.Contains([]string{"formula", "formula1", "formula2", "f", "sqref"}, kid.Local) {
			if kid.Local == "sqref" {
				edits = append(edits, kid.SetContent(s.relocateRanges(kid.Text())))
				continue
			}
			if len(kid.Children()) == 0 {
				edits = append(edits, s.template.relocateText(kid, s, row)...)
				continue
			}
		}
		more := s.relocateElement(kid, row)
		if len(more) == 1 && more[0] == kid.Cut() {
			gone++
		}
		edits = append(edits, more...)
	}
	if n.Local == "dataValidations" {
		if gone == len(kids) {
			return []edit.Change{n.Cut()}
		}
		edits = append(edits, n.Set("count", strconv.Itoa(len(kids)-gone)))
	}
	return edits
}

// places rewrites the attributes of an element that are places.
func (s *sheet) places(n edit.Node) []edit.Change {
	var edits []edit.Change
	set := func(name, value string) {
		if value != "" && value != n.Attr(name) {
			edits = append(edits, n.Set(name, value))
		}
	}
	switch n.Local {
	case "conditionalFormatting", "dataValidation", "protectedRange", "ignoredError", "selection":
		if ref := n.Attr("sqref"); ref != "" {
			moved := s.relocateRanges(ref)
			if moved == "" { // only what selects may be about nothing
				moved = s.relocatePoint(strings.Split(strings.Fields(ref)[0], ":")[0])
			}
			set("sqref", moved)
		}
		set("activeCell", s.relocatePoint(n.Attr("activeCell")))
	case "sheetView", "pane":
		if n.Local == "pane" && strings.HasPrefix(n.Attr("state"), "frozen") {
			if rows, err := strconv.Atoi(n.Attr("ySplit")); err == nil && rows > 0 {
				set("ySplit", strconv.Itoa(s.rowAt(rows+1)-1))
			}
		}
		set("topLeftCell", s.relocatePoint(n.Attr("topLeftCell")))
	case "brk":
		if after, err := strconv.Atoi(n.Attr("id")); err == nil && n.Attr("max") != "1048575" {
			if last := s.lastRowAt(after); last > 0 {
				set("id", strconv.Itoa(last))
			}
		}
	case "autoFilter", "sortState", "sortCondition", "table":
		set("ref", s.relocateRange(n.Attr("ref"), n.Local == "table"))
	case "hyperlink":
		set("ref", s.relocateRange(n.Attr("ref"), true))
		if at := n.Attr("location"); at != "" {
			f := formula{text: strings.TrimPrefix(at, "#"), many: true}
			if f.bind(s, len(s.rows)) == nil {
				if moved, ok := f.at(nil); ok {
					set("location", moved)
				}
			}
		}
	case "comment", "threadedComment", "cellWatch":
		name := "ref"
		if n.Local == "cellWatch" {
			name = "r"
		}
		set(name, s.relocatePoint(n.Attr(name)))
	}
	return edits
}

// relocatePoint is where a cell has gone; "" for what is no cell.
func (s *sheet) relocatePoint(ref string) string {
	c, ok := cornerOf(ref)
	if !ok {
		return ""
	}
	var b strings.Builder
	c.write(&b, s.rowAt(c.row), false)
	return b.String()
}

// relocateRanges is where a list of ranges has gone; "" when nothing is left of it.
func (s *sheet) relocateRanges(list string) string {
	var out []string
	for _, ref := range strings.Fields(list) {
		a, b, ok := corners(ref)
		if !ok {
			out = append(out, ref) // whole columns
			continue
		}
		for _, at := range s.spans(a.row, b.row) {
			out = append(out, between(a, b, at))
		}
	}
	return strings.Join(out, " ")
}

// relocateRange is where one range has gone, that must stay one; some asks for a row
// below its first even if none was made.
func (s *sheet) relocateRange(ref string, some bool) string {
	ref = strings.ReplaceAll(ref, "$", "") // excelize writes the filter's so
	a, b, ok := corners(ref)
	if !ok {
		return ref
	}
	at := span{s.rowAt(a.row), s.lastRowAt(b.row)}
	at.last = max(at.first, at.last) // nothing may have been made of them
	if some && b.row > a.row && at.last == at.first {
		at.last++
	}
	if a == b {
		return s.relocatePoint(ref)
	}
	return between(a, b, at)
}

func corners(ref string) (a, b corner, ok bool) {
	first, last, two := strings.Cut(ref, ":")
	if a, ok = cornerOf(first); !ok {
		return a, b, false
	}
	if !two {
		return a, a, true
	}
	b, ok = cornerOf(last)
	return a, b, ok
}

func between(a, b corner, at span) string {
	var text strings.Builder
	a.write(&text, at.first, false)
	if a.col != b.col || at.first != at.last {
		text.WriteByte(':')
		b.write(&text, at.last, false)
	}
	return text.String()
}

// relocateDrawing moves what is drawn, and rewrites the ranges of charts.
func (s *sheet) relocateDrawing(part string) {
	pkg := s.template.pkg
	var edits []edit.Change
	for _, anchor := range pkg.Outline(part).Children() {
		for _, end := range anchor.Children() {
			row := end.Child("row")
			if row == nil || end.Local != "from" && end.Local != "to" {
				continue
			}
			if n, err := strconv.Atoi(strings.TrimSpace(row.Text())); err == nil {
				edits = append(edits, row.SetContent(strconv.Itoa(s.rowAt(n+1)-1)))
			}
		}
	}
	pkg.Edit(part, edits...)
	for _, rel := range pkg.Relations(part) {
		if rel.Kind == "chart" && pkg.Has(rel.Target) {
			pkg.Edit(rel.Target, s.relocateChart(pkg.Outline(rel.Target))...)
		}
	}
}

// relocateChart rewrites the ranges of a chart drawn in the template. What the chart
// remembers of their values is of the template: it goes, and is read anew.
func (s *sheet) relocateChart(n *edit.Node) []edit.Change {
	var edits []edit.Change
	for _, kid := range n.Children() {
		switch kid.Local {
		case "numCache", "strCache", "multiLvlStrCache":
			edits = append(edits, kid.Cut())
		case "f":
			for _, e := range s.template.relocateText(kid, nil, 0) {
				if strings.Contains(e.Text, ",") && !strings.HasPrefix(e.Text, "(") {
					e.Text = "(" + e.Text + ")"
				}
				edits = append(edits, e)
			}
		default:
			edits = append(edits, s.relocateChart(&kid)...)
		}
	}
	return edits
}

var (
	noteAnchor = regexp.MustCompile(`(<(?:\w+:)?Anchor>)\s*([0-9,\s]+?)\s*(</)`)
	noteRow    = regexp.MustCompile(`(<(?:\w+:)?Row>)\s*([0-9]+)\s*(</)`)
)

// relocateNotes moves the boxes of comments.
func (s *sheet) relocateNotes(part string) {
	moved := func(text string) string {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n >= excelize.TotalRows {
			return text
		}
		return strconv.Itoa(s.rowAt(n+1) - 1)
	}
	data := noteRow.ReplaceAllFunc(s.template.pkg.Read(part), func(m []byte) []byte {
		p := noteRow.FindSubmatch(m)
		return []byte(string(p[1]) + moved(string(p[2])) + string(p[3]))
	})
	data = noteAnchor.ReplaceAllFunc(data, func(m []byte) []byte {
		p := noteAnchor.FindSubmatch(m)
		at := strings.Split(string(p[2]), ",")
		if len(at) == 8 { // column, offset, row, offset, twice
			top, errTop := strconv.Atoi(strings.TrimSpace(at[2]))
			bottom, errBottom := strconv.Atoi(strings.TrimSpace(at[6]))
			if errTop == nil && errBottom == nil {
				first, _ := strconv.Atoi(moved(at[2]))
				at[2], at[6] = fmt.Sprintf(" %d", first), fmt.Sprintf(" %d", first+bottom-top)
			}
		}
		return []byte(string(p[1]) + strings.Join(at, ",") + string(p[3]))
	})
	s.template.pkg.Write(part, data)
}
