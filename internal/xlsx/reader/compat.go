package reader

import (
	"bytes"
	"strings"
)

// Markup compatibility (ISO/IEC 29500-3) is how a program writes into a part what others do
// not know. Of the namespaces that are not ours none is understood here: of alternatives the
// fallback is read, and an element that may be ignored is not there, or only its content is.

// ignorable is what the elements below an element may do without.
type ignorable struct {
	space   string // the namespace
	content string // the element of it whose content counts, "*" for all; "" when none of them counts
	depth   int    // of the element that says so
}

// process has f read the element just started, or what stands for it.
func (x *xmlReader) process(f func()) {
	x.readRules()
	switch {
	case x.space == nsCompat && string(x.name()) == "AlternateContent":
		x.choose(f)
	case x.space != nsOther:
		f()
	default:
		switch ignored, content := x.ignores(); {
		case content:
			x.children(f)
		case !ignored:
			x.passForeign(f)
		}
	}
}

// readRules takes in what the element just started says of compatibility.
func (x *xmlReader) readRules() {
	if !x.compatible {
		return
	}
	depth := x.depth()
	for _, a := range x.attrs {
		qualified, value := x.raw(a)
		if len(qualified) <= len("Ignorable") { // the shortest of them, with a prefix
			continue
		}
		prefix, name, _ := bytes.Cut(qualified, []byte(":"))
		kind := string(name)
		if kind != "Ignorable" && kind != "ProcessContent" && kind != "MustUnderstand" {
			continue
		}
		if bound, _ := x.lookup(prefix); bound.space != nsCompat {
			continue
		}
		for word := range strings.FieldsSeq(string(x.decode(value))) {
			prefix, content := word, ""
			if kind == "ProcessContent" {
				prefix, content, _ = strings.Cut(word, ":")
			}
			bound, ok := x.lookup([]byte(prefix))
			switch {
			case kind == "MustUnderstand" && bound.space == nsOther:
				panic(x.bad("must be understood: " + prefix))
			case !ok:
				x.book.fault("có khai báo phần mở rộng không rõ của phần mềm nào")
			case kind != "MustUnderstand":
				x.rules = append(x.rules, ignorable{bound.uri, content, depth})
				x.atMost(x.limits.Attributes, len(x.rules), "số không gian tên XML")
			}
		}
	}
}

// ignores reports whether the element just started may be ignored, and whether its content
// then counts.
func (x *xmlReader) ignores() (ignored, content bool) {
	if len(x.rules) == 0 {
		return false, false
	}
	bound, _ := x.lookup(x.prefix())
	for _, rule := range x.rules {
		if rule.space == bound.uri {
			ignored = ignored || rule.content == ""
			content = content || rule.content == "*" || rule.content == string(x.name())
		}
	}
	return ignored, ignored && content
}

// choose has f read what is in one branch of the AlternateContent just started.
func (x *xmlReader) choose(f func()) {
	chosen, lost := false, false
	x.within(func() {
		x.readRules()
		if x.space != nsCompat || chosen {
			return
		}
		switch string(x.name()) {
		case "Choice":
			requires := x.attr("Requires")
			if chosen = x.understands(requires); !chosen {
				lost = x.holdsValues() && x.shownByExcel(requires) || lost
			}
		case "Fallback":
			chosen = true
		}
		if chosen {
			x.children(f)
		}
	}, true)
	if lost && !chosen {
		panic(x.bad("values that only other programs show"))
	}
}

// understands reports whether all of these prefixes are of namespaces that are known here.
func (x *xmlReader) understands(prefixes string) bool {
	for prefix := range strings.FieldsSeq(prefixes) {
		if bound, _ := x.lookup([]byte(prefix)); bound.space == nsOther {
			return false
		}
	}
	return true
}

// shownByExcel reports whether Excel may understand these prefixes. It then shows what is not
// read here.
func (x *xmlReader) shownByExcel(prefixes string) bool {
	for prefix := range strings.FieldsSeq(prefixes) {
		if bound, _ := x.lookup([]byte(prefix)); bound.uri != "" && !strings.HasPrefix(bound.uri, "http://schemas.microsoft.com/") {
			return false
		}
	}
	return true
}

// holdsValues passes over the element just started, and reports whether values may be in it.
// It stands in a branch, so what is not in the first level of a part is in its rows or texts.
func (x *xmlReader) holdsValues() (holds bool) {
	const outermost = 3 // root, AlternateContent, Choice
	depth := x.depth()
	for x.depth() >= depth {
		token := x.next()
		holds = holds || x.values && depth > outermost && token == startElement && x.space == x.main
	}
	return holds
}

// passForeign passes over an element of another vocabulary. Where values are it must not hold
// any that would be read.
func (x *xmlReader) passForeign(f func()) {
	depth := x.depth()
	if !x.values || x.sheet != nil && depth <= 2 { // beside the rows there may be anything
		f()
		return
	}
	for x.depth() >= depth {
		if x.next() == startElement && x.space == x.main {
			panic(x.bad("an unknown element that holds known ones"))
		}
	}
	x.book.fault("có phần tử lạ giữa các ô, không đọc")
}
