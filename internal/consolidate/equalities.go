package consolidate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
)

// communes are the kinds of unit that are communes: the others are offices, schools,
// enterprises, armed forces.
var communes = []string{"xã", "phường", "thị trấn", "đặc khu"}

// equalities are the figures that must agree, those that do not first. What they are
// and who demands them: DOI_CHIEU; docs/decisions/0006-figures.md.
func (w *work) equalities(s *Summary, t *Tables) []Equality {
	list := slices.Concat(
		w.asCounted(s), w.sumsOfUnits(s, t), w.lastYearTwice(), allCompared(s), eachClassed(s, t),
		w.form2Equalities(), w.form2BEqualities(t), w.tableSums(t), w.optionalColumns(), w.cells(), fromEarlier(s),
	)
	list = slices.DeleteFunc(list, func(e Equality) bool { return e.ifKnown && !e.Known() })
	failing := slices.DeleteFunc(slices.Clone(list), Equality.Holds)
	return append(failing, slices.DeleteFunc(list, func(e Equality) bool { return !e.Holds() })...)
}

// asCounted says that the totals of the table are those of the returns, added up past it.
func (w *work) asCounted(s *Summary) []Equality {
	var list []Equality
	for _, tie := range s.Ties(w.in) {
		list = append(list, Equality{Code: "C01", What: tie.What + " của bảng bằng tổng của các báo cáo được nhận",
			Left: "Dòng tổng của bảng", Right: "Cộng thẳng từ các báo cáo được nhận", LeftIs: tie.Total, RightIs: tie.Sum,
			Note: fmt.Sprintf("Tính trên %d/%d đơn vị có báo cáo được nhận.", s.Whole.Counted, s.Whole.Expected)})
	}
	return list
}

// sumsOfUnits says that units add up to the whole, however they are put together.
func (w *work) sumsOfUnits(s *Summary, t *Tables) []Equality {
	var commune, other domain.Count
	for _, u := range s.Units() {
		if slices.Contains(communes, u.Unit.Kind) {
			commune = Sum(commune, u.Line.ToDate)
		} else {
			other = Sum(other, u.Line.ToDate)
		}
	}
	ofGroup := func(g Group) domain.Count { return g.Line.ToDate }
	ended := sumOf(s.Ended, func(e EndedLine) domain.Count { return e.Line.ToDate })
	byGroup, byFollower := Sum(sumOf(s.Groups, ofGroup), ended), Sum(sumOf(t.Followers, ofGroup), ended)
	also := ""
	if ended.Known {
		also = fmt.Sprintf(" + đơn vị đã kết thúc %d", ended.N)
	}
	endedToo := ""
	if w.in.endedTargets().Known {
		endedToo = "Gồm cả đơn vị đã kết thúc trong năm mà không có đơn vị kế tục. "
	}
	const whole = "Tổng chung, lũy kế"
	return []Equality{
		{Code: "C04", What: w.in.words("Xã, phường, thị trấn") + " cộng với các đơn vị khác bằng tổng chung",
			Left: fmt.Sprintf(w.in.words("Xã, phường, thị trấn")+" %s + đơn vị khác %s", shown(commune), shown(other)) + also, Right: whole,
			LeftIs: Sum(Sum(commune, other), ended), RightIs: s.Whole.ToDate},
		{Code: "C04", What: "Cộng các nhóm đơn vị bằng tổng chung",
			Left: "Cộng các nhóm ở TIEN_DO" + also, Right: whole, LeftIs: byGroup, RightIs: s.Whole.ToDate},
		{Code: "C04", What: "Cộng theo ủy viên phụ trách bằng tổng chung",
			Left: "Cộng các ủy viên ở THEO_UY_VIEN" + also, Right: whole, LeftIs: byFollower, RightIs: s.Whole.ToDate},
		{Code: "D01", What: "Tổng chỉ tiêu các đơn vị bằng chỉ tiêu chung",
			Left: "Cộng chỉ tiêu các đơn vị", Right: "Chỉ tiêu chung đang dùng", LeftIs: s.UnitSum, RightIs: s.Whole.Target,
			Note: endedToo + "Hai số giữ như văn bản đã giao, không chia lại; tỷ lệ tính theo chỉ tiêu chung."},
	}
}

