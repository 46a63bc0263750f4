package template

import (
	"maps"
	"slices"
)

// NewList makes a list of items; blank is an item of nothing, for the names of the
// fields and their kinds.
func NewList(in string, blank map[string]any, items []Item) List {
	return List{In: in, Fields: slices.Sorted(maps.Keys(blank)), Blank: blank, Items: items}
}

// ListOf is a list with an item for each thing, numbered from 1, made when its row
// is written.
func ListOf[T any](in string, things []T, itemOf func(int, T) map[string]any) List {
	var blank T
	l := NewList(in, itemOf(1, blank), nil)
	l.Length = len(things)
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

// Texts is a list of lines, each {{….text}}.
func Texts(lines []string) List {
	l := NewList("", map[string]any{"text": nil}, nil)
	for _, line := range lines {
		l.Items = append(l.Items, Item{Values: map[string]any{"text": line}})
	}
	return l
}
