package viet

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	same := [][]string{
		{"Đảng ủy xã Tân Hòa", "ĐẢNG UỶ XÃ TÂN HOÀ", norm.NFD.String("Đảng ủy xã Tân Hòa"), " Đảng  ủy, xã Tân Hòa."},
		{"Úc Kỳ", "Úc Kì", "ÚC KỲ"},
		{"Bảo Lý", "Bảo Lí"},
		{"Điềm Thụy", "Điềm Thuỵ"},
		{"Sỹ quan", "Sĩ quan"},
		{"Quý 3", "Quí 3"},
		{"Y tế", "I tế"},
		{"Không phát sinh (x)", "khôNG phát\u00a0sinh x"},
		{"Công ty", "Công ti"},
		{"Ngày QĐ*", "ngày qđ"},
	}
	for _, names := range same {
		for _, n := range names {
			if got, want := Fold(n), Fold(names[0]); got != want {
				t.Errorf("Fold(%q) = %q, Fold(%q) = %q: want equal", n, got, names[0], want)
			}
		}
	}
	different := [][2]string{
		{"Nga My", "Nga Mỹ"}, {"Thúy", "Thúi"}, {"tay", "tai"}, {"Tân Hòa", "Tân Hóa"}, {"Đào", "Dào"}, {"mây", "mâi"}, {"Chi bộ 1", "Chi bộ 2"},
	}
	for _, d := range different {
		if Fold(d[0]) == Fold(d[1]) {
			t.Errorf("Fold(%q) = Fold(%q): want different", d[0], d[1])
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  Hà\u00a0\u200bChâu \n xã ": "Hà Châu xã",
		"\ufeff":                      "",
		norm.NFD.String("Nguyễn Thị"): "Nguyễn Thị",
		"a\tb":                        "a b",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	units := []string{"Đảng bộ xã Hà Châu", "Đảng bộ xã Đào Xá", "Đảng bộ xã Nga My", "Chi bộ Tòa án"}
	for in, want := range map[string]string{
		"Dang bo xa Dao Xa":  "Đảng bộ xã Đào Xá",
		"Đảng bộ xã Hà Chậu": "Đảng bộ xã Hà Châu",
		"Hà Châu":            "Đảng bộ xã Hà Châu",
		"Nga Mỹ":             "Đảng bộ xã Nga My",
		"Thanh Ninh":         "",
		"":                   "",
	} {
		if got := Nearest(in, units); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

// Both ways of folding agree wherever the short one applies, and a key is its own key.
func FuzzFold(f *testing.F) {
	for _, seed := range []string{"Đảng ủy xã Tân Hòa", "ĐẢNG UỶ", "Úc Kỳ", "Quý 3", "Thúy", norm.NFD.String("Điềm Thụy"), "y tế",
		"ÇÉ ñ ø ß İ", "a\u0300\u0301", "chi bộ xóm 12", "qyuy"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		long := foldAny(s)
		if short, ok := foldLetters(s); ok && short != long {
			t.Errorf("foldLetters(%q) = %q, foldAny %q", s, short, long)
		}
		if nfd := Fold(norm.NFD.String(s)); nfd != Fold(norm.NFC.String(s)) {
			t.Errorf("Fold of %q depends on its normal form: %q", s, nfd)
		}
		Bare(s)
		Clean(s)
		Nearest(s, []string{"Đảng bộ xã Hà Châu", "Chi bộ 1"})
	})
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Fold("Đảng bộ xã Điềm Thụy")
	}
}

func TestToneLast(t *testing.T) {
	for _, pair := range [][2]string{{"hoà", "hòa"}, {"Thuý", "Thúy"}, {"Qúy", "Quý"}, {"hoa", "hoa"}, {"", ""}} {
		if a, b := ToneLast(pair[0]), ToneLast(pair[1]); a != b {
			t.Errorf("%s is %q, %s is %q", pair[0], a, pair[1], b)
		}
	}
	if ToneLast("hoà") == ToneLast("hoá") || ToneLast("Ý") == ToneLast("Í") {
		t.Error("different words are one")
	}
}
