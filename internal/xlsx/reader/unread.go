package reader

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strings"
)

// Beside is what stands in a workbook where people read it, and is in no cell.
type Beside struct {
	Pictures int
	Numbers  int // of twelve digits, as people have them, in headers, footers, text boxes and comments other than this program's own
}

// ownComments is the author of the comments in marked copies.
const ownComments = "ketnap"

// mostBeside is how much of a part is looked at for what stands beside cells.
const mostBeside = 1 << 20

// checkUnread goes through the parts of a package that nothing else reads: their checksums
// are checked, and what is in them is counted that whoever edits the workbook would have to
// hold in memory, and what people read there. They need not be well-formed: no value comes from them.
func (a *archive) checkUnread(limits *Limits, beside *Beside) {
	comments, drawings := 0, 0
	var texts firstBytes
	in := bufio.NewReaderSize(nil, 16<<10)
	for _, e := range a.entries {
		if e.checked.Load() {
			continue
		}
		u := e.open()
		var from io.Reader = u
		texts = texts[:0]
		drawn := strings.Contains(e.Name, "rawing")
		if drawn || strings.Contains(e.Name, "omments") {
			from = io.TeeReader(u, &texts)
		}
		for in.Reset(from); passTo(in, '<'); {
			tag, _ := in.Peek(longestTag) // an error, or the end, is met again by the next reading
			switch string(tagName(tag)) {
			case "comment":
				if comments++; comments > limits.Comments {
					panic(tooMany(e.Name, "số ghi chú (comment)", limits.Comments))
				}
			case "shape", "sp", "pic", "cxnSp", "grpSp", "graphicFrame", "twoCellAnchor", "oneCellAnchor", "absoluteAnchor":
				if drawings++; drawings > limits.Drawings {
					panic(tooMany(e.Name, "số hình vẽ và ảnh", limits.Drawings))
				}
				if drawn && string(tagName(tag)) == "pic" {
					beside.Pictures++
				}
			}
		}
		u.release()
		if !bytes.Contains(texts, []byte(ownComments)) {
			for _, text := range betweenTags.FindAll(texts, -1) {
				beside.Numbers += len(personNumber.FindAll(text, -1))
			}
		}
	}
}

var (
	betweenTags  = regexp.MustCompile(`>[^<]+`)
	personNumber = regexp.MustCompile(`\b[0-9]{12}\b`)
)

// firstBytes keeps the first of what is written.
type firstBytes []byte

func (b *firstBytes) Write(p []byte) (int, error) {
	*b = append(*b, p[:min(len(p), mostBeside-len(*b))]...)
	return len(p), nil
}

// passTo moves behind the next byte like that, unless the end comes first.
func passTo(in *bufio.Reader, b byte) bool {
	for {
		switch _, err := in.ReadSlice(b); err {
		case nil:
			return true
		case io.EOF:
			return false
		case bufio.ErrBufferFull:
		default:
			check(err)
		}
	}
}

// longestTag is the bytes that a counted tag's name with its prefix may take, in UTF-16.
const longestTag = 64

// tagName is the name of the tag that b is the beginning of, without prefix.
func tagName(b []byte) []byte {
	if len(b) > 1 && (b[0] == 0 || b[1] == 0) { // UTF-16
		b = bytes.ReplaceAll(b, []byte{0}, nil)
	}
	end := pastName(b, 0)
	return b[bytes.LastIndexByte(b[:end], ':')+1 : end]
}
