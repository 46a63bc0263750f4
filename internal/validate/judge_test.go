package validate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/validate"
)

// told are the rules and cells of findings, in their order.
func told(findings []domain.Finding) []string {
	var codes []string
	for _, f := range findings {
		codes = append(codes, strings.TrimSpace(f.Rule+" "+where(f.Cell)))
	}
	return codes
}

// without takes a column out of the sheet KET_NAP, as the reader does when it is missing.
func without(id, header string) func(*world) {
	return func(w *world) {
		s := w.r.Reading.Sheet(domain.SheetAdmissions)
		s.Missing = append(s.Missing, domain.MissingColumn{ID: id, Header: header, Required: true, At: domain.Cell{Sheet: "KET_NAP", Row: 7}})
		for k := range w.r.Admissions {
			for field, v := range w.r.Admissions[k].Fields {
				if field == id {
					*v = domain.Value{}
				}
			}
		}
	}
}

// withoutSheet takes a sheet out, as the reader does when it is missing.
func withoutSheet(id string) func(*world) {
	return func(w *world) {
		w.r.Reading.Sheet(id).Name = ""
		switch id {
		case domain.SheetCover:
			w.r.Cover = domain.Cover{}
			w.docket.Period = domain.Period{}
		case domain.SheetAdmissions:
			w.r.Admissions = nil
		case domain.SheetPool:
			w.r.Pool = nil
		case domain.SheetCells:
			w.r.Cells, w.r.Total = nil, nil
		}
	}
}

