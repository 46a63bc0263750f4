package domain

import "slices"

// Listed is a person of KET_NAP of a return that counts, by what others tell them by.
type Listed struct {
	Keys
	Row  int
	Name string
	Born Date // zero: not known
	On   Date // the date that puts them in a month; zero: not known
}

// Matched is, for each person of a list, the place of the same person in another; -1 for none.
// A person is the identity number, else name and birth date.
func Matched(list, other []Listed) []int {
	return MatchedBy(list, other, Listed.Person, Listed.Person)
}

// Person are the keys of a person, as MatchedBy takes them.
func (l Listed) Person() [2]string { return [2]string{l.ID, l.Who} }

// MatchedBy is, for each of a list, the place in another of what has the same key, the surer
// key first; -1 for none. "" is no key; nothing is matched twice, and those of one key are
// matched in their order.
func MatchedBy[T, U any](list []T, other []U, keysOf func(T) [2]string, keysOfOther func(U) [2]string) []int {
	places := slices.Repeat([]int{-1}, len(list))
	taken := make([]bool, len(other))
	for k := range 2 {
		free := map[string][]int{}
		for j, x := range other {
			if key := keysOfOther(x)[k]; key != "" && !taken[j] {
				free[key] = append(free[key], j)
			}
		}
		for i, x := range list {
			key := keysOf(x)[k]
			if found := free[key]; places[i] < 0 && len(found) > 0 {
				places[i], taken[found[0]], free[key] = found[0], true, found[1:]
			}
		}
	}
	return places
}
