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
// A person is the identity number, else name and birth date.
func Matched(list, other []Listed) []int {
	keys := func(people []Listed) [][2]string {
		keys := make([][2]string, len(people))
		for i := range people {
			keys[i] = [2]string{people[i].ID, people[i].Who}
		}
		return keys
	}
	return MatchedBy(keys(list), keys(other))
}

// MatchedBy is, for each of a list, the place in another of what has the same key, the surer
// key first; -1 for none. "" is no key; nothing is matched twice, and those of one key are
// matched in their order.
func MatchedBy(list, other [][2]string) []int {
	places := make([]int, len(list))
	for i := range places {
		places[i] = -1
	}
	taken := make([]bool, len(other))
	for k := range 2 {
		free := map[string][]int{}
		for j, keys := range other {
			if keys[k] != "" && !taken[j] {
				free[keys[k]] = append(free[keys[k]], j)
			}
		}
		for i, keys := range list {
			if found := free[keys[k]]; places[i] < 0 && keys[k] != "" && len(found) > 0 {
				places[i], taken[found[0]], free[keys[k]] = found[0], true, found[1:]
			}
		}
	}
	return places
}
