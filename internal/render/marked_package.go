package render

import (
	"archive/zip"
	"bytes"
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
	"time"

	"golang.org/x/text/unicode/norm"
)

// A marked copy is the sender's file with a few pieces of XML put in, and every
// other byte as it was sent. excelize would write each sheet anew from what it
// understood of it: measured, it leaves print areas on the wrong sheet when one is
// put in front, takes comments off by a place that Excel does not use, and cannot
// take off one rule of a conditional format. So the pieces are put in and taken
// out here, by their offsets in the parts.
//
// What comes in has passed the strict reader; what goes out is read by it again.

// xmlPackage is a workbook's parts, some of them changed.
type xmlPackage struct {
	order   []string // entry names: those of the file, then new ones
	entries map[string]*zip.File
	parts   map[string][]byte // parts read or changed, by entry name
	changed map[string]bool
	removed map[string]bool
	names   map[string]string // entry name by folded name

	workbook string // the main part
	strict   bool   // ISO strict: other names of namespaces and relationships
	sheets   []packageSheet
}

// packageSheet is a sheet of the workbook, in the order of its tabs.
type packageSheet struct {
	name string // NFC
	part string
	grid bool // a worksheet, not a chart or dialog
}

func openXMLPackage(data []byte) (*xmlPackage, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("open package: %w", err)
	}
	p := &xmlPackage{
		entries: map[string]*zip.File{}, parts: map[string][]byte{}, names: map[string]string{},
		changed: map[string]bool{}, removed: map[string]bool{},
	}
	for _, f := range r.File {
		p.order = append(p.order, f.Name)
		p.entries[f.Name] = f
		p.names[foldPart(f.Name)] = f.Name
	}
	rels, err := p.relations("")
	if err != nil {
		return nil, err
	}
	for _, rel := range rels {
		if rel.kind == "officeDocument" {
			p.workbook = rel.target
		}
	}
	return p, p.readSheets()
}