// One planted mistake gives one finding: these are all that is found.
func TestOneCauseOneError(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*world)
		want []string
	}{
		{"a bad birth date silences age, number and namesakes",
			first(func(a *domain.Admission) { a.Born = bad(domain.NoSuchDay, "31/02/1990") }), []string{"R02 KET_NAP!C10"}},
		{"a bad meeting silences age, certificate, order", first(func(a *domain.Admission) { a.MeetingDate = bad(domain.NotADate, "?") }),
			[]string{"R02 KET_NAP!P10"}},
		{"a bad decision date silences the month's figure",
			on(func(r *domain.Return) { r.Admissions[1].DecisionDate = bad(domain.NotADate, "?") }), []string{"R02 KET_NAP!R11"}},
		{"a bad certificate silences the year's figure",
			on(func(r *domain.Return) { r.Admissions[1].CertificateDate = bad(domain.BareYear, "2021") }), []string{"R02 KET_NAP!O11"}},
		{"R15 silences the wait and the month's figure, the row still counts to date", on(func(r *domain.Return) {
			r.Admissions[1].DecisionDate, r.Admissions[1].CeremonyDate = date("04/05/2022"), blank()
		}), []string{"R15 KET_NAP!R11"}},
		{"R15 silences R21 at its cell", func(w *world) {
			w.docket.Counting = domain.ByCeremony
			w.r.Admissions[1].CeremonyDate = date("02/11/2021")
		}, []string{"R15 KET_NAP!S11"}},
		{"R21 stays where another date counts", on(func(r *domain.Return) { r.Admissions[1].CeremonyDate = date("02/11/2021") }),
			[]string{"R16 KET_NAP!S11", "R21 KET_NAP!S11"}},
		{"A02 silences A01 where it explains the whole difference",
			on(func(r *domain.Return) { r.Cells[0].ToDate, r.Total.ToDate = count(8), count(9) }), []string{"A02 CHI_BO!E10"}},
		{"A02 leaves A01 where it explains a part", on(func(r *domain.Return) { r.Cells[0].ToDate, r.Total.ToDate = count(8), count(10) }),
			[]string{"A02 CHI_BO!E10", "A01 CHI_BO!E12", "A03 CHI_BO!E12"}},
		{"two A02 that cancel leave no A01", on(func(r *domain.Return) { r.Cells[0].ToDate, r.Cells[1].ToDate = count(2), count(0) }),
			[]string{"A02 CHI_BO!E10", "A02 CHI_BO!E11"}},
		{"A03 compares stored values only", on(func(r *domain.Return) { r.Cells[0].Target.Repair = domain.Computed; r.Total.Target = count(9) }),
			[]string{"F09 CHI_BO!C10"}},
		{"F05 silences R01: dân tộc", without("ethnicity", "Dân tộc"), []string{"F05 KET_NAP!A7"}},
		{"F05: họ và tên", without("name", "Họ và tên"), []string{"F05 KET_NAP!A7"}},
		{"F05: ngày sinh", without("born", "Ngày sinh"), []string{"F05 KET_NAP!A7"}},
		{"F05: giới tính", without("sex", "Giới tính"), []string{"F05 KET_NAP!A7"}},
		{"F05: số định danh", without("national_id", "Số định danh cá nhân (CCCD)"), []string{"F05 KET_NAP!A7"}},
		{"F05: chi bộ", without("cell", "Chi bộ"), []string{"F05 KET_NAP!A7"}},
		{"F05: ngày cấp GCN", without("certificate_date", "Ngày cấp GCN"), []string{"F05 KET_NAP!A7"}},
		{"F05: ngày họp", without("meeting_date", "Ngày chi bộ họp xét"), []string{"F05 KET_NAP!A7"}},
		{"F05: ngày quyết định", without("decision_date", "Quyết định kết nạp / Ngày"), []string{"F05 KET_NAP!A7"}},
		{"F04: THONG_TIN", withoutSheet(domain.SheetCover), []string{"F04"}},
		{"F04: KET_NAP", withoutSheet(domain.SheetAdmissions), []string{"F04"}},
		{"F04: NGUON", withoutSheet(domain.SheetPool), []string{"F04"}},
		{"F04: CHI_BO", withoutSheet(domain.SheetCells), []string{"F04"}},
		{"F08 silences the sums", on(func(r *domain.Return) { r.Cells[0].ToDate = bad(domain.FormulaError, "#REF!") }),
			[]string{"F08 CHI_BO!E10"}},
		{"A04 silences the sums", on(func(r *domain.Return) { r.Total.ToDate = bad(domain.Negative, "-2") }), []string{"A04 CHI_BO!E12"}},
		{"a blank figure is not 0", on(func(r *domain.Return) { r.Cells[0].ToDate = blank() }), []string{"R01 CHI_BO!E10"}},
		{"an unknown cell leaves the figures of the right one", first(func(a *domain.Admission) { a.Cell = text("Chi bộ xóm Sôi") }),
			[]string{"R18 KET_NAP!H10"}},
		{"a row of nobody is not counted", on(func(r *domain.Return) {
			a := unplaced(r.Admissions[0])
			a.Name, a.NationalID, a.Religion, a.Born = blank(), blank(), blank(), bad(domain.NotADate, "?")
			a.Ethnicity, a.DecisionDate = unlisted("?"), date("01/01/1999")
			r.Admissions = append(r.Admissions, a)
		}), []string{"R01 KET_NAP!B12"}},
		{"a name alone makes a row", first(func(a *domain.Admission) { a.NationalID = blank() }), []string{"R01 KET_NAP!E10"}},
		{"a number alone makes a row", first(func(a *domain.Admission) { a.Name = blank() }), []string{"R01 KET_NAP!B10"}},
		{"an unknown unit", on(func(r *domain.Return) { r.Cover.UnitCode = text("99999") }), []string{"U01 THONG_TIN!B9"}},
		{"another's name silences clashes with it", func(w *world) {
			w.r.Cover.UnitName = text("Đảng bộ xã Nga My")
			w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) { r.Admissions = valid(nil).Admissions })}
		}, []string{"U02 THONG_TIN!B10"}},
		{"another's name silences what is compared with the unit's own", func(w *world) {
			// The very return of the other unit, under our code.
			w.r = validTheirs(func(r *domain.Return) {
				r.Cover.UnitCode, r.Cover.Target = text(ours), count(6)
				r.Admissions[0].Cell, r.Cells[0].Cell = text("Chi bộ xóm Đông"), text("Chi bộ xóm Đông")
				r.Pool[0].Cell = text("Chi bộ xóm Đông")
				r.Cells[1].Target, r.Total.Target = count(0), count(1)
			})
			w.docket.Closed = map[string]bool{ours: true}
			w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })}
			w.docket.Assignment.Targets[0].Number = 2
		}, []string{"U02 THONG_TIN!B10"}},
		{"an unknown unit silences what is compared with the unit's own", func(w *world) {
			w.r.Cover.UnitCode, w.r.Cover.UnitName = text("05962"), text("Đảng bộ xã Thanh Ninh")
			w.docket.Assignment.Cells = append(w.docket.Assignment.Cells, reference.PartyCell{Unit: "05962", Name: "Chi bộ xóm Quan"})
			w.docket.Earlier = map[string]*domain.Return{"05962": september(func(r *domain.Return) {
				r.Total.ToDate, r.Admissions[0].Name, r.Admissions[0].NationalID = count(3), text("Bùi Văn Mạnh"), text("019190000099")
			})}
		}, []string{"U01 THONG_TIN!B9"}},
		{"the right name with its district is right",
			on(func(r *domain.Return) { r.Cover.UnitName = text("Đảng ủy xã Đào Xá - huyện Phú Bình") }), nil},
		{"a wrong month is one error", on(func(r *domain.Return) { r.Cover.From, r.Cover.To = date("01/02/2020"), date("30/11/2021") }),
			[]string{"T01 THONG_TIN!B11"}},
		{"U03 silences X02, X03 and X04", func(w *world) {
			w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) { r.Admissions = valid(nil).Admissions })}
		}, []string{"U03"}},
		{"U03 silences what is compared with the unit's own", func(w *world) {
			spoil := func(r *domain.Return) {
				r.Admissions[0].Cell, r.Pool[0].Cell, r.Cells[0].Cell = text("Chi bộ xóm Đông"), text("Chi bộ xóm Đông"), text("Chi bộ xóm Đông")
				r.Cover.Target = count(2)
			}
			spoil(w.r)
			w.docket.Assignment.Targets[0].Number = 7
			w.docket.Standing = map[string]*domain.Return{theirs: validTheirs(func(r *domain.Return) { r.Admissions = valid(spoil).Admissions })}
		}, []string{"U03"}},
		{"a warning of U03 silences nothing", func(w *world) {
			w.docket.Assignment.Targets[0].Number, w.r.Cover.Target = 2, count(2)
			w.docket.Fresh = []*domain.Return{valid(func(r *domain.Return) {
				r.File.Path, r.File.SHA256, r.Cover.Target = "inbox/Dao Xa ban 2.xlsx", "aa02", count(2)
			})}
		}, []string{"U03 THONG_TIN!B15", "G04"}},
		{"no total row, all agrees", on(func(r *domain.Return) { r.Total = nil }), nil},
		{"no total row: A01 by the sum", on(func(r *domain.Return) {
			r.Total, r.Cells = nil, r.Cells[1:]
			r.Cells[0].Target = count(3)
		}), []string{"A01 CHI_BO", "G02 CHI_BO!C10"}},
		{"no total row: A02 silences A01 where it explains the whole difference", on(func(r *domain.Return) {
			r.Total, r.Cells[0].ToDate = nil, count(8)
		}), []string{"A02 CHI_BO!E10"}},
		{"no total row: a figure that cannot be read silences A01", on(func(r *domain.Return) {
			r.Total, r.Cells[0].ToDate = nil, bad(domain.NotANumber, "một")
		}), []string{"A04 CHI_BO!E10"}},
		{"no total row: F05 of the column silences A01", on(func(r *domain.Return) {
			s := r.Reading.Sheet(domain.SheetCells)
			s.Missing = []domain.MissingColumn{{ID: "to_date", Header: "Kết nạp / Lũy kế từ đầu năm", Required: true,
				At: domain.Cell{Sheet: "CHI_BO", Row: 7}}}
			r.Total, r.Cells = nil, nil
		}), []string{"F05 CHI_BO!A7"}},
		{"F05 of the cells' names silences the sums", on(func(r *domain.Return) {
			s := r.Reading.Sheet(domain.SheetCells)
			s.Missing = []domain.MissingColumn{{ID: "cell", Header: "Chi bộ", Required: true, At: domain.Cell{Sheet: "CHI_BO", Row: 7}}}
			r.Cells = nil
		}), []string{"F05 CHI_BO!A7"}},
		{"no total row: A07 by the list", func(w *world) {
			w.r.Total = nil
			w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })}
		}, []string{"A07 CHI_BO"}},
		{"no total row: G03 by the sum", on(func(r *domain.Return) { r.Total, r.Cells[1].Target = nil, count(0) }),
			[]string{"G02 CHI_BO!C11", "G03 CHI_BO"}},
		{"a line that R18 refuses is compared with nothing", on(func(r *domain.Return) {
			r.Cells[1].Cell = text("Chi bộ Trường Mầm nan")
		}), []string{"R18 CHI_BO!B11"}},
		{"a line that R18 refuses leaves A01", on(func(r *domain.Return) {
			r.Cells[1].Cell, r.Cells[1].ToDate, r.Total.ToDate = text("Chi bộ Trường Mầm nan"), count(5), count(6)
		}), []string{"A01 CHI_BO!E12", "R18 CHI_BO!B11"}},
		{"a negative figure explains the total of the rest", on(func(r *domain.Return) {
			r.Cells[0].ToDate, r.Total.ToDate = bad(domain.Negative, "-1"), count(0)
		}), []string{"A04 CHI_BO!E10"}},
		{"a figure in words explains the total of the rest", func(w *world) {
			w.r.Cells[0].ToDate, w.r.Total.ToDate = bad(domain.NotANumber, "một"), count(1)
			w.docket.Earlier = map[string]*domain.Return{ours: september(nil)}
		}, []string{"A04 CHI_BO!E10"}},
		{"a blank figure explains the total of the rest", on(func(r *domain.Return) {
			r.Cells[0].ToDate, r.Total.ToDate = blank(), count(1)
		}), []string{"R01 CHI_BO!E10"}},
		{"the total of a fraction is told where the fraction is", on(func(r *domain.Return) {
			r.Cells[0].Target, r.Total.Target = bad(domain.Fraction, "2,5"), bad(domain.Fraction, "4,5")
		}), []string{"A04 CHI_BO!C10"}},
		{"a total of its own is told, whatever another column holds", on(func(r *domain.Return) {
			r.Cells[0].Target, r.Total.Waiting = bad(domain.Fraction, "2,5"), bad(domain.Fraction, "1,5")
		}), []string{"A04 CHI_BO!C10", "A04 CHI_BO!G12"}},
		{"a total that is typed wrong has not fallen", func(w *world) {
			w.r.Total.ToDate = count(1)
			w.docket.Earlier = map[string]*domain.Return{ours: september(nil)}
		}, []string{"A01 CHI_BO!E12", "A03 CHI_BO!E12"}},
		{"a list that has lost somebody whom the total counts has not fallen", func(w *world) {
			w.r.Admissions = w.r.Admissions[:1]
			w.r.Cells[1].InPeriod, w.r.Total.InPeriod, w.r.Cells[1].Trained, w.r.Total.Trained = count(0), count(0), count(1), count(2)
			w.docket.Earlier = map[string]*domain.Return{ours: september(nil)}
		}, []string{"A02 CHI_BO!E11", "X06 KET_NAP!A7"}},
		{"R15 silences R12 of the step after", on(func(r *domain.Return) { r.Admissions[1].DecisionDate = date("11/10/2022") }),
			[]string{"R15 KET_NAP!R11"}},
		{"R15 silences R12 at its cell", on(func(r *domain.Return) { r.Admissions[1].DecisionDate = date("11/10/2012") }),
			[]string{"R15 KET_NAP!R11"}},
		{"R15 leaves R12 between the other steps", on(func(r *domain.Return) {
			r.Admissions[1].DecisionDate, r.Admissions[1].CeremonyDate = date("11/10/2012"), date("05/09/2021")
		}), []string{"R12 KET_NAP!S11", "R15 KET_NAP!R11"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			findings := newWorld(c.edit).judge(t, defaultRules(t))
			if diff := cmp.Diff(c.want, told(findings), cmpopts.SortSlices(strings.Compare)); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%v", diff, findings)
			}
		})
	}
}

