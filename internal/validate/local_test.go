package validate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
)

// twenty is a local rule as an office writes one.
const twenty = `local:
  - code: L01
    severity: warning
    title: Người được xét kết nạp phải từ 20 tuổi
    sheet: KET_NAP
    cell: born
    must: months(born, meeting_date) >= 240 || youth_union
    say: chưa đủ 20 tuổi khi chi bộ họp — xem lại ngày sinh
    passes: {born: 05/03/1990, meeting_date: 01/06/2021, youth_union: ""}
    fails: {born: 05/03/2002, meeting_date: 01/06/2021, youth_union: ""}
`

// withLocal is the shipped rules with a local rule.
func withLocal(t testing.TB, rule string) (*validate.Rules, error) {
	t.Helper()
	return withRules(t, "\nlocal: []\n", "\n"+rule)
}

// must is a local rule of KET_NAP with that expression and examples.
func must(expression, passes, fails string) string {
	return fmt.Sprintf(`local:
  - {code: L01, severity: error, title: thử, sheet: KET_NAP, cell: note, must: '%s', say: thử, passes: %s, fails: %s}
`, expression, passes, fails)
}

func TestLocalRule(t *testing.T) {
	nineteen := func(a *domain.Admission) { a.Born, a.NationalID = date("05/03/2002"), text("019202000001") }
	for _, c := range []struct {
		name string
		rule string
		edit func(*world)
		want []string // severity, cell and sentence
	}{
		{"fires", twenty, first(nineteen),
			[]string{"warning KET_NAP!C10 Ô C10 (Ngày sinh): chưa đủ 20 tuổi khi chi bộ họp — xem lại ngày sinh."}},
		{"silent", twenty, func(*world) {}, nil},
		{"a mark that is blank is no mark, one that is there counts", twenty,
			first(func(a *domain.Admission) { nineteen(a); a.YouthUnion = mark() }), nil},
		{"not computable is silent", twenty, first(func(a *domain.Admission) { nineteen(a); a.MeetingDate = blank() }), nil},
		{"a bad value is not computable", twenty, first(func(a *domain.Admission) { a.Born = bad(domain.BareYear, "2002") }), nil},
		{"a missing column is not computable", twenty, first(func(a *domain.Admission) { nineteen(a); a.YouthUnion = domain.Value{} }), nil},
		{"on trial", strings.Replace(twenty, "severity: warning", "severity: trial", 1), first(nineteen),
			[]string{"trial KET_NAP!C10 Ô C10 (Ngày sinh): chưa đủ 20 tuổi khi chi bộ họp — xem lại ngày sinh."}},
		{"exempt", strings.Replace(twenty, "severity: warning", `exempt: [{unit: "05926", why: thử}]`+"\n    severity: warning", 1),
			first(nineteen), nil},
		{"not yet", strings.Replace(twenty, "severity: warning", "from: 2021-11\n    severity: warning", 1), first(nineteen), nil},
		{"blank() is asked first", must(`!blank(ceremony_date) && ceremony_date >= decision_date`,
			`{ceremony_date: 02/01/2021, decision_date: 01/01/2021}`, `{ceremony_date: "", decision_date: 01/01/2021}`),
			first(func(a *domain.Admission) { a.CeremonyDate = blank() }), []string{"error KET_NAP!V10 Ô V10 (Ghi chú): thử."}},
		{"dates, days and working days", must(`meeting_date < date("01/09/2021") || days(meeting_date, decision_date) <= 30 && `+
			`workdays(meeting_date, decision_date) <= 25`,
			`{meeting_date: 02/09/2021, decision_date: 03/09/2021}`, `{meeting_date: 02/09/2021, decision_date: 03/12/2021}`),
			func(*world) {}, []string{"error KET_NAP!V11 Ô V11 (Ghi chú): thử."}},
		{"several values and text", must(`"Đoàn viên thanh niên" in source_groups && lower(religion) == "không"`,
			`{source_groups: Đoàn viên thanh niên; Trưởng xóm, religion: Không}`, `{source_groups: Trưởng xóm, religion: Không}`),
			first(func(a *domain.Admission) { a.SourceGroups = several("Trưởng xóm") }), []string{"error KET_NAP!V10 Ô V10 (Ghi chú): thử."}},
		{"figures of CHI_BO", `local:
  - {code: L07, severity: warning, title: thử, sheet: CHI_BO, cell: to_date, must: to_date <= 2 * target, say: quá nhiều,
     passes: {to_date: 2, target: 1}, fails: {to_date: 3, target: 1}}
`, on(func(r *domain.Return) { r.Cells[0].ToDate, r.Total.ToDate = count(8), count(9) }),
			[]string{"warning CHI_BO!E10 Ô E10 (Kết nạp, Lũy kế từ đầu năm): quá nhiều."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules, err := withLocal(t, c.rule)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range newWorld(c.edit).judge(t, rules) {
				if f.Rule[0] == 'L' {
					got = append(got, fmt.Sprintf("%s %s %s", f.Severity, where(f.Cell), f.Message))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whole months are those between a day and the same day of a month, or the last day of a shorter
// one; a field that an example leaves out is blank.
func TestLocalMonths(t *testing.T) {
	for _, c := range []struct {
		from, to string
		months   int
	}{
		{"05/03/2001", "05/03/2021", 240}, {"05/03/2001", "04/03/2021", 239}, {"05/03/2001", "06/03/2021", 240},
		{"31/01/2021", "28/02/2021", 1}, {"31/01/2021", "27/02/2021", 0}, {"29/02/2004", "28/02/2022", 216},
		{"05/03/2021", "05/02/2021", -1}, {"05/03/2021", "05/03/2021", 0},
	} {
		is := fmt.Sprintf("months(born, meeting_date) == %d && blank(ceremony_date)", c.months)
		days := fmt.Sprintf("born: %s, meeting_date: %s", c.from, c.to)
		if _, err := withLocal(t, must(is, "{"+days+"}", "{"+days+", ceremony_date: 01/01/2022}")); err != nil {
			t.Errorf("from %s to %s: %v", c.from, c.to, err)
		}
	}
}

// A mistake in a local rule names file, line and column, and the fields there are.
func TestLocalRuleMistakes(t *testing.T) {
	rules, err := withLocal(t, twenty)
	if err != nil {
		t.Fatal(err)
	}
	if list := rules.Catalogue(); list[len(list)-1].Code != "L01" {
		t.Error("a local rule is not in the catalogue")
	}
	for _, c := range []struct {
		name, from, to string
		at             string // text whose place the error must name
		want           []string
	}{
		{"unknown field", "months(born, meeting_date)", "months(born, meting_date)", "meting_date) >",
			[]string{"unknown name meting_date", "the fields of KET_NAP are", "meeting_date"}},
		{"wrong type", "months(born, meeting_date)", "months(born, cell)", "cell) >", []string{"cannot use string"}},
		{"not true or false", "months(born, meeting_date) >= 240 || youth_union", "months(born, meeting_date)", "months(born, meeting_date)\n",
			[]string{"expected bool"}},
		{"syntax", ">= 240 ||", ">= 240 ||| ", "|  youth", []string{"unexpected token"}},
		{"division", "months(born, meeting_date) >=", "months(born, meeting_date) / 12 >=", "/ 12",
			[]string{"operator / cannot be used", "a >= 2 * b"}},
		{"the clock", "months(born, meeting_date)", "months(born, now())", "now()", []string{"unknown name now"}},
		{"the whole row at once", "youth_union\n", "len($env) > 0\n", "$env", []string{"$env cannot be used"}},
		{"blank of no field", "youth_union\n", `blank(cell + "x")` + "\n", `blank(cell + "x")`, []string{"blank() takes one field"}},
		{"a date that is none", "|| youth_union\n", `|| born > date("31/02/1990")` + "\n", `date("31`, []string{"is not a date"}},
		{"in quotes", "must: months(born, meeting_date) >= 240 || youth_union", `must: "months(born, meting_date) >= 240"`, "meting_date) >",
			[]string{"unknown name meting_date"}},
		{"in a block", "must: months(born, meeting_date) >= 240 || youth_union", "must: |\n      months(born,\n        meting_date) >= 240",
			"meting_date) >", []string{"unknown name meting_date"}},
		{"folded", "must: months(born, meeting_date) >= 240 || youth_union", "must: >\n      months(born,\n      meting_date) >= 240", ">\n",
			[]string{"unknown name meting_date"}},
		{"unknown sheet", "sheet: KET_NAP", "sheet: KETNAP", "KETNAP", []string{"did you mean KET_NAP"}},
		{"unknown cell", "cell: born", "cell: birth", "birth", []string{"unknown name birth; the fields of KET_NAP are"}},
		{"bad code", "code: L01", "code: R01", "R01\n    severity: warning", []string{"as L01"}},
		{"no example", "    fails: {born: 05/03/2002, meeting_date: 01/06/2021, youth_union: \"\"}\n", "", "code: L01",
			[]string{"needs title, must, say, passes and fails"}},
		{"a failing example that passes", "fails: {born: 05/03/2002", "fails: {born: 05/03/1992", "{born: 05/03/1992",
			[]string{"the expression is true, it should be false"}},
		{"an example that is not computable", "passes: {born: 05/03/1990, ", "passes: {",
			"{meeting_date: 01/06/2021, youth_union: \"\"}\n    fails", []string{"leaves a field blank"}},
		{"an example with an unknown field", "passes: {born: 05/03/1990, ", "passes: {birth: 05/03/1990, ", "{birth",
			[]string{"unknown name birth; the fields of KET_NAP are"}},
		{"an example with a bad date", "passes: {born: 05/03/1990, ", "passes: {born: 31/02/1990, ", "{born: 31",
			[]string{`"31/02/1990" is not what`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rule := strings.Replace(twenty, c.from, c.to, 1)
			if rule == twenty {
				t.Fatalf("%q is not in the rule", c.from)
			}
			_, err := withLocal(t, rule)
			if err == nil {
				t.Fatal("no error")
			}
			for _, s := range c.want {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %q, want %q in it", err, s)
				}
			}
			if at := placeIn(t, rule, c.at); !strings.Contains(err.Error(), at) {
				t.Errorf("error %q is not at %s", err, at)
			}
		})
	}
}

// placeIn is file, line and column of a text in rules.yaml with that local rule.
func placeIn(t *testing.T, rule, s string) string {
	t.Helper()
	before, _, _ := strings.Cut(shipped(t), "\nlocal: []\n")
	rest, _, ok := strings.Cut(rule, s)
	if !ok {
		t.Fatalf("%q is not in the rule", s)
	}
	all := before + "\n" + rest
	return fmt.Sprintf("rules.yaml:%d:%d: ", strings.Count(all, "\n")+1, len(all)-strings.LastIndex(all, "\n"))
}

// The example that rules.yaml shows in a comment works.
func TestShownLocalRule(t *testing.T) {
	_, shown, ok := strings.Cut(shipped(t), "# local:\n")
	if !ok {
		t.Fatal("rules.yaml shows no local rule")
	}
	shown, _, _ = strings.Cut(shown, "\nlocal: []")
	rule := "local:\n" + strings.ReplaceAll(strings.TrimPrefix(shown, "# "), "\n# ", "\n") + "\n"
	if _, err := withLocal(t, rule); err != nil {
		t.Errorf("%v in\n%s", err, rule)
	}
}
