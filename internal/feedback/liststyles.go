package feedback

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"

	"ketnap/internal/xlsx/edit"
)

// The looks of the list's cells, in the order of the cell formats of styles.xml.
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
	lookError // and, of the other ranks, those after it
	lookWarning
	lookInfo
	lookSection
	lookReading
)

//go:embed styles.xml
var stylesXML []byte

// ownStyle is a format's number of a font, fill or border of styles.xml.
var ownStyle = regexp.MustCompile(`\b(font|fill|border)Id="([1-9])"`)

// addStyles adds what the list and the marks need to the workbook's styles, unless an
// earlier copy left it there, and answers the numbers of the first cell format and of the
// first differential style. Texts keep being texts when someone edits them (quotePrefix).
func addStyles(p *edit.Package) (format, dxf int) {
	styles, err := edit.Outline(stylesXML)
	if err != nil {
		panic(fmt.Sprintf("styles.xml: %v", err))
	}
	first := map[string]int{} // by the name of a list, the number of our first in it
	for _, list := range styles.Children() {
		var items []string
		for _, item := range list.Children() {
			items = append(items, ownStyle.ReplaceAllStringFunc(item.XML(), func(number string) string {
				m := ownStyle.FindStringSubmatch(number)
				n, _ := strconv.Atoi(m[2])
				return fmt.Sprintf(`%sId="%d"`, m[1], first[m[1]+"s"]+n-1)
			}))
		}
		first[list.Local] = p.AddStyles(list.Local, items)
	}
	return first["cellXfs"], first["dxfs"]
}
