package workspace_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// The stories that docs/huong-dan/co-quan.md tells step by step happen as it says: its commands are
// carried out in their order, and what people do before each, or what must be true after it, is
// told here by the number of the step.
func TestGuideOfTheYear(t *testing.T) {
	guide, err := os.ReadFile("../../docs/huong-dan/co-quan.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(guide), "## Năm có thay đổi: từng bước\n")
	section, _, _ = strings.Cut(section, "\n## ")
	told := strings.Split(section, "\n### ")[1:]
	if len(told) != len(stories) {
		t.Fatalf("%d stories are told, %d are known here", len(told), len(stories))
	}
	for i, story := range told {
		title, steps, _ := strings.Cut(story, "\n")
		t.Run(title, func(t *testing.T) {
			b := newBureau(t, threeUnits(""))
			b.step, b.people = map[int]func(){}, []string{"Trần Văn Một 02/02/2026", "Lê Văn Hai 05/05/2026"}
			b.then = map[int]func(*workspace.Outcome){}
			stories[i](b)
			n := 0
			for line := range strings.Lines(steps) {
				if !regexp.MustCompile(`^[0-9]\. `).MatchString(line) {
					continue
				}
				n++
				commands := regexp.MustCompile("`ketnap ([^`]*)`").FindAllStringSubmatch(line, -1)
				if b.step[n] == nil && len(commands) == 0 {
					t.Fatalf("nobody does step %d: %s", n, line)
				}
				if b.step[n] != nil {
					b.step[n]()
				}
				var o *workspace.Outcome
				for _, c := range commands {
					o = b.do(c[1])
				}
				if b.then[n] != nil {
					b.then[n](o)
				}
			}
		})
	}
}

// do carries out a command of the guide on the day after the period that it names, and gives
// what a run came to.
func (b *bureau) do(command string) (o *workspace.Outcome) {
	b.Helper()
	args := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(command, -1)
	flag := map[string]string{}
	for i := 1; i+1 < len(args); i += 2 {
		flag[args[i]] = strings.Trim(args[i+1], `"`)
	}
	p, err := domain.ParsePeriod(flag["--period"])
	if err != nil {
		b.Fatal(err)
	}
	w := b.open(p)
	switch args[0] {
	case "run":
		o, err = w.Run(b.Context(), p.Span())
	case "close":
		b.closing, err = w.Close(b.Context(), p, flag["--unit"], flag["--why"])
	case "reopen":
		b.closing, err = w.Reopen(b.Context(), p, flag["--unit"], domain.Date{}, flag["--why"])
	case "blank":
		b.blanks, err = w.Blanks(b.Context(), p, flag["--unit"])
	default:
		b.Fatalf("no such command: %s", command)
	}
	if err != nil {
		b.Fatalf("%s: %v", command, err)
	}
	return o
}

// threeUnits is an assignment of two communes, and more lines of its sheets.
func threeUnits(also string, replaced ...string) map[string]string {
	sheets := map[string]string{
		"DON_VI":   "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai\n10002|Đảng bộ xã Bình|xã|Khối xã|Đảng bộ cơ sở|Bà Mai",
		"CHI_BO":   "Mã đơn vị|Chi bộ|Chỉ tiêu|Hiệu lực từ|Hiệu lực đến|Chi bộ kế tục\n10001|Chi bộ Một|5\n10002|Chi bộ Một|5",
		"CHI_TIEU": "10001|Đảng bộ xã An|2026|5|01-KH/HU|10/01/2026\n10002|Đảng bộ xã Bình|2026|5|01-KH/HU|10/01/2026",
	}
	for name, lines := range sheets {
		lines = strings.NewReplacer(replaced...).Replace(lines)
		for line := range strings.Lines(also) {
			if sheet, cells, _ := strings.Cut(line, ": "); sheet == name {
				lines += "\n" + strings.TrimSpace(cells)
			}
		}
		sheets[name] = lines
	}
	return sheets
}

func (b *bureau) an(period string, people ...string) letterFrom {
	return letterFrom{unit: "10001", name: "Đảng bộ xã An", period: period, people: people}
}

func (b *bureau) binh(period string, people ...string) letterFrom {
	return letterFrom{unit: "10002", name: "Đảng bộ xã Bình", period: period, people: people}
}

// has says what the figure of a run must be.
func (b *bureau) has(o *workspace.Outcome, people int) {
	b.Helper()
	if o.Summary.Whole.ToDate != domain.People(people) {
		b.Errorf("%s: %v people, want %d\n%s", o.Summary.Period, o.Summary.Whole.ToDate, people, told(o.Summary.Findings))
	}
}

// prefilled is how many people the blank that was made last lists.
func (b *bureau) prefilled() (n int) {
	b.Helper()
	f, err := excelize.OpenFile(filepath.Join(b.dir, b.blanks.Outputs[0].Path))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("KET_NAP")
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range rows {
		if len(row) > 1 && strings.Contains(row[1], " Văn ") {
			n++
		}
	}
	return n
}

// stories are what people do, in the order of the guide.
var stories = []func(b *bureau){
	func(b *bureau) { // a merger
		june := func() {
			b.send("an 6.xlsx", b.an("2026-06", b.people...))
			b.send("binh 6.xlsx", b.binh("2026-06", "Vũ Văn Ba 02/03/2026"))
		}
		b.step[1], b.then[1] = june, func(o *workspace.Outcome) { b.has(o, 3) }
		b.step[2] = func() {
			b.assign(threeUnits("DON_VI: 10003|Đảng bộ xã Mới|xã|Khối xã|Đảng bộ cơ sở|Bà Mai|01/07/2026\n"+
				"CHI_BO: 10003|Chi bộ Một|9|01/07/2026\nCHI_TIEU: 10003|Đảng bộ xã Mới|2026|9|05-QĐ/TU|05/07/2026",
				"Bà Mai", "Bà Mai||30/06/2026|10003"))
		}
		b.then[3] = func(*workspace.Outcome) {
			if n := b.prefilled(); n != 3 {
				b.Errorf("the blank lists %d people, want the 3 of both units", n)
			}
		}
		july := letterFrom{unit: "10003", name: "Đảng bộ xã Mới", period: "2026-07", people: append(b.people, "Đỗ Văn Tư 10/07/2026")}
		b.step[4] = func() { b.send("moi 7.xlsx", july) }
		b.then[4] = func(o *workspace.Outcome) {
			b.has(o, 4)
			if len(o.Summary.Ended) != 1 || !strings.Contains(told(o.Summary.Findings), "X08") {
				b.Errorf("who was forgotten: %+v\n%s", o.Summary.Ended, told(o.Summary.Findings))
			}
		}
		b.step[5] = func() {
			july.version, july.people = 2, append(july.people, "Vũ Văn Ba 02/03/2026")
			b.send("moi 7 sua.xlsx", july)
		}
		b.then[5] = func(o *workspace.Outcome) {
			b.has(o, 4)
			if len(o.Summary.Ended) != 0 {
				b.Errorf("nobody is forgotten any more: %+v", o.Summary.Ended)
			}
		}
	},
	func(b *bureau) { // a cell that is renamed
		b.step[1] = func() { b.send("an 6.xlsx", b.an("2026-06", b.people...)) }
		b.then[1] = func(o *workspace.Outcome) { b.has(o, 2) }
		b.step[2] = func() {
			b.assign(threeUnits("CHI_BO: 10001|Chi bộ Tân Lập|5|01/07/2026",
				"10001|Chi bộ Một|5", "10001|Chi bộ Một|5||30/06/2026|Chi bộ Tân Lập"))
		}
		b.step[3] = func() {
			july := b.an("2026-07", append(b.people, "Đỗ Văn Tư 10/07/2026")...)
			july.cell = "Chi bộ Tân Lập"
			b.send("an 7.xlsx", july)
		}
		b.then[3] = func(o *workspace.Outcome) { b.has(o, 3) }
		b.then[4] = func(o *workspace.Outcome) { b.has(o, 2) }
	},
	func(b *bureau) { // a unit that is renamed
		b.step[1] = func() {
			b.send("an 6.xlsx", b.an("2026-06", b.people...))
			b.send("binh 6.xlsx", b.binh("2026-06"))
		}
		b.step[2] = func() {
			b.assign(threeUnits("DON_VI: 10001|Đảng bộ xã Tân Lập|xã|Khối xã|Đảng bộ cơ sở|Bà Mai|01/07/2026\n"+
				"CHI_TIEU: 10001|Đảng bộ xã Tân Lập|2026|5|05-QĐ/TU|05/07/2026",
				"10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai", "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai||30/06/2026|10001"))
		}
		name := func(o *workspace.Outcome, want string) {
			for _, u := range o.Summary.Units() {
				if u.Unit.Code == "10001" && (u.Unit.Name != want || o.Files.Returned > 0) {
					b.Errorf("%s: the unit is called %s, want %s; %+v", o.Summary.Period, u.Unit.Name, want, o.Files)
				}
			}
		}
		b.step[3] = func() {
			july := b.an("2026-07", append(b.people, "Đỗ Văn Tư 10/07/2026")...)
			july.name = "Đảng bộ xã Tân Lập"
			b.send("tan lap 7.xlsx", july)
			b.send("binh 7.xlsx", b.binh("2026-07"))
		}
		b.then[3] = func(o *workspace.Outcome) { b.has(o, 3); name(o, "Đảng bộ xã Tân Lập") }
		b.then[4] = func(o *workspace.Outcome) { b.has(o, 2); name(o, "Đảng bộ xã An") }
	},
	func(b *bureau) { // a merger that is heard late
		b.step[1] = func() {
			b.send("an 7.xlsx", b.an("2026-07", b.people...))
			b.send("binh 7.xlsx", b.binh("2026-07", "Vũ Văn Ba 02/03/2026"))
		}
		b.then[1] = func(o *workspace.Outcome) { b.has(o, 3) }
		b.step[2] = func() {
			b.assign(threeUnits("", "Đảng bộ xã Bình|xã|Khối xã|Đảng bộ cơ sở|Bà Mai",
				"Đảng bộ xã Bình|xã|Khối xã|Đảng bộ cơ sở|Bà Mai||30/06/2026|10001"))
		}
		b.then[3] = func(o *workspace.Outcome) {
			b.has(o, 3)
			if len(o.Summary.Ended) != 1 || len(o.Returned) != 1 || strings.Join(domain.ErrorRules(o.Returned[0].Findings), " ") != "U01" {
				b.Errorf("ended: %+v, what went back: %+v", o.Summary.Ended, o.Returned)
			}
		}
		b.step[4] = func() { b.send("an 8.xlsx", b.an("2026-08", append(b.people, "Vũ Văn Ba 02/03/2026")...)) }
		b.then[4] = func(o *workspace.Outcome) {
			b.has(o, 3)
			if len(o.Summary.Ended) != 0 {
				b.Errorf("nobody is forgotten any more: %+v", o.Summary.Ended)
			}
		}
	},
	func(b *bureau) { // somebody who comes late
		b.step[1] = func() { b.send("an 6.xlsx", b.an("2026-06", b.people...)) }
		b.step[2] = func() { b.send("an 7.xlsx", b.an("2026-07", append(b.people, "Đỗ Văn Tư 10/06/2026")...)) }
		b.then[3] = func(o *workspace.Outcome) {
			b.has(o, 3)
			if m, r := o.Summary.Movement, o.Summary.Republished; len(m.Late) != 1 || m.Late[0].Month.String() != "2026-06" || len(r) != 1 ||
				r[0].Was.N != 2 || r[0].Is.N != 3 {
				b.Errorf("late: %+v, published: %+v", m.Late, r)
			}
		}
	},
	func(b *bureau) { // a correction after publication
		b.step[1] = func() { b.send("an 6.xlsx", b.an("2026-06", b.people...)) }
		b.step[3] = func() {
			again := b.an("2026-06", append(b.people, "Đỗ Văn Tư 10/06/2026")...)
			again.version = 2
			b.send("an 6 sua.xlsx", again)
		}
		b.then[3] = func(o *workspace.Outcome) {
			b.has(o, 2)
			if len(o.Returned) != 1 || strings.Join(domain.ErrorRules(o.Returned[0].Findings), " ") != "T03" {
				b.Errorf("what went back: %+v", o.Returned)
			}
		}
		b.then[5] = func(o *workspace.Outcome) { b.has(o, 3) }
		b.step[7] = func() { b.send("an 7.xlsx", b.an("2026-07", append(b.people, "Đỗ Văn Tư 10/06/2026")...)) }
		b.then[7] = func(o *workspace.Outcome) {
			if r := o.Summary.Republished; len(r) != 1 || r[0].Was.N != 2 || r[0].Is.N != 3 {
				b.Errorf("published: %+v", r)
			}
		}
	},
	func(b *bureau) { // the turn of the year
		b.step[1] = func() { b.send("an 12.xlsx", b.an("2026-12", b.people...)) }
		b.then[2] = func(*workspace.Outcome) {
			if len(b.closing.Missing) != 1 || b.closing.Missing[0].Code != "10002" {
				b.Errorf("closed without %+v", b.closing.Missing)
			}
		}
		b.step[3] = func() {
			b.assign(threeUnits("CHI_TIEU: 10001|Đảng bộ xã An|2027|6|01-KH/HU|10/01/2027\n"+
				"CHI_TIEU: 10002|Đảng bộ xã Bình|2027|6|01-KH/HU|10/01/2027",
				"10001|Chi bộ Một|5", "10001|Chi bộ Một|6"))
		}
		b.then[4] = func(*workspace.Outcome) {
			if n := b.prefilled(); n != 0 {
				b.Errorf("the blank of January lists %d people of last year", n)
			}
		}
		b.step[5] = func() { b.send("an 1.xlsx", b.an("2027-01", b.people...)) }
		b.then[5] = func(o *workspace.Outcome) {
			if said := told(o.Summary.Findings); strings.Count(said, "R15 error") != 1 || strings.Count(said, " error ") != 1 {
				b.Errorf("January:\n%s", said)
			}
		}
		b.step[7] = func() {
			b.targets["10001"] = 5
			again := b.an("2026-12", append(b.people, "Đỗ Văn Tư 20/12/2026")...)
			again.version = 2
			b.send("an 12 bo sung.xlsx", again)
		}
		b.then[7] = func(o *workspace.Outcome) { b.has(o, 3) }
	},
}
