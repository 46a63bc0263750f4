// Package edit changes the parts of an .xlsx package byte by byte: a few pieces of XML
// are put in or taken out by their offsets, and every other byte stays as it was. A
// library that reads a workbook into a model of its own and writes it out anew loses
// what the model has no room for; nothing is lost here.
//
// [Open] reads a package, [Package.Outline] finds the elements of a part, and
// [Package.Edit] applies changes that were made of them ([Node.Set], [Node.Append],
// [Node.Cut], [Insert]). [Package.Bytes] is the package with its changes: what was not
// changed is copied as it was compressed. The same input gives the same bytes. The first
// error is kept: after it there is nothing to read, no change does anything, and
// [Package.Err] and [Package.Bytes] tell it.
//
// The package knows the parts and their order, not what cells mean. It trusts sizes, unless
// it is opened with [Bounds]: what comes from strangers has to pass a reader with limits first, which
// does not look at all that is edited here.
package edit

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Package is a workbook's parts, some of them changed. It is for one goroutine.
type Package struct {
	parts  []*part          // those of the file, then new ones
	byName map[string]*part // by folded name
	err    error            // the first there was

	bounded bool
	bounds  Bounds // what is left of them

	Workbook string  // the name of the main part; not to be changed
	strict   bool    // ISO strict: other names of namespaces and relationships
	Sheets   []Sheet // in the order of their tabs; not to be changed
}

// part is an entry of the package.
type part struct {
	name    string
	entry   *zip.File // as it was read; nil when it is new or changed
	data    []byte    // when it was read, or is new or changed
	packed  *packedPart
	removed bool
}

// Sheet is a sheet of the workbook.
type Sheet struct {
	Name  string // NFC
	Part  string
	Grid  bool // a worksheet, not a chart or dialog
	place int  // among all sheets; those without a part are not listed
}

// Bounds are what editing a package may take. What goes beyond is an error.
type Bounds struct {
	Read     int // bytes of the parts that are read
	Parsed   int // bytes of XML that are gone through, rows of sheets apart, as often as they are
	Elements int // that one element may have, and its own together
}

// Open reads a package.
func Open(data []byte) (*Package, error) { return open(data, &Package{}) }

// OpenWithin is Open for a package that may be made to cost much.
func OpenWithin(data []byte, bounds Bounds) (*Package, error) {
	return open(data, &Package{bounded: true, bounds: bounds})
}

func open(data []byte, p *Package) (*Package, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("open package: %w", err)
	}
	p.byName = map[string]*part{}
	for _, f := range r.File {
		p.add(&part{name: f.Name, entry: f})
	}
	if workbook := p.Relation("", OfKind("officeDocument")); workbook != nil {
		p.Workbook = workbook.Target
	}
	p.readSheets()
	return p, p.err
}

// Fail keeps an error, if it is the first.
func (p *Package) Fail(err error) { p.err = cmp.Or(p.err, err) }

// Err is the first error there was.
func (p *Package) Err() error { return p.err }

// spend takes an amount from what is left of a bound, and reports whether it was there.
func (p *Package) spend(left *int, amount int, what string) bool {
	if p == nil || !p.bounded {
		return true
	}
	if *left -= amount; *left < 0 {
		p.Fail(fmt.Errorf("editing the package takes too many bytes %s", what))
	}
	return *left >= 0
}