// A clash goes to both, unless one of them held the person before: then only to the newer.
func TestClashGoesToTheNewer(t *testing.T) {
	shared := func(r *domain.Return) { r.Admissions[0].NationalID = text("019090000001") }
	second := func(r *domain.Return) { r.File.SHA256, r.Cover.Submission = "bb02", count(2) }
	faulty := func(r *domain.Return) { r.Cover.Target = count(99) }
	both := func(spoil ...func(*domain.Return)) func(*domain.Return) {
		return func(r *domain.Return) {
			for _, s := range spoil {
				s(r)
			}
		}
	}
	earlier := func(r *domain.Return) { r.Cover.Period, r.Cover.To = date("01/09/2021"), date("30/09/2021") }
	mine, other := valid(nil), validTheirs(shared)
	fresh := func(list ...*domain.Return) docket { return docket{Fresh: append([]*domain.Return{mine}, list...)} }
	standing := func(d docket, by map[string]*domain.Return) docket { d.Standing = by; return d }
	before := func(d docket, by map[string]*domain.Return) docket { d.Earlier = by; return d }
	waived := func(d docket, w domain.Waiver) docket { d.Waived = []domain.Waiver{w}; return d }
	for _, c := range []struct {
		name       string
		docket     docket
		mine, them int // X02 findings
	}{
		{"both new", fresh(other), 1, 1},
		{"mine counted before and is judged again", standing(fresh(other), map[string]*domain.Return{ours: mine}), 0, 1},
		{"theirs counted before", standing(fresh(other), map[string]*domain.Return{theirs: other}), 1, 0},
		{"both counted before", standing(fresh(other), map[string]*domain.Return{ours: mine, theirs: other}), 1, 1},
		{"mine counted before without the person", standing(fresh(other), map[string]*domain.Return{ours: valid(func(r *domain.Return) {
			r.File.SHA256, r.Cover.Prepared, r.Admissions = "aa00", date("31/10/2021"), r.Admissions[1:]
		})}), 1, 1},
		{"they sent a newer version without the person", fresh(other, validTheirs(second)), 0, 1},
		{"their newer version has an error of its own", fresh(other, validTheirs(both(second, faulty))), 1, 1},
		{"their newer version, found first, has an error of its own", fresh(validTheirs(both(second, faulty)), other), 1, 0},
		{"theirs has an error of its own: it claims nobody", fresh(validTheirs(both(shared, faulty))), 0, 1},
		{"their error is accepted", waived(fresh(validTheirs(both(shared, faulty))), domain.Waiver{
			Unit: theirs, Year: 2021, From: october, Rule: "G01", About: "field:THONG_TIN//target", Seen: "99; 3"}), 1, 1},
		{"they have not sent yet: their earlier return stands for them",
			before(fresh(), map[string]*domain.Return{theirs: validTheirs(both(shared, earlier))}), 1, 0},
		{"what they have sent stands for them, not their earlier return",
			before(fresh(validTheirs(nil)), map[string]*domain.Return{theirs: validTheirs(both(shared, earlier))}), 0, 0},
		{"who stays on their list was theirs before",
			before(fresh(other), map[string]*domain.Return{theirs: validTheirs(both(shared, earlier))}), 1, 0},
		{"theirs is of a closed period: it claims nobody", docket{Fresh: []*domain.Return{mine, other}, Closed: map[string]bool{theirs: true}},
			0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.docket.Period, c.docket.Assignment = october, assignment()
			findings, err := c.docket.judge(defaultRules(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := len(of("X02", findings[0])); got != c.mine {
				t.Errorf("mine has %d X02, want %d", got, c.mine)
			}
			if len(findings) > 1 {
				if got := len(of("X02", findings[1])); got != c.them {
					t.Errorf("theirs has %d X02, want %d", got, c.them)
				}
			}
			for _, f := range of("X02", slices.Concat(findings...)) {
				if strings.Contains(f.Message, "Giang") || strings.Contains(f.Message+f.Got, "0190900") {
					t.Errorf("X02 tells of the person elsewhere: %+v", f)
				}
			}
		})
	}
}

// The order in which returns are found never matters.
func TestOrderNeverMatters(t *testing.T) {
	fresh := []*domain.Return{
		valid(nil),
		valid(func(r *domain.Return) { r.File.Path, r.File.SHA256 = "inbox/b.xlsx", "aa02" }),
		valid(func(r *domain.Return) {
			r.File.Path, r.File.SHA256, r.Cover.Submission, r.Cover.Target = "inbox/c.xlsx", "aa03", count(2), count(7)
		}),
		validTheirs(func(r *domain.Return) { r.Admissions[0].NationalID = text("019090000001") }),
		validTheirs(func(r *domain.Return) {
			r.File.Path, r.File.SHA256, r.Cover.Submission = "inbox/d.xlsx", "bb02", count(2)
			r.Admissions = valid(nil).Admissions
		}),
		valid(func(r *domain.Return) {
			r.File.Path, r.File.SHA256, r.Cover.UnitCode = "inbox/e.xlsx", "cc01", text("05962")
		}),
	}
	judge := func(order []int) map[string][]domain.Finding {
		d := docket{Period: october, Assignment: assignment()}
		for _, k := range order {
			d.Fresh = append(d.Fresh, fresh[k])
		}
		findings, err := d.judge(defaultRules(t))
		if err != nil {
			t.Fatal(err)
		}
		by := map[string][]domain.Finding{}
		for k, r := range d.Fresh {
			by[r.File.Path] = findings[k]
		}
		return by
	}
	order := []int{0, 1, 2, 3, 4, 5}
	want := judge(order)
	if len(of("X02", want["inbox/Nga My T10.xlsx"])) == 0 || len(of("U03", want["inbox/d.xlsx"])) == 0 {
		t.Fatalf("the returns do not clash: %v", want)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		random.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		if diff := cmp.Diff(want, judge(order)); diff != "" {
			t.Fatalf("order %v (-want +got):\n%s", order, diff)
		}
	}
}

func TestNoteExplainsWarnings(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range []struct {
		name string
		code string
		edit func(*world)
		want bool
	}{
		{"row without a note", "R17", first(func(a *domain.Admission) { a.DecisionNo = text("43") }), false},
		{"row with a note", "R17", first(func(a *domain.Admission) { a.DecisionNo, a.Note = text("43"), text("theo bản gốc") }), true},
		{"the note of another row", "R17", on(func(r *domain.Return) {
			r.Admissions[0].DecisionNo, r.Admissions[1].Note = text("43"), text("theo bản gốc")
		}), false},
		{"the total's note is not a row's", "R17", on(func(r *domain.Return) {
			r.Admissions[0].DecisionNo, r.Total.Note = text("43"), text("theo bản gốc")
		}), false},
		{"a line of CHI_BO", "A06", on(func(r *domain.Return) {
			r.Cells[0].Waiting, r.Total.Waiting, r.Cells[0].Note = count(1), count(2), text("hồ sơ của người chuyển đến")
		}), true},
		{"no row, no note", "X08", func(w *world) { w.docket.Forgotten = make([]validate.Forgotten, 1) }, false},
		{"no row, the total's note", "X08", func(w *world) {
			w.docket.Forgotten, w.r.Total.Note = make([]validate.Forgotten, 1), text("đã chuyển đi")
		}, true},
		{"an error is never explained", "R12",
			first(func(a *domain.Admission) { a.DecisionDate, a.Note = date("01/02/2021"), text("đúng như vậy") }), false},
		{"an info is never explained", "R16", first(func(a *domain.Admission) { a.CeremonyDate, a.Note = date("01/07/2021"), text("x") }), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := of(c.code, newWorld(c.edit).judge(t, rules))
			if len(found) != 1 || found[0].Explained != c.want {
				t.Errorf("findings %v, want one with explained %v", found, c.want)
			}
		})
	}
}

