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
	Summary *consolidate.Summary    // of the period; it has the units in their order
	Counted map[string]*domain.Kept // by unit: the accepted return that counts
	Office  Office
	Unmask  bool // whole identity numbers
}

// People is the workbook of persons of a period: who was admitted, and who is in the
// source pool, the template danh-sach.xlsx of fsys, filled. Units come in the order
// of the register, the persons of a unit by the Vietnamese alphabet, given name
// first. The same arguments give the same bytes. A template that cannot be filled is
// template.Faults; any other error is of opening a return.
//
// Of the returns only a few are open at a time, each when its rows of a sheet are
// written: how many they are was counted when the period was added up.
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
	err  atomic.Pointer[error] // the first that was met in opening a return
}

// sender is a unit whose return counts.
type sender struct {
	code, name, shortName string
	kept                  *domain.Kept
	listed                consolidate.Listed
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
	var all consolidate.Listed
	for i := range senders.list {
		all = all.Plus(senders.list[i].listed)
	}
	b.Values["people.admitted"], b.Values["people.inPeriod"], b.Values["people.pool"] = all.Admitted, all.InPeriod, all.Pool
	b.Lists["admission"] = listOfPeople(senders, in.Unmask, listKind[domain.Admission]{
		sheet:    domain.SheetAdmissions,
		listed:   func(l consolidate.Listed) int { return l.Admitted },
		rows:     func(r *domain.Return) []domain.Admission { return r.Admissions },
		isPerson: (*domain.Admission).IsPerson,
		name:     func(a *domain.Admission) (name, born *domain.Value) { return &a.Name, &a.Born },
		more: map[string]func(*domain.Admission) any{
			"row": func(a *domain.Admission) any { return a.Row },
			"inPeriod": func(a *domain.Admission) any {
				if d := a.CountingDate(s.Counting); d.Known() && s.Period.Contains(d.Date) {
					return "x"
				}
				return ""
			},
		},
	})
	b.Lists["candidate"] = listOfPeople(senders, in.Unmask, listKind[domain.Candidate]{
		sheet:    domain.SheetPool,
		listed:   func(l consolidate.Listed) int { return l.Pool },
		rows:     func(r *domain.Return) []domain.Candidate { return r.Pool },
		isPerson: (*domain.Candidate).IsPerson,
		name:     func(c *domain.Candidate) (name, born *domain.Value) { return &c.Name, &c.Born },
		more:     map[string]func(*domain.Candidate) any{"row": func(c *domain.Candidate) any { return c.Row }},
	})
	b.Lists["noAdmission"] = insteadOf(all.Admitted, "Chưa kết nạp đảng viên nào")
	b.Lists["noCandidate"] = insteadOf(all.Pool, "Chưa có ai trong nguồn")
	return b
}

