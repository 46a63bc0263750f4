package reader

import (
	"io"
	"path"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"

	"golang.org/x/text/unicode/norm"
)

// relation is one line of a .rels part.
type relation struct {
	id       string
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
	b.archive.checkUnread(&b.limits, &b.Beside)
	b.opened = true
	return b, nil
}

// findWorkbook finds the package's main part, which must be a workbook's.
func (b *Book) findWorkbook() (part string) {
	b.Kind = XLSX // until the content types say more
	types := b.readContentTypes()
	for _, rel := range b.relations("") {
		switch {
		case rel.kind != "officeDocument" || rel.external:
		case part == "":
			part = rel.target
		case edit.FoldName(part) == edit.FoldName(rel.target):
			b.fault("phần chính của sổ tính được khai báo hai lần")
		default:
			panic(damaged("_rels/.rels", "two main parts", detailPackage))
		}
	}
	if part == "" {
		panic(damaged("_rels/.rels", "no main part", detailPackage))
	}
	contentType, ok := types[edit.FoldName(part)]
	if !ok {
		contentType = types[strings.ToLower(path.Ext(part))]
	}
	contentType, _, _ = strings.Cut(contentType, ";") // some writers add a charset
	kind, ok := mainTypes[strings.ToLower(strings.TrimSpace(contentType))]
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
	for _, rel := range relations {
		b.Macros = b.Macros || rel.kind == "vbaProject"
		b.ExternalLinks = b.ExternalLinks || rel.kind == "externalLink"
	}
	b.readWorkbook(workbook, relations)
	if part := b.partOf(relations, "styles", "phần định dạng (styles)"); part != "" {
		b.readStyles(part)
	}
	if part := b.partOf(relations, "sharedStrings", "bảng chữ dùng chung (sharedStrings)"); part != "" {
		b.readStrings(part)
	}
	b.readSheets()
}

// partOf is the part of a kind of which there is one, "" when there is none. One that is missing,
// or two that are not alike, are no matter until a cell needs what is in them.
func (b *Book) partOf(relations []relation, kind, what string) (part string) {
	var found *entry
	for _, rel := range relations {
		if rel.kind != kind {
			continue
		}
		e := b.archive.find(rel.target)
		switch {
		case e == nil:
			b.fault("thiếu " + what)
		case found == nil:
			found = e
		default:
			b.fault(what + " được khai báo hai lần")
			if found.CRC32 != e.CRC32 || found.UncompressedSize64 != e.UncompressedSize64 {
				return ""
			}
		}
	}
	if found == nil {
		return ""
	}
	return found.Name
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
			key = edit.FoldName(x.attr("PartName"))
		case x.is("Default"):
			key = "." + strings.ToLower(x.attr("Extension"))
		default:
			return
		}
		contentType := x.attr("ContentType")
		if other, twice := types[key]; twice && !strings.EqualFold(other, contentType) {
			b.fault("có thành phần được khai báo hai kiểu nội dung")
			contentType = "" // of the main part it matters
		}
		types[key] = contentType
		x.atMost(10*b.limits.Entries, len(types), declaredParts)
	})
	return types
}

// relations reads the relationships of a part ("" for the package). A part may have none.
func (b *Book) relations(part string) (found []relation) {
	name := edit.RelationsPart(part)
	if b.archive.find(name) == nil && part != "" {
		return nil
	}
	taken := map[string]bool{}
	b.readPart(name, "Relationships", nsPackage, func(x *xmlReader) {
		if !x.is("Relationship") {
			return
		}
		rel := relation{id: x.attr("Id"), kind: path.Base(x.attr("Type")), external: x.attr("TargetMode") == "External"}
		if !rel.external {
			rel.target = edit.Target(part, x.attr("Target"))
		}
		if taken[rel.id] || rel.id == "" {
			b.fault("có quan hệ giữa các thành phần trùng hoặc thiếu mã")
		}
		taken[rel.id] = true
		found = append(found, rel)
		x.atMost(10*b.limits.Entries, len(found), declaredParts)
	})
	return found
}

// declaredParts are the lines of a list of parts: there may be far more than parts, but not
// without end.
const declaredParts = "số thành phần được khai báo"

// readWorkbook reads the list of sheets, and the names that formulas use.
func (b *Book) readWorkbook(part string, relations []relation) {
	taken := map[string]bool{} // names of sheets, and of their parts
	lists, sheets := 0, 0
	b.readPart(part, "workbook", nsMain, func(x *xmlReader) {
		switch {
		case x.is("workbookPr"):
			if x.flag("date1904") {
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
				b.addSheet(x, sheets, relations, taken)
			})
		}
	})
	if sheets == 0 {
		panic(damaged(part, "no sheets", detailPackage))
	}
}

// addSheet takes in the <sheet> just started.
func (b *Book) addSheet(x *xmlReader, index int, relations []relation, taken map[string]bool) {
	state := x.attr("state")
	s := &Sheet{Name: norm.NFC.String(x.attr("name")), Hidden: state == "hidden" || state == "veryHidden", book: b, index: index}
	b.take(x, taken, "name", strings.ToLower(s.Name))
	id := x.relation()
	if id == "" { // a module of Excel 5: what it holds is elsewhere
		b.Charts = append(b.Charts, s.Name)
		return
	}
	rel, ok := relationOf(relations, id)
	s.entry = b.archive.find(rel.target)
	switch {
	case s.entry == nil && ok && rel.kind != "worksheet":
		b.fault("thiếu nội dung của trang tính không có ô (biểu đồ, hộp thoại, macro)")
	case s.entry == nil || !ok:
		panic(x.bad("sheet whose part is missing"))
	default:
		b.take(x, taken, "part", s.entry.Name)
	}
	if rel.kind == "worksheet" {
		b.Sheets = append(b.Sheets, s)
	} else {
		b.Charts = append(b.Charts, s.Name)
	}
}

// take refuses two sheets of one name, or of one part.
func (b *Book) take(x *xmlReader, taken map[string]bool, what, name string) {
	if taken[what+name] {
		panic(x.bad("two sheets of one " + what))
	}
	taken[what+name] = true
}

// relationOf is the relation with an id, if all that have it lead to one part.
func relationOf(relations []relation, id string) (found relation, ok bool) {
	for _, rel := range relations {
		switch {
		case rel.id != id || rel.external:
		case ok && (rel.kind != found.kind || rel.target != found.target):
			return found, false
		default:
			found, ok = rel, true
		}
	}
	return found, ok
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
	b.defined++
	x.atMost(maxNames, b.defined, "số tên vùng")
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
}
