package form

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"ketnap/internal/viet"
)

// numberMark says what a mark is.
var numberMark = regexp.MustCompile(`^\(?\s*([A-ZĐ]|[0-9]{1,2})\s*\)?(\s*=.*)?$`)

func TestMarkOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := viet.Clean(rapid.StringOf(rapid.SampledFrom([]rune("(() )=  01239AZaĐđÀ[@+.\n"))).Draw(t, "text"))
		want := ""
		m := numberMark.FindStringSubmatch(s)
		if m != nil {
			want = m[1]
		}
		mark, is := markOf(s)
		if is != (m != nil) || is && mark != want {
			t.Fatalf("markOf(%q) = %q, %t, not %q", s, mark, is, want)
		}
	})
}
