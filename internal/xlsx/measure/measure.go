// Package measure reckons how wide texts are in Times New Roman, and how many lines
// and how much height a cell needs for them. No program measures the rows of a workbook
// that nobody has opened, and Excel never fits a row to merged cells.
package measure

import (
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// timesWidths are the widths of U+0020 … U+007E in thousandths of the font size.
var timesWidths = [...]float64{
	250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, // space … /
	500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, // 0 … ?
	921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, // @ … O
	556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, // P … _
	333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, // ` … o
	500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541, // p … ~
}

// What rows and columns are reckoned with.
const (
	LineHeight   = 1.32 // of a line of text, in font sizes: room for two marks on one letter
	boldness     = 1.06 // how much wider bold text runs
	CellPadding  = 6.0  // points of a cell's width that hold no text
	Narrowness   = 0.95 // how much of its width a column has where fonts or zoom differ
	MaxRowHeight = 409  // points; Excel has no higher row
)

// ColumnPoints is a column's width in points, from its width in digits of the
// default font.
func ColumnPoints(chars float64) float64 { return math.Floor(chars*7+5) * 0.75 }

// runeWidths are the widths of the letters a text is made of, by rune: a letter with
// marks is as wide as without them.
var runeWidths = sync.OnceValue(func() *[0x2000]float64 {
	var widths [0x2000]float64
	for r := range rune(len(widths)) {
		for _, part := range norm.NFD.String(string(r)) {
			switch {
			case part >= ' ' && int(part-' ') < len(timesWidths):
				widths[r] += timesWidths[part-' ']
			case 0x300 <= part && part < 0x370: // a mark over or under the letter before
			case part == 'đ':
				widths[r] += 500
			default:
				widths[r] += 722
			}
		}
	}
	return &widths
})

// textWidth is the width of a text in points.
func textWidth(text string, size float64, bold bool) float64 {
	var sum float64
	widths := runeWidths()
	for _, r := range text {
		if int(r) < len(widths) {
			sum += widths[r]
		} else {
			sum += 722
		}
	}
	if bold {
		sum *= boldness
	}
	return sum * size / 1000
}

// Lines is how many lines a text takes when it is wrapped at word ends.
func Lines(text string, width, size float64, bold bool) int {
	lines := 0
	space := textWidth(" ", size, bold)
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines++
		used := -space // nothing stands before the first word
		for word := range strings.FieldsSeq(paragraph) {
			w := textWidth(word, size, bold)
			if used >= 0 && used+space+w > width {
				lines++
				used = -space
			}
			used += space
			// A word longer than the line is broken anywhere.
			if w > width && utf8.RuneCountInString(word) > 1 {
				lines += int(w / width)
				w = math.Mod(w, width)
			}
			used += w
		}
	}
	return lines
}

// SurelyOne is how many bytes of text fit on a line even if every letter is as wide as
// the widest. Most texts are short.
func SurelyOne(width, size float64) int {
	const widest = 0.944 * boldness
	return int(max(width, 0) / (widest * size))
}
