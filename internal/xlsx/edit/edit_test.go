package edit

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbook has sheets, each with a name that belongs to it.
func workbook(t *testing.T, sheets ...string) *Package {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for _, name := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		if err := f.SetDefinedName(&excelize.DefinedName{Name: "ten", RefersTo: name + "!$A$1", Scope: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	data, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(data.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sheetsOf are the sheets of a package as excelize reads it, each with the scopes of names
// after it.
func sheetsOf(t *testing.T, p *Package) (sheets []string) {
	t.Helper()
	data, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		for _, n := range f.GetDefinedName() {
			if n.Scope == sheet {
				sheet += " " + n.RefersTo
			}
		}
		sheets = append(sheets, sheet)
	}
	return sheets
}

// Changes of an element leave every other byte as it was.
func TestChanges(t *testing.T) {
	const data = `<?xml version="1.0"?><x:styleSheet n='1' other = "q"><!-- k --><x:fonts/><x:cellXfs>one &amp; two</x:cellXfs></x:styleSheet>`
	root, err := Outline([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	b, c := root.Child("fonts"), root.Child("cellXfs")
	for name, test := range map[string]struct {
		changes  []Change
		old, new string
	}{
		"an attribute in other quotes": {[]Change{root.Set("n", `"2"`)}, ` n='1'`, ` n="&quot;2&quot;"`},
		"an attribute it has not":      {[]Change{b.Set("m", "3")}, `<x:fonts/>`, `<x:fonts m="3"/>`},
		"in an element without an end": {[]Change{b.Append("<d><e/></d>")}, `<x:fonts/>`, `<x:fonts><x:d><x:e/></x:d></x:fonts>`},
		"at the end of an element":     {[]Change{c.Append("<d/>")}, `two</x:cellXfs>`, `two<x:d/></x:cellXfs>`},
		"content":                      {[]Change{c.SetContent("x")}, `>one &amp; two<`, `>x<`},
		"two at once, in any order":    {[]Change{c.Cut(), b.Cut()}, `<x:fonts/><x:cellXfs>one &amp; two</x:cellXfs>`, ``},
		"before the one that follows":  {[]Change{root.Place("fills", "<fills/>")}, `<x:cellXfs>`, `<x:fills/><x:cellXfs>`},
		"last of all":                  {[]Change{root.Place("dxfs", "<dxfs/>")}, `</x:styleSheet>`, `<x:dxfs/></x:styleSheet>`},
		"nothing":                      {nil, "", ""},
	} {
		got := string(Apply([]byte(data), test.changes))
		if want := strings.Replace(data, test.old, test.new, 1); got != want {
			t.Errorf("%s:\n%s, want\n%s", name, got, want)
		}
	}
	if got := c.Text(); got != "one & two" {
		t.Errorf("text %q", got)
	}
	if got := root.Attr("other"); got != "q" {
		t.Errorf("attribute %q", got)
	}
	for _, broken := range []string{"", "<a>", "<a/><b/>"} {
		if _, err := Outline([]byte(broken)); err == nil {
			t.Errorf("%q is an outline", broken)
		}
	}
}

// Names stay with their sheets when one comes or goes.
func TestSheetsComeAndGo(t *testing.T) {
	p := workbook(t, "A", "B", "C")
	p.PutFirst("New", []byte(Head+`<worksheet xmlns="`+MainSpace+`"><sheetData/></worksheet>`), 1)
	want := []string{"New New!$1:$1", "A A!$A$1", "B B!$A$1", "C C!$A$1"}
	if diff := cmp.Diff(want, sheetsOf(t, p)); diff != "" {
		t.Errorf("put first (-want +got):\n%s", diff)
	}
	p.RemoveSheet(2)
	if diff := cmp.Diff([]string{"New New!$1:$1", "A A!$A$1", "C C!$A$1"}, sheetsOf(t, p)); diff != "" {
		t.Errorf("removed (-want +got):\n%s", diff)
	}
}

// A part that is added is known to the part it belongs to, and is gone without a trace.
func TestPartsComeAndGo(t *testing.T) {
	p := workbook(t, "A")
	sheet := p.Sheets[0].Part
	name, id := p.Add(sheet, "comments", "xl/comments%d.xml", "text/xml", []byte("<comments/>"))
	rels := p.Relations(sheet)
	if p.Err() != nil || len(rels) != 1 || rels[0].ID != id || rels[0].Kind != "comments" || rels[0].Target != name || !p.Has(name) {
		t.Fatalf("relations %+v, %v", rels, p.Err())
	}
	p.Unrelate(sheet, id)
	types := p.Read("[Content_Types].xml")
	if p.Err() != nil || p.Has(name) || p.Has(RelationsPart(sheet)) || bytes.Contains(types, []byte(name)) {
		t.Errorf("left behind: %s, %v", types, p.Err())
	}
}

// The first error is kept, and nothing is done after it.
func TestErrorIsKept(t *testing.T) {
	p := workbook(t, "A")
	p.Edit("xl/nowhere.xml", Insert(0, "x"))
	first := p.Err()
	if first == nil || !strings.Contains(first.Error(), "nowhere") {
		t.Fatalf("no part to edit: %v", first)
	}
	p.RemoveSheet(0)
	p.PutFirst("New", nil, 1)
	p.AddStyles("fonts", []string{"<font/>"})
	p.Unrelate(p.Workbook, "rId1")
	p.Add(p.Workbook, "comments", "xl/comments%d.xml", "text/xml", nil)
	p.Pack(nil)
	if _, err := p.Bytes(); err != first {
		t.Errorf("Bytes tells %v, want %v", err, first)
	}
}

// What a writer writes of a part is in the package, as Bytes would have it.
func TestPack(t *testing.T) {
	p := workbook(t, "A", "B")
	p.Pack(map[string]PartWriter{p.Sheets[0].Part: func(w io.Writer, part []byte) error {
		_, err := w.Write(bytes.Replace(part, []byte("<sheetData"), []byte(`<sheetPr/><sheetData`), 1))
		return err
	}})
	data, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	part := again.Read(again.Sheets[0].Part)
	var names []string
	for _, q := range again.parts {
		names = append(names, q.name)
	}
	if again.Err() != nil || !bytes.Contains(part, []byte("<sheetPr/>")) || names[0] != contentTypes || !slices.IsSorted(names) {
		t.Errorf("parts %v, %v: %s", names, again.Err(), part)
	}
}

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		ref  string
		want Area
		ok   bool
	}{
		{"E25", Area{25, 5, 25, 5}, true},
		{"A1:AB30", Area{1, 1, 30, 28}, true},
		{"XFD1048576", Area{1048576, 16384, 1048576, 16384}, true},
		{"A", Area{}, false},
		{"A1:", Area{}, false},
		{"A0", Area{}, false},
	} {
		got, ok := AreaOf(test.ref)
		if ok != test.ok || ok && (got != test.want || got.Ref() != test.ref) {
			t.Errorf("%s: %v %v, written %s", test.ref, got, ok, got.Ref())
		}
	}
}

func TestEscapeText(t *testing.T) {
	for text, want := range map[string]string{
		"Đào Xá":                       "Đào Xá",
		`a<b>&"c"`:                     "a&lt;b&gt;&amp;&quot;c&quot;",
		"_x000A_":                      "_x005F_x000A_",
		"_x00_":                        "_x00_",
		"a\x00b\nc":                    "ab\nc",
		"a\xffb":                       "ab",
		strings.Repeat("x", maxText+5): strings.Repeat("x", maxText),
	} {
		if got := EscapeText(text); got != want {
			t.Errorf("%.20q became %.40q", text, got)
		}
	}
}

// A package that takes more than it may is an error, whichever bound it is.
func TestBounds(t *testing.T) {
	data, err := workbook(t, "A", "B").Bytes()
	if err != nil {
		t.Fatal(err)
	}
	enough := Bounds{Read: 1 << 20, Parsed: 1 << 20, Elements: 100}
	for name, test := range map[string]struct {
		change func(b *Bounds)
		fails  bool
	}{
		"enough":             {func(*Bounds) {}, false},
		"bytes read":         {func(b *Bounds) { b.Read = 2_000 }, true},
		"bytes gone through": {func(b *Bounds) { b.Parsed = 2_000 }, true},
		"elements":           {func(b *Bounds) { b.Elements = 4 }, true},
	} {
		bounds := enough
		test.change(&bounds)
		p, err := OpenWithin(data, bounds)
		if err == nil {
			p.AddStyles("fonts", []string{"<font/>"})
			_, err = p.Bytes()
		}
		if (err != nil) != test.fails {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What counts in a part is what a reader of the standard alone sees.
func TestItems(t *testing.T) {
	const data = `<x:fonts xmlns:x="` + MainSpace + `" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" ` +
		`xmlns:y="urn:y" mc:Ignorable="y" mc:ProcessContent="y:keep">` +
		`<x:font n="1"/><y:font/><mc:AlternateContent><mc:Choice Requires="y"><x:font/></mc:Choice>` +
		`<mc:Choice Requires="x"><x:font n="2"/><x:font n="3"/></mc:Choice><mc:Fallback><x:font/></mc:Fallback></mc:AlternateContent>` +
		`<y:keep><x:font n="4"/></y:keep><y:other><x:font/></y:other><mc:AlternateContent><mc:Choice Requires="y"/><mc:Fallback>` +
		`<x:font n="5"/></mc:Fallback></mc:AlternateContent><mc:AlternateContent><mc:Choice Requires="y"/></mc:AlternateContent></x:fonts>`
	root, err := Outline([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	var numbers string
	for _, n := range root.Items() {
		numbers += n.Local + n.Attr("n") + " "
	}
	if want := "font1 font2 font3 font4 font5 "; numbers != want {
		t.Errorf("items %q, want %q", numbers, want)
	}
}
