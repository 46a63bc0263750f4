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
)

var namespaces = map[string]namespace{
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":           nsMain,
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                       nsMain,
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships": nsRelation,
	"http://purl.oclc.org/ooxml/officeDocument/relationships":             nsRelation,
	"http://schemas.openxmlformats.org/package/2006/relationships":        nsPackage,
	"http://schemas.openxmlformats.org/package/2006/content-types":        nsPackage,
}

const detailXML = "tệp bị hỏng: một phần nội dung bên trong không đọc được đến hết"

// xmlReader splits a part into tokens and insists that it is well-formed: UTF-8,
// legal characters, matched tags, no document type, one root, nothing after it. It
// keeps only the bytes of the token at hand, so a part of any size takes the same
// memory. What it hands out is valid until next is called again.
type xmlReader struct {
	src    io.Reader
	part   string
	limits *Limits

	buf      []byte
	pos, end int   // buf[pos:end] is read and not yet used
	checked  int   // buf[:checked] are legal characters
	before   int64 // bytes of the part before buf[0]
	ended    bool  // src has ended

	name    []byte // of a start element, without prefix
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
}

type attribute struct{ name, value []byte } // as they stand, entities and all

type binding struct {
	prefix string
	space  namespace
	depth  int
}

var xmlReaders = sync.Pool{New: func() any { return &xmlReader{buf: make([]byte, 64<<10)} }}

// readXML starts reading a part. The reader is to be released.
func readXML(src io.Reader, part string, limits *Limits) *xmlReader {
	x := xmlReaders.Get().(*xmlReader)
	*x = xmlReader{
		src: src, part: part, limits: limits,
		buf: x.buf, attrs: x.attrs[:0], open: x.open[:0], marks: x.marks[:0], binds: x.binds[:0], scratch: x.scratch[:0],
	}
	return x
}

func (x *xmlReader) release() {
	x.src, x.limits, x.text, x.name = nil, nil, nil, nil
	if len(x.buf) <= 64<<10 && cap(x.scratch) <= 64<<10 {
		xmlReaders.Put(x)
	}
}

// depth is how many elements are open, the one just started included.
func (x *xmlReader) depth() int { return len(x.marks) }

// place is where the token at hand stands, for the log.
func (x *xmlReader) place() string { return fmt.Sprintf("%s: byte %d", x.part, x.before+int64(x.pos)) }

// bad is the refusal of the part at the place of the token at hand.
func (x *xmlReader) bad(why string) error { return damaged(x.place(), why, detailXML) }

