package viet_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ketnap/internal/viet"
)

// tcvn3Golden is every letter of TCVN3 as iconv(1) has it (TCVN-5712), 0xA1–0xFE,
// without the capitals that the fonts lack.
const tcvn3Golden = `a1=Ă a2=Â a3=Ê a4=Ô a5=Ơ a6=Ư a7=Đ a8=ă a9=â aa=ê ab=ô ac=ơ ad=ư ae=đ
b5=à b6=ả b7=ã b8=á b9=ạ bb=ằ bc=ẳ bd=ẵ be=ắ c6=ặ c7=ầ c8=ẩ c9=ẫ ca=ấ cb=ậ cc=è ce=ẻ cf=ẽ d0=é d1=ẹ d2=ề d3=ể d4=ễ d5=ế d6=ệ
d7=ì d8=ỉ dc=ĩ dd=í de=ị df=ò e1=ỏ e2=õ e3=ó e4=ọ e5=ồ e6=ổ e7=ỗ e8=ố e9=ộ ea=ờ eb=ở ec=ỡ ed=ớ ee=ợ ef=ù f1=ủ f2=ũ f3=ú f4=ụ
f5=ừ f6=ử f7=ữ f8=ứ f9=ự fa=ỳ fb=ỷ fc=ỹ fd=ý fe=ỵ`

func TestTCVN3Table(t *testing.T) {
	for _, pair := range strings.Fields(tcvn3Golden) {
		code, want, _ := strings.Cut(pair, "=")
		r := rune(hex(code[0])<<4 | hex(code[1]))
		if got := viet.FromTCVN3(string(r)); got != want {
			t.Errorf("0x%s: got %q, want %q", code, got, want)
		}
	}
}

func hex(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c-'a') + 10
}

func TestLegacyText(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		judge      func(string) viet.Likeness
		convert    func(string) string
		likeness   viet.Likeness
	}{
		{"NguyÔn V¨n Tó", "Nguyễn Văn Tú", viet.LooksTCVN3, viet.FromTCVN3, viet.Certain},
		{"§¶ng bé huyÖn Phó B×nh", "Đảng bộ huyện Phú Bình", viet.LooksTCVN3, viet.FromTCVN3, viet.Certain},
		{"NGUYÔN THÞ HOA", "NGUYỄN THỊ HOA", viet.LooksTCVN3, viet.FromTCVN3, viet.Certain},
		{"H§ND", "HĐND", viet.LooksTCVN3, viet.FromTCVN3, viet.Likely},
		{"§¾k L¾k", "Đắk Lắk", viet.LooksTCVN3, viet.FromTCVN3, viet.Certain},
		{"Dòng", "Dũng", viet.LooksTCVN3, viet.FromTCVN3, viet.Ambiguous},
		{"TiÕn", "Tiến", viet.LooksTCVN3, viet.FromTCVN3, viet.Likely},
		{"Nguyeãn Vaên Tuù", "Nguyễn Văn Tú", viet.LooksVNI, viet.FromVNI, viet.Certain},
		{"ÑAÛNG BOÄ HUYEÄN PHUÙ BÌNH", "ĐẢNG BỘ HUYỆN PHÚ BÌNH", viet.LooksVNI, viet.FromVNI, viet.Certain},
		{"Ñöôøng Leâ Lôïi", "Đường Lê Lợi", viet.LooksVNI, viet.FromVNI, viet.Certain},
		{"Traàn Thò Myõ", "Trần Thị Mỹ", viet.LooksVNI, viet.FromVNI, viet.Certain},
		{"hoàn", "hồn", viet.LooksVNI, viet.FromVNI, viet.Ambiguous},
	} {
		if got := tt.convert(tt.text); got != tt.want {
			t.Errorf("%q: converted to %q, want %q", tt.text, got, tt.want)
		}
		if got := tt.judge(tt.text); got != tt.likeness {
			t.Errorf("%q: likeness %d, want %d", tt.text, got, tt.likeness)
		}
	}
}

// Correct text must never look like legacy text.
func TestUnicodeIsLeftAlone(t *testing.T) {
	for _, s := range []string{
		"", "Ha Noi", "Hà Nội", "Đảng bộ xã Nga My", "Lê Thị Hà", "Bình", "Trần Văn Bình", "Hoà Bình", "LÊ VÂN ANH",
		"Café Zoë", "São Paulo", "Müller", "Señor", "§ 5", "25 m²", "«a»", "Intel®", "© 2021", "50 µm", "±5", "Krông Pác",
		"Bùi Thanh Hà", "Võ Trí", "Lý Tú", "ÂU LÝ", "xã", "tú tài",
	} {
		for name, judge := range map[string]func(string) viet.Likeness{"TCVN3": viet.LooksTCVN3, "VNI": viet.LooksVNI} {
			if got := judge(s); got == viet.Certain {
				t.Errorf("%q looks like %s", s, name)
			}
		}
	}
	for _, s := range []string{"Lê Thị Hà", "Hà Nội", "Đặng Thuý", "Bình Dương"} {
		if got := viet.LooksTCVN3(s); got != viet.Unicode {
			t.Errorf("%q: likeness %d, want Unicode", s, got)
		}
	}
}

func FuzzTCVN3(f *testing.F) {
	f.Add("NguyÔn V¨n Tó")
	f.Add("Nguyeãn Vaên Tuù")
	f.Add("Hà Nội \xff §")
	f.Fuzz(func(t *testing.T, s string) {
		viet.LooksTCVN3(s)
		viet.LooksVNI(s)
		for _, out := range []string{viet.FromTCVN3(s), viet.FromVNI(s)} {
			if utf8.ValidString(s) && !utf8.ValidString(out) {
				t.Errorf("%q became invalid: %q", s, out)
			}
		}
	})
}
