package docx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"ketnap/internal/docx"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// document is a package with that text in its body.
func document(t testing.TB, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"[Content_Types].xml", "<Types/>"},
		{"word/document.xml", `<w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`},
		{"word/media/image1.png", "{{not.text}}"},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, part[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// body is the body of a document.
func body(t testing.TB, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "<w:body>")
	rest, _, _ = strings.Cut(rest, "</w:body>")
	return strings.ReplaceAll(rest, ` xml:space="preserve"`, "")
}

// book is what the documents of the tests may ask for.
func book() *template.Book {
	type unit struct {
		name string
		n    domain.Count
	}
	return &template.Book{
		Values: map[string]any{"whole.toDate": domain.People(1234), "whole.percent": domain.Hundredths{N: 6789, Known: true},
			"whole.target": domain.Count{}, "office.signer": "Nguyễn Văn A\nTRƯỞNG BAN", "period.end": domain.Day(2021, 10, 31)},
		Lists: map[string]template.List{
			"unit": template.ListOf([]unit{{"Hà Châu", domain.People(9)}, {"Đào & Xá", domain.Count{}}}, func(n int, u unit) map[string]any {
				return map[string]any{"no": n, "name": u.name, "toDate": u.n}
			}),
			"debt": template.Texts("một"),
		},
	}
}

func TestFill(t *testing.T) {
	run := func(text string) string { return "<w:r><w:t>" + text + "</w:t></w:r>" }
	p := func(runs ...string) string { return "<w:p>" + strings.Join(runs, "") + "</w:p>" }
	cell := func(text string) string { return "<w:tc>" + p(run(text)) + "</w:tc>" }
	row := func(cells ...string) string { return "<w:tr>" + strings.Join(cells, "") + "</w:tr>" }
	for _, c := range []struct{ name, from, want string }{
		{"a number the Vietnamese way", p(run("kết nạp {{whole.toDate}} người")), p(run("kết nạp 1.234 người"))},
		{"a percentage, a date", p(run("{{whole.percent}} % đến {{ period.end }}")), p(run("67,89 % đến 31/10/2021"))},
		{"torn apart by Word", p(run("kết nạp {"), run("{whole."), run("toDate}} người")),
			p(run("kết nạp 1.234"), "<w:r><w:t/></w:r>", run(" người"))},
		{"two in one paragraph", p(run("{{whole.toDate}}, "), run("{{whole.percent}}")), p(run("1.234, "), run("67,89"))},
		{"a line end", p(run("{{office.signer}}")), p("<w:r><w:t>Nguyễn Văn A</w:t><w:br/><w:t>TRƯỞNG BAN</w:t></w:r>")},
		{"not known: no paragraph", p(run("chỉ tiêu {{whole.target}}")) + p(run("hết")), p(run("hết"))},
		{"a heading for what is known", p(run("{{?whole.toDate}}Kết quả")), p(run("Kết quả"))},
		{"a heading for what is not", p(run("{{?whole.target}}Chỉ tiêu")) + p(run("hết")), p(run("hết"))},
		{"a list of rows", row(cell("{{unit.no}}"), cell("{{unit.name}}"), cell("{{unit.toDate}}")) + row(cell("{{whole.toDate}}")),
			row(cell("1"), cell("Hà Châu"), cell("9")) + row(cell("2"), cell("Đào &amp; Xá"), "<w:tc><w:p/></w:tc>") + row(cell("1.234"))},
		{"a list of paragraphs", p(run("- {{unit.name}} ({{whole.toDate}})")), p(run("- Hà Châu (1.234)")) + p(run("- Đào &amp; Xá (1.234)"))},
		{"nothing to fill", p(run("không có gì")), p(run("không có gì"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := document(t, c.from)
			out, err := docx.Fill("mau.docx", in, book())
			if err != nil {
				t.Fatal(err)
			}
			if got := body(t, out); got != c.want {
				t.Errorf("filled:\n%s\nwant:\n%s", got, c.want)
			}
			again, err := docx.Fill("mau.docx", in, book())
			if err != nil || !bytes.Equal(out, again) {
				t.Errorf("made again it has other bytes (%v)", err)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	p := func(text string) []byte { return document(t, "<w:p><w:r><w:t>"+text+"</w:t></w:r></w:p>") }
	for _, c := range []struct {
		name     string
		document []byte
		want     string
	}{
		{"no such name", p("Có {{whole.toDat}} người"),
			"Đoạn «Có {{whole.toDat}} người»: {{whole.toDat}} không phải là một tên dùng được — có phải là «whole.toDate»?"},
		{"no such field of a list", p("{{unit.nam}}"), "có phải là «unit.name»?"},
		{"a brace alone", p("Có {{whole.toDate} người"), "có {{ hoặc }} lẻ"},
		{"two lists", p("{{unit.name}} {{debt.text}}"), "một dòng chỉ lặp theo một danh sách"},
		{"no document", []byte("PK"), "không mở được như một văn bản Word"},
		{"not XML", document(t, "<w:p>"), "không đọc được phần word/document.xml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := docx.Fill("mau.docx", c.document, book())
			var mistakes template.Errors
			if !errors.As(err, &mistakes) {
				t.Fatalf("error %v, want mistakes", err)
			}
			if !strings.Contains(err.Error(), c.want) || mistakes[0].File != "mau.docx" {
				t.Errorf("%v\nwant %q", err, c.want)
			}
		})
	}
}

// No document makes it panic, and what it fills has no placeholder of a known name left.
func FuzzFill(f *testing.F) {
	f.Add("<w:p><w:r><w:t>{{whole.toDate}}</w:t></w:r></w:p>")
	f.Add("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{{unit.name}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>")
	f.Add("<w:p><w:p><w:r><w:t>{{</w:t><w:t>?whole.target}}</w:t></w:r></w:p></w:p>")
	left := regexp.MustCompile(`<w:t[^>]*>[^<]*\{\{whole\.toDate\}\}`)
	f.Fuzz(func(t *testing.T, xml string) {
		out, err := docx.Fill("mau.docx", document(t, xml), book())
		if err == nil && left.MatchString(body(t, out)) {
			t.Errorf("a placeholder is left: %s", body(t, out))
		}
	})
}
