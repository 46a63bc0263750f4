package edit

import (
	"encoding/xml"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// Markup compatibility (ISO/IEC 29500-3) lets a program put alternatives into a part, and
// elements that others ignore. Items are what counts for a reader that knows no namespaces but
// those of the standard.

const compatSpace = "http://schemas.openxmlformats.org/markup-compatibility/2006"

// scope is what an element has declared, and what those around it have.
type scope struct {
	around  *scope
	spaces  map[string]string // namespaces by prefix
	content []string          // elements that are ignored, but not their content: namespace and name
}

// within is the scope of an element with these attributes.
func (s *scope) within(attrs []xml.Attr) *scope {
	declares := func(a xml.Attr) bool {
		return a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || a.Name.Local == "ProcessContent"
	}
	if !slices.ContainsFunc(attrs, declares) {
		return s
	}
	inner := &scope{around: s, spaces: map[string]string{}}
	for _, a := range attrs {
		switch {
		case a.Name.Space == "xmlns":
			inner.spaces[a.Name.Local] = a.Value
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			inner.spaces[""] = a.Value
		}
	}
	for _, a := range attrs {
		if a.Name.Local == "ProcessContent" && inner.space(a.Name.Space) == compatSpace {
			for _, name := range strings.Fields(a.Value) {
				prefix, local, _ := strings.Cut(name, ":")
				inner.content = append(inner.content, inner.space(prefix)+" "+local)
			}
		}
	}
	return inner
}

// space is the namespace of a prefix.
func (s *scope) space(prefix string) string {
	for ; s != nil; s = s.around {
		if space, ok := s.spaces[prefix]; ok {
			return space
		}
	}
	return ""
}

// passes reports whether the content of an element counts, though it does not.
func (s *scope) passes(space, local string) bool {
	for ; s != nil; s = s.around {
		if slices.Contains(s.content, space+" "+local) || slices.Contains(s.content, space+" *") {
			return true
		}
	}
	return false
}

func (n *Node) space() string { return n.scope.space(n.Prefix) }

// Items are the elements of n's own namespace within n, with those of the alternatives that
// count.
func (n *Node) Items() []Node {
	kids := n.Children()
	if n == nil || !slices.ContainsFunc(kids, func(k Node) bool { return k.Prefix != n.Prefix || k.scope != n.scope }) {
		return kids
	}
	return itemsOf(kids, n.space())
}

func itemsOf(kids []Node, space string) (items []Node) {
	for _, k := range kids {
		switch own := k.space(); {
		case own == space:
			items = append(items, k)
		case own == compatSpace && k.Local == "AlternateContent":
			branches := k.Children()
			if i := slices.IndexFunc(branches, Node.counts); i >= 0 {
				items = append(items, itemsOf(branches[i].Children(), space)...)
			}
		case k.scope.passes(own, k.Local):
			items = append(items, itemsOf(k.Children(), space)...)
		}
	}
	return items
}

// counts reports whether a branch of alternatives is the one, when none before it is.
func (n Node) counts() bool {
	return n.Local == "Fallback" || n.Local == "Choice" && !slices.ContainsFunc(strings.Fields(n.Attr("Requires")), func(prefix string) bool {
		space := n.scope.space(prefix)
		return space != compatSpace && space != MainSpace && space != RelationSpace && !strings.HasPrefix(space, "http://purl.oclc.org/ooxml/")
	})
}

// declaration is the beginning of a part as far as its encoding.
var declaration = regexp.MustCompile(`^(<\?xml[^>]*?\sencoding\s*=\s*)(?:"[^"]*"|'[^']*')`)

// inUTF8 is an XML part in UTF-8, as it says itself.
func inUTF8(data []byte) []byte {
	order, wide := unicode.LittleEndian, true
	switch head := string(data[:min(len(data), 4)]); {
	case strings.HasPrefix(head, "<\x00"), head == "\xff\xfe<\x00":
	case strings.HasPrefix(head, "\x00<"), head == "\xfe\xff\x00<":
		order = unicode.BigEndian
	default:
		wide = false
	}
	if wide {
		data, _ = unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data) // what is no UTF-16 becomes U+FFFD
	}
	m := declaration.FindSubmatchIndex(data)
	if m == nil {
		return data
	}
	return slices.Concat(data[:m[3]], []byte(`"UTF-8"`), data[m[1]:])
}
