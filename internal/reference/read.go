package reference

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// The sheets of the assignment workbook, as config/assignment.yaml names them.
const (
	sheetUnits    = "DON_VI"
	sheetTargets  = "CHI_TIEU"
	sheetCells    = "CHI_BO"
	sheetLastYear = "NAM_TRUOC"
)

// Violation is something in the assignment workbook that must be mended before any
// return can be judged. Sentence is Vietnamese: place, what was found, what to do.
type Violation struct {
	Cell     domain.Cell
	Sentence string
}

// Violations are all that is wrong with an assignment workbook, found in one pass.
type Violations []Violation

// Error lists them, a line each, the first twenty.
func (f Violations) Error() string {
	var b strings.Builder
	for i, violation := range f {
		if i == 20 {
			fmt.Fprintf(&b, "  … và %d lỗi nữa", len(f)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "  %s", violation.Sentence)
	}
	return b.String()
}

// Read reads assignment.xlsx (its bytes) as config/assignment.yaml describes it.
// A workbook with something wrong gives Violations; any other error is about our run.
func Read(configuration fs.FS, data []byte, limits reader.Limits) (*Assignment, error) {
	tables, err := form.ReadTables(configuration, "assignment.yaml", data, limits)
	if refusal, ok := errors.AsType[*reader.Refusal](err); ok {
		return nil, Violations{{Sentence: strings.TrimSpace(refusal.Detail + " — " + refusal.Advice)}}
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	r := tableReader{a: &Assignment{SHA256: hex.EncodeToString(sum[:])}, refused: map[string]bool{}}
	r.a.Index() // of units, as far as they are read
	read := map[string]func(*form.Table){
		sheetUnits: r.readUnits, sheetTargets: r.readTargets, sheetCells: r.readCells, sheetLastYear: r.readLastYear,
	}
	for i := range tables { // in the order of the layout: units first
		if t := &tables[i]; r.usable(t) {
			read[t.Reading.ID](t)
		}
	}
	if len(r.violations) > 0 {
		return nil, r.violations
	}
	r.a.Index()
	return r.a, nil
}

// tableReader gathers the assignment and what is wrong with it.
type tableReader struct {
	a          *Assignment
	refused    map[string]bool // codes of DON_VI with something wrong in their rows: it has been told
	violations Violations
}

// violation notes what is wrong at a cell: «Trang DON_VI, ô A7: …».
func (r *tableReader) violation(at domain.Cell, format string, args ...any) {
	place := "Trang " + at.Sheet
	if ref := at.Ref(); ref != "" {
		place += ", ô " + ref
	}
	r.violations = append(r.violations, Violation{at, place + ": " + fmt.Sprintf(format, args...)})
}

// usable reports whether the sheet and its required columns are there.
func (r *tableReader) usable(t *form.Table) bool {
	if t.Reading.Name == "" {
		near := ""
		if t.Reading.Nearest != "" {
			near = fmt.Sprintf(" (có trang «%s»)", t.Reading.Nearest)
		}
		r.violation(domain.Cell{Sheet: t.Reading.ID}, "không có trang này%s — thêm trang %s, hoặc đặt lại tên cho đúng.", near, t.Reading.ID)
		return false
	}
	before := len(r.violations)
	for _, d := range t.Reading.Double {
		r.violation(d.At, "hai cột cùng là «%s» (cột kia ở ô %s) — bỏ một cột.", d.Header, d.First.Ref())
	}
	for _, m := range t.Reading.Lacking() {
		near := ""
		if m.Nearest != "" {
			near = fmt.Sprintf(", gần nhất là «%s»", m.Nearest)
		}
		r.violation(m.At, "không thấy cột «%s»%s — thêm cột hoặc sửa tiêu đề cho đúng.", m.Header, near)
	}
	return len(r.violations) == before
}

// line is a row being read: it hands out values by column id and notes those
// that are missing or cannot be read.
type line struct {
	r   *tableReader
	t   *form.Table
	row *form.TableRow
	bad bool
}

func (r *tableReader) lines(t *form.Table) iter.Seq[*line] {
	return func(yield func(*line) bool) {
		for i := range t.Rows {
			if heading(t, &t.Rows[i]) || IsExample(t.Value(&t.Rows[i], "unit").Raw) {
				continue
			}
			if !yield(&line{r: r, t: t, row: &t.Rows[i]}) {
				return
			}
		}
	}
}

// IsExample reports whether what stands as the code of a unit says that its row is an example, as
// in a new workbook: it is left as it is, and not read.
func IsExample(code string) bool { return viet.Fold(code) == viet.Fold("Ví dụ") }

var (
	headingNumber = regexp.MustCompile(`^([IVX]+|[A-ZĐ])[.)]?$`)
	headingWords  = viet.FoldAll("Khối", "Nhóm", "Cụm", "Các", "Vùng", "Phần", "Mục")
)

// heading reports whether a row heads a group of rows, as in returns: it has nothing but a name,
// and figures at most, beside a Roman number, a letter or nothing.
func heading(t *form.Table, row *form.TableRow) bool {
	texts := []string{}
	for i, v := range row.Values {
		switch c := &t.Def.Columns[i]; {
		case v.Empty() || c.Kind == form.KindCount:
		case slices.Contains(t.Def.Key, c.ID) || c.ID == "name":
			texts = append(texts, v.Raw)
		default:
			return false
		}
	}
	switch len(texts) {
	case 1:
		key := viet.Fold(texts[0])
		words := strings.Contains(strings.TrimSpace(texts[0]), " ")
		return words && (texts[0] == strings.ToUpper(texts[0]) || viet.Begins(key, headingWords))
	case 2:
		return headingNumber.MatchString(texts[0])
	}
	return false
}

// inOrder notes a last day before the first.
func (l *line) inOrder(from, until domain.Date) {
	if !until.IsZero() && until.Before(from) {
		l.violation(l.t.Value(l.row, "until"), "hiệu lực đến %s trước hiệu lực từ %s — sửa một trong hai ngày.", until, from)
	}
}

func (l *line) violation(v domain.Value, format string, args ...any) {
	l.bad = true
	at := v.Cell
	if at.Sheet == "" {
		at = domain.Cell{Sheet: l.t.Reading.Name, Row: l.row.Row}
	}
	l.r.violation(at, format, args...)
}

// value is the column's value; one that stands there and cannot be read is wrong.
func (l *line) value(id string) domain.Value {
	v := l.t.Value(l.row, id)
	column := l.t.Def.Column(id)
	switch {
	case v.State == domain.Bad:
		l.violation(v, "%s ghi «%s», không đọc được là %s — sửa lại.", column.Header, v.Raw, kindWord(column.Kind))
	case column.Required && v.Empty():
		l.violation(v, "%s để trống — ghi %s.", column.Header, kindWord(column.Kind))
	case v.Unlisted:
		var listed []string
		for _, code := range column.Listed() {
			listed = append(listed, code.Value)
		}
		l.violation(v, "%s ghi «%s», không có trong danh mục — ghi một trong: %s.", column.Header, v.Raw, strings.Join(listed, ", "))
	}
	return v
}

// any reports whether anything stands in one of the columns.
func (l *line) any(ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return !l.t.Value(l.row, id).Empty() })
}

