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
	const noFill = -1
	format := func(f, fl int, framed bool, horizontal, vertical string, wrap bool) string {
		indent := ""
		if framed && horizontal == "left" {
			indent = ` indent="1"`
		}
		fillID, borderID := 0, 0
		if fl != noFill {
			fillID = fill + fl
		}
		if framed {
			borderID = border
		}
		wrapText := ""
		if wrap {
			wrapText = ` wrapText="1"`
		}
		return fmt.Sprintf(`<xf numFmtId="0" fontId="%d" fillId="%d" borderId="%d" xfId="0" quotePrefix="1" `+
			`applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="%s" vertical="%s"%s%s/></xf>`,
			font+f, fillID, borderID, horizontal, vertical, wrapText, indent)
	}
	return []string{
		lookTitle:    format(2, noFill, false, "left", "center", false),
		lookAbout:    format(0, noFill, false, "left", "center", true),
		lookReturned: format(3, 4, false, "left", "center", true),
		lookAccepted: format(3, 5, false, "left", "center", true),
		lookHelp:     format(0, noFill, false, "left", "center", true),
		lookHead:     format(1, 3, true, "center", "center", true),
		lookCentre:   format(0, noFill, true, "center", "center", true),
		lookText:     format(0, noFill, true, "left", "center", true),
		lookLink:     format(4, noFill, true, "center", "center", true),
		lookError:    format(1, 0, true, "center", "center", true),
		lookWarning:  format(1, 1, true, "center", "center", true),
		lookInfo:     format(0, 2, true, "center", "center", true),
		lookSection:  format(1, noFill, false, "left", "center", false),
		lookReading:  format(5, noFill, false, "left", "top", true),
	}
}

// addStyles adds what the list needs to the workbook's styles, unless an earlier
// copy left it there, and answers the numbers of its first format and of the first
// differential style.
func addStyles(p *edit.Package) (format, dxf int, err error) {
	var font, fill, border int
	for _, step := range []struct {
		local string
		items func() []string
		first *int
	}{
		{"fonts", func() []string { return listFonts }, &font},
		{"fills", func() []string { return listFills }, &fill},
		{"borders", func() []string { return listBorders }, &border},
		{"cellXfs", func() []string { return listFormats(font, fill, border) }, &format},
		{"dxfs", func() []string { return listDifferent }, &dxf},
	} {
		if *step.first, err = p.AddStyles(step.local, step.items()); err != nil {
			return 0, 0, err
		}
	}
	return format, dxf, nil
}
