package feedback

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// onePixel is a picture.
func onePixel(t *testing.T) []byte {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return picture.Bytes()
}

// Links out of the workbook go, on cells and on pictures; links within it stay, and so do
// the texts. The list says so.
func TestMarkedLeadsNowhere(t *testing.T) {
	for name, test := range map[string]struct {
		inside  bool
		outside int
		left    string // what is left on A1 and B1
	}{
		"outside only": {false, 2, "//"},
		"both":         {true, 2, "/CHI_BO!A1/"},
		"inside only":  {true, 0, "/CHI_BO!A1/"},
	} {
		original := xlsxtest.Rework(t, xlsxtest.Example(t, daoXa), func(f *excelize.File) error {
			var errs []error
			if test.outside > 0 {
				picture := &excelize.GraphicOptions{Hyperlink: "https://x.vn/", HyperlinkType: "External"}
				errs = append(errs, f.SetCellHyperLink("KET_NAP", "A1", "https://x.vn/", "External"),
					f.AddPictureFromBytes("KET_NAP", "H2", &excelize.Picture{Extension: ".png", File: onePixel(t), Format: picture}))
			}
			if test.inside {
				errs = append(errs, f.SetCellHyperLink("KET_NAP", "B1", "CHI_BO!A1", "Location"))
			}
			return errors.Join(errs...)
		})
		copied := mustMark(t, original, faults())
		f := xlsxtest.Open(t, copied)
		_, a1, err := f.GetCellHyperLink("KET_NAP", "A1")
		if err != nil {
			t.Fatal(err)
		}
		_, b1, err := f.GetCellHyperLink("KET_NAP", "B1")
		if err != nil {
			t.Fatal(err)
		}
		if got := a1 + "/" + b1 + "/"; got != test.left {
			t.Errorf("%s: links %q, want %q", name, got, test.left)
		}
		told := false
		for part, text := range partsOf(t, copied) {
			told = told || strings.Contains(text, "liên kết ra ngoài")
			if strings.Contains(text, "x.vn/") || strings.Contains(part, "drawing") && strings.Contains(text, "hlinkClick") {
				t.Errorf("%s: %s leads out: %s", name, part, text)
			}
		}
		if told != (test.outside > 0) {
			t.Errorf("%s: told of links: %v", name, told)
		}
	}
}
