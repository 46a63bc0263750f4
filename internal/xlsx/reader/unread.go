package reader

import (
	"bufio"
	"bytes"
	"io"
)

// checkUnread goes through the parts of a package that nothing else reads: their checksums
// are checked, and what is in them is counted that whoever edits the workbook would have to
// hold in memory. They need not be well-formed: no value comes from them.
func (a *archive) checkUnread(limits *Limits) {
	comments, drawings := 0, 0
	in := bufio.NewReaderSize(nil, 16<<10)
	for _, e := range a.entries {
		if e.checked {
			continue
		}
		u := e.open()
		for in.Reset(u); passTo(in, '<'); {
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
			}
		}
		u.release()
	}
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
