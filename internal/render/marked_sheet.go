package render

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
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

// markColours are the fills of the severities, gravest first: error, warning, info.
var markColours = [...]string{"FFFF8A80", "FFFFD54F", "FFBBDEFB"}

// rankOf is the place of a severity in markColours.
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

// marksOf sorts findings by sheet and cell. A finding that stands for many cells
// marks them all.
func marksOf(findings []domain.Finding) map[string]map[domain.Cell]*mark {
	sheets := map[string]map[domain.Cell]*mark{}
	for _, f := range findings {
		for _, at := range slices.Compact(append([]domain.Cell{f.Cell}, f.At...)) {
			if at.Ref() == "" {
				continue
			}
			if sheets[at.Sheet] == nil {
				sheets[at.Sheet] = map[domain.Cell]*mark{}
			}
			m := sheets[at.Sheet][at]
			if m == nil {
				m = &mark{rank: len(markColours)}
				sheets[at.Sheet][at] = m
			}
			m.rank = min(m.rank, rankOf(f))
			if line := severityOf(f) + " (" + f.Rule + "): " + f.Message; !slices.Contains(m.lines, line) {
				m.lines = append(m.lines, line)
			}
		}
	}
	return sheets
}

// worksheetOrder is the order that the elements of a worksheet must keep.
var worksheetOrder = strings.Fields(`sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr
	sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells
	phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter
	rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing
	legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst`)

// markSheet colours cells of a sheet and puts comments on them. dxf is the first
// of three differential styles, one for each colour.
func (p *xmlPackage) markSheet(part string, marks map[domain.Cell]*mark, dxf int) error {
	data, root, kids, err := p.outline(part)
	if err != nil {
		return err
	}
	merges, err := mergesOf(data, kids)
	if err != nil {
		return err
	}
	// A merged range shows, and is coloured, as its first cell is.
	var areas [len(markColours)][]area
	notes := map[domain.Cell]*mark{}
	for cell, m := range marks {
		a := area{cell.Row, cell.Col, cell.Row, cell.Col}
		for _, merged := range merges {
			if merged.top <= cell.Row && cell.Row <= merged.bottom && merged.left <= cell.Col && cell.Col <= merged.right {
				a = merged
			}
		}
		areas[m.rank] = append(areas[m.rank], a)
		at := domain.Cell{Row: a.top, Col: a.left}
		if notes[at] == nil {
			notes[at] = &mark{lines: []string{markHead}}
		}
		notes[at].lines = append(notes[at].lines, m.lines...)
	}
	var formats strings.Builder
	rules := 0
	for rank := range areas {
		// A cell has one colour, the gravest.
		for _, graver := range areas[:rank] {
			areas[rank] = slices.DeleteFunc(areas[rank], func(a area) bool { return slices.Contains(graver, a) })
		}
		for refs := range slices.Chunk(areaRefs(areas[rank]), maxAreas) {
			rules++
			fmt.Fprintf(&formats, `<conditionalFormatting sqref="%s"><cfRule type="expression" dxfId="%d" priority="%d"><formula>%s</formula></cfRule></conditionalFormatting>`,
				strings.Join(refs, " "), dxf+rank, rules, escapeXML(markFormula))
		}
	}
	at := before(root, kids, worksheetOrder, "conditionalFormatting")
	pieces := append(shiftPriorities(data, kids, rules), piece{at, at, root.qualify(formats.String())})
	if err := p.edit(part, pieces...); err != nil {
		return err
	}
	return p.addComments(part, notes)
}

// mergesOf are the merged ranges of a sheet.
func mergesOf(data []byte, kids []node) ([]area, error) {
	cells, err := childrenOf(data, find(kids, "mergeCells"))
	if err != nil {
		return nil, err
	}
	var merges []area
	for _, c := range cells {
		first, last, _ := strings.Cut(c.attr("ref"), ":")
		top, left, ok1 := cellOf(first)
		bottom, right, ok2 := cellOf(last)
		if ok1 && ok2 {
			merges = append(merges, area{top, left, bottom, right})
		}
	}
	return merges, nil
}

var cellText = regexp.MustCompile(`^([A-Z]{1,3})([1-9][0-9]{0,6})$`)

// cellOf reads an address such as E25.
func cellOf(ref string) (row, col int, ok bool) {
	m := cellText.FindStringSubmatch(ref)
	if m == nil {
		return 0, 0, false
	}
	for _, letter := range m[1] {
		col = col*26 + int(letter-'A') + 1
	}
	row, _ = strconv.Atoi(m[2])
	return row, col, true
}

