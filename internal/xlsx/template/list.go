package template

import (
	"maps"
	"slices"
)

// ListOf is a list with an item for each thing, numbered from 1, made when its row
// is written. An item of no thing tells which fields there are, and their kinds.
func ListOf[T any](in string, things []T, itemOf func(int, T) map[string]any) List {
	var nothing T
	blank := itemOf(1, nothing)
	l := List{In: in, Fields: slices.Sorted(maps.Keys(blank)), Blank: blank, Length: len(things)}
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

// Rows is a list of items that are made already; blank is an item of nothing.
func Rows(in string, blank map[string]any, items []map[string]any) List {
	return ListOf(in, items, func(_ int, values map[string]any) map[string]any {
		if values == nil {
			return blank
		}
		return values
	})
}

// Texts is a list of lines, each {{….text}}.
func Texts(lines ...string) List {
	return ListOf("", lines, func(_ int, line string) map[string]any { return map[string]any{"text": line} })
}
