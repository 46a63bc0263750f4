package feedback

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/measure"
)

// What makes a mark ours, so that it can be found again after any program has
// saved the copy: the formula of the conditional format, which is always true, and
// the author of the comment, or its first line where a program (LibreOffice) keeps
// no authors.
const (
	markFormula = `LEN("ketnap")>0`
	markAuthor  = "ketnap"
	markHead    = "ketnap — kết quả kiểm tra ô này:"
)

// ranks is how many degrees of severity a mark can have.
const ranks = 3

// rankOf is how grave a finding is: 0 an error, 1 a warning, 2 for information.
func rankOf(f domain.Finding) int {
	switch {
	case f.Severity == domain.Error:
		return 0
	case f.Severity == domain.Warning && !f.Explained:
		return 1
	}
	return 2
}

// mark is what is put on one cell.
type mark struct {
	rank  int
	lines []string // of the comment
}

// marksOf are the marks of findings by cell. A finding that stands for many cells marks
// them all.
func marksOf(findings []domain.Finding) map[domain.Cell]*mark {
	marks := map[domain.Cell]*mark{}
	for _, f := range findings {
		for _, at := range slices.Compact(append([]domain.Cell{f.Cell}, f.At...)) {
			if at.Ref() == "" {
				continue
			}
			if marks[at] == nil {
				marks[at] = &mark{rank: ranks}
			}
			m := marks[at]
			m.rank = min(m.rank, rankOf(f))
			if line := severityOf(f) + " (" + f.Rule + "): " + f.Message; !slices.Contains(m.lines, line) {
				m.lines = append(m.lines, line)
			}
		}
	}
	return marks
}

// markSheet colours the marked cells of a sheet and puts comments on them. dxf is the first
// of the differential styles, one for each rank.
func markSheet(p *edit.Package, sheet edit.Sheet, marks map[domain.Cell]*mark, dxf int) {
	cells := slices.SortedFunc(maps.Keys(marks), domain.Cell.Compare)
	cells = slices.DeleteFunc(cells, func(c domain.Cell) bool { return c.Sheet != sheet.Name })
	if len(cells) == 0 {
		return
	}
	root := p.Outline(sheet.Part)
	merges := edit.Merges(root)
	// A merged range shows, and is coloured, as its first cell is.
	var areas [ranks][]edit.Area
	notes := map[domain.Cell]string{} // the texts of the comments
	for _, cell := range cells {
		m := marks[cell]
		a := edit.Area{Top: cell.Row, Left: cell.Col, Bottom: cell.Row, Right: cell.Col}
		for _, merged := range merges {
			if merged.Top <= cell.Row && cell.Row <= merged.Bottom && merged.Left <= cell.Col && cell.Col <= merged.Right {
				a = merged
			}
		}
		areas[m.rank] = append(areas[m.rank], a)
		at := domain.Cell{Row: a.Top, Col: a.Left}
		notes[at] = cmp.Or(notes[at], markHead) + "\n" + strings.Join(m.lines, "\n")
	}
	var formats strings.Builder
	rules := 0
	for rank := range areas {
		// A cell has one colour, the gravest.
		for _, graver := range areas[:rank] {
			areas[rank] = slices.DeleteFunc(areas[rank], func(a edit.Area) bool { return slices.Contains(graver, a) })
		}
		for refs := range slices.Chunk(areaRefs(areas[rank]), maxAreas) {
			rules++
			fmt.Fprintf(&formats, `<conditionalFormatting sqref="%s">`+
				`<cfRule type="expression" dxfId="%d" priority="%d"><formula>%s</formula></cfRule></conditionalFormatting>`,
				strings.Join(refs, " "), dxf+rank, rules, edit.Escape(markFormula))
		}
	}
	p.Edit(sheet.Part, append(shiftPriorities(root, rules), root.Place("conditionalFormatting", formats.String()))...)
	addComments(p, sheet.Part, notes)
}

// maxAreas bounds the cells and ranges that one conditional format lists.
const maxAreas = 1000

// areaRefs is areas as Excel writes them, cells that stand one above another as one
// range: C10:C25, E7.
func areaRefs(areas []edit.Area) []string {
	slices.SortFunc(areas, func(a, b edit.Area) int {
		return cmp.Or(a.Left-b.Left, a.Right-b.Right, a.Top-b.Top)
	})
	areas = slices.Compact(areas)
	var runs []edit.Area
	for _, a := range areas {
		if n := len(runs); n > 0 && runs[n-1].Left == a.Left && runs[n-1].Right == a.Right && runs[n-1].Bottom+1 == a.Top {
			runs[n-1].Bottom = a.Bottom
			continue
		}
		runs = append(runs, a)
	}
	refs := make([]string, len(runs))
	for i, a := range runs {
		refs[i] = a.Ref()
	}
	return refs
}

var rulePriority = regexp.MustCompile(`<(?:\w+:)?cfRule\b[^>]*?\spriority\s*=\s*["'](-?[0-9]+)["']`)

