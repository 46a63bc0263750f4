package workspace_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/report"
	"ketnap/internal/workspace"
)

// list sends what a unit lists for a month: the names of the people of ofLuong and ofKha by number.
func (b *bureau) list(unit, name, period string, people ...string) {
	b.Helper()
	version := 1 + strings.Count(b.said, unit+period)
	b.said += unit + period + " "
	b.send(fmt.Sprintf("%s %s %d.xlsx", unit, period, version), letterFrom{unit: unit, name: "Đảng bộ xã " + name, period: period,
		version: version, people: people})
}

// figure runs a month, whose cumulative figure must be so much; all that is told of it must have
// what is named, and all that must agree does.
func (b *bureau) figure(period string, want int, says ...string) *workspace.Outcome {
	b.Helper()
	o := b.run(period)
	if got := o.Summary.Whole.ToDate; got.N != want {
		b.Errorf("%s: %v are counted, want %d\n%s", period, got, want, told(o.Summary.Findings))
	}
	all := told(o.Summary.Findings) + "\n" + report.Paragraph(o.Summary, report.Office{})
	for _, text := range says {
		if without, no := strings.CutPrefix(text, "not "); no == strings.Contains(all, cmp.Or(without, text)) {
			b.Errorf("%s: want %q in\n%s", period, text, all)
		}
	}
	for _, e := range o.Summary.Equalities {
		if last := []string{"C03", "C05", "D01"}; !e.Holds() && !slices.Contains(last, e.Code) {
			b.Errorf("%s: %s: %v and %v", period, e.What, e.LeftIs, e.RightIs)
		}
	}
	return o
}

func (b *bureau) verified(period string) {
	b.Helper()
	p, err := domain.ParsePeriod(period)
	if err != nil {
		b.Fatal(err)
	}
	if v := do[*workspace.Verified](b.T)(b.open(p).Verify(b.Context(), "")); len(v.Faults) > 0 {
		b.Errorf("verify: %q", v.Faults)
	}
}

const one, two, three, four, five = "Trần Văn Một 09/01/2025", "Lê Văn Hai 10/02/2025", "Vũ Văn Ba 11/03/2025", "Đỗ Văn Tư 12/04/2025",
	"Ngô Văn Năm 13/05/2025"

// A and X become B in April, B and Y become C in September.
func TestChainOfMergers(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã A||31/03/2025|10003", "10002|Đảng bộ xã X||31/03/2025|10003",
		"10003|Đảng bộ xã B|01/04/2025|31/08/2025|10005", "10004|Đảng bộ xã Y||31/08/2025|10005", "10005|Đảng bộ xã C|01/09/2025"))
	b.list("10001", "A", "2025-03", one, two)
	b.list("10002", "X", "2025-03", three)
	b.list("10004", "Y", "2025-03")
	b.figure("2025-03", 3)
	b.list("10003", "B", "2025-04", one, two)
	b.figure("2025-04", 3, "Đảng bộ xã X: 1 người chưa có trong danh sách nào (Vũ Văn Ba)", "not Số liệu không gồm")
	b.list("10003", "B", "2025-08", one, two, three, four)
	b.list("10004", "Y", "2025-08", five)
	b.figure("2025-08", 5, "not Số liệu không gồm")
	b.figure("2025-09", 0, "theo báo cáo gần nhất: Đảng bộ xã C (của Đảng bộ xã B; Đảng bộ xã Y) 5 (tháng 8 năm 2025)")
	b.list("10005", "C", "2025-09", two, three, four)
	b.figure("2025-09", 5, "X08", "(Trần Văn Một)", "(Ngô Văn Năm)")
	b.list("10005", "C", "2025-10", one, two, three, four, five)
	b.figure("2025-10", 5, "not D05")
	b.verified("2025-10")
}

// A is divided in March, and a part of it merges on the second day of July.
func TestDivisionThenMerger(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã A||28/02/2025|10002; 10003", "10002|Đảng bộ xã B|01/03/2025|01/07/2025|10005",
		"10003|Đảng bộ xã C|01/03/2025", "10004|Đảng bộ xã D||01/07/2025|10005", "10005|Đảng bộ xã E|02/07/2025"))
	b.list("10001", "A", "2025-02", one, two)
	b.list("10004", "D", "2025-02")
	b.figure("2025-02", 2)
	b.list("10002", "B", "2025-03", one)
	b.list("10003", "C", "2025-03", three)
	b.list("10004", "D", "2025-03")
	b.figure("2025-03", 3, "Đảng bộ xã A: 1 người chưa có trong danh sách nào (Lê Văn Hai)")
	b.list("10003", "C", "2025-07", two, three)
	b.figure("2025-07", 2, "Đảng bộ xã E (của Đảng bộ xã B) 1 (tháng 3 năm 2025)")
	b.list("10005", "E", "2025-07", one)
	b.figure("2025-07", 3, "not D05")
	b.verified("2025-07")
}

