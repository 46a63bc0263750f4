package reader

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"ketnap/internal/xlsx/edit"
)

// token is what xmlReader.next found.
type token uint8

const (
	endOfPart token = iota
	startElement
	endElement
	text
)

// namespace is one of the few namespaces we know by name; all others are the same
// to us. The transitional and the strict variant are one.
type namespace uint8

const (
	nsOther    namespace = iota
	nsMain               // SpreadsheetML
	nsRelation           // attributes r:id
	nsPackage            // .rels and [Content_Types].xml
	nsCompat             // markup compatibility
)

var namespaces = map[string]namespace{
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":           nsMain,
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                       nsMain,
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships": nsRelation,
	"http://purl.oclc.org/ooxml/officeDocument/relationships":             nsRelation,
	"http://schemas.openxmlformats.org/package/2006/relationships":        nsPackage,
	"http://schemas.openxmlformats.org/package/2006/content-types":        nsPackage,
	"http://schemas.openxmlformats.org/markup-compatibility/2006":         nsCompat,
}

// xmlReader splits a part into tokens and insists that it is well-formed: UTF-8,
// legal characters, matched tags, no document type, one root, nothing after it. It
// keeps only the bytes of the token at hand, so a part of any size takes the same
// memory. What it hands out is valid until next is called again.
type xmlReader struct {
	src    io.Reader
	book   *Book
	part   string
	limits *Limits
	main   namespace // of the root
	values bool      // it is a part that holds values

	sheet            *Sheet // whose part it is, nil of other parts
	cellRow, cellCol int    // of the cell at hand, for messages; cellCol is 0 between cells

	buf      []byte
	pos, end int   // buf[pos:end] is read and not yet used
	checked  int   // buf[:checked] are legal characters
	before   int64 // bytes of the part before buf[0]
	ended    bool  // src has ended

	local   int // where in open the name of a start element begins, without prefix
	space   namespace
	attrs   []attribute
	closing bool // the start element handed out last was <a/>
	text    []byte

	open    []byte // names of open elements, end to end
	marks   []int  // where each begins
	binds   []binding
	defNS   namespace // of names without prefix
	rooted  bool
	scratch []byte // decoded text

	compatible bool        // the part has named markup compatibility
	rules      []ignorable // in force, the innermost last
}

// attribute is where in buf an attribute stands. It holds no pointers: one is written for nearly
// every cell.
type attribute struct{ name, nameEnd, value, valueEnd int }

type binding struct {
	prefix string
	space  namespace
	uri    string // of nsOther, "" of ours
	depth  int
}

var xmlReaders = sync.Pool{New: func() any { return &xmlReader{buf: make([]byte, 64<<10)} }}

// readPart reads a part, whose root must have that name in that namespace, to its end. It has
// f read each element within the root.
func (b *Book) readPart(name, root string, space namespace, f func(x *xmlReader)) {
	e := b.archive.find(name)
	if e == nil {
		panic(damaged(name, "missing", detailPackage))
	}
	unpacked := e.open()
	defer unpacked.release()
	x := xmlReaders.Get().(*xmlReader)
	*x = xmlReader{
		src: unpacked, book: b, part: e.Name, limits: &b.limits, main: space, values: root == "worksheet" || root == "sst",
		buf: x.buf, attrs: x.attrs[:0], open: x.open[:0], marks: x.marks[:0], binds: x.binds[:0], scratch: x.scratch[:0], rules: x.rules[:0],
	}
	defer func() {
		if len(x.buf) <= 64<<10 && cap(x.scratch) <= 64<<10 {
			xmlReaders.Put(x)
		}
	}()
	if i := slices.IndexFunc(b.Sheets, func(s *Sheet) bool { return s.entry == e }); i >= 0 {
		x.sheet = b.Sheets[i]
	}
	x.next() // text cannot come before the root
	if string(x.name()) != root || x.space != space {
		panic(x.bad("the root is not <" + root + ">"))
	}
	x.readRules()
	x.children(func() { f(x) })
	for x.next() != endOfPart {
	}
}

// children has f read each element within the one that is open, to its end; what f leaves of
// an element is passed over. What compatibility takes away or puts in another's place is never seen
// by f. Where values are, nothing but white space may stand between elements.
// All elements that anything is read from come this way.
func (x *xmlReader) children(f func()) { x.within(f, false) }

// within is children, or has f see each element as it stands, whatever compatibility says.
func (x *xmlReader) within(f func(), asTheyStand bool) {
	depth := x.depth()
	for {
		switch x.next() {
		case endElement:
			return
		case text:
			if x.values && len(bytes.TrimSpace(x.text)) > 0 {
				panic(x.bad("text between elements"))
			}
		case startElement:
			if asTheyStand || !x.compatible && x.space != nsOther {
				f()
			} else {
				x.process(f)
			}
			x.passTo(depth)
		}
	}
}

