//go:build libreoffice

package feedback

import (
	"testing"

	"ketnap/internal/xlsx/xlsxtest"
)

// LibreOffice keeps no authors of comments, and writes every part anew.
func TestLibreOfficeSavesMarked(t *testing.T) {
	testCorrected(t, func(copied []byte) []byte { return xlsxtest.Resaved(t, copied) })
}