// shiftPriorities makes room before the sender's conditional formats for rules
// that go first, or (by < 0) takes it away; their own order stays.
func shiftPriorities(sheet *edit.Node, by int) []edit.Change {
	var pieces []edit.Change
	for _, k := range sheet.Children() {
		if k.Local != "conditionalFormatting" && k.Local != "extLst" && k.Local != "AlternateContent" {
			continue
		}
		for _, m := range rulePriority.FindAllStringSubmatchIndex(k.XML(), -1) {
			from, to := k.Start+m[2], k.Start+m[3]
			n, err := strconv.Atoi(string(k.Data[from:to]))
			if err != nil || n+by < 1 && by < 0 {
				return nil
			}
			pieces = append(pieces, edit.Change{From: from, To: to, Text: strconv.Itoa(n + by)})
		}
	}
	return pieces
}

// Content types and names of the parts that hold comments.
const (
	commentsPattern = "xl/comments%d.xml"
	commentsType    = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	vmlPattern      = "xl/drawings/vmlDrawing%d.vml"
	vmlType         = "application/vnd.openxmlformats-officedocument.vmlDrawing"
)

// maxComments bounds the comments of a sheet; the cells beyond are coloured, and
// the list tells of them.
const maxComments = 1000

// addComments puts comments on cells of a sheet that have none: the sender's own
// are left alone, and the list tells what to do there.
func addComments(p *edit.Package, part string, notes map[domain.Cell]string) {
	commentsPart := commentsOf(p, part)
	if commentsPart == "" {
		empty := fmt.Sprintf(edit.Head+`<comments xmlns="%s"><authors></authors><commentList></commentList></comments>`,
			p.Namespace(edit.MainSpace))
		commentsPart, _ = p.Add(part, "comments", commentsPattern, commentsType, []byte(empty))
	}
	for _, local := range []string{"commentList", "authors"} {
		if root := p.Outline(commentsPart); root.Child(local) == nil {
			p.Edit(commentsPart, root.Prepend("<"+local+"/>"))
		}
	}
	root := p.Outline(commentsPart)
	authors, list := root.Child("authors"), root.Child("commentList")
	taken := map[string]bool{}
	for _, c := range list.Items() {
		taken[strings.ToUpper(c.Attr("ref"))] = true
	}
	cells := slices.SortedFunc(maps.Keys(notes), domain.Cell.Compare)
	cells = slices.DeleteFunc(cells, func(c domain.Cell) bool { return taken[c.Ref()] })
	cells = cells[:min(len(cells), maxComments)]
	var comments strings.Builder
	author := len(authors.Items())
	for _, c := range cells {
		fmt.Fprintf(&comments, `<comment ref="%s" authorId="%d"><text><r>`+
			`<rPr><sz val="10"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/></rPr>`+
			`<t xml:space="preserve">%s</t></r></text></comment>`,
			c.Ref(), author, edit.EscapeText(shorten(notes[c])))
	}
	p.Edit(commentsPart, authors.Append("<author>"+markAuthor+"</author>"), list.Append(comments.String()))
	addBoxes(p, part, cells, notes)
}

// commentsOf is the part that holds the comments of a sheet, "" when there is none.
func commentsOf(p *edit.Package, part string) string {
	for _, rel := range p.Relations(part) {
		switch {
		case rel.Kind != "comments":
		case p.Has(rel.Target):
			return rel.Target
		default: // it is nowhere: nothing is shown of it
			p.Unrelate(part, rel.ID)
		}
	}
	return ""
}

// A comment's box, in points.
const (
	boxWidth = 300
	boxFont  = 10
)

const vmlHead = `<xml` + vmlSpaces + `>` +
	`<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>`

// Each shape says what its prefixes mean: a drawing made by another program has others.
const vmlSpaces = ` xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
	`xmlns:x="urn:schemas-microsoft-com:office:excel"`

const vmlNoteType = `<v:shapetype` + vmlSpaces + ` id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

// vmlNote is a box: its number, width, height and place among the boxes, and its anchor,
// row and column.
const vmlNote = `<v:shape` + vmlSpaces + ` id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;` +
	`width:%dpt;height:%gpt;z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">` +
	`<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>` +
	`<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>` +
	`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor>` +
	`<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`

