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

// What looks like data and is not read: nobody may be lost by where a row was typed.

// peekRows is how many rows of a sheet that is not read are looked at.
const peekRows = 300

// peek is the first rows of a sheet. What is beyond a limit is left to whoever reads it.
func peek(book *reader.Book, sheet *reader.Sheet) (*grid, error) {
	g := &grid{book: book, sheet: sheet}
	for row, err := range sheet.Rows() {
		if err != nil {
			return nil, err
		}
		if row.N > peekRows {
			break
		}
		g.rows = append(g.rows, seen(row))
	}
	return g, nil
}

// likeness is which description a sheet answers to by its headers, -1 for none.
type likeness struct {
	of   int
	at   domain.Cell // its header
	rows int         // of data; of a sheet of labels, the labels that have a value
}

// likenessOf is the description that most of whose required columns the sheet has.
func likenessOf(book *reader.Book, sheet *reader.Sheet, sheets []SheetDef) (likeness, error) {
	best, most := likeness{of: -1}, 0
	for i := range sheets {
		g, err := peek(book, sheet)
		if err != nil {
			return best, err
		}
		def := &sheets[i]
		table := Table{Def: def, Reading: domain.SheetReading{ID: def.ID, Name: sheet.Name}}
		rows := 0
		err = def.read(g, &table, func(_ *Table, row TableRow, total bool) {
			switch {
			case def.Layout == LabelsLayout:
				blank := func(v domain.Value) bool { return v.Empty() }
				rows = len(slices.DeleteFunc(row.Values, blank))
			case !total:
				rows++
			}
		})
		if err != nil {
			return best, err
		}
		required := 0
		for _, c := range def.Columns {
			if c.Required {
				required++
			}
		}
		found := required - len(table.Reading.Lacking())
		const enough = 60 // per cent
		if score := found * 100 / max(required, 1); found >= min(3, required) && score >= enough && score > most {
			at := domain.Cell{Sheet: sheet.Name, Row: table.Reading.HeaderRow, Col: 1}
			for _, label := range table.Reading.Labels {
				if at.Row == 0 || label.Row < at.Row {
					at.Row = label.Row
				}
			}
			best, most = likeness{i, at, rows}, score
		}
	}
	return best, nil
}

// lookElsewhere states which sheets that are not read have the headers of a list and rows
// below them, or rows of people without any header.
func (found *contents) lookElsewhere(book *reader.Book, sheets []SheetDef) error {
	for _, sheet := range book.Sheets {
		if !slices.Contains(found.other, sheet.Name) || sheet.Name == domain.MarkSheet {
			continue
		}
		l, err := likenessOf(book, sheet, sheets)
		if err != nil {
			return err
		}
		unread := domain.UnreadRows{At: l.at, Rows: l.rows}
		if l.of >= 0 {
			unread.ID = sheets[l.of].ID
		} else {
			if unread, err = peopleOf(book, sheet); err != nil {
				return err
			}
		}
		if unread.Rows > 0 {
			found.unread = append(found.unread, unread)
		}
	}
	return nil
}

// longestNameHeader is the length in bytes of such a header, folded.
const longestNameHeader = 60

// nameHeaders begin the header of a column of names.
var nameHeaders = viet.FoldAll("Họ và tên", "Họ tên", "Họ, chữ đệm", "Tên đảng viên", "Tên quần chúng")

// peopleOf are the rows of a sheet without the form's headers that look like people, and below a
// header for names those that have no more than a name.
func peopleOf(book *reader.Book, sheet *reader.Sheet) (domain.UnreadRows, error) {
	g := &grid{book: book, sheet: sheet}
	named := 0 // the column below such a header
	for read, err := range sheet.Rows() {
		if err != nil {
			return g.unread, err
		}
		row := seen(read)
		before := g.unread.Rows
		if c := cellOf(row, named); c != nil && c.Type == reader.Text && likeName(viet.Clean(c.Text)) {
			g.note("", row.N, named)
		} else {
			g.noteUnread("", row, false)
		}
		for c := range filledCells(row) {
			if c.Type != reader.Text {
				continue
			}
			if before == g.unread.Rows && bornInText.MatchString(c.Text) {
				g.note("", row.N, c.Col)
			}
			if key := viet.Fold(c.Text); len(key) <= longestNameHeader && viet.Begins(key, nameHeaders) {
				named = c.Col
			}
		}
	}
	return g.unread, nil
}

// bornInText is somebody with a birth date in one text: Trần Văn Một (05/03/1990).
var bornInText = regexp.MustCompile(`(?:\p{Lu}[\p{L}'’]*\s+)+\p{Lu}[\p{L}'’]*[\s,(:–-]*(?:sinh|SN|ngày|năm|[\s:])*` +
	`[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19[0-9]{2}|200[0-9]|201[0-2])`)

// noteUnread notes a row that is not read where it looks like somebody's.
func (g *grid) noteUnread(id string, row reader.Row, strict bool) {
	if at, somebody := personIn(row, strict); somebody {
		g.note(id, row.N, at)
	}
}