// senders are the units with a return that counts, in the order of the summary;
// after them those that the summary does not name.
func (in PeopleInput) senders() *senders {
	s := &senders{}
	add := func(code, name, short string) {
		if k := in.Counted[code]; k != nil {
			s.list = append(s.list, sender{code, name, short, k, in.Summary.Listed[code], strings.TrimPrefix(k.File.Path, "inbox/")})
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

// listKind is one of the two lists of persons.
type listKind[T any] struct {
	sheet    string
	listed   func(consolidate.Listed) int // how many persons there are of a sender
	rows     func(*domain.Return) []T
	isPerson func(*T) bool
	name     func(*T) (name, born *domain.Value)
	more     map[string]func(*T) any // what a template may ask for beside the fields of the form
}

// ofSender is what a template may ask for of whose list a person is in.
var ofSender = map[string]func(*sender) *string{
	"unit":      func(s *sender) *string { return &s.name },
	"unitCode":  func(s *sender) *string { return &s.code },
	"unitShort": func(s *sender) *string { return &s.shortName },
	"file":      func(s *sender) *string { return &s.file },
}

// listOfPeople is a list of persons, each made when its row is written: the fields of
// the form, those that more names, and whose list it is.
func listOfPeople[T any](senders *senders, unmask bool, kind listKind[T]) template.List {
	l := template.List{Foreign: true, Fields: slices.Collect(maps.Keys(ofSender)), Starts: make([]int, len(senders.list))}
	for i := range senders.list {
		l.Starts[i] = l.Length
		l.Length += kind.listed(senders.list[i].listed)
	}
	places := map[string]int{} // of the fields of the form, by the name a template asks for them with
	for id := range domain.Fields(new(T)) {
		places[form.TemplateField(id)] = len(places)
	}
	l.Fields = slices.AppendSeq(slices.AppendSeq(l.Fields, maps.Keys(places)), maps.Keys(kind.more))
	slices.Sort(l.Fields)
	l.Reader = func() func(string) func(int) any {
		p := &peopleReader[T]{senders: senders, kind: kind, starts: l.Starts, at: -1, item: -1, byName: newNameOrder(),
			values: make([]*domain.Value, len(places))}
		return func(field string) func(int) any {
			if field == "no" {
				return func(n int) any { return n + 1 }
			}
			if of, ok := ofSender[field]; ok {
				return func(n int) any { return of(p.senderOf(n)) }
			}
			if of, ok := kind.more[field]; ok {
				return func(n int) any { return of(p.row(n)) }
			}
			place := places[field]
			if field == "nationalId" && !unmask {
				return func(n int) any {
					v := p.value(n, place)
					return domain.MaskID(cmp.Or(v.Text, v.Raw))
				}
			}
			return func(n int) any { return plain(p.value(n, place)) }
		}
	}
	return l
}

// peopleReader reads a list of persons, one sender after the other: by given name,
// family name, the names between, day of birth, and row.
type peopleReader[T any] struct {
	senders *senders
	kind    listKind[T]
	starts  []int // of each sender, its first person
	byName  *nameOrder

	at     int // the sender that is open
	open   domain.Return
	people []entry // of it, in order

	item   int // the person whose values these are
	person *T
	values []*domain.Value
}

// senderOf is whose list a person is in.
func (p *peopleReader[T]) senderOf(n int) *sender {
	p.row(n)
	return &p.senders.list[p.at]
}

// value is a field of a person, by its place in the form.
func (p *peopleReader[T]) value(n, place int) *domain.Value {
	p.row(n)
	return p.values[place]
}

// row is a person.
func (p *peopleReader[T]) row(n int) *T {
	if n == p.item {
		return p.person
	}
	if p.at < 0 || n < p.starts[p.at] || p.at+1 < len(p.starts) && n >= p.starts[p.at+1] {
		after, _ := slices.BinarySearch(p.starts, n+1) // senders with nobody start where the next one does
		p.at = after - 1
		p.openSender()
	}
	p.item = n
	if at := n - p.starts[p.at]; at < len(p.people) {
		p.person = &p.kind.rows(&p.open)[p.people[at].row]
	} else {
		p.person = new(T)
	}
	place := 0
	for _, v := range domain.Fields(p.person) {
		p.values[place] = v
		place++
	}
	return p.person
}

// openSender opens a return and puts its persons in order. There is nobody in it when
// it cannot be opened.
func (p *peopleReader[T]) openSender() {
	s := &p.senders.list[p.at]
	p.people = p.people[:0]
	if err := s.kept.OpenInto(&p.open, p.kind.sheet); err != nil {
		p.senders.err.CompareAndSwap(nil, &err)
		return
	}
	rows := p.kind.rows(&p.open)
	for row := range rows {
		if p.kind.isPerson(&rows[row]) {
			name, born := p.kind.name(&rows[row])
			p.people = append(p.people, entry{row, p.byName.key(cmp.Or(name.Text, name.Raw)), born.Date})
		}
	}
	if counted := p.kind.listed(s.listed); len(p.people) != counted {
		err := fmt.Errorf("%d persons in %s of %s, of which %d were counted", len(p.people), p.kind.sheet, s.code, counted)
		p.senders.err.CompareAndSwap(nil, &err)
	}
	slices.SortStableFunc(p.people, func(a, b entry) int {
		return cmp.Or(bytes.Compare(a.key, b.key), a.born.Compare(b.born))
	})
}

// entry is a person to be put in order.
type entry struct {
	row  int
	key  []byte
	born domain.Date
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
