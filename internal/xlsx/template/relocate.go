package template

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"
)

// What a workbook keeps beside its cells and speaks of rows: it follows the rows of
// the template to where they have gone. excelize does this as rows are inserted,
// but not for charts, comments and page breaks, and only for rows that stay
// together; here one reckoning serves all.

// relocate makes the parts of the package speak of the rows of the result, and takes
// the cells out.
func (t *template) relocate() {
	var edits []edit.Change
	for _, s := range t.sheets {
		s.relocatePart(s.part)
	}
	for _, n := range t.pkg.Outline(t.pkg.Workbook).Child("definedNames").Children() {
		if len(t.sheets) > 0 {
			edits = append(edits, t.sheets[0].relocateText(&n, outside)...)
		}
	}
	t.pkg.Edit(t.pkg.Workbook, edits...)
	// Cells hold their own texts now, and the order of calculation is Excel's to find.
	for _, rel := range t.pkg.Relations(t.pkg.Workbook) {
		if rel.Kind == "calcChain" || rel.Kind == "sharedStrings" {
			t.pkg.Unrelate(t.pkg.Workbook, rel.ID)
		}
	}
}

// relocatePart rewrites a part of a sheet, and those that it leads to.
func (s *sheet) relocatePart(part string) {
	pkg := s.template.pkg
	pkg.Edit(part, s.relocateElement(pkg.Outline(part), outside)...)
	for _, rel := range pkg.Relations(part) {
		if rel.Target == "" || !pkg.Has(rel.Target) {
			continue
		}
		switch rel.Kind {
		case "table", "comments", "threadedComment", "drawing", "chart":
			s.relocatePart(rel.Target)
		case "vmlDrawing":
			s.relocateNotes(rel.Target)
		}
	}
}

// outside is the row of what stands in no row of its sheet.
const outside = -1

// relocateElement rewrites an element and what is in it. Of a rule about rows (a
// conditional format, a validation) nothing is left when no rows were made of them. Its
// formulas are meant for its first cell: row is the row of that, 0-based.
func (s *sheet) relocateElement(n *edit.Node, row int) []edit.Change {
	kids := n.Children()
	switch n.Local {
	case "sheetData":
		return []edit.Change{n.Replace("<sheetData/>")}
	case "mergeCells", "numCache", "strCache", "multiLvlStrCache": // what a chart remembers is of the template
		return []edit.Change{n.Cut()}
	case "row": // of what is drawn
		if number, err := strconv.Atoi(strings.TrimSpace(n.Text())); err == nil {
			return []edit.Change{n.SetContent(strconv.Itoa(s.rowAt(number+1) - 1))}
		}
	case "sqref":
		if row != outside {
			return []edit.Change{n.SetContent(s.relocateRanges(n.Text()))}
		}
	case "f", "formula", "formula1", "formula2":
		if len(kids) == 0 {
			return s.relocateText(n, row)
		}
	case "conditionalFormatting", "dataValidation", "sparkline":
		ranges := cmp.Or(n.Attr("sqref"), n.Child("sqref").Text())
		if ranges != "" && s.relocateRanges(ranges) == "" {
			return []edit.Change{n.Cut()}
		}
		first, _, _ := strings.Cut(ranges, " ")
		at, _ := edit.AreaOf(first)
		row = max(0, at.Top-1)
	}
	edits := s.relocateAttributes(n)
	left := len(kids)
	for _, kid := range kids {
		more := s.relocateElement(&kid, row)
		if len(more) == 1 && more[0] == kid.Cut() {
			left--
		}
		edits = append(edits, more...)
	}
	if n.Local == "dataValidations" {
		if left == 0 {
			return []edit.Change{n.Cut()}
		}
		edits = append(edits, n.Set("count", strconv.Itoa(left)))
	}
	return edits
}

// relocateText rewrites a formula that is the text of an element. Several ranges of a
// chart's series stand in parentheses.
func (s *sheet) relocateText(n *edit.Node, row int) []edit.Change {
	text := n.Text()
	moved := s.relocateFormula(text, row)
	if moved == text {
		return nil
	}
	if n.Local == "f" && row == outside && strings.Contains(moved, ",") && !strings.HasPrefix(moved, "(") {
		moved = "(" + moved + ")"
	}
	return []edit.Change{n.SetContent(edit.Escape(moved))}
}

