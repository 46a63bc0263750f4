package reader

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"ketnap/internal/viet"
	"ketnap/internal/xlsx/edit"
)

// stringTable is the workbook's table of texts, in pieces: a long one takes four bytes
// for each text besides the text itself, nothing in it grows by being copied, and the
// garbage collector need not look through it.
type stringTable struct {
	pieces []stringPiece
	length int
	// special are the texts that are not always taken as they stand: they have runs in legacy
	// fonts, or letters that Vietnamese in Unicode does not have.
	special map[int]bool
	struck  map[int]bool // texts of which a run is struck through

	// The piece being filled; empty when the table is whole.
	text []byte
	ends []uint32
}

// stringPiece are stringsInPiece texts, fewer in the last one.
type stringPiece struct {
	text string
	ends []uint32 // where each text ends
}

const stringsInPiece = 1 << 10

// add takes in the next text. It can be read when its piece is closed.
func (t *stringTable) add(text []byte) {
	t.text = append(t.text, text...)
	t.ends = append(t.ends, uint32(len(t.text)))
	if t.length++; len(t.ends) == stringsInPiece {
		t.closePiece()
	}
}

func (t *stringTable) closePiece() {
	piece := stringPiece{string(t.text), slices.Clone(t.ends)}
	t.pieces = append(t.pieces, piece)
	if viet.HasForeignLetters(piece.text) {
		for i := t.length - len(t.ends); i < t.length; i++ {
			if viet.HasForeignLetters(t.at(i)) {
				t.special[i] = true
			}
		}
	}
	t.text, t.ends = t.text[:0], t.ends[:0]
}

// close makes the last texts readable and gives up what filling needed.
func (t *stringTable) close() {
	t.closePiece()
	t.text, t.ends = nil, nil
}

// at is text i.
func (t *stringTable) at(i int) string {
	piece, i := &t.pieces[i/stringsInPiece], i%stringsInPiece
	from := uint32(0)
	if i > 0 {
		from = piece.ends[i-1]
	}
	return piece.text[from:piece.ends[i]]
}

// richText gathers the text of an <si> or <is> element: its runs joined, phonetic
// guides left out. Runs are kept apart only as far as legacy fonts need it.
type richText struct {
	text  []byte
	runs  []textRun
	lined bool // a part of it that is seen is struck through
}

// textRun is the part of a rich text up to end, in a font of its own.
type textRun struct {
	end  int
	font legacyFont // fontOfCell when the run names none
}

// reset makes the text empty.
func (t *richText) reset() { t.text, t.runs, t.lined = t.text[:0], t.runs[:0], false }

// read reads the content of the <si> or <is> just started.
func (t *richText) read(x *xmlReader) {
	t.reset()
	x.children(func() {
		switch {
		case x.is("t"):
			t.readT(x)
			t.endRun(style{font: fontOfCell})
		case x.is("r"):
			t.readRun(x)
		case x.is("rPh"), x.is("phoneticPr"), x.is("extLst"):
		default:
			panic(x.bad("unknown element in a text"))
		}
	})
	t.checkLength(x)
}

// readRun reads the <r> just started: a part of the text in a font of its own.
func (t *richText) readRun(x *xmlReader) {
	run := style{font: fontOfCell}
	x.children(func() {
		switch {
		case x.is("t"):
			t.readT(x)
		case x.is("rPr"):
			x.children(func() { x.fontPart("rFont", &run) })
		case x.is("extLst"):
		default:
			panic(x.bad("unknown element in a text"))
		}
	})
	t.endRun(run)
}

// endRun notes that the text from the last run on looks so.
func (t *richText) endRun(run style) {
	n, from := len(t.runs), 0
	if n > 0 {
		from = t.runs[n-1].end
	}
	t.lined = t.lined || run.struck && len(bytes.TrimSpace(t.text[from:])) > 0
	if n > 0 && t.runs[n-1].font == run.font {
		t.runs[n-1].end = len(t.text)
		return
	}
	t.runs = append(t.runs, textRun{len(t.text), run.font})
}

// readT appends the content of the <t> just started.
func (t *richText) readT(x *xmlReader) {
	from := len(t.text)
	t.text = x.content(t.text)
	t.text = append(t.text[:from], edit.Unescape(t.text[from:])...)
}

func (t *richText) checkLength(x *xmlReader) { x.checkLength(t.text, "độ dài một ô") }

// checkLength refuses a text beyond the limit of one cell.
func (x *xmlReader) checkLength(text []byte, what string) {
	if len(text) > x.limits.Text && utf8.RuneCount(text) > x.limits.Text {
		panic(x.tooMuch(what, count(utf8.RuneCount(text))+" ký tự", count(x.limits.Text)+" ký tự"))
	}
}

// content appends the text of the element just started, to its end, to b. The
// element must have no children.
func (x *xmlReader) content(b []byte) []byte {
	if from, to, ok := x.plainContent(); ok && len(b)+to-from <= x.limits.Token {
		b = append(b, x.buf[from:to]...)
		x.pos = to + len("</>") + len(x.innermost())
		x.pop()
		return b
	}
	for {
		switch x.next() {
		case endElement:
			return b
		case startElement:
			depth := x.depth() - 1
			x.process(func() { panic(x.bad("element within a value")) })
			x.passTo(depth)
			continue
		}
		if b = append(b, x.text...); len(b) > x.limits.Token {
			panic(x.tooMuch("độ dài một ô", "trên "+mebibytes(int64(x.limits.Token)), count(x.limits.Text)+" ký tự"))
		}
	}
}

// plainContent is where the text of the element just started stands, when all of it
// and the end tag are in the buffer and there is nothing to decode: nearly always.
func (x *xmlReader) plainContent() (from, to int, ok bool) {
	if x.closing {
		return 0, 0, false
	}
	i := x.pos
	for i < x.end && !specialInText[x.buf[i]] {
		i++
	}
	name, tag := x.innermost(), x.buf[i:x.end]
	ok = len(tag) >= len(name)+3 && tag[0] == '<' && tag[1] == '/' && tag[len(name)+2] == '>' && string(tag[2:len(name)+2]) == string(name)
	return x.pos, i, ok
}

// specialInText are the bytes that end a text or need a closer look.
var specialInText = [256]bool{'<': true, '&': true, '\r': true, ']': true}

// compose is text in NFC; b itself when it is that already.
func compose(b []byte) []byte {
	if viet.Composed(b) || norm.NFC.IsNormal(b) {
		return b
	}
	return norm.NFC.Append(make([]byte, 0, len(b)), b...)
}

// readStrings reads the table of shared strings.
func (b *Book) readStrings(part string) {
	b.strings.special, b.strings.struck = map[int]bool{}, map[int]bool{}
	var rich richText
	total := 0
	b.readPart(part, "sst", nsMain, func(x *xmlReader) {
		switch {
		case x.is("extLst"):
			return
		case !x.is("si"):
			panic(x.bad("unknown element among strings"))
		}
		rich.read(x)
		x.atMost(b.limits.Strings, b.strings.length+1, "số chuỗi chữ")
		total += len(rich.text)
		x.atMostBytes(b.limits.StringBytes, total, "tổng độ dài chữ")
		if runs := rich.legacyRuns(); runs != nil {
			b.strings.special[b.strings.length], b.legacy.runs[b.strings.length] = true, runs
		}
		if rich.lined {
			b.strings.struck[b.strings.length] = true
		}
		b.strings.add(compose(rich.text))
	})
	b.strings.close()
	b.packer.room -= total + b.strings.length*4 // rows have the memory that the strings leave
}
