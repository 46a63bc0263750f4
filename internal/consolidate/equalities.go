package consolidate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// communes are the kinds of unit that are communes: the others are offices, schools,
// enterprises, armed forces.
var communes = []string{"xã", "phường", "thị trấn", "đặc khu"}

// equalities are the figures that must agree, those that do not first. What they are
// and who demands them: DOI_CHIEU; docs/decisions/0006-figures.md.
func (w *work) equalities(s *Summary, t *Tables) []Equality {
	list := w.totals(s, t)
	list = append(list, w.official(t)...)
	list = append(list, w.optionalColumns(t)...)
	list = append(list, w.cells()...)
	list = slices.DeleteFunc(list, func(e Equality) bool { return e.ifKnown && !e.Known() })
	failing := func(e Equality) int {
		if e.Holds() {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b Equality) int { return failing(a) - failing(b) })
	return list
}

// totals are the equalities of sums over units.
func (w *work) totals(s *Summary, t *Tables) []Equality {
	var list []Equality
	for _, tie := range s.Ties(w.in) {
		list = append(list, Equality{
			Code: "C01", What: tie.What + " của bảng bằng tổng của các báo cáo được nhận",
			Left: "Dòng tổng của bảng", Right: "Cộng thẳng từ các báo cáo được nhận", LeftIs: tie.Total, RightIs: tie.Sum,
			Note: fmt.Sprintf("Tính trên %d/%d đơn vị có báo cáo được nhận.", s.Whole.Counted, s.Whole.Expected),
		})
	}
	var commune, other, byGroup, byFollower domain.Count
	for _, u := range s.Units() {
		if slices.Contains(communes, u.Unit.Kind) {
			commune = sum(commune, u.Line.ToDate)
		} else {
			other = sum(other, u.Line.ToDate)
		}
	}
	for _, g := range s.Groups {
		byGroup = sum(byGroup, g.Line.ToDate)
	}
	for _, g := range t.Followers {
		byFollower = sum(byFollower, g.Line.ToDate)
	}
	list = append(list,
		Equality{Code: "C04", What: "Xã, phường, thị trấn cộng với các đơn vị khác bằng tổng chung",
			Left: fmt.Sprintf("Xã, phường, thị trấn %s + đơn vị khác %s", shown(commune), shown(other)), Right: "Tổng chung, lũy kế",
			LeftIs: sum(commune, other), RightIs: s.Whole.ToDate},
		Equality{Code: "C04", What: "Cộng các nhóm đơn vị bằng tổng chung", Left: "Cộng các nhóm ở TIEN_DO", Right: "Tổng chung, lũy kế", LeftIs: byGroup, RightIs: s.Whole.ToDate},
		Equality{Code: "C04", What: "Cộng theo ủy viên phụ trách bằng tổng chung", Left: "Cộng các ủy viên ở THEO_UY_VIEN", Right: "Tổng chung, lũy kế", LeftIs: byFollower, RightIs: s.Whole.ToDate},
		Equality{Code: "D01", What: "Tổng chỉ tiêu các đơn vị bằng chỉ tiêu chung", Left: "Cộng chỉ tiêu các đơn vị", Right: "Chỉ tiêu chung đang dùng", LeftIs: s.UnitSum, RightIs: s.Whole.Target,
			Note: "Hai số giữ như văn bản đã giao, không chia lại; tỷ lệ tính theo chỉ tiêu chung."},
	)
	var recorded, typed domain.Count
	for _, b := range w.bases {
		for _, p := range b.parts {
			if p.rows == nil {
				continue
			}
			if figure, cell := w.in.Assignment.ToDate(p.unit, w.in.Period.LastYear().To); figure.Known {
				recorded, typed = sum(recorded, p.figure), sum(typed, figure)
				if figure != p.figure {
					list = append(list, Equality{Code: "C03", Unit: p.unit.Code, What: fmt.Sprintf("%s: cùng kỳ năm trước theo sổ bằng %s", p.unit.Name, place(cell)),
						Left: "Đếm lại từ báo cáo năm trước đã nhận", Right: "Số ghi ở NAM_TRUOC", LeftIs: p.figure, RightIs: figure,
						Note: "Bảng dùng số đếm lại; sửa NAM_TRUOC nếu số ghi ở đó sai."})
				}
			}
		}
	}
	list = append(list,
		Equality{Code: "C03", What: "Cùng kỳ năm trước theo sổ bằng số ghi ở NAM_TRUOC", Left: "Đếm lại từ báo cáo năm trước đã nhận", Right: "NAM_TRUOC, cùng các đơn vị đó", LeftIs: recorded, RightIs: typed, ifKnown: true},
		Equality{Code: "C03", What: "Mọi đơn vị được tính đều có số cùng kỳ năm trước để so", Left: "Đơn vị có số của cả hai năm", Right: "Đơn vị được tính",
			LeftIs: domain.People(s.Whole.Compared), RightIs: domain.People(s.Whole.Counted), Note: "Đơn vị không có số năm trước vẫn được tính vào kỳ này; cột cùng kỳ không có phần của đơn vị đó, và Biểu 2 không ghi cột 3."},
	)
	list = append(list, w.inherited()...)
	inBands := 0
	for _, b := range t.Bands {
		inBands += len(b.Units)
	}
	return append(list, Equality{Code: "XEP_LOAI", What: "Mỗi đơn vị có mặt đúng một lần trong bảng phân loại", Left: "Cộng các mức", Right: "Số đơn vị", LeftIs: domain.People(inBands), RightIs: domain.People(s.Whole.Expected)})
}