// passTo passes over what is open below that depth.
func (x *xmlReader) passTo(depth int) {
	for x.depth() > depth {
		x.next()
	}
}

// each is children for the elements of that name; all others are passed over.
func (x *xmlReader) each(name string, f func()) {
	x.children(func() {
		if x.is(name) {
			f()
		}
	})
}

// depth is how many elements are open, the one just started included.
func (x *xmlReader) depth() int { return len(x.marks) }

// place is where the token at hand stands, for the log.
func (x *xmlReader) place() string { return fmt.Sprintf("%s: byte %d", x.part, x.before+int64(x.pos)) }

// bad is the refusal of the part at the place of the token at hand.
func (x *xmlReader) bad(why string) *Refusal {
	detail := "tệp bị hỏng: một phần nội dung bên trong không đọc được đến hết"
	if x.sheet != nil {
		detail = x.sheet.detail()
	}
	return damaged(x.place(), why, detail)
}

// tooMuch is the refusal of a file beyond a limit, which says at which sheet and cell the limit
// was passed.
func (x *xmlReader) tooMuch(what, amount, limit string) *Refusal {
	refusal := tooMuch(x.place(), what, amount, limit)
	if x.sheet != nil {
		place := "trang tính " + x.sheet.title()
		if x.cellCol > 0 {
			place += ", ô " + edit.Ref(x.cellRow, x.cellCol)
		}
		refusal.Detail = "ở " + place + ", " + refusal.Detail
	}
	return refusal
}

// atMost refuses a file with more than the limit, where counting ended.
func (x *xmlReader) atMost(limit, n int, what string) {
	if n > limit {
		x.refuse(what, limit)
	}
}

// refuse is apart from atMost, which is asked at every turn.
func (x *xmlReader) refuse(what string, limit int) {
	panic(x.tooMuch(what, "trên "+count(limit), count(limit)))
}

// atMostBytes is atMost for bytes.
func (x *xmlReader) atMostBytes(limit, n int, what string) {
	if n > limit {
		panic(x.tooMuch(what, "trên "+mebibytes(int64(limit)), mebibytes(int64(limit))))
	}
}

// more reads on, keeping what is not yet used. It answers false at the part's end.
func (x *xmlReader) more() bool {
	if x.ended {
		return false
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.before += int64(x.pos)
		x.end -= x.pos
		x.checked -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		x.atMostBytes(x.limits.Token, len(x.buf)+1, "độ dài một mẩu nội dung")
		// Doubling keeps the cost of starting the token again in proportion.
		x.buf = append(x.buf, make([]byte, min(len(x.buf), x.limits.Token-len(x.buf)))...)
	}
	n, err := x.src.Read(x.buf[x.end:])
	x.end += n
	if x.ended = err == io.EOF; !x.ended {
		check(err)
	}
	good, ok := legal(x.buf[x.checked:x.end])
	if !ok && x.startInUTF16() {
		return x.more()
	}
	x.checked += good
	if !ok || x.ended && x.checked < x.end {
		x.pos = x.checked
		panic(x.bad("not UTF-8, or an illegal character"))
	}
	return n > 0 || !x.ended
}

// legal finds how many bytes are whole legal XML characters in UTF-8; the rest is
// the beginning of a character, unless ok is false.
func legal(b []byte) (n int, ok bool) {
	for n < len(b) {
		if n+8 <= len(b) {
			v := binary.LittleEndian.Uint64(b[n:])
			// None of the eight is above 0x7f or below 0x20.
			if (v|(v-0x2020202020202020)&^v)&0x8080808080808080 == 0 {
				n += 8
				continue
			}
		}
		c := b[n]
		if c < utf8.RuneSelf {
			if c < ' ' && !isSpace(c) {
				return n, false
			}
			n++
			continue
		}
		r, size := utf8.DecodeRune(b[n:])
		if r == utf8.RuneError && size == 1 {
			return n, !utf8.FullRune(b[n:])
		}
		if r == 0xFFFE || r == 0xFFFF {
			return n, false
		}
		n += size
	}
	return n, true
}

// begins reports whether the part goes on with s.
func (x *xmlReader) begins(s string) bool {
	for x.end-x.pos < len(s) && string(x.buf[x.pos:x.end]) == s[:x.end-x.pos] && x.more() {
	}
	return bytes.HasPrefix(x.buf[x.pos:x.end], []byte(s))
}

// find is where mark stands next in the token at hand, from a place in it on. It reads on
// until it is there.
func (x *xmlReader) find(mark string, from int, what string) int {
	for {
		if i := bytes.Index(x.buf[x.pos+from:x.end], []byte(mark)); i >= 0 {
			return from + i
		}
		from = max(from, x.end-x.pos-len(mark)+1)
		if !x.more() {
			panic(x.bad("the part ends within a " + what))
		}
	}
}

