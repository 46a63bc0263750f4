package reader_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var values = []string{"0", "1", "2", "3", "44500", "1.5", "-2", "1E3", "+1", "x", "", "&#49;", " 1"}

// Cells in the usual writing, which are read a shorter way, say what they say in any other, and
// what is wrong with them is told alike.
func TestPlainCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var plain, odd strings.Builder
		row, col := 1, 0
		for range rapid.IntRange(0, 12).Draw(t, "cells") {
			if rapid.IntRange(0, 5).Draw(t, "row ends") == 0 {
				row, col = row+rapid.IntRange(1, 2).Draw(t, "rows on"), 0
				fmt.Fprintf(&plain, `</row><row r="%d">`, row)
				fmt.Fprintf(&odd, `</row><row r="%d">`, row)
			}
			col += rapid.SampledFrom([]int{1, 1, 1, 1, 2, 30, 0, -1}).Draw(t, "columns on")
			address := string(rune('A'+max(col, 1)%26)) + fmt.Sprint(row+rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1}).Draw(t, "row off"))
			style := rapid.SampledFrom([]string{"0", "1", "2", "3", "5", "6", "", "x"}).Draw(t, "style")
			kind := rapid.SampledFrom([]string{"", ` t="s"`, ` t="n"`, ` t="b"`}).Draw(t, "kind")
			end := `/>`
			if rapid.Bool().Draw(t, "has a value") {
				end = `><v>` + rapid.SampledFrom(values).Draw(t, "value") + `</v></c>`
			}
			fmt.Fprintf(&plain, `<c r="%s" s="%s"%s%s`, address, style, kind, end)
			fmt.Fprintf(&odd, `<c s="%s"%s r="%s"%s`, style, kind, address, end)
		}
		read := func(cells string) string {
			book, err := open(minimal(row1(cells)).zip())
			if err == nil {
				var said string
				if said, err = dump(book); err == nil {
					return said + fmt.Sprint(book.Faults)
				}
			}
			return err.Error()
		}
		if a, b := read(plain.String()), read(odd.String()); a != b {
			t.Fatalf("%s\nis read as\n%s\nand in another writing as\n%s", plain.String(), a, b)
		}
	})
}
