package reader

import (
	"bytes"
	"strings"
)

// readStart reads a start tag. When its end is not yet there it reads on and starts again.
func (x *xmlReader) readStart() {
	for !x.tryStart() {
		if !x.more() {
			panic(x.bad("the part ends within a tag"))
		}
	}
}

// tryStart reads the start tag at hand, unless its end is not yet there.
func (x *xmlReader) tryStart() (whole bool) {
	b := x.buf[:x.end]
	i := pastName(b, x.pos+1)
	name := b[x.pos+1 : i]
	x.attrs = x.attrs[:0]
	declares := false
	for {
		gap := i
		if i = pastSpace(b, i); at(b, i) == '>' || at(b, i) == '/' {
			break
		}
		from := i
		i = pastName(b, i)
		a := attribute{name: from, nameEnd: i}
		if i = pastSpace(b, i); at(b, i) != '=' || gap == from || !nameStart(b[from]) {
			return x.cut(i, "malformed attribute")
		}
		i = pastSpace(b, i+1)
		quote := at(b, i)
		if quote != '"' && quote != '\'' {
			return x.cut(i, "attribute value without quotes")
		}
		from = i + 1
		special := false
		for i = from; i < len(b); i++ {
			if !specialInValue[b[i]] {
				continue
			}
			if b[i] == quote {
				break
			}
			special = true
		}
		if i == len(b) {
			return false
		}
		if a.value, a.valueEnd = from, i; special {
			x.checkValue(b[from:i])
		}
		i++
		x.addAttribute(a)
		declares = declares || a.nameEnd-a.name >= 5 && string(b[a.name:a.name+5]) == "xmlns"
	}
	if x.closing = b[i] == '/'; x.closing {
		i++
	}
	if at(b, i) != '>' || len(name) == 0 || !nameStart(name[0]) {
		return x.cut(i, "malformed tag")
	}
	x.push(name, declares)
	x.pos = i + 1
	return true
}

// specialInValue are the bytes that end the value of an attribute or need a closer look.
var specialInValue = [256]bool{'"': true, '\'': true, '<': true, '&': true, '\r': true}

// at is the byte at i, 0 at the end of what has been read.
func at(b []byte, i int) byte {
	if i == len(b) {
		return 0
	}
	return b[i]
}

// cut answers false when the buffer ends before the tag does; what is there at i does not fit.
func (x *xmlReader) cut(i int, why string) bool {
	if i < x.end {
		panic(x.bad(why))
	}
	return false
}

func (x *xmlReader) checkValue(value []byte) {
	if bytes.IndexByte(value, '<') >= 0 {
		panic(x.bad("< in an attribute value"))
	}
	x.decode(value)
}

// addAttribute takes in an attribute of the tag at hand, which may have it once.
func (x *xmlReader) addAttribute(a attribute) {
	name, _ := x.raw(a)
	for _, other := range x.attrs {
		if other, _ := x.raw(other); string(other) == string(name) {
			panic(x.bad("an attribute twice"))
		}
	}
	x.attrs = append(x.attrs, a)
	x.atMost(x.limits.Attributes, len(x.attrs), "số thuộc tính của một phần tử")
}

// raw is an attribute as it stands, entities and all.
func (x *xmlReader) raw(a attribute) (name, value []byte) {
	return x.buf[a.name:a.nameEnd], x.buf[a.value:a.valueEnd]
}

// push opens an element, whose attributes may declare namespaces.
func (x *xmlReader) push(name []byte, declares bool) {
	if x.depth() == 0 && x.rooted {
		panic(x.bad("a second root"))
	}
	x.rooted = true
	x.marks = append(x.marks, len(x.open))
	x.atMost(x.limits.Depth, x.depth(), "độ sâu lồng nhau")
	x.open = append(x.open, name...)
	if declares {
		x.bind()
		x.atMost(x.limits.Attributes, len(x.binds), "số không gian tên XML") // every name with a prefix looks through them
	}
	x.local, x.space = len(x.open)-len(name), x.defNS
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		bound, ok := x.lookup(name[:colon])
		if !ok {
			panic(x.bad("prefix without a namespace"))
		}
		x.local, x.space = x.local+colon+1, bound.space
	}
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
		name, value := x.raw(a)
		prefix, declares := bytes.CutPrefix(name, []byte("xmlns:"))
		if !declares && string(name) != "xmlns" {
			continue
		}
		if !declares {
			prefix = nil
		}
		space := string(x.decode(value))
		b := binding{prefix: string(prefix), space: namespaces[space], depth: x.depth()}
		if b.space == nsOther {
			b.uri = space
		}
		x.binds = append(x.binds, b)
		x.compatible = x.compatible || b.space == nsCompat
	}
	x.setDefault()
}

// setDefault finds the namespace of names without prefix.
func (x *xmlReader) setDefault() {
	bound, _ := x.lookup(nil)
	x.defNS = bound.space
}

// lookup is what a prefix is bound to.
func (x *xmlReader) lookup(prefix []byte) (bound binding, ok bool) {
	for i := len(x.binds) - 1; i >= 0; i-- {
		if x.binds[i].prefix == string(prefix) {
			return x.binds[i], true
		}
	}
	return binding{}, string(prefix) == "xml"
}

// prefix is that of the element that is open.
func (x *xmlReader) prefix() []byte {
	prefix, _, qualified := bytes.Cut(x.innermost(), []byte(":"))
	if !qualified {
		return nil
	}
	return prefix
}

// innermost is the name of the element that is open, with its prefix.
func (x *xmlReader) innermost() []byte { return x.open[x.marks[len(x.marks)-1]:] }

// pop closes the innermost element.
func (x *xmlReader) pop() {
	last := len(x.marks) - 1
	x.open = x.open[:x.marks[last]]
	x.marks = x.marks[:last]
	n := len(x.binds)
	for n > 0 && x.binds[n-1].depth > last {
		n--
	}
	if n < len(x.binds) {
		x.binds = x.binds[:n]
		x.setDefault()
	}
	for len(x.rules) > 0 && x.rules[len(x.rules)-1].depth > last {
		x.rules = x.rules[:len(x.rules)-1]
	}
}

// name is that of the element just started, without prefix.
func (x *xmlReader) name() []byte { return x.open[x.local:] }

// is reports whether the element just started has that name in the namespace of the root.
func (x *xmlReader) is(name string) bool {
	return x.space == x.main && string(x.name()) == name
}

// attr is the value of an attribute without prefix, decoded; "" when there is none.
func (x *xmlReader) attr(name string) string {
	for _, a := range x.attrs {
		if found, value := x.raw(a); string(found) == name {
			return string(x.decode(value))
		}
	}
	return ""
}

// flag reports whether an attribute without prefix says yes.
func (x *xmlReader) flag(name string) bool {
	v := strings.TrimSpace(x.attr(name))
	return v == "1" || v == "true"
}

// relation is the value of r:id, whatever the prefix.
func (x *xmlReader) relation() string {
	for _, a := range x.attrs {
		qualified, value := x.raw(a)
		prefix, name, _ := bytes.Cut(qualified, []byte(":"))
		if bound, _ := x.lookup(prefix); bound.space == nsRelation && string(name) == "id" {
			return string(x.decode(value))
		}
	}
	return ""
}