// next moves to the next token. Comments and processing instructions are passed
// over.
func (x *xmlReader) next() token {
	if x.closing {
		x.closing = false
		x.pop()
		return endElement
	}
	for {
		switch {
		case x.pos == x.end && x.more():
			continue
		case x.pos == x.end:
			if x.depth() > 0 || !x.rooted {
				panic(x.bad("the part ends before its root does"))
			}
			return endOfPart
		case x.buf[x.pos] != '<':
			if x.before == 0 && x.pos == 0 && x.begins("\ufeff") {
				x.pos = len("\ufeff")
			} else if x.readText() {
				return text
			}
			continue
		case x.end-x.pos == 1:
			x.find(">", 1, "tag")
		}
		switch x.buf[x.pos+1] {
		case '/':
			x.readEnd()
			return endElement
		case '!', '?':
			if x.readMarkup() {
				return text
			}
		default:
			x.readStart()
			return startElement
		}
	}
}

// readText reads a text, and reports whether it stands within an element.
func (x *xmlReader) readText() bool {
	n := 0
	for {
		if i := bytes.IndexByte(x.buf[x.pos+n:x.end], '<'); i >= 0 {
			n += i
			break
		}
		if n = x.end - x.pos; !x.more() {
			break
		}
	}
	raw := x.buf[x.pos : x.pos+n]
	inside := x.depth() > 0
	if !inside && len(bytes.Trim(raw, " \t\r\n")) > 0 {
		panic(x.bad("text outside the root"))
	}
	if bytes.Contains(raw, []byte("]]>")) {
		panic(x.bad("]]> in text"))
	}
	x.text = x.decode(raw)
	x.pos += n
	return inside
}

func (x *xmlReader) readEnd() {
	if x.depth() == 0 {
		panic(x.bad("an end tag too many"))
	}
	name, from := x.innermost(), x.pos+len("</")
	end := from + len(name)
	if end >= x.end || x.buf[end] != '>' {
		n := x.find(">", len("</"), "tag")
		from, end = x.pos+len("</"), x.pos+n
	}
	tag := x.buf[from:end]
	for len(tag) > len(name) && isSpace(tag[len(tag)-1]) {
		tag = tag[:len(tag)-1]
	}
	if string(tag) != string(name) {
		panic(x.bad("end tag does not match"))
	}
	x.pop()
	x.pos = end + len(">")
}

// readMarkup passes over a comment or a processing instruction, or reads a CDATA section and
// answers true.
func (x *xmlReader) readMarkup() (isText bool) {
	const comment, section, instruction = "<!--", "<![CDATA[", "<?"
	n := 0
	switch {
	case x.begins(comment):
		n = x.find("-->", len(comment), "comment")
		if bytes.Contains(x.buf[x.pos+len(comment):x.pos+n+1], []byte("--")) {
			panic(x.bad("-- within a comment"))
		}
		n += len("-->")
	case x.begins(section) && x.depth() > 0:
		n = x.find("]]>", len(section), "CDATA section")
		x.text, isText = lineEnds(x.buf[x.pos+len(section):x.pos+n]), true
		n += len("]]>")
	case x.begins(instruction):
		n = x.find("?>", len(instruction), "processing instruction")
		x.checkInstruction(x.buf[x.pos+len(instruction) : x.pos+n])
		n += len("?>")
	default:
		panic(x.bad("document type or other declaration"))
	}
	x.pos += n
	return isText
}

var declaredEncoding = regexp.MustCompile(`encoding[ \t\r\n=]*(?:"([^"]*)"|'([^']*)')`)

// encodings are the names of those that XML parts are in.
var encodings = []string{"utf-8", "utf8", "us-ascii", "ascii"}

// checkInstruction refuses an instruction that is none, an XML declaration that is not the
// part's beginning, and one that names another encoding than UTF-8 (or its subset ASCII), or
// UTF-16 where the part is in that.
func (x *xmlReader) checkInstruction(body []byte) {
	target := body[:pastName(body, 0)]
	if len(target) == 0 || !nameStart(target[0]) {
		panic(x.bad("malformed processing instruction"))
	}
	if !bytes.EqualFold(target, []byte("xml")) {
		return
	}
	if at := x.before + int64(x.pos); at != 0 && at != int64(len("\ufeff")) {
		panic(x.bad("XML declaration within the part"))
	}
	if bytes.Contains(body, []byte("encoding")) {
		m := declaredEncoding.FindSubmatch(body)
		if m == nil {
			panic(x.bad("malformed XML declaration"))
		}
		name := strings.ToLower(string(m[1]) + string(m[2]))
		wide := strings.HasPrefix(name, "utf-16") || name == "utf16" || strings.HasSuffix(name, "ucs-2")
		_, isWide := x.src.(fromUTF16)
		switch {
		case !wide && !slices.Contains(encodings, name):
			panic(x.bad("encoding other than UTF-8 and UTF-16"))
		case wide != isWide: // what it is can be seen
			x.book.fault("có thành phần khai báo sai bảng mã")
		}
	}
}
