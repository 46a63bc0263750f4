package render

import (
	"bytes"
	"cmp"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"ketnap/internal/consolidate"
	"ketnap/internal/returns"
	"ketnap/internal/viet"
)

// peopleTemplate is the file name of the template of People.
const peopleTemplate = "danh-sach.xlsx"

// PeopleInput is what the lists of persons are made of.
type PeopleInput struct {
	Summary *consolidate.Summary     // of the period; it has the units in their order
	Counted map[string]*returns.Kept // by unit: the accepted return that counts
	Office  Office
	Unmask  bool // whole identity numbers
}

// People is the workbook of persons of a period: who was admitted, and who is in the
// source pool, the template danh-sach.xlsx of fsys, filled. Units come in the order
// of the register, the persons of a unit by the Vietnamese alphabet, given name
// first. The same arguments give the same bytes. A template that cannot be filled is
// TemplateFaults; any other error is of opening a return.
//
// Of the returns only a few are open at a time: each to put its persons in order, then
// when the rows of each sheet are written.
func People(fsys fs.FS, in PeopleInput) ([]byte, error) {
	template, err := readTemplateFile(fsys, peopleTemplate)
	if err != nil {
		return nil, err
	}
	senders := in.senders()
	book := peopleBook(in, senders)
	if err := senders.failed(); err != nil {
		return nil, err
	}
	data, err := fill(peopleTemplate, template, book)
	if err := senders.failed(); err != nil {
		return nil, err
	}
	return data, err
}

// person is where a person stands: a row of a unit's list.
type person struct{ sender, row int32 }

// senders are the units whose returns count.
type senders struct {
	list []sender
	mu   sync.Mutex
	err  error // one that was met in opening a return
}

// sender is a unit whose return counts.
type sender struct {
	code, name, shortName string
	kept                  *returns.Kept
	file                  string
}

// open opens the return of a sender into r; r has nothing when it cannot be opened.
func (s *senders) open(i int, r *returns.Return, only ...string) {
	if err := s.list[i].kept.OpenInto(r, only...); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		*r, s.err = returns.Return{}, err
	}
}

func (s *senders) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func inPeriod(a *returns.Admission, s *consolidate.Summary) bool {
	d := a.CountingDate(s.Counting)
	return d.Known() && s.Period.Contains(d.Date)
}

