package domain

import (
	"cmp"
	"iter"
	"strconv"
	"strings"
)

// Cell is a place in a workbook. Row and Col are 1-based; a zero Row means the
// place is the whole sheet, an empty Sheet the whole file.
type Cell struct {
	Sheet string `json:"sheet,omitempty"`
	Row   int    `json:"row,omitempty"`
	Col   int    `json:"col,omitempty"`
}

// Ref is the place as Excel writes it, "E25"; "" when it is not a single cell.
func (c Cell) Ref() string {
	if c.Row <= 0 || c.Col <= 0 {
		return ""
	}
	return ColumnName(c.Col) + strconv.Itoa(c.Row)
}

// Address is the cell with its sheet, CHI_BO!E25; the sheet alone when c is no one cell.
func (c Cell) Address() string {
	if ref := c.Ref(); ref != "" && c.Sheet != "" {
		return c.Sheet + "!" + ref
	}
	return c.Sheet
}

// Compare orders cells by sheet, row, column.
func (c Cell) Compare(d Cell) int {
	return cmp.Or(strings.Compare(c.Sheet, d.Sheet), c.Row-d.Row, c.Col-d.Col)
}

// ColumnName is the letters of a 1-based column: 1 is A, 27 is AA.
func ColumnName(col int) string {
	name := ""
	for ; col > 0; col = (col - 1) / 26 {
		name = string(rune('A'+(col-1)%26)) + name
	}
	return name
}

// State says what stands in a cell that the form asks for.
type State uint8

// The states of a Value. The zero State is Absent.
const (
	Absent State = iota // the return has no such column or label
	Blank               // the cell is there and empty
	Known               // it was read as what the column holds
	Bad                 // something stands there that is not what the column holds: Why says what
)

// Why says why a Value is Bad. Each is judged by one rule.
type Why uint8

// The reasons of a Bad value.
const (
	NotBad        Why = iota
	NotADate          // R02: text or a number that is no date
	NoSuchDay         // R02: 31/02/1990
	BareYear          // R02: 1990 alone; never taken as 1 January
	NotANumber        // A04: text where people are counted
	Fraction          // A04: 2.5 people
	Negative          // A04
	NotAMark          // a column of marks (x) that holds something else
	NotAPeriod        // T01
	TooMany           // R04: both of two alternative columns are filled
	FormulaError      // F08: #REF!, #DIV/0!, …; Raw is the error
	NoStoredValue     // F09: a formula without a stored value that cannot be computed here
	DittoMark         // R25: a mark for the value above where each row must have its own
	TwoPeople         // R23: two names in one cell
)

// Repair says what the reader mended to get at the value. Raw is what was typed.
type Repair uint8

// The repairs. Every one is told to the sender (R03, F09, F11); none is silent.
const (
	NotRepaired    Repair = iota
	DateFromText          // R03: "5.3.1990" read as 05/03/1990
	NumberFromText        // R03: "9 đ/c", "09", "1.905"
	LostZero              // R03: an identity number whose leading 0 Excel dropped
	Schooling             // R03: "12/12" turned into 12 December
	IDFromNumber          // R03: an identity number kept as a number, or with spaces and dots
	Computed              // F09: a formula without a stored value, computed here
	LegacyText            // F11: TCVN3 or VNI text converted to Unicode
	Ditto                 // R25: a ditto mark, read as the value above
	NotYet                // R21: «chưa tổ chức» in an optional date column, taken as blank
	Merged                // R01: of a blank cell: it lies under a merged one
	Struck                // R22: of a name: the row is struck through, and counted
	MaybeSwapped          // R24: a date whose day and month the sender's Excel may have swapped
	Understood            // R03: «-» or «không» where people are counted or marked; a local name of a value of a list
)

// Formula says where a figure comes from that nobody typed.
type Formula uint8

// The formulas of figures.
const (
	Typed     Formula = iota // or a formula of the sender's own
	CountsOff                // it counts rows of the lists
	SumsUp                   // it adds up the column above it, all of it
)

// Value is one cell of a return: what was typed, what it was read as, and where
// it stands. Which of Text, Date, Num and Mark holds the value follows from the kind of
// its column in config/form-*.yaml; of several values of a code list Text has them all:
// see List.
//
// There are a thousand in a return and millions in a country: it is kept small.
type Value struct {
	State    State   `json:"state"`
	Why      Why     `json:"why,omitzero"`
	Repair   Repair  `json:"repair,omitzero"`
	Unlisted bool    `json:"unlisted,omitzero"` // Known, but not in the column's code list (R19)
	Mark     bool    `json:"mark,omitzero"`
	Formula  Formula `json:"-"` // while a return is judged; the record does not keep it
	Date     Date    `json:"date,omitzero"`
	Num      int     `json:"num,omitzero"`
	Cell     Cell    `json:"cell,omitzero"`
	Raw      string  `json:"raw,omitzero"`  // as typed, NFC, trimmed; a true date as dd/mm/yyyy
	Text     string  `json:"text,omitzero"` // canonical spelling where a code list matched
}

// between stands between the values of a list in Text; no code list has one that
// holds it.
const between = "; "

// ListText is the Text of several values of a code list.
func ListText(values []string) string { return strings.Join(values, between) }

// List goes over the values of a column that holds several of a code list.
func (v *Value) List() iter.Seq[string] {
	if v.Text == "" {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(v.Text, between)
}

// Known reports whether the value was read.
func (v Value) Known() bool { return v.State == Known }

// Empty reports whether nothing stands in the cell, or there is no such cell.
// It is the program's one definition of empty: a 0 is not.
func (v Value) Empty() bool { return v.State == Blank || v.State == Absent }

// Count is the value as a number of people.
func (v Value) Count() Count {
	if v.State != Known {
		return Count{}
	}
	return Count{N: v.Num, Known: true}
}

// Count is a number of people that may be unknown. Unknown is never 0.
type Count struct {
	N     int
	Known bool
}

// People makes a known Count.
func People(n int) Count { return Count{N: n, Known: true} }

// Plus adds; the sum is known when both are.
func (c Count) Plus(d Count) Count {
	if !c.Known || !d.Known {
		return Count{}
	}
	return People(c.N + d.N)
}

// Minus subtracts; the difference is known when both are.
func (c Count) Minus(d Count) Count {
	d.N = -d.N
	return c.Plus(d)
}

// Hundredths is a percentage to two decimals, in hundredths of a percent, that
// may be unknown (base 0 or unknown): 6789 is 67,89 %.
type Hundredths struct {
	N     int
	Known bool
}

// PercentOf is part/base as a percentage, rounded half away from zero to two
// decimals in whole numbers, so that no machine rounds it differently.
func PercentOf(part, base Count) Hundredths {
	if !part.Known || !base.Known || base.N <= 0 {
		return Hundredths{}
	}
	n := part.N * 10000
	half := base.N
	if n < 0 {
		half = -half
	}
	return Hundredths{N: (2*n + half) / (2 * base.N), Known: true}
}

// Float is the percentage as a number, 67.89.
func (h Hundredths) Float() float64 { return float64(h.N) / 100 }

// String is the percentage the Vietnamese way, always with both decimals, "67,89", "50,00", so
// that those of a page look alike; "" when unknown.
func (h Hundredths) String() string {
	if !h.Known {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(h.Float(), 'f', 2, 64), ".", ",", 1)
}
