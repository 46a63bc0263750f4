package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The headers of the return, in one or two rows; "|" parts columns.
const (
	admissionsHeader = "TT|Họ và tên|Ngày sinh|Giới tính|Số định danh cá nhân (CCCD)|Dân tộc|Tôn giáo|Chi bộ|Nghề nghiệp|Trình độ||" +
		"Đoàn viên (x)|Nguồn kết nạp|||Ngày chi bộ họp xét|Quyết định kết nạp||Ngày tổ chức lễ kết nạp|Kết nạp lại (x)|Đặc điểm khác|Ghi chú"
	admissionsBelow = "|||||||||Học vấn (GDPT)|Chuyên môn nghiệp vụ||Nhóm nguồn|Nơi bồi dưỡng|Ngày cấp GCN bồi dưỡng||Số|Ngày||||"
	poolHeader      = "TT|Họ và tên|Ngày sinh|Giới tính|Số định danh cá nhân (CCCD)|Dân tộc|Nghề nghiệp|Chi bộ|Nhóm nguồn|Nơi bồi dưỡng|" +
		"Ngày chi bộ công nhận|Ngày cấp GCN bồi dưỡng|Giai đoạn|Dự kiến kết nạp (quý)|Ghi chú"
	cellsHeader = "TT|Chi bộ|Chỉ tiêu năm|Kết nạp||Nguồn đã bồi dưỡng trong năm|Hồ sơ đang chờ|Ghi chú"
	cellsBelow  = "|||Trong kỳ|Lũy kế từ đầu năm|||"
)

// heads is a row of a header.
func (s *sheet) heads(row int, line string) {
	var cells []any
	for text := range strings.SplitSeq(line, "|") {
		cells = append(cells, head(text))
	}
	s.add(row, cells...)
}

// letterhead is what stands above the header of a list, which comes in row 7.
func (s *sheet) letterhead(u *unit, title string) {
	s.heads(1, "ĐẢNG BỘ TỈNH MẪU")
	s.heads(2, strings.ToUpper(u.name))
	s.heads(4, title)
	s.merges = append(s.merges, "A1:D1", "A2:D2", "A4:G4")
}

// pack is the unit's return as a workbook.
func (u *unit) pack(producer Producer) []byte {
	p := newPack(producer)
	p.sheet("THONG_TIN", u.cover)
	p.sheet("KET_NAP", u.admitted)
	p.sheet("NGUON", u.waiting)
	p.sheet("CHI_BO", u.byCell)
	return p.close()
}

func (u *unit) cover(s *sheet) {
	s.letterhead(u, "BÁO CÁO KẾT NẠP ĐẢNG VIÊN")
	for i, line := range [][2]any{
		{"Mẫu biểu", "KND-01"}, {"Phiên bản mẫu", "2021.1"}, {"Mã đơn vị", u.code}, {"Tên đơn vị", u.name}, {"Kỳ báo cáo", period},
		{"Từ ngày", day(newYear)}, {"Đến ngày", day(lastDay)}, {"Ngày lập", day(lastDay + 1)}, {"Lần nộp", 1},
		{"Chỉ tiêu năm", u.target}, {"Người lập", "Cán bộ văn phòng"}, {"Chức vụ", "Bí thư"},
	} {
		s.add(7+i, line[:]...)
	}
}

