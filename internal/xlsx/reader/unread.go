package reader

import (
	"bufio"
	"bytes"
	"io"
)

// unread goes through the parts of a package that nothing else reads: their checksums
// are checked, and what is in them is counted that whoever edits the workbook would have to
// hold in memory. They need not be well-formed: no value comes from them.
type unread struct {
	limits   *Limits
	comments int
	drawings int // shapes, pictures and what anchors them
}

// checkUnread reads every entry that was not otherwise used to its end.
func (a *archive) checkUnread(limits *Limits) error {
	counted := unread{limits: limits}
	in := bufio.NewReaderSize(nil, 16<<10)
	for _, e := range a.entries {
		if e.checked {
			continue
		}
		u := e.open()
		in.Reset(u)
		err := counted.count(in, e.name)
		u.release()
		if err != nil {
			return err
		}
	}
	return nil
}

// count looks at the names of all tags of a part.
func (u *unread) count(in *bufio.Reader, part string) error {
	for {
		_, err := in.ReadSlice('<')
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		tag, _ := in.Peek(longestTag) // an error, or the end, is met again by the next reading
		switch string(tagName(tag)) {
		case "comment":
			if u.comments++; u.comments > u.limits.Comments {
				return tooMany(part, "số ghi chú (comment)", u.limits.Comments)
			}
		case "shape", "sp", "pic", "cxnSp", "grpSp", "graphicFrame", "twoCellAnchor", "oneCellAnchor", "absoluteAnchor":
			if u.drawings++; u.drawings > u.limits.Drawings {
				return tooMany(part, "số hình vẽ và ảnh", u.limits.Drawings)
			}
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
	end := 0
	for end < len(b) && nameByte[b[end]] {
		end++
	}
	return b[bytes.LastIndexByte(b[:end], ':')+1 : end]
}