// lastYearTwice compares the figures of last year that the record has with those that
// NAM_TRUOC has for the same units: each that differs, then all together.
func (w *work) lastYearTwice() []Equality {
	const counted = "Đếm lại từ báo cáo năm trước đã nhận"
	var list []Equality
	var recorded, typed domain.Count
	for _, c := range w.comparisons {
		for _, p := range c.parts {
			figure, cell := w.in.Assignment.ToDate(p.unit, w.in.Period.LastYear().To)
			if p.rows == nil || !figure.Known {
				continue
			}
			recorded, typed = Sum(recorded, p.figure), Sum(typed, figure)
			if figure != p.figure {
				list = append(list, Equality{
					Code: "C03", Unit: p.unit.Code, What: fmt.Sprintf("%s: cùng kỳ năm trước theo sổ bằng %s", p.unit.Name, cell.Address()),
					Left: counted, Right: "Số ghi ở NAM_TRUOC", LeftIs: p.figure, RightIs: figure,
					Note: "Bảng dùng số đếm lại; sửa NAM_TRUOC nếu số ghi ở đó sai.",
				})
			}
		}
	}
	return append(list, Equality{Code: "C03", What: "Cùng kỳ năm trước theo sổ bằng số ghi ở NAM_TRUOC", ifKnown: true,
		Left: counted, Right: "NAM_TRUOC, cùng các đơn vị đó", LeftIs: recorded, RightIs: typed})
}

// allCompared says that every unit that counts has a figure of last year.
// In the first year of all nothing is known of the year before, and nothing disagrees.
func allCompared(s *Summary) []Equality {
	return []Equality{{Code: "C05", What: "Mọi đơn vị được tính đều có số cùng kỳ năm trước để so",
		Left: "Đơn vị có số của cả hai năm", Right: "Đơn vị được tính",
		LeftIs: domain.Count{N: s.Whole.Compared, Known: s.Whole.Compared > 0}, RightIs: domain.People(s.Whole.Counted),
		Note: "Đơn vị không có số năm trước vẫn được tính vào kỳ này; cột cùng kỳ không có phần của đơn vị đó, và Biểu 2 không ghi cột 3."}}
}

// fromEarlier says that the figure of today is that of the month before and what has happened
// since (D04).
func fromEarlier(s *Summary) []Equality {
	m := s.Movement
	if m.Period.IsZero() {
		return nil
	}
	left := fmt.Sprintf("%s %d + trong kỳ %d + bổ sung các kỳ trước %d − rút khỏi danh sách %d", m.Period.Label(), m.Had, m.InPeriod,
		len(m.Late), len(m.Withdrawn))
	var notes []string
	for _, side := range []struct {
		families    []Family
		sign, words string
	}{{m.Left, "−", "chỉ được tính ở kỳ trước"}, {m.Joined, "+", "chỉ được tính ở kỳ này"}} {
		for _, f := range side.families {
			left += fmt.Sprintf(" %s %d", side.sign, f.Figure)
			notes = append(notes, fmt.Sprintf("%s (%s %d): %s.", f, side.sign, f.Figure, side.words))
		}
	}
	return []Equality{{Code: "D04", What: "Lũy kế kỳ trước, thêm và bớt trong kỳ, bằng lũy kế kỳ này", Left: left, Right: "Tổng chung, lũy kế",
		LeftIs: domain.People(m.Expected()), RightIs: s.Whole.ToDate, Note: strings.Join(notes, " ")}}
}

