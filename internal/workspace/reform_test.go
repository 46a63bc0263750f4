package workspace_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// communes is a register of communes, each with a cell and ten to admit in a year; after the name
// may stand the cells of the row from «Hiệu lực từ» on.
func communes(year string, rows ...string) map[string]string {
	sheets := map[string]string{}
	for _, row := range rows {
		row += "||||"
		cells := strings.Split(row, "|")
		unit := slices.Concat(cells[:2], []string{"xã", "Khối xã", "Đảng bộ cơ sở", "Bà Mai"}, cells[2:5])
		sheets["DON_VI"] += strings.Join(unit, "|") + "\n"
		if !strings.Contains(sheets["CHI_BO"], cells[0]) {
			sheets["CHI_BO"] += cells[0] + "|Chi bộ Một|10\n"
		}
		sheets["CHI_TIEU"] += strings.Join([]string{cells[0], cells[1], year, "10", "01-KH/HU", "10/01/" + year}, "|") + "\n"
	}
	return sheets
}

// counted fails when a cumulative figure is another.
func counted(t *testing.T, o *workspace.Outcome, want int) {
	t.Helper()
	m := o.Summary.Movement
	if got := o.Summary.Whole.ToDate; got != domain.People(want) || o.Files.Returned > 0 || !m.Period.IsZero() && m.Expected() != want {
		t.Errorf("%v: %v are counted, want %d; %+v, %+v\n%s", o.Summary.Period, got, want, m, o.Files, told(o.Summary.Findings))
	}
}

// page is all that stands on a sheet of the consolidated workbook, a row a line.
func (b *bureau) page(period, sheet string) string {
	b.Helper()
	f, err := excelize.OpenFile(filepath.Join(b.dir, "out", period, "tong-hop-"+period+".xlsx"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		b.Fatal(err)
	}
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, "|") + "\n")
	}
	return text.String()
}

var (
	ofLuong = []string{"Trần Văn Một 09/01/2025", "Lê Văn Hai 10/02/2025", "Vũ Văn Ba 11/03/2025", "Đỗ Văn Tư 12/04/2025"}
	ofKha   = []string{"Ngô Văn Năm 13/05/2025", "Hồ Văn Sáu 16/06/2025"}
)

// merged is a bureau whose two communes have sent June, and are one from July on.
func merged(t *testing.T) (*bureau, letterFrom) {
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã Lương||30/06/2025|10003", "10002|Đảng bộ xã Kha||30/06/2025|10003",
		"10003|Đảng bộ xã Hợp Nhất|01/07/2025"))
	b.send("luong 6.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã Lương", period: "2025-06", people: ofLuong})
	b.send("kha 6.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Kha", period: "2025-06", people: ofKha})
	counted(t, b.run("2025-06"), 6)
	return b, letterFrom{unit: "10003", name: "Đảng bộ xã Hợp Nhất", period: "2025-07"}
}

func TestMergedUnitInherits(t *testing.T) {
	t.Parallel()
	b, heir := merged(t)
	heir.people = slices.Concat(ofLuong, ofKha)
	for _, heir.period = range []string{"2025-07", "2025-08"} {
		b.send("hop nhat "+heir.period+".xlsx", heir)
		o := b.run(heir.period)
		counted(t, o, 6)
		if len(o.Summary.Ended) > 0 {
			t.Errorf("everybody is in a list, and on the line of ended units are %+v", o.Summary.Ended)
		}
	}
}

