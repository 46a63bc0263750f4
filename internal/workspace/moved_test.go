package workspace_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/config"
	"ketnap/internal/workspace"
)

// A version that is read otherwise since the configuration changed, and goes to another
// period, leaves its old period to the versions that remain there, also to one that
// cannot be read again.
func TestMovedVersionLeavesItsPeriodToTheOthers(t *testing.T) {
	workspace.InFolder(t)
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx")
	first, second := filepath.Join(dir, "inbox", "Thanh Ninh T9.xlsx"), filepath.Join(dir, "inbox", "lan 2.xlsx")
	put(t, first, second)
	setCells(t, second, "THONG_TIN", map[string]any{"B15": 2, "A27": "Kỳ nộp", "B27": "2021-10"})
	w := open(t, dir)
	counted := func() int {
		for _, u := range run(t, w, september).Summary.Units() {
			if u.Unit.Code == "05962" {
				return u.Source.Submission
			}
		}
		return 0
	}
	if n := counted(); n != 2 {
		t.Fatalf("version %d counts, want 2", n)
	}
	data, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	for _, name := range []string{first, filepath.Join(dir, "data", "archive", sum[:2], sum)} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	form, err := config.FS.ReadFile("form-2021.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "config"), 0o755); err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(form), "header: Kỳ báo cáo, aliases: [Kỳ, Tháng báo cáo, Báo cáo tháng]", "header: Kỳ nộp", 1)
	if err := os.WriteFile(filepath.Join(dir, "config", "form-2021.yaml"), []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	w = open(t, dir)
	if n := counted(); n != 1 {
		t.Errorf("version %d counts for September, want 1: the other is of October now", n)
	}
}