// inherited are the people whom units that ended in the year had admitted: those that
// took their place must list them, or the whole would lose them.
func (w *work) inherited() []Equality {
	var days []domain.Date
	for _, u := range w.in.Assignment.Units {
		if w.in.Ended[u.Code] != nil && !u.Until.IsZero() && int(u.Until.Year) == w.in.Period.Year() && u.Until.Before(w.in.Period.Last()) && !slices.Contains(days, u.Until) {
			days = append(days, u.Until)
		}
	}
	slices.SortFunc(days, domain.Date.Compare)
	accounts := map[string]*account{}
	for _, a := range w.accounts {
		accounts[a.unit.Code] = a
	}
	var list []Equality
	for _, day := range days {
		for _, l := range w.in.Assignment.Lineages(w.in.Period.Last(), day) {
			var had, have domain.Count
			for _, u := range l.Then {
				if f := w.in.Ended[u.Code]; f != nil && u.Until == day {
					had = sum(had, f.toDate())
				}
			}
			names, known := make([]string, 0, len(l.Now)), true
			for _, u := range l.Now {
				names = append(names, u.Name)
				known = known && accounts[u.Code].figures != nil
				have = sum(have, accounts[u.Code].line.ToDate)
			}
			if !had.Known || !known {
				continue
			}
			list = append(list, Equality{Code: "U02", Unit: l.Now[0].Code, What: fmt.Sprintf("%s: có đủ người mà các đơn vị trước đó đã kết nạp trong năm", strings.Join(names, "; ")),
				Left: fmt.Sprintf("Lũy kế các đơn vị hết hiệu lực từ %s, theo báo cáo cuối được nhận", day), Right: "Lũy kế của đơn vị hiện nay", LeftIs: had, RightIs: have, AtMost: true,
				Note: "Danh sách của đơn vị hiện nay là từ đầu năm, phải có cả người do đơn vị trước đó kết nạp; thiếu thì tổng chung giảm."})
		}
	}
	return list
}