// Both of the communes that merged had a «Chi bộ thôn 1»: the blank names whose it was, and the
// name alone is neither.
func TestCellsOfOneNameThatMerged(t *testing.T) {
	t.Parallel()
	sheets := communes("2025", "10001|Đảng bộ xã Lương||30/06/2025|10003", "10002|Đảng bộ xã Kha||30/06/2025|10003",
		"10003|Đảng bộ xã Hợp Nhất|01/07/2025")
	sheets["CHI_BO"] = "Mã đơn vị|Chi bộ|Chỉ tiêu|Hiệu lực từ|Hiệu lực đến|Chi bộ kế tục\n" +
		"10001|Chi bộ thôn 1|10||30/06/2025|Chi bộ thôn 1 Lương\n10002|Chi bộ thôn 1|10||30/06/2025|Chi bộ thôn 1 Kha\n" +
		"10003|Chi bộ thôn 1 Lương|5|01/07/2025\n10003|Chi bộ thôn 1 Kha|5|01/07/2025\n"
	b := newBureau(t, sheets)
	b.send("luong 6.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã Lương", period: "2025-06", people: ofLuong, cell: "Chi bộ thôn 1"})
	b.send("kha 6.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Kha", period: "2025-06", people: ofKha, cell: "Chi bộ thôn 1"})
	counted(t, b.run("2025-06"), 6)
	july := domain.Period{Year: 2025, Month: 7}
	made := do[*workspace.Outcome](t)(b.open(july).Blanks(t.Context(), july, "10003"))
	f, err := excelize.OpenFile(filepath.Join(b.dir, made.Outputs[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetCols("KET_NAP")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(rows[7][9:15], ", ")
	if strings.Count(got, "Chi bộ thôn 1 Lương") != 4 || strings.Count(got, "Chi bộ thôn 1 Kha") != 2 {
		t.Errorf("the blank names %s", got)
	}
	b.send("hop nhat.xlsx", letterFrom{unit: "10003", name: "Đảng bộ xã Hợp Nhất", period: "2025-07", people: ofKha, cell: "Chi bộ thôn 1"})
	if said := told(b.run("2025-07").Summary.Findings); !strings.Contains(said, "chọn «Chi bộ thôn 1 Lương» hoặc «Chi bộ thôn 1 Kha»") {
		t.Errorf("nobody asks which of the two:\n%s", said)
	}
}

// A target that is lowered below what has been reached is said; one that is lowered, and still to be reached, is not.
func TestTargetLowered(t *testing.T) {
	t.Parallel()
	sheets := communes("2025", "10001|Đảng bộ xã Lương", "10002|Đảng bộ xã Kha")
	sheets["CHI_TIEU"] += "10001||2025|3|09-KH/HU|20/05/2025\n10002||2025|3|09-KH/HU|20/05/2025\n"
	b := newBureau(t, sheets)
	b.send("luong.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã Lương", period: "2025-06", people: ofLuong})
	b.send("kha.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Kha", period: "2025-06", people: ofKha})
	if said := told(b.run("2025-06").Summary.Findings); !strings.Contains(said, "vượt 1 người (chỉ tiêu đã hạ từ 10") {
		t.Errorf("the unit is not told:\n%s", said)
	}
	if strings.Contains(b.page("2025-06", "DOI_CHIEU"), "LỆCH|C05") { // of no unit is anything known of last year
		t.Error("DOI_CHIEU finds a year before that disagrees")
	}
	text := b.page("2025-06", "TIEN_DO")
	const lowered = "Đảng bộ xã Lương: chỉ tiêu hạ từ 10 xuống 3, thấp hơn số đã kết nạp (4)."
	if !strings.Contains(text, lowered) || strings.Contains(text, "Kha: chỉ tiêu") {
		t.Errorf("TIEN_DO says\n%s", text)
	}
}

func TestSuccessorListsSinceJuly(t *testing.T) {
	t.Parallel()
	b, heir := merged(t)
	heir.people = []string{"Lý Văn Bảy 09/07/2025"}
	b.send("hop nhat.xlsx", heir)
	o := b.run("2025-07")
	counted(t, o, 7)
	if p := o.Summary.Whole.Percent.String(); p != "70,00" { // also those on the line, of ten to admit
		t.Errorf("%s %% of the target is reached, want 70,00", p)
	}
	said := told(o.Summary.Findings)
	for _, want := range []string{
		"X08 warning 10003: ", "thiếu 4 người đã được tính ở Đảng bộ xã Lương", "thiếu 2 người đã được tính ở Đảng bộ xã Kha",
		"D05 warning : Đơn vị đã kết thúc, Đảng bộ xã Kha: 2 người chưa có trong danh sách nào (Ngô Văn Năm, Hồ Văn Sáu)",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nobody says %q:\n%s", want, said)
		}
	}
	summary := b.page("2025-07", "TIEN_DO")
	for _, want := range []string{"Đơn vị đã kết thúc: Đảng bộ xã Lương", "Đơn vị đã kết thúc: Đảng bộ xã Kha"} {
		if !strings.Contains(summary, want) {
			t.Errorf("TIEN_DO lacks %q:\n%s", want, summary)
		}
	}
	var doc struct {
		Ended []struct {
			Unit  string
			Count int
		}
	}
	if err := json.Unmarshal(o.RunJSON, &doc); err != nil || len(doc.Ended) != 2 || doc.Ended[0].Count+doc.Ended[1].Count != 6 {
		t.Errorf("run.json: %+v, %v", doc, err)
	}
}

