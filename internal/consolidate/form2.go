package consolidate

import (
	"slices"
	"strconv"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// words is a label in the wording of the period.
func (in Input) words(label string) string { return in.Wording.Words(label, in.last()) }

// ageOn is the age of somebody in completed years.
func ageOn(day domain.Date, born *domain.Value) domain.Count {
	if !born.Known() {
		return domain.Count{}
	}
	years := int(day.Year) - int(born.Date.Year)
	if born.Date.AddMonths(12 * years).After(day) { // as the rules count: who was born on 29 February turns a year older on the 28th
		years--
	}
	return domain.People(years)
}

// Ids of columns of KET_NAP whose values are counted, and values that figures hang on
// (config/codes.yaml).
const (
	sex           = "sex"
	ethnicity     = "ethnicity"
	religion      = "religion"
	occupation    = "occupation"
	schooling     = "schooling"
	qualification = "qualification"
	youthUnion    = "youth_union"
	readmission   = "readmission"
	traits        = "traits"
	sourceGroups  = "source_groups"

	marked     = "x"
	female     = "Nữ"
	majority   = "Kinh"
	foreign    = "Quốc tịch gốc nước ngoài"
	noReligion = "Không"
)

// oldest is beyond every age.
const oldest = 1000

func ageRow(label string, from, to int) formRow {
	return formRow{label: label, level: 1, ages: [2]int{from, to}}
}

// codedRows are rows that count a value of a code list each, and are labelled by it.
func codedRows(level int, column string, labels ...string) (rows []formRow) {
	for _, label := range labels {
		rows = append(rows, formRow{label: label, level: level, column: column, value: trimSign(label)})
	}
	return rows
}

// formRow is a row of Biểu 2 as the official form has it; it counts who has a value in a
// column, unless it heads other rows, is the average age, or is of the register.
type formRow struct {
	no, label     string
	level         int
	kind          rowKind
	column, value string
	not           []string // instead of a value: those that are not counted
	ages          [2]int   // of a row of ages, both included
}

type rowKind uint8

const (
	hasTrait rowKind = iota
	all              // everybody
	heads            // no figures
	sums             // the rows one level below that follow
	average          // Tuổi bình quân
	unasked          // the return does not ask for it
	register         // a number of party organisations
)

// form2Rows are the rows of Biểu 2 after the row of the total, in the order and
// words of Biểu số 2-BTCTW (Hướng dẫn 11-HD/BTCTW ngày 13/12/2021).
var form2Rows = func() []formRow {
	rows := append([]formRow{{no: "I", label: "Tổng số đảng viên mới kết nạp", kind: all}}, traitRows...)
	for _, b := range blocks {
		rows = append(append(rows, formRow{no: b.no, label: b.label, kind: heads}), b.rows...)
	}
	return append(rows,
		formRow{no: "II.5", label: "Chức danh khoa học", kind: heads},
		formRow{label: "Phó giáo sư", level: 1, kind: unasked},
		formRow{label: "Giáo sư", level: 1, kind: unasked},
		formRow{no: "III", label: allOrganisations, kind: register},
		formRow{no: "1", label: partyCommittee, level: 1, kind: register},
		formRow{label: admitting, level: 2, kind: register},
		formRow{label: exhausted, level: 2, kind: register},
		formRow{no: "2", label: partyBranch, level: 1, kind: register},
		formRow{label: admitting, level: 2, kind: register},
		formRow{label: exhausted, level: 2, kind: register},
	)
}()

// blocks are the blocks of II whose rows share out everybody, or, with some, the people
// that have a row at all.
var blocks = []struct {
	no, label string
	rows      []formRow
	group     string // their name in CO_CAU
	some      bool
	note      string // why the rows may not add up
}{
	{no: "II.1", label: "Nghề nghiệp", rows: occupationRows, group: "Nghề nghiệp",
		note: "Khác nhau khi có người ghi nghề nghiệp ngoài danh mục; người đó không được xếp vào dòng nào."},
	{no: "II.2", label: "Tuổi đời", rows: ageRows, group: "Độ tuổi",
		note: "Khác nhau khi có người chưa rõ ngày sinh hoặc chưa đủ 18 tuổi; tuổi tính đến ngày cuối kỳ."},
	{no: "II.3", label: "Trình độ giáo dục phổ thông", rows: schoolingRows, group: "Trình độ học vấn",
		note: "Khác nhau khi có người ghi học vấn ngoài danh mục."},
	{no: "II.4", label: "Chuyên môn nghiệp vụ", rows: qualificationRows, group: "Chuyên môn nghiệp vụ", some: true,
		note: "Người chưa qua đào tạo không có dòng nào."},
}

// rowAt is the place of a row that counts a trait.
func rowAt(label string) int {
	return slices.IndexFunc(form2Rows, func(r formRow) bool { return r.label == label })
}

// Labels of block III; the two kinds are those of the register (Loại TCCSĐ).
const (
	allOrganisations = "Số tổ chức cơ sở đảng có đến cuối kỳ"
	partyCommittee   = "Đảng bộ cơ sở"
	partyBranch      = "Chi bộ cơ sở"
	admitting        = "+ Có kết nạp đảng viên"
	exhausted        = "+ Không còn quần chúng"
)

// The blocks of Biểu 2. Their labels with «-» or «+» are as printed.
var (
	traitRows = []formRow{
		{label: "- Nữ", level: 1, column: sex, value: female},
		// People of foreign origin are not counted, nor those whose group is none of the list.
		{label: "- Dân tộc thiểu số", level: 1, column: ethnicity, not: []string{majority, foreign}},
		{label: "- Người theo tôn giáo", level: 1, column: religion, not: []string{noReligion}},
		{label: "- Đoàn viên Đoàn TNCS Hồ Chí Minh", level: 1, column: youthUnion, value: marked},
		{label: "- Chủ doanh nghiệp tư nhân", level: 1, column: traits, value: "Chủ doanh nghiệp tư nhân"},
		{label: "- Quần chúng vi phạm chính sách KHHGĐ", level: 1, column: traits, value: "Vi phạm chính sách KHHGĐ"},
		{label: "- Có quan hệ hôn nhân với người nước ngoài", level: 1, column: traits, value: "Có quan hệ hôn nhân với người nước ngoài"},
		{label: "- Kết nạp lại", level: 1, column: readmission, value: marked},
	}
	occupationRows = slices.Concat(
		codedRows(1, occupation, "CB, CC cơ quan Nhà nước từ cấp huyện trở lên", "CB, CC cơ quan Đảng, MTTQ, đoàn thể từ cấp huyện trở lên",
			"CB, CC, người hoạt động không chuyên trách xã, phường, thị trấn", "Người hoạt động không chuyên trách thôn, tổ dân phố, bản",
			"Viên chức đơn vị sự nghiệp công lập", "Người lao động đơn vị sự nghiệp ngoài công lập"),
		[]formRow{{label: "Lãnh đạo, quản lý và lao động trong doanh nghiệp, chia ra:", level: 1, kind: sums}},
		codedRows(2, occupation, "+ Người lãnh đạo, quản lý", "+ Nhân viên, gián tiếp", "+ Công nhân, lao động trực tiếp"),
		codedRows(1, occupation, "Người làm nông, lâm, ngư nghiệp", "Sỹ quan, chiến sỹ quân đội và công an", "Sinh viên", "Học sinh",
			"Khác (lao động hợp đồng, tự do…)"),
	)
	ageRows = []formRow{
		ageRow("18-30", 18, 30), ageRow("31-35", 31, 35), ageRow("36-40", 36, 40), ageRow("41-45", 41, 45),
		ageRow("46-50", 46, 50), ageRow("51-55", 51, 55), ageRow("56-60", 56, 60), ageRow("Trên 60", 61, oldest),
		{label: "Tuổi bình quân", level: 1, kind: average},
	}
	schoolingRows = []formRow{
		{label: "Biết đọc, biết viết chữ quốc ngữ", level: 1, column: schooling, value: "Biết đọc, biết viết"},
		{label: "Tiểu học", level: 1, column: schooling, value: "Tiểu học"},
		{label: "Trung học cơ sở", level: 1, column: schooling, value: "THCS"},
		{label: "Trung học phổ thông", level: 1, column: schooling, value: "THPT"},
	}
	qualificationRows = codedRows(1, qualification, "CNKT, nhân viên nghiệp vụ, sơ cấp", "Trung cấp", "Cao đẳng", "Đại học", "Thạc sỹ",
		"Tiến sỹ")
)

// column is one of the two columns of figures of Biểu 2.
type column struct {
	total   domain.Count    // I
	returns []*ReturnTotals // whose people the rows count; none when they are not known
	units   []reference.Unit
	admits  map[string]domain.Count // by unit code
	marks   bool                    // Không còn quần chúng is known

	people counter
	listed domain.Count   // persons in the lists of the returns, whenever they were admitted
	counts []domain.Count // by row of the form; Tuổi bình quân in hundredths
}

// count adds up the returns and fills the rows.
func (c *column) count() {
	c.people = newCounter()
	for _, r := range c.returns {
		c.people.plus(&r.admitted)
		c.listed = Sum(c.listed, domain.People(r.listed))
	}
	c.counts = make([]domain.Count, len(form2Rows))
	within, kind := 0, "" // the last row of level 1, and its label
	for i, row := range form2Rows {
		if row.level == 1 {
			within, kind = i, row.label
		}
		switch {
		case row.kind == all:
			c.counts[i] = c.total
		case row.kind == register:
			c.counts[i] = c.organisations(kind, row)
		case len(c.returns) == 0:
		case row.kind == average:
			c.counts[i] = c.averageAge()
		case row.kind == hasTrait:
			c.counts[i] = c.people.row(row, false)
			if row.level == 2 {
				c.counts[within] = Sum(c.counts[within], c.counts[i])
			}
		}
	}
}

// asOne makes of units that are no base organisations, those below a commune, the one that the
// office itself is.
func (c *column) asOne() {
	isBase := func(u reference.Unit) bool {
		return u.PartyKind == partyCommittee || u.PartyKind == partyBranch || u.PartyKind == ""
	}
	if len(c.units) == 0 || slices.ContainsFunc(c.units, isBase) {
		return
	}
	nobody := !slices.ContainsFunc(c.units, func(u reference.Unit) bool { return !u.Exhausted })
	c.units, c.admits = []reference.Unit{{PartyKind: partyCommittee, Exhausted: nobody}}, map[string]domain.Count{"": c.total}
}

// organisations counts units of the register for a row of III: all, or those of a kind; of
// them those that have admitted, or those where nobody is left to admit.
func (c *column) organisations(kind string, row formRow) domain.Count {
	of := slices.DeleteFunc(slices.Clone(c.units), func(u reference.Unit) bool { return row.level > 0 && u.PartyKind != kind })
	switch {
	case len(c.units) == 0 || row.label == exhausted && !c.marks:
		return domain.Count{}
	case row.label == exhausted:
		of = slices.DeleteFunc(of, func(u reference.Unit) bool { return !u.Exhausted })
	case row.label == admitting && len(of) > 0:
		return sumOf(of, func(u reference.Unit) domain.Count {
			admitted := c.admits[u.Code]
			return domain.Count{N: min(admitted.N, 1), Known: admitted.Known}
		})
	}
	return domain.People(len(of))
}

// averageAge is the mean of the ages in completed years, in hundredths, rounded half up;
// not known of a column without people.
func (c *column) averageAge() domain.Count {
	ages, people := 0, 0
	for age, n := range c.people.ages {
		ages, people = ages+n*age, people+n
	}
	if people == 0 || ages < 0 {
		return domain.Count{}
	}
	return domain.People((200*ages + people) / (2 * people))
}

// form2 fills the rows of Biểu 2 with the two columns.
func (w *work) form2() []FormRow {
	rows := make([]FormRow, len(form2Rows))
	for i, def := range form2Rows {
		now, lastYear := w.now.counts[i], w.lastYear.counts[i]
		rows[i] = FormRow{No: def.no, Label: w.in.words(def.label), Level: def.level, Heading: def.kind == heads,
			Average: def.kind == average, Now: now, LastYear: lastYear, Ratio: domain.PercentOf(now, lastYear)}
	}
	return rows
}

// Sum adds what is known: it is known as soon as one part is.
func Sum(a, b domain.Count) domain.Count {
	if !b.Known {
		return a
	}
	return domain.People(a.N + b.N)
}

// form2B fills Biểu 2B: the ethnic groups, then the religions, each block under its
// total. A share is of the total of the block.
func (w *work) form2B() []FormRow {
	rowsOf := func(no, label, column string, values []string) []FormRow {
		rows := []FormRow{{No: no, Label: label}}
		for _, value := range values {
			if value == noReligion {
				continue
			}
			row := FormRow{No: strconv.Itoa(len(rows)), Label: value, Level: 1}
			if value == foreign {
				row.Label = "Q.tịch gốc nước ngoài" // as printed
			}
			if len(w.now.returns) > 0 {
				row.Now = domain.People(w.now.people.having[trait{column, value, false}])
				row.Women = domain.People(w.now.people.having[trait{column, value, true}])
			}
			rows[0].Now, rows[0].Women = Sum(rows[0].Now, row.Now), Sum(rows[0].Women, row.Women)
			rows = append(rows, row)
		}
		for i := range rows {
			rows[i].Ratio = domain.PercentOf(rows[i].Now, rows[0].Now)
		}
		return rows
	}
	return append(rowsOf("I", "Dân tộc", ethnicity, w.in.Codes.Ethnicities), rowsOf("II", "Tôn giáo", religion, w.in.Codes.Religions)...)
}
