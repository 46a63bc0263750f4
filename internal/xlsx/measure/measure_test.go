package measure

import (
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	for _, test := range []struct {
		text string
		want int
	}{
		{"", 1},
		{"ngắn", 1},
		{"một\nhai", 2},
		{"bốn chữ đủ dài", 2},
		{strings.Repeat("w", 30), 5}, // longer than the line: broken anywhere
	} {
		if got := Lines(test.text, 60, 12, false); got != test.want {
			t.Errorf("%q takes %d lines, want %d", test.text, got, test.want)
		}
	}
	if Lines("mmmmmm mm", 80, 12, true) <= Lines("mmmmmm mm", 80, 12, false) {
		t.Error("bold text runs no wider")
	}
	if textWidth("Ệ", 10, false) != textWidth("E", 10, false) || textWidth("đ", 10, false) != textWidth("d", 10, false) {
		t.Error("a mark makes a letter wider")
	}
}

// A text that surely fits on a line is one line.
func TestSurelyOne(t *testing.T) {
	for width := 10.0; width < 200; width += 7 {
		text := strings.Repeat("W", SurelyOne(width, 12))
		if textWidth(text, 12, true) > width {
			t.Errorf("%d letters do not fit in %g points", len(text), width)
		}
	}
}