func TestDissolvedUnitStays(t *testing.T) {
	t.Parallel()
	sheets := communes("2025", "10001|Đảng bộ xã An", "10002|Đảng bộ xã Cát||30/06/2025")
	sheets["CHI_TIEU"] += "TOAN_BO|Toàn huyện|2025|20|01-KH/HU|10/01/2025\n"
	b := newBureau(t, sheets)
	an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2025-06", people: ofLuong}
	b.send("an 6.xlsx", an)
	b.send("cat 6.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Cát", period: "2025-06", people: ofKha})
	counted(t, b.run("2025-06"), 6)
	for _, an.period = range []string{"2025-07", "2025-12"} {
		b.send("an "+an.period+".xlsx", an)
		counted(t, b.run(an.period), 6)
		if text := b.page(an.period, "TIEN_DO"); !strings.Contains(text, "Đơn vị đã kết thúc: Đảng bộ xã Cát") {
			t.Errorf("%s: the unit has no line in TIEN_DO:\n%s", an.period, text)
		}
		if said := told(b.run(an.period).Summary.Findings); strings.Contains(said, "D01") { // it was given ten of the twenty
			t.Errorf("%s: targets are said not to add up:\n%s", an.period, said)
		}
	}
}

// Who left with their unit is told of to the end of the year.
func TestMovedAway(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã An", "10002|Đảng bộ xã Cát||30/06/2025|CHUYEN_DI"))
	an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2025-06", people: ofLuong}
	b.send("an 6.xlsx", an)
	b.send("cat 6.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Cát", period: "2025-06", people: ofKha})
	counted(t, b.run("2025-06"), 6)
	for _, an.period = range []string{"2025-07", "2025-08"} {
		b.send("an "+an.period+".xlsx", an)
		o := b.run(an.period)
		counted(t, o, 4)
		if said := told(o.Summary.Findings); !strings.Contains(said, "Đơn vị đã chuyển đi, Đảng bộ xã Cát: 2 người") {
			t.Errorf("%s: nobody says where two people are:\n%s", an.period, said)
		}
	}
}