// official are the equalities of the official forms.
func (w *work) official(t *Tables) []Equality {
	var list []Equality
	for _, side := range []struct {
		suffix string
		of     func(FormRow) domain.Count
		years  func(FormRow) domain.Hundredths
		rows   domain.Count
	}{
		{"", func(r FormRow) domain.Count { return r.Now }, func(r FormRow) domain.Hundredths { return r.NowYears }, w.rowsOfReturns()},
		{" (cột cùng kỳ năm trước)", func(r FormRow) domain.Count { return r.LastYear }, func(r FormRow) domain.Hundredths { return r.LastYearYear }, w.rowsLastYear()},
	} {
		row := func(label string) domain.Count {
			return side.of(t.Form2[rowAt(label)])
		}
		total := side.of(t.Form2[0])
		add := func(e Equality) {
			e.Code, e.What, e.ifKnown = "Biểu 2", e.What+side.suffix, side.suffix != ""
			list = append(list, e)
		}
		add(Equality{What: "Mục I bằng số người trong danh sách KET_NAP", Left: "Biểu 2, mục I", Right: "Số dòng KET_NAP của các báo cáo được tính", LeftIs: total, RightIs: side.rows,
			Note: "Khác nhau khi có người mà ngày dùng để tính vào kỳ để trống hoặc nằm ngoài năm."})
		for _, block := range []struct {
			name string
			rows []formRow
			most bool
			note string
		}{
			{"II.1 Nghề nghiệp", occupationRows, false, "Khác nhau khi có người ghi nghề nghiệp ngoài danh mục; người đó không được xếp vào dòng nào."},
			{"II.2 Tuổi đời", ageRows, false, "Khác nhau khi có người chưa rõ ngày sinh hoặc chưa đủ 18 tuổi; tuổi tính đến ngày cuối kỳ."},
			{"II.3 Trình độ giáo dục phổ thông", schoolingRows, false, "Khác nhau khi có người ghi học vấn ngoài danh mục."},
			{"II.4 Chuyên môn nghiệp vụ", qualificationRows, true, "Người chưa qua đào tạo không có dòng nào."},
		} {
			var parts domain.Count
			for _, r := range block.rows {
				if r.kind == hasTrait {
					parts = sum(parts, row(r.label))
				}
			}
			what := "Cộng các dòng của " + block.name + " bằng mục I"
			if block.most {
				what = "Cộng các dòng của " + block.name + " không quá mục I"
			}
			add(Equality{What: what, Left: "Cộng các dòng " + block.name, Right: "Biểu 2, mục I", LeftIs: parts, RightIs: total, AtMost: block.most, Note: block.note})
		}
		for _, e := range averageBetween(side.years(t.Form2[rowAt("Tuổi bình quân")]), total, row) {
			add(e)
		}
		for _, r := range traitRows {
			add(Equality{What: fmt.Sprintf("«%s» không quá mục I", trimSign(r.label)), Left: trimSign(r.label), Right: "Biểu 2, mục I", LeftIs: row(r.label), RightIs: total, AtMost: true})
		}
		var kinds, organisations domain.Count
		for i, def := range form2Rows {
			n := side.of(t.Form2[i])
			switch {
			case def.kind != register:
			case def.level == 0:
				organisations = n
			case def.level == 1:
				kinds = sum(kinds, n)
				for j := i + 1; j <= i+2; j++ {
					add(Equality{What: fmt.Sprintf("III, %s: «%s» không quá số %s", def.label, trimSign(form2Rows[j].label), def.label), Left: trimSign(form2Rows[j].label), Right: def.label,
						LeftIs: side.of(t.Form2[j]), RightIs: n, AtMost: true})
				}
			}
		}
		add(Equality{What: "III: đảng bộ cơ sở cộng chi bộ cơ sở bằng số tổ chức cơ sở đảng trong danh sách đơn vị", Left: "Cộng hai loại", Right: "Số đơn vị ở DON_VI còn hiệu lực", LeftIs: kinds, RightIs: organisations})
	}
	return append(list, w.official2B(t)...)
}

