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
	b := &Book{Kind: kindZip, limits: limits, packer: packer{room: limits.Keep}}
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
func (b *Book) load() error {
	workbook, err := b.findWorkbook()
	if err == nil && b.Kind != ODS { // that is read by convert
		err = b.readParts(workbook)
	}
	if err != nil {
		return err
	}
	return b.archive.checkUnread(&b.limits)
}

// findWorkbook finds out the kind of the package, and its main part if it is a workbook
// of Excel's.
func (b *Book) findWorkbook() (part string, err error) {
	if b.archive.find(contentTypes) == nil {
		if b.Kind, err = b.archive.zipKind(); err == nil && b.Kind != ODS {
			err = refuseKind(b.Kind)
		}
		return "", err
	}
	b.Kind = XLSX // until the content types say more
	types, err := b.readContentTypes()
	if err != nil {
		return "", err
	}
	relations, err := b.relations("")
	if err != nil {
		return "", err
	}
	mains := 0
	for _, rel := range relations {
		if rel.kind == "officeDocument" && !rel.external {
			part = rel.target
			mains++
		}
	}
	if mains != 1 {
		return "", damaged("_rels/.rels", "not exactly one main part", detailPackage)
	}
	contentType, ok := types[foldName(part)]
	if !ok {
		contentType = types[strings.ToLower(path.Ext(part))]
	}
	kind, ok := mainTypes[strings.ToLower(contentType)]
	if !ok {
		if kind, err = b.archive.zipKind(); err != nil {
			return "", err
		}
		if kind == kindZip {
			return "", damaged(contentTypes, "the main part is no workbook", detailPackage)
		}
	}
	b.Kind = kind
	if _, refused := refusals[kind]; refused {
		return "", refuseKind(kind)
	}
	return part, nil
}

// readParts reads the workbook and the parts that its cells need.
func (b *Book) readParts(workbook string) error {
	relations, err := b.relations(workbook)
	if err != nil {
		return err
	}
	parts := map[string]string{} // by kind; of most kinds there are several
	for _, rel := range relations {
		if parts[rel.kind] != "" && (rel.kind == "sharedStrings" || rel.kind == "styles") {
			return damaged(workbook, "two parts of "+rel.kind, detailPackage)
		}
		parts[rel.kind] = rel.target
	}
	_, b.Macros = parts["vbaProject"]
	_, b.ExternalLinks = parts["externalLink"]
	if err := b.readWorkbook(workbook, relations); err != nil {
		return err
	}
	if part := parts["styles"]; part != "" {
		if err := b.readStyles(part); err != nil {
			return err
		}
	}
	if part := parts["sharedStrings"]; part != "" {
		if err := b.readStrings(part); err != nil {
			return err
		}
	}
	return b.readSheets()
}

// readPart has f read a part of the package whose root has that name, from the root's
// beginning on.
func (b *Book) readPart(name, root string, space namespace, f func(x *xmlReader) error) error {
	e := b.archive.find(name)
	if e == nil {
		return damaged(name, "missing", detailPackage)
	}
	u := e.open()
	defer u.release()
	x := readXML(u, e.name, &b.limits)
	defer x.release()
	if err := x.root(root, space); err != nil {
		return err
	}
	return f(x)
}

// each calls f for the start of every element of a part, the root first; f may skip.
func (b *Book) each(name, root string, space namespace, f func(x *xmlReader) error) error {
	return b.readPart(name, root, space, func(x *xmlReader) (err error) {
		for t := startElement; err == nil && t != endOfPart; {
			if t == startElement {
				err = f(x)
			}
			if err == nil {
				t, err = x.next()
			}
		}
		return err
	})
}

const contentTypes = "[Content_Types].xml"

// readContentTypes reads the type of each part that has one of its own, and of each
// extension, which begins with its dot.
func (b *Book) readContentTypes() (map[string]string, error) {
	types := map[string]string{}
	err := b.each(contentTypes, "Types", nsPackage, func(x *xmlReader) error {
		if x.depth() != 2 || x.space != nsPackage {
			return nil
		}
		key, extension := x.attr("Extension")
		switch name := string(x.name); {
		case name == "Override":
			key, _ = x.attr("PartName")
			key = foldName(key)
		case name == "Default" && extension:
			key = "." + strings.ToLower(key)
		default:
			return nil
		}
		contentType, _ := x.attr("ContentType")
		if other, twice := types[key]; twice && other != contentType {
			return x.bad("two content types for one part")
		}
		types[key] = contentType
		return b.tooManyNames(x, len(types))
	})
	return types, err
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
			if v == "1" || v == "true" {
				b.epoch = days1904
			}
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
		state, _ := x.attr("state")
		s := &Sheet{Name: norm.NFC.String(name), Hidden: state == "hidden" || state == "veryHidden", book: b}
		if index++; index > b.limits.Sheets {
			return tooMany(part, "số trang tính", b.limits.Sheets)
		}
		s.index = index
		rel, ok := relations[x.relation()]
		if !ok || rel.external {
			return x.bad("sheet without a part")
		}
		s.entry = b.archive.find(rel.target)
		key := strings.ToLower(s.Name)
		switch {
		case names[key]:
			return x.bad("two sheets of one name")
		case s.entry == nil || parts[s.entry]:
			return x.bad("sheet whose part is missing or another sheet's")
		case rel.kind == "worksheet":
			b.Sheets = append(b.Sheets, s)
		default:
			b.Charts = append(b.Charts, s.Name)
		}
		names[key], parts[s.entry] = true, true
		return nil
	})
	if err == nil && index == 0 {
		return damaged(part, "no sheets", detailPackage)
	}
	return err
}
