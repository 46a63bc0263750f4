package report

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

// wordValue and dayValue are values as a return has them.
func wordValue(text string) domain.Value {
	if text == "" {
		return domain.Value{State: domain.Blank}
	}
	return domain.Value{State: domain.Known, Raw: text, Text: text}
}

func dayValue(d, m, y int) domain.Value {
	date := domain.Day(y, time.Month(m), d)
	return domain.Value{State: domain.Known, Raw: date.String(), Date: date}
}

// heldReturns are returns by unit, as a record has them.
type heldReturns map[string]*domain.Return

// open is what Open has to give of returns: the list of one sheet.
func (h heldReturns) open(of []domain.Submission, sheet string) (list []*domain.Return, err error) {
	for _, sub := range of {
		r := h[sub.Unit]
		switch sheet {
		case domain.SheetAdmissions:
			list = append(list, &domain.Return{Admissions: r.Admissions})
		case domain.SheetPool:
			list = append(list, &domain.Return{Pool: r.Pool})
		default:
			return nil, fmt.Errorf("there is no list of persons in %s", sheet)
		}
	}
	return list, nil
}

// input is what the lists are made of when these returns count, which it counts for the
// summary.
func (h heldReturns) input(s *consolidate.Summary) PeopleInput {
	in := PeopleInput{Summary: s, Office: sampleOffice, Counted: map[string]domain.Submission{}, Open: h.open}
	s.Listed = map[string]consolidate.ListCounts{}
	for unit, r := range h {
		in.Counted[unit] = domain.Submission{Unit: unit, UnitName: r.Cover.UnitName.Text, File: r.File}
		s.Listed[unit] = consolidate.CountingRules{Period: s.Period, Counting: s.Counting}.Of(r.People()).Listed()
	}
	return in
}

// asked is an input that asks before each opening whether a return can be read.
func asked(in PeopleInput, may func(unit string) error) PeopleInput {
	open := in.Open
	in.Open = func(of []domain.Submission, sheet string) ([]*domain.Return, error) {
		for _, sub := range of {
			if err := may(sub.Unit); err != nil {
				return nil, err
			}
		}
		return open(of, sheet)
	}
	return in
}

// samplePeople is what the lists of two units are made of.
func samplePeople() PeopleInput { return sampleReturns().input(sampleSummary()) }

// sampleReturns are the returns of two units.
func sampleReturns() heldReturns {
	mark := domain.Value{State: domain.Known, Raw: "x", Mark: true}
	admission := func(row int, name, id string, day domain.Value) domain.Admission {
		return domain.Admission{
			Row: row, Name: wordValue(name), Born: dayValue(5, 3, 1990), Sex: wordValue("Nam"), NationalID: wordValue(id),
			Ethnicity: wordValue("Kinh"), Religion: wordValue("Không"),
			Cell: wordValue("Chi bộ 1"), Occupation: wordValue("Viên chức"), Schooling: wordValue("THPT"), YouthUnion: mark,
			SourceGroups: domain.Value{State: domain.Known, Raw: "a; b",
				Text: domain.ListText([]string{"Đoàn viên thanh niên", "Bộ đội xuất ngũ"})},
			CertificateDate: dayValue(2, 4, 2021), MeetingDate: dayValue(1, 5, 2021), DecisionNo: wordValue("07-QĐ/HU"), DecisionDate: day,
		}
	}
	first := &domain.Return{
		File: domain.File{Path: "inbox/2021-10/Đồi Thông.xlsx"},
		Admissions: []domain.Admission{
			admission(10, "Nguyễn Văn Ước", "019090000111", dayValue(1, 10, 2021)),
			admission(11, "Trần Thị Ánh", "019090000222", dayValue(1, 9, 2021)),
			admission(12, "Lê Văn Ân", "019090000333", dayValue(31, 10, 2021)),
			{Row: 13}, // nobody
		},
		Pool: []domain.Candidate{
			{Row: 10, Name: wordValue("Đỗ Thị Dung"), Born: domain.Value{State: domain.Bad, Why: domain.BareYear, Raw: "1990"},
				NationalID: wordValue("019190000444"), Stage: wordValue("Đã trình cấp ủy"), RecognisedDate: dayValue(1, 2, 2021)},
			{Row: 11, Name: wordValue("Đỗ Văn Đức"), Stage: wordValue("Quần chúng ưu tú"), PlannedQuarter: wordValue("Quý 4")},
		},
	}
	second := &domain.Return{
		File:       domain.File{Path: "inbox/Suối Mơ.xlsx"},
		Admissions: []domain.Admission{admission(10, "An", "1", dayValue(2, 10, 2021))},
	}
	second.Cover.UnitName = wordValue("Suối Mơ")
	return heldReturns{"05001": second, "05002": first}
}

