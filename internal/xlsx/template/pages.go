package template

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"
)

// Programs begin a page where the one before is full, be it between a table and the
// signatures below it, which then stand alone under a repeated header. Where that may
// happen, a page is made to begin with the last rows of the table.

const (
	keptRows = 2 // of the longest list, which stay with what is below it
	inch     = 72.0
)

// pageBreak is the element that lets a page begin with the last rows of the longest list; ""
// where the sheet has breaks of its own, is no page long, or ends well anyhow. root is the
// sheet as it will be, heights are those of its rows.
func (s *sheet) pageBreak(root *edit.Node) string {
	setup := root.Child("pageSetup")
	if setup == nil || len(root.Child("rowBreaks").Items()) > 0 {
		return ""
	}
	titles, end := s.printed()
	heights := s.heights[:min(end, len(s.heights))]
	last, rows := 0, map[string]int{}
	for r := range heights {
		list := s.out[r].sample.list
		if rows[list]++; list != "" && rows[list] >= rows[s.out[max(last-1, 0)].sample.list] {
			last = r + 1
		}
	}
	first := last - keptRows + 1 // with which the page is to begin
	if last == 0 || last == len(heights) || first <= titles[1] {
		return ""
	}
	full := s.pageHeight(root, setup)
	for percent := 98; percent <= 104; percent++ { // programs differ by a little
		if at := lastPage(heights, titles, full*float64(percent)/100); at > first {
			return root.Qualify(fmt.Sprintf(`<rowBreaks count="1" manualBreakCount="1"><brk id="%d" max="16383" man="1"/></rowBreaks>`, first-1))
		}
	}
	return ""
}

// lastPage is the row, 1-based, with which the last page begins; titles are rows that head
// each page after the one they stand on.
func lastPage(heights []float64, titles [2]int, full float64) int {
	at, used, head := 1, 0.0, 0.0
	for r := titles[0]; r > 0 && r <= min(titles[1], len(heights)); r++ {
		head += heights[r-1]
	}
	for r, height := range heights {
		if used+height > full && r > 0 {
			at, used = r+1, 0
			if at > titles[1] {
				used = head
			}
		}
		used += height
	}
	return at
}

// pageHeight is how much of the rows a page holds, in points as the sheet has them.
func (s *sheet) pageHeight(root, setup *edit.Node) float64 {
	width, height := 8.27*inch, 11.69*inch // A4
	if setup.Attr("orientation") == "landscape" {
		width, height = height, width
	}
	margins := root.Child("pageMargins")
	margin := func(name string, usual float64) float64 {
		if margins != nil {
			if given, err := strconv.ParseFloat(margins.Attr(name), 64); err == nil {
				return given * inch
			}
		}
		return usual * inch
	}
	height -= margin("top", 0.75) + margin("bottom", 0.75)
	scale := 1.0
	if fit := root.Child("sheetPr").Child("pageSetUpPr"); fit != nil && slices.Contains([]string{"1", "true"}, fit.Attr("fitToPage")) {
		sheet := 0.0
		for _, w := range s.widths {
			sheet += w
		}
		scale = min(1, math.Floor(100*(width-margin("left", 0.7)-margin("right", 0.7))/sheet)/100)
	} else if percent, err := strconv.Atoi(setup.Attr("scale")); err == nil {
		scale = float64(percent) / 100
	}
	return height / max(scale, 0.1)
}

// printed are the rows that head each page, {0, 0} for none, and the last row that is printed.
func (s *sheet) printed() (titles [2]int, last int) {
	last = len(s.out)
	pkg := s.template.pkg
	for _, n := range pkg.Outline(pkg.Workbook).Child("definedNames").Items() {
		at, err := strconv.Atoi(n.Attr("localSheetId"))
		if err != nil || at >= len(pkg.Sheets) || pkg.Sheets[at].Name != s.name {
			continue
		}
		for ref := range strings.SplitSeq(n.Text(), ",") {
			_, ref, _ = strings.Cut(strings.ReplaceAll(ref, "$", ""), "!")
			area, ok := edit.AreaOf(ref)
			from, to, _ := strings.Cut(ref, ":")
			top, err := strconv.Atoi(from)
			switch {
			case n.Attr("name") == "_xlnm.Print_Area" && ok:
				last = area.Bottom
			case n.Attr("name") == "_xlnm.Print_Titles" && err == nil:
				bottom, _ := strconv.Atoi(to)
				titles = [2]int{top, cmp.Or(bottom, top)}
			}
		}
	}
	return titles, last
}
