package render

import (
	"maps"
	"slices"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
)

// book is what a template may ask for: single values by name, and lists whose
// items each make a row. docs/templates.md tells the office how to ask.
type book struct {
	values map[string]any // "period.label"
	lists  map[string]list
}

// list is the items of one kind of row. A long list makes its values when a row
// asks for them: length, parents and reader then stand in for items.
type list struct {
	in     string         // the list whose items these belong to; "" for none
	fields []string       // every field an item has, also when there are no items
	blank  map[string]any // an item of nothing, for the kinds of values
	items  []item

	length  int
	parents []int                                     // of each, the item it belongs to, where in is not ""
	starts  []int                                     // where items begin that are better read together; nil: each by itself
	reader  func() func(field string) func(n int) any // for one who asks for items in order; several may ask at once
}

// item is one row's worth of values. A value is a string, an int, a
// domain.Count, Hundredths or Date, a *chart, or fixed; nil and what is not
// known leave the cell empty. Millions of texts and dates are better told by where they
// are: *string, *domain.Date.
type item struct {
	parent int // index in the list that in names
	values map[string]any
}

// fixed is a value shown without the formula the template has for it, because
// here the formula would give another number.
type fixed struct{ value any }

// chart is a native chart; it fills the merged area its placeholder stands in.
type chart struct {
	kind       excelize.ChartType
	title      string
	categories string   // field of a list on the same sheet, or on another: "bar.name"
	series     []string // fields; each is named by the cell above its first row
	colours    []string
	format     string  // of the labels
	top        float64 // the largest value of the axis; 0 leaves it to the program
	font       float64 // the size of what stands at the axes and bars; 0 is 10
	crowded    bool    // too many bars for names and figures at them
	empty      string  // the text shown instead when the list has no items
}

func (l list) len() int { return l.length + len(l.items) }

// parent is the item of the list around, that item n belongs to.
func (l list) parent(n int) int {
	switch {
	case l.reader == nil:
		return l.items[n].parent
	case l.parents == nil:
		return 0
	}
	return l.parents[n]
}

// within reports whether list a is outer or stands inside it.
func (b *book) within(a, outer string) bool {
	for ; a != ""; a = b.lists[a].in {
		if a == outer {
			return true
		}
	}
	return false
}

// has reports whether there is such a name, and whether it is a field of a list.
func (b *book) has(p placeholder) (known, isList bool) {
	l, isList := b.lists[p.prefix]
	if isList && slices.Contains(l.fields, p.field) {
		return true, true
	}
	_, known = b.values[p.String()]
	return known, false
}

// names are the names that exist, in order.
func (b *book) names() []string {
	names := slices.Collect(maps.Keys(b.values))
	for prefix, l := range b.lists {
		for _, field := range l.fields {
			names = append(names, prefix+"."+field)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// epoch is day 0 of a workbook's dates.
var epoch = domain.Day(1899, 12, 30)

// stored is the value a cell holds; nil leaves it empty.
func stored(value any) any {
	switch v := value.(type) {
	case domain.Count:
		if v.Known {
			return v.N
		}
	case domain.Hundredths:
		if v.Known {
			return v.Float()
		}
	case domain.Date:
		if !v.IsZero() {
			return v.DaysSince(epoch)
		}
	case string:
		if v != "" {
			return v
		}
	case *string:
		if *v != "" {
			return v
		}
	case *domain.Date:
		return stored(*v)
	case int:
		return v
	}
	return nil
}