// A cell is called otherwise in the register, without a day and then with one.
func TestCellRenamed(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]string{
		"overwritten": "Mã đơn vị|Chi bộ|Chỉ tiêu\n10001|Chi bộ xóm Liên Hợp|10",
		"with a day": "Mã đơn vị|Chi bộ|Chỉ tiêu|Hiệu lực từ|Hiệu lực đến|Chi bộ kế tục\n" +
			"10001|Chi bộ Một|10||31/05/2025|Chi bộ xóm Liên Hợp\n10001|Chi bộ xóm Liên Hợp|10|01/06/2025||",
	} {
		t.Run(name, func(t *testing.T) {
			sheets := communes("2025", "10001|Đảng bộ xã An")
			sheets["CHI_BO"] = "10001|Chi bộ Một|10"
			b := newBureau(t, sheets)
			an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2025-05", people: slices.Concat(ofLuong, ofKha[:1])}
			b.send("an 5.xlsx", an)
			counted(t, b.run("2025-05"), 5)
			sheets["CHI_BO"] = after
			b.assign(sheets)
			june := domain.Period{Year: 2025, Month: 6}
			made := do[*workspace.Outcome](t)(b.open(june).Blanks(t.Context(), june, ""))
			told := len(made.Cellless) == 1 && made.Cellless[0].People == 5 && made.Cellless[0].Cell == "Chi bộ Một"
			if told != (name == "overwritten") {
				t.Errorf("of people in no cell: %+v", made.Cellless)
			}
			an.period, an.cell, an.people = "2025-06", "Chi bộ xóm Liên Hợp", slices.Concat(ofLuong, ofKha)
			b.send("an 6.xlsx", an)
			o := b.run("2025-06")
			counted(t, o, 6)
			if got := b.page("2025-06", "CHI_BO"); !strings.Contains(got, "Liên Hợp") || strings.Contains(got, "Chi bộ Một") {
				t.Errorf("the cells are\n%s", got)
			}
			counted(t, run(t, b.open(domain.Period{Year: 2025, Month: 6}), domain.Period{Year: 2025, Month: 5}), 5)
			if v := do[*workspace.Verified](t)(b.open(domain.Period{Year: 2025, Month: 6}).Verify(t.Context(), "")); len(v.Faults) > 0 {
				t.Errorf("verify: %q", v.Faults)
			}
		})
	}
}

// A person of May comes with June's list, and then with a new version of May: what was published
// of May stays beside what replaced it, whatever is published again.
func TestLateEntryAndFigurePublishedAgain(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã An"))
	an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2025-05", people: ofLuong}
	b.send("an 5.xlsx", an)
	counted(t, b.run("2025-05"), 4)
	an.period, an.people = "2025-06", slices.Concat(ofLuong, ofKha[:1])
	b.send("an 6.xlsx", an)
	o := b.run("2025-06")
	counted(t, o, 5)
	if m := o.Summary.Movement; m.Had != 4 || m.InPeriod != 0 || len(m.Late) != 1 || m.Late[0].Month != (domain.Period{Year: 2025, Month: 5}) {
		t.Errorf("%+v", m)
	}
	an.period, an.version = "2025-05", 2
	b.send("an 5 v2.xlsx", an)
	may, june := domain.Period{Year: 2025, Month: 5}, domain.Period{Year: 2025, Month: 6}
	for _, again := range []domain.Period{may, june, may, june} {
		o = run(t, b.open(june), again)
		counted(t, o, 5)
		if said := told(o.Summary.Findings); !strings.Contains(said, "Lũy kế kỳ tháng 5/2025: đã công bố 4, nay là 5") {
			t.Errorf("%v: what was published of May is told no more:\n%s", again, said)
		}
	}
	if got := b.page("2025-06", "TINH_HINH_NOP"); !strings.Contains(got, "Tháng 5 năm 2025||4|5|+1") {
		t.Errorf("TINH_HINH_NOP does not have 4 and 5 of May:\n%s", got)
	}
}

// Two days after the end of April 2023 are days off until 4 May.
func TestDeadlineOnADayOff(t *testing.T) {
	t.Parallel()
	for prepared, late := range map[string]int{"04/05/2023": 0, "05/05/2023": 1} {
		b := newBureau(t, communes("2023", "10001|Đảng bộ xã An"), func(s *workspace.Settings) {
			s.DeadlineDays, s.Received = 2, workspace.CoverDate
		})
		b.send("an.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2023-04", prepared: prepared})
		may := openAt(t, b.dir, domain.Day(2023, 5, 8).Time(), b.change...)
		s := run(t, may, domain.Period{Year: 2023, Month: 4}).Summary.Units()[0].UnitStatus
		if s.Deadline != domain.Day(2023, 5, 4) || s.DaysLate != late {
			t.Errorf("sent on %s: %d days late, want %d, of %s", prepared, s.DaysLate, late, s.Deadline)
		}
	}
}