// relocateFormula is a formula that stands in a row (0-based) of a sheet. One of another
// workbook, or broken, stays as it is.
func (s *sheet) relocateFormula(text string, row int) string {
	var in *scope
	if row == outside {
		row = len(s.rows)
	}
	if row < len(s.rows) && len(s.rows[row].expanded) > 0 {
		in = s.out[s.rows[row].expanded[0]].scope
	}
	f := formula{text: text, many: true}
	if len(f.bind(s, row)) > 0 {
		return text
	}
	moved, ok := f.at(in)
	if !ok {
		return "#REF!"
	}
	return moved
}

// relocateAttributes rewrites the attributes of an element that are places.
func (s *sheet) relocateAttributes(n *edit.Node) []edit.Change {
	var edits []edit.Change
	for _, a := range n.Attrs {
		moved := a.Value
		number, err := strconv.Atoi(a.Value)
		switch name := a.Name.Local; {
		case a.Name.Space != "" || a.Value == "":
		case n.Local == "dimension":
			moved = "A1:" + edit.Ref(max(1, len(s.out)), max(1, len(s.widths)))
		case name == "sqref":
			moved = s.relocateRanges(a.Value)
			if moved == "" { // only what selects may be about nothing
				first, _, _ := strings.Cut(strings.Fields(a.Value)[0], ":")
				moved = s.relocateRange(first, false)
			}
		case name == "ref", name == "activeCell", name == "topLeftCell", name == "r" && n.Local == "cellWatch":
			moved = s.relocateRange(a.Value, n.Local == "table")
		case name == "ySplit" && strings.HasPrefix(n.Attr("state"), "frozen") && err == nil && number > 0:
			moved = strconv.Itoa(s.rowAt(number+1) - 1)
		case name == "id" && n.Local == "brk" && err == nil && n.Attr("max") != "1048575":
			if last := s.lastRowAt(number); last > 0 {
				moved = strconv.Itoa(last)
			}
		case name == "location" && n.Local == "hyperlink":
			if to := s.relocateFormula(strings.TrimPrefix(a.Value, "#"), outside); to != "#REF!" {
				moved = to
			}
		}
		if moved != a.Value {
			edits = append(edits, n.Set(a.Name.Local, moved))
		}
	}
	return edits
}

// relocateRanges is where a list of ranges has gone; "" when nothing is left of it.
func (s *sheet) relocateRanges(list string) string {
	var out []string
	for _, ref := range strings.Fields(list) {
		a, ok := edit.AreaOf(ref)
		if !ok {
			out = append(out, ref) // whole columns
			continue
		}
		for _, rows := range s.spans(a.Top, a.Bottom) {
			a.Top, a.Bottom = rows.first, rows.last
			out = append(out, a.Ref())
		}
	}
	return strings.Join(out, " ")
}

// relocateRange is where one range has gone, that must stay one. Where nothing was made of
// it, it is the row that has come to its place; a table has a row below its first.
func (s *sheet) relocateRange(ref string, isTable bool) string {
	a, ok := edit.AreaOf(strings.ReplaceAll(ref, "$", "")) // excelize writes the filter's so
	if !ok {
		return ref
	}
	first := s.rowAt(a.Top)
	last := max(first, s.lastRowAt(a.Bottom))
	if a.Top == a.Bottom && a.Left == a.Right {
		last = first
	}
	if isTable {
		last = max(last, first+1)
	}
	a.Top, a.Bottom = first, last
	return a.Ref()
}

// The rows of comments' boxes. An anchor is column, offset, row and offset of two corners.
var (
	noteRow    = regexp.MustCompile(`<(?:\w+:)?Row>\s*([0-9]{1,7})\s*</`)
	noteAnchor = regexp.MustCompile(`<(?:\w+:)?Anchor>(?:\s*[0-9]+\s*,){2}\s*([0-9]{1,7})\s*,(?:\s*[0-9]+\s*,){3}\s*([0-9]{1,7})\s*,`)
)

// relocateNotes moves the boxes of comments, the rows of an anchor as the first of them
// goes. Excel does not write these parts as XML ought to be.
func (s *sheet) relocateNotes(part string) {
	data := s.template.pkg.Read(part)
	var edits []edit.Change
	for _, rows := range []*regexp.Regexp{noteRow, noteAnchor} {
		for _, m := range rows.FindAllSubmatchIndex(data, -1) {
			by := 0
			for i := 2; i < len(m); i += 2 {
				n, _ := strconv.Atoi(string(data[m[i]:m[i+1]]))
				if i == 2 {
					by = s.rowAt(n+1) - 1 - n
				}
				edits = append(edits, edit.Change{From: m[i], To: m[i+1], Text: strconv.Itoa(n + by)})
			}
		}
	}
	s.template.pkg.Edit(part, edits...)
}