// FoldName is the key under which two names mean one part: Windows writers differ in case and
// slashes, and Excel does not care. A name may stand as it is or with %20, on either side.
func FoldName(name string) string {
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (p *Package) add(q *part) {
	p.parts = append(p.parts, q)
	p.byName[FoldName(q.name)] = q
}

// Has reports whether the package has a part.
func (p *Package) Has(name string) bool {
	q := p.byName[FoldName(name)]
	return q != nil && !q.removed
}

// Read is a part, in UTF-8 if it is one of XML.
func (p *Package) Read(name string) []byte {
	if !p.Has(name) {
		p.Fail(fmt.Errorf("part %q is missing", name))
	}
	if p.err != nil {
		return nil
	}
	q := p.byName[FoldName(name)]
	if q.data == nil && q.entry != nil && p.spend(&p.bounds.Read, int(min(q.entry.UncompressedSize64, 1<<40)), "to read") {
		f, err := q.entry.Open()
		if err == nil {
			defer f.Close()
			data := bytes.NewBuffer(make([]byte, 0, q.entry.UncompressedSize64+bytes.MinRead))
			_, err = data.ReadFrom(f)
			q.data = inUTF8(data.Bytes())
		}
		if err != nil {
			p.Fail(fmt.Errorf("part %q: %w", name, err))
			return nil
		}
	}
	return q.data
}

// Write puts data in the place of a part, or adds it as one. [Package.Add] makes other
// parts know of it.
func (p *Package) Write(name string, data []byte) {
	if p.byName[FoldName(name)] == nil {
		p.add(&part{name: name})
	}
	q := p.byName[FoldName(name)]
	q.data, q.entry, q.packed, q.removed = data, nil, nil, false
}

// Edit changes a part. The changes must not overlap, and are of the part as it is.
func (p *Package) Edit(name string, changes ...Change) {
	if data := p.Read(name); p.err == nil && len(changes) > 0 {
		p.Write(name, Apply(data, changes))
	}
}

// Remove takes out a part, its own relationships, and what [Content_Types].xml
// says of it.
func (p *Package) Remove(name string) {
	for _, n := range []string{name, RelationsPart(name)} {
		if p.Has(n) {
			p.byName[FoldName(n)].removed = true
		}
	}
	for _, t := range p.Outline(contentTypes).Children() {
		if FoldName(t.Attr("PartName")) == FoldName(name) {
			p.Edit(contentTypes, t.Cut())
			return
		}
	}
}

const contentTypes = "[Content_Types].xml"

// Relation is a line of a part's relationships.
type Relation struct {
	ID     string
	Kind   string // the last word of its type: worksheet, comments
	Target string // the name of a part; "" for what lies outside the package
	at     Node
}

// RelationsPart is the name of the part that holds the relationships of a part ("" for the package).
func RelationsPart(part string) string {
	dir, file := path.Split(part)
	return path.Join(dir, "_rels", file+".rels")
}

// Target is the part that the target of a relationship names, as seen from the part that has it.
func Target(from, target string) string {
	target = strings.TrimSpace(strings.ReplaceAll(target, `\`, "/"))
	if !strings.HasPrefix(target, "/") {
		target = "/" + path.Dir(from) + "/" + target
	}
	return strings.TrimPrefix(path.Clean(target), "/")
}

// Relations are the relationships of a part ("" for the package) to other parts.
func (p *Package) Relations(part string) []Relation {
	name := RelationsPart(part)
	if !p.Has(name) {
		return nil
	}
	var rels []Relation
	for _, l := range p.Outline(name).Children() {
		rel := Relation{ID: l.Attr("Id"), Kind: path.Base(l.Attr("Type")), at: l}
		if l.Attr("TargetMode") != "External" {
			rel.Target = Target(part, l.Attr("Target"))
		}
		rels = append(rels, rel)
	}
	return rels
}

// Relation is the first relationship of a part that fits, nil when none does.
func (p *Package) Relation(part string, fits func(Relation) bool) *Relation {
	rels := p.Relations(part)
	if i := slices.IndexFunc(rels, fits); i >= 0 {
		return &rels[i]
	}
	return nil
}

// OfKind fits relationships of a kind, for [Package.Relation].
func OfKind(kind string) func(Relation) bool { return func(r Relation) bool { return r.Kind == kind } }

// WithID fits the relationship with an id.
func WithID(id string) func(Relation) bool { return func(r Relation) bool { return r.ID == id } }

// Unrelate takes out relationships of a part with the parts they lead to, and with the
// last of them the part that held them.
func (p *Package) Unrelate(part string, ids ...string) {
	gone := map[string]bool{}
	for _, id := range ids {
		gone[id] = true
	}
	rels := p.Relations(part)
	var cuts []Change
	for _, rel := range rels {
		if gone[rel.ID] {
			cuts = append(cuts, rel.at.Cut())
		}
	}
	if len(cuts) > 0 && len(cuts) == len(rels) {
		p.Remove(RelationsPart(part))
	} else {
		p.Edit(RelationsPart(part), cuts...)
	}
	for _, rel := range rels {
		if gone[rel.ID] && rel.Target != "" {
			p.Remove(rel.Target)
		}
	}
}

// Add adds a part that the part from relates to, under the first free name of the
// pattern (xl/comments%d.xml), and answers its name and the relationship's id.
func (p *Package) Add(from, kind, pattern, contentType string, data []byte) (name, id string) {
	for n := 1; name == "" || p.Has(name); n++ {
		name = fmt.Sprintf(pattern, n)
	}
	line := fmt.Sprintf(`<Override PartName="/%s" ContentType="%s"/>`, name, contentType)
	p.Edit(contentTypes, p.Outline(contentTypes).Append(line))
	p.Write(name, data)
	lines := RelationsPart(from)
	if !p.Has(lines) {
		p.Write(lines, []byte(Head+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`))
	}
	rels := p.Relations(from)
	for n := 1; id == "" || slices.ContainsFunc(rels, WithID(id)); n++ {
		id = "rIdKetnap" + strconv.Itoa(n)
	}
	line = fmt.Sprintf(`<Relationship Id="%s" Type="%s/%s" Target="%s"/>`, id, p.Namespace(RelationSpace), kind, Escape("/"+name))
	p.Edit(lines, p.Outline(lines).Append(line))
	return name, id
}