// A warning already told on a row that has not changed is told as info.
func TestWarningIsNotToldTwice(t *testing.T) {
	rules := defaultRules(t)
	number := func(r *domain.Return) { r.Admissions[0].DecisionNo = text("43") }
	before := newWorld(func(w *world) { w.r = september(number); w.docket.Period.Month = 9 })
	before.r.Cells[1].InPeriod, before.r.Total.InPeriod = count(0), count(0)
	said := before.judge(t, rules)
	if len(of("R17", said)) != 1 {
		t.Fatalf("september: %v", said)
	}
	for _, c := range []struct {
		name string
		edit func(*world)
		want domain.Severity
	}{
		{"the same row", on(number), domain.Info},
		{"the same row further down", on(func(r *domain.Return) {
			number(r)
			r.Admissions[0], r.Admissions[1] = unplaced(r.Admissions[1]), unplaced(r.Admissions[0])
			r.Admissions[0].No, r.Admissions[1].No = count(1), count(2)
		}), domain.Info},
		{"a changed row", on(func(r *domain.Return) { number(r); r.Admissions[0].Occupation = text("Công nhân") }), domain.Warning},
		{"a row that is new", on(func(r *domain.Return) { r.Admissions[1].DecisionNo = text("43") }), domain.Warning},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(func(w *world) {
				c.edit(w)
				w.docket.Earlier = map[string]*domain.Return{ours: before.r}
				w.docket.Told = map[string][]domain.Finding{ours: said}
			})
			found := of("R17", w.judge(t, rules))
			if len(found) != 1 || found[0].Severity != c.want {
				t.Errorf("findings %v, want one %s", found, c.want)
			}
		})
	}
}

