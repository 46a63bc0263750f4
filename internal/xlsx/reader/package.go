package reader

import (
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// relation is one line of a .rels part.
type relation struct {
	kind     string // last element of its type: worksheet, styles, …
	target   string // name of the part
	external bool
}

// mainTypes are the content types a package's main part may have, and what the
// file then is.
var mainTypes = map[string]Kind{
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml":    XLSX,
	"application/vnd.ms-excel.sheet.macroenabled.main+xml":                          XLSM,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": XLTX,
	"application/vnd.ms-excel.template.macroenabled.main+xml":                       XLTM,
	"application/vnd.ms-excel.sheet.binary.macroenabled.main":                       kindXLSB,
	"application/vnd.ms-excel.addin.macroenabled.main+xml":                          kindXLAM,
}

// openPackage opens a zip as a workbook and checks all of it.
func openPackage(r io.ReaderAt, size int64, limits Limits) (*Book, error) {
	b := &Book{Kind: kindZip, limits: limits, keeper: keeper{room: limits.Keep}}
	var err error
	if b.archive, err = openArchive(r, size, limits); err == nil {
		err = b.load()
	}
	if refusal, ok := err.(*Refusal); ok && refusal.Kind == "" {
		refusal.Kind = string(b.Kind)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// load finds what the package is and reads its parts, each to its end.
func (b *Book) load() (err error) {
	a := b.archive
	types := a.find("[Content_Types].xml")
	if types == nil {
		if b.Kind, err = a.zipKind(); err != nil {
			return err
		}
		if b.Kind == ODS {
			return a.checkUnread(&b.limits) // read by convert
		}
		return refuseKind(b.Kind)
	}
	b.Kind = XLSX // until the content types say more
	contentType, err := b.contentTypes(types)
	if err != nil {
		return err
	}
	rootRelations, err := b.relations("")
	if err != nil {
		return err
	}
	var main []relation
	for _, rel := range rootRelations {
		if rel.kind == "officeDocument" && !rel.external {
			main = append(main, rel)
		}
	}
	if len(main) != 1 {
		return damaged("_rels/.rels", "not exactly one main part", detailPackage)
	}
	workbookPart := main[0].target
	kind, ok := mainTypes[strings.ToLower(contentType(workbookPart))]
	if !ok {
		if kind, err = a.zipKind(); err != nil {
			return err
		}
		if kind == kindZip {
			return damaged("[Content_Types].xml", "the main part is no workbook", detailPackage)
		}
	}
	b.Kind = kind
	if kind != XLSX && kind != XLSM && kind != XLTX && kind != XLTM {
		return refuseKind(kind)
	}

	relations, err := b.relations(workbookPart)
	if err != nil {
		return err
	}
	var stringsPart, stylesPart string
	for _, rel := range relations {
		switch rel.kind {
		case "sharedStrings":
			if stringsPart != "" {
				return damaged(workbookPart, "two parts of shared strings", detailPackage)
			}
			stringsPart = rel.target
		case "styles":
			if stylesPart != "" {
				return damaged(workbookPart, "two parts of styles", detailPackage)
			}
			stylesPart = rel.target
		case "vbaProject":
			b.Macros = true
		case "externalLink":
			b.ExternalLinks = true
		}
	}
	if err := b.readWorkbook(workbookPart, relations); err != nil {
		return err
	}
	if stylesPart != "" {
		if err := b.readStyles(stylesPart); err != nil {
			return err
		}
	}
	if stringsPart != "" {
		if err := b.readStrings(stringsPart); err != nil {
			return err
		}
	}
	if err := b.readSheets(); err != nil {
		return err
	}
	return a.checkUnread(&b.limits)
}

// part opens a part of the package for reading.
func (b *Book) part(name string) (*unpacker, *xmlReader, error) {
	e := b.archive.find(name)
	if e == nil {
		return nil, nil, damaged(name, "missing", detailPackage)
	}
	u := e.open()
	return u, readXML(u, e.name, &b.limits), nil
}

// each calls f for the start of every element of a part, the root first; f may skip.
func (b *Book) each(name, root string, space namespace, f func(x *xmlReader) error) error {
	u, x, err := b.part(name)
	if err != nil {
		return err
	}
	defer u.release()
	defer x.release()
	if err := x.root(root, space); err != nil {
		return err
	}
	for t := startElement; t != endOfPart; {
		if t == startElement {
			if err := f(x); err != nil {
				return err
			}
		}
		if t, err = x.next(); err != nil {
			return err
		}
	}
	return nil
}

// contentTypes reads [Content_Types].xml into a function from part to type.
func (b *Book) contentTypes(e *entry) (func(part string) string, error) {
	byExtension, byPart := map[string]string{}, map[string]string{}
	err := b.each(e.name, "Types", nsPackage, func(x *xmlReader) error {
		if x.depth() != 2 || x.space != nsPackage {
			return nil
		}
		contentType, _ := x.attr("ContentType")
		into, key := byPart, ""
		switch string(x.name) {
		case "Default":
			into = byExtension
			key, _ = x.attr("Extension")
			key = strings.ToLower(key)
		case "Override":
			key, _ = x.attr("PartName")
			key = foldName(key)
		default:
			return nil
		}
		if other, twice := into[key]; twice && other != contentType {
			return x.bad("two content types for one part")
		}
		into[key] = contentType
		return b.tooManyNames(x, len(into))
	})
	return func(part string) string {
		if t, ok := byPart[foldName(part)]; ok {
			return t
		}
		return byExtension[strings.TrimPrefix(strings.ToLower(path.Ext(part)), ".")]
	}, err
}

// relations reads the relationships of a part ("" for the package), by id. A part
// may have none.
func (b *Book) relations(part string) (map[string]relation, error) {
	dir, file := path.Split(part)
	name := path.Join(dir, "_rels", file+".rels")
	if b.archive.find(name) == nil && part != "" {
		return nil, nil
	}
	found := map[string]relation{}
	err := b.each(name, "Relationships", nsPackage, func(x *xmlReader) error {
		if x.depth() != 2 || x.space != nsPackage || string(x.name) != "Relationship" {
			return nil
		}
		id, _ := x.attr("Id")
		kind, _ := x.attr("Type")
		target, _ := x.attr("Target")
		mode, _ := x.attr("TargetMode")
		if _, twice := found[id]; twice || id == "" {
			return x.bad("relationship without an id of its own")
		}
		rel := relation{kind: path.Base(kind), external: mode == "External"}
		if !rel.external {
			rel.target = resolve(dir, target)
		}
		found[id] = rel
		return b.tooManyNames(x, len(found))
	})
	return found, err
}

// tooManyNames refuses a list of parts far longer than there may be parts.
func (b *Book) tooManyNames(x *xmlReader, n int) error {
	if limit := 10 * b.limits.Entries; n > limit {
		return tooMany(x.part, "số thành phần được khai báo", limit)
	}
	return nil
}

// resolve is the part a relationship's target names, as seen from a folder.
func resolve(dir, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if plain, err := url.PathUnescape(target); err == nil {
		target = plain
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + dir + "/" + target
	}
	return strings.TrimPrefix(path.Clean(target), "/")
}

// definedName is a name that formulas use, in lower case, and the place of the sheet that
// it holds on, 0 for all.
type definedName struct {
	name  string
	sheet int
}

// define reads a name and what it refers to.
func (b *Book) define(part string, x *xmlReader) error {
	name, _ := x.attr("name")
	on := 0
	if local, ok := x.attr("localSheetId"); ok {
		id, err := strconv.Atoi(local)
		if err != nil || id < 0 {
			return nil // of no sheet: nothing uses it
		}
		on = id + 1
	}
	if len(b.names) >= maxNames {
		return tooMany(part, "số tên vùng", maxNames)
	}
	key := definedName{strings.ToLower(norm.NFC.String(name)), on}
	refersTo, err := x.content(nil)
	if err == nil {
		b.names[key] = string(refersTo)
	}
	return err
}

// maxNames is how many names a workbook may define.
const maxNames = 20_000

// readWorkbook reads the list of sheets, and the names that formulas use.
func (b *Book) readWorkbook(part string, relations map[string]relation) error {
	names := map[string]bool{}
	parts := map[*entry]bool{}
	lists, index := 0, 0
	b.names = map[definedName]string{}
	err := b.each(part, "workbook", nsMain, func(x *xmlReader) error {
		switch {
		case x.depth() == 2 && x.is("workbookPr"):
			v, _ := x.attr("date1904")
			b.date1904 = v == "1" || v == "true"
			return nil
		case x.depth() == 2 && x.is("definedNames"):
			return nil
		case x.depth() == 3 && x.is("definedName"):
			return b.define(part, x)
		case x.depth() == 2 && x.is("sheets"):
			if lists++; lists > 1 {
				return x.bad("two lists of sheets")
			}
			return nil
		case x.depth() == 2:
			return x.skip()
		case x.depth() != 3 || !x.is("sheet"):
			return nil
		}
		name, _ := x.attr("name")
		name = norm.NFC.String(name)
		if index++; index > b.limits.Sheets {
			return tooMany(part, "số trang tính", b.limits.Sheets)
		}
		if key := strings.ToLower(name); names[key] {
			return x.bad("two sheets of one name")
		} else {
			names[key] = true
		}
		rel, ok := relations[x.relation()]
		if !ok || rel.external {
			return x.bad("sheet without a part")
		}
		e := b.archive.find(rel.target)
		if e == nil || parts[e] {
			return x.bad("sheet whose part is missing or another sheet's")
		}
		parts[e] = true
		if rel.kind != "worksheet" {
			b.Charts = append(b.Charts, name)
			return nil
		}
		state, _ := x.attr("state")
		b.Sheets = append(b.Sheets, &Sheet{
			Name:   name,
			Hidden: state == "hidden" || state == "veryHidden",
			book:   b, entry: e, index: index,
		})
		return nil
	})
	if err == nil && index == 0 {
		return damaged(part, "no sheets", detailPackage)
	}
	return err
}
