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
func (b *Book) readStyles(part string) error {
	formats := map[int]bool{} // custom number formats: is it a date
	var fonts []legacyFont
	section := ""
	type xf struct{ format, font int }
	var xfs []xf
	err := b.each(part, "styleSheet", nsMain, func(x *xmlReader) error {
		switch x.depth() {
		case 2:
			section = string(x.name)
			if x.space != nsMain || section != "numFmts" && section != "fonts" && section != "cellXfs" {
				return x.skip()
			}
		case 3:
			switch {
			case section == "numFmts" && x.is("numFmt"):
				id, err := x.integer("numFmtId", -1)
				if err != nil {
					return err
				}
				code, _ := x.attr("formatCode")
				formats[id] = isDateFormat(code)
				if len(formats) > b.limits.NumFmts {
					return tooMany(part, "số định dạng số", b.limits.NumFmts)
				}
			case section == "fonts" && x.is("font"):
				fonts = append(fonts, notLegacy)
			case section == "cellXfs" && x.is("xf"):
				format, err := x.integer("numFmtId", 0)
				if err != nil {
					return err
				}
				font, err := x.integer("fontId", 0)
				if err != nil {
					return err
				}
				xfs = append(xfs, xf{format, font})
			}
			if n := max(len(fonts), len(xfs)); n > b.limits.Styles {
				return tooMany(part, "số kiểu ô hoặc phông chữ", b.limits.Styles)
			}
		case 4:
			if section == "fonts" && x.is("name") && len(fonts) > 0 {
				name, _ := x.attr("val")
				fonts[len(fonts)-1] = legacyFontOf(name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.styles = make([]style, len(xfs))
	for i, xf := range xfs {
		date, custom := formats[xf.format]
		if !custom {
			date = builtinDate(xf.format)
		}
		b.styles[i].date = date
		if 0 <= xf.font && xf.font < len(fonts) {
			b.styles[i].font = fonts[xf.font]
		}
	}
	return nil
}

// integer is an attribute that must hold a whole number when it is there.
func (x *xmlReader) integer(name string, missing int) (int, error) {
	v, ok := x.attr(name)
	if !ok {
		return missing, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return 0, x.bad(name + " is no whole number")
	}
	return int(n), nil
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
