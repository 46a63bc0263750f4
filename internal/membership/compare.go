package membership

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/viet"
)

// Reported is somebody whom an accepted return lists as admitted.
type Reported struct {
	Unit      string // code
	Path      string // of the return
	Sheet     string
	Row       int
	Admission *domain.Admission
}

// Kind is how the two lists differ about a person.
type Kind int

// The kinds, in the order in which they are worked through.
const (
	OnlyListed Kind = iota // in a return, not in the database
	OnlyMember             // in the database, in no return
	Otherwise              // in both, with something written otherwise
)

// Difference is one thing to look at.
type Difference struct {
	Kind   Kind
	Unit   string    // code; "" when the database names no cell that is one unit's alone
	Listed *Reported // nil for OnlyMember
	Member *Member   // nil for OnlyListed
	What   string    // Otherwise: what differs, in Vietnamese; the values are the two rows'
	Fix    string    // what to do, in Vietnamese
}

// Result is a comparison.
type Result struct {
	Listed, Members, Paired int // persons of the returns; of the database, admitted in the period; found in both
	Differences             []Difference
}

// Compare pairs the persons listed with the members: by identity number, else by name and
// birth date; each is in one pair at most. A member who was admitted outside first..last, or
// on a day not known, is no difference when nobody lists them. owner is the unit that a cell
// is of, "" when it is not known or of several.
func Compare(listed []Reported, members []Member, first, last domain.Date, owner func(cell string) string) Result {
	pairs := paired(listed, members)
	r := Result{Listed: len(listed)}
	taken := map[int]bool{}
	for i := range listed {
		l, j := &listed[i], pairs[i]
		if j < 0 {
			r.Differences = append(r.Differences, Difference{Kind: OnlyListed, Unit: l.Unit, Listed: l,
				Fix: "Tìm người này trong cơ sở dữ liệu theo tên khác hoặc số khác; nếu chưa có thì cập nhật hồ sơ; " +
					"nếu chưa kết nạp thì đề nghị đơn vị sửa báo cáo."})
			continue
		}
		taken[j] = true
		r.Paired++
		for _, d := range differing(l, &members[j]) {
			d.Unit, d.Listed, d.Member = l.Unit, l, &members[j]
			r.Differences = append(r.Differences, d)
		}
	}
	again := duplicates(members, taken)
	for j := range members {
		m := &members[j]
		if m.Admitted.IsZero() || m.Admitted.Before(first) || m.Admitted.After(last) {
			continue
		}
		if duplicate := again[j]; duplicate >= 0 && !taken[j] {
			r.Differences = append(r.Differences, Difference{Kind: OnlyMember, Unit: ownerOf(m.Cell, owner), Member: m,
				What: "ghi hai lần trong cơ sở dữ liệu",
				Fix:  fmt.Sprintf("Dòng %d của tệp xuất cũng là người này: bỏ dòng thừa trong cơ sở dữ liệu.", members[duplicate].Row)})
			continue
		}
		r.Members++
		if !taken[j] {
			r.Differences = append(r.Differences, Difference{Kind: OnlyMember, Unit: ownerOf(m.Cell, owner), Member: m,
				Fix: "Hỏi đơn vị: đã kết nạp thì bổ sung vào báo cáo kỳ sau; chuyển đến từ nơi khác thì không phải báo cáo; " +
					"nhập nhầm thì sửa cơ sở dữ liệu."})
		}
	}
	slices.SortStableFunc(r.Differences, func(a, b Difference) int { return cmp.Compare(a.Kind, b.Kind) })
	return r
}

// paired is, for each person listed, the place of the member who is the same; -1 for none.
func paired(listed []Reported, members []Member) []int {
	return domain.MatchedBy(listed, members,
		func(l Reported) [2]string {
			a := l.Admission
			return [2]string{a.NationalID.Text, nameAndBirth(a.Name.Text, a.Born.Date)}
		},
		func(m Member) [2]string { return [2]string{m.ID, nameAndBirth(m.Name, m.Born)} })
}

// nameAndBirth is the key of a person without an identity number; "" when either is missing.
func nameAndBirth(name string, born domain.Date) string {
	if name == "" || born.IsZero() {
		return ""
	}
	return viet.Fold(name) + " " + born.ISO()
}