// peopleBook is everything the template may ask for.
func peopleBook(in PeopleInput, senders *senders) *book {
	s := in.Summary
	b := &book{lists: map[string]list{}, values: map[string]any{
		"period.label": s.Period.Label(),
		"people.identity": map[bool]string{
			false: "Số định danh chỉ ghi ba chữ số cuối.",
			true:  "Có số định danh đầy đủ: bảo quản theo quy định về bảo vệ dữ liệu cá nhân.",
		}[in.Unmask],
	}}
	addAll(b.values, "office", officeValues(s.Period, in.Office))
	admitted, pool, now := senders.order(s)
	b.lists["admission"] = listOfPeople(in, senders, returns.SheetAdmissions, admitted,
		func(r *returns.Return) []returns.Admission { return r.Admissions },
		map[string]func(*returns.Admission) any{
			"row":      func(a *returns.Admission) any { return a.Row },
			"inPeriod": func(a *returns.Admission) any { return map[bool]string{true: "x"}[inPeriod(a, s)] },
		})
	b.values["people.admitted"], b.values["people.inPeriod"] = len(admitted), now

	b.lists["candidate"] = listOfPeople(in, senders, returns.SheetPool, pool,
		func(r *returns.Return) []returns.Candidate { return r.Pool },
		map[string]func(*returns.Candidate) any{"row": func(c *returns.Candidate) any { return c.Row }})
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
func (in PeopleInput) senders() *senders {
	s := &senders{}
	add := func(code, name, short string) {
		if k := in.Counted[code]; k != nil {
			s.list = append(s.list, sender{code, name, short, k, strings.TrimPrefix(k.File.Path, "inbox/")})
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
			name := in.Counted[code].UnitName
			add(code, name, name)
		}
	}
	return s
}

// fieldsOf are the fields of a row of the form, by the name a template asks for
// them with.
func fieldsOf[T any]() map[string]int {
	fields := map[string]int{}
	for f := range reflect.TypeFor[T]().Fields() {
		if id := f.Tag.Get("id"); id != "" {
			fields[camel(id)] = f.Index[0]
		}
	}
	return fields
}

// listOfPeople is a list of persons, each made when its row is written: the fields of
// the form, those that more names, and whose list it is.
func listOfPeople[T any](in PeopleInput, senders *senders, sheet string, people []person, rows func(*returns.Return) []T, more map[string]func(*T) any) list {
	fields := fieldsOf[T]()
	names := slices.Concat(slices.Collect(maps.Keys(fields)), slices.Collect(maps.Keys(more)), []string{"unit", "unitCode", "unitShort", "file"})
	slices.Sort(names)
	return list{fields: names, length: len(people), reader: func() func(string) func(int) any {
		at, open := -1, new(returns.Return) // the sender whose rows are being written
		row := func(n int) *T {
			p := people[n]
			if at != int(p.sender) {
				at = int(p.sender)
				senders.open(at, open, sheet)
			}
			if list := rows(open); int(p.row) < len(list) {
				return &list[p.row]
			}
			return new(T) // it could not be opened again
		}
		ofSender := func(of func(*sender) string) func(int) any {
			return func(n int) any { return of(&senders.list[people[n].sender]) }
		}
		return func(field string) func(int) any {
			switch field {
			case "no":
				return func(n int) any { return n + 1 }
			case "unit":
				return ofSender(func(s *sender) string { return s.name })
			case "unitCode":
				return ofSender(func(s *sender) string { return s.code })
			case "unitShort":
				return ofSender(func(s *sender) string { return s.shortName })
			case "file":
				return ofSender(func(s *sender) string { return s.file })
			}
			if of, ok := more[field]; ok {
				return func(n int) any { return of(row(n)) }
			}
			index := fields[field]
			return func(n int) any {
				v := reflect.ValueOf(row(n)).Elem().Field(index).Addr().Interface().(*returns.Value)
				if field == "nationalId" && !in.Unmask {
					return returns.MaskID(cmp.Or(v.Text, v.Raw))
				}
				return plain(v)
			}
		}
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
	}
	return cmp.Or(v.Text, v.Raw)
}

// order puts the persons of both lists in order: by unit, given name, family name, the
// names between, day of birth, and row. now is how many were admitted in the period.
func (s *senders) order(summary *consolidate.Summary) (admitted, pool []person, now int) {
	byName := newNameOrder()
	r := new(returns.Return)
	for i := range s.list {
		s.open(i, r, returns.SheetAdmissions, returns.SheetPool)
		admitted = appendOrdered(admitted, i, byName, r.Admissions, (*returns.Admission).IsPerson,
			func(a *returns.Admission) (name, born *returns.Value) { return &a.Name, &a.Born })
		pool = appendOrdered(pool, i, byName, r.Pool, (*returns.Candidate).IsPerson,
			func(c *returns.Candidate) (name, born *returns.Value) { return &c.Name, &c.Born })
		for row := range r.Admissions {
			if a := &r.Admissions[row]; a.IsPerson() && inPeriod(a, summary) {
				now++
			}
		}
	}
	return admitted, pool, now
}

// entry is a person to be put in order.
type entry struct {
	row  int
	key  []byte
	born returns.Date
}

// appendOrdered appends the persons of one list of a sender.
func appendOrdered[T any](people []person, sender int, byName *nameOrder, rows []T, isPerson func(*T) bool, of func(*T) (name, born *returns.Value)) []person {
	entries := make([]entry, 0, len(rows))
	for row := range rows {
		if isPerson(&rows[row]) {
			name, born := of(&rows[row])
			entries = append(entries, entry{row, byName.key(cmp.Or(name.Text, name.Raw)), born.Date})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(bytes.Compare(a.key, b.key), a.born.Compare(b.born))
	})
	for _, e := range entries {
		people = append(people, person{int32(sender), int32(e.row)})
	}
	return people
}

// nameOrder compares names of persons by the Vietnamese alphabet. Syllable by
// syllable: a collator compares all letters of a text before any tone. It must not
// be used by two goroutines at once.
type nameOrder struct {
	collator *collate.Collator
	buffer   collate.Buffer
	known    map[string][]byte // keys of syllables: people share a few hundred
}

// maxSyllables is how many syllables are remembered: a hostile list has no end of them.
const maxSyllables = 5000

func newNameOrder() *nameOrder {
	return &nameOrder{collator: collate.New(language.Vietnamese, collate.IgnoreCase), known: map[string][]byte{}}
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
		key = append(append(key, o.syllable(syllable)...), 0, 0)
	}
	return key
}

func (o *nameOrder) syllable(s string) []byte {
	key, known := o.known[s]
	if !known {
		o.buffer.Reset()
		key = slices.Clone(o.collator.KeyFromString(&o.buffer, viet.ToneLast(s)))
		if len(o.known) < maxSyllables {
			o.known[strings.Clone(s)] = key
		}
	}
	return key
}
