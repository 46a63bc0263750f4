package edit

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// RemoveSheet takes the i-th sheet out of the workbook.
func (p *Package) RemoveSheet(i int) {
	root := p.Outline(p.Workbook)
	if p.err != nil {
		return
	}
	place := p.Sheets[i].place
	line := root.Child("sheets").Items()[place]
	pieces := append(renumberNames(root, place, -1), line.Cut())
	for _, v := range root.Child("bookViews").Items() {
		for _, name := range []string{"activeTab", "firstSheet"} {
			if n, err := strconv.Atoi(v.Attr(name)); err == nil && n >= place && n > 0 {
				pieces = append(pieces, v.Set(name, strconv.Itoa(n-1)))
			}
		}
	}
	p.Edit(p.Workbook, pieces...)
	p.Unrelate(p.Workbook, line.Attr("id"))
	p.readSheets()
}

// renumberNames changes the sheets that defined names belong to, of those after one. A
// name of that sheet is taken out.
func renumberNames(workbook *Node, after, by int) []Change {
	all := workbook.Child("definedNames")
	names := all.Items()
	var pieces []Change
	gone := 0
	for _, n := range names {
		local, err := strconv.Atoi(n.Attr("localSheetId"))
		switch {
		case err != nil:
		case local == after:
			gone++
			pieces = append(pieces, n.Cut())
		case local > after:
			pieces = append(pieces, n.Set("localSheetId", strconv.Itoa(local+by)))
		}
	}
	if gone > 0 && gone == len(names) {
		return []Change{all.Cut()}
	}
	return pieces
}

// orders are the orders that the elements within a root must keep.
var orders = map[string][]string{
	"worksheet": strings.Fields(`sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr
	sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells
	phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter
	rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing
	legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst`),
	"workbook": strings.Fields(`fileVersion fileSharing workbookPr workbookProtection bookViews sheets
	functionGroups externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr
	smartTagTypes webPublishing fileRecoveryPr webPublishObjects extLst`),
	"styleSheet": strings.Fields("numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"),
}

// firstStyles are what a list of styles begins with: a cell without a style has the first of
// each, and the first two fills are the same in every workbook.
var firstStyles = map[string][]string{
	"fonts":   {`<font><sz val="11"/><name val="Times New Roman"/></font>`},
	"fills":   {`<fill><patternFill patternType="none"/></fill>`, `<fill><patternFill patternType="gray125"/></fill>`},
	"borders": {`<border><left/><right/><top/><bottom/><diagonal/></border>`},
	"cellXfs": {`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>`},
}

const stylesType = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"

// StylesPart is the name of the part of the workbook's styles, which is made when there is none.
func (p *Package) StylesPart() string {
	for _, rel := range p.Relations(p.Workbook) {
		switch {
		case rel.Kind != "styles":
		case p.Has(rel.Target):
			return rel.Target
		default:
			p.Unrelate(p.Workbook, rel.ID)
		}
	}
	styles := fmt.Sprintf(Head+`<styleSheet xmlns="%s"><cellStyleXfs count="1"><xf/></cellStyleXfs></styleSheet>`, p.Namespace(MainSpace))
	part, _ := p.Add(p.Workbook, "styles", path.Join(path.Dir(p.Workbook), "styles%d.xml"), stylesType, []byte(styles))
	return part
}

// AddStyles adds items to a list of the workbook's styles (fonts, cellXfs), unless they
// are the last of it already, and answers the number of the first.
func (p *Package) AddStyles(local string, items []string) (first int) {
	part := p.StylesPart()
	root := p.Outline(part)
	all := root.Child(local)
	present := len(all.Items())
	missing := firstStyles[local][min(present, len(firstStyles[local])):]
	first, items = present+len(missing), slices.Concat(missing, items)
	block := strings.Join(items, "")
	if all == nil {
		p.Edit(part, root.Place(local, fmt.Sprintf(`<%s count="%d">%s</%s>`, local, len(items), block, local)))
		return first
	}
	if strings.HasSuffix(string(all.Data[all.Tag:all.Close]), all.Qualify(block)) {
		return present - len(items)
	}
	p.Edit(part, all.Set("count", strconv.Itoa(present+len(items))), all.Append(block))
	return first
}

const worksheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

// PutFirst puts a worksheet in front of the others and shows it. Its row titleRow is
// printed on every page.
func (p *Package) PutFirst(name string, sheet []byte, titleRow int) {
	// Two sheets selected at once would take what is typed into both.
	for _, s := range p.Sheets {
		var changes []Change
		for _, v := range p.Outline(s.Part).Child("sheetViews").Items() {
			if selected := v.Attr("tabSelected"); selected == "1" || selected == "true" {
				changes = append(changes, v.Set("tabSelected", "0"))
			}
		}
		p.Edit(s.Part, changes...)
	}
	_, id := p.Add(p.Workbook, "worksheet", path.Join(path.Dir(p.Workbook), "worksheets/sheet%d.xml"), worksheetType, sheet)
	root := p.Outline(p.Workbook)
	if p.err != nil {
		return
	}
	sheets := root.Child("sheets")
	number := 0
	for _, s := range sheets.Items() {
		if n, err := strconv.Atoi(s.Attr("sheetId")); err == nil {
			number = max(number, n)
		}
	}
	pieces := []Change{Insert(sheets.Tag, root.Qualify(fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="%s" xmlns:r="%s"/>`,
		Escape(name), number+1, id, p.Namespace(RelationSpace))))}
	for _, v := range root.Child("bookViews").Items() {
		pieces = append(pieces, v.Set("activeTab", "0"), v.Set("firstSheet", "0"))
	}
	pieces = append(pieces, renumberNames(root, -1, 1)...)
	title := fmt.Sprintf(`<definedName name="_xlnm.Print_Titles" localSheetId="0">%s!$%d:$%d</definedName>`, name, titleRow, titleRow)
	if all := root.Child("definedNames"); all != nil {
		pieces = append(pieces, all.Append(title))
	} else {
		pieces = append(pieces, root.Place("definedNames", "<definedNames>"+title+"</definedNames>"))
	}
	p.Edit(p.Workbook, pieces...)
	p.readSheets()
}
