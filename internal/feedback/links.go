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
	data, _, kids, err := p.Outline(part)
	if err != nil {
		return 0, err
	}
	var changes []edit.Change
	for _, kid := range kids {
		if kid.Local == "sheetData" {
			continue
		}
		links, err := linksIn(data, kid, outside)
		if err != nil {
			return 0, err
		}
		changes, cut = append(changes, links...), cut+len(links)
		if all, err := edit.Children(data, &kid); err == nil && kid.Local == "hyperlinks" && len(links) == len(all) {
			changes = append(changes[:len(changes)-len(links)], kid.Cut())
		}
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
func linksIn(data []byte, n edit.Node, ids []string) ([]edit.Change, error) {
	if slices.Contains(linkElements, n.Local) && slices.Contains(ids, n.Attr("id")) {
		return []edit.Change{n.Cut()}, nil
	}
	kids, err := edit.Children(data, &n)
	if err != nil {
		return nil, err
	}
	var changes []edit.Change
	for _, kid := range kids {
		more, err := linksIn(data, kid, ids)
		if err != nil {
			return nil, err
		}
		changes = append(changes, more...)
	}
	return changes, nil
}