func kindWord(k form.Kind) string {
	switch k {
	case form.KindDate:
		return "ngày (dd/mm/yyyy)"
	case form.KindCount, form.KindInteger:
		return "số nguyên không âm"
	case form.KindMark:
		return "dấu x"
	}
	return "nội dung"
}

func (l *line) text(id string) string { return l.value(id).Text }

func (r *tableReader) readUnits(t *form.Table) {
	none, byCode := true, map[string][]Unit{}
	for l := range r.lines(t) {
		none = false
		code := l.value("unit")
		u := Unit{
			Code: code.Text, Name: l.text("name"), OtherName: l.text("other_name"), Kind: l.text("kind"), Group: l.text("group"),
			PartyKind: l.text("party_kind"), Follower: l.text("follower"), From: l.value("from").Date, Until: l.value("until").Date,
			Successor: l.text("successor"), Area: l.text("area"), Exhausted: l.value("exhausted").Mark,
			Contact: l.text("contact"), Phone: l.text("phone"), Row: l.row.Row,
		}
		if isWhole(u.Code) {
			l.violation(code, "mã %s dành cho chỉ tiêu chung, không phải mã đơn vị — đặt mã khác.", u.Code)
		}
		l.inOrder(u.From, u.Until)
		for _, other := range byCode[u.Code] {
			if overlap(other.From, other.Until, u.From, u.Until) {
				l.violation(code, "mã %s đã có ở dòng %d trong cùng thời gian hiệu lực — mỗi mã một đơn vị.", u.Code, other.Row)
			}
		}
		if l.bad {
			r.refused[u.Code] = true
		} else {
			byCode[u.Code] = append(byCode[u.Code], u)
			r.a.Units = append(r.a.Units, u)
		}
	}
	r.nameBranches()
	r.a.Index()
	if none {
		r.violation(domain.Cell{Sheet: t.Reading.Name}, "chưa có đơn vị nào — ghi mỗi đơn vị một dòng dưới tiêu đề.")
	}
	for i, u := range r.a.Units {
		heirs := u.Successors()
		for j := range heirs {
			heirs[j] = r.a.Canonical(heirs[j])
		}
		r.a.Units[i].Successor = strings.Join(heirs, "; ")
		for _, code := range heirs {
			if _, listed := r.a.UnitEver(code); !listed && code != MovedAway && !r.refused[code] {
				r.violation(domain.Cell{Sheet: t.Reading.Name, Row: u.Row, Col: t.Reading.Columns["successor"]},
					"đơn vị kế tục %s không có trong danh sách — sửa mã; nhiều đơn vị kế tục thì cách nhau bằng dấu «;».", code)
			}
		}
	}
	told := map[int]bool{} // rows: of a circle one is told
	for _, u := range r.a.Units {
		if circle := r.a.circle(u); circle != nil && !told[u.Row] {
			maps.Copy(told, circle)
			r.violation(domain.Cell{Sheet: t.Reading.Name, Row: u.Row, Col: t.Reading.Columns["successor"]},
				"đơn vị kế tục của %s dẫn trở lại chính %s — ghi mã đơn vị nhận người của đơn vị này, hoặc để trống.", u.Code, u.Code)
		}
	}
}

