package store

// Proved and Derived are the columns of the tables of either kind, as «table.column».
func Proved() map[string]bool {
	return columnsOf(append(append([]*table{events, layoutFields}, ofEvent...), ofReturn...))
}

// Derived follow from the proved ones.
func Derived() map[string]bool { return columnsOf([]*table{standings, claims}) }

func columnsOf(tables []*table) map[string]bool {
	all := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.columns {
			all[t.name+"."+c] = true
		}
	}
	return all
}

// Questions are the statements that a transaction has prepared so far.
func (t *Tx) Questions() []string {
	var list []string
	for query := range t.prepared {
		list = append(list, query)
	}
	return list
}
