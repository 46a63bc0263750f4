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
	"application/vnd.ms-excel.sheet.binary.macroenabled.main":                       "xlsb",
	"application/vnd.ms-excel.addin.macroenabled.main+xml":                          "xlam",
}

// openPackage opens a zip as a workbook and checks all of it. An .ods is left to convert.
func openPackage(r io.ReaderAt, size int64, limits Limits) (b *Book, err error) {
	b = &Book{Kind: kindZip, limits: limits, packer: packer{room: limits.Keep}, names: map[definedName]string{}}
	b.legacy.runs = map[int][]legacyRun{}
	defer func() {
		err = ended(recover())
		if refusal, ok := err.(*Refusal); ok && refusal.Kind == "" {
			refusal.Kind = string(b.Kind)
		}
	}()
	b.archive = openArchive(r, size, limits)
	if b.archive.find(contentTypes) == nil {
		if b.Kind = b.archive.zipKind(); b.Kind != ODS {
			panic(refuseKind(b.Kind))
		}
	} else {
		b.readParts(b.findWorkbook())
	}
	b.archive.checkUnread(&b.limits)
	return b, nil
}

// findWorkbook finds the package's main part, which must be a workbook's.
func (b *Book) findWorkbook() (part string) {
	b.Kind = XLSX // until the content types say more
	types := b.readContentTypes()
	mains := 0
	for _, rel := range b.relations("") {
		if rel.kind == "officeDocument" && !rel.external {
			part = rel.target
			mains++
		}
	}
	if mains != 1 {
		panic(damaged("_rels/.rels", "not exactly one main part", detailPackage))
	}
	contentType, ok := types[foldName(part)]
	if !ok {
		contentType = types[strings.ToLower(path.Ext(part))]
	}
	kind, ok := mainTypes[strings.ToLower(contentType)]
	if !ok {
		if kind = b.archive.zipKind(); kind == kindZip {
			panic(damaged(contentTypes, "the main part is no workbook", detailPackage))
		}
	}
	b.Kind = kind
	if _, refused := refusals[kind]; refused {
		panic(refuseKind(kind))
	}
	return part
}

// readParts reads the workbook and the parts that its cells need.
func (b *Book) readParts(workbook string) {
	relations := b.relations(workbook)
	parts := map[string]string{} // by kind; of most kinds there are several
	for _, rel := range relations {
		if parts[rel.kind] != "" && (rel.kind == "sharedStrings" || rel.kind == "styles") {
			panic(damaged(workbook, "two parts of "+rel.kind, detailPackage))
		}
		parts[rel.kind] = rel.target
	}
	_, b.Macros = parts["vbaProject"]
	_, b.ExternalLinks = parts["externalLink"]
	b.readWorkbook(workbook, relations)
	if part := parts["styles"]; part != "" {
		b.readStyles(part)
	}
	if part := parts["sharedStrings"]; part != "" {
		b.readStrings(part)
	}
	b.readSheets()
}

const contentTypes = "[Content_Types].xml"

// readContentTypes reads the type of each part that has one of its own, and of each
// extension, which begins with its dot.
func (b *Book) readContentTypes() map[string]string {
	types := map[string]string{}
	b.readPart(contentTypes, "Types", nsPackage, func(x *xmlReader) {
		key := ""
		switch {
		case x.is("Override"):
			key = foldName(x.attr("PartName"))
		case x.is("Default"):
			key = "." + strings.ToLower(x.attr("Extension"))
		default:
			return
		}
		contentType := x.attr("ContentType")
		if other, twice := types[key]; twice && other != contentType {
			panic(x.bad("two content types for one part"))
		}
		types[key] = contentType
		x.atMost(10*b.limits.Entries, len(types), declaredParts)
	})
	return types
}

// relations reads the relationships of a part ("" for the package), by id. A part
// may have none.
func (b *Book) relations(part string) map[string]relation {
	dir, file := path.Split(part)
	name := path.Join(dir, "_rels", file+".rels")
	found := map[string]relation{}
	if b.archive.find(name) == nil && part != "" {
		return found
	}
	b.readPart(name, "Relationships", nsPackage, func(x *xmlReader) {
		if !x.is("Relationship") {
			return
		}
		id := x.attr("Id")
		if _, twice := found[id]; twice || id == "" {
			panic(x.bad("relationship without an id of its own"))
		}
		rel := relation{kind: path.Base(x.attr("Type")), external: x.attr("TargetMode") == "External"}
		if !rel.external {
			rel.target = resolve(dir, x.attr("Target"))
		}
		found[id] = rel
		x.atMost(10*b.limits.Entries, len(found), declaredParts)
	})
	return found
}

// declaredParts are the lines of a list of parts: there may be far more than parts, but not
// without end.
const declaredParts = "số thành phần được khai báo"

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

// readWorkbook reads the list of sheets, and the names that formulas use.
func (b *Book) readWorkbook(part string, relations map[string]relation) {
	taken := map[string]bool{} // names of sheets, and of their parts
	lists, sheets := 0, 0
	b.readPart(part, "workbook", nsMain, func(x *xmlReader) {
		switch {
		case x.is("workbookPr"):
			if v := x.attr("date1904"); v == "1" || v == "true" {
				b.epoch = days1904
			}
		case x.is("definedNames"):
			x.each("definedName", func() { b.define(x) })
		case x.is("sheets"):
			if lists++; lists > 1 {
				panic(x.bad("two lists of sheets"))
			}
			x.each("sheet", func() {
				sheets++
				x.atMost(b.limits.Sheets, sheets, "số trang tính")
				b.addSheet(x, sheets, relations[x.relation()], taken)
			})
		}
	})
	if sheets == 0 {
		panic(damaged(part, "no sheets", detailPackage))
	}
}

// addSheet takes in the <sheet> just started.
func (b *Book) addSheet(x *xmlReader, index int, rel relation, taken map[string]bool) {
	state := x.attr("state")
	s := &Sheet{Name: norm.NFC.String(x.attr("name")), Hidden: state == "hidden" || state == "veryHidden", book: b, index: index}
	if s.entry = b.archive.find(rel.target); s.entry == nil {
		panic(x.bad("sheet whose part is missing"))
	}
	for _, of := range []string{"name " + strings.ToLower(s.Name), "part " + s.entry.Name} {
		if taken[of] {
			panic(x.bad("two sheets of one " + of[:len("name")]))
		}
		taken[of] = true
	}
	if rel.kind == "worksheet" {
		b.Sheets = append(b.Sheets, s)
	} else {
		b.Charts = append(b.Charts, s.Name)
	}
}

// definedName is a name that formulas use, in lower case, and the place of the sheet that
// it holds on, 0 for all.
type definedName struct {
	name  string
	sheet int
}

// maxNames is how many names a workbook may define.
const maxNames = 20_000

// define takes in the <definedName> just started, unless it is of no sheet: nothing uses it then.
func (b *Book) define(x *xmlReader) {
	on := 0
	if local := x.attr("localSheetId"); local != "" {
		id, err := strconv.Atoi(local)
		if err != nil || id < 0 {
			return
		}
		on = id + 1
	}
	key := definedName{strings.ToLower(norm.NFC.String(x.attr("name"))), on}
	b.names[key] = string(x.content(nil))
	x.atMost(maxNames, len(b.names), "số tên vùng")
}
