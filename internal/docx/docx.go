// Package docx fills a document made in Word. It finds placeholders such as {{unit.name}}
// wherever Word has torn them apart, and puts in what a [template.Book] has under that name:
// the same names as in the templates of workbooks.
//
// A table row with a field of a list is repeated for each item of it; so is a paragraph. A
// paragraph that asks for something that is not known is left out as a whole, so that no
// sentence is written that a figure does not support; within a table its cell stays empty.
// Everything else of the document stays as it is. The same input gives the same bytes.
package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"ketnap/internal/viet"
	"ketnap/internal/xlsx/template"
)

// maxPart is the largest part that is read, in bytes: a document of text is far smaller.
const maxPart = 64 << 20

// Fill is the document with its placeholders filled. A document that cannot be filled is
// template.Errors, under the name of its file.
func Fill(name string, document []byte, book *template.Book) ([]byte, error) {
	in, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		return nil, template.Errors{{File: name, What: "không mở được như một văn bản Word — phải là tệp .docx không đặt mật khẩu — " +
			"mở bằng Word rồi lưu lại thành .docx."}}
	}
	f := filler{name: name, book: book}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range in.File {
		if !filled.MatchString(part.Name) {
			err = to.Copy(part)
		} else {
			err = f.part(to, part)
		}
		if err != nil {
			return nil, fmt.Errorf("fill %s: %w", part.Name, err)
		}
	}
	if err := to.Close(); err != nil {
		return nil, err
	}
	if len(f.mistakes) > 0 {
		return nil, f.mistakes
	}
	return out.Bytes(), nil
}

// filled are the parts that placeholders may stand in: the text, what stands above and below
// each page, and notes.
var filled = regexp.MustCompile(`^word/(document|header\d*|footer\d*|footnotes)\.xml$`)

// filler fills one document.
type filler struct {
	name     string
	book     *template.Book
	mistakes template.Errors
}

// part fills a part and writes it.
func (f *filler) part(to *zip.Writer, part *zip.File) error {
	from, err := part.Open()
	if err != nil {
		return err
	}
	defer from.Close() // nothing is written to it
	doc := etree.NewDocument()
	if _, err := doc.ReadFrom(io.LimitReader(from, maxPart)); err != nil || doc.Root() == nil {
		f.mistake("không đọc được phần %s — mở bằng Word rồi lưu lại thành .docx.", part.Name)
		return nil
	}
	f.fill(doc.Root())
	w, err := to.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate, Modified: part.Modified})
	if err != nil {
		return err
	}
	_, err = doc.WriteTo(w)
	return err
}

// fill fills what is within an element: rows of tables first, since they are repeated whole.
func (f *filler) fill(e *etree.Element) {
	for _, child := range e.ChildElements() {
		switch child.Tag {
		case "tr", "p":
			if list, ok := f.listOf(child); ok {
				f.repeat(child, list)
				continue
			}
			if child.Tag == "p" {
				f.paragraph(child, f.single)
			}
		}
		f.fill(child)
	}
}

// repeat puts a row or paragraph once for each item of a list.
func (f *filler) repeat(e *etree.Element, prefix string) {
	list, parent := f.book.Lists[prefix], e.Parent()
	at := e.Index()
	parent.RemoveChildAt(at)
	field := list.Reader()
	for n := range list.Length {
		item := e.Copy()
		parent.InsertChildAt(at+n, item)
		value := func(p string) (string, bool) {
			if name, ok := strings.CutPrefix(p, prefix+"."); ok {
				return textOf(field(name)(n)), true
			}
			return f.single(p)
		}
		paragraphs := item.FindElements(".//p")
		if item.Tag == "p" {
			paragraphs = append(paragraphs, item)
		}
		for _, p := range paragraphs {
			f.paragraph(p, value)
		}
	}
}

// listOf is the list that the placeholders of a row or paragraph are of, if any.
func (f *filler) listOf(e *etree.Element) (prefix string, ok bool) {
	text := ""
	for _, t := range e.FindElements(".//t") {
		text += t.Text()
	}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		p, field, _ := strings.Cut(m[1], ".")
		list, known := f.book.Lists[p]
		if _, has := list.Blank[field]; !known || !has {
			continue
		}
		if ok && p != prefix {
			f.mistake("%s: có tên của hai danh sách «%s» và «%s» — một dòng chỉ lặp theo một danh sách — chuyển một tên sang dòng khác.",
				place(text), prefix, p)
		}
		prefix, ok = p, true
	}
	return prefix, ok
}

