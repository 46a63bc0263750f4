package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
)

// Unmark takes off a workbook what Marked put on it: the sheet LOI_CAN_SUA, the
// colours and the comments, also after the sender has saved it in Excel or
// LibreOffice. A workbook without marks comes back byte for byte.
func Unmark(data []byte) ([]byte, error) {
	p, err := openXMLPackage(data)
	if err != nil {
		return nil, err
	}
	if err := p.unmark(); err != nil {
		return nil, err
	}
	if len(p.changed) == 0 && len(p.removed) == 0 {
		return data, nil
	}
	return p.bytes()
}

func (p *xmlPackage) unmark() error {
	if i := slices.IndexFunc(p.sheets, func(s packageSheet) bool { return s.name == listSheet }); i >= 0 && len(p.sheets) > 1 {
		if err := p.removeSheet(i); err != nil {
			return err
		}
	}
	for _, s := range p.sheets {
		if !s.grid {
			continue
		}
		if err := p.unmarkCells(s.part); err != nil {
			return err
		}
		if err := p.removeComments(s.part); err != nil {
			return err
		}
	}
	return nil
}

// removeSheet takes the i-th sheet out of the workbook.
func (p *xmlPackage) removeSheet(i int) error {
	part := p.sheets[i].part
	data, _, kids, err := p.outline(p.workbook)
	if err != nil {
		return err
	}
	lines, err := childrenOf(data, find(kids, "sheets"))
	if err != nil {
		return err
	}
	pieces := []piece{{lines[i].start, lines[i].end, ""}}
	names, err := renumberNames(data, kids, func(n int) int {
		switch {
		case n == i:
			return -1
		case n > i:
			return n - 1
		}
		return n
	})
	if err != nil {
		return err
	}
	pieces = append(pieces, names...)
	views, err := childrenOf(data, find(kids, "bookViews"))
	if err != nil {
		return err
	}
	for _, v := range views {
		for _, name := range []string{"activeTab", "firstSheet"} {
			if n, err := strconv.Atoi(v.attr(name)); err == nil && n >= i && n > 0 {
				pieces = append(pieces, v.set(data, name, strconv.Itoa(n-1)))
			}
		}
	}
	if err := p.edit(p.workbook, pieces...); err != nil {
		return err
	}
	if err := p.unrelate(p.workbook, lines[i].attr("id")); err != nil {
		return err
	}
	if err := p.remove(part); err != nil {
		return err
	}
	return p.readSheets()
}

// renumberNames changes the sheets that defined names belong to; a name whose
// sheet becomes -1 is taken out.
func renumberNames(data []byte, kids []node, to func(int) int) ([]piece, error) {
	all := find(kids, "definedNames")
	names, err := childrenOf(data, all)
	if err != nil {
		return nil, err
	}
	var pieces []piece
	gone := 0
	for _, n := range names {
		local, err := strconv.Atoi(n.attr("localSheetId"))
		if err != nil {
			continue
		}
		switch now := to(local); {
		case now < 0:
			gone++
			pieces = append(pieces, piece{n.start, n.end, ""})
		case now != local:
			pieces = append(pieces, n.set(data, "localSheetId", strconv.Itoa(now)))
		}
	}
	if gone > 0 && gone == len(names) {
		return []piece{{all.start, all.end, ""}}, nil
	}
	return pieces, nil
}

// unmarkCells takes our conditional formats off a sheet. A program that saved the
// copy may have put a rule of the sender's into one element with ours.
func (p *xmlPackage) unmarkCells(part string) error {
	data, err := p.read(part)
	if err != nil || !bytes.Contains(data, []byte(markAuthor)) {
		return err
	}
	data, _, kids, err := p.outline(part)
	if err != nil {
		return err
	}
	var pieces []piece
	taken := 0
	for _, k := range kids {
		if k.local != "conditionalFormatting" {
			continue
		}
		rules, err := childrenOf(data, &k)
		if err != nil {
			return err
		}
		var ours []piece
		for _, r := range rules {
			if formula, err := textOf(data[r.start:r.end]); err == nil && strings.ReplaceAll(formula, " ", "") == markFormula {
				ours = append(ours, piece{r.start, r.end, ""})
			}
		}
		taken += len(ours)
		if len(ours) > 0 && len(ours) == len(rules) {
			ours = []piece{{k.start, k.end, ""}}
		}
		pieces = append(pieces, ours...)
	}
	if len(pieces) == 0 {
		return nil
	}
	if err := p.edit(part, pieces...); err != nil {
		return err
	}
	data, _, kids, err = p.outline(part)
	if err != nil {
		return err
	}
	return p.edit(part, shiftPriorities(data, kids, -taken)...)
}