// averageBetween are the equalities of Tuổi bình quân: it lies between the lowest and the
// highest band of ages that has people, where all are in a band.
func averageBetween(years domain.Hundredths, total domain.Count, row func(label string) domain.Count) []Equality {
	average := domain.Count(years)
	low := Equality{What: "Tuổi bình quân không dưới dòng tuổi thấp nhất có người", Right: "Biểu 2, Tuổi bình quân", RightIs: average}
	high := Equality{What: "Tuổi bình quân không quá dòng tuổi cao nhất có người", Left: "Biểu 2, Tuổi bình quân", LeftIs: average}
	banded := 0
	for _, r := range ageRows {
		n := row(r.label).N
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
	var list []Equality
	for _, e := range []Equality{low, high} {
		if e.Known() && total.Known && total.N == banded {
			e.AtMost, e.Hundredths = true, true
			list = append(list, e)
		}
	}
	return list
}

// official2B are the equalities of Biểu 2B, this year only.
func (w *work) official2B(t *Tables) []Equality {
	var list []Equality
	add := func(e Equality) {
		e.Code = "Biểu 2B"
		list = append(list, e)
	}
	row := func(label string) domain.Count {
		return t.Form2[rowAt(label)].Now
	}
	religions := slices.IndexFunc(t.Form2B, func(r FormRow) bool { return r.No == "II" && r.Level == 0 })
	ethnic, religious2B := t.Form2B[:religions], t.Form2B[religions:]
	var kinh, foreigners domain.Count
	for i, code := range w.in.Codes.Ethnicities {
		switch code {
		case majority:
			kinh = ethnic[i+1].Now
		case foreign:
			foreigners = ethnic[i+1].Now
		}
	}
	add(Equality{What: "Tổng khối dân tộc bằng Biểu 2 mục I", Left: "Biểu 2B, mục I", Right: "Biểu 2, mục I", LeftIs: ethnic[0].Now, RightIs: t.Form2[0].Now,
		Note: "Khác nhau khi có người ghi dân tộc ngoài danh mục; người đó không được xếp vào dòng nào."})
	add(Equality{What: "Mục I trừ Kinh, trừ quốc tịch gốc nước ngoài bằng dòng «Dân tộc thiểu số» của Biểu 2", Left: "Mục I − Kinh − quốc tịch gốc nước ngoài", Right: "Biểu 2, Dân tộc thiểu số",
		LeftIs: t.Form2[0].Now.Minus(kinh).Minus(foreigners), RightIs: row("- Dân tộc thiểu số")})
	add(Equality{What: "Tổng khối tôn giáo bằng dòng «Người theo tôn giáo» của Biểu 2", Left: "Biểu 2B, mục II", Right: "Biểu 2, Người theo tôn giáo", LeftIs: religious2B[0].Now, RightIs: row("- Người theo tôn giáo")})
	add(Equality{What: "Cột nữ khối dân tộc bằng dòng «Nữ» của Biểu 2", Left: "Biểu 2B, mục I, cột nữ", Right: "Biểu 2, Nữ", LeftIs: ethnic[0].Women, RightIs: row("- Nữ")})
	var womenBelievers domain.Count
	for _, a := range w.accounts {
		if a.figures != nil {
			womenBelievers = sum(womenBelievers, a.figures.admitted.count(believers))
		}
	}
	add(Equality{What: "Cột nữ khối tôn giáo bằng số nữ theo tôn giáo trong KET_NAP", Left: "Biểu 2B, mục II, cột nữ", Right: "Đếm từ KET_NAP", LeftIs: religious2B[0].Women, RightIs: womenBelievers})
	for _, block := range []struct {
		name string
		rows []FormRow
	}{{"dân tộc", ethnic}, {"tôn giáo", religious2B}} {
		shares, above, some := 0, 0, 0
		for _, r := range block.rows[1:] {
			if r.Women.Known && r.Now.Known && r.Women.N > r.Now.N {
				above++
			}
			if r.Ratio.Known && r.Now.N > 0 {
				some++
				shares += r.Ratio.N
			}
		}
		add(Equality{What: fmt.Sprintf("Khối %s: không dòng nào có nữ nhiều hơn tổng số", block.name), Left: "Số dòng có nữ nhiều hơn tổng số", Right: "Không dòng nào", LeftIs: domain.People(above), RightIs: domain.People(0)})
		e := Equality{What: fmt.Sprintf("Khối %s: cộng cột tỷ lệ bằng 100,00 %%", block.name), Left: "Cộng cột tỷ lệ", Right: "100,00 %", Hundredths: true, Tolerance: some / 2,
			Note: fmt.Sprintf("Mỗi tỷ lệ được làm tròn riêng đến hai chữ số, nên tổng được phép lệch đến %s.", domain.Hundredths{N: some / 2, Known: true})}
		if some > 0 {
			e.LeftIs, e.RightIs = domain.People(shares), domain.People(10000)
		}
		add(e)
	}
	return append(list,
		Equality{Code: "CO_CAU", What: "Tổng của CO_CAU bằng Biểu 2 mục I", Left: "CO_CAU, số kết nạp", Right: "Biểu 2, mục I", LeftIs: t.StructSum.Admitted, RightIs: t.Form2[0].Now},
		Equality{Code: "NGUON", What: "Cộng các giai đoạn bằng số người trong NGUON", Left: "Cộng các giai đoạn", Right: "Số dòng NGUON của các báo cáo được tính", LeftIs: sumOf(t.PoolSum.Stages), RightIs: t.PoolSum.Total,
			Note: "Khác nhau khi có người ghi giai đoạn ngoài danh mục."})
}

// optional are the columns of KET_NAP that a return may leave out.
var optional = [...]struct {
	header string
	of     func(a *domain.Admission) *domain.Value
}{
	{"Chuyên môn nghiệp vụ", qualification}, {"Đoàn viên", youthUnion}, {"Kết nạp lại", readmission}, {"Đặc điểm khác", traits}, {"Nhóm nguồn", sourceGroups},
}

// optionalColumns says who is in a return that has them: what is not asked is not
// known, and must not read as nobody.
func (w *work) optionalColumns(t *Tables) []Equality {
	var list []Equality
	for i, c := range optional {
		var asked domain.Count
		for _, a := range w.accounts {
			if a.figures != nil {
				asked = sum(asked, domain.People(int(a.figures.asked[i])))
			}
		}
		list = append(list, Equality{Code: "KET_NAP", What: fmt.Sprintf("Mọi người được tính đều ở báo cáo có cột «%s»", c.header), Left: "Số người ở báo cáo có cột đó", Right: "Biểu 2, mục I", LeftIs: asked, RightIs: t.Form2[0].Now,
			Note: "Báo cáo bỏ cột này thì người trong đó không được tính vào các dòng liên quan."})
	}
	return list
}

// cells are the sums of the cells' figures that units state, against their lists.
func (w *work) cells() []Equality {
	var list []Equality
	_, month := w.in.Period.Month()
	for _, a := range w.accounts {
		if a.figures == nil || a.figures.stated.lines == 0 {
			continue
		}
		stated := a.figures.stated
		list = append(list, Equality{Code: "CHI_BO", Unit: a.unit.Code, What: a.unit.Name + ": cộng lũy kế các chi bộ bằng danh sách KET_NAP", Left: "Cộng cột Lũy kế ở CHI_BO", Right: "Số người ở KET_NAP", LeftIs: stated.toDate, RightIs: a.line.ToDate})
		if month { // the returns are monthly: what they state is not of a longer period
			list = append(list, Equality{Code: "CHI_BO", Unit: a.unit.Code, What: a.unit.Name + ": cộng trong kỳ các chi bộ bằng danh sách KET_NAP", Left: "Cộng cột Trong kỳ ở CHI_BO", Right: "Số người ở KET_NAP trong kỳ", LeftIs: stated.inPeriod, RightIs: a.line.InPeriod})
		}
	}
	return list
}

// rowsOfReturns is how many persons the counted returns list, whenever they were
// admitted.
func (w *work) rowsOfReturns() domain.Count {
	var n domain.Count
	for _, a := range w.accounts {
		if a.figures != nil {
			n = sum(n, domain.People(a.figures.listed))
		}
	}
	return n
}

// rowsLastYear is the same of last year, where column 3 of Biểu 2 is from rows.
func (w *work) rowsLastYear() domain.Count {
	var n domain.Count
	for _, b := range w.bases {
		if !b.comparable() {
			continue
		}
		for _, p := range b.parts {
			if p.rows == nil {
				return domain.Count{}
			}
			n = sum(n, domain.People(p.rows.listed))
		}
	}
	return n
}

func sumOf(counts []domain.Count) domain.Count {
	var total domain.Count
	for _, n := range counts {
		total = sum(total, n)
	}
	return total
}

// shown is a count in a sentence; "–" when it is not known.
func shown(c domain.Count) string {
	if !c.Known {
		return "–"
	}
	return itoa(c.N)
}

// place is a cell as NGUON_SO_LIEU writes it: NAM_TRUOC!M2.
func place(c domain.Cell) string {
	if c.Sheet == "" {
		return ""
	}
	if ref := c.Ref(); ref != "" {
		return c.Sheet + "!" + ref
	}
	return c.Sheet
}