// maxAreas bounds the cells and ranges that one conditional format lists.
const maxAreas = 1000

// areaRefs is areas as Excel writes them, cells that stand one above another as one
// range: C10:C25, E7.
func areaRefs(areas []area) []string {
	slices.SortFunc(areas, func(a, b area) int {
		return cmp.Or(a.left-b.left, a.right-b.right, a.top-b.top)
	})
	areas = slices.Compact(areas)
	var runs []area
	for _, a := range areas {
		if n := len(runs); n > 0 && runs[n-1].left == a.left && runs[n-1].right == a.right && runs[n-1].bottom+1 == a.top {
			runs[n-1].bottom = a.bottom
			continue
		}
		runs = append(runs, a)
	}
	refs := make([]string, len(runs))
	for i, a := range runs {
		refs[i] = domain.Cell{Row: a.top, Col: a.left}.Ref()
		if a.top != a.bottom || a.left != a.right {
			refs[i] += ":" + domain.Cell{Row: a.bottom, Col: a.right}.Ref()
		}
	}
	return refs
}

var rulePriority = regexp.MustCompile(`<(?:\w+:)?cfRule\b[^>]*?\spriority\s*=\s*["'](-?[0-9]+)["']`)

// shiftPriorities makes room before the sender's conditional formats for rules
// that go first, or (by < 0) takes it away; their own order stays.
func shiftPriorities(data []byte, kids []node, by int) []piece {
	var pieces []piece
	for _, k := range kids {
		if k.local != "conditionalFormatting" && k.local != "extLst" {
			continue
		}
		for _, m := range rulePriority.FindAllSubmatchIndex(data[k.start:k.end], -1) {
			from, to := k.start+m[2], k.start+m[3]
			n, err := strconv.Atoi(string(data[from:to]))
			if err != nil || n+by < 1 && by < 0 {
				return nil
			}
			pieces = append(pieces, piece{from, to, strconv.Itoa(n + by)})
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
func (p *xmlPackage) addComments(part string, notes map[domain.Cell]*mark) error {
	rels, err := p.relations(part)
	if err != nil {
		return err
	}
	commentsPart := ""
	for _, r := range rels {
		if r.kind == "comments" {
			commentsPart = r.target
		}
	}
	if commentsPart == "" {
		empty := fmt.Sprintf(xmlHead+`<comments xmlns="%s"><authors></authors><commentList></commentList></comments>`, p.space(mainSpace))
		if commentsPart, _, err = p.add(part, "comments", commentsPattern, commentsType, []byte(empty)); err != nil {
			return err
		}
	}
	data, _, kids, err := p.outline(commentsPart)
	if err != nil {
		return err
	}
	authors, list := find(kids, "authors"), find(kids, "commentList")
	if authors == nil || list == nil {
		return fmt.Errorf("%s: no authors or no list", commentsPart)
	}
	known, err := childrenOf(data, authors)
	if err != nil {
		return err
	}
	present, err := childrenOf(data, list)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, c := range present {
		taken[c.attr("ref")] = true
	}
	cells := slices.SortedFunc(maps.Keys(notes), domain.Cell.Compare)
	cells = slices.DeleteFunc(cells, func(c domain.Cell) bool { return taken[c.Ref()] })
	cells = cells[:min(len(cells), maxComments)]
	var comments strings.Builder
	for _, c := range cells {
		fmt.Fprintf(&comments, `<comment ref="%s" authorId="%d"><text><r><rPr><sz val="10"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/></rPr><t xml:space="preserve">%s</t></r></text></comment>`,
			c.Ref(), len(known), escapeXML(strings.Join(notes[c].lines, "\n")))
	}
	pieces := authors.append(data, "<author>"+markAuthor+"</author>")
	pieces = append(pieces, list.append(data, comments.String())...)
	if err := p.edit(commentsPart, pieces...); err != nil {
		return err
	}
	return p.addBoxes(part, cells, notes)
}

// A comment's box, in points.
const (
	boxWidth = 300
	boxFont  = 10
)

const vmlHead = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">` +
	`<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>`

const vmlNoteType = `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

// addBoxes adds the boxes that comments are shown in, which Excel keeps in a
// drawing of its own kind.
func (p *xmlPackage) addBoxes(part string, cells []domain.Cell, notes map[domain.Cell]*mark) error {
	data, root, kids, err := p.outline(part)
	if err != nil {
		return err
	}
	drawing := ""
	if legacy := find(kids, "legacyDrawing"); legacy != nil {
		rels, err := p.relations(part)
		if err != nil {
			return err
		}
		for _, r := range rels {
			if r.id == legacy.attr("id") {
				drawing = r.target
			}
		}
	} else {
		var id string
		if drawing, id, err = p.add(part, "vmlDrawing", vmlPattern, vmlType, []byte(vmlHead)); err != nil {
			return err
		}
		at := before(root, kids, worksheetOrder, "legacyDrawing")
		element := fmt.Sprintf(`<legacyDrawing r:id="%s" xmlns:r="%s"/>`, id, p.space(relationSpace))
		if err := p.edit(part, piece{at, at, root.qualify(element)}); err != nil {
			return err
		}
	}
	vml, err := p.read(drawing)
	if err != nil {
		return err
	}
	end := bytes.LastIndex(vml, []byte("</xml>"))
	if end < 0 || !bytes.Contains(vml, []byte(`xmlns:x="urn:schemas-microsoft-com:office:excel"`)) {
		return fmt.Errorf("%s: not a drawing of comments", drawing)
	}
	var boxes strings.Builder
	if !bytes.Contains(vml, []byte(`id="_x0000_t202"`)) {
		boxes.WriteString(vmlNoteType)
	}
	next := 1024
	for _, m := range shapeNumber.FindAllSubmatch(vml, -1) {
		if n, err := strconv.Atoi(string(m[1])); err == nil {
			next = max(next, n)
		}
	}
	grid, err := gridOf(data, kids)
	if err != nil {
		return err
	}
	for _, c := range cells {
		next++
		lines := linesOf(strings.Join(notes[c].lines, "\n"), boxWidth-16, boxFont*tahoma, false)
		height := math.Ceil(float64(lines+1) * boxFont * lineHeight)
		fmt.Fprintf(&boxes, `<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:%dpt;height:%gpt;z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">`+
			`<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
			`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
			next, boxWidth, height, next-1024, grid.anchor(c, boxWidth, height), c.Row-1, c.Col-1)
	}
	return p.edit(drawing, piece{end, end, boxes.String()})
}