// Namespaces, in the names of transitional packages; [Package.Namespace] gives those of
// a strict one. Head is what a part begins with.
const (
	MainSpace     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	RelationSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	Head          = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// Namespace is MainSpace or RelationSpace as the package names it.
func (p *Package) Namespace(name string) string {
	if !p.strict {
		return name
	}
	return map[string]string{
		MainSpace:     "http://purl.oclc.org/ooxml/spreadsheetml/main",
		RelationSpace: "http://purl.oclc.org/ooxml/officeDocument/relationships",
	}[name]
}

// readSheets lists the workbook's sheets.
func (p *Package) readSheets() {
	root := p.Outline(p.Workbook)
	for _, a := range root.Attrs {
		p.strict = p.strict || strings.HasPrefix(a.Value, "http://purl.oclc.org/ooxml/spreadsheetml/")
	}
	rels := p.Relations(p.Workbook)
	p.Sheets = nil
	for place, l := range root.Child("sheets").Items() {
		if i := slices.IndexFunc(rels, WithID(l.Attr("id"))); i >= 0 {
			p.Sheets = append(p.Sheets, Sheet{norm.NFC.String(l.Attr("name")), rels[i].Target, rels[i].Kind == "worksheet", place})
		}
	}
}

// Outline reads a part and finds its root; an empty one where there is none.
func (p *Package) Outline(part string) *Node {
	data := p.Read(part)
	if p.err == nil {
		root, err := outline(data, p)
		if err == nil {
			return root
		}
		p.Fail(fmt.Errorf("%s: %w", part, err))
	}
	return &Node{}
}

// Node is an element of a part: Data[Start:Tag] is its start tag, Data[Close:End]
// its end tag, empty when the start tag ends in "/>".
type Node struct {
	Prefix, Local          string
	Attrs                  []xml.Attr
	Start, Tag, Close, End int
	Data                   []byte // the part
	kids                   []Node // of a root
	scope                  *scope
	of                     *Package // nil when the part was given alone
}

// XML is the whole element.
func (n Node) XML() string { return string(n.Data[n.Start:n.End]) }

// Attr is an attribute by its local name.
func (n Node) Attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// Text is the text within n, that of its elements too; none when n is nil.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(n.Data[n.Tag:n.Close]))
	for {
		token, err := d.RawToken()
		if err != nil { // nothing but the end: n was found by reading it
			return text.String()
		}
		if t, ok := token.(xml.CharData); ok {
			text.Write(t)
		}
	}
}

// Qualify gives the elements of a piece of XML the prefix that n has.
func (n Node) Qualify(xml string) string {
	if n.Prefix == "" {
		return xml
	}
	return tagName.ReplaceAllString(xml, "<${1}"+n.Prefix+":${2}")
}

var tagName = regexp.MustCompile(`<(/?)([A-Za-z])`)

// name is the element's name as it is written.
func (n Node) name() string {
	if n.Prefix == "" {
		return n.Local
	}
	return n.Prefix + ":" + n.Local
}

// tagEnd is where the start tag of n ends, before ">" or "/>".
func (n Node) tagEnd() int { return n.Start + len(bytes.TrimRight(n.Data[n.Start:n.Tag], "/>")) }

// Append is the change that puts XML at the end of n's content.
func (n Node) Append(xml string) Change {
	if n.Close < n.End {
		return Insert(n.Close, n.Qualify(xml))
	}
	return Change{From: n.tagEnd(), To: n.Tag, Text: ">" + n.Qualify(xml) + "</" + n.name() + ">"}
}

// Prepend is the change that puts XML at the beginning of n's content.
func (n Node) Prepend(xml string) Change {
	if n.Close < n.End {
		return Insert(n.Tag, n.Qualify(xml))
	}
	return n.Append(xml)
}

// Set is the change that gives an attribute of n a value.
func (n Node) Set(name, value string) Change {
	set := fmt.Sprintf(` %s="%s"`, name, Escape(value))
	present := regexp.MustCompile(`\s` + name + `\s*=\s*("[^"]*"|'[^']*')`)
	if at := present.FindIndex(n.Data[n.Start:n.Tag]); at != nil {
		return Change{From: n.Start + at[0], To: n.Start + at[1], Text: set}
	}
	return Insert(n.tagEnd(), set)
}

// Outline finds the root element of a part.
func Outline(data []byte) (*Node, error) { return outline(data, nil) }

func outline(data []byte, of *Package) (*Node, error) {
	top, kids, err := elements(Node{Data: data, Close: len(data), of: of})
	if err != nil {
		return nil, err
	}
	if len(top) != 1 {
		return nil, errors.New("not exactly one root element")
	}
	top[0].kids = kids
	return &top[0], nil
}

