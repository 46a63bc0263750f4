package validate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// violation is what a rule has to say about one place: what is seen there, what must
// be, what to do. A sentence is made of the three.
type violation struct {
	rule     *rule
	severity domain.Severity // "": the rule's own; else at most this
	cell     domain.Cell
	sheet    string // of the form, and field, where it is about one
	field    string
	place    string // the cell in words: Ngày sinh
	got      string
	want     string
	actual   string
	expected string
	fix      string
	seen     []string // the values it rests on, besides what stands in the cell
	typed    string   // what stands there, canonical
}

// at begins a violation at a value. Identity numbers are masked here, so that no rule
// can let one slip. It outlives the return: it must not hold on to its text.
func (rc *ruleContext) at(sheet, id string, v domain.Value) violation {
	f := violation{cell: v.Cell, sheet: sheet, field: id, place: rc.header(sheet, id), got: strings.Clone(shorten(v.Raw)), typed: canonical(v)}
	if id == "national_id" {
		f.got = maskAny(v.Raw)
	}
	return f
}

// resting adds what else the violation rests on: while all of it is the same, a waiver holds.
func (f violation) resting(on ...any) violation {
	for _, x := range on {
		if v, ok := x.(domain.Value); ok {
			x = canonical(v)
		}
		f.seen = append(f.seen, fmt.Sprint(x))
	}
	return f
}

// of is at for a field.
func (rc *ruleContext) of(f field) violation { return rc.at(f.sheet, f.id, *f.v) }

// says completes a violation: what must stand there, and the three parts of its sentence.
func (f violation) says(want, actual, expected, fix string) violation {
	f.want, f.actual, f.expected, f.fix = want, actual, expected, fix
	return f
}

// mild makes a violation at most as grave as s.
func (f violation) mild(s domain.Severity) violation {
	f.severity = s
	return f
}

// named puts a violation's place in other words.
func (f violation) named(place string) violation {
	f.place = place
	return f
}

// message is the sentence: [ô] [chỗ]: [thấy gì] — [phải thế nào] — [làm gì].
func (f violation) message() string { return sentence(f.where(), f.actual, f.expected, f.fix) }

func (f violation) where() string { return where(f.cell, f.place) }

// where names a place: Ô E25 (Tổng cộng, Lũy kế).
func where(cell domain.Cell, place string) string {
	at := ""
	switch {
	case cell.Ref() != "":
		at = "Ô " + cell.Ref()
	case cell.Sheet != "":
		at = "Sheet " + cell.Sheet
	case place != "":
		return place
	default:
		return "Tệp"
	}
	if place != "" {
		at += " (" + place + ")"
	}
	return at
}

// dash stands between the parts of a sentence; the last part never holds it, so that what
// is to be done can be told apart again.
const dash = " — "

// sentence joins the parts that say something.
func sentence(where, actual, expected, fix string) string {
	parts := []string{actual, expected, strings.ReplaceAll(fix, dash, ", ")}
	said := slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return where + ": " + strings.TrimRight(strings.Join(said, dash), ". ") + "."
}

// lawDay is the day whose law holds for what has no date of its own.
func (rc *ruleContext) lawDay() domain.Date {
	if rc.period.IsZero() {
		return rc.r.File.Received
	}
	return rc.period.Last()
}

// maskAny masks an identity number however it was typed.
func maskAny(raw string) string { return domain.MaskID(shorten(raw)) }

// shorten keeps a quotation to a length that a person reads.
func shorten(s string) string {
	const most = 60
	if len(s) <= most { // bytes, and so characters
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// quote sets what was typed apart.
func quote(s string) string { return "«" + shorten(s) + "»" }

// orNearest is advice to write the nearest value, where there is one.
func orNearest(near, otherwise string) string {
	if near == "" {
		return otherwise
	}
	return "có phải " + quote(near) + "? Sửa lại cho đúng"
}