// tahoma is how much wider the font of comments runs than Times New Roman.
const tahoma = 1.25

var shapeNumber = regexp.MustCompile(`_x0000_s([0-9]{4,8})\b`)

// sheetGrid is the sizes of a sheet's columns and rows in points, as far as boxes
// need them.
type sheetGrid struct {
	width  map[int]float64
	usual  float64 // of a column not in width
	height float64 // of a row; higher ones make a box larger, never smaller
}

func gridOf(data []byte, kids []node) (sheetGrid, error) {
	g := sheetGrid{width: map[int]float64{}, usual: columnPoints(8.43), height: 15}
	if format := find(kids, "sheetFormatPr"); format != nil {
		if h, err := strconv.ParseFloat(format.attr("defaultRowHeight"), 64); err == nil && h > 1 {
			g.height = h
		}
	}
	cols, err := childrenOf(data, find(kids, "cols"))
	if err != nil {
		return g, err
	}
	for _, c := range cols {
		first, _ := strconv.Atoi(c.attr("min"))
		last, _ := strconv.Atoi(c.attr("max"))
		chars, err := strconv.ParseFloat(c.attr("width"), 64)
		if hidden := c.attr("hidden"); hidden == "1" || hidden == "true" {
			chars = 0
		}
		for col := first; err == nil && col <= min(last, maxTemplateCols); col++ {
			g.width[col] = columnPoints(chars)
		}
	}
	return g, nil
}

// anchor places a box beside a cell: left column and offset, top row and offset,
// right column and offset, bottom row and offset, 0-based and in pixels.
func (g sheetGrid) anchor(c domain.Cell, width, height float64) string {
	right := c.Col + 1
	for left := width; ; right++ {
		w, ok := g.width[right]
		if !ok {
			w = g.usual
		}
		if left -= w; left <= 0 || right > c.Col+100 {
			break
		}
	}
	rows := int(math.Ceil(height / g.height))
	top := max(0, c.Row-2)
	return fmt.Sprintf("%d, 15, %d, 2, %d, 15, %d, 4", c.Col, top, right, top+rows)
}