// addBoxes adds the boxes that comments are shown in, which Excel keeps in a
// drawing of its own kind.
func addBoxes(p *edit.Package, part string, cells []domain.Cell, notes map[domain.Cell]string) {
	legacy, drawing := drawingOf(p, part)
	root := p.Outline(part)
	if legacy == nil {
		var id string
		drawing.Target, id = p.Add(part, "vmlDrawing", vmlPattern, vmlType, []byte(vmlHead))
		element := fmt.Sprintf(`<legacyDrawing r:id="%s" xmlns:r="%s"/>`, id, p.Namespace(edit.RelationSpace))
		p.Edit(part, root.Place("legacyDrawing", element))
	}
	vml := p.Read(drawing.Target)
	ends := vmlEnd.FindAllIndex(vml, -1)
	if len(ends) == 0 && vmlEmpty.Match(vml) {
		vml = vmlEmpty.ReplaceAll(vml, []byte("$1></${2}xml>"))
		p.Write(drawing.Target, vml)
		ends = vmlEnd.FindAllIndex(vml, -1)
	}
	if len(ends) == 0 {
		p.Fail(fmt.Errorf("%s: not a drawing of comments", drawing.Target))
		return
	}
	var boxes strings.Builder
	if !vmlNoteTypeID.Match(vml) {
		boxes.WriteString(vmlNoteType)
	}
	next := 1024
	for _, m := range shapeNumber.FindAllSubmatch(vml, -1) {
		if n, err := strconv.Atoi(string(m[1])); err == nil {
			next = max(next, n)
		}
	}
	grid := gridOf(root)
	for _, c := range cells {
		next++
		lines := measure.Lines(notes[c], boxWidth-16, boxFont*tahoma, false)
		height := math.Ceil(float64(lines+1) * boxFont * measure.LineHeight)
		fmt.Fprintf(&boxes, vmlNote,
			next, boxWidth, height, next-1024, grid.anchor(c, boxWidth, height), c.Row-1, c.Col-1)
	}
	p.Edit(drawing.Target, edit.Insert(ends[len(ends)-1][0], boxes.String()))
}

// A drawing of comments need not be well-formed: Excel leaves <br> open in captions.
var (
	vmlEmpty      = regexp.MustCompile(`(<(\w+:)?xml(?:\s[^>]*)?)/>\s*$`)
	vmlEnd        = regexp.MustCompile(`</(?:\w+:)?xml\s*>`)
	vmlNoteTypeID = regexp.MustCompile(`\sid\s*=\s*["']_x0000_t202["']`)
)

// drawingOf is the drawing that has the boxes of a sheet's comments, and the sheet's element
// for it; nil when there is none.
func drawingOf(p *edit.Package, part string) (legacy *edit.Node, drawing edit.Relation) {
	legacy = p.Outline(part).Child("legacyDrawing")
	if legacy == nil {
		return nil, drawing
	}
	rel := p.Relation(part, edit.WithID(legacy.Attr("id")))
	if rel == nil || !p.Has(rel.Target) { // it is nowhere: nothing is shown of it
		p.Edit(part, legacy.Cut())
		return nil, drawing
	}
	return legacy, *rel
}

// tahoma is how much wider the font of comments runs than Times New Roman.
const tahoma = 1.25

var shapeNumber = regexp.MustCompile(`_x0000_s([0-9]{4,8})\b`)

// sheetGrid is the sizes of a sheet's columns and rows in points, as far as boxes
// need them.
type sheetGrid struct {
	widths [maxGridCols + 2]float64 // the last is that of all columns to the right
	height float64                  // of a row; higher ones make a box larger, never smaller
}

// maxGridCols bounds the columns whose width is looked at: to the right of them all
// are as wide as usual.
const maxGridCols = 200

func gridOf(sheet *edit.Node) (g sheetGrid) {
	for col := range g.widths {
		g.widths[col] = measure.ColumnPoints(8.43)
	}
	g.height = 15
	if format := sheet.Child("sheetFormatPr"); format != nil {
		if h, err := strconv.ParseFloat(format.Attr("defaultRowHeight"), 64); err == nil && h > 1 {
			g.height = h
		}
	}
	for _, c := range sheet.Child("cols").Items() {
		first, _ := strconv.Atoi(c.Attr("min"))
		last, _ := strconv.Atoi(c.Attr("max"))
		chars, err := strconv.ParseFloat(c.Attr("width"), 64)
		if hidden := c.Attr("hidden"); hidden == "1" || hidden == "true" {
			chars = 0
		}
		for col := max(first, 0); err == nil && col <= min(last, maxGridCols); col++ {
			g.widths[col] = measure.ColumnPoints(chars)
		}
	}
	return g
}

// anchor places a box beside a cell: left column and offset, top row and offset,
// right column and offset, bottom row and offset, 0-based and in pixels.
func (g *sheetGrid) anchor(c domain.Cell, width, height float64) string {
	right := c.Col + 1
	for ; right <= c.Col+100; right++ {
		if width -= g.widths[min(right, maxGridCols+1)]; width <= 0 {
			break
		}
	}
	rows := int(math.Ceil(height / g.height))
	top := max(0, c.Row-2)
	return fmt.Sprintf("%d, 15, %d, 2, %d, 15, %d, 4", c.Col, top, right, top+rows)
}

// maxCellText is as much text as a cell or comment of ours holds, in runes: far
// more than a sentence, less than Excel's limit.
const maxCellText = 4000

// shorten cuts a text that is too long for a cell or comment.
func shorten(text string) string {
	if runes := []rune(text); len(runes) > maxCellText {
		return string(runes[:maxCellText]) + "…"
	}
	return text
}
