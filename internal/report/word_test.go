package report

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/templates"
)

// dumpWord is the text of a document, a line for each paragraph.
func dumpWord(t *testing.T, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	doc := etree.NewDocument()
	if _, err := doc.ReadFrom(f.(io.Reader)); err != nil {
		t.Fatal(err)
	}
	text := ""
	var walk func(*etree.Element)
	walk = func(e *etree.Element) {
		if e.Tag == "t" {
			text += e.Text()
		}
		for _, child := range e.ChildElements() {
			walk(child)
		}
		switch e.Tag {
		case "p":
			text += "\n"
		case "tr":
			text += "--\n"
		}
	}
	walk(doc.Root())
	return text
}

func TestWordGolden(t *testing.T) {
	data, err := Word(templates.FS, sampleSummary(), sampleOffice)
	if err != nil {
		t.Fatal(err)
	}
	golden, got := filepath.Join("testdata", "bao-cao.golden.txt"), dumpWord(t, data)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("go test ./internal/report -update rewrites %s (-want +got):\n%s", golden, diff)
	}
}

// A period of which nothing is known has a report too, without a sentence that needs figures.
func TestWordOfNothing(t *testing.T) {
	s := summaryOf()
	data, err := Word(templates.FS, s, Office{})
	if err != nil {
		t.Fatal(err)
	}
	for _, unwanted := range []string{"{{", "NGUỒN KẾT NẠP", "Cơ cấu", "riêng"} {
		if bytes.Contains([]byte(dumpWord(t, data)), []byte(unwanted)) {
			t.Errorf("the report of nothing says %q:\n%s", unwanted, dumpWord(t, data))
		}
	}
	if err := CheckWord(templates.FS, domain.Period{Year: 2021, Month: 1}); err != nil {
		t.Errorf("the built-in template: %v", err)
	}
}
