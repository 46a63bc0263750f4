//go:build libreoffice

package report

import (
	"testing"
	"testing/fstest"

	"ketnap/internal/xlsx/xlsxtest"
)

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
