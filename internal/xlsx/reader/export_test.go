package reader

// Forget has Rows read all sheets from the workbook again, as when they could not be
// kept.
func (b *Book) Forget() {
	for _, s := range b.Sheets {
		s.kept = nil
	}
}

// Kept tells how many sheets are kept.
func (b *Book) Kept() (all int) {
	for _, s := range b.Sheets {
		if s.kept != nil {
			all++
		}
	}
	return all
}