// note notes a row that is not read, where somebody stands in that column of it.
func (g *grid) note(id string, row, col int) {
	if g.unread.Rows++; g.unread.Rows == 1 {
		g.unread.ID, g.unread.At = id, g.place(row, col)
	}
}

// labelWords begin what stands in lines for signatures and letterheads and would else look
// like a name.
var labelWords = []string{
	"ngày", "người", "tháng", "năm", "kỳ", "đến", "từ", "số", "nơi", "bí thư", "phó", "thủ trưởng", "chánh", "t/m", "tm", "kt", "k/t",
	"xác nhận", "tổng", "cộng", "ghi chú", "chi bộ", "đảng", "trưởng", "văn phòng", "đơn vị", "báo cáo", "danh sách", "họ và tên",
	"họ tên", "giới tính", "dân tộc", "tôn giáo", "chi ủy", "ban", "huyện", "tỉnh", "xã", "phường", "khối", "quý",
}

// numbersIn is how many numbers of twelve digits stand in a text.
func numbersIn(t string) (n int) {
	run := 0
	for i := range len(t) + 1 {
		if i < len(t) && '0' <= t[i] && t[i] <= '9' {
			run++
			continue
		}
		if run == idDigits {
			n++
		}
		run = 0
	}
	return n
}

// wholePerson reports whether one text names somebody with an identity number: Trần Văn Một, sinh
// 05/03/1990, CCCD 019090000101.
func wholePerson(t string) bool {
	if numbersIn(t) == 0 {
		return false
	}
	names := 0 // words like those of a name, one after another
	for w := range strings.FieldsSeq(t) {
		w = strings.Trim(w, ".,;:()-–")
		first, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(first) || strings.ContainsAny(w, "0123456789") {
			names = 0
			continue
		}
		if names++; names == 2 {
			return true
		}
	}
	return false
}

// personIn is where a row names somebody, and whether it does: a name with an identity
// number or, unless strict, a birth date, or all in one text. Beside a number the name may be in
// small letters.
func personIn(row reader.Row, strict bool) (col int, somebody bool) {
	number, date, years := false, false, 0
	for c := range filledCells(row) {
		switch c.Type {
		case reader.Number:
			least := 1e9 // a number has lost its zeros
			if strict {
				least = 1e11
			}
			number = number || whole(c.Num) && least <= c.Num && c.Num < 1e12
			if firstBirth <= c.Num && c.Num <= lastBirth {
				years++
			}
		case reader.Date:
			date = date || !strict && birthDate(c)
		case reader.Text:
			if !strings.ContainsAny(c.Text, "0123456789") { // expressions take long
				continue
			}
			t := viet.Clean(c.Text)
			if digits := idSeparators.Replace(t); len(digits) == idDigits && viet.AllDigits(digits) {
				number = true
			} else if wholePerson(t) {
				return c.Col, true
			} else if f := yearOnly.FindStringSubmatch(t); f != nil && atoi(f[1]) <= lastBirth {
				years++
			} else {
				date = date || !strict && len(c.Text) <= longestDate && birthDate(c)
			}
		}
	}
	if !number && !date && (strict || years != 1) { // several years are the columns of a table
		return 0, false
	}
	small := 0
	for c := range filledCells(row) {
		if c.Type != reader.Text || strings.ContainsAny(c.Text, "0123456789") {
			continue
		}
		switch t := viet.Clean(c.Text); {
		case likeName(t):
			return c.Col, true
		case small == 0 && number && likeWords(t):
			small = c.Col
		}
	}
	return small, small > 0
}

// longestDate is the length in bytes of what may be a date: ngày 05 tháng 03 năm 1990 08:00:00.
const longestDate = 48

// lastBirth is the year from which a date is no birth date of somebody in a list: places and
// dates stand side by side in letterheads and lines for signatures too.
const firstBirth, lastBirth = 1930, 2012

func birthDate(c reader.Cell) bool {
	v := parseDate(c, false)
	return v.Known() && v.Date.Year <= lastBirth
}

// likeName reports whether a text may be the name of a person as it is printed.
func likeName(t string) bool {
	if !likeWords(t) {
		return false
	}
	for w := range strings.FieldsSeq(t) {
		if first, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(first) {
			return false
		}
	}
	return true
}

// likeWords reports whether a text is as many and as short words as a name: H'Wưn Niê Kđăm.
func likeWords(t string) bool {
	words := 0
	for w := range strings.FieldsSeq(t) {
		first, _ := utf8.DecodeRuneInString(w)
		if words++; words > 7 || utf8.RuneCountInString(w) > 7 || !unicode.IsLetter(first) ||
			strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
			return false
		}
	}
	if words < 2 {
		return false
	}
	lower := strings.ToLower(t)
	for _, w := range labelWords {
		if rest, ok := strings.CutPrefix(lower, w); ok && (rest == "" || rest[0] == ' ') {
			return false
		}
	}
	return true
}
