package form

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// value is what a cell holds, and its place.
func (g *grid) value(row int, c reader.Cell, column *Column, monthFirst bool) domain.Value {
	v := parse(c, column, monthFirst)
	v.Cell = g.place(row, c.Col)
	if v.State == domain.Blank && v.Repair == domain.NotRepaired && column.Required && g.covered(row, c.Col) {
		v.Repair = domain.Merged
	}
	if c.Formula != "" && column.Kind == KindCount && countsOff.MatchString(c.Formula) {
		v.Formula = domain.CountsOff
	}
	return v
}

// Formulas of figures: one that counts rows of a list, and one that adds up a column.
var (
	countsOff = regexp.MustCompile(`(?i)\b(COUNTIFS?|SUMPRODUCT)\(`)
	sumsUp    = regexp.MustCompile(`(?i)^(?:SUM|SUBTOTAL\((?:9|109),)\(?\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})\)$`)
)

// sumsUp reports whether a formula adds up its column over all rows of data.
func (r *tableReader) sumsUp(c reader.Cell) bool {
	m := sumsUp.FindStringSubmatch(strings.ReplaceAll(c.Formula, " ", ""))
	if m == nil || m[1] != m[3] || !strings.EqualFold(m[1], domain.ColumnName(c.Col)) {
		return false
	}
	first, last := atoi(m[2]), atoi(m[4])
	for _, b := range r.blocks {
		if n := len(b.rows); n > 0 && (b.rows[0].N < first || b.rows[n-1].N > last) {
			return false
		}
	}
	return true
}

// join is what several cells of a row hold as one: their text, or for other kinds
// the first that is filled.
func join(row reader.Row, cols []int, kind Kind) reader.Cell {
	if len(cols) == 1 {
		return cellIn(row, cols[0])
	}
	var texts []string
	joined := reader.Cell{Col: cols[0]}
	for _, col := range cols {
		c := cellIn(row, col)
		if !filled(c) {
			continue
		}
		if kind != KindText || c.Type == reader.Blank {
			return c
		}
		texts = append(texts, text(c))
		joined.Type, joined.Legacy, joined.NoValue = reader.Text, joined.Legacy || c.Legacy, joined.NoValue || c.NoValue
	}
	joined.Text = strings.Join(texts, " ")
	return joined
}

// blockColumn is a column of the form as one block of the table has it.
type blockColumn struct {
	*Column
	*binding
	blank int // the sheet's column in the first block where this one has none
	// monthFirst says of each column of the sheet that this one is split into, or of the
	// one that it is, whether its dates are month first: a column is written in one order.
	monthFirst []bool
	swapped    bool // its true dates may have day and month swapped
	into       int  // of a split column: the column that it tells the value of
}

func (r *tableReader) columnsOf(b block) []blockColumn {
	columns := make([]blockColumn, len(r.def.Columns))
	for i := range columns {
		c := &columns[i]
		*c = blockColumn{Column: &r.def.Columns[i], binding: &b.header.bound[i]}
		c.blank = r.table.Reading.Columns[c.ID]
		c.monthFirst = make([]bool, max(1, len(c.cols)))
		if c.split {
			c.into = r.def.index(c.Split.Into)
		}
		if c.Kind != KindDate || !c.found() {
			continue
		}
		parts := [][]int{c.cols}
		if c.split {
			parts = slices.Collect(slices.Chunk(c.cols, 1))
		}
		for part, cols := range parts {
			c.monthFirst[part] = monthFirst(b.cells(cols))
			c.swapped = c.swapped || !c.monthFirst[part] && maybeSwapped(b.cells(cols))
		}
	}
	return columns
}

