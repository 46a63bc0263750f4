package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/bench/sample"
)

// The board of a country is shown a part at a time, each below 100 KB; a filter stays from part to part.
func TestManyUnits(t *testing.T) {
	t.Parallel()
	const units = 250
	dir := t.TempDir()
	if err := sample.Workspace(dir, units, 0); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "inbox", "*.xlsx"))
	if err != nil || len(names) != units {
		t.Fatal(len(names), err)
	}
	data, err := os.ReadFile(names[0])
	if err == nil {
		err = os.RemoveAll(filepath.Join(dir, "inbox"))
	}
	if err == nil {
		err = os.Mkdir(filepath.Join(dir, "inbox"), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	v := serve(t, dir)
	v.send(file{"mot.xlsx", data})
	shown, parts := map[string]bool{}, 0
	for at := "/?tinh-trang=chua-gui"; at != ""; parts++ {
		a := v.get(at)
		if len(a.body) > 100_000 || a.status != 200 {
			t.Errorf("%s: status %d, %d bytes", at, a.status, len(a.body))
		}
		if !strings.Contains(a.body, ">249</span> Chưa gửi") {
			t.Errorf("%s does not tell of 249 units", at)
		}
		at = ""
		for _, n := range elements(t, a.body, "a") {
			if attr(n, "rel") == "next" {
				at = attr(n, "href")
			}
			if n.Parent.Data == "th" {
				shown[attr(n, "href")] = true
			}
		}
	}
	if parts != 3 || len(shown) != units-1 {
		t.Errorf("%d units in %d parts, want %d in 3", len(shown), parts, units-1)
	}
	if a := v.get("/?trang=99"); !strings.Contains(a.body, "201–250 của 250") {
		t.Errorf("a part that is not there:\n%s", a.body)
	}
	for _, n := range elements(t, v.get("/").body, "a") {
		if at := attr(n, "href"); strings.HasPrefix(at, "/ky/") {
			if a := v.get(at); a.status != 200 || len(a.body) > 100_000 {
				t.Errorf("%s: status %d, %d bytes", at, a.status, len(a.body))
			}
		}
	}
}