// more reads on, keeping what is not yet used. It answers io.EOF at the part's end.
func (x *xmlReader) more() error {
	if x.ended {
		return io.EOF
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.before += int64(x.pos)
		x.end -= x.pos
		x.checked -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= x.limits.Token {
			return tooManyBytes(x.place(), "độ dài một mẩu nội dung", x.limits.Token)
		}
		// Doubling keeps the cost of starting the token again in proportion.
		x.buf = append(x.buf, make([]byte, min(len(x.buf), x.limits.Token-len(x.buf)))...)
	}
	n, err := x.src.Read(x.buf[x.end:])
	x.end += n
	x.ended = err == io.EOF
	if err != nil && err != io.EOF {
		return err
	}
	good, ok := legal(x.buf[x.checked:x.end])
	x.checked += good
	if !ok || x.ended && x.checked < x.end {
		x.pos = x.checked
		return x.bad("not UTF-8, or an illegal character")
	}
	if n == 0 && x.ended {
		return io.EOF
	}
	return nil
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
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return n, false
			}
			n++
			continue
		}
		if c >= 0xc4 && c <= 0xc6 && n+1 < len(b) && b[n+1]&0xc0 == 0x80 { // ă đ ĩ ũ ơ ư
			n += 2
			continue
		}
		if c == 0xe1 && n+2 < len(b) && b[n+1]&0xc0 == 0x80 && b[n+2]&0xc0 == 0x80 { // letters with two marks
			n += 3
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

// next moves to the next token. Comments and processing instructions are passed
// over.
func (x *xmlReader) next() (token, error) {
	if x.closing {
		x.closing = false
		x.pop()
		return endElement, nil
	}
	for {
		for x.pos == x.end {
			if err := x.more(); err == io.EOF {
				return x.finish()
			} else if err != nil {
				return 0, err
			}
		}
		if x.buf[x.pos] != '<' {
			if x.before == 0 && x.pos == 0 && x.depth() == 0 && x.byteOrderMark() {
				continue
			}
			return x.readText()
		}
		if x.end-x.pos < 2 {
			if err := x.moreOf("tag"); err != nil {
				return 0, err
			}
			continue
		}
		switch x.buf[x.pos+1] {
		case '/':
			return x.readEnd()
		case '!':
			t, err := x.readBang()
			if t != endOfPart || err != nil {
				return t, err
			}
		case '?':
			if err := x.readInstruction(); err != nil {
				return 0, err
			}
		default:
			return x.readStart()
		}
	}
}

// moreOf reads on within a token; the part's end is then a fault.
func (x *xmlReader) moreOf(what string) error {
	err := x.more()
	if err == io.EOF {
		return x.bad("the part ends within a " + what)
	}
	return err
}

func (x *xmlReader) finish() (token, error) {
	if x.depth() > 0 || !x.rooted {
		return 0, x.bad("the part ends before its root does")
	}
	return endOfPart, nil
}

func (x *xmlReader) byteOrderMark() bool {
	for x.end-x.pos < 3 {
		if x.more() != nil {
			return false // the reading of text will meet it again
		}
	}
	if string(x.buf[:3]) != "\ufeff" {
		return false
	}
	x.pos = 3
	return true
}

func (x *xmlReader) readText() (token, error) {
	i := x.pos
	special := false // has something to decode or to refuse
	for {
		for i < x.end && x.buf[i] != '<' {
			special = special || x.buf[i] == '&' || x.buf[i] == '\r' || x.buf[i] == ']'
			i++
		}
		if i < x.end {
			break
		}
		i -= x.pos // more shifts the text to the front
		err := x.more()
		i += x.pos
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	raw := x.buf[x.pos:i]
	if x.depth() == 0 {
		if len(bytes.Trim(raw, " \t\r\n")) > 0 {
			return 0, x.bad("text outside the root")
		}
		x.pos = i
		return x.next()
	}
	x.text = raw
	if special {
		var ok bool
		if x.text, ok = x.decode(raw); !ok {
			return 0, x.bad("malformed entity")
		}
		if bytes.Contains(raw, []byte("]]>")) {
			return 0, x.bad("]]> in text")
		}
	}
	x.pos = i
	return text, nil
}

func (x *xmlReader) readEnd() (token, error) {
	if x.depth() > 0 { // the common case: </name> is there, and nothing else in it
		name := x.open[x.marks[len(x.marks)-1]:]
		tag := x.buf[x.pos+2 : x.end]
		if len(tag) > len(name) && tag[len(name)] == '>' && string(tag[:len(name)]) == string(name) {
			x.pop()
			x.pos += len(name) + 3
			return endElement, nil
		}
	}
	for {
		i := bytes.IndexByte(x.buf[x.pos:x.end], '>')
		if i < 0 {
			if err := x.moreOf("tag"); err != nil {
				return 0, err
			}
			continue
		}
		name := x.buf[x.pos+2 : x.pos+i]
		for len(name) > 0 && isSpace(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		if x.depth() == 0 || !bytes.Equal(name, x.open[x.marks[len(x.marks)-1]:]) {
			return 0, x.bad("end tag does not match")
		}
		x.pop()
		x.pos += i + 1
		return endElement, nil
	}
}

// readBang reads a comment (endOfPart: go on) or a CDATA section.
func (x *xmlReader) readBang() (token, error) {
	const comment, cdata = "<!--", "<![CDATA["
	for x.end-x.pos < len(cdata) && !bytes.HasPrefix(x.buf[x.pos:x.end], []byte(comment)) {
		if err := x.moreOf("declaration"); err != nil {
			return 0, err
		}
	}
	isComment := bytes.HasPrefix(x.buf[x.pos:x.end], []byte(comment))
	if !isComment && (!bytes.HasPrefix(x.buf[x.pos:x.end], []byte(cdata)) || x.depth() == 0) {
		return 0, x.bad("document type or other declaration")
	}
	head, tail := len(cdata), "]]>"
	if isComment {
		head, tail = len(comment), "--"
	}
	for {
		i := bytes.Index(x.buf[x.pos+head:x.end], []byte(tail))
		if i < 0 || isComment && x.pos+head+i+2 >= x.end {
			if err := x.moreOf("comment or CDATA section"); err != nil {
				return 0, err
			}
			continue
		}
		body := x.buf[x.pos+head : x.pos+head+i]
		if isComment {
			if x.buf[x.pos+head+i+2] != '>' {
				return 0, x.bad("-- within a comment")
			}
			x.pos += head + i + 3
			return endOfPart, nil
		}
		x.text = lineEnds(body)
		x.pos += head + i + 3
		return text, nil
	}
}

func (x *xmlReader) readInstruction() error {
	for {
		i := bytes.Index(x.buf[x.pos+2:x.end], []byte("?>"))
		if i < 0 {
			if err := x.moreOf("processing instruction"); err != nil {
				return err
			}
			continue
		}
		body := x.buf[x.pos+2 : x.pos+2+i]
		target := body
		if j := bytes.IndexAny(body, " \t\r\n"); j >= 0 {
			target = body[:j]
		}
		if len(target) == 0 || !nameStart(target[0]) {
			return x.bad("malformed processing instruction")
		}
		if bytes.EqualFold(target, []byte("xml")) {
			if at := x.before + int64(x.pos); at != 0 && at != 3 || x.rooted {
				return x.bad("XML declaration within the part")
			}
			if !utf8Declared(body) {
				return x.bad("encoding other than UTF-8")
			}
		}
		x.pos += i + 4
		return nil
	}
}

var declaredEncoding = regexp.MustCompile(`encoding[ \t\r\n=]*(?:"([^"]*)"|'([^']*)')`)

// utf8Declared reports whether an XML declaration names UTF-8 (or its subset
// ASCII), or nothing.
func utf8Declared(declaration []byte) bool {
	if !bytes.Contains(declaration, []byte("encoding")) {
		return true
	}
	m := declaredEncoding.FindSubmatch(declaration)
	return m != nil && slices.Contains([]string{"utf-8", "utf8", "us-ascii", "ascii"}, strings.ToLower(string(m[1])+string(m[2])))
}

// skip passes over the element just started, to its end.
func (x *xmlReader) skip() error {
	for depth := x.depth(); x.depth() >= depth; {
		if _, err := x.next(); err != nil {
			return err
		}
	}
	return nil
}

// child moves to the next element within the one that is open; it answers false at that
// one's end. Nothing but white space may stand between elements.
func (x *xmlReader) child() (more bool, err error) {
	for {
		t, err := x.next()
		switch {
		case err != nil:
			return false, err
		case t == startElement:
			return true, nil
		case t != text:
			return false, nil
		case len(bytes.TrimSpace(x.text)) > 0:
			return false, x.bad("text between elements")
		}
	}
}

// finishPart reads what may still follow the root, so that the part's end and with
// it the checksum are seen.
func (x *xmlReader) finishPart() error {
	for {
		t, err := x.next()
		if err != nil || t == endOfPart {
			return err
		}
	}
}

// root moves to the part's root, which must have that name in that namespace.
func (x *xmlReader) root(name string, space namespace) error {
	if _, err := x.next(); err != nil { // text cannot come before the root
		return err
	}
	if string(x.name) != name || x.space != space {
		return x.bad("the root is not <" + name + ">")
	}
	return nil
}
