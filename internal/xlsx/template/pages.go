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
// signatures below it, which then stand alone under a repeated header, or between a
// heading and what it heads. Where that may happen, a page is made to begin with the
// last rows of the table, or with the heading.

const (
	keptRows = 2 // of the longest list, which stay with what is below it
	inch     = 72.0
)

// pageBreaks is the element that lets pages begin with headings that would end one, and with
// the last rows of the longest list; "" where the sheet has breaks of its own, is no page long,
// or has none that is wanted. root is the sheet as it will be, heights are those of its rows.
func (s *sheet) pageBreaks(root *edit.Node) string {
	setup := root.Child("pageSetup")
	if setup == nil || len(root.Child("rowBreaks").Items()) > 0 {
		return ""
	}
	p := pages{}
	p.titles, p.end = s.printed()
	p.heights = s.heights[:min(p.end, len(s.heights))]
	p.full = s.pageHeight(root, setup)
	p.keepHeadings(s.headings(len(p.heights)))
	if first := s.lastRows(p.heights); first > p.titles[1] {
		p.some(func(begins []int) bool { // with which the page is to begin
			return begins[len(begins)-1] >= first && p.breakAt(first-1)
		})
	}
	if len(p.breaks) == 0 {
		return ""
	}
	text := fmt.Sprintf(`<rowBreaks count="%d" manualBreakCount="%d">`, len(p.breaks), len(p.breaks))
	for _, row := range p.breaks {
		text += fmt.Sprintf(`<brk id="%d" max="16383" man="1"/>`, row)
	}
	return root.Qualify(text + `</rowBreaks>`)
}

// lastRows is the row, 1-based, of the last keptRows of the longest list; 0 where nothing is
// printed below it.
func (s *sheet) lastRows(heights []float64) int {
	last, rows := 0, map[string]int{}
	for r := range heights {
		list := s.out[r].sample.list
		if rows[list]++; list != "" && rows[list] >= rows[s.out[max(last-1, 0)].sample.list] {
			last = r + 1
		}
	}
	if last == len(heights) {
		return 0
	}
	return last - keptRows + 1
}

// headings are, for each row, the row that it must not be parted from, itself where there is
// none: below the row of a list the first of a list inside it; below an empty row the fixed rows
// down to the first of a list.
func (s *sheet) headings(end int) []int {
	with := make([]int, end)
	for r := range with {
		with[r] = r
		if r == 0 {
			continue
		}
		this, above := s.out[r].sample, s.out[r-1].sample
		inside := above.list != "" && this.list != above.list && s.template.book.within(this.list, above.list)
		fixed := above.list == "" && !above.empty() && (this.list != "" || !this.empty())
		if inside || fixed {
			with[r] = with[r-1]
		}
	}
	return with
}

// empty reports a row in which nothing stands.
func (r *sampleRow) empty() bool {
	return !slices.ContainsFunc(r.cells, func(c sampleCell) bool { return c.constant != nil || len(c.text) > 0 || c.formula != nil })
}

// pages is how the rows of a sheet come onto pages.
type pages struct {
	heights []float64
	titles  [2]int  // rows, 1-based, that head each page after the one they stand on
	end     int     // the last row that is printed
	full    float64 // how much a page holds
	breaks  []int   // rows, 0-based, that a page is made to begin with
}

// keepHeadings lets pages begin with headings instead of what must not be parted from them.
func (p *pages) keepHeadings(with []int) {
	for p.some(func(begins []int) bool {
		return slices.ContainsFunc(begins, func(r int) bool { return with[r] < r && with[r] >= p.titles[1] && p.breakAt(with[r]) })
	}) {
	}
}

// breakAt lets a page begin with a row, and reports whether it did not yet.
func (p *pages) breakAt(row int) bool {
	at, there := slices.BinarySearch(p.breaks, row)
	if !there {
		p.breaks = slices.Insert(p.breaks, at, row)
	}
	return !there
}

// some reports whether something is so of the rows that pages begin with, with a page a little
// smaller or larger: programs differ by that.
func (p *pages) some(is func(begins []int) bool) bool {
	for percent := 98; percent <= 104; percent++ {
		if begins := p.begins(p.full * float64(percent) / 100); is(begins) {
			return true
		}
	}
	return false
}

// begins are the rows, 0-based, with which pages begin that hold so much.
func (p *pages) begins(full float64) []int {
	begins, used, head, breaks := []int{0}, 0.0, 0.0, p.breaks
	for r := p.titles[0]; r > 0 && r <= min(p.titles[1], len(p.heights)); r++ {
		head += p.heights[r-1]
	}
	for r, height := range p.heights {
		made := len(breaks) > 0 && breaks[0] == r
		if made {
			breaks = breaks[1:]
		}
		if r > 0 && (made || used+height > full) {
			begins, used = append(begins, r), 0
			if r >= p.titles[1] {
				used = head
			}
		}
		used += height
	}
	return begins
}

// pageHeight is how much of the rows a page holds, in points as the sheet has them.
func (s *sheet) pageHeight(root, setup *edit.Node) float64 {
	width, height := 8.27*inch, 11.69*inch // A4
	if setup.Attr("paperSize") == "8" {    // A3
		width, height = 11.69*inch, 16.54*inch
	}
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
