package consolidate

import (
	"fmt"
	"slices"

	"ketnap/internal/domain"
)

// form2Side is one of the two columns of Biểu 2, whose figures must agree among
// themselves.
type form2Side struct {
	counts []domain.Count    // by row of the form
	age    domain.Hundredths // Tuổi bình quân
	listed domain.Count      // persons in the lists that the column is counted from
}

// total is mục I.
func (s form2Side) total() domain.Count { return s.counts[0] }

// form2Equalities are the equalities of Biểu 2: of this year's column, then of last
// year's as far as that is known.
func (w *work) form2Equalities(t *Tables) []Equality {
	listed := sumOf(w.counted, func(a *unitTotals) domain.Count { return domain.People(a.figures.listed) })
	listed = Sum(listed, sumOf(w.ended, func(e EndedLine) domain.Count { return domain.People(e.totals.listed) }))
	now, lastYear := form2Side{listed: listed}, form2Side{listed: w.rowsLastYear()}
	for _, r := range t.Form2 {
		now.counts, lastYear.counts = append(now.counts, r.Now), append(lastYear.counts, r.LastYear)
		if r.Average {
			now.age, lastYear.age = r.NowYears, r.LastYearYear
		}
	}
	list := now.equalities()
	for _, e := range lastYear.equalities() {
		e.What += " (cột cùng kỳ năm trước)"
		e.ifKnown = true
		list = append(list, e)
	}
	for i := range list {
		list[i].Code = "Biểu 2"
	}
	return list
}

// equalities are those of one column, in the order of the form's rows but for the ages.
func (s form2Side) equalities() []Equality {
	asListed := Equality{What: "Mục I bằng số người trong danh sách KET_NAP",
		Left: "Biểu 2, mục I", Right: "Số dòng KET_NAP của các báo cáo được tính", LeftIs: s.total(), RightIs: s.listed,
		Note: "Khác nhau khi có người mà ngày dùng để tính vào kỳ để trống hoặc nằm ngoài năm."}
	return slices.Concat([]Equality{asListed}, s.blocks(), s.averageAge(), s.traits(), s.organisations())
}

// blocks says that the rows of each block of II add up to mục I, or, where not everybody
// has a row, to no more than it.
func (s form2Side) blocks() []Equality {
	var list []Equality
	for _, block := range []struct {
		name, must string
		rows       []formRow
		note       string
	}{
		{name: "II.1 Nghề nghiệp", must: "bằng", rows: occupationRows,
			note: "Khác nhau khi có người ghi nghề nghiệp ngoài danh mục; người đó không được xếp vào dòng nào."},
		{name: "II.2 Tuổi đời", must: "bằng", rows: ageRows,
			note: "Khác nhau khi có người chưa rõ ngày sinh hoặc chưa đủ 18 tuổi; tuổi tính đến ngày cuối kỳ."},
		{name: "II.3 Trình độ giáo dục phổ thông", must: "bằng", rows: schoolingRows,
			note: "Khác nhau khi có người ghi học vấn ngoài danh mục."},
		{name: "II.4 Chuyên môn nghiệp vụ", must: "không quá", rows: qualificationRows,
			note: "Người chưa qua đào tạo không có dòng nào."},
	} {
		parts := sumOf(block.rows, func(r formRow) domain.Count {
			if r.kind != hasTrait {
				return domain.Count{}
			}
			return s.counts[rowAt(r.label)]
		})
		list = append(list, Equality{
			What: fmt.Sprintf("Cộng các dòng của %s %s mục I", block.name, block.must), AtMost: block.must == "không quá",
			Left: "Cộng các dòng " + block.name, Right: "Biểu 2, mục I", LeftIs: parts, RightIs: s.total(), Note: block.note})
	}
	return list
}

// averageAge says that Tuổi bình quân lies between the lowest and the highest band of ages
// that has people. Nothing is said where somebody is in no band.
func (s form2Side) averageAge() []Equality {
	average := domain.Count(s.age)
	low := Equality{What: "Tuổi bình quân không dưới dòng tuổi thấp nhất có người", Right: "Biểu 2, Tuổi bình quân", RightIs: average}
	high := Equality{What: "Tuổi bình quân không quá dòng tuổi cao nhất có người", Left: "Biểu 2, Tuổi bình quân", LeftIs: average}
	banded := 0
	for _, r := range ageRows {
		n := s.counts[rowAt(r.label)].N
		banded += n
		if n == 0 {
			continue
		}
		if !low.LeftIs.Known {
			low.LeftIs, low.Left = domain.People(100*r.ages[0]), fmt.Sprintf("Tuổi nhỏ nhất của dòng «%s»", r.label)
		}
		high.RightIs, high.Right = domain.People(100*r.ages[1]), fmt.Sprintf("Tuổi lớn nhất của dòng «%s»", r.label)
		if r.ages[1] == oldest { // it has none
			high.RightIs = domain.Count{}
		}
	}
	if s.total() != domain.People(banded) {
		return nil
	}
	low.AtMost, low.Hundredths, high.AtMost, high.Hundredths = true, true, true, true
	return slices.DeleteFunc([]Equality{low, high}, func(e Equality) bool { return !e.Known() })
}

// traits says that no trait is had by more than everybody.
func (s form2Side) traits() []Equality {
	var list []Equality
	for _, r := range traitRows {
		label := trimSign(r.label)
		list = append(list, Equality{What: fmt.Sprintf("«%s» không quá mục I", label), AtMost: true,
			Left: label, Right: "Biểu 2, mục I", LeftIs: s.counts[rowAt(r.label)], RightIs: s.total()})
	}
	return list
}