// readRow is the values of a row, by column of the form. They are good until the next call.
func (r *tableReader) readRow(row reader.Row, columns []blockColumn) []domain.Value {
	values := r.values
	clear(values)
	for i := range columns {
		switch c := &columns[i]; {
		case c.split && c.into == i:
			_, values[i] = r.readSplit(row, c, marked)
		case c.split:
		case c.found():
			values[i] = r.grid.value(row.N, join(row, c.cols, c.Kind), c.Column, c.monthFirst[0])
		case c.blank > 0: // the first block has it, this one has not
			values[i] = domain.Value{State: domain.Blank, Cell: r.grid.place(row.N, c.blank)}
		}
	}
	// After the others, because a split column may tell the value of one of them.
	for i := range columns {
		c := &columns[i]
		if !c.split || c.into == i {
			continue
		}
		value, implied := r.readSplit(row, c, c.Column)
		values[i] = value
		own := &values[c.into]
		if columns[c.into].found() {
			if implied.State != domain.Bad && (own.State != domain.Blank || implied.State != domain.Known) {
				continue
			}
			implied.Cell = own.Cell
		}
		*own = implied
	}
	r.heed(row, columns)
	return values
}

// heed reads ditto marks as the values above, and notes what the rules must tell of a row:
// that it names two people, that it is struck through, that days and months may be swapped.
func (r *tableReader) heed(row reader.Row, columns []blockColumn) {
	struck := r.struck(row)
	for i := range columns {
		c, v := &columns[i], &r.values[i]
		switch {
		case v.Raw == "" || i == r.ordinal:
		case isDitto(v.Raw):
			*v = ditto(c.Column, *v, r.above[i])
		case c.swapped && v.Known() && v.Repair == domain.NotRepaired && cellIn(row, v.Cell.Col).Type == reader.Date:
			v.Repair = domain.MaybeSwapped
		case !c.key:
		case struck && v.Known():
			v.Repair, struck = domain.Struck, false
		case c.Kind == KindText && r.def.ofPeople() && r.twoPeople(row, v):
			*v = domain.Value{State: domain.Bad, Why: domain.TwoPeople, Raw: v.Raw, Cell: v.Cell}
		}
	}
}

// struck reports whether a row is struck through: its key, or most of what is seen in it.
func (r *tableReader) struck(row reader.Row) bool {
	struck, cells, key := 0, 0, false
	for c := range filledCells(row) {
		if cells++; c.Struck {
			struck++
			key = key || slices.ContainsFunc(r.columns, func(b boundColumn) bool { return b.col == c.Col && r.def.Columns[b.of].key })
		}
	}
	return struck*2 > cells || key
}

// dittoMarks are what people write for the value above, without spaces, points and dashes.
var dittoMarks = []string{"nt", "ntr", "nhutren", "giongtren", "tuongtu", "//", "\\\\"}

// isDitto reports whether a text is a mark for the value above.
func isDitto(s string) bool {
	if len(s) > 24 || !beginsAsDitto(s) {
		return false
	}
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .()", r) || isDash(r) {
			return -1
		}
		return r
	}, s)
	if s != "" && strings.Trim(s, "\"“”„‟″‶〃»«,'’‘`´") == "" { // quotes of any kind, of single ones at least two
		return utf8.RuneCountInString(s) > 1 || !strings.Contains(",'’‘`´", s)
	}
	return slices.Contains(dittoMarks, s) || slices.Contains(dittoMarks, viet.Bare(s))
}

// beginsAsDitto reports whether a text may be a ditto mark by its first two letters. It is asked
// of every cell, and of nearly none is it so.
func beginsAsDitto(s string) bool {
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	plain := second < utf8.RuneSelf
	switch letter := unicode.IsLetter(second); {
	case first == 'n', first == 'N':
		return !letter || strings.ContainsRune("tThH", second)
	case first == 'g', first == 'G':
		return !letter || !plain || second == 'i' || second == 'I'
	case first == 't', first == 'T':
		return !letter || !plain || second == 'u' || second == 'U'
	}
	return !unicode.IsLetter(first) && !unicode.IsDigit(first)
}

