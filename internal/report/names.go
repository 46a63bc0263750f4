package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"ketnap/internal/form"
	"ketnap/internal/xlsx/template"
)

//go:embed meanings.txt
var meaningsText string

// meanings are what a template gets for each name: the lines «name: meaning» of meanings.txt.
var meanings = func() map[string]string {
	byName := map[string]string{}
	for line := range strings.Lines(meaningsText) {
		if name, meaning, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && name[0] != '#' {
			byName[name] = meaning
		}
	}
	return byName
}()

// untyped are the kinds of fields that have no value to tell it by.
var untyped = map[string]string{
	".text": "chữ", ".rank": "số", ".daysLate": "số", ".days": "số", ".submission": "số", ".open": "chữ", ".no": "số", ".row": "số",
	".unit": "chữ", ".unitCode": "chữ", ".unitShort": "chữ", ".file": "chữ", ".inPeriod": "chữ", ".identity": "chữ",
}

// Name is a name that a template may ask for.
type Name struct {
	Template string // tong-hop.xlsx
	Prefix   string // unit
	Field    string // rank
	List     bool   // a field of a list: its row is repeated
	In       string // the list that the list stands in, "" for none
	Kind     string // Vietnamese
	Meaning  string // Vietnamese
}

// Names are the names that each template may ask for, in order. The fields of
// persons are those of the form def.
func Names(def *form.Definition, samples ...template.Sample) []Name {
	var names []Name
	for _, at := range samples {
		for _, name := range at.Book.Names() {
			prefix, field, _ := strings.Cut(name, ".")
			n := Name{Template: at.Name, Prefix: prefix, Field: field}
			value := at.Book.Values[name]
			if l, ok := at.Book.Lists[prefix]; ok {
				n.List, n.In, value = true, l.In, l.Blank[field]
			}
			n.Kind, n.Meaning = kindOf(value), cmp.Or(meanings[name], featureMeaning(prefix, field))
			if sheet := def.Sheet(form.TemplateSheets[prefix]); sheet != nil && at.Name != consolidatedTemplate && n.Meaning == "" {
				for _, column := range sheet.Columns {
					if form.TemplateField(column.ID) == field {
						n.Kind, n.Meaning = cmp.Or(columnKinds[column.Kind], "chữ"), "«"+column.Header+"» của mẫu báo cáo"
					}
				}
			}
			n.Meaning = cmp.Or(n.Meaning, meanings["."+field])
			n.Kind = cmp.Or(n.Kind, untyped["."+field], "số")
			names = append(names, n)
		}
	}
	return names
}

// featureMeaning is the meaning of a column of CO_CAU that belongs to a group.
func featureMeaning(prefix, field string) string {
	if !strings.HasPrefix(prefix, "structure") && prefix != "feature" {
		return ""
	}
	for _, g := range featureFields {
		if i := slices.Index(g.fields, field); i >= 0 && g.group != "" {
			return fmt.Sprintf("%s, đặc điểm thứ %d", uncapital(g.group), i+1)
		}
	}
	return ""
}

// kinds are what values of a type are, and of a column.
var (
	kinds = map[string]string{
		"domain.Count": "số người", "domain.Hundredths": "số, %", "domain.Date": "ngày", "*template.Chart": "biểu đồ", "int": "số",
		"string": "chữ",
	}
	columnKinds = map[form.Kind]string{form.KindInteger: "số", form.KindCount: "số người", form.KindDate: "ngày", form.KindPeriod: "ngày"}
)

func kindOf(value any) string {
	if fixed, ok := value.(template.Fixed); ok {
		value = fixed.Value
	}
	return kinds[fmt.Sprintf("%T", value)]
}

// WriteNames writes the names of templates as Markdown.
func WriteNames(w io.Writer, names []Name) error {
	var b strings.Builder
	var last Name
	for _, n := range names {
		if n.Template != last.Template {
			fmt.Fprintf(&b, "\n### %s\n", n.Template)
		}
		if n.Template != last.Template || n.Prefix != last.Prefix {
			fmt.Fprintf(&b, "\n**`%s`**: %s", n.Prefix, cmp.Or(meanings[n.Template+" "+n.Prefix], meanings[n.Prefix]))
			switch {
			case n.In != "":
				fmt.Fprintf(&b, " (danh sách, trong `%s`)", n.In)
			case n.List:
				b.WriteString(" (danh sách)")
			}
			b.WriteString("\n\n| tên | kiểu | là gì |\n|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n.Field, n.Kind, n.Meaning)
		last = n
	}
	_, err := io.WriteString(w, b.String())
	return err
}
