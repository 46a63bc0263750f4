package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What a workbook keeps beside its cells and speaks of rows: it follows the rows of
// the template to where they have gone. excelize does this as rows are inserted,
// but not for charts, comments and page breaks, and only for rows that stay
// together; here one reckoning serves all.

// carry makes the parts of the package speak of the rows of the result, and takes
// the cells out.
func (t *template) carry() error {
	for _, s := range t.sheets {
		if err := s.carry(); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	if err := t.carryNames(); err != nil {
		return err
	}
	// Cells hold their own texts now, and the order of calculation is Excel's to find.
	rels, err := t.pkg.relations(t.pkg.workbook)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		if rel.kind != "calcChain" && rel.kind != "sharedStrings" {
			continue
		}
		if err := t.pkg.remove(rel.target); err != nil {
			return err
		}
		if err := t.pkg.unrelate(t.pkg.workbook, rel.id); err != nil {
			return err
		}
	}
	return nil
}

// carryNames rewrites what the defined names of the workbook stand for.
func (t *template) carryNames() error {
	data, _, kids, err := t.pkg.outline(t.pkg.workbook)
	if err != nil {
		return err
	}
	names, err := childrenOf(data, find(kids, "definedNames"))
	if err != nil {
		return err
	}
	var edits []piece
	for _, n := range names {
		edits = append(edits, t.carryText(data, n, nil, 0)...)
	}
	return t.pkg.edit(t.pkg.workbook, edits...)
}

// carryText rewrites a formula that is the text of an element. It is read as if it
// stood in a row (0-based) of a sheet, nil when it is about the whole workbook.
func (t *template) carryText(data []byte, n node, s *sheet, row int) []piece {
	text := nodeText(data, n)
	var shows *shown
	at := s
	if s == nil {
		if len(t.sheets) == 0 {
			return nil
		}
		at, row = t.sheets[0], len(t.sheets[0].rows)
	} else if row < len(s.made) && len(s.made[row].rows) > 0 {
		shows = s.out[s.made[row].rows[0]].shows
	}
	f := formula{text: text, many: true}
	if len(f.bind(at, row)) > 0 { // of another workbook, or broken: it stays as it is
		return nil
	}
	moved, ok := f.at(shows)
	if !ok {
		moved = "#REF!"
	}
	if moved == text {
		return nil
	}
	return []piece{{n.tag, n.close, xmlEscaper.Replace(moved)}}
}

// nodeText is the text of an element.
func nodeText(data []byte, n node) string {
	var b strings.Builder
	d := xml.NewDecoder(bytes.NewReader(data[n.tag:n.close]))
	for {
		token, err := d.RawToken()
		if err != nil {
			return b.String()
		}
		if text, ok := token.(xml.CharData); ok {
			b.Write(text)
		}
	}
}

// carry rewrites the parts of a sheet.
func (s *sheet) carry() error {
	pkg := s.template.pkg
	data, root, kids, err := pkg.outline(s.part)
	if err != nil {
		return err
	}
	rels, err := pkg.relations(s.part)
	if err != nil {
		return err
	}
	var edits []piece
	for _, n := range kids {
		switch n.local {
		case "dimension":
			edits = append(edits, n.set(data, "ref", fmt.Sprintf("A1:%s%d", lastLetter(s.letters), max(1, len(s.out)))))
		case "sheetData":
			edits = append(edits, piece{n.start, n.end, "<sheetData/>"})
		case "mergeCells":
			edits = append(edits, piece{n.start, n.end, ""})
		default:
			more, err := s.carryElement(data, n, -1)
			if err != nil {
				return err
			}
			edits = append(edits, more...)
		}
	}
	if find(kids, "sheetData") == nil {
		at := before(root, kids, worksheetOrder, "sheetData")
		edits = append(edits, piece{at, at, "<sheetData/>"})
	}
	if err := pkg.edit(s.part, edits...); err != nil {
		return err
	}
	for _, rel := range rels {
		if rel.target == "" || !pkg.has(rel.target) {
			continue
		}
		switch rel.kind {
		case "table", "comments", "threadedComment":
			err = s.carryPart(rel.target)
		case "drawing":
			err = s.carryDrawing(rel.target)
		case "vmlDrawing":
			err = s.carryNotes(rel.target)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", rel.target, err)
		}
	}
	return nil
}

func lastLetter(letters []string) string {
	if len(letters) == 0 {
		return "A"
	}
	return letters[len(letters)-1]
}

