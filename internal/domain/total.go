package domain

// Tie is a total of the consolidated workbook and the same figure added up straight from
// the returns that count: the two must be equal.
type Tie struct {
	What       string // in Vietnamese: Lũy kế
	Total, Sum Count
}

// Published is the cumulative figure of an earlier period as it was published, and as it
// is now.
type Published struct {
	Period  Period
	Was, Is Count
}