// textOf is the text of a piece of XML.
func textOf(data []byte) (string, error) {
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return text.String(), nil
		}
		if err != nil {
			return "", err
		}
		if t, ok := t.(xml.CharData); ok {
			text.Write(t)
		}
	}
}

// removeComments takes our comments off a sheet, and the parts that held them when
// nothing else is in them.
func (p *xmlPackage) removeComments(part string) error {
	rels, err := p.relations(part)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rels, func(r packageRelation) bool { return r.kind == "comments" })
	if i < 0 {
		return nil
	}
	data, _, kids, err := p.outline(rels[i].target)
	if err != nil {
		return err
	}
	authors, err := childrenOf(data, find(kids, "authors"))
	if err != nil {
		return err
	}
	comments, err := childrenOf(data, find(kids, "commentList"))
	if err != nil {
		return err
	}
	var pieces []piece
	ours := map[string]bool{}
	for _, c := range comments {
		said, err := textOf(data[c.start:c.end])
		if err != nil {
			return err
		}
		author := ""
		if n, err := strconv.Atoi(c.attr("authorId")); err == nil && n >= 0 && n < len(authors) {
			if author, err = textOf(data[authors[n].start:authors[n].end]); err != nil {
				return err
			}
		}
		if strings.TrimSpace(author) == markAuthor || strings.HasPrefix(strings.TrimSpace(said), markHead) {
			pieces = append(pieces, piece{c.start, c.end, ""})
			ours[c.attr("ref")] = true
		}
	}
	if len(ours) == 0 {
		return nil
	}
	if err := p.removeBoxes(part, ours); err != nil {
		return err
	}
	if len(pieces) == len(comments) {
		if err := p.unrelate(part, rels[i].id); err != nil {
			return err
		}
		return p.remove(rels[i].target)
	}
	// The comments count the authors, so only the last can go.
	if last := authors[len(authors)-1]; strings.Contains(string(data[last.start:last.end]), ">"+markAuthor+"<") {
		pieces = append(pieces, piece{last.start, last.end, ""})
	}
	return p.edit(rels[i].target, pieces...)
}

var (
	vmlShape  = regexp.MustCompile(`(?s)<v:shape\s.*?</v:shape>\s*`)
	vmlRow    = regexp.MustCompile(`<x:Row>\s*([0-9]+)\s*</x:Row>`)
	vmlColumn = regexp.MustCompile(`<x:Column>\s*([0-9]+)\s*</x:Column>`)
)

// removeBoxes takes away the boxes of comments on these cells.
func (p *xmlPackage) removeBoxes(part string, cells map[string]bool) error {
	_, _, kids, err := p.outline(part)
	if err != nil {
		return err
	}
	legacy := find(kids, "legacyDrawing")
	if legacy == nil {
		return nil
	}
	rels, err := p.relations(part)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rels, func(r packageRelation) bool { return r.id == legacy.attr("id") })
	if i < 0 {
		return fmt.Errorf("%s: drawing of comments without a part", part)
	}
	drawing := rels[i].target
	vml, err := p.read(drawing)
	if err != nil {
		return err
	}
	var pieces []piece
	shapes := vmlShape.FindAllIndex(vml, -1)
	for _, at := range shapes {
		shape := vml[at[0]:at[1]]
		row, col := vmlRow.FindSubmatch(shape), vmlColumn.FindSubmatch(shape)
		if row == nil || col == nil || !bytes.Contains(shape, []byte(`ObjectType="Note"`)) {
			continue
		}
		r, _ := strconv.Atoi(string(row[1]))
		c, _ := strconv.Atoi(string(col[1]))
		if cells[(domain.Cell{Row: r + 1, Col: c + 1}).Ref()] {
			pieces = append(pieces, piece{at[0], at[1], ""})
		}
	}
	if len(pieces) < len(shapes) {
		return p.edit(drawing, pieces...)
	}
	if err := p.edit(part, piece{legacy.start, legacy.end, ""}); err != nil {
		return err
	}
	if err := p.unrelate(part, rels[i].id); err != nil {
		return err
	}
	return p.remove(drawing)
}