// nameBranches tells what «Chi bộ» is as Loại TCCSĐ: among base organisations one of them, else,
// below a commune, just that.
func (r *tableReader) nameBranches() {
	const branch, base = "Chi bộ", " cơ sở"
	if !slices.ContainsFunc(r.a.Units, func(u Unit) bool { return strings.HasSuffix(u.PartyKind, base) }) {
		return
	}
	for i := range r.a.Units {
		if u := &r.a.Units[i]; u.PartyKind == branch {
			u.PartyKind += base
		}
	}
}

// overlap reports whether two times, each from its first to its last day, have a day in common.
func overlap(from, until, from2, until2 domain.Date) bool {
	return (until.IsZero() || from2.IsZero() || !until.Before(from2)) && (until2.IsZero() || from.IsZero() || !until2.Before(from))
}

// unit is the row's unit code, which must be in DON_VI and agree with the name
// beside it, and, where several units have had the code, the row of the one meant:
// the one of that name, else the one valid on the day.
func (l *line) unit(whole bool, on domain.Date) (string, int) {
	code := l.value("unit")
	code.Text = l.r.a.Canonical(code.Text)
	switch {
	case code.Text == "":
		return "", 0
	case whole && isWhole(code.Text):
		return Whole, 0
	}
	var units []Unit
	for _, i := range l.r.a.index().units[code.Text] {
		units = append(units, l.r.a.Units[i])
	}
	if len(units) == 0 {
		if len(l.r.a.Units) > 0 && !l.r.refused[code.Text] { // else what is wrong is in DON_VI itself
			l.violation(code, "mã đơn vị %s không có trong trang %s — sửa mã hoặc thêm đơn vị.", code.Text, sheetUnits)
		}
		return code.Text, 0
	}
	name := l.t.Value(l.row, "name")
	named := slices.Clone(units)
	if name.Known() {
		named = slices.DeleteFunc(named, func(u Unit) bool { return !u.named(name.Text) })
	}
	if len(named) == 0 {
		u := units[len(units)-1]
		l.violation(name, "ghi «%s», mã %s là «%s» trong trang %s — sửa mã hoặc tên.", name.Text, u.Code, u.Name, sheetUnits)
	}
	if len(units) == 1 || len(named) == 0 {
		return code.Text, 0
	}
	if i := slices.IndexFunc(named, func(u Unit) bool { return u.ValidOn(on) }); i >= 0 {
		return code.Text, named[i].Row
	}
	return code.Text, named[len(named)-1].Row
}

