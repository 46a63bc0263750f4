package web_test

import (
	"archive/zip"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The board offers the blanks of the next month; they come as one zip, a workbook a unit.
func TestBlanks(t *testing.T) {
	t.Parallel()
	v := serve(t, example(t, false))
	if a := v.get("/"); !strings.Contains(a.body, `name="ky" required value="2021-11"`) {
		t.Error("the board does not offer the blanks of this month")
	}
	a := v.post("/mau", url.Values{"ky": {"2021-11"}})
	if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Disposition"), "mau-trang-2021-11.zip") {
		t.Fatalf("status %d, %s", a.status, a.header)
	}
	packed, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	if len(packed.File) != 48 || packed.File[0].Name != "05908 Đảng bộ thị trấn Hương Sơn.xlsx" {
		t.Errorf("%d files, the first is %s", len(packed.File), packed.File[0].Name)
	}
	if a := v.post("/mau", url.Values{"ky": {"mai"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a month that is none: status %d", a.status)
	}
}
