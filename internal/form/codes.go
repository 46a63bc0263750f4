package form

import (
	"io/fs"
	"maps"
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
	// Prefixes may stand before a value: Dân tộc Tày.
	Prefixes []string `yaml:"prefixes"`

	canonical map[string]string // a value or synonym → value
	folded    map[string]string // the same, folded
	bare      map[string]string // without marks: for who types none; "" where it would mean several
	local     map[string]bool   // of folded: names that are told what they were read as
	offered   map[string][]string
}

// Code is a value with the other spellings that mean it.
type Code struct {
	Value    string   `yaml:"value"`
	Name     string   `yaml:"name"` // what the value stands for, where it is a number: 019, Thái Nguyên
	Synonyms []string `yaml:"synonyms"`
	Local    []string `yaml:"local"` // names of a part of it: Cao Lan is Sán Chay
	Offered  []string `yaml:"offer"` // what is not read, because it may be another value too: this one is offered
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
		list.bare, list.local, list.offered = map[string]string{}, map[string]bool{}, map[string][]string{}
		for j, code := range list.Values {
			at := file.At("lists", i, "values", j)
			if strings.Contains(code.Value, ";") { // stands between values
				return nil, at.Errorf("code list %s: %q has a semicolon", list.Name, code.Value)
			}
			for k, wording := range slices.Concat([]string{code.Value}, code.Synonyms, code.Local) {
				key := codeKey(wording)
				if other, taken := list.folded[key]; key == "" || taken && other != code.Value {
					return nil, at.Errorf("code list %s: %q is empty or means %q already", list.Name, wording, other)
				}
				list.folded[key] = code.Value
				if k > len(code.Synonyms) {
					list.local[key] = true
				} else {
					list.canonical[wording] = code.Value
				}
			}
		}
		for j, code := range list.Values {
			for _, wording := range code.Offered {
				if list.Contains(wording) {
					return nil, file.At("lists", i, "values", j).Errorf("code list %s: %q is offered, and read too", list.Name, wording)
				}
				list.offered[codeKey(wording)] = append(list.offered[codeKey(wording)], code.Value)
			}
		}
		list.nameBare(func(c Code) []string { return []string{c.Value} })
		list.nameBare(func(c Code) []string { return c.Synonyms })
		codes[list.Name] = list
	}
	return codes, nil
}

// nameBare adds wordings without their marks, where nothing else is called so.
func (l *CodeList) nameBare(wordings func(Code) []string) {
	added := map[string]string{}
	for _, code := range l.Values {
		for _, wording := range wordings(code) {
			bare := viet.Bare(wording)
			if other, taken := added[bare]; taken && other != code.Value {
				added[bare] = ""
			} else if _, taken := l.bare[bare]; !taken {
				added[bare] = code.Value
			}
		}
	}
	maps.Copy(l.bare, added)
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
	value, ok, _ := l.understood(s)
	return value, ok
}

// understood is Canonical, and whether what was typed is another name, that the sender is to be
// told of: the name of a part, or one without any mark.
func (l *CodeList) understood(s string) (value string, ok, told bool) {
	if value, ok = l.canonical[s]; ok {
		return value, true, false
	}
	keys := []string{codeKey(s)}
	for _, prefix := range l.Prefixes {
		if rest, cut := strings.CutPrefix(keys[0], viet.Fold(prefix)); cut && rest != "" {
			keys = append(keys, rest)
		}
	}
	for _, key := range keys {
		if value, ok := l.folded[key]; ok {
			return value, true, l.local[key]
		}
	}
	for _, key := range keys {
		if value := l.bare[key]; value != "" && viet.Bare(key) == key {
			return value, true, true
		}
	}
	// Sán Dìu (Trại): what is in brackets says the same, or no more than the list knows.
	if before, after, both := strings.Cut(s, "("); both && strings.TrimSpace(before) != "" {
		inside, _, _ := strings.Cut(after, ")")
		value, ok, _ = l.understood(before)
		other, known, _ := l.understood(inside)
		if ok && (!known || other == value) {
			return value, true, true
		}
	}
	return "", false, false
}

// Contains reports whether s is a value or synonym of the list.
func (l *CodeList) Contains(s string) bool {
	_, ok := l.Canonical(s)
	return ok
}

// Open reports whether s lies where the list is not whole, so that nothing can be
// said of it.
func (l *CodeList) Open(s string) bool { return l.OpenAbove != "" && s > l.OpenAbove }

// Offered are the values that a wording may mean, and that its writer must choose from; nil for others.
func (l *CodeList) Offered(s string) []string { return l.offered[codeKey(s)] }

// Nearest is the value that s begins with, as «Mnông Noong» with «Mnông», else the one nearest to it in
// spelling; "" when none is near, and for «Không».
func (l *CodeList) Nearest(s string) string {
	if isNone(s) {
		return ""
	}
	for words := strings.Fields(s); len(words) > 1; {
		words = words[:len(words)-1]
		if value, ok := l.Canonical(strings.Join(words, " ")); ok {
			return value
		}
	}
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