// named reports whether the name is one of the unit's.
func (u Unit) named(name string) bool {
	key := unitKey(name)
	return key == unitKey(u.Name) || u.OtherName != "" && key == unitKey(u.OtherName)
}

// ofYear is what may stand once only: a unit's target of a document, its row of NAM_TRUOC.
type ofYear struct {
	unit     string
	of, year int
	date     domain.Date // of the document
}

func (r *tableReader) readTargets(t *form.Table) {
	seen := map[ofYear]domain.Cell{}
	for l := range r.lines(t) {
		if !l.any("number", "document", "date", "note") { // a unit that nothing is assigned to yet
			continue
		}
		number := l.value("number")
		target := Target{
			Year: l.value("year").Num, Number: number.Num,
			Document: l.text("document"), Date: l.value("date").Date, Cell: number.Cell,
		}
		target.Unit, target.Of = l.unit(true, target.Date)
		if number.Num < 0 {
			l.violation(number, "chỉ tiêu %d là số âm — sửa lại.", number.Num)
		}
		this := ofYear{target.Unit, target.Of, target.Year, target.Date}
		if other, twice := seen[this]; twice {
			l.violation(number, "đơn vị %s năm %d đã có chỉ tiêu cùng ngày văn bản ở ô %s — bỏ một dòng, "+
				"hoặc ghi đúng ngày của văn bản điều chỉnh.", target.Unit, target.Year, other.Ref())
		}
		if !l.bad {
			seen[this] = target.Cell
			r.a.Targets = append(r.a.Targets, target)
		}
	}
}

func (r *tableReader) readCells(t *form.Table) {
	type row struct {
		cell PartyCell
		at   int
	}
	seen := map[[2]string][]row{}
	for l := range r.lines(t) {
		name := l.value("cell")
		cell := PartyCell{
			Name: name.Text, OtherName: l.text("other_name"), Target: l.value("target").Count(), From: l.value("from").Date,
			Until: l.value("until").Date, Successor: l.text("successor"),
		}
		cell.Unit, _ = l.unit(false, domain.Date{})
		l.inOrder(cell.From, cell.Until)
		key := [2]string{cell.Unit, CellKey(cell.Name)}
		for _, before := range seen[key] {
			if overlap(before.cell.From, before.cell.Until, cell.From, cell.Until) && cell.Name != "" {
				l.violation(name, "«%s» của đơn vị %s đã có ở dòng %d — bỏ một dòng, hoặc ghi hiệu lực từ, đến của từng dòng.",
					cell.Name, cell.Unit, before.at)
			}
		}
		seen[key] = append(seen[key], row{cell, l.row.Row})
		if !l.bad {
			r.a.Cells = append(r.a.Cells, cell)
		}
	}
}

func (r *tableReader) readLastYear(t *form.Table) {
	seen := map[ofYear]bool{}
	for l := range r.lines(t) {
		year := l.value("year")
		y := YearToDate{Year: year.Num}
		y.Unit, y.Of = l.unit(false, domain.Day(y.Year, time.December, 31))
		for m := range y.Months {
			v := l.value(fmt.Sprintf("m%d", m+1))
			y.Months[m], y.Cells[m] = v.Count(), v.Cell
		}
		this := ofYear{unit: y.Unit, of: y.Of, year: y.Year}
		if seen[this] {
			l.violation(year, "đơn vị %s năm %d đã có một dòng — bỏ một dòng.", y.Unit, y.Year)
		}
		if !l.bad {
			seen[this] = true
			r.a.LastYear = append(r.a.LastYear, y)
		}
	}
}
