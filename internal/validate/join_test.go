package validate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
	"ketnap/internal/viet"
)

// alone is what is found of a return by itself.
func alone(t testing.TB, r *domain.Return) []domain.Finding {
	t.Helper()
	findings, err := defaultRules(t).Alone(validate.AloneInput{Return: r, Assignment: assignment()})
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// A waiver holds on to a person or a field and to what was seen, wherever the row moves.
func TestWaiverHoldsOn(t *testing.T) {
	slow := func(r *domain.Return) { // R13: the decision took 103 working days
		r.Admissions[0].MeetingDate, r.Admissions[0].CertificateDate = date("08/01/2021"), date("15/03/2020")
		r.Admissions[0].Note = text("chờ thẩm tra")
	}
	first := of("R13", alone(t, valid(slow)))
	if len(first) != 1 || first[0].About != "id:019090000001" || first[0].Seen != "KET_NAP/decision_date: 2021-06-14; 2021-01-08" {
		t.Fatalf("found %+v", first)
	}
	waiver := domain.Waiver{
		Unit: ours, Year: 2021, From: month(9), Rule: "R13", About: first[0].About, Seen: first[0].Seen,
		Why: "chờ thẩm tra", At: time.Date(2021, 11, 10, 8, 0, 0, 0, time.UTC),
	}
	const accepted, void = "cơ quan đã chấp nhận ngày 10/11/2021: chờ thẩm tra", "chấp nhận riêng ngày 10/11/2021 không còn hiệu lực"
	for _, c := range []struct {
		name     string
		spoil    func(*domain.Return)
		edit     func(*domain.Waiver, *validate.JoinInput)
		severity domain.Severity
		says     string
	}{
		{"it is accepted", slow, nil, domain.Info, accepted},
		{"in another row", func(r *domain.Return) { slow(r); slices.Reverse(r.Admissions) }, nil, domain.Info, accepted},
		{"with another date it is void", func(r *domain.Return) { slow(r); r.Admissions[0].MeetingDate = date("09/01/2021") }, nil,
			domain.Warning, void},
		{"another person", func(r *domain.Return) { slow(r); r.Admissions[0].NationalID = text("019090000009") }, nil, domain.Warning,
			"xem lại ngày"},
		{"another rule", slow, func(w *domain.Waiver, _ *validate.JoinInput) { w.Rule = "R14" }, domain.Warning, "xem lại ngày"},
		{"another unit", slow, func(w *domain.Waiver, _ *validate.JoinInput) { w.Unit = theirs }, domain.Warning, "xem lại ngày"},
		{"a month before", slow, func(_ *domain.Waiver, in *validate.JoinInput) { in.Period = month(8) }, domain.Warning, "xem lại ngày"},
		{"another year", slow, func(w *domain.Waiver, _ *validate.JoinInput) { w.Year = 2020 }, domain.Warning, "xem lại ngày"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := waiver
			in := validate.JoinInput{Unit: ours, Period: october, Alone: alone(t, valid(c.spoil))}
			if c.edit != nil {
				c.edit(&w, &in)
			}
			in.Waivers = []domain.Waiver{w}
			found := of("R13", validate.Join(in))
			if len(found) != 1 || found[0].Severity != c.severity || !strings.Contains(found[0].Message, c.says) {
				t.Fatalf("found %+v", found)
			}
			if found[0].Explained != (c.severity == domain.Warning) {
				t.Errorf("the note explains a warning only: %+v", found[0])
			}
		})
	}
}

