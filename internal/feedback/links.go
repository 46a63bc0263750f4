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
func cutLinks(p *edit.Package, part string) (int, error) {
	rels, err := p.Relations(part)
	if err != nil {
		return 0, err
	}
	cut := 0
	var outside []string
	for _, r := range rels {
		switch {
		case r.Kind == "hyperlink" && r.Target == "":
			outside = append(outside, r.ID)
		case r.Kind == "drawing" && p.Has(r.Target):
			n, err := cutLinks(p, r.Target)
			if err != nil {
				return 0, err
			}
			cut += n
		}
	}
	if len(outside) == 0 {
		return cut, nil
	}
	root, err := p.Outline(part)
	if err != nil {
		return 0, err
	}
	var changes []edit.Change
	for _, kid := range root.Children() {
		links := linksIn(&kid, outside)
		cut += len(links)
		if kid.Local == "hyperlinks" && len(links) == len(kid.Children()) {
			links = []edit.Change{kid.Cut()}
		}
		changes = append(changes, links...)
	}
	if err := p.Edit(part, changes...); err != nil {
		return 0, err
	}
	for _, id := range outside {
		if err := p.Unrelate(part, id); err != nil {
			return 0, err
		}
	}
	return cut, nil
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
