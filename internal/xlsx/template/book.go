package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/viet"
)

// Book is what a template may ask for: single values by name, and lists whose
// items each make a row.
type Book struct {
	Values map[string]any  // by whole name: "period.label"; a *[Chart] too
	Lists  map[string]List // by prefix: "unit"
}

// List is the items of one kind of row, a row's worth of values each. A value is a
// string, an int, a float64, a [Value], or [Fixed]; nil leaves the cell empty. Millions of
// texts are better told by where they are: *string.
type List struct {
	In    string         // the list whose items these belong to; "" for none
	Blank map[string]any // an item of nothing: every field an item has, and its kind

	// Foreign says that texts come from strangers: one that begins like a formula is kept
	// from becoming one where it is edited.
	Foreign bool

	Length  int
	Parents []int                                     // of each, the item it belongs to, where In is not ""
	Starts  []int                                     // where items begin that are better read together; nil: each by itself
	Reader  func() func(field string) func(n int) any // for one who asks for items in order; several may ask at once
}

// Fixed is a value shown without the formula the template has for it, because
// here the formula would give another number.
type Fixed struct{ Value any }

// Chart is a native chart; it fills the merged area its placeholder stands in.
type Chart struct {
	Title      string
	Columns    bool     // upright; else bars, the first at the top
	Categories string   // field of a list on the same sheet, or on another: "bar.name"
	Series     []string // fields; each is named by the cell above its first row
	Colours    []string
	Format     string  // of the labels
	Top        float64 // the largest value of the axis; 0 leaves it to the program
	FontSize   float64 // the size of what stands at the axes and bars; 0 is 10
	Crowded    bool    // too many bars for names and figures at them
	Empty      string  // the text shown instead when the list has no items
}

// Add adds single values whose names begin with prefix.
func (b *Book) Add(prefix string, values map[string]any) {
	for field, v := range values {
		b.Values[prefix+"."+field] = v
	}
}

// within reports whether list a is outer or stands inside it.
func (b *Book) within(a, outer string) bool {
	for ; a != ""; a = b.Lists[a].In {
		if a == outer {
			return true
		}
	}
	return false
}

// has reports whether there is such a name, and whether it is a field of a list.
func (b *Book) has(p placeholder) (known, isList bool) {
	_, isList = b.Lists[p.prefix].Blank[p.field]
	_, known = b.Values[p.String()]
	return known || isList, isList
}

// Names are the names that exist, in order.
func (b *Book) Names() []string {
	names := slices.Collect(maps.Keys(b.Values))
	for prefix, l := range b.Lists {
		for field := range l.Blank {
			names = append(names, prefix+"."+field)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Value is a value that says itself what a cell holds of it: an int, a float64, a
// string, or nil, which leaves the cell empty. Within a text it stands as its String
// has it, where it has one.
type Value interface{ Stored() any }

// stored is what a cell holds of a value: a text, or another value; none where it is empty.
func stored(of any) (text string, other any) {
	switch v := of.(type) {
	case Value:
		return stored(v.Stored())
	case string:
		return v, nil
	case *string:
		return *v, nil
	case int, float64:
		return "", v
	}
	return "", nil
}

// Hint tells, in Vietnamese, which name may have been meant, or the names there are.
func (b *Book) Hint(of string) string {
	names := b.Names()
	if near := viet.Nearest(of, names); near != "" {
		return fmt.Sprintf("có phải là «%s»?", near)
	}
	asked, _, _ := strings.Cut(of, ".")
	var same, prefixes []string
	for _, name := range names {
		prefix, field, _ := strings.Cut(name, ".")
		if prefix == asked {
			same = append(same, field)
		}
		prefixes = append(prefixes, prefix)
	}
	if len(same) > 0 {
		return fmt.Sprintf("«%s» có: %s", asked, strings.Join(same, ", "))
	}
	return "tên bắt đầu bằng: " + strings.Join(slices.Compact(prefixes), ", ")
}

// ListOf is a list with an item for each thing, numbered from 1, made when its row
// is written. An item of no thing tells which fields there are, and their kinds.
func ListOf[T any](things []T, itemOf func(int, T) map[string]any) List {
	var nothing T
	l := List{Blank: itemOf(1, nothing), Length: len(things)}
	l.Reader = func() func(string) func(int) any {
		at, values := -1, map[string]any(nil)
		return func(field string) func(int) any {
			return func(n int) any {
				if n != at {
					at, values = n, itemOf(n+1, things[n])
				}
				return values[field]
			}
		}
	}
	return l
}

// Rows is a list of items that are made already, of which the first tells the fields; there is one.
func Rows(items []map[string]any) List {
	l := ListOf(items, func(_ int, values map[string]any) map[string]any { return values })
	l.Blank = items[0]
	return l
}

// Texts is a list of lines, each {{….text}}.
func Texts(lines ...string) List {
	return ListOf(lines, func(_ int, line string) map[string]any { return map[string]any{"text": line} })
}