// A goes into B and B into C in one month; X is founded on its first day and is gone on its last.
func TestTwoChangesInAMonth(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã A||10/07/2025|10002", "10002|Đảng bộ xã B||20/07/2025|10003",
		"10003|Đảng bộ xã C|21/07/2025", "10004|Đảng bộ xã D", "10006|Đảng bộ xã X|01/07/2025|30/07/2025|10004"))
	b.list("10001", "A", "2025-06", one, two)
	b.list("10002", "B", "2025-06", three, four)
	b.list("10004", "D", "2025-06")
	b.figure("2025-06", 4)
	b.list("10004", "D", "2025-07")
	b.figure("2025-07", 0, "Đảng bộ xã C (của Đảng bộ xã B; Đảng bộ xã A) 4 (tháng 6 năm 2025)")
	b.list("10003", "C", "2025-07", one, three, four)
	b.figure("2025-07", 4, "(Lê Văn Hai)")
	b.verified("2025-07")
}

// A unit that had no successor: its people stay until somebody lists them, who need not ask it.
func TestDissolvedAndListedElsewhere(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã A", "10002|Đảng bộ xã B||30/06/2025"))
	b.list("10001", "A", "2025-06", one)
	b.list("10002", "B", "2025-06", two, three)
	b.figure("2025-06", 3)
	b.list("10001", "A", "2025-07", one)
	b.figure("2025-07", 3, "(Lê Văn Hai, Vũ Văn Ba)")
	b.list("10001", "A", "2025-08", one, two)
	b.figure("2025-08", 3, "(Vũ Văn Ba)", "not X02")
	b.verified("2025-08")
}

// A new name and a new code at once; the old code is refused, and names who goes on.
func TestNewNameAndCode(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã A||30/06/2025|20001", "20001|Đảng bộ xã Tân Lập|01/07/2025"))
	b.list("10001", "A", "2025-06", one, two)
	b.figure("2025-06", 2)
	b.list("10001", "A", "2025-07", one, two)
	b.figure("2025-07", 0, "U01", "đơn vị kế tục là 20001", "Đảng bộ xã Tân Lập (của Đảng bộ xã A) 2 (tháng 6 năm 2025)")
	b.list("20001", "Tân Lập", "2025-07", one, two)
	b.figure("2025-07", 2)
}

// A code that is given to others two years later: nobody takes over anybody.
func TestCodeGivenAgainLater(t *testing.T) {
	t.Parallel()
	sheets := communes("2025", "10001|Đảng bộ xã A||30/06/2025|10002", "10002|Đảng bộ xã B", "10001|Đảng bộ xã Mới|01/07/2027")
	sheets["CHI_TIEU"] = strings.ReplaceAll(sheets["CHI_TIEU"], "Mới|2025", "Mới|2027")
	sheets["CHI_TIEU"] += "10002|Đảng bộ xã B|2027|10|01-KH/HU|10/01/2027\n"
	b := newBureau(t, sheets)
	b.list("10001", "A", "2025-06", one)
	b.list("10002", "B", "2025-06", two)
	b.figure("2025-06", 2)
	b.list("10002", "B", "2025-07", one, two)
	b.figure("2025-07", 2)
	b.list("10001", "Mới", "2027-07", "Lý Văn Chín 05/07/2027")
	b.list("10002", "B", "2027-07", "Lý Văn Mười 05/07/2027")
	b.figure("2027-07", 2, "not X02", "not X08")
	h := do[*workspace.History](t)(b.open(domain.Period{Year: 2027, Month: time.July}).History(t.Context(), "10001", domain.Period{}))
	if h.Unit.Name != "Đảng bộ xã Mới" || h.Periods[0].Unit.Name != "Đảng bộ xã A" {
		t.Errorf("%+v", h)
	}
}

