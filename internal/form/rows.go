package form

import (
	"regexp"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// rowFacts is what classify has to know of a row.
type rowFacts struct {
	cells   int         // filled cells
	bound   int         // filled cells in columns of the form, but the ordinal
	numbers int         // of them, numbers
	key     reader.Cell // the first filled key cell
	id      bool        // an identity number is there
	ordinal string      // what stands in the ordinal column
	first   reader.Cell // the leftmost filled cell
}

// factsOf are the facts of a row below the header.
func (r *tableReader) factsOf(row reader.Row) rowFacts {
	var f rowFacts
	for c := range filledCells(row) {
		if f.cells == 0 {
			f.first = c
		}
		f.cells++
	}
	for _, b := range r.columns {
		c := cellOf(row, b.col)
		if c == nil || !filled(*c) {
			continue
		}
		if b.of == r.ordinal {
			f.ordinal = text(*c)
			continue
		}
		f.bound++
		if c.Type == reader.Number {
			f.numbers++
		}
		f.id = f.id || r.def.Columns[b.of].Kind == KindID
		if r.def.Columns[b.of].key && f.key.Type == reader.Blank {
			f.key = *c
		}
	}
	return f
}

// classify says why a row is not data, "" when it is.
func (r *tableReader) classify(row reader.Row) string {
	f := r.factsOf(row)
	// Further down, at the head of a page, the same numbers may come again.
	if marks := r.columnNumbers(row, f); marks != nil && (r.top || slices.Equal(marks, r.numbers)) {
		r.numbers = marks
		return skipNumbers
	}
	switch {
	case !f.id && r.isTotal(f):
		r.footer = false
		return skipTotal
	case r.isFooter(row, f):
		r.footer = true
		return skipFooter
	case r.isGroup(row, f):
		return skipGroup
	case f.cells == 1 && r.def.ofPeople() && nobody(f.first):
		return skipNobody
	case f.bound == 0 && f.ordinal == "":
		return skipOutside
	case f.bound == 0:
		return skipOrdinal
	case r.def.Total && f.key.Type == reader.Blank && !(f.numbers > 0 && r.grid.covered(row.N, r.keyCol())):
		return skipUnnamed + r.def.Column(r.def.Key[0]).Header
	}
	r.footer = false
	return ""
}

// columnNumbers are the marks of a row that holds the numbers of the columns, nil when it
// does not: three or more, all different, and nothing else. They need not rise: a column
// that is moved takes its number along. Such a row has a mark in the column of names too:
// where that is blank, the row is data without a name. A letter beside a running number is
// a name (Chi bộ A).
func (r *tableReader) columnNumbers(row reader.Row, f rowFacts) []string {
	if r.keyBinding().found() && markOf(text(f.key)) == "" {
		return nil
	}
	var marks []string
	numbers := 0
	for c := range filledCells(row) {
		mark := markOf(text(c))
		if viet.AllDigits(mark) {
			mark = strings.TrimLeft(mark, "0")
			numbers++
		}
		if mark == "" || slices.Contains(marks, mark) { // no column is number 0
			return nil
		}
		marks = append(marks, mark)
	}
	if len(marks) < 3 || numbers == 0 || isLetter(text(f.key)) && r.ordinal >= 0 && !isLetter(f.ordinal) {
		return nil
	}
	return marks
}

// isLetter reports whether a text is a letter as a row of numbers has it.
func isLetter(s string) bool {
	mark := markOf(s)
	return mark != "" && !viet.AllDigits(mark)
}

// Words that begin a total row. Those of totalAlone may begin a name as well, so nothing
// else may stand with them.
var (
	totalAlone = viet.FoldAll("Cộng", "Tổng", "Tong cong", "Tong so", "TC", "T.cộng", "T/cộng", "Toàn xã", "Toàn phường", "Toàn thị trấn",
		"Toàn đảng bộ", "Toàn chi bộ", "Toàn huyện", "Toàn đơn vị")
	totalCount = regexp.MustCompile(`(?i)^(cộng|tổng)\s*[:=(0-9]`)
	totalOf    = regexp.MustCompile(`(?i)^(cộng|tổng)( số| cộng)?( của| theo)? (chi bộ|cb|thôn|xóm|bản|ấp|tổ|khối|nhóm|cụm|trang|mục|phần|` +
		`đơn vị|đảng bộ|nam|nữ|danh sách|tháng|quý|trong|người|có|này|trên|dưới)( |$|:)`)
	totalBegins = viet.FoldAll("Tổng cộng", "Tổng số", "Cộng chung", "Cộng dồn", "Cộng toàn")
)

// totalText reports whether a text begins a total row.
func totalText(s string) bool {
	key := viet.Fold(s)
	return slices.Contains(totalAlone, key) || totalCount.MatchString(viet.Clean(s)) || totalOf.MatchString(viet.Clean(s)) ||
		viet.Begins(key, totalBegins)
}

func (r *tableReader) isTotal(f rowFacts) bool {
	return f.first.Type == reader.Text && totalText(f.first.Text) || f.key.Type == reader.Text && totalText(f.key.Text)
}

// nameTotal takes the words of a total row as its name where they were typed in
// another column, such as TT, which is often merged with the column of names. They are
// not kept as a running number.
func (r *tableReader) nameTotal(total []domain.Value, row reader.Row) {
	for c := range filledCells(row) {
		if c.Type != reader.Text || !totalText(c.Text) {
			continue
		}
		key := r.def.index(r.def.Key[0])
		if name := &total[key]; name.State == domain.Blank {
			*name = r.grid.value(row.N, c, &r.def.Columns[key], false)
		}
		if at := r.grid.place(row.N, c.Col); r.ordinal >= 0 && total[r.ordinal].Cell == at {
			total[r.ordinal] = domain.Value{State: domain.Blank, Cell: at}
		}
		return
	}
}

// part reports whether a total row is that of a part of the table: Cộng chi bộ thôn 1.
func part(row reader.Row) bool {
	for c := range filledCells(row) {
		if c.Type == reader.Text && totalText(c.Text) {
			return totalOf.MatchString(viet.Clean(c.Text)) && !grand(reader.Row{Cells: []reader.Cell{c}})
		}
	}
	return false
}

// grand reports whether a total row is the grand total: Tổng cộng, not Cộng.
func grand(row reader.Row) bool {
	for c := range filledCells(row) {
		if c.Type == reader.Text && strings.HasPrefix(viet.Bare(c.Text), "tong") {
			return true
		}
	}
	return false
}

// What begins the lines below a table: place and date, and the posts of those who sign.
var (
	footerDate  = regexp.MustCompile(`(?i)ngày.*tháng.*năm`)
	footerTexts = regexp.MustCompile(`(?i)^(người (lập|ký|báo cáo|tổng hợp)|nơi nhận|` +
		`t/m|tm\.|k/t|kt\.|t/l|tl\.|\(?ký[ ,]|xác nhận|bí thư$|phó bí thư$|thủ trưởng|trưởng ban$|chánh văn phòng)`)
)

// footerFill is in how many columns of the form a line for signatures may have text.
const footerFill = 3

// isFooter reports whether a row belongs to the lines for place, date and
// signatures. Rows after the first such row do as well, until one looks like data.
// Where the row has a name, what stands in the other columns of the form is about that
// person, such as the note "KT. Bí thư xác nhận": only the name may be a footer then.
func (r *tableReader) isFooter(row reader.Row, f rowFacts) bool {
	if f.id || f.ordinal != "" && viet.AllDigits(f.ordinal) || f.bound > footerFill || f.numbers > 0 {
		return false
	}
	if r.footer {
		return true
	}
	for c := range filledCells(row) {
		if c.Type != reader.Text {
			return false
		}
		if f.key.Type != reader.Blank && r.isField(c.Col) {
			continue
		}
		if footerText(viet.Clean(c.Text)) {
			return true
		}
	}
	return false
}

// footerText reports whether a text is one that stands below tables.
func footerText(t string) bool {
	return footerTexts.MatchString(t) || footerDate.MatchString(t) && !dateWords.MatchString(t)
}

// isField reports whether a column of the sheet holds what is said of somebody:
// neither the key nor the running number.
func (r *tableReader) isField(col int) bool {
	return slices.ContainsFunc(r.columns, func(b boundColumn) bool {
		return b.col == col && b.of != r.ordinal && !r.def.Columns[b.of].key
	})
}

var (
	romanNumber = regexp.MustCompile(`^([IVX]+|[A-ZĐ])[.)]?$`)
	lowerNumber = regexp.MustCompile(`^(?:[a-zđ][.)]?|[0-9IVXA-Z]{1,4}(?:\.[0-9a-z]{1,2})+[.)]?|[-–+*•])$`) // of headings below headings
	romanBegins = regexp.MustCompile(`^[IVX]+[.)]\s`)
)

// hasArabicNumbers reports whether the rows are numbered 1, 2, 3.
func (r *tableReader) hasArabicNumbers() bool {
	if r.ordinal < 0 || !r.header.bound[r.ordinal].found() {
		return false
	}
	col := r.header.bound[r.ordinal].first()
	for _, row := range r.grid.rows {
		if c := cellIn(row, col); row.N > r.header.last && filled(c) && viet.AllDigits(text(c)) && r.columnNumbers(row, r.factsOf(row)) == nil {
			return true
		}
	}
	return false
}

// isGroup reports whether a row heads a group of rows: one text across, or a Roman
// number or letter with a name where rows are numbered 1, 2, 3.
func (r *tableReader) isGroup(row reader.Row, f rowFacts) bool {
	if f.id {
		return false
	}
	if f.cells == 1 {
		if f.first.Type != reader.Text {
			return false
		}
		t := viet.Clean(f.first.Text)
		switch {
		case viet.AllDigits(t):
			return false
		case f.key.Type == reader.Blank && f.bound == 0: // left of the names, or in the ordinal column
			return f.ordinal != "" || f.first.Col < r.keyCol()
		case f.key.Type == reader.Blank:
			return false
		}
		return r.grid.lastCol(row.N, f.first.Col) > f.first.Col && len(r.keyBinding().cols) < 2 ||
			romanBegins.MatchString(t) || r.isGroupName(t)
	}
	return r.arabic && f.key.Type != reader.Blank && f.bound-f.numbers <= 1 &&
		(romanNumber.MatchString(f.ordinal) || lowerNumber.MatchString(f.ordinal) && f.bound == 1 && !likeName(text(f.key)))
}

// nobody reports whether a text says that the list has nobody: Không có, Trong kỳ không phát sinh.
func nobody(c reader.Cell) bool {
	t := text(c)
	return c.Type == reader.Text && len(t) > 1 && (isNone(t) || saysNobody.MatchString(t))
}

var saysNobody = regexp.MustCompile(`(?i)^(?:trong (?:kỳ|tháng|quý|năm)|kỳ này|tháng này|từ đầu năm|đơn vị)?[ ,:]*` +
	`(?:không|chưa) (?:phát sinh|có|kết nạp)(?: |$|[.,;])`)

func (r *tableReader) isGroupName(s string) bool {
	return viet.Begins(viet.Fold(s), viet.FoldAll(r.def.Groups...))
}

// keyBinding is where the first key column stands.
func (r *tableReader) keyBinding() *binding { return &r.header.bound[r.def.index(r.def.Key[0])] }

func (r *tableReader) keyCol() int { return r.keyBinding().first() }
