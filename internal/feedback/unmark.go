package feedback

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"
)

// unmark takes off a workbook what [Mark] put on it: the sheet LOI_CAN_SUA, the
// colours and the comments, also after the sender has saved it in Excel or
// LibreOffice. A workbook without marks stays as it is.
func unmark(p *edit.Package) {
	if i := slices.IndexFunc(p.Sheets, func(s edit.Sheet) bool { return s.Name == listSheet }); i >= 0 && len(p.Sheets) > 1 {
		p.RemoveSheet(i)
	}
	for _, s := range p.Sheets {
		if s.Grid {
			unmarkCells(p, s.Part)
			removeComments(p, s.Part)
		}
	}
}

// unmarkCells takes our conditional formats off a sheet. A program that saved the
// copy may have put a rule of the sender's into one element with ours.
func unmarkCells(p *edit.Package, part string) {
	if !bytes.Contains(p.Read(part), []byte(markAuthor)) {
		return
	}
	var pieces []edit.Change
	taken := 0
	for _, k := range p.Outline(part).Children() {
		if k.Local != "conditionalFormatting" {
			continue
		}
		rules := k.Children()
		var ours []edit.Change
		for _, r := range rules {
			if strings.ReplaceAll(r.Text(), " ", "") == markFormula {
				ours = append(ours, r.Cut())
			}
		}
		taken += len(ours)
		if len(ours) > 0 && len(ours) == len(rules) {
			ours = []edit.Change{k.Cut()}
		}
		pieces = append(pieces, ours...)
	}
	p.Edit(part, pieces...)
	p.Edit(part, shiftPriorities(p.Outline(part), -taken)...)
}

// removeComments takes our comments off a sheet, and the parts that held them when
// nothing else is in them.
func removeComments(p *edit.Package, part string) {
	rel := p.Relation(part, edit.OfKind("comments"))
	if rel == nil || !p.Has(rel.Target) {
		return
	}
	root := p.Outline(rel.Target)
	authors, comments := root.Child("authors").Items(), root.Child("commentList").Items()
	var pieces []edit.Change
	ours := map[string]bool{}
	for _, c := range comments {
		author := ""
		if n, err := strconv.Atoi(c.Attr("authorId")); err == nil && n >= 0 && n < len(authors) {
			author = authors[n].Text()
		}
		if strings.TrimSpace(author) == markAuthor || strings.HasPrefix(strings.TrimSpace(c.Text()), markHead) {
			pieces = append(pieces, c.Cut())
			ours[strings.ToUpper(c.Attr("ref"))] = true
		}
	}
	if len(ours) == 0 {
		return
	}
	removeBoxes(p, part, ours)
	if len(pieces) == len(comments) {
		p.Unrelate(part, rel.ID)
		return
	}
	// The comments count the authors, so only the last can go.
	if n := len(authors); n > 0 && strings.Contains(authors[n-1].XML(), ">"+markAuthor+"<") {
		pieces = append(pieces, authors[n-1].Cut())
	}
	p.Edit(rel.Target, pieces...)
}

// The prefixes are those of the program that saved the drawing.
var (
	vmlShape  = regexp.MustCompile(`(?s)<(?:\w+:)?shape\s.*?</(?:\w+:)?shape>\s*`)
	vmlNoted  = regexp.MustCompile(`ObjectType\s*=\s*["']Note["']`)
	vmlRow    = regexp.MustCompile(`<(?:\w+:)?Row>\s*([0-9]+)\s*</`)
	vmlColumn = regexp.MustCompile(`<(?:\w+:)?Column>\s*([0-9]+)\s*</`)
)

// removeBoxes takes away the boxes of comments on these cells.
func removeBoxes(p *edit.Package, part string, cells map[string]bool) {
	legacy, drawing := drawingOf(p, part)
	if legacy == nil {
		return
	}
	vml := p.Read(drawing.Target)
	var pieces []edit.Change
	shapes := vmlShape.FindAllIndex(vml, -1)
	for _, at := range shapes {
		shape := vml[at[0]:at[1]]
		row, col := vmlRow.FindSubmatch(shape), vmlColumn.FindSubmatch(shape)
		if row == nil || col == nil || !vmlNoted.Match(shape) {
			continue
		}
		r, _ := strconv.Atoi(string(row[1]))
		c, _ := strconv.Atoi(string(col[1]))
		if cells[edit.Ref(r+1, c+1)] {
			pieces = append(pieces, edit.Change{From: at[0], To: at[1]})
		}
	}
	if len(pieces) < len(shapes) {
		p.Edit(drawing.Target, pieces...)
		return
	}
	p.Edit(part, legacy.Cut())
	p.Unrelate(part, drawing.ID)
}

// linkElements lead out of the workbook where their relationship does.
var linkElements = []string{"hyperlink", "hlinkClick", "hlinkHover"}

// cutLinks takes the links that lead out of the workbook off a sheet and what is drawn
// on it: a copy that comes from the office must not lead its reader anywhere else. The
// texts of the cells stay. It answers how many there were.
func cutLinks(p *edit.Package, part string) (cut int) {
	outside := map[string]bool{}
	for _, r := range p.Relations(part) {
		switch {
		case r.Kind == "hyperlink" && r.Target == "":
			outside[r.ID] = true
		case r.Kind == "drawing" && p.Has(r.Target):
			cut += cutLinks(p, r.Target)
		}
	}
	if len(outside) == 0 {
		return cut
	}
	var changes []edit.Change
	for _, kid := range p.Outline(part).Children() {
		links := linksIn(&kid, outside)
		cut += len(links)
		if kid.Local == "hyperlinks" && len(links) == len(kid.Children()) {
			links = []edit.Change{kid.Cut()}
		}
		changes = append(changes, links...)
	}
	p.Edit(part, changes...)
	p.Unrelate(part, slices.Sorted(maps.Keys(outside))...)
	return cut
}

// linksIn takes the links with these relationships out of an element.
func linksIn(n *edit.Node, ids map[string]bool) []edit.Change {
	if slices.Contains(linkElements, n.Local) && ids[n.Attr("id")] {
		return []edit.Change{n.Cut()}
	}
	var changes []edit.Change
	for _, kid := range n.Children() {
		changes = append(changes, linksIn(&kid, ids)...)
	}
	return changes
}