// foldPart is the key under which two names mean one part.
func foldPart(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (p *xmlPackage) has(name string) bool {
	entry, ok := p.names[foldPart(name)]
	return ok && !p.removed[entry]
}

func (p *xmlPackage) read(name string) ([]byte, error) {
	entry := p.names[foldPart(name)]
	if !p.has(name) {
		return nil, fmt.Errorf("part %q is missing", name)
	}
	if data, ok := p.parts[entry]; ok {
		return data, nil
	}
	f, err := p.entries[entry].Open()
	if err != nil {
		return nil, fmt.Errorf("part %q: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("part %q: %w", name, err)
	}
	p.parts[entry] = data
	return data, nil
}

func (p *xmlPackage) write(name string, data []byte) {
	entry, ok := p.names[foldPart(name)]
	if !ok {
		entry = name
		p.names[foldPart(name)] = name
		p.order = append(p.order, name)
	}
	delete(p.removed, entry)
	p.parts[entry], p.changed[entry] = data, true
}

// edit changes a part by pieces.
func (p *xmlPackage) edit(name string, pieces ...piece) error {
	data, err := p.read(name)
	if err != nil || len(pieces) == 0 {
		return err
	}
	p.write(name, splice(data, pieces))
	return nil
}

// remove takes out a part, its own relationships, and what [Content_Types].xml
// says of it.
func (p *xmlPackage) remove(name string) error {
	for _, n := range []string{name, relationsPart(name)} {
		if p.has(n) {
			p.removed[p.names[foldPart(n)]] = true
		}
	}
	data, err := p.read(contentTypes)
	if err != nil {
		return err
	}
	_, types, err := outline(data)
	if err != nil {
		return fmt.Errorf("%s: %w", contentTypes, err)
	}
	for _, t := range types {
		if foldPart(t.attr("PartName")) == foldPart(name) {
			return p.edit(contentTypes, piece{t.start, t.end, ""})
		}
	}
	return nil
}

// bytes is the package with its changes. Entries that are not changed are copied
// as they are stored.
func (p *xmlPackage) bytes() ([]byte, error) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	w.RegisterCompressor(zip.Deflate, newDeflater)
	for _, name := range p.order {
		switch {
		case p.removed[name]:
		case p.changed[name]:
			part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime})
			if err != nil {
				return nil, fmt.Errorf("write package: %w", err)
			}
			if _, err := part.Write(p.parts[name]); err != nil {
				return nil, fmt.Errorf("write package: %w", err)
			}
		default:
			if err := w.Copy(p.entries[name]); err != nil {
				return nil, fmt.Errorf("write package: %w", err)
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write package: %w", err)
	}
	return buf.Bytes(), nil
}

// zipTime is the time of every entry we write: the same input gives the same bytes.
// zipDate is it as a zip file has it.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

const zipDate = 1<<5 | 1

const contentTypes = "[Content_Types].xml"

// packageRelation is a line of a part's relationships.
type packageRelation struct {
	id, kind, target string
	at               node
}

func relationsPart(part string) string {
	dir, file := path.Split(part)
	return path.Join(dir, "_rels", file+".rels")
}

// relations are the relationships of a part ("" for the package) to other parts.
func (p *xmlPackage) relations(part string) ([]packageRelation, error) {
	name := relationsPart(part)
	if !p.has(name) {
		return nil, nil
	}
	data, err := p.read(name)
	if err != nil {
		return nil, err
	}
	_, lines, err := outline(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var rels []packageRelation
	for _, l := range lines {
		rel := packageRelation{id: l.attr("Id"), kind: path.Base(l.attr("Type")), at: l}
		if l.attr("TargetMode") != "External" {
			rel.target = strings.ReplaceAll(l.attr("Target"), `\`, "/")
			if plain, err := url.PathUnescape(rel.target); err == nil {
				rel.target = plain
			}
			if !strings.HasPrefix(rel.target, "/") {
				rel.target = path.Join(path.Dir(part), rel.target)
			}
			rel.target = strings.TrimPrefix(path.Clean(rel.target), "/")
		}
		rels = append(rels, rel)
	}
	return rels, nil
}

// relate adds a relationship from a part to another, and answers its id.
func (p *xmlPackage) relate(part, kind, target string) (string, error) {
	name := relationsPart(part)
	if !p.has(name) {
		p.write(name, []byte(xmlHead+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`))
	}
	rels, err := p.relations(part)
	if err != nil {
		return "", err
	}
	id := ""
	for n := 1; id == ""; n++ {
		id = "rIdKetnap" + strconv.Itoa(n)
		if slices.ContainsFunc(rels, func(r packageRelation) bool { return r.id == id }) {
			id = ""
		}
	}
	data, err := p.read(name)
	if err != nil {
		return "", err
	}
	root, _, err := outline(data)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	line := fmt.Sprintf(`<Relationship Id="%s" Type="%s/%s" Target="%s"/>`, id, p.space(relationSpace), kind, escapeXML("/"+target))
	return id, p.edit(name, root.append(data, line)...)
}

// unrelate takes out a relationship of a part, and with the last of them the part
// that held them.
func (p *xmlPackage) unrelate(part, id string) error {
	rels, err := p.relations(part)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rels, func(r packageRelation) bool { return r.id == id })
	switch {
	case i < 0:
		return nil
	case len(rels) == 1:
		return p.remove(relationsPart(part))
	}
	return p.edit(relationsPart(part), piece{rels[i].at.start, rels[i].at.end, ""})
}

// add adds a part that a part relates to, under the first free name of the
// pattern, and answers its name and the relationship's id.
func (p *xmlPackage) add(from, kind, pattern, contentType string, data []byte) (name, id string, err error) {
	for n := 1; name == "" || p.has(name); n++ {
		name = fmt.Sprintf(pattern, n)
	}
	types, err := p.read(contentTypes)
	if err != nil {
		return "", "", err
	}
	root, _, err := outline(types)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", contentTypes, err)
	}
	if err := p.edit(contentTypes, root.append(types, fmt.Sprintf(`<Override PartName="/%s" ContentType="%s"/>`, name, contentType))...); err != nil {
		return "", "", err
	}
	p.write(name, data)
	id, err = p.relate(from, kind, name)
	return name, id, err
}

