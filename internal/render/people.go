package render

import (
	"bytes"
	"cmp"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"ketnap/internal/consolidate"
	"ketnap/internal/returns"
)

// peopleTemplate is the file name of the template of People.
const peopleTemplate = "danh-sach.xlsx"

// PeopleInput is what the lists of persons are made of.
type PeopleInput struct {
	Summary *consolidate.Summary       // of the period; it has the units in their order
	Counted map[string]*returns.Return // by unit: the accepted return that counts
	Office  Office
	Unmask  bool // whole identity numbers
}

// People is the workbook of persons of a period: who was admitted, and who is in the
// source pool, the template danh-sach.xlsx of fsys, filled. Units come in the order
// of the register, the persons of a unit by the Vietnamese alphabet, given name
// first. The same arguments give the same bytes. A template that cannot be filled is
// TemplateFaults.
func People(fsys fs.FS, in PeopleInput) ([]byte, error) {
	template, err := readTemplateFile(fsys, peopleTemplate)
	if err != nil {
		return nil, err
	}
	return fill(peopleTemplate, template, peopleBook(in))
}

// person is where a person stands: a row of a unit's list.
type person struct{ sender, row int }

// sender is a unit whose return counts.
type sender struct {
	code, name, shortName string
	ret                   *returns.Return
	file                  string
}

// peopleBook is everything the template may ask for.
func peopleBook(in PeopleInput) *book {
	s := in.Summary
	b := &book{lists: map[string]list{}, values: map[string]any{
		"period.label": s.Period.Label(),
		"people.identity": map[bool]string{
			false: "Số định danh chỉ ghi ba chữ số cuối.",
			true:  "Có số định danh đầy đủ: bảo quản theo quy định về bảo vệ dữ liệu cá nhân.",
		}[in.Unmask],
	}}
	addAll(b.values, "office", officeValues(s.Period, in.Office))
	senders := in.senders()
	byName := newNameOrder()

	admitted := order(senders, byName, func(r *returns.Return) []returns.Admission { return r.Admissions }, (*returns.Admission).IsPerson,
		func(a *returns.Admission) (name, born *returns.Value) { return &a.Name, &a.Born })
	inPeriod := func(a *returns.Admission) bool {
		d := a.CountingDate(s.Counting)
		return d.Known() && s.Period.Contains(d.Date)
	}
	admissionFields, candidateFields := fieldsOf[returns.Admission](), fieldsOf[returns.Candidate]()
	b.lists["admission"] = in.list(senders, admitted, admissionFields, func(p person, field string) any {
		a := &senders[p.sender].ret.Admissions[p.row]
		switch field {
		case "row":
			return a.Row
		case "inPeriod":
			return map[bool]string{true: "x"}[inPeriod(a)]
		}
		return reflect.ValueOf(a).Elem().FieldByIndex(admissionFields[field]).Addr().Interface()
	}, "inPeriod")
	n := 0
	for _, p := range admitted {
		if inPeriod(&senders[p.sender].ret.Admissions[p.row]) {
			n++
		}
	}
	b.values["people.admitted"], b.values["people.inPeriod"] = len(admitted), n

	pool := order(senders, byName, func(r *returns.Return) []returns.Candidate { return r.Pool }, (*returns.Candidate).IsPerson,
		func(c *returns.Candidate) (name, born *returns.Value) { return &c.Name, &c.Born })
	b.lists["candidate"] = in.list(senders, pool, candidateFields, func(p person, field string) any {
		c := &senders[p.sender].ret.Pool[p.row]
		if field == "row" {
			return c.Row
		}
		return reflect.ValueOf(c).Elem().FieldByIndex(candidateFields[field]).Addr().Interface()
	})
	b.values["people.pool"] = len(pool)

	nobody := func(n int, text string) list {
		if n > 0 {
			return texts(nil)
		}
		return texts([]string{text})
	}
	b.lists["noAdmission"] = nobody(len(admitted), "Chưa kết nạp đảng viên nào")
	b.lists["noCandidate"] = nobody(len(pool), "Chưa có ai trong nguồn")
	return b
}

