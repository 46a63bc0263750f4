package workspace_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

// hashOfWorkbook is the hash of what was counted, as a consolidated workbook says it, and
// the one that the record has of the same publication.
func hashOfWorkbook(t *testing.T, dir string, p domain.Period) string {
	t.Helper()
	cells := cellsOfWorkbook(t, dir, p)
	_, hash, _ := strings.Cut(cells["TOM_TAT!A16"], "Mã đối chiếu số liệu: ")
	if len(hash) != 64 || !strings.Contains(cells["NGUON_SO_LIEU!A2"], "Mã đối chiếu số liệu: "+hash) {
		t.Fatalf("TOM_TAT says %q, NGUON_SO_LIEU %q", cells["TOM_TAT!A16"], cells["NGUON_SO_LIEU!A2"])
	}
	record, err := store.OpenToRead(t.Context(), workspace.RecordOf(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	published, err := record.Published(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if kept := published.CountedHash; kept != hash {
		t.Errorf("the workbook of %v says %s, the record %s", p, hash, kept)
	}
	return hash
}

// The workbook carries the hash of what was counted that is recorded with its publication:
// another when a counted file changes, the same elsewhere, and after the closing that of the
// assignment it was closed with.
func TestCountedHash(t *testing.T) {
	dir := small(t, someReturns...)
	w := open(t, dir)
	run(t, w, september)
	first := hashOfWorkbook(t, dir, september)

	elsewhere := small(t, someReturns...)
	run(t, open(t, elsewhere, func(s *workspace.Settings) { s.LibreOffice, s.Limits.ConvertSeconds = "/elsewhere/soffice", 7 }), september)
	if other := hashOfWorkbook(t, elsewhere, september); other != first {
		t.Errorf("on another machine it is %s, not %s", other, first)
	}

	setCells(t, filepath.Join(dir, "inbox", "Thanh Ninh T9.xlsx"), "THONG_TIN", map[string]any{"B15": 2}) // the version
	run(t, w, september)
	second := hashOfWorkbook(t, dir, september)
	if second == first {
		t.Error("it does not depend on the files that are counted")
	}

	if _, err := w.Close(context.Background(), september, "", ""); err != nil {
		t.Fatal(err)
	}
	setCells(t, filepath.Join(dir, "assignment.xlsx"), "CHI_TIEU", map[string]any{targetCell(t, dir, "05917"): 9})
	w = open(t, dir)
	run(t, w, september)
	if closed := hashOfWorkbook(t, dir, september); closed != second {
		t.Errorf("a closed period has %s by the assignment of today, not %s", closed, second)
	}
}
