package report

import (
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// unknown is a figure that nobody has given.
const unknown = -1

func count(n int) domain.Count {
	if n == unknown {
		return domain.Count{}
	}
	return domain.People(n)
}

// sampleUnit makes a unit's line the way consolidate words it. toDate unknown is
// a unit whose return is not there.
func sampleUnit(code, name string, original, target, inPeriod, toDate, lastYear int, status consolidate.Status) consolidate.UnitLine {
	l := consolidate.Line{Expected: 1, Original: count(original), Target: count(target), LastYear: count(lastYear)}
	if target != unknown {
		l.Document = "01-KH/HU ngày 15/01/2021"
	}
	if toDate != unknown {
		l.Counted = 1
		l.InPeriod, l.ToDate = count(inPeriod), count(toDate)
		if l.LastYear.Known {
			l.Compared = 1
		}
		l.LastYearOfCounted, l.Change = l.LastYear, l.ToDate.Minus(l.LastYear)
		l.Trained, l.Waiting = count(toDate+2), count(toDate%3)
	}
	u := consolidate.UnitLine{Unit: reference.Unit{Code: code, Name: name, Kind: "xã"}, Line: derived(l)}
	u.UnitStatus = consolidate.UnitStatus{Status: status, Deadline: domain.Day(2021, 11, 3)}
	if status != consolidate.NotSent {
		u.UnitStatus.FirstReceived, u.UnitStatus.Versions = domain.Day(2021, 11, 1), 1
	}
	if l.Counted == 1 {
		u.UnitStatus.FirstClean, u.UnitStatus.Counted = u.UnitStatus.FirstReceived, "inbox/2021-10/"+code+" T10.xlsx"
	}
	return u
}

// derived fills the figures that follow from the others.
func derived(l consolidate.Line) consolidate.Line {
	l.Percent = domain.PercentOf(l.ToDate, l.Target)
	l.Remaining = l.Target.Minus(l.ToDate)
	l.ChangePercent = domain.PercentOf(l.Change, l.LastYearOfCounted)
	return l
}

// summaryOf adds the groups up and ranks the units.
func summaryOf(groups ...consolidate.Group) *consolidate.Summary {
	s := &consolidate.Summary{Period: domain.Period{Year: 2021, Month: 10}.Span(), Groups: groups}
	var lines []consolidate.Line
	for i := range s.Groups {
		g := &s.Groups[i]
		var units []consolidate.Line
		for j := range g.Units {
			l := &g.Units[j].Line
			if l.Percent.Known {
				l.Rank = 1
				for _, h := range groups {
					for _, u := range h.Units {
						if u.Line.Percent.Known && u.Line.Percent.N > l.Percent.N {
							l.Rank++
						}
					}
				}
			}
			units = append(units, *l)
		}
		g.Line = totalOf(units)
		lines = append(lines, g.Line)
	}
	s.Whole = totalOf(lines)
	s.UnitSum = s.Whole.Target
	s.Tables = sampleTables(s)
	return s
}

func totalOf(parts []consolidate.Line) consolidate.Line {
	var l consolidate.Line
	add := func(sum *domain.Count, c domain.Count) {
		if c.Known {
			*sum = domain.People(sum.N + c.N)
		}
	}
	for _, p := range parts {
		l.Expected += p.Expected
		l.Counted += p.Counted
		l.Compared += p.Compared
		add(&l.Original, p.Original)
		add(&l.Target, p.Target)
		add(&l.InPeriod, p.InPeriod)
		add(&l.ToDate, p.ToDate)
		add(&l.LastYear, p.LastYear)
		add(&l.LastYearOfCounted, p.LastYearOfCounted)
		add(&l.Change, p.Change)
		add(&l.Trained, p.Trained)
		add(&l.Waiting, p.Waiting)
	}
	return derived(l)
}

var sampleOffice = Office{
	Level: "huyện", Parent: "ĐẢNG BỘ TỈNH A", Name: "HUYỆN ỦY B", Department: "BAN TỔ CHỨC",
	Place: "B", SignerTitle: "TRƯỞNG BAN", Preparer: "Lê Văn D", Signer: "Trần Thị C", Workspace: "../..",
}

// sampleSummary is a small district: two groups, a tie in rank, a unit over its
// target, one without a target, one with none admitted, one that has not sent.
func sampleSummary() *consolidate.Summary {
	s := summaryOf(
		consolidate.Group{Name: "Xã, thị trấn", Units: []consolidate.UnitLine{
			sampleUnit("05001", "Đảng bộ xã Đồi Thông", 8, 9, 2, 9, 4, consolidate.Received),
			sampleUnit("05002", "Đảng bộ xã Suối Mơ", 6, 6, 1, 3, 4, consolidate.Warned),
			sampleUnit("05003", "Đảng bộ thị trấn Bến Cát", 4, 4, 0, 2, 0, consolidate.Closed),
			sampleUnit("05004", "Đảng bộ xã Núi Đôi", 7, 7, unknown, unknown, 5, consolidate.NotSent),
		}},
		consolidate.Group{Name: "Cơ quan, lực lượng vũ trang", Units: []consolidate.UnitLine{
			sampleUnit("CQ01", "Đảng bộ Quân sự huyện", 3, 3, 3, 4, 1, consolidate.Received),
			sampleUnit("CQ02", "Chi bộ Tòa án", 0, unknown, 0, 0, 0, consolidate.Received),
			sampleUnit("CQ03", "Chi bộ Bưu điện", 2, 2, 0, 0, unknown, consolidate.Received),
		}},
	)
	s.Groups[0].Units[0].UnitStatus.Returned = []string{"inbox/2021-10/Doi Thong T10.xlsx"}
	s.Groups[0].Units[0].UnitStatus.Versions = 2
	s.CountedHash = strings.Repeat("0123456789abcdef", 4)
	s.Findings = []domain.Finding{
		finding("R19", domain.Warning, "05002", "inbox/2021-10/05002 T10.xlsx", 12, "Nông nghiệp", "Nông dân",
			"Nghề nghiệp «Nông nghiệp» không có trong danh mục; gần nhất là «Nông dân»."),
		finding("R08", domain.Error, "05001", "inbox/2021-10/Doi Thong T10.xlsx", 14, "05/03/2005", "≤ 14/03/2003",
			"Người ở dòng 14 chưa đủ 18 tuổi (216 tháng) tại ngày họp chi bộ 14/03/2021; kiểm tra lại ngày sinh hoặc ngày họp chi bộ "+
				"xét đề nghị kết nạp."),
		finding("F01", domain.Error, "", "inbox/2021-10/khong ro.xlsx", 0, "", "", "Tệp không phải là bảng tính đọc được."),
	}
	s.Waivers = []consolidate.WaiverLine{{Unit: "05001", UnitName: "Đảng bộ xã Đồi Thông", Rule: "R08", Cell: "C14", Who: "Lê Văn D",
		When: domain.Day(2021, 11, 4), Why: "Đã xác minh giấy khai sinh"}}
	s.Restated = []consolidate.Restated{{What: "Chỉ tiêu", Closed: count(30), Now: count(31)},
		{Unit: "05002", What: "Chỉ tiêu", Closed: count(5), Now: count(6)}}
	s.Republished = []domain.Published{{Period: domain.Period{Year: 2021, Month: 9}, Was: count(129), Is: count(131)}}
	return s
}

func finding(rule string, severity domain.Severity, unit, file string, row int, got, want, message string) domain.Finding {
	f := domain.Finding{Rule: rule, Severity: severity, Unit: unit, File: file, Got: got, Want: want, Message: message}
	if row > 0 {
		f.Cell = domain.Cell{Sheet: domain.SheetAdmissions, Row: row, Col: 3}
	}
	return f
}