// Each finding holds on to a person where it is about one, else to a field.
func TestAbout(t *testing.T) {
	for _, c := range []struct {
		name, rule, about, seen string
		spoil                   func(*domain.Return)
	}{
		{"a person by number", "R19", "id:019090000001", "KET_NAP/ethnicity: Nùnq",
			func(r *domain.Return) { r.Admissions[0].Ethnicity = unlisted("Nùnq") }},
		{"by name, where the number is none", "R05", "who:" + viet.Fold("Nguyễn Văn An") + " 1990-03-05", "KET_NAP/national_id: 01909",
			func(r *domain.Return) { r.Admissions[0].NationalID = text("01909") }},
		{"a name, without which nobody would be left to count", "R01", "", "", func(r *domain.Return) {
			r.Admissions[0].Name, r.Admissions[0].NationalID = blank(), blank()
		}},
		{"a line of figures", "G02", "field:CHI_BO/", "5; 1", func(r *domain.Return) { r.Cells[0].Target, r.Total.Target = count(5), count(7) }},
		{"the total", "A03", "field:CHI_BO/total/target", "9; 3", func(r *domain.Return) { r.Total.Target = count(9) }},
		{"the sum where there is no total", "A01", "field:CHI_BO/total/to_date", "3; 2", func(r *domain.Return) {
			r.Total = nil
			r.Cells[0].Cell, r.Cells[0].ToDate = text("Chi bộ xóm Đông"), count(2)
		}},
		{"the cover", "G01", "field:THONG_TIN//target", "2; 3", func(r *domain.Return) { r.Cover.Target = count(2) }},
		{"a sheet", "F05", "field:KET_NAP", "", func(r *domain.Return) {
			s := r.Reading.Sheet(domain.SheetAdmissions)
			s.Missing = append(s.Missing, domain.MissingColumn{ID: "note", Header: "Ghi chú", Required: true, At: domain.Cell{Sheet: "KET_NAP",
				Row: 7}})
		}},
		{"the file", "F07", "file", "", func(r *domain.Return) { r.Reading.Macros = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := of(c.rule, alone(t, valid(c.spoil)))
			if len(found) != 1 || !strings.HasPrefix(found[0].About, c.about) || c.about == "" && found[0].About != "" || found[0].Seen != c.seen {
				t.Errorf("found %+v", found)
			}
		})
	}
}

// What asks for nothing needs no acceptance.
func TestNothingToAccept(t *testing.T) {
	for severity, accepted := range map[domain.Severity]bool{
		domain.Error: true, domain.Warning: true, domain.Info: false, domain.Trial: false,
	} {
		joined := validate.Join(validate.JoinInput{
			Unit: ours, Period: october, Alone: []domain.Finding{{Rule: "R13", Severity: severity, About: "file", Message: "Tệp: chậm — xem lại."}},
			Waivers: []domain.Waiver{{Unit: ours, Year: 2021, From: month(9), Rule: "R13", About: "file"}},
		})
		if strings.Contains(joined[0].Message, "đã chấp nhận") != accepted {
			t.Errorf("%s: %s", severity, joined[0].Message)
		}
	}
}