func (u *unit) admitted(s *sheet) {
	s.letterhead(u, "DANH SÁCH KẾT NẠP ĐẢNG VIÊN")
	s.heads(7, admissionsHeader)
	s.heads(8, admissionsBelow)
	s.merges = append(s.merges, "J7:K7", "M7:O7", "Q7:R7")
	for i, p := range u.admissions {
		s.add(9+i, i+1, p.name, day(p.born), p.sex, p.id, p.ethnicity, p.religion, p.cell, p.occupation, "THPT", p.qualification, p.youth,
			p.groups, "Tại chỗ", day(p.certificate), day(p.meeting), p.decisionNo, day(p.decision), day(p.ceremony), "", "", "")
	}
	// The form is handed out with styled blank rows, and most offices leave it so.
	for row := 9 + len(u.admissions); row < 210 && !s.pack.inline && u.index%3 != 0; row++ {
		s.add(row, "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "")
	}
}

func (u *unit) waiting(s *sheet) {
	s.letterhead(u, "DANH SÁCH NGUỒN KẾT NẠP")
	s.heads(7, poolHeader)
	for i, p := range u.pool {
		s.add(8+i, i+1, p.name, day(p.born), p.sex, p.id, p.ethnicity, p.occupation, p.cell, p.groups, "Tại chỗ",
			day(p.recognised), day(p.certificate), p.stage, "IV/2021", "")
	}
}

func (u *unit) byCell(s *sheet) {
	s.letterhead(u, "KẾT QUẢ THEO CHI BỘ")
	s.heads(7, cellsHeader)
	s.heads(8, cellsBelow)
	s.merges = append(s.merges, "D7:E7")
	var sum cellLine
	for i, c := range u.cells {
		s.add(9+i, i+1, c.name, c.target, c.inPeriod, c.toDate, c.trained, c.waiting, "")
		sum.target, sum.inPeriod, sum.toDate = sum.target+c.target, sum.inPeriod+c.inPeriod, sum.toDate+c.toDate
		sum.trained, sum.waiting = sum.trained+c.trained, sum.waiting+c.waiting
	}
	total := func(column string, n int) formula {
		return formula{fmt.Sprintf("SUM(%s9:%s%d)", column, column, 8+len(u.cells)), n}
	}
	s.add(9+len(u.cells), "", head("Tổng cộng"), total("C", sum.target), total("D", sum.inPeriod), total("E", sum.toDate),
		total("F", sum.trained), total("G", sum.waiting), "")
}

// assignment is the office's own workbook for these units.
func assignment(units []*unit) []byte {
	p := newPack(Excel)
	p.sheet("DON_VI", func(s *sheet) {
		s.heads(1, "Mã đơn vị|Tên đơn vị|Loại|Nhóm|Loại TCCSĐ|Ủy viên phụ trách")
		for i, u := range units {
			group := "Huyện " + firsts[i/30%len(firsts)] + " " + syllables[i/30/len(firsts)]
			s.add(2+i, u.code, u.name, kinds[i%len(kinds)], group, "Đảng bộ cơ sở", "Đồng chí "+surnames[i%12]+" "+given[i%12])
		}
	})
	p.sheet("CHI_TIEU", func(s *sheet) {
		s.heads(1, "Mã đơn vị|Tên đơn vị|Năm|Chỉ tiêu|Số văn bản|Ngày văn bản")
		whole := 0
		for i, u := range units {
			s.add(2+i, u.code, u.name, year, u.target, "01-KH/TU", day(serial(year, 1, 15)))
			whole += u.target
		}
		s.add(2+len(units), "TOAN_HUYEN", "Toàn tỉnh", year, whole, "01-KH/TU", day(serial(year, 1, 15)))
	})
	p.sheet("CHI_BO", func(s *sheet) {
		s.heads(1, "Mã đơn vị|Chi bộ|Chỉ tiêu")
		for _, u := range units {
			for _, c := range u.cells {
				s.add(s.row+1, u.code, c.name, c.target)
			}
		}
	})
	p.sheet("NAM_TRUOC", func(s *sheet) {
		s.heads(1, "Mã đơn vị|Tên đơn vị|Năm|Tháng 1|Tháng 2|Tháng 3|Tháng 4|Tháng 5|Tháng 6|Tháng 7|Tháng 8|Tháng 9|Tháng 10|Tháng 11|Tháng 12")
		for i, u := range units {
			r := rand.New(rand.NewPCG(2020, uint64(i)))
			line, n := []any{u.code, u.name, year - 1}, 0
			for range 12 {
				n += r.IntN(3)
				line = append(line, n)
			}
			s.add(2+i, line...)
		}
	})
	return p.close()
}