// carryPart rewrites a part whose elements have places.
func (s *sheet) carryPart(part string) error {
	data, root, kids, err := s.template.pkg.outline(part)
	if err != nil {
		return err
	}
	edits := s.places(data, root)
	for _, n := range kids {
		more, err := s.carryElement(data, n, -1)
		if err != nil {
			return err
		}
		edits = append(edits, more...)
	}
	return s.template.pkg.edit(part, edits...)
}

// carryElement rewrites an element of a sheet and what is in it. Of a rule about rows
// (a conditional format, a validation) nothing is left when no rows were made of
// them. Its formulas are meant for its first cell: row is the row of that, 0-based,
// -1 outside of rules.
func (s *sheet) carryElement(data []byte, n node, row int) ([]piece, error) {
	kids, err := childrenOf(data, &n)
	if err != nil {
		return nil, err
	}
	switch n.local {
	case "conditionalFormatting", "dataValidation", "sparkline":
		ranges := n.attr("sqref")
		if at := find(kids, "sqref"); ranges == "" && at != nil {
			ranges = nodeText(data, *at)
		}
		if ranges != "" && s.carryRanges(ranges) == "" {
			return []piece{{n.start, n.end, ""}}, nil
		}
		row = 0
		if first, _, ok := corners(strings.Split(ranges, " ")[0]); ok {
			row = first.row - 1
		}
	}
	edits := s.places(data, n)
	gone := 0
	for _, kid := range kids {
		if row >= 0 && slices.Contains([]string{"formula", "formula1", "formula2", "f", "sqref"}, kid.local) {
			deeper, err := childrenOf(data, &kid)
			switch {
			case err != nil:
				return nil, err
			case kid.local == "sqref":
				edits = append(edits, piece{kid.tag, kid.close, s.carryRanges(nodeText(data, kid))})
				continue
			case len(deeper) == 0:
				edits = append(edits, s.template.carryText(data, kid, s, row)...)
				continue
			}
		}
		more, err := s.carryElement(data, kid, row)
		if err != nil {
			return nil, err
		}
		if len(more) == 1 && more[0] == (piece{kid.start, kid.end, ""}) {
			gone++
		}
		edits = append(edits, more...)
	}
	if n.local == "dataValidations" {
		if gone == len(kids) {
			return []piece{{n.start, n.end, ""}}, nil
		}
		edits = append(edits, n.set(data, "count", strconv.Itoa(len(kids)-gone)))
	}
	return edits, nil
}

// places rewrites the attributes of an element that are places.
func (s *sheet) places(data []byte, n node) []piece {
	var edits []piece
	set := func(name, value string) {
		if value != "" && value != n.attr(name) {
			edits = append(edits, n.set(data, name, value))
		}
	}
	switch n.local {
	case "conditionalFormatting", "dataValidation", "protectedRange", "ignoredError", "selection":
		if ref := n.attr("sqref"); ref != "" {
			moved := s.carryRanges(ref)
			if moved == "" { // only what selects may be about nothing
				moved = s.carryPoint(strings.Split(strings.Fields(ref)[0], ":")[0])
			}
			set("sqref", moved)
		}
		set("activeCell", s.carryPoint(n.attr("activeCell")))
	case "sheetView", "pane":
		if n.local == "pane" && strings.HasPrefix(n.attr("state"), "frozen") {
			if rows, err := strconv.Atoi(n.attr("ySplit")); err == nil && rows > 0 {
				set("ySplit", strconv.Itoa(s.rowAt(rows+1)-1))
			}
		}
		set("topLeftCell", s.carryPoint(n.attr("topLeftCell")))
	case "brk":
		if after, err := strconv.Atoi(n.attr("id")); err == nil && n.attr("max") != "1048575" {
			if last := s.lastRowAt(after); last > 0 {
				set("id", strconv.Itoa(last))
			}
		}
	case "autoFilter", "sortState", "sortCondition", "table":
		set("ref", s.carryRange(n.attr("ref"), n.local == "table"))
	case "hyperlink":
		set("ref", s.carryRange(n.attr("ref"), true))
		if at := n.attr("location"); at != "" {
			f := formula{text: strings.TrimPrefix(at, "#"), many: true}
			if f.bind(s, len(s.rows)) == nil {
				if moved, ok := f.at(nil); ok {
					set("location", moved)
				}
			}
		}
	case "comment", "threadedComment", "cellWatch":
		name := "ref"
		if n.local == "cellWatch" {
			name = "r"
		}
		set(name, s.carryPoint(n.attr(name)))
	}
	return edits
}