// Names of namespaces, transitional; space gives the strict ones.
const (
	mainSpace     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	xmlHead       = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

func (p *xmlPackage) space(name string) string {
	if !p.strict {
		return name
	}
	return map[string]string{
		mainSpace:     "http://purl.oclc.org/ooxml/spreadsheetml/main",
		relationSpace: "http://purl.oclc.org/ooxml/officeDocument/relationships",
	}[name]
}

// readSheets lists the workbook's sheets.
func (p *xmlPackage) readSheets() error {
	data, root, kids, err := p.outline(p.workbook)
	if err != nil {
		return err
	}
	for _, a := range root.attrs {
		p.strict = p.strict || strings.HasPrefix(a.Value, "http://purl.oclc.org/ooxml/spreadsheetml/")
	}
	rels, err := p.relations(p.workbook)
	if err != nil {
		return err
	}
	lines, err := childrenOf(data, find(kids, "sheets"))
	if err != nil {
		return fmt.Errorf("%s: %w", p.workbook, err)
	}
	p.sheets = nil
	for _, l := range lines {
		for _, r := range rels {
			if l.local == "sheet" && r.id == l.attr("id") {
				p.sheets = append(p.sheets, packageSheet{norm.NFC.String(l.attr("name")), r.target, r.kind == "worksheet"})
			}
		}
	}
	return nil
}

// outline reads a part and finds its root and the root's children.
func (p *xmlPackage) outline(part string) (data []byte, root node, kids []node, err error) {
	if data, err = p.read(part); err != nil {
		return nil, node{}, nil, err
	}
	if root, kids, err = outline(data); err != nil {
		return nil, node{}, nil, fmt.Errorf("%s: %w", part, err)
	}
	return data, root, kids, nil
}

// node is an element of a part: data[start:tag] is its start tag, data[close:end]
// its end tag, empty when the start tag ends in "/>".
type node struct {
	prefix, local          string
	attrs                  []xml.Attr
	start, tag, close, end int
}

// attr is an attribute by its local name.
func (n node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// qualify gives the elements of a piece of XML the prefix that n has.
func (n node) qualify(xml string) string {
	if n.prefix == "" {
		return xml
	}
	return tagName.ReplaceAllString(xml, "<${1}"+n.prefix+":${2}")
}

var tagName = regexp.MustCompile(`<(/?)([A-Za-z])`)

// append is the pieces that put XML at the end of n's content.
func (n node) append(data []byte, xml string) []piece {
	if n.close < n.end {
		return []piece{{n.close, n.close, n.qualify(xml)}}
	}
	name := n.local
	if n.prefix != "" {
		name = n.prefix + ":" + n.local
	}
	slash := n.start + bytes.LastIndexByte(data[n.start:n.tag], '/')
	return []piece{{slash, n.tag, ">" + n.qualify(xml) + "</" + name + ">"}}
}

// set is the piece that gives an attribute of n a value.
func (n node) set(data []byte, name, value string) piece {
	tag := data[n.start:n.tag]
	if at := attribute(name).FindIndex(tag); at != nil {
		return piece{n.start + at[0], n.start + at[1], fmt.Sprintf(` %s="%s"`, name, escapeXML(value))}
	}
	at := n.tag - 1
	if data[at-1] == '/' {
		at--
	}
	return piece{at, at, fmt.Sprintf(` %s="%s"`, name, escapeXML(value))}
}

func attribute(name string) *regexp.Regexp {
	return regexp.MustCompile(`\s` + name + `\s*=\s*("[^"]*"|'[^']*')`)
}

// outline finds the root element of a part and its children.
func outline(data []byte) (root node, kids []node, err error) {
	top, kids, err := elements(data, 0, len(data))
	if err != nil {
		return node{}, nil, err
	}
	if len(top) != 1 {
		return node{}, nil, errors.New("not exactly one root element")
	}
	return top[0], kids, nil
}

// childrenOf are the elements directly within n; none when n is nil.
func childrenOf(data []byte, n *node) ([]node, error) {
	if n == nil {
		return nil, nil
	}
	nodes, _, err := elements(data, n.tag, n.close)
	return nodes, err
}

// find is the first of the nodes with that local name, nil when there is none.
func find(nodes []node, local string) *node {
	for i := range nodes {
		if nodes[i].local == local {
			return &nodes[i]
		}
	}
	return nil
}

// elements are the outermost elements of data[from:to], and the elements directly
// within them. The rows of a sheet are passed over without being read.
func elements(data []byte, from, to int) (outer, inner []node, err error) {
	depth, base := 0, from
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
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > 2 {
				continue
			}
			n := node{prefix: t.Name.Space, local: t.Name.Local, attrs: t.Attr, start: start, tag: end}
			past := 0
			if n.local == "sheetData" {
				if past = pastRows(data, start, end, to); past > 0 {
					n.end = past
					n.close = bytes.LastIndexByte(data[:past], '<')
					base, d = past, xml.NewDecoder(bytes.NewReader(data[past:to]))
				}
			}
			if depth == 1 {
				outer = append(outer, n)
			} else {
				inner = append(inner, n)
			}
			if past > 0 {
				depth--
			}
		case xml.EndElement:
			switch depth--; depth {
			case 0:
				outer[len(outer)-1].close, outer[len(outer)-1].end = start, end
			case 1:
				inner[len(inner)-1].close, inner[len(inner)-1].end = start, end
			}
		}
	}
}