// ditto is the value above. Who somebody is stands in each row.
func ditto(c *Column, typed, above domain.Value) domain.Value {
	if !c.Required && above.Empty() { // nothing stands above what may be blank
		return domain.Value{State: domain.Blank, Raw: typed.Raw, Cell: typed.Cell, Repair: domain.Ditto}
	}
	if c.key || c.Kind == KindID || c.ID == "born" || !above.Known() {
		return domain.Value{State: domain.Bad, Why: domain.DittoMark, Raw: typed.Raw, Cell: typed.Cell}
	}
	above.Raw, above.Cell, above.Repair = typed.Raw, typed.Cell, domain.Ditto
	return above
}

// What stands between two names in one cell; lines and wide gaps stand between the words of
// one as well.
var (
	betweenNames = regexp.MustCompile(`[\s(]+(?:và|với)\s+|\s*[;/,+&]\s*|\s[-–]\s|\s+[0-9]+[.)]\s*`)
	betweenLines = regexp.MustCompile(`\s*[\r\n]+\s*|\s{3,}`)
	idInText     = regexp.MustCompile(`[0-9]{12}|[0-9]{9}`)
)

// twoPeople reports whether a row names two people: two names in its cell, or two lines of it
// beside two identity numbers.
func (r *tableReader) twoPeople(row reader.Row, name *domain.Value) bool {
	typed := strings.TrimSpace(cellIn(row, name.Cell.Col).Text)
	names := func(between *regexp.Regexp) bool {
		n := 0
		for _, part := range between.Split(typed, -1) {
			if likeName(strings.Trim(viet.Clean(part), "0123456789.()- ")) {
				n++
			}
		}
		return n >= 2
	}
	// Nearly no name has any of that, and expressions take long.
	apart := strings.ContainsAny(typed, ";/,+&-–(0123456789") || strings.Contains(typed, "và") || strings.Contains(typed, "với")
	if apart && names(betweenNames) {
		return true
	}
	numbers := 0
	for _, b := range r.columns {
		if r.def.Columns[b.of].Kind != KindID {
			continue
		}
		if id := text(cellIn(row, b.col)); len(id) >= 2*oldIDDigits {
			numbers = max(numbers, len(idInText.FindAllString(id, -1)))
		}
	}
	lines := strings.ContainsAny(typed, "\t\n\f\r") || strings.Contains(typed, "   ")
	return numbers > 1 || lines && names(betweenLines) && len(strings.Fields(typed)) >= 5
}

// marked describes each of the columns that a column split into itself comes as. Anything
// written there but a "no" counts as a mark.
var marked = &Column{Kind: KindMark}

// readSplit reads a column that came as several, of which one is filled: what it holds,
// and the value that follows from which of them it is, the header above it.
func (r *tableReader) readSplit(row reader.Row, c *blockColumn, as *Column) (value, implied domain.Value) {
	for part, col := range c.cols {
		if col == 0 {
			continue
		}
		v := r.grid.value(row.N, cellIn(row, col), as, c.monthFirst[part])
		if as == marked && v.Known() && !v.Mark {
			v = domain.Value{State: domain.Blank, Cell: v.Cell}
		}
		switch isFilled := v.State != domain.Blank; {
		case value.State == domain.Absent, value.State == domain.Blank && isFilled:
			value, implied = v, domain.Value{State: domain.Blank, Cell: v.Cell}
			if name := c.Split.Headers[part]; isFilled {
				implied = domain.Value{State: domain.Known, Raw: name, Text: name, Cell: v.Cell}
			}
		case isFilled: // both are filled
			implied = bad(domain.TooMany, value.Raw+"; "+v.Raw)
			implied.Cell = v.Cell
			if !value.Known() && v.Known() {
				value = v
			}
		}
	}
	if as == marked && implied.Known() {
		if value.State == domain.Bad && value.Why != domain.NotAMark {
			return value, value
		}
		implied.Raw, implied.Repair = value.Raw, value.Repair
	}
	return value, implied
}