// eachClassed says that no unit is missing from the classes, or in two.
func eachClassed(s *Summary, t *Tables) []Equality {
	inBands := sumOf(t.Bands, func(b Band) domain.Count { return domain.People(len(b.Units)) })
	return []Equality{{Code: "XEP_LOAI", What: "Mỗi đơn vị có mặt đúng một lần trong bảng phân loại",
		Left: "Cộng các mức", Right: "Số đơn vị", LeftIs: inBands, RightIs: domain.People(s.Whole.Expected)}}
}

// tableSums are the equalities within CO_CAU and NGUON.
func (w *work) tableSums(t *Tables) []Equality {
	return []Equality{
		{Code: "CO_CAU", What: "Tổng của CO_CAU bằng Biểu 2 mục I",
			Left: "CO_CAU, số kết nạp", Right: "Biểu 2, mục I", LeftIs: t.StructSum.Admitted, RightIs: w.now.total},
		{Code: "NGUON", What: "Cộng các giai đoạn bằng số người trong NGUON",
			Left: "Cộng các giai đoạn", Right: "Số dòng NGUON của các báo cáo được tính",
			LeftIs: sumOf(t.PoolSum.Stages, func(n domain.Count) domain.Count { return n }), RightIs: t.PoolSum.Total,
			Note: "Khác nhau khi có người ghi giai đoạn ngoài danh mục."},
	}
}

// optionalColumns says who is in a return that has the columns which a return may leave
// out: what is not asked is not known, and must not read as nobody.
func (w *work) optionalColumns() []Equality {
	var list []Equality
	for _, c := range []struct{ header, column string }{
		{"Chuyên môn nghiệp vụ", qualification}, {"Đoàn viên", youthUnion}, {"Kết nạp lại", readmission}, {"Đặc điểm khác", traits},
		{"Nhóm nguồn", sourceGroups},
	} {
		asked := domain.Count{N: w.now.people.asked[c.column], Known: len(w.now.returns) > 0}
		list = append(list, Equality{Code: "KET_NAP", What: fmt.Sprintf("Mọi người được tính đều ở báo cáo có cột «%s»", c.header),
			Left: "Số người ở báo cáo có cột đó", Right: "Biểu 2, mục I", LeftIs: asked, RightIs: w.now.total,
			Note: "Báo cáo bỏ cột này thì người trong đó không được tính vào các dòng liên quan."})
	}
	return list
}

// cells are the sums of the cells' figures that units state, against their lists.
func (w *work) cells() []Equality {
	var list []Equality
	_, month := w.in.Period.Month()
	for _, a := range w.counted {
		stated := a.figures.stated
		if stated.lines == 0 {
			continue
		}
		list = append(list, Equality{Code: "CHI_BO", Unit: a.unit.Code, What: a.unit.Name + ": cộng lũy kế các chi bộ bằng danh sách KET_NAP",
			Left: "Cộng cột Lũy kế ở CHI_BO", Right: "Số người ở KET_NAP", LeftIs: stated.toDate, RightIs: a.line.ToDate})
		if month { // the returns are monthly: what they state is not of a longer period
			list = append(list, Equality{
				Code: "CHI_BO", Unit: a.unit.Code, What: a.unit.Name + ": cộng trong kỳ các chi bộ bằng danh sách KET_NAP",
				Left: "Cộng cột Trong kỳ ở CHI_BO", Right: "Số người ở KET_NAP trong kỳ", LeftIs: stated.inPeriod, RightIs: a.line.InPeriod,
			})
		}
	}
	return list
}

// sumOf adds up a figure of things, as far as it is known.
func sumOf[T any](things []T, figure func(T) domain.Count) (total domain.Count) {
	for _, x := range things {
		total = Sum(total, figure(x))
	}
	return total
}

// shown is a count in a sentence; "–" when it is not known.
func shown(c domain.Count) string {
	if !c.Known {
		return "–"
	}
	return strconv.Itoa(c.N)
}