// crowd is a return with n people of one cell.
func crowd(n int, spoil func(*domain.Admission)) *domain.Return {
	return valid(func(r *domain.Return) {
		r.Admissions = nil
		for k := range n {
			a := admission(k+1, fmt.Sprintf("Nguyễn Văn Người %d", k), "05/03/1990", "Nam", fmt.Sprintf("019090%06d", k), "Chi bộ xóm Soi",
				"15/03/2020", "10/05/2021", "43-QĐ/HU", "14/06/2021", "21/06/2021")
			if spoil != nil {
				spoil(&a)
			}
			r.Admissions = append(r.Admissions, a)
		}
		r.Cells[0].ToDate, r.Cells[1].ToDate, r.Total.ToDate = count(n), count(0), count(n)
		r.Cells[1].InPeriod, r.Total.InPeriod = count(0), count(0)
	})
}

func TestRepeatedFaultIsToldOnce(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range []struct{ n, findings, at int }{{15, 15, 0}, {16, 1, 16}, {40, 1, 40}} {
		r := crowd(c.n, func(a *domain.Admission) { a.Ethnicity = blank() })
		each := newWorld(func(w *world) { w.r = r }).judge(t, rules)
		if told := of("R01", each); len(told) != c.n || told[0].At != nil {
			t.Fatalf("%d cells: %d findings before they are folded", c.n, len(told))
		}
		found := of("R01", rules.Fold(each, october.Last()))
		if len(found) != c.findings || len(found[0].At) != c.at {
			t.Fatalf("%d cells: %d findings, the first at %d cells", c.n, len(found), len(found[0].At))
		}
		if c.at == 0 {
			continue
		}
		f := found[0]
		want := fmt.Sprintf("Ô F10…F%d (Dân tộc): %d ô cùng một lỗi, ví dụ ô F10: để trống — phải có — ghi bổ sung.", 9+c.n, c.n)
		if f.Message != want || where(f.Cell) != "KET_NAP!F10" {
			t.Errorf("told at %s: %q, want %q", where(f.Cell), f.Message, want)
		}
	}
}

