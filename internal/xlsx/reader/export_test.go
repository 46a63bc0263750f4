package reader

// Forget has Rows read all sheets from the workbook again, as when there is no
// room for them.
func (b *Book) Forget() {
	for _, s := range b.Sheets {
		s.packed = nil
	}
}

// Packed tells how many sheets are held in memory.
func (b *Book) Packed() (all int) {
	for _, s := range b.Sheets {
		if s.packed != nil {
			all++
		}
	}
	return all
}