// organisations are the equalities of III: of each kind of organisation no more have
// admitted, or have nobody left, than there are; and the kinds are all.
func (s form2Side) organisations() []Equality {
	var list []Equality
	var kinds, all domain.Count
	for i, kind := range form2Rows {
		switch {
		case kind.kind != register:
		case kind.level == 0:
			all = s.counts[i]
		case kind.level == 1:
			kinds = Sum(kinds, s.counts[i])
			for _, part := range []int{i + 1, i + 2} {
				label := trimSign(form2Rows[part].label)
				list = append(list, Equality{What: fmt.Sprintf("III, %s: «%s» không quá số %s", kind.label, label, kind.label), AtMost: true,
					Left: label, Right: kind.label, LeftIs: s.counts[part], RightIs: s.counts[i]})
			}
		}
	}
	return append(list, Equality{What: "III: đảng bộ cơ sở cộng chi bộ cơ sở bằng số tổ chức cơ sở đảng trong danh sách đơn vị",
		Left: "Cộng hai loại", Right: "Số đơn vị ở DON_VI còn hiệu lực", LeftIs: kinds, RightIs: all})
}

// form2BEqualities are the equalities of Biểu 2B, this year only.
func (w *work) form2BEqualities(t *Tables) []Equality {
	religions := slices.IndexFunc(t.Form2B, func(r FormRow) bool { return r.No == "II" && r.Level == 0 })
	ethnic, religious := t.Form2B[:religions], t.Form2B[religions:]
	list := slices.Concat(w.asForm2(t, ethnic, religious), withinBlock("dân tộc", ethnic), withinBlock("tôn giáo", religious))
	for i := range list {
		list[i].Code = "Biểu 2B"
	}
	return list
}

// asForm2 says that the totals of Biểu 2B are those of Biểu 2.
func (w *work) asForm2(t *Tables, ethnic, religious []FormRow) []Equality {
	var kinh, foreigners domain.Count
	for i, code := range w.in.Codes.Ethnicities {
		switch code {
		case majority:
			kinh = ethnic[i+1].Now
		case foreign:
			foreigners = ethnic[i+1].Now
		}
	}
	womenBelievers := sumOf(w.counted, func(a *unitTotals) domain.Count { return a.figures.admitted.count(believers) })
	row := func(label string) domain.Count { return t.Form2[rowAt(label)].Now }
	total := t.Form2[0].Now
	return []Equality{
		{What: "Tổng khối dân tộc bằng Biểu 2 mục I", Left: "Biểu 2B, mục I", Right: "Biểu 2, mục I", LeftIs: ethnic[0].Now, RightIs: total,
			Note: "Khác nhau khi có người ghi dân tộc ngoài danh mục; người đó không được xếp vào dòng nào."},
		{What: "Mục I trừ Kinh, trừ quốc tịch gốc nước ngoài bằng dòng «Dân tộc thiểu số» của Biểu 2",
			Left: "Mục I − Kinh − quốc tịch gốc nước ngoài", Right: "Biểu 2, Dân tộc thiểu số",
			LeftIs: total.Minus(kinh).Minus(foreigners), RightIs: row("- Dân tộc thiểu số")},
		{What: "Tổng khối tôn giáo bằng dòng «Người theo tôn giáo» của Biểu 2",
			Left: "Biểu 2B, mục II", Right: "Biểu 2, Người theo tôn giáo", LeftIs: religious[0].Now, RightIs: row("- Người theo tôn giáo")},
		{What: "Cột nữ khối dân tộc bằng dòng «Nữ» của Biểu 2",
			Left: "Biểu 2B, mục I, cột nữ", Right: "Biểu 2, Nữ", LeftIs: ethnic[0].Women, RightIs: row("- Nữ")},
		{What: "Cột nữ khối tôn giáo bằng số nữ theo tôn giáo trong KET_NAP",
			Left: "Biểu 2B, mục II, cột nữ", Right: "Đếm từ KET_NAP", LeftIs: religious[0].Women, RightIs: womenBelievers},
	}
}

// withinBlock are the equalities of one block of Biểu 2B: women are among all, and the
// shares add up to everybody, as far as each is rounded by itself.
func withinBlock(name string, block []FormRow) []Equality {
	shares, above, some := 0, 0, 0
	for _, r := range block[1:] {
		if r.Women.Known && r.Now.Known && r.Women.N > r.Now.N {
			above++
		}
		if r.Ratio.Known && r.Now.N > 0 {
			some++
			shares += r.Ratio.N
		}
	}
	tolerance := domain.Hundredths{N: some / 2, Known: true}
	women := Equality{What: fmt.Sprintf("Khối %s: không dòng nào có nữ nhiều hơn tổng số", name),
		Left: "Số dòng có nữ nhiều hơn tổng số", Right: "Không dòng nào", LeftIs: domain.People(above), RightIs: domain.People(0)}
	all := Equality{What: fmt.Sprintf("Khối %s: cộng cột tỷ lệ bằng 100,00 %%", name),
		Left: "Cộng cột tỷ lệ", Right: "100,00 %", Hundredths: true, Tolerance: tolerance.N,
		Note: fmt.Sprintf("Mỗi tỷ lệ được làm tròn riêng đến hai chữ số, nên tổng được phép lệch đến %s.", tolerance)}
	if some > 0 {
		all.LeftIs, all.RightIs = domain.People(shares), domain.People(10000)
	}
	return []Equality{women, all}
}

// rowsLastYear is how many persons the returns of last year list, whenever they were
// admitted, where column 3 of Biểu 2 is from rows.
func (w *work) rowsLastYear() domain.Count {
	var n domain.Count
	for _, c := range w.comparisons {
		if !c.comparable() {
			continue
		}
		for _, p := range c.parts {
			if p.rows == nil {
				return domain.Count{}
			}
			n = Sum(n, domain.People(p.rows.listed))
		}
	}
	return n
}
