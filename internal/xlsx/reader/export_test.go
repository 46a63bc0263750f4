package reader

// Forget has Rows read all sheets from the workbook again, as when they could not be
// kept.
func (b *Book) Forget() {
	for _, s := range b.Sheets {
		s.kept = nil
	}
}

// Kept tells how many sheets are kept, and how many of them in the temporary file.
func (b *Book) Kept() (all, inFile int) {
	for _, s := range b.Sheets {
		if s.kept != nil {
			all++
			if s.kept.file != nil {
				inFile++
			}
		}
	}
	return all, inFile
}