func peopleBytes(t *testing.T, in PeopleInput) []byte {
	t.Helper()
	data, err := People(templates.FS, in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPeopleGolden(t *testing.T) {
	data := peopleBytes(t, samplePeople())
	got := dumpBook(t, data)
	golden := filepath.Join("testdata", "danh-sach.golden.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("go test ./internal/report -update rewrites the file; read the diff like code (-want +got):\n%s", diff)
	}
	if !bytes.Equal(data, peopleBytes(t, samplePeople())) {
		t.Error("two renders differ")
	}
}

// Whole identity numbers are shown only when they are asked for, and nowhere else in
// the package when they are not.
func TestPeopleAreMasked(t *testing.T) {
	in := samplePeople()
	for _, unmask := range []bool{false, true} {
		in.Unmask = unmask
		data := peopleBytes(t, in)
		shown := false
		for part := range xlsxtest.PartsNamed(t, data, "") {
			shown = shown || strings.Contains(xlsxtest.Part(t, data, part), "019090000111")
		}
		if shown != unmask {
			t.Errorf("unmask %v: whole numbers are shown: %v", unmask, shown)
		}
	}
}

// What people type never becomes a formula.
func TestPeopleNoFormulaInjection(t *testing.T) {
	for _, text := range []string{`=cmd|'/C calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", `{{admission.name}}`,
		`</t></is></c><c><f>1</f></c>`} {
		returns := sampleReturns()
		r := returns["05001"]
		a := &r.Admissions[0]
		a.Name, a.Cell, a.NationalID, a.DecisionNo, a.Born = wordValue(text), wordValue(text), wordValue(text), wordValue(text),
			domain.Value{State: domain.Bad, Raw: text}
		r.File.Path = "inbox/" + text
		data := peopleBytes(t, returns.input(sampleSummary()))
		f := xlsxtest.Open(t, data)
		for _, sheet := range f.GetSheetList() {
			for _, c := range xlsxtest.Cells(t, f, sheet) {
				if c.Formula != "" && !strings.HasPrefix(c.Formula, "COUNT") {
					t.Errorf("text %q gave the formula %q", text, c.Formula)
				}
			}
		}
		if styles := xlsxtest.Part(t, data, "xl/styles.xml"); strings.IndexByte("=+-@", text[0]) >= 0 != strings.Contains(styles,
			`quotePrefix="1"`) {
			t.Errorf("text %q: kept from becoming a formula: %v", text, strings.Contains(styles, `quotePrefix="1"`))
		}
		if got := sheetRow(t, data, "KET_NAP", "02/10/2021"); len(got) > 0 {
			t.Errorf("a date is a text: %v", got)
		}
	}
}

// Names sort by given name, family name, middle names, by the Vietnamese alphabet:
// letters before tones, syllable by syllable, capitals or not.
func TestNameOrder(t *testing.T) {
	want := []string{
		"An", "BÙI VĂN AN", "Lê Thị An", "LÊ VĂN AN", "Nguyễn Văn An", "Trần Văn Án", "Lê Văn Ăn", "Lê Văn Ân",
		"Lê Thị Cúc", "Đỗ Thị Dung", "Đỗ Dũng", "Đỗ Văn Đức", "Phạm Thị Ê", "Lê Văn Hoa", "Lê Văn Hòa", "Nguyễn Văn Hoà", "Trần Văn Hòa",
		"Lê Văn Hoá", "Lê Văn Ma", "Lê Văn Mà", "Lê Văn Mả", "Lê Văn Mã", "Lê Văn Má", "Lê Văn Mạ",
		"Hoàng Oanh", "Hoàng Thị Ơn", "Hoàng Uyên", "Nguyễn Văn Ước", "Nguyễn Như Ý",
	}
	order := newNameOrder()
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, func(a, b string) int { return bytes.Compare(order.key(a), order.key(b)) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A return that cannot be opened is an error of ours, whenever it is met; no list is
// written with somebody missing.
func TestPeopleOfAReturnThatCannotBeOpened(t *testing.T) {
	broken := errors.New("the disk is gone")
	for times := range int32(3) { // opened for one list, for the other
		var opened atomic.Int32 // two sheets may ask at once
		in := asked(samplePeople(), func(unit string) error {
			if unit == "05002" && opened.Add(1) > times {
				return broken
			}
			return nil
		})
		_, err := People(templates.FS, in)
		if want := times < 2; errors.Is(err, broken) != want || want == (err == nil) {
			t.Errorf("it opens %d times: %v", times, err)
		}
	}
}

func TestNobody(t *testing.T) {
	in := samplePeople()
	in.Counted = nil
	data := peopleBytes(t, in)
	for sheet, want := range map[string]string{"KET_NAP": "Chưa kết nạp đảng viên nào", "NGUON": "Chưa có ai trong nguồn"} {
		if got := sheetRow(t, data, sheet, want); fmt.Sprint(got) != fmt.Sprintf("map[A:%s]", want) {
			t.Errorf("%s: %v", sheet, got)
		}
	}
}

// However many make the rows of a long list, the bytes are the same, and each return is
// opened once for each sheet.
func TestPeopleInChunks(t *testing.T) {
	var opened atomic.Int32
	in := asked(manyPeople(5000), func(string) error { opened.Add(1); return nil })
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := peopleBytes(t, in)
	if got, want := int(opened.Load()), len(in.Counted); got != want { // in none is anybody in the pool
		t.Errorf("%d returns are opened %d times", want, got)
	}
	for _, cores := range []int{2, 5} {
		runtime.GOMAXPROCS(cores)
		if !bytes.Equal(one, peopleBytes(t, in)) {
			t.Errorf("%d make other bytes than one", cores)
		}
	}
	rows, err := xlsxtest.Open(t, one).GetRows("KET_NAP")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows {
		if len(row) > 1 && row[0] == fmt.Sprint(n+1) && row[1] != "" {
			n++
		}
	}
	if n != 5000 {
		t.Errorf("%d persons stand one after the other", n)
	}
}

// A list that is not as long as was counted is not written: its heads and formulas
// would be about others.
func TestPeopleAreAsManyAsWereCounted(t *testing.T) {
	for _, more := range []int{-1, 1} {
		in := samplePeople()
		listed := in.Summary.Listed["05002"]
		listed.Admitted += more
		in.Summary.Listed["05002"] = listed
		if _, err := People(templates.FS, in); err == nil {
			t.Errorf("%+d persons: no error", more)
		}
	}
}
