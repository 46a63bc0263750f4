package workspace_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// A link to a return finds it under the very name that it has on disk: composed, decomposed
// (as a Mac writes it), with signs that an address gives a meaning.
func TestLinksFindFiles(t *testing.T) {
	for _, name := range []string{norm.NFC.String("Báo cáo Úc Kỳ.xlsx"), norm.NFD.String("Báo cáo Úc Kỳ.xlsx"), "bao cao #1 100%.xlsx"} {
		b := newBureau(t, map[string]string{
			"DON_VI": "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai", "CHI_BO": "10001|Chi bộ Một|5",
			"CHI_TIEU": "10001|Đảng bộ xã An|2023|5|01-KH/HU|10/01/2023",
		})
		b.send(name, letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2023-05", people: []string{"Trần Văn Một 02/02/2023"}})
		b.run("2023-05")
		f, err := excelize.OpenFile(filepath.Join(b.dir, "out", "2023-05", "tong-hop-2023-05.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows("NGUON_SO_LIEU")
		if err != nil {
			t.Fatal(err)
		}
		links := 0
		for _, row := range rows {
			for _, cell := range row {
				if !strings.HasPrefix(cell, "../") || !strings.Contains(cell, "inbox") {
					continue
				}
				links++
				to, err := url.PathUnescape(cell)
				if err == nil {
					_, err = os.Stat(filepath.Join(b.dir, "out", "2023-05", to))
				}
				if err != nil {
					t.Errorf("%q: %v", name, err)
				}
			}
		}
		if links == 0 {
			t.Errorf("%q: no link", name)
		}
		f.Close()
	}
}
