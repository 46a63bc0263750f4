package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/template"
)

// peopleTemplate is the file name of the template of People.
const peopleTemplate = "danh-sach.xlsx"

// PeopleInput is what the lists of persons are made of.
type PeopleInput struct {
	Summary *consolidate.Summary         // of the period; it has the units in their order
	Counted map[string]domain.Submission // by unit: the submission that counts
	// Open reads the list of one sheet of some returns. It is called by several goroutines at once.
	Open   func(of []domain.Submission, sheet string) ([]*domain.Return, error)
	Office Office
	Unmask bool // whole identity numbers
}

// People is the workbook of persons of a period: who was admitted, and who is in the
// source pool, the template danh-sach.xlsx of fsys, filled. Units come in the order
// of the register, the persons of a unit by the Vietnamese alphabet, given name
// first. The same arguments give the same bytes. A template that cannot be filled is
// template.Errors; any other error is of opening a return.
//
// Of the returns only a few are open at a time, each when its rows of a sheet are
// written: how many persons they have was counted when the period was added up.
func People(fsys fs.FS, in PeopleInput) ([]byte, error) {
	senders := in.senders()
	data, err := template.FillFile(fsys, peopleTemplate, peopleBook(in, senders))
	if failed := senders.err.Load(); failed != nil {
		return nil, *failed
	}
	return data, err
}

// senders are the units whose returns count.
type senders struct {
	list []sender
	open func(of []domain.Submission, sheet string) ([]*domain.Return, error)
	err  atomic.Pointer[error] // the first that was met in opening a return
}

// sender is a unit whose return counts.
type sender struct {
	code, name, shortName string
	sub                   domain.Submission
	listed                consolidate.ListCounts
	file                  string
}

// peopleBook is everything the template may ask for.
func peopleBook(in PeopleInput, senders *senders) *template.Book {
	s := in.Summary
	b := &template.Book{Lists: map[string]template.List{}, Values: map[string]any{
		"period.label": s.Period.Label(),
		"people.identity": map[bool]string{
			false: "Số định danh chỉ ghi ba chữ số cuối.",
			true:  "Có số định danh đầy đủ: bảo quản theo quy định về bảo vệ dữ liệu cá nhân.",
		}[in.Unmask],
	}}
	b.Add("office", officeValues(s.Period, in.Office))
	var all consolidate.ListCounts
	for i := range senders.list {
		all = all.Plus(senders.list[i].listed)
	}
	b.Values["people.admitted"], b.Values["people.inPeriod"], b.Values["people.pool"] = all.Admitted, all.InPeriod, all.Pool
	admission := newPersonList(domain.SheetAdmissions, &domain.Admission{}, in.Unmask)
	admission.listed = func(l consolidate.ListCounts) int { return l.Admitted }
	admission.each = func(r *domain.Return, add func(row int, person domain.Record)) {
		for i := range r.Admissions {
			if a := &r.Admissions[i]; a.IsPerson() {
				add(a.Row, a)
			}
		}
	}
	counting := admission.places[s.Counting.Field()]
	admission.fields["inPeriod"] = func(_ *sender, p *person) any {
		if d := p.values[counting]; d.Known() && s.Counting.Within(s.Period, d.Date) {
			return "x"
		}
		return ""
	}
	candidate := newPersonList(domain.SheetPool, &domain.Candidate{}, in.Unmask)
	candidate.listed = func(l consolidate.ListCounts) int { return l.Pool }
	candidate.each = func(r *domain.Return, add func(row int, person domain.Record)) {
		for i := range r.Pool {
			if c := &r.Pool[i]; c.IsPerson() {
				add(c.Row, c)
			}
		}
	}
	for _, l := range []*personList{admission, candidate} {
		place := l.places["occupation"]
		l.fields["occupation"] = func(_ *sender, p *person) any {
			v := *p.values[place]
			v.Text = s.Wording.Words(v.Text, s.Counting.Last(s.Period.To))
			return plain(&v)
		}
	}
	b.Lists["admission"], b.Lists["candidate"] = admission.of(senders), candidate.of(senders)
	b.Lists["noAdmission"] = insteadOf(all.Admitted, "Chưa kết nạp đảng viên nào")
	b.Lists["noCandidate"] = insteadOf(all.Pool, "Chưa có ai trong nguồn")
	return b
}

