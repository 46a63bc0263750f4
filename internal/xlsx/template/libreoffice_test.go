//go:build libreoffice

package template

import (
	"testing"

	"ketnap/internal/xlsx/xlsxtest"
)

// LibreOffice computes the same of everything that a template may have.
//
//	go test -tags libreoffice -run LibreOffice ./internal/xlsx/template
func TestLibreOfficeComputesEverything(t *testing.T) {
	everything, _, err := Fill("mau.xlsx", ownTemplate(t), testBook())
	if err != nil {
		t.Fatal(err)
	}
	xlsxtest.ComparesWithLibreOffice(t, everything)
}