// differing is what is written otherwise of the same person.
func differing(l *Reported, m *Member) (list []Difference) {
	a := l.Admission
	add := func(what, fix string) { list = append(list, Difference{Kind: Otherwise, What: what, Fix: fix}) }
	if a.NationalID.Text != m.ID && a.NationalID.Text != "" {
		what := "số định danh khác nhau"
		if m.ID == "" {
			what = "cơ sở dữ liệu chưa có số định danh"
		}
		add(what, "Đối chiếu căn cước; sửa nơi ghi sai.")
	}
	if viet.Fold(a.Name.Text) != viet.Fold(m.Name) {
		add("họ tên khác nhau", "Đối chiếu lý lịch; sửa nơi ghi sai.")
	}
	if a.Born.Known() && !m.Born.IsZero() && a.Born.Date != m.Born {
		add("ngày sinh khác nhau", "Đối chiếu giấy khai sinh; sửa nơi ghi sai.")
	}
	// The database has the day of the ceremony or that of the decision, as the office enters it.
	known := a.DecisionDate.Known() || a.CeremonyDate.Known()
	same := a.DecisionDate.Known() && a.DecisionDate.Date == m.Admitted || a.CeremonyDate.Known() && a.CeremonyDate.Date == m.Admitted
	if known && !same && !m.Admitted.IsZero() {
		add("ngày kết nạp khác cả ngày quyết định và ngày lễ", "Đối chiếu quyết định kết nạp; sửa nơi ghi sai.")
	}
	if a.Cell.Known() && m.Cell != "" && !sameCell(a.Cell.Text, m.Cell) {
		add("chi bộ khác nhau", "Xem người này đã chuyển sinh hoạt chưa; nếu chưa thì sửa nơi ghi sai.")
	}
	return list
}

// duplicates is, for each member, the place of another row of the same person, one that is paired
// or else stands above; -1 for none. Two of one name and birth date with two identity numbers
// are two people.
func duplicates(members []Member, taken map[int]bool) []int {
	places := slices.Repeat([]int{-1}, len(members))
	by := map[string][]int{}
	for _, paired := range []bool{true, false} {
		for j, m := range members {
			if taken[j] != paired {
				continue
			}
			for _, key := range []string{m.ID, nameAndBirth(m.Name, m.Born)} {
				for _, i := range by[key] {
					if places[j] < 0 && (members[i].ID == m.ID || members[i].ID == "" || m.ID == "") {
						places[j] = i
					}
				}
				if key != "" {
					by[key] = append(by[key], j)
				}
			}
		}
	}
	return places
}

// cellNames are what the name of a cell in the database may be: it has the committee above it
// too, or a code, before or behind: «Chi bộ xóm Đoài, Đảng bộ xã Hà Châu».
func cellNames(text string) []string {
	names := []string{text}
	parts := strings.FieldsFunc(strings.ReplaceAll(text, " - ", ";"), func(r rune) bool { return strings.ContainsRune(",;/>", r) })
	for _, part := range parts {
		names = append(names, strings.TrimSpace(part))
	}
	return names
}

func sameCell(listed, member string) bool {
	key := reference.CellKey(listed)
	return slices.ContainsFunc(cellNames(member), func(name string) bool { return reference.CellKey(name) == key })
}

// ownerOf is the unit that a cell of the database is of.
func ownerOf(cell string, owner func(cell string) string) string {
	for _, name := range cellNames(cell) {
		if unit := owner(name); unit != "" {
			return unit
		}
	}
	return ""
}

// Vietnamese is the kind as a heading has it.
func (k Kind) Vietnamese() string {
	return [...]string{
		"Có trong báo cáo, chưa thấy trong cơ sở dữ liệu", "Có trong cơ sở dữ liệu, không có trong báo cáo nào", "Ghi khác nhau",
	}[k]
}

// String counts what was found, for the console.
func (r Result) String() string {
	var n [3]int
	for _, d := range r.Differences {
		n[d.Kind]++
	}
	return fmt.Sprintf("%d người trong báo cáo, %d đảng viên kết nạp trong kỳ trong cơ sở dữ liệu, khớp %d người; "+
		"%d chưa thấy trong cơ sở dữ liệu, %d không có trong báo cáo nào, %d chỗ ghi khác nhau",
		r.Listed, r.Members, r.Paired, n[OnlyListed], n[OnlyMember], n[Otherwise])
}