// single is the value of a name that is of no list.
func (f *filler) single(name string) (string, bool) {
	v, known := f.book.Values[name]
	return textOf(v), known
}

// placeholder is a name in double braces.
var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// paragraph fills the placeholders of a paragraph, or takes it out.
func (f *filler) paragraph(p *etree.Element, value func(name string) (text string, known bool)) {
	texts := ownTexts(p)
	whole := ""
	for _, t := range texts {
		whole += t.Text()
	}
	found := placeholder.FindAllStringSubmatchIndex(whole, -1)
	if len(found) == 0 {
		if strings.Contains(whole, "{{") || strings.Contains(whole, "}}") {
			f.mistake("%s: có {{ hoặc }} lẻ — tên viết giữa hai dấu ngoặc mỗi bên, như {{whole.toDate}} — sửa lại.", place(whole))
		}
		return
	}
	for _, m := range slices.Backward(found) {
		name, asked := strings.CutPrefix(whole[m[2]:m[3]], "?")
		text, known := value(name)
		switch {
		case !known:
			f.mistake("%s: {{%s}} không phải là một tên dùng được — %s.", place(whole), name, f.book.Hint(name))
			return
		case text == "":
			f.takeOut(p)
			return
		}
		if asked {
			text = ""
		}
		replace(texts, m[0], m[1], text)
	}
}

// ownTexts are the texts of a paragraph, without those of text boxes in it.
func ownTexts(p *etree.Element) (texts []*etree.Element) {
	for _, t := range p.FindElements(".//t") {
		for up := t.Parent(); up != nil; up = up.Parent() {
			if up.Tag == "p" {
				if up == p {
					texts = append(texts, t)
				}
				break
			}
		}
	}
	return texts
}

// takeOut takes a paragraph out of the document. A cell of a table needs one: there its runs
// go only.
func (f *filler) takeOut(p *etree.Element) {
	parent := p.Parent()
	if parent.Tag != "tc" || len(parent.SelectElements("p")) > 1 {
		parent.RemoveChild(p)
		return
	}
	for _, run := range p.SelectElements("r") {
		p.RemoveChild(run)
	}
}

// replace puts text in the place of the bytes from..to of the texts taken together: into the
// first that has some of them, so that it looks as what it stands for did.
func replace(texts []*etree.Element, from, to int, text string) {
	begin := 0
	for _, t := range texts {
		old := t.Text()
		end := begin + len(old)
		if begin < to && end > from {
			first, last := max(from-begin, 0), min(to-begin, len(old))
			setText(t, old[:first]+text+old[last:])
			text = ""
		}
		begin = end
	}
}

// setText puts a text into its element, with breaks for its line ends.
func setText(t *etree.Element, text string) {
	t.CreateAttr("xml:space", "preserve")
	line, rest, more := strings.Cut(text, "\n")
	t.SetText(line)
	if !more {
		return
	}
	run, at := t.Parent(), t.Index()
	br := etree.NewElement("br")
	br.Space = t.Space
	next := etree.NewElement("t")
	next.Space = t.Space
	run.InsertChildAt(at+1, br)
	run.InsertChildAt(at+2, next)
	setText(next, rest)
}

// textOf is a value as a sentence has it; "" when it is not known.
func textOf(v any) string {
	if fixed, ok := v.(template.Fixed); ok {
		v = fixed.Value
	}
	if of, ok := v.(template.Value); ok {
		stored := of.Stored()
		if words, ok := v.(fmt.Stringer); ok && stored != nil {
			return words.String()
		}
		v = stored
	}
	switch v := v.(type) {
	case nil:
		return ""
	case int:
		return viet.Thousands(v)
	case *string:
		return *v
	}
	return fmt.Sprint(v)
}

// place is where in the document something stands, by its first words.
func place(text string) string {
	const most = 40
	if runes := []rune(strings.TrimSpace(text)); len(runes) > most {
		return "Đoạn «" + string(runes[:most]) + "…»"
	}
	return "Đoạn «" + strings.TrimSpace(text) + "»"
}

func (f *filler) mistake(format string, args ...any) {
	f.mistakes = append(f.mistakes, template.Error{File: f.name, What: fmt.Sprintf(format, args...)})
}