// Children are the elements directly within n, as they stand; none when n is nil, or the rows of
// a sheet. See [Node.Items].
func (n *Node) Children() []Node {
	switch {
	case n == nil || n.Local == "sheetData":
		return nil
	case n.kids != nil:
		return n.kids
	}
	kids, _, _ := elements(*n) // no error: n was found by reading it
	return kids
}

// Child is the first of n's items with that local name, nil when there is none.
func (n *Node) Child(local string) *Node {
	kids := n.Items()
	if i := slices.IndexFunc(kids, func(k Node) bool { return k.Local == local }); i >= 0 {
		return &kids[i]
	}
	return nil
}

// elements are the outermost elements in an element's content, and the elements directly
// within them. The rows of a sheet are passed over without being read.
func elements(in Node) (outer, inner []Node, err error) {
	levels := [2]*[]Node{&outer, &inner}
	scopes := [2]*scope{in.scope, in.scope}
	data, of, to := in.Data, in.of, in.Close
	depth, base := 0, in.Tag
	d := xml.NewDecoder(bytes.NewReader(data[base:to]))
	for {
		start := base + int(d.InputOffset())
		t, err := d.RawToken()
		if err == io.EOF && depth == 0 {
			return outer, inner, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read XML: %w", err)
		}
		end := base + int(d.InputOffset())
		if of != nil && !of.spend(&of.bounds.Parsed, end-start, "to go through") {
			return nil, nil, of.err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth < len(levels) {
				if of != nil && of.bounded && len(outer)+len(inner) >= of.bounds.Elements {
					of.Fail(fmt.Errorf("an element has more than %d", of.bounds.Elements))
					return nil, nil, of.err
				}
				n := Node{Prefix: t.Name.Space, Local: t.Name.Local, Attrs: t.Attr, Start: start, Tag: end, Data: data, of: of}
				if n.scope = scopes[depth].within(t.Attr); depth == 0 {
					scopes[1] = n.scope
				}
				*levels[depth] = append(*levels[depth], n)
				if n.Local == "sheetData" && data[end-2] != '/' {
					if rows := bytes.LastIndex(data[end:to], []byte("</"+n.name())); rows > 0 { // it goes on at its end tag
						base = end + rows
						d = xml.NewDecoder(bytes.NewReader(data[base:to]))
					}
				}
			}
			depth++
		case xml.EndElement:
			if depth--; depth < 0 {
				return nil, nil, fmt.Errorf("read XML: %s ends before it begins", t.Name.Local)
			}
			if depth < len(levels) {
				open := &(*levels[depth])[len(*levels[depth])-1]
				open.Close, open.End = start, end
			}
		}
	}
}

// Change is a change of a part: data[From:To] becomes Text.
type Change struct {
	From, To int
	Text     string
}

// Insert is the change that puts text at a place.
func Insert(at int, text string) Change { return Change{From: at, To: at, Text: text} }

// Cut is the change that takes n out.
func (n Node) Cut() Change { return n.Replace("") }

// Replace is the change that puts text in the place of n.
func (n Node) Replace(text string) Change { return Change{From: n.Start, To: n.End, Text: text} }

// SetContent is the change that puts text in the place of what n holds. n must have an
// end tag of its own.
func (n Node) SetContent(text string) Change { return Change{From: n.Tag, To: n.Close, Text: text} }

// Apply makes changes that do not overlap.
func Apply(data []byte, changes []Change) []byte {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b Change) int { return a.From - b.From })
	size := len(data)
	for _, p := range changes {
		size += len(p.Text) - (p.To - p.From)
	}
	var out bytes.Buffer
	out.Grow(size)
	at := 0
	for _, p := range changes {
		out.Write(data[at:p.From])
		out.WriteString(p.Text)
		at = p.To
	}
	out.Write(data[at:])
	return out.Bytes()
}

// Before is where an element goes among the children of a root, whose order Excel
// demands: before the first that comes after it.
func (n *Node) Before(local string) int {
	order := orders[n.Local]
	rank := slices.Index(order, local)
	after := func(k Node) bool { return slices.Index(order, k.Local) > rank }
	for _, k := range n.Children() {
		// Of alternatives, and of what others ignore, it may be one that is after.
		if k.Prefix == n.Prefix && after(k) || k.Prefix != n.Prefix && slices.ContainsFunc(itemsOf([]Node{k}, n.space()), after) {
			return k.Start
		}
	}
	return n.Close
}

// Place is the change that puts an element of that name, written without prefix, among the
// children of a root.
func (n *Node) Place(local, xml string) Change { return Insert(n.Before(local), n.Qualify(xml)) }
