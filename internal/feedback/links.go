package feedback

import (
	"slices"

	"ketnap/internal/xlsx/edit"
)

// linkElements lead out of the workbook where their relationship does.
var linkElements = []string{"hyperlink", "hlinkClick", "hlinkHover"}

// cutLinks takes the links that lead out of the workbook off a sheet and what is drawn
// on it: a copy that comes from the office must not lead its reader anywhere else. The
// texts of the cells stay. It answers how many there were.
func cutLinks(p *edit.Package, part string) (cut int) {
	var outside []string
	for _, r := range p.Relations(part) {
		switch {
		case r.Kind == "hyperlink" && r.Target == "":
			outside = append(outside, r.ID)
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
	for _, id := range outside {
		p.Unrelate(part, id)
	}
	return cut
}

// linksIn takes the links with these relationships out of an element.
func linksIn(n *edit.Node, ids []string) []edit.Change {
	if slices.Contains(linkElements, n.Local) && slices.Contains(ids, n.Attr("id")) {
		return []edit.Change{n.Cut()}
	}
	var changes []edit.Change
	for _, kid := range n.Children() {
		changes = append(changes, linksIn(&kid, ids)...)
	}
	return changes
}