// carryPoint is where a cell has gone; "" for what is no cell.
func (s *sheet) carryPoint(ref string) string {
	c, ok := cornerOf(ref)
	if !ok {
		return ""
	}
	var b strings.Builder
	c.write(&b, s.rowAt(c.row), false)
	return b.String()
}

// carryRanges is where a list of ranges has gone; "" when nothing is left of it.
func (s *sheet) carryRanges(list string) string {
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

// carryRange is where one range has gone, that must stay one; some asks for a row
// below its first even if none was made.
func (s *sheet) carryRange(ref string, some bool) string {
	ref = strings.ReplaceAll(ref, "$", "") // excelize writes the filter's so
	a, b, ok := corners(ref)
	if !ok {
		return ref
	}
	at, made := s.envelope(a.row, b.row)
	if !made {
		at.last = at.first
	}
	if some && b.row > a.row && at.last == at.first {
		at.last++
	}
	if a == b {
		return s.carryPoint(ref)
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

// carryDrawing moves what is drawn, and rewrites the ranges of charts.
func (s *sheet) carryDrawing(part string) error {
	pkg := s.template.pkg
	data, _, kids, err := pkg.outline(part)
	if err != nil {
		return err
	}
	var edits []piece
	for _, anchor := range kids {
		corners, err := childrenOf(data, &anchor)
		if err != nil {
			return err
		}
		for _, end := range corners {
			if end.local != "from" && end.local != "to" {
				continue
			}
			parts, err := childrenOf(data, &end)
			if err != nil {
				return err
			}
			row := find(parts, "row")
			if row == nil {
				continue
			}
			if n, err := strconv.Atoi(strings.TrimSpace(nodeText(data, *row))); err == nil {
				edits = append(edits, piece{row.tag, row.close, strconv.Itoa(s.rowAt(n+1) - 1)})
			}
		}
	}
	if err := pkg.edit(part, edits...); err != nil {
		return err
	}
	rels, err := pkg.relations(part)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		if rel.kind == "chart" && pkg.has(rel.target) {
			if err := s.carryChart(rel.target); err != nil {
				return fmt.Errorf("%s: %w", rel.target, err)
			}
		}
	}
	return nil
}

// carryChart rewrites the ranges of a chart drawn in the template. What the chart
// remembers of their values is of the template: it goes, and is read anew.
func (s *sheet) carryChart(part string) error {
	data, root, _, err := s.template.pkg.outline(part)
	if err != nil {
		return err
	}
	edits, err := s.carrySeries(data, root)
	if err != nil {
		return err
	}
	return s.template.pkg.edit(part, edits...)
}

func (s *sheet) carrySeries(data []byte, n node) ([]piece, error) {
	kids, err := childrenOf(data, &n)
	if err != nil {
		return nil, err
	}
	var edits []piece
	for _, kid := range kids {
		switch kid.local {
		case "numCache", "strCache", "multiLvlStrCache":
			edits = append(edits, piece{kid.start, kid.end, ""})
		case "f":
			for _, e := range s.template.carryText(data, kid, nil, 0) {
				if strings.Contains(e.text, ",") && !strings.HasPrefix(e.text, "(") {
					e.text = "(" + e.text + ")"
				}
				edits = append(edits, e)
			}
		default:
			more, err := s.carrySeries(data, kid)
			if err != nil {
				return nil, err
			}
			edits = append(edits, more...)
		}
	}
	return edits, nil
}

var (
	noteAnchor = regexp.MustCompile(`(<(?:\w+:)?Anchor>)\s*([0-9,\s]+?)\s*(</)`)
	noteRow    = regexp.MustCompile(`(<(?:\w+:)?Row>)\s*([0-9]+)\s*(</)`)
)

// carryNotes moves the boxes of comments.
func (s *sheet) carryNotes(part string) error {
	data, err := s.template.pkg.read(part)
	if err != nil {
		return err
	}
	moved := func(text string) string {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n >= excelize.TotalRows {
			return text
		}
		return strconv.Itoa(s.rowAt(n+1) - 1)
	}
	data = noteRow.ReplaceAllFunc(data, func(m []byte) []byte {
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
	s.template.pkg.write(part, data)
	return nil
}
