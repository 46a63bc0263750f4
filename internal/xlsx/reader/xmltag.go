package reader

import (
	"bytes"
)

// readStart reads a start tag. When its end is not yet there it reads on and starts
// again.
func (x *xmlReader) readStart() (token, error) {
	for {
		done, err := x.tryStart()
		if err != nil {
			return 0, err
		}
		if done {
			return startElement, nil
		}
		if err := x.moreOf("tag"); err != nil {
			return 0, err
		}
	}
}

// tryStart reads the start tag at hand, unless its end is not yet there.
func (x *xmlReader) tryStart() (done bool, err error) {
	b := x.buf[:x.end]
	i := pastName(b, x.pos+1)
	if i == len(b) {
		return false, nil
	}
	name := b[x.pos+1 : i]
	if len(name) == 0 || !nameStart(name[0]) {
		return false, x.bad("malformed tag")
	}
	x.attrs = x.attrs[:0]
	declares := false
	for {
		gap := i
		i = pastSpace(b, i)
		switch {
		case i == len(b) || b[i] == '/' && i+1 == len(b):
			return false, nil
		case b[i] == '>':
			x.closing = false
			return true, x.push(name, i+1, declares)
		case b[i] == '/' && b[i+1] == '>':
			x.closing = true
			return true, x.push(name, i+2, declares)
		case b[i] == '/':
			return false, x.bad("malformed tag")
		case gap == i:
			return false, x.bad("attributes not apart")
		}
		var a attribute
		if a, i, err = x.tryAttribute(b, i); err != nil || i == len(b) {
			return false, err
		}
		if err := x.addAttribute(a); err != nil {
			return false, err
		}
		declares = declares || len(a.name) >= 5 && string(a.name[:5]) == "xmlns"
	}
}

// tryAttribute reads the attribute that begins at i and answers where it ends, which is
// the end of b when not all of it is there: a tag never ends with an attribute.
func (x *xmlReader) tryAttribute(b []byte, i int) (a attribute, end int, err error) {
	from := i
	i = pastName(b, i)
	a.name = b[from:i]
	if i = pastSpace(b, i); i == len(b) {
		return a, i, nil
	}
	if len(a.name) == 0 || !nameStart(a.name[0]) || b[i] != '=' {
		return a, i, x.bad("malformed attribute")
	}
	if i = pastSpace(b, i+1); i == len(b) {
		return a, i, nil
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return a, i, x.bad("attribute value without quotes")
	}
	i++
	from = i
	special := false
	for i < len(b) && b[i] != quote {
		special = special || specialInText[b[i]]
		i++
	}
	if i == len(b) {
		return a, i, nil
	}
	a.value = b[from:i]
	if special {
		if bytes.IndexByte(a.value, '<') >= 0 {
			return a, i, x.bad("< in an attribute value")
		}
		if _, ok := x.decode(a.value); !ok {
			return a, i, x.bad("malformed entity")
		}
	}
	return a, i + 1, nil
}

// addAttribute takes in an attribute of the tag at hand, which may have it once.
func (x *xmlReader) addAttribute(a attribute) error {
	last := len(a.name) - 1
	for _, other := range x.attrs {
		if len(other.name) == len(a.name) && other.name[last] == a.name[last] && string(other.name) == string(a.name) {
			return x.bad("an attribute twice")
		}
	}
	if len(x.attrs) == x.limits.Attributes {
		return tooMany(x.place(), "số thuộc tính của một phần tử", x.limits.Attributes)
	}
	x.attrs = append(x.attrs, a)
	return nil
}

// push opens the element whose tag has been read up to end.
func (x *xmlReader) push(name []byte, end int, declares bool) error {
	if x.depth() == 0 && x.rooted {
		return x.bad("a second root")
	}
	if x.depth() == x.limits.Depth {
		return tooMany(x.place(), "độ sâu lồng nhau", x.limits.Depth)
	}
	x.rooted = true
	x.marks = append(x.marks, len(x.open))
	x.open = append(x.open, name...)
	if declares {
		if x.bind(); len(x.binds) > x.limits.Attributes { // every name with a prefix looks through them
			return tooMany(x.place(), "số không gian tên XML", x.limits.Attributes)
		}
	}
	x.name, x.space = name, x.defNS
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		space, bound := x.lookup(name[:colon])
		if !bound {
			return x.bad("prefix without a namespace")
		}
		x.name, x.space = name[colon+1:], space
	}
	x.pos = end
	return nil
}

func pastName(b []byte, i int) int {
	for i < len(b) && nameByte[b[i]] {
		i++
	}
	return i
}

func pastSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// bind notes the namespace declarations of the element at hand.
func (x *xmlReader) bind() {
	for _, a := range x.attrs {
		prefix, declares := bytes.CutPrefix(a.name, []byte("xmlns"))
		if !declares || len(prefix) > 0 && prefix[0] != ':' {
			continue
		}
		if len(prefix) > 0 {
			prefix = prefix[1:]
		}
		space := namespaces[string(a.value)]
		if len(prefix) == 0 {
			x.defNS = space
		}
		x.binds = append(x.binds, binding{string(prefix), space, x.depth()})
	}
}

func (x *xmlReader) lookup(prefix []byte) (namespace, bool) {
	for i := len(x.binds) - 1; i >= 0; i-- {
		if x.binds[i].prefix == string(prefix) {
			return x.binds[i].space, true
		}
	}
	return nsOther, string(prefix) == "xml"
}

// pop closes the innermost element.
func (x *xmlReader) pop() {
	last := len(x.marks) - 1
	x.open = x.open[:x.marks[last]]
	x.marks = x.marks[:last]
	if n := len(x.binds); n > 0 && x.binds[n-1].depth > last {
		for n > 0 && x.binds[n-1].depth > last {
			n--
		}
		x.binds = x.binds[:n]
		x.defNS, _ = x.lookup(nil)
	}
}

// is reports whether the element just started has that name in SpreadsheetML.
func (x *xmlReader) is(name string) bool {
	return x.space == nsMain && string(x.name) == name
}

// attr is the value of an attribute without prefix, decoded.
func (x *xmlReader) attr(name string) (string, bool) {
	for _, a := range x.attrs {
		if string(a.name) == name {
			decoded, _ := x.decode(a.value)
			return string(decoded), true
		}
	}
	return "", false
}

// relation is the value of r:id, whatever the prefix.
func (x *xmlReader) relation() string {
	for _, a := range x.attrs {
		colon := bytes.IndexByte(a.name, ':')
		if colon < 0 || string(a.name[colon+1:]) != "id" {
			continue
		}
		if space, _ := x.lookup(a.name[:colon]); space == nsRelation {
			decoded, _ := x.decode(a.value)
			return string(decoded)
		}
	}
	return ""
}