// pastRows is where the element sheetData, whose start tag is data[start:tag],
// ends; 0 when the tag ends in "/>".
func pastRows(data []byte, start, tag, to int) int {
	if data[tag-2] == '/' {
		return 0
	}
	name := data[start+1 : tag-1]
	if i := bytes.IndexAny(name, " \t\r\n"); i >= 0 {
		name = name[:i]
	}
	at := bytes.LastIndex(data[tag:to], append([]byte("</"), name...))
	if at < 0 {
		return 0
	}
	end := bytes.IndexByte(data[tag+at:to], '>')
	if end < 0 {
		return 0
	}
	return tag + at + end + 1
}

// piece is a change of a part: data[from:to] becomes text.
type piece struct {
	from, to int
	text     string
}

// splice changes data by pieces that do not overlap.
func splice(data []byte, pieces []piece) []byte {
	pieces = slices.Clone(pieces)
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, p := range pieces {
		out.Write(data[at:p.from])
		out.WriteString(p.text)
		at = p.to
	}
	out.Write(data[at:])
	return out.Bytes()
}

// before is where, among the children of root, an element goes that order names:
// before the first that comes after it.
func before(root node, kids []node, order []string, local string) int {
	rank := slices.Index(order, local)
	for _, k := range kids {
		if slices.Index(order, k.local) > rank {
			return k.start
		}
	}
	return root.close
}

// maxCellText is as much text as a cell or comment of ours holds, in runes: far
// more than a sentence, less than Excel's limit.
const maxCellText = 4000

// escapeXML makes text fit to stand in XML: what Excel would read as an escape
// (_x000A_) is escaped, what XML has no room for is left out.
func escapeXML(s string) string {
	if runes := []rune(s); len(runes) > maxCellText {
		s = string(runes[:maxCellText]) + "…"
	}
	s = excelEscape.ReplaceAllString(s, "_x005F$1")
	return xmlEscaper.Replace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF || r == 0xFFFD {
			return -1
		}
		return r
	}, s))
}

var (
	excelEscape = regexp.MustCompile(`(_x[0-9A-Fa-f]{4}_)`)
	xmlEscaper  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)