func TestFindingsSayWhoseTheyAre(t *testing.T) {
	findings := newWorld(first(func(a *domain.Admission) { a.Ethnicity = blank() })).judge(t, defaultRules(t))
	want := []domain.Finding{{
		Rule: "R01", Severity: domain.Error, Unit: ours, Period: october, File: "inbox/Dao Xa T10.xlsx",
		Cell: domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 6}, Place: "Dân tộc", About: "id:019090000001",
		Seen:    "KET_NAP/ethnicity: ",
		Message: "Ô F10 (Dân tộc): để trống — phải có — ghi bổ sung.",
	}}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// No identity number is shown whole, whatever is said of it.
func TestIdentityNumbersAreMasked(t *testing.T) {
	for _, c := range ruleCases {
		w := newWorld(c.edit)
		var ids []string
		for _, r := range w.docket.Fresh {
			for k := range r.Admissions {
				ids = append(ids, r.Admissions[k].NationalID.Raw, r.Admissions[k].NationalID.Text)
			}
			for k := range r.Pool {
				ids = append(ids, r.Pool[k].NationalID.Raw, r.Pool[k].NationalID.Text)
			}
		}
		for _, f := range w.judge(t, defaultRules(t)) {
			for _, id := range ids {
				if len(id) > 8 && strings.Contains(f.Message+f.Got+f.Want, id) {
					t.Errorf("%s: %s shows an identity number: %q %q %q", c, f.Rule, f.Message, f.Got, f.Want)
				}
			}
		}
	}
}