// senders are the units with a return that counts, in the order of the summary;
// after them those that the summary does not name.
func (in PeopleInput) senders() []sender {
	var senders []sender
	add := func(code, name, short string) {
		if r := in.Counted[code]; r != nil {
			senders = append(senders, sender{code, name, short, r, strings.TrimPrefix(r.File.Path, "inbox/")})
		}
	}
	named := map[string]bool{}
	names := newNames(in.Summary)
	for _, u := range in.Summary.Units() {
		named[u.Unit.Code] = true
		add(u.Unit.Code, u.Unit.Name, names.of(u.Unit.Code))
	}
	for _, code := range slices.Sorted(maps.Keys(in.Counted)) {
		if !named[code] {
			name := in.Counted[code].Cover.UnitName.Text
			add(code, name, name)
		}
	}
	return senders
}

// fieldsOf are the fields of a row of the form, by the name a template asks for
// them with.
func fieldsOf[T any]() map[string][]int {
	fields := map[string][]int{}
	for f := range reflect.TypeFor[T]().Fields() {
		if id := f.Tag.Get("id"); id != "" {
			fields[camel(id)] = f.Index
		}
	}
	return fields
}

// list is the list of persons, each made when its row is written.
func (in PeopleInput) list(senders []sender, people []person, fields map[string][]int, of func(person, string) any, more ...string) list {
	names := append(slices.Collect(maps.Keys(fields)), "row", "unit", "unitCode", "unitShort", "file")
	names = append(names, more...)
	slices.Sort(names)
	return list{fields: names, length: len(people), value: func(n int, field string) any {
		p := people[n]
		from := &senders[p.sender]
		switch field {
		case "no":
			return n + 1
		case "unit":
			return from.name
		case "unitCode":
			return from.code
		case "unitShort":
			return from.shortName
		case "file":
			return from.file
		}
		value := of(p, field)
		if v, ok := value.(*returns.Value); ok {
			if field == "nationalId" && !in.Unmask {
				return returns.MaskID(cmp.Or(v.Text, v.Raw))
			}
			return plain(v)
		}
		return value
	}}
}

// plain is a value as it was meant, whatever its kind; what was not read is left as
// it was typed.
func plain(v *returns.Value) any {
	switch {
	case !v.Known():
		return v.Raw
	case !v.Date.IsZero():
		return v.Date
	case v.Mark:
		return "x"
	case len(v.List) > 0:
		return strings.Join(v.List, "; ")
	}
	return cmp.Or(v.Text, v.Raw)
}

// order puts persons in the order of the lists: by unit, given name, family name,
// the names between, day of birth, and row.
func order[T any](senders []sender, byName *nameOrder, rows func(*returns.Return) []T, isPerson func(*T) bool, of func(*T) (name, born *returns.Value)) []person {
	type entry struct {
		row  int
		key  []byte
		born returns.Date
	}
	var people []person
	var entries []entry
	for i, from := range senders {
		list := rows(from.ret)
		entries = entries[:0]
		for r := range list {
			if isPerson(&list[r]) {
				name, born := of(&list[r])
				entries = append(entries, entry{r, byName.key(cmp.Or(name.Text, name.Raw)), born.Date})
			}
		}
		slices.SortStableFunc(entries, func(a, b entry) int {
			return cmp.Or(bytes.Compare(a.key, b.key), a.born.Compare(b.born))
		})
		for _, e := range entries {
			people = append(people, person{i, e.row})
		}
	}
	return people
}

// nameOrder compares names of persons by the Vietnamese alphabet. Syllable by
// syllable: a collator compares all letters of a text before any tone. It must not
// be used by two goroutines at once.
type nameOrder struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

func newNameOrder() *nameOrder {
	return &nameOrder{collator: collate.New(language.Vietnamese, collate.IgnoreCase)}
}

// key is a name as bytes to be compared: its last syllable, the first, and those
// between.
func (o *nameOrder) key(name string) []byte {
	syllables := strings.Fields(name)
	if n := len(syllables); n > 2 {
		syllables = append([]string{syllables[n-1]}, syllables[:n-1]...)
	} else if n == 2 {
		syllables = []string{syllables[1], syllables[0]}
	}
	var key []byte
	for _, syllable := range syllables {
		o.buffer.Reset()
		key = append(key, o.collator.KeyFromString(&o.buffer, syllable)...)
		key = append(key, 0, 0)
	}
	return key
}
