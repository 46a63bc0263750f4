package feedback

import (
	"fmt"

	"ketnap/internal/xlsx/edit"
)

// The looks of the list's cells, in the order of listFormats.
const (
	lookTitle = iota
	lookAbout
	lookReturned
	lookAccepted
	lookHelp
	lookHead
	lookCentre
	lookText
	lookLink
	lookError
	lookWarning
	lookInfo
	lookSection
	lookReading
)

// The fonts, fills and borders that the list adds to a workbook's styles, and the
// differential styles that colour marked cells.
var (
	listFonts = []string{
		listFont("", 12, "FF000000"), listFont("<b/>", 12, "FF000000"), listFont("<b/>", 14, "FF000000"),
		listFont("<b/>", 14, "FFFFFFFF"), listFont("<u/>", 12, "FF0563C1"), listFont("<i/>", 11, "FF404040"),
	}
	listFills = []string{
		listFill(markColours[0]), listFill(markColours[1]), listFill(markColours[2]),
		listFill("FFDDEBF7"), listFill("FFC00000"), listFill("FF2E7D32"),
	}
	listBorders = []string{`<border><left style="thin"><color rgb="FF7F7F7F"/></left><right style="thin"><color rgb="FF7F7F7F"/></right>` +
		`<top style="thin"><color rgb="FF7F7F7F"/></top><bottom style="thin"><color rgb="FF7F7F7F"/></bottom><diagonal/></border>`}
	listDifferent = []string{listDXF(markColours[0]), listDXF(markColours[1]), listDXF(markColours[2])}
)

func listFont(attributes string, size int, colour string) string {
	return fmt.Sprintf(`<font>%s<sz val="%d"/><color rgb="%s"/><name val="Times New Roman"/><family val="1"/></font>`,
		attributes, size, colour)
}

func listFill(colour string) string {
	return fmt.Sprintf(`<fill><patternFill patternType="solid"><fgColor rgb="%s"/><bgColor indexed="64"/></patternFill></fill>`, colour)
}

func listDXF(colour string) string {
	return fmt.Sprintf(`<dxf><fill><patternFill patternType="solid">`+
		`<fgColor rgb="%[1]s"/><bgColor rgb="%[1]s"/></patternFill></fill></dxf>`, colour)
}

// listFormats are the cell formats by look, for the places that our fonts, fills
// and border have in the workbook. Texts keep being texts when someone edits them
// (quotePrefix).
func listFormats(font, fill, border int) []string {
	const (
		line     = `horizontal="left" vertical="center"`
		wrapped  = line + ` wrapText="1"`
		indented = wrapped + ` indent="1"`
		centred  = `horizontal="center" vertical="center" wrapText="1"`
		atTop    = `horizontal="left" vertical="top" wrapText="1"`
	)
	format := func(font, fill, border int, alignment string) string {
		return fmt.Sprintf(`<xf numFmtId="0" fontId="%d" fillId="%d" borderId="%d" xfId="0" quotePrefix="1" `+
			`applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment %s/></xf>`, font, fill, border, alignment)
	}
	return []string{
		lookTitle:    format(font+2, 0, 0, line),
		lookAbout:    format(font, 0, 0, wrapped),
		lookReturned: format(font+3, fill+4, 0, wrapped),
		lookAccepted: format(font+3, fill+5, 0, wrapped),
		lookHelp:     format(font, 0, 0, wrapped),
		lookHead:     format(font+1, fill+3, border, centred),
		lookCentre:   format(font, 0, border, centred),
		lookText:     format(font, 0, border, indented),
		lookLink:     format(font+4, 0, border, centred),
		lookError:    format(font+1, fill, border, centred),
		lookWarning:  format(font+1, fill+1, border, centred),
		lookInfo:     format(font, fill+2, border, centred),
		lookSection:  format(font+1, 0, 0, line),
		lookReading:  format(font+5, 0, 0, atTop),
	}
}

// addStyles adds what the list needs to the workbook's styles, unless an earlier
// copy left it there, and answers the numbers of its first format and of the first
// differential style.
func addStyles(p *edit.Package) (format, dxf int) {
	font, fill, border := p.AddStyles("fonts", listFonts), p.AddStyles("fills", listFills), p.AddStyles("borders", listBorders)
	return p.AddStyles("cellXfs", listFormats(font, fill, border)), p.AddStyles("dxfs", listDifferent)
}
