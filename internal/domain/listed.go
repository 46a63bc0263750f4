package domain

// Listed is a person of KET_NAP of a return that counts, by what others tell them by.
type Listed struct {
	Keys
	Row  int
	Name string
	Born Date // zero: not known
	On   Date // the date that puts them in a month; zero: not known
}

// Matched is, for each person of a list, the place of the same person in another; -1 for none.
// A person is the identity number, else name and birth date; nobody is matched twice.
func Matched(list, other []Listed) []int {
	places := make([]int, len(list))
	for i := range places {
		places[i] = -1
	}
	taken := make([]bool, len(other))
	for _, key := range []func(*Listed) string{func(l *Listed) string { return l.ID }, func(l *Listed) string { return l.Who }} {
		free := map[string][]int{}
		for j := range other {
			if k := key(&other[j]); k != "" && !taken[j] {
				free[k] = append(free[k], j)
			}
		}
		for i := range list {
			k := key(&list[i])
			if found := free[k]; places[i] < 0 && k != "" && len(found) > 0 {
				places[i], taken[found[0]], free[k] = found[0], true, found[1:]
			}
		}
	}
	return places
}