// senders are the units with a return that counts, in the order of the summary;
// after them those that the summary does not name.
func (in PeopleInput) senders() *senders {
	s := &senders{open: in.Open}
	add := func(code, name, short string) {
		if sub, counts := in.Counted[code]; counts {
			s.list = append(s.list, sender{code, name, short, sub, in.Summary.Listed[code], strings.TrimPrefix(sub.File.Path, "inbox/")})
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

// personList is one of the two lists of persons.
type personList struct {
	sheet  string
	listed func(consolidate.ListCounts) int                                // how many persons there are of a sender
	each   func(r *domain.Return, add func(row int, person domain.Record)) // goes over those of a return
	places map[string]int                                                  // of the values of a person, by the form's ids
	fields map[string]func(of *sender, person *person) any                 // what a template may ask for
	none   *person                                                         // an empty row
}

// person is somebody in a list.
type person struct {
	of     *sender
	row    int
	values []*domain.Value // in the order of the form
	key    []byte          // of the name, for the order
}

// newPersonList is a list of persons who have the fields that nobody has, a row of the list,
// and whose list it is.
func newPersonList(sheet string, nobody domain.Record, unmask bool) *personList {
	l := &personList{sheet: sheet, places: map[string]int{}, none: personOf(nil, 0, nobody), fields: map[string]func(*sender, *person) any{
		"unit":      func(of *sender, _ *person) any { return &of.name },
		"unitCode":  func(of *sender, _ *person) any { return &of.code },
		"unitShort": func(of *sender, _ *person) any { return &of.shortName },
		"file":      func(of *sender, _ *person) any { return &of.file },
		"row":       func(_ *sender, p *person) any { return p.row },
	}}
	for id := range nobody.Fields {
		place := len(l.places)
		l.places[id] = place
		l.fields[form.TemplateField(id)] = func(_ *sender, p *person) any { return plain(p.values[place]) }
		if id == "national_id" && !unmask {
			l.fields[form.TemplateField(id)] = func(_ *sender, p *person) any {
				v := p.values[place]
				return domain.MaskID(cmp.Or(v.Text, v.Raw))
			}
		}
	}
	return l
}

func personOf(of *sender, row int, record domain.Record) *person {
	p := &person{of: of, row: row, values: make([]*domain.Value, 0, 32)}
	for _, v := range record.Fields {
		p.values = append(p.values, v)
	}
	return p
}

// together is how many persons are read at once, or more: whole returns.
const together = 150

// of is the list for a template, each person made when the row is written.
func (l *personList) of(senders *senders) template.List {
	list := template.List{Foreign: true, Blank: map[string]any{}}
	var firsts []int // of those that are read at once, the place of the first
	for i := range senders.list {
		if last := len(list.Starts) - 1; last < 0 || list.Length-list.Starts[last] >= together {
			firsts, list.Starts = append(firsts, i), append(list.Starts, list.Length)
		}
		list.Length += l.listed(senders.list[i].listed)
	}
	for field := range l.fields {
		list.Blank[field] = nil
	}
	list.Reader = func() func(string) func(int) any {
		r := &personReader{personList: l, senders: senders, firsts: firsts, starts: list.Starts, byName: newNameOrder(), at: -1}
		return func(field string) func(int) any {
			if field == "no" {
				return func(n int) any { return n + 1 }
			}
			value := l.fields[field]
			return func(n int) any { return value(r.person(n)) }
		}
	}
	return list
}

// personReader reads a list of persons, one sender after the other: by given name,
// family name, the names between, day of birth, and row.
type personReader struct {
	*personList
	senders        *senders
	firsts, starts []int // of senders that are read at once, the place of the first, and of its first person
	byName         *nameOrder

	at     int       // those that are open
	people []*person // of them, in order
}

// person is whose list a person is in, and the person.
func (r *personReader) person(n int) (*sender, *person) {
	if r.at < 0 || n < r.starts[r.at] || r.at+1 < len(r.starts) && n >= r.starts[r.at+1] {
		after, _ := slices.BinarySearch(r.starts, n+1)
		r.at = after - 1
		last := len(r.senders.list)
		if after < len(r.firsts) {
			last = r.firsts[after]
		}
		r.open(r.senders.list[r.firsts[r.at]:last])
	}
	if at := n - r.starts[r.at]; at < len(r.people) {
		return r.people[at].of, r.people[at]
	}
	return &r.senders.list[r.firsts[r.at]], r.none
}

// open opens the returns of some senders and puts the persons of each in order. There is nobody
// in them when they cannot be opened.
func (r *personReader) open(some []sender) {
	r.people = r.people[:0]
	var of []domain.Submission
	for i := range some {
		of = append(of, some[i].sub)
	}
	returns, err := r.senders.open(of, r.sheet)
	if err != nil {
		r.senders.err.CompareAndSwap(nil, &err)
		return
	}
	name, born := r.places["name"], r.places["born"]
	for i := range some {
		from := len(r.people)
		r.each(returns[i], func(row int, record domain.Record) {
			p := personOf(&some[i], row, record)
			p.key = r.byName.key(cmp.Or(p.values[name].Text, p.values[name].Raw))
			r.people = append(r.people, p)
		})
		people := r.people[from:]
		if counted := r.listed(some[i].listed); len(people) != counted {
			err := fmt.Errorf("%d persons in %s of %s, of which %d were counted", len(people), r.sheet, some[i].code, counted)
			r.senders.err.CompareAndSwap(nil, &err)
		}
		slices.SortStableFunc(people, func(a, b *person) int {
			return cmp.Or(bytes.Compare(a.key, b.key), a.values[born].Date.Compare(b.values[born].Date))
		})
	}
}

// plain is a value as it was meant, whatever its kind; what was not read is left as
// it was typed.
func plain(v *domain.Value) any {
	switch {
	case !v.Known():
		return &v.Raw
	case !v.Date.IsZero():
		return &v.Date
	case v.Mark:
		return "x"
	case v.Text != "":
		return &v.Text
	}
	return &v.Raw
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
	if n := len(syllables); n > 1 {
		syllables = append([]string{syllables[n-1]}, syllables[:n-1]...)
	}
	key := make([]byte, 0, 64)
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
