package report

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

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

// TestWordTemplateChanges: what an office changes in the report in Word is there in what is made
// of it, and the figures beside it.
func TestWordTemplateChanges(t *testing.T) {
	builtIn, err := fs.ReadFile(templates.FS, wordTemplate)
	if err != nil {
		t.Fatal(err)
	}
	row := func(doc *etree.Document) *etree.Element { // which is repeated for each unit
		for _, tr := range doc.FindElements("//tr") {
			if strings.Contains(textOf(tr), "{{unit.name}}") {
				return tr
			}
		}
		t.Fatal("no row of units")
		return nil
	}
	paragraph := func(doc *etree.Document, with string) *etree.Element {
		for _, p := range doc.FindElements("//p") {
			if strings.Contains(textOf(p), with) {
				return p
			}
		}
		t.Fatalf("no paragraph %s", with)
		return nil
	}
	for name, c := range map[string]struct {
		change func(doc *etree.Document)
		there  func(doc *etree.Document, text string) bool
	}{
		"a column moved": {func(doc *etree.Document) {
			cells := row(doc).SelectElements("tc")
			cells[0].Parent().AddChild(cells[1]) // the name, to the end
		}, func(_ *etree.Document, text string) bool {
			return strings.Contains(text, "4\nĐã nhận\nĐảng bộ xã Đồi Thông\n--")
		}},
		"a title": {func(doc *etree.Document) {
			p := paragraph(doc, "kết quả công tác kết nạp")
			texts := p.FindElements(".//t")
			for _, t := range texts[1:] {
				t.SetText("")
			}
			texts[0].SetText("về kết nạp đảng viên của {{office.issuer}}")
		}, func(_ *etree.Document, text string) bool {
			return strings.Contains(text, "về kết nạp đảng viên của BAN TỔ CHỨC\n")
		}},
		"a font": {func(doc *etree.Document) {
			for _, run := range paragraph(doc, "{{report.lead}}").SelectElements("r") {
				look := etree.NewElement("w:rPr")
				look.CreateElement("w:rFonts").CreateAttr("w:ascii", "Arial")
				run.InsertChildAt(0, look)
			}
		}, func(doc *etree.Document, _ string) bool {
			for _, p := range doc.FindElements("//p") {
				if fonts := p.FindElement(".//rFonts"); strings.HasPrefix(textOf(p), "Đến hết tháng 10") && fonts != nil {
					return fonts.SelectAttrValue("w:ascii", "") == "Arial"
				}
			}
			return false
		}},
		"a column removed": {func(doc *etree.Document) { row(doc).RemoveChild(row(doc).SelectElements("tc")[7]) },
			func(_ *etree.Document, text string) bool {
				return strings.Contains(text, "4\n--") && !strings.Contains(text, "\nĐã chốt\n")
			}},
		"the table removed": {func(doc *etree.Document) {
			table := row(doc).Parent()
			table.Parent().RemoveChild(table)
		}, func(_ *etree.Document, text string) bool {
			return !strings.Contains(text, "Đảng bộ xã Đồi Thông")
		}},
		"a paragraph put in": {func(doc *etree.Document) {
			p := paragraph(doc, "{{report.lead}}")
			another := p.Copy()
			texts := another.FindElements(".//t")
			for _, t := range texts[1:] {
				t.SetText("")
			}
			texts[0].SetText("Còn phải kết nạp {{whole.remaining}} người.")
			p.Parent().InsertChildAt(p.Index()+1, another)
		}, func(_ *etree.Document, text string) bool {
			return strings.Contains(text, "\nCòn phải kết nạp 13 người.\n")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := Word(fstest.MapFS{wordTemplate: {Data: reworked(t, builtIn, c.change)}}, sampleSummary(), sampleOffice)
			if err != nil {
				t.Fatal(err)
			}
			text := dumpWord(t, data)
			if !strings.Contains(text, "toàn huyện kết nạp được 18/31 đảng viên") {
				t.Errorf("the figures are not there:\n%s", text)
			}
			reworked(t, data, func(doc *etree.Document) {
				if !c.there(doc, text) {
					t.Errorf("the change is lost:\n%s", text)
				}
			})
		})
	}
}

// textOf is the text of an element of a document.
func textOf(e *etree.Element) (text string) {
	for _, t := range e.FindElements(".//t") {
		text += t.Text()
	}
	return text
}

// reworked is a document of Word with a change made to its body.
func reworked(t *testing.T, data []byte, change func(doc *etree.Document)) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range z.File {
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		w, err := to.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if part.Name != "word/document.xml" {
			_, err = io.Copy(w, in)
		} else {
			doc := etree.NewDocument()
			if _, err = doc.ReadFrom(in); err == nil {
				change(doc)
				_, err = doc.WriteTo(w)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
