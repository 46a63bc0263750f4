//go:build libreoffice

package report

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/fstest"

	"ketnap/internal/consolidate"
	"ketnap/internal/xlsx/xlsxtest"
)

// The consolidated workbook of 120 units with names of some 55 letters and 1,440 party cells
// prints 25 pages at most.
func TestLibreOfficePrintsManyUnits(t *testing.T) {
	var units []consolidate.UnitLine
	for i := range 120 {
		units = append(units, sampleUnit(fmt.Sprintf("%05d", i), fmt.Sprintf("Đảng bộ Trung tâm Dịch vụ nông nghiệp xã Suối Mơ số %d", i+100),
			9, 9, 1, i%10, 4, consolidate.Received))
	}
	s := summaryOf(consolidate.Group{Name: "Xã", Units: units[:60]}, consolidate.Group{Name: "Cơ quan", Units: units[60:]})
	one := s.PartyCells
	s.PartyCells = nil
	for _, c := range one {
		for range 12 {
			s.PartyCells = append(s.PartyCells, c)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in.xlsx"), consolidated(t, s, sampleOffice), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := exec.Command("soffice", "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", "pdf", "--outdir", dir,
		filepath.Join(dir, "in.xlsx"))
	if text, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	printed, err := os.ReadFile(filepath.Join(dir, "in.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if pages := bytes.Count(printed, []byte("/Type/Page/")); pages < 15 || pages > 25 {
		t.Errorf("%d pages", pages)
	}
}

// LibreOffice computes every formula anew and must find what is stored. The
// stored values are taken out before it opens the workbook, so none can be kept.
//
//	go test -tags libreoffice -run LibreOffice ./internal/report
func TestLibreOfficeComputesTheSame(t *testing.T) {
	for name, s := range variants() {
		t.Run(name, func(t *testing.T) { xlsxtest.ComparesWithLibreOffice(t, consolidated(t, s, sampleOffice)) })
	}
	own, err := Consolidated(fstest.MapFS{consolidatedTemplate: {Data: officeTemplate(t)}}, sampleSummary(), sampleOffice)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("the office's own template", func(t *testing.T) { xlsxtest.ComparesWithLibreOffice(t, own) })
	t.Run("people", func(t *testing.T) { xlsxtest.ComparesWithLibreOffice(t, peopleBytes(t, samplePeople())) })
}
