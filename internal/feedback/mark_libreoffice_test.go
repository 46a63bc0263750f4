//go:build libreoffice

package feedback

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/xlsxtest"
)

// LibreOffice keeps no authors of comments, and writes every part anew.
func TestLibreOfficeSavesMarked(t *testing.T) {
	testCorrected(t, func(copied []byte) []byte { return xlsxtest.Resaved(t, copied) })
}

// What LibreOffice saves of a marked copy is what it saves of the return, still marked, whatever
// program wrote it. (It knows no ProcessContent and no offsets of ISO dates.)
func TestLibreOfficeOpensMarkedOfOthers(t *testing.T) {
	for name, original := range otherPrograms(t) {
		t.Run(name, func(t *testing.T) {
			was := withoutList(xlsxtest.Return(t, xlsxtest.Resaved(t, original)))
			saved := xlsxtest.Resaved(t, mustMark(t, original, faults()))
			is := withoutList(xlsxtest.Return(t, saved))
			was.Reading, is.Reading = domain.Reading{}, domain.Reading{}
			if diff := cmp.Diff(was, is); diff != "" {
				t.Errorf("saved by LibreOffice (-was +is):\n%s", diff)
			}
			again := xlsxtest.Open(t, saved)
			comments, err := again.GetComments("KET_NAP")
			formats, err2 := again.GetConditionalFormats("NGUON")
			if err := errors.Join(err, err2); err != nil || len(comments) != 2 || len(formats) != 1 {
				t.Errorf("%d comments, %d conditional formats: %v", len(comments), len(formats), err)
			}
		})
	}
}
