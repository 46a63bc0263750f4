package cli

import "testing"

func TestAddressName(t *testing.T) {
	for dir, want := range map[string]string{
		"Phú Bình": "phu-binh", "/srv/huyen-b": "huyen-b", "Kết nạp 2026": "ket-nap-2026", "Đảng ủy (xã)": "dang-uy-xa", "/": "", "---": "",
	} {
		if got, err := addressName(dir); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", dir, got, err, want)
		}
	}
}
