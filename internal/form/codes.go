package form

import (
	"io/fs"
	"slices"
	"strings"

	"ketnap/config"
	"ketnap/internal/viet"
)

// CodeList is a list of the values a column may hold.
type CodeList struct {
	Name   string `yaml:"name"`
	Source string `yaml:"source"` // the document it comes from
	Values []Code `yaml:"values"` // in the order of the official form
	// OpenAbove: values beyond this one exist that the list does not name; nothing
	// can be said of them. "" for a list that is whole.
	OpenAbove string `yaml:"open_above"`

	canonical map[string]string // a value or synonym → value
	folded    map[string]string // the same, folded
}

// Code is a value with the other spellings that mean it.
type Code struct {
	Value    string   `yaml:"value"`
	Name     string   `yaml:"name"` // what the value stands for, where it is a number: 019, Thái Nguyên
	Synonyms []string `yaml:"synonyms"`
}

// LoadCodes reads codes.yaml. A mistake names file and line.
func LoadCodes(fsys fs.FS) (map[string]*CodeList, error) {
	var written struct {
		Lists []*CodeList `yaml:"lists"`
	}
	file, err := config.Read(fsys, "codes.yaml", &written)
	if err != nil {
		return nil, err
	}
	codes := map[string]*CodeList{}
	for i, list := range written.Lists {
		switch {
		case list == nil || list.Name == "" || codes[list.Name] != nil:
			return nil, file.At("lists", i, "name").Errorf("a code list has no name or that of another")
		case list.Source == "":
			return nil, file.At("lists", i).Errorf("code list %s does not say where it comes from", list.Name)
		case len(list.Values) == 0:
			return nil, file.At("lists", i).Errorf("code list %s is empty", list.Name)
		}
		list.canonical, list.folded = map[string]string{}, map[string]string{}
		for j, code := range list.Values {
			at := file.At("lists", i, "values", j)
			if strings.Contains(code.Value, ";") { // stands between values
				return nil, at.Errorf("code list %s: %q has a semicolon", list.Name, code.Value)
			}
			for _, wording := range append([]string{code.Value}, code.Synonyms...) {
				key := codeKey(wording)
				if other, taken := list.folded[key]; key == "" || taken && other != code.Value {
					return nil, at.Errorf("code list %s: %q is empty or means %q already", list.Name, wording, other)
				}
				list.canonical[wording], list.folded[key] = code.Value, code.Value
			}
		}
		codes[list.Name] = list
	}
	return codes, nil
}

// codeKey folds a code. A code without a letter or digit, "-", is itself.
func codeKey(s string) string {
	if key := viet.Fold(s); key != "" {
		return key
	}
	return viet.Clean(s)
}

// Canonical is the list's spelling of a value or synonym, and whether it is one.
func (l *CodeList) Canonical(s string) (string, bool) {
	if value, ok := l.canonical[s]; ok {
		return value, true
	}
	value, ok := l.folded[codeKey(s)]
	return value, ok
}

// Contains reports whether s is a value or synonym of the list.
func (l *CodeList) Contains(s string) bool {
	_, ok := l.Canonical(s)
	return ok
}

// Open reports whether s lies where the list is not whole, so that nothing can be
// said of it.
func (l *CodeList) Open(s string) bool { return l.OpenAbove != "" && s > l.OpenAbove }

// Nearest is the value nearest to s in spelling, "" when none is near.
func (l *CodeList) Nearest(s string) string {
	var spellings []string
	for _, code := range l.Values {
		spellings = append(append(spellings, code.Value), code.Synonyms...)
	}
	near := viet.Nearest(s, spellings)
	if near == "" {
		return ""
	}
	value, _ := l.Canonical(near)
	return value
}

// Index is the place of a value in the list's order, -1 when it is none.
func (l *CodeList) Index(value string) int {
	return slices.IndexFunc(l.Values, func(c Code) bool { return c.Value == value })
}
