package reader

import (
	"regexp"
	"strconv"
	"strings"
)

// style is what a reader needs to know of a cell style.
type style struct {
	date bool
	font legacyFont
}

// readStyles reads which cell styles are dates, and which have a font of before
// Unicode.
func (b *Book) readStyles(part string) {
	formats := map[int]bool{} // custom number formats: is it a date
	var fonts []legacyFont
	type xf struct{ format, font int }
	var xfs []xf
	b.readPart(part, "styleSheet", nsMain, func(x *xmlReader) {
		switch {
		case x.is("numFmts"):
			x.each("numFmt", func() {
				formats[x.integer("numFmtId", -1)] = isDateFormat(x.attr("formatCode"))
				x.atMost(b.limits.NumFmts, len(formats), "số định dạng số")
			})
		case x.is("fonts"):
			x.each("font", func() {
				font := notLegacy
				x.each("name", func() { font = legacyFontOf(x.attr("val")) })
				fonts = append(fonts, font)
				x.atMost(b.limits.Styles, len(fonts), "số kiểu ô hoặc phông chữ")
			})
		case x.is("cellXfs"):
			x.each("xf", func() {
				xfs = append(xfs, xf{x.integer("numFmtId", 0), x.integer("fontId", 0)})
				x.atMost(b.limits.Styles, len(xfs), "số kiểu ô hoặc phông chữ")
			})
		}
	})
	b.styles = make([]style, len(xfs))
	for i, xf := range xfs {
		date, custom := formats[xf.format]
		b.styles[i].date = date || !custom && builtinDate(xf.format)
		if 0 <= xf.font && xf.font < len(fonts) {
			b.styles[i].font = fonts[xf.font]
		}
	}
}

// integer is an attribute that must hold a whole number when it is there.
func (x *xmlReader) integer(name string, missing int) int {
	v := x.attr(name)
	if v == "" {
		return missing
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		panic(x.bad(name + " is no whole number"))
	}
	return int(n)
}

// builtinDate reports the number formats that Excel knows by number alone and that
// show a date or a time; 27–36 and 50–58 do so in East Asian editions.
func builtinDate(id int) bool {
	return 14 <= id && id <= 22 || 27 <= id && id <= 36 || 45 <= id && id <= 47 || 50 <= id && id <= 58
}

var (
	formatLiteral = regexp.MustCompile(`(?is)"[^"]*"?|[\\_*].?|\[[^\]]*\]?|general`)
	elapsedTime   = regexp.MustCompile(`(?i)^\[(h+|m+|s+)\]$`)
)

// isDateFormat reports whether a number format shows a date or a time: whether a
// letter of one stands outside quotes, brackets and escapes. [h] and the like are
// the brackets that count.
func isDateFormat(code string) bool {
	letters := formatLiteral.ReplaceAllStringFunc(code, func(literal string) string {
		if elapsedTime.MatchString(literal) {
			return "h"
		}
		return ""
	})
	return strings.ContainsAny(letters, "dmyhsDMYHS")
}