func TestSettings(t *testing.T) {
	fault := first(func(a *domain.Admission) { a.Ethnicity = blank() })
	for _, c := range []struct {
		name, setting string
		want          []domain.Severity
	}{
		{"trial", "{code: R01, severity: trial}", []domain.Severity{domain.Trial}},
		{"milder", "{code: R01, severity: warning}", []domain.Severity{domain.Warning}},
		{"until before", "{code: R01, severity: error, until: 2021-09}", nil},
		{"until this period", "{code: R01, severity: error, until: 2021-10}", []domain.Severity{domain.Error}},
		{"from next", "{code: R01, severity: error, from: 2021-11}", nil},
		{"exempt", `{code: R01, severity: error, exempt: [{unit: "05926", why: thử}]}`, nil},
		{"another exempt", `{code: R01, severity: error, exempt: [{unit: "05956", why: thử}]}`, []domain.Severity{domain.Error}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules, err := withRules(t, "{code: R01, severity: error}", c.setting)
			if err != nil {
				t.Fatal(err)
			}
			var got []domain.Severity
			for _, f := range newWorld(fault).judge(t, rules) {
				got = append(got, f.Severity)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A return of a year is judged by the law of that year.
func TestLimitsChangeWithTheLaw(t *testing.T) {
	rules, err := withRules(t, `{from: "2021-07-30", value: 216,`, `{from: "2021-07-30", value: 240,`)
	if err != nil {
		t.Fatal(err)
	}
	nineteen := func(meeting string) func(*world) {
		return first(func(a *domain.Admission) {
			a.Born, a.NationalID, a.MeetingDate = date("10/05/2002"), text("019202000001"), date(meeting)
		})
	}
	if found := of("R08", newWorld(nineteen("29/07/2021")).judge(t, rules)); len(found) != 0 {
		t.Errorf("before the change: %v", found)
	}
	found := of("R08", newWorld(nineteen("30/07/2021")).judge(t, rules))
	if len(found) != 1 || !strings.Contains(found[0].Message, "20 tuổi") {
		t.Errorf("from the change on: %v", found)
	}
}

func TestMistakesInConfiguration(t *testing.T) {
	data := shipped(t)
	line := func(s string) int {
		before, _, ok := strings.Cut(data, s)
		if !ok {
			t.Fatalf("rules.yaml has no %q", s)
		}
		return strings.Count(before, "\n") + 1
	}
	r01 := "{code: R01, severity: error}"
	for _, c := range []struct {
		name string
		from string
		to   string
		want string
	}{
		{"unknown rule", r01, "{code: R99, severity: error}", `unknown rule "R99"`},
		{"unknown severity", r01, "{code: R01, severity: fatal}", `unknown severity "fatal": error, warning, info or trial`},
		{"unknown key", r01, "{code: R01, severity: error, till: 2021-01}", "till"},
		{"twice", r01, "{code: T05, severity: error}", "rule T05 is set twice"},
		{"bad period", r01, "{code: R01, severity: error, from: 1/2021}", `period "1/2021" is not of the form`},
		{"backwards", r01, "{code: R01, severity: error, from: 2021-05, until: 2021-04}", "until is before from"},
		{"no reason", r01, "{code: R01, severity: error, exempt: [{unit: PB01}]}", "a reason"},
		{"softened", "{code: F01, severity: error}", "{code: F01, severity: trial}", "rule F01 always is an error"},
		{"unknown limit", "name: age_min_months", "name: age_min", `unknown limit "age_min" (did you mean age_min_months?)`},
		{"no source", `{from: "2021-07-30", value: 216, source: "Quy định 24-QĐ/TW ngày 30/7/2021, mục 1.1: đủ 18 tuổi, tính theo tháng"}`,
			`{from: "2021-07-30", value: 216}`, "a source"},
		{"bad day", `{from: "2021-07-30", value: 216,`, `{from: "30/7/2021", value: 216,`, `"30/7/2021" is not a date`},
		{"unknown word list", "name: units_own_decisions", "name: own", "unknown word list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := withRules(t, c.from, c.to)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q in it", err, c.want)
			}
			if at := fmt.Sprintf("line %d", line(c.from)); !strings.Contains(err.Error(), "rules.yaml") ||
				!strings.Contains(err.Error(), fmt.Sprintf("rules.yaml:%d:", line(c.from))) && !strings.Contains(err.Error(), at) {
				t.Errorf("error %q does not name rules.yaml line %d", err, line(c.from))
			}
		})
	}
	holidays := "years:\n  - year: 2021\n    off:\n      - {from: \"2021-02-10\", to: \"2022-02-16\"}\n"
	if _, err := load(t, map[string]string{"holidays.yaml": holidays}); err == nil || !strings.Contains(err.Error(), "holidays.yaml:4:") {
		t.Errorf("a holiday of a year: %v", err)
	}
}

// random makes any value a reader could make, and some it could not.
func random(r *rand.Rand) domain.Value {
	raws := []string{"", "x", "Nam", "Nữ", "019090000001", "090900001", "1", "43-QĐ/HU", "Chi bộ xóm Soi", "Tiểu học", "\u0301",
		strings.Repeat("ă", 500), "Đã trình cấp ủy", "05926"}
	v := domain.Value{
		State: domain.State(r.IntN(4)), Why: domain.Why(r.IntN(12)), Repair: domain.Repair(r.IntN(8)),
		Unlisted: r.IntN(4) == 0, Mark: r.IntN(3) == 0,
		Raw: raws[r.IntN(len(raws))], Num: r.IntN(30) - 3, Date: domain.Day(1990+r.IntN(35)*r.IntN(2), 1, 1).AddDays(r.IntN(20000)),
	}
	v.Text = v.Raw
	if r.IntN(3) > 0 {
		v.Cell = domain.Cell{Sheet: "KET_NAP", Row: r.IntN(40), Col: r.IntN(30)}
	}
	if r.IntN(3) == 0 {
		v.Text = domain.ListText(raws[:r.IntN(len(raws))])
	}
	return v
}

func randomReturn(r *rand.Rand) *domain.Return {
	ret := valid(nil)
	if r.IntN(2) == 0 {
		ret = validTheirs(nil)
	}
	spoil := func(record domain.Record) {
		for _, v := range record.Fields {
			if r.IntN(3) == 0 {
				*v = random(r)
			}
		}
	}
	ret.File.SHA256 = fmt.Sprint(r.IntN(10))
	for range r.IntN(30) {
		ret.Admissions = append(ret.Admissions, ret.Admissions[r.IntN(len(ret.Admissions))])
		ret.Pool = append(ret.Pool, ret.Pool[r.IntN(len(ret.Pool))])
		ret.Cells = append(ret.Cells, ret.Cells[r.IntN(len(ret.Cells))])
	}
	if r.IntN(2) == 0 {
		spoil(&ret.Cover)
	}
	for k := range ret.Admissions {
		spoil(&ret.Admissions[k])
	}
	for k := range ret.Pool {
		spoil(&ret.Pool[k])
	}
	for k := range ret.Cells {
		spoil(&ret.Cells[k])
	}
	switch r.IntN(4) {
	case 0:
		ret.Total = nil
	case 1:
		ret.Reading = domain.Reading{}
	case 2:
		spoil(ret.Total)
	}
	return ret
}

// FuzzJudge: no return, however odd, makes a rule panic, and findings are sorted.
func FuzzJudge(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 7))
		d := docket{
			Period: october, Assignment: assignment(),
			Counting: []domain.Counting{"", domain.ByMeeting, domain.ByCeremony}[r.IntN(3)],
		}
		if r.IntN(5) == 0 {
			d.Period = domain.Period{}
		}
		for range 1 + r.IntN(4) {
			d.Fresh = append(d.Fresh, randomReturn(r))
		}
		d.Standing = map[string]*domain.Return{ours: randomReturn(r)}
		d.Earlier = map[string]*domain.Return{ours: randomReturn(r), theirs: randomReturn(r)}
		past := domain.Period{Year: 2020, Month: 5}
		d.Past = []domain.Claim{{Key: "i019090000001", Unit: ours, From: past}, {Key: "wan 1990-03-05", Unit: theirs, From: past}, {}}
		findings, err := d.judge(defaultRules(t))
		if err != nil {
			t.Fatal(err)
		}
		for k := range findings {
			if !slices.IsSortedFunc(findings[k], domain.Finding.Compare) {
				t.Error("findings are not in their total order")
			}
			for _, f := range findings[k] {
				if f.Rule == "" || f.Severity == "" || f.Message == "" {
					t.Errorf("a finding lacks something: %+v", f)
				}
			}
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	rules := defaultRules(b)
	for _, c := range []struct {
		name  string
		spoil func(*domain.Admission)
	}{
		{"10000 good rows", nil},
		{"10000 bad rows", func(a *domain.Admission) { a.Cell, a.Born = text("Chi bộ xóm Sôi"), bad(domain.NotADate, "?") }},
		{"10000 different words", func(a *domain.Admission) {
			a.Cell, a.Occupation = text("Chi bộ của "+a.Name.Text), unlisted("Nghề của "+a.Name.Text)
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(func(w *world) { w.r = crowd(10_000, c.spoil) })
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.docket.judge(rules); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