// Who was admitted in November comes with December's list; who was admitted in December comes in
// January, which sends back the whole list with one finding, and is taken with December's.
func TestLateAtTheTurnOfTheYear(t *testing.T) {
	t.Parallel()
	sheets := communes("2025", "10001|Đảng bộ xã A", "10002|Đảng bộ xã B")
	sheets["CHI_TIEU"] += communes("2026", "10001|Đảng bộ xã A", "10002|Đảng bộ xã B")["CHI_TIEU"]
	b := newBureau(t, sheets)
	b.list("10001", "A", "2025-11", one)
	b.list("10002", "B", "2025-11")
	b.figure("2025-11", 1)
	b.list("10001", "A", "2025-12", one, "Lý Văn Bảy 15/11/2025")
	b.list("10002", "B", "2025-12")
	b.figure("2025-12", 2, "bổ sung các kỳ trước 1 đảng viên (tháng 11: 1)", "Lũy kế kỳ tháng 11/2025: đã công bố 1, nay là 2")
	b.list("10001", "A", "2026-01", "Lý Văn Tám 20/12/2025")
	b.list("10002", "B", "2026-01")
	o := b.figure("2026-01", 0, "đề nghị cơ quan mở lại kỳ tháng 12/2025")
	if said := told(o.Summary.Findings); strings.Count(said, " error ") != 1 {
		t.Errorf("January:\n%s", said)
	}
	b.list("10001", "A", "2025-12", one, "Lý Văn Bảy 15/11/2025", "Lý Văn Tám 20/12/2025")
	b.figure("2025-12", 3, "Lũy kế kỳ tháng 12/2025: đã công bố 2, nay là 3")
	b.list("10001", "A", "2026-01")
	b.figure("2026-01", 0, "not Số liệu không gồm")
	b.verified("2026-01")
}

// A unit that is silent for two months, and then has lost somebody whom it had listed.
func TestGoneAfterASilentMonth(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã A", "10002|Đảng bộ xã B"))
	b.list("10001", "A", "2025-03", one, two)
	b.list("10002", "B", "2025-03")
	b.figure("2025-03", 2)
	b.list("10002", "B", "2025-04")
	b.figure("2025-04", 0, "theo báo cáo gần nhất: Đảng bộ xã A 2 (tháng 3 năm 2025)")
	b.list("10002", "B", "2025-05")
	b.figure("2025-05", 0, "theo báo cáo gần nhất: Đảng bộ xã A 2 (tháng 3 năm 2025)")
	b.list("10001", "A", "2025-06", one, "Lý Văn Tám 05/06/2025")
	b.list("10002", "B", "2025-06")
	o := b.figure("2025-06", 2, "rút khỏi danh sách so với báo cáo gần nhất của đơn vị 1 đảng viên (tháng 2: 1)")
	if !strings.Contains(string(o.RunJSON), `"withdrawals": [`+"\n    {") {
		t.Errorf("run.json does not name who is gone: %s", o.RunJSON)
	}
}

// A quarter's return may say how many were admitted in the quarter, or in its last month.
func TestReturnOfAQuarter(t *testing.T) {
	t.Parallel()
	people := []string{one, "Lý Văn Bảy 15/10/2025", "Lý Văn Tám 20/12/2025"}
	for _, l := range []letterFrom{
		{label: "Quý IV/2025"}, {label: "Quý IV năm 2025", since: "01/10/2025"}, {label: "6 tháng cuối năm 2025", since: "01/07/2025"},
		{label: "Năm 2025", since: "01/01/2025"},
	} {
		b := newBureau(t, communes("2025", "10001|Đảng bộ xã A"))
		l.unit, l.name, l.period, l.people = "10001", "Đảng bộ xã A", "2025-12", people
		b.send("a.xlsx", l)
		b.figure("2025-12", 3, "not A02", "Riêng tháng 12 kết nạp 1 đảng viên")
	}
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã A"))
	b.send("a.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã A", period: "2025-12", people: people, since: "01/10/2025"})
	b.figure("2025-12", 0, "A02 error")
}

// The deadline falls into days off: Tết, from a Friday to the Thursday after.
func TestDeadlineInTet(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2022", "10001|Đảng bộ xã A"), func(s *workspace.Settings) {
		s.DeadlineDaysYear, s.DeadlineDays, s.Received = 22, 22, workspace.CoverDate
	})
	b.send("a.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã A", period: "2022-12", prepared: "27/01/2023"})
	later := openAt(t, b.dir, domain.Day(2023, time.February, 8).Time(), b.change...)
	s := run(t, later, domain.Period{Year: 2022, Month: time.December}).Summary.Units()[0].UnitStatus
	if s.Deadline != domain.Day(2023, time.January, 27) || s.DaysLate != 0 {
		t.Errorf("%d days late, of %s", s.DaysLate, s.Deadline)
	}
}
