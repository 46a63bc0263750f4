package feedback

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/xlsxtest"
)

// otherPrograms are a return as other programs write it, with one habit or nearly all.
func otherPrograms(t *testing.T) map[string][]byte {
	programs := xlsxtest.Programs()
	programs["bare"] = xlsxtest.Program{Bare: true, ISODates: true}
	programs["most"] = xlsxtest.Program{UTF16: "little", Prefixed: true, Strict: true, ISODates: true, Ignorable: true, Alternatives: true,
		NoAddresses: true, SmallLetters: true, Spaced: true, Twice: true, Absolute: true, Encoded: true, Module: true}
	content := xlsxtest.ContentOf(t, xlsxtest.Example(t, daoXa))
	files := map[string][]byte{}
	for name, program := range programs {
		files[name] = program.As(t, content)
	}
	return files
}

// Whatever program wrote it, it is the sender's own workbook that comes back, marked.
func TestMarkedOtherPrograms(t *testing.T) {
	for name, original := range otherPrograms(t) {
		t.Run(name, func(t *testing.T) {
			copied := mustMark(t, original, faults())
			was, is := withoutList(xlsxtest.Return(t, original)), withoutList(xlsxtest.Return(t, copied))
			if diff := cmp.Diff(was, is); diff != "" {
				t.Errorf("the copy reads differently (-was +is):\n%s", diff)
			}
			if twice := mustMark(t, copied, faults()); !bytes.Equal(twice, copied) {
				t.Error("marks are doubled in the copy of a copy")
			}
			if clean := unmarked(t, copied); !reflect.DeepEqual(was, xlsxtest.Return(t, clean)) {
				t.Error("without its marks the copy reads differently")
			}
			checkParts(t, copied, map[bool]int{true: 1, false: 3}[name == "bare"])
		})
	}
}

// checkParts looks at the parts of a copy: the list's formats are ours by number, and there is a
// comment and a colour. The sender's own formats were so many.
func checkParts(t *testing.T, copied []byte, present int) {
	t.Helper()
	p, err := edit.Open(copied)
	if err != nil {
		t.Fatal(err)
	}
	formats := p.Outline(p.StylesPart()).Child("cellXfs").Items()
	list := string(p.Read(p.Sheets[0].Part))
	if title := formats[len(formats)-styleReading-1]; title.Attr("quotePrefix") != "1" || len(formats) != present+styleReading+1 {
		t.Errorf("%d formats, the title's is %s", len(formats), title.XML())
	}
	if p.Sheets[0].Name != listSheet || !strings.Contains(list, fmt.Sprintf(`<c r="A1" s="%d"`, present)) {
		t.Errorf("the first sheet is %s: %.400s", p.Sheets[0].Name, list)
	}
	for _, s := range p.Sheets {
		if s.Name != "KET_NAP" {
			continue
		}
		if comments := p.Outline(commentsOf(p, s.Part)).Child("commentList").Items(); len(comments) != 2 {
			t.Errorf("%d comments", len(comments))
		}
		if formats := p.Outline(s.Part).Child("conditionalFormatting"); formats == nil {
			t.Error("no colours")
		}
	}
	if p.Err() != nil {
		t.Error(p.Err())
	}
}

// Comments, and the drawings that show them, are added to as they are, whatever the prefixes.
func TestMarkedOthersComments(t *testing.T) {
	own := xlsxtest.Rework(t, xlsxtest.Example(t, daoXa), decorate)
	const drawing = `<xml><ns0:shape xmlns:ns0="urn:schemas-microsoft-com:vml" type="#_x0000_t202" id="_x0000_s1026">` +
		`<ns2:ClientData xmlns:ns2="urn:schemas-microsoft-com:office:excel" ObjectType='Note'><ns2:Row>9</ns2:Row><ns2:Column>2</ns2:Column>` +
		`</ns2:ClientData><br></ns0:shape></xml>`
	for name, change := range map[string]func(name, part string) string{
		"another program's prefixes": func(name, part string) string {
			if strings.HasSuffix(name, ".vml") {
				return drawing
			}
			return part
		},
		"small letters": func(name, part string) string {
			if strings.HasPrefix(name, "xl/comments") {
				return strings.ReplaceAll(part, `ref="C10"`, `ref="c10"`)
			}
			return part
		},
		"no drawing": func(name, part string) string {
			if strings.HasSuffix(name, ".vml") {
				return "PNG"
			}
			return strings.Replace(part, "vmlDrawing1.vml", "no.vml", 1)
		},
		"an empty drawing": func(name, part string) string {
			if strings.HasSuffix(name, ".vml") {
				return `<xml xmlns:v="urn:schemas-microsoft-com:vml" />`
			}
			return part
		},
		"comments without lists": func(name, part string) string {
			if strings.HasPrefix(name, "xl/comments") {
				return `<y:comments xmlns:y="` + edit.MainSpace + `"/>`
			}
			return part
		},
		"no comments": func(name, part string) string {
			return strings.Replace(part, `comments1.xml"`, `none.xml"`, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			original := rewrite(t, own, change)
			copied := mustMark(t, original, faults())
			if name == "comments without lists" && !strings.Contains(xlsxtest.Part(t, copied, "xl/comments1.xml"), "<y:comment ref") {
				t.Error("comments are not where they were")
			}
			copied = mustMark(t, copied, faults())
			comments, err := xlsxtest.Open(t, copied).GetComments("KET_NAP")
			want := 3
			if name == "no comments" || name == "comments without lists" {
				want = 2
			}
			if err != nil || len(comments) != want {
				t.Errorf("comments %+v, want %d: %v", comments, want, err)
			}
		})
	}
}
