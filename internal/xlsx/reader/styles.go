package reader

import (
	"regexp"
	"strconv"
	"strings"
)

// style is what a reader needs to know of a cell style.
type style struct {
	date, struck bool
	span         timeSpan // of a date
	font         legacyFont
}

// timeSpan is what a format for dates and times shows.
type timeSpan uint8

const (
	daySpan     timeSpan = iota // a day, with or without the time
	clockSpan                   // a time of day alone
	elapsedSpan                 // how long something took: [h]:mm
)

// readStyles reads which cell styles are dates, and which have a font of before Unicode
// or one that is struck through.
func (b *Book) readStyles(part string) {
	formats := map[int]style{} // custom number formats
	var fonts []style
	type xf struct{ format, font int }
	var xfs []xf
	b.readPart(part, "styleSheet", nsMain, func(x *xmlReader) {
		switch {
		case x.is("numFmts"):
			x.each("numFmt", func() {
				if id := x.integer("numFmtId", -1); id >= 0 {
					formats[id] = styleOf(x.attr("formatCode"))
				}
				x.atMost(b.limits.NumFmts, len(formats), "số định dạng số")
			})
		case x.is("fonts"):
			x.each("font", func() {
				var font style
				x.children(func() { x.fontPart("name", &font) })
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
	b.styles = make([]style, max(1, len(xfs)))
	for i, xf := range xfs {
		s, custom := formats[xf.format]
		if !custom {
			s = builtinStyle(xf.format)
		}
		switch {
		case 0 <= xf.font && xf.font < len(fonts):
			s.font, s.struck = fonts[xf.font].font, fonts[xf.font].struck
		case len(fonts) > 0:
			b.fault("có kiểu ô dùng phông chữ không có trong tệp")
		}
		b.styles[i] = s
	}
}

// fontPart reads what just started in a font, whose name stands in the element so called.
func (x *xmlReader) fontPart(name string, s *style) {
	switch {
	case x.is(name):
		s.font = legacyFontOf(x.attr("val"))
	case x.is("strike"):
		s.struck = x.attr("val") != "0" && x.attr("val") != "false"
	}
}

// integer is an attribute that should hold a whole number when it is there; -1 when it does not.
func (x *xmlReader) integer(name string, missing int) int {
	v := strings.TrimSpace(x.attr(name))
	if v == "" {
		return missing
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n != int64(int32(n)) {
		x.book.fault("có kiểu ô với số hiệu định dạng hoặc phông chữ không hợp lệ")
		return -1
	}
	return int(n)
}

// builtinStyle is a style with a number format that Excel knows by number alone; 27–36 and
// 50–58 show a date in East Asian editions.
func builtinStyle(id int) style {
	switch {
	case id == 46:
		return style{date: true, span: elapsedSpan}
	case 18 <= id && id <= 21, id == 45, id == 47:
		return style{date: true, span: clockSpan}
	}
	return style{date: 14 <= id && id <= 22 || 27 <= id && id <= 36 || 50 <= id && id <= 58}
}

var (
	formatLiteral = regexp.MustCompile(`(?is)"[^"]*"?|[\\_*].?|\[[^\]]*\]?|general`)
	elapsedTime   = regexp.MustCompile(`(?i)^\[(h+|m+|s+)\]$`)
)

// styleOf is a style with a number format of the workbook's own. It shows a date or a time
// where a letter of one stands outside quotes, brackets and escapes; [h] and the like are the
// brackets that count.
func styleOf(code string) (s style) {
	letters := formatLiteral.ReplaceAllStringFunc(code, func(literal string) string {
		if elapsedTime.MatchString(literal) {
			s.span = elapsedSpan
			return "h"
		}
		return ""
	})
	s.date = strings.ContainsAny(letters, "dmyhsDMYHS")
	if s.span == daySpan && strings.ContainsAny(letters, "hsHS") && !strings.ContainsAny(letters, "dyDY") {
		s.span = clockSpan
	}
	return s
}