// Another unit's list is one mistake: what compares with the unit's own is silent then.
func TestJoinOneCause(t *testing.T) {
	in := validate.JoinInput{
		Unit: ours, Period: october, Alone: alone(t, valid(func(r *domain.Return) { r.Cover.Target = count(2) })),
		Against: []domain.Finding{{Rule: "U03", Severity: domain.Error, About: "file", Message: "Tệp: giống hệt — sửa."}},
	}
	if diff := cmp.Diff([]string{"U03"}, told(validate.Join(in))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	in.Waivers = []domain.Waiver{{Unit: ours, Year: 2021, Rule: "U03", About: "file"}}
	if diff := cmp.Diff([]string{"U03", "G01 THONG_TIN!B17"}, told(validate.Join(in))); diff != "" {
		t.Errorf("waived (-want +got)\n%s", diff)
	}
	in.Against[0].Severity, in.Waivers = domain.Warning, nil
	if diff := cmp.Diff([]string{"U03", "G01 THONG_TIN!B17"}, told(validate.Join(in))); diff != "" {
		t.Errorf("a warning (-want +got)\n%s", diff)
	}
}

// A warning of a row that stands as it stood when it was told asks for nothing again.
func TestJoinToldBefore(t *testing.T) {
	spoil := func(r *domain.Return) {
		r.Admissions[0].TrainedAt, r.Admissions[0].Note = unlisted("Đạo lạ"), text("có giấy xác nhận")
	}
	before := valid(func(r *domain.Return) { spoil(r); slices.Reverse(r.Admissions) })
	named := func(r *domain.Return, sheet string) { // in the file
		for k := range r.Admissions {
			for _, v := range r.Admissions[k].Fields {
				v.Cell.Sheet = sheet
			}
		}
	}
	for _, c := range []struct {
		name  string
		said  domain.Severity // the month before
		sheet string
		now   func(*domain.Return)
		want  domain.Severity
	}{
		{"unchanged", domain.Warning, "KET_NAP", spoil, domain.Info},
		{"unchanged for the third time", domain.Info, "KET_NAP", spoil, domain.Info},
		{"it was an error then", domain.Error, "KET_NAP", spoil, domain.Warning},
		{"only on trial then", domain.Trial, "KET_NAP", spoil, domain.Warning},
		{"the sheet has another name", domain.Warning, "Kết nạp", spoil, domain.Info},
		{"another note", domain.Warning, "KET_NAP", func(r *domain.Return) { spoil(r); r.Admissions[0].Note = text("đã xem") }, domain.Warning},
	} {
		r, said := valid(c.now), alone(t, before)
		named(r, c.sheet)
		for k := range said {
			said[k].Severity = c.said
		}
		findings := validate.Join(validate.JoinInput{
			Unit: ours, Period: october, Alone: alone(t, r), PreviousFindings: validate.PreviousFindings(r, before, said),
		})
		if found := of("R19", findings); len(found) != 1 || found[0].Severity != c.want || found[0].Explained != (c.want == domain.Warning) {
			t.Errorf("%s: found %+v", c.name, found)
		}
	}
	if validate.PreviousFindings(before, nil, alone(t, before)) != nil {
		t.Error("told of a return that is not there")
	}
}

// A local rule says only what is wrong: to that it is added that the office accepts it.
func TestWaivedLocalRule(t *testing.T) {
	rules, err := withLocal(t, twenty)
	if err != nil {
		t.Fatal(err)
	}
	r := valid(func(r *domain.Return) {
		r.Admissions[0].Born, r.Admissions[0].NationalID = date("05/03/2002"), text("019202000001")
	})
	findings, err := rules.Alone(validate.AloneInput{Return: r, Assignment: assignment()})
	if err != nil {
		t.Fatal(err)
	}
	found := of("L01", findings)
	if len(found) != 1 {
		t.Fatalf("found %+v", found)
	}
	waiver := domain.Waiver{
		Unit: ours, Year: 2021, Rule: "L01", About: found[0].About, Seen: found[0].Seen,
		Why: "đã hỏi.", At: time.Date(2021, 11, 10, 8, 0, 0, 0, time.UTC),
	}
	joined := validate.Join(validate.JoinInput{Unit: ours, Period: october, Alone: findings, Waivers: []domain.Waiver{waiver}})
	const want = "Ô C10 (Ngày sinh): chưa đủ 20 tuổi khi chi bộ họp — xem lại ngày sinh — cơ quan đã chấp nhận ngày 10/11/2021: đã hỏi."
	if got := of("L01", joined)[0].Message; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// Only what is wrong in itself keeps a return from claiming its people.
func TestClean(t *testing.T) {
	finding := func(rule string, severity domain.Severity) []domain.Finding {
		return []domain.Finding{{Rule: rule, Severity: severity, About: "file"}}
	}
	for _, c := range []struct {
		name string
		in   validate.JoinInput
		want bool
	}{
		{"nothing", validate.JoinInput{}, true},
		{"an error alone", validate.JoinInput{Alone: finding("R01", domain.Error)}, false},
		{"a warning alone", validate.JoinInput{Alone: finding("R13", domain.Warning)}, true},
		{"accepted", validate.JoinInput{
			Unit: ours, Period: october, Alone: finding("G01", domain.Error), Waivers: []domain.Waiver{{Unit: ours, Year: 2021, Rule: "G01",
				About: "file"}},
		}, true},
		{"a person of another unit", validate.JoinInput{Against: finding("X02", domain.Error)}, true},
		{"fewer than before", validate.JoinInput{Against: finding("A07", domain.Error)}, true},
		{"U03 silences no error here", validate.JoinInput{Alone: finding("R18", domain.Error), Against: finding("U03", domain.Error)}, false},
	} {
		if got := validate.Clean(c.in); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
