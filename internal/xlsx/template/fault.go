package template

import (
	"fmt"
	"strings"
)

// Fault is a mistake in a template, told to the office that edited it.
type Fault struct {
	File  string // tong-hop.xlsx
	Sheet string // "" when the whole file is meant
	Cell  string // "B12"; "" when the whole sheet is meant
	What  string // what stands there, what would be right, what to do; Vietnamese
}

func (f Fault) String() string {
	switch {
	case f.Sheet == "":
		return fmt.Sprintf("Tệp mẫu %s: %s", f.File, f.What)
	case f.Cell == "":
		return fmt.Sprintf("Trang %s (tệp mẫu %s): %s", f.Sheet, f.File, f.What)
	}
	return fmt.Sprintf("Ô %s (trang %s, tệp mẫu %s): %s", f.Cell, f.Sheet, f.File, f.What)
}

// Faults are the mistakes of a template, all that were found. As an error
// they say that the template cannot be filled.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}