// The sentence compares those who have a figure of last year with that figure.
func TestLikeWithLike(t *testing.T) {
	t.Parallel()
	sheets := communes("2025", "10001|Đảng bộ xã An", "10002|Đảng bộ xã Bình")
	sheets["NAM_TRUOC"] = "10001|Đảng bộ xã An|2024|" + strings.TrimSuffix(strings.Repeat("5|", 12), "|")
	b := newBureau(t, sheets)
	b.send("an.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2025-06", people: ofLuong})
	b.send("binh.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Bình", period: "2025-06", people: ofKha})
	counted(t, b.run("2025-06"), 6)
	want := "riêng 1 đơn vị so được kết nạp 4 đảng viên, giảm 1 đảng viên (20,00 %) so với cùng kỳ năm 2024 (5 đảng viên)"
	if got := b.page("2025-06", "TOM_TAT"); !strings.Contains(got, want) {
		t.Errorf("TOM_TAT does not say %q:\n%s", want, got)
	}
}

// Last year's figure of a unit that was divided stands once among the sources.
func TestDividedUnitOfLastYear(t *testing.T) {
	t.Parallel()
	sheets := communes("2025", "10001|Đảng bộ xã An||30/06/2025|10002; 10003", "10002|Đảng bộ xã Bắc|01/07/2025",
		"10003|Đảng bộ xã Nam|01/07/2025")
	sheets["NAM_TRUOC"] = "10001|Đảng bộ xã An|2024|" + strings.TrimSuffix(strings.Repeat("5|", 12), "|")
	b := newBureau(t, sheets)
	b.send("bac.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Bắc", period: "2025-07", people: ofLuong})
	b.send("nam.xlsx", letterFrom{unit: "10003", name: "Đảng bộ xã Nam", period: "2025-07", people: ofKha})
	o := b.run("2025-07")
	counted(t, o, 6)
	got := b.page("2025-07", "NGUON_SO_LIEU")
	if n := strings.Count(got, "NAM_TRUOC!"); n != 1 || o.Summary.Whole.LastYear != domain.People(5) {
		t.Errorf("last year's %v stands %d times among the sources:\n%s", o.Summary.Whole.LastYear, n, got)
	}
}

// The office hears in August that a commune ended in mid-June. Whom it had listed in June and in
// July, and who is in no list of the unit that took over, stay counted and are named.
func TestEndEnteredLate(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]string{"absorbed": "|15/06/2025|10001", "dissolved": "|15/06/2025"} {
		t.Run(name, func(t *testing.T) {
			b := newBureau(t, communes("2025", "10001|Đảng bộ xã An", "10002|Đảng bộ xã Cát"))
			for _, month := range []string{"2025-05", "2025-06", "2025-07"} {
				b.send("an "+month+".xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã An", period: month, people: ofLuong})
			}
			cat := letterFrom{unit: "10002", name: "Đảng bộ xã Cát", period: "2025-05", people: ofKha[:1]}
			b.send("cat 5.xlsx", cat)
			cat.period, cat.people = "2025-07", append(slices.Clone(ofKha), "Lý Văn Bảy 09/07/2025")
			b.send("cat 7.xlsx", cat)
			counted(t, b.run("2025-07"), 7)
			b.assign(communes("2025", "10001|Đảng bộ xã An", "10002|Đảng bộ xã Cát|"+ends))
			o := b.run("2025-07")
			if got := o.Summary.Whole.ToDate; got != domain.People(7) {
				t.Errorf("the register changed, and %v are counted", got)
			}
			want := "D05 warning : Đơn vị đã kết thúc, Đảng bộ xã Cát: 3 người chưa có trong danh sách nào (Ngô Văn Năm, Hồ Văn Sáu, Lý Văn Bảy)"
			if said := told(o.Summary.Findings); !strings.Contains(said, want) {
				t.Errorf("nobody says %q:\n%s", want, said)
			}
			if text := b.page("2025-07", "TIEN_DO"); !strings.Contains(text, "Đơn vị đã kết thúc: Đảng bộ xã Cát") {
				t.Errorf("the unit has no line in TIEN_DO:\n%s", text)
			}
			july := domain.Period{Year: 2025, Month: 7}
			if v := do[*workspace.Verified](t)(b.open(july).Verify(t.Context(), "")); len(v.Faults) > 0 {
				t.Errorf("verify: %q", v.Faults)
			}
		})
	}
}
