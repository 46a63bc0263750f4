package consolidate

import (
	"fmt"
	"slices"

	"ketnap/internal/domain"
)

// form2Equalities are the equalities of Biểu 2: of this year's column, then of last
// year's as far as that is known.
func (w *work) form2Equalities() []Equality {
	list := w.now.equalities()
	for _, e := range w.lastYear.equalities() {
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
func (c *column) equalities() []Equality {
	asListed := Equality{What: "Mục I bằng số người trong danh sách KET_NAP",
		Left: "Biểu 2, mục I", Right: "Số dòng KET_NAP của các báo cáo được tính", LeftIs: c.total, RightIs: c.listed,
		Note: "Khác nhau khi có người mà ngày dùng để tính vào kỳ để trống hoặc nằm ngoài năm."}
	return slices.Concat([]Equality{asListed}, c.blocks(), c.betweenAges(), c.traits(), c.ofRegister())
}

// row is the figure of the row with a label.
func (c *column) row(label string) domain.Count { return c.counts[rowAt(label)] }

// blocks says that the rows of each block of II add up to mục I, or, where not everybody
// has a row, to no more than it.
func (c *column) blocks() []Equality {
	var list []Equality
	for _, b := range blocks {
		name, expected := b.no+" "+b.label, "bằng"
		if b.some {
			expected = "không quá"
		}
		parts := sumOf(b.rows, func(r formRow) domain.Count {
			if r.kind != hasTrait {
				return domain.Count{}
			}
			return c.row(r.label)
		})
		list = append(list, Equality{
			What: fmt.Sprintf("Cộng các dòng của %s %s mục I", name, expected), AtMost: b.some,
			Left: "Cộng các dòng " + name, Right: "Biểu 2, mục I", LeftIs: parts, RightIs: c.total, Note: b.note})
	}
	return list
}

// betweenAges says that Tuổi bình quân lies between the lowest and the highest band of ages
// that has people. Nothing is said where somebody is in no band.
func (c *column) betweenAges() []Equality {
	const name = "Biểu 2, Tuổi bình quân"
	low := Equality{What: "Tuổi bình quân không dưới dòng tuổi thấp nhất có người", Right: name, AtMost: true, Hundredths: true}
	high := Equality{What: "Tuổi bình quân không quá dòng tuổi cao nhất có người", Left: name, AtMost: true, Hundredths: true}
	banded := 0
	for _, r := range ageRows {
		n := c.row(r.label)
		switch {
		case r.kind == average:
			low.RightIs, high.LeftIs = n, n
			continue
		case n.N == 0:
			continue
		case !low.LeftIs.Known:
			low.LeftIs, low.Left = domain.People(100*r.ages[0]), fmt.Sprintf("Tuổi nhỏ nhất của dòng «%s»", r.label)
		}
		banded += n.N
		high.RightIs, high.Right = domain.People(100*r.ages[1]), fmt.Sprintf("Tuổi lớn nhất của dòng «%s»", r.label)
		high.RightIs.Known = r.ages[1] != oldest
	}
	if c.total != domain.People(banded) {
		return nil
	}
	return slices.DeleteFunc([]Equality{low, high}, func(e Equality) bool { return !e.Known() })
}

// traits says that no trait is had by more than everybody.
func (c *column) traits() []Equality {
	var list []Equality
	for _, r := range traitRows {
		label := trimSign(r.label)
		list = append(list, Equality{What: fmt.Sprintf("«%s» không quá mục I", label), AtMost: true,
			Left: label, Right: "Biểu 2, mục I", LeftIs: c.row(r.label), RightIs: c.total})
	}
	return list
}

// ofRegister are the equalities of III: of each kind of organisation no more have
// admitted, or have nobody left, than there are; and the kinds are all.
func (c *column) ofRegister() []Equality {
	var list []Equality
	var kinds, of domain.Count
	kind := ""
	for i, row := range form2Rows {
		switch n := c.counts[i]; {
		case row.kind != register || row.level == 0:
		case row.level == 1:
			kind, of, kinds = row.label, n, Sum(kinds, n)
		default:
			label := trimSign(row.label)
			list = append(list, Equality{What: fmt.Sprintf("III, %s: «%s» không quá số %s", kind, label, kind), AtMost: true,
				Left: label, Right: kind, LeftIs: n, RightIs: of})
		}
	}
	return append(list, Equality{What: "III: đảng bộ cơ sở cộng chi bộ cơ sở bằng số tổ chức cơ sở đảng trong danh sách đơn vị",
		Left: "Cộng hai loại", Right: "Số đơn vị ở DON_VI còn hiệu lực", LeftIs: kinds, RightIs: c.row(allOrganisations)})
}

// form2BEqualities are the equalities of Biểu 2B, this year only.
func (w *work) form2BEqualities(t *Tables) []Equality {
	religions := slices.IndexFunc(t.Form2B, func(r FormRow) bool { return r.No == "II" && r.Level == 0 })
	ethnic, religious := t.Form2B[:religions], t.Form2B[religions:]
	list := slices.Concat(w.asForm2(ethnic, religious), withinBlock("dân tộc", ethnic), withinBlock("tôn giáo", religious))
	for i := range list {
		list[i].Code = "Biểu 2B"
	}
	return list
}

// asForm2 says that the totals of Biểu 2B are those of Biểu 2.
func (w *work) asForm2(ethnic, religious []FormRow) []Equality {
	var kinh, foreigners domain.Count
	for i, code := range w.in.Codes.Ethnicities {
		switch code {
		case majority:
			kinh = ethnic[i+1].Now
		case foreign:
			foreigners = ethnic[i+1].Now
		}
	}
	var womenBelievers domain.Count
	if len(w.now.returns) > 0 {
		womenBelievers = w.now.people.row(form2Rows[rowAt("- Người theo tôn giáo")], true)
	}
	row, total := w.now.row, w.now.total
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
