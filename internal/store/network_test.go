package store

import "testing"

func TestRootOf(t *testing.T) {
	for path, want := range map[string]string{
		`C:\Kết nạp 2026\data\ketnap.db`:        `C:\`,
		`n:/ket nap/data/ketnap.db`:             `n:\`,
		`\\?\C:\Kết nạp\data\ketnap.db`:         `C:\`,
		`//?/C:/Kết nạp/data/ketnap.db`:         `C:\`,
		`\\.\D:\ketnap.db`:                      `D:\`,
		`\??\D:\ketnap.db`:                      `D:\`,
		`\\?\Volume{26a21bda-a627}\ketnap.db`:   `\\?\Volume{26a21bda-a627}\`,
		`\\maychu\chung\Kết nạp\data\ketnap.db`: "",
		`//maychu/chung/ketnap.db`:              "",
		`\\maychu\chung`:                        "",
		`\\10.0.0.5\c$\ketnap.db`:               "",
		`\\?\UNC\maychu\chung\ketnap.db`:        "",
		`\\?\unc\maychu\chung\ketnap.db`:        "",
		`\\.\UNC\maychu\chung\ketnap.db`:        "",
		`\\wsl$\Debian\home\ketnap.db`:          "",
	} {
		if got := rootOf(path); got != want {
			t.Errorf("%s lies on %q, want %q", path, got, want)
		}
	}
}
