package domain

import (
	"maps"
	"slices"
	"strings"
)

// coder writes the parts of a content that are no lists, or reads them: their order is
// told once for both. A field that is added to one of their types is to be added here,
// which TestContentIsWhole sees to, and changes contentBegins.
type coder struct {
	to   *encoder
	from *decoder // nil: it writes
}

func (c coder) file(f *File) {
	c.text(&f.Path)
	c.text(&f.SHA256)
	size := int(f.Size)
	c.int(&size)
	f.Size = int64(size)
	year, month, day := int(f.Received.Year), int(f.Received.Month), int(f.Received.Day)
	c.int(&year)
	c.int(&month)
	c.int(&day)
	f.Received = Date{int16(year), uint8(month), uint8(day)}
}

func (c coder) reading(r *Reading) {
	c.text(&r.Kind)
	optional(c, &r.Refusal, func(f *Refusal) {
		for _, s := range []*string{&f.Rule, &f.Kind, &f.Detail, &f.Part, &f.Advice} {
			c.text(s)
		}
	})
	c.flag(&r.Macros)
	c.flag(&r.ExternalLinks)
	c.flag(&r.Recalculated)
	c.text(&r.Form)
	several(c, &r.Sheets, c.sheet)
	several(c, &r.Other, c.text)
	optional(c, &r.Legacy, c.cell)
}

func (c coder) sheet(s *SheetReading) {
	c.text(&s.ID)
	c.text(&s.Name)
	c.text(&s.Nearest)
	c.flag(&s.Hidden)
	c.text(&s.Range)
	c.int(&s.HeaderRow)
	c.int(&s.Rows)
	c.int(&s.HiddenRows)
	several(c, &s.Skipped, func(k *Skip) {
		c.int(&k.From)
		c.int(&k.To)
		c.text(&k.Why)
	})
	optional(c, &s.Ghost, c.cell)
	several(c, &s.Missing, func(m *MissingColumn) {
		c.text(&m.ID)
		c.text(&m.Header)
		c.flag(&m.Required)
		c.text(&m.Nearest)
		c.cell(&m.At)
	})
	several(c, &s.Double, func(d *DoubleColumn) {
		c.text(&d.ID)
		c.text(&d.Header)
		c.cell(&d.First)
		c.cell(&d.At)
	})
	several(c, &s.Extra, c.text)
	named(c, &s.Columns, c.int)
	named(c, &s.Labels, c.cell)
}

func (c coder) text(s *string) {
	if c.from == nil {
		c.to.text(*s)
	} else {
		*s = c.from.text()
	}
}

func (c coder) int(n *int) {
	if c.from == nil {
		c.to.int(*n)
	} else {
		*n = c.from.int()
	}
}

func (c coder) flag(b *bool) {
	n := 0
	if *b {
		n = 1
	}
	c.int(&n)
	if c.from != nil {
		*b = n != 0
	}
}

func (c coder) cell(at *Cell) {
	c.text(&at.Sheet)
	c.int(&at.Row)
	c.int(&at.Col)
}

// count is how many follow.
func (c coder) count(n int) int {
	c.int(&n)
	if d := c.from; d != nil && (n < 0 || n > len(d.s)-d.i) { // none takes less than a byte
		if d.err == nil {
			d.err = errDamaged
		}
		return 0
	}
	return n
}

func optional[T any](c coder, value **T, code func(*T)) {
	n := 0
	if *value != nil {
		n = 1
	}
	if n = c.count(n); n > 0 {
		if c.from != nil {
			*value = new(T)
		}
		code(*value)
	}
}

func several[T any](c coder, list *[]T, code func(*T)) {
	n := c.count(len(*list))
	if c.from != nil && n > 0 {
		*list = make([]T, n)
	}
	for i := range *list {
		code(&(*list)[i])
	}
}

func named[T any](c coder, table *map[string]T, code func(*T)) {
	names := slices.Sorted(maps.Keys(*table)) // the same return has the same content
	n := c.count(len(names))
	if c.from != nil && n > 0 {
		names, *table = make([]string, n), make(map[string]T, n)
	}
	for i := range names {
		c.text(&names[i])
		value := (*table)[names[i]]
		code(&value)
		if c.from != nil {
			(*table)[strings.Clone(names[i])] = value
		}
	}
}
