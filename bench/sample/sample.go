// Package sample makes returns, by the thousand and always the same: what the
// benchmarks read, and what the reader is compared with other readers on. Everybody
// in them is invented.
//
// form.go says what stands where, write.go spells it as three producers would.
package sample

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ketnap/config"
)

// The period of every return.
const (
	year, month = 2021, 10
	period      = "2021-10"
)

// unit is one that owes a return, with all that is in it.
type unit struct {
	index      int
	code, name string
	cells      []cellLine
	target     int
	admissions []person
	pool       []person
}

type cellLine struct {
	name                                       string
	target, inPeriod, toDate, trained, waiting int
}

type person struct {
	name, sex, id, ethnicity, religion, cell, occupation, qualification, groups, stage, decisionNo, youth string
	born, certificate, meeting, decision, ceremony, recognised                                            int // serials, 0 blank
}

var (
	firsts = strings.Fields("An Bình Cao Châu Diên Đông Giang Hà Hải Hòa Hồng Hưng Khánh Kim Lâm Liên Long Lương Mai Minh Nam Nga Nghĩa " +
		"Nhân Ninh Phong Phú Phúc Phương Quảng Quang Quế Sơn Tam Tân Tây Thái Thanh Thành Thiện Thịnh Thọ Thống Thủy " +
		"Tiên Tiến Toàn Trà Trung Trường Tú Văn Vân Viên Việt Vĩnh Xuân Yên Ba Bắc Đại Đoàn")
	syllables = strings.Fields("Nguyên Lạc Sơn Mỹ Hậu Tiến Thắng Lợi Lộc Khê Điền Trạch Lĩnh Hương Đức Thuận Hiệp Đạo Trị " +
		"Cường Dương Giáp Xá Ngọc Liêm Phượng Hiến Cát Trù Sen Dũng Vượng Bảo Khang Lãng Ngạn Cẩm Chung Dân Đô Dục Khai " +
		"Kiên Lai Lập Mộc Nhuệ Phấn Quân Sào Tâm Thạch Thượng Trì Tường Ứng Vạn Vũ Xương Ân Bích Cừ Đình")
	surnames = strings.Fields("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh")
	middles  = strings.Fields("Văn Thị Hữu Đức Minh Ngọc Thanh Quang Thu Xuân Hồng Công Đình Kim Bá")
	given    = strings.Fields("An Anh Ba Bắc Bình Châu Chi Cường Dung Dũng Duy Đạt Định Giang Hà Hải Hạnh Hiền Hiếu Hoa Hòa Huệ Hùng Hương " +
		"Khoa Lan Liên Linh Long Mai Mạnh Nam Nga Nhung Oanh Phong Phúc Phương Quân Quyên Sáng Sơn Tài Tâm Thắng Thảo " +
		"Thúy Toàn Trang Trung Tú Tuấn Uyên Vân Việt Vinh Vui Xuyến Yến Ý")
	ethnicities = []string{"Kinh", "Kinh", "Kinh", "Kinh", "Kinh", "Kinh", "Tày", "Nùng", "Mường", "Sán Dìu", "Sán Chay", "Dao", "Khmer"}
	religions   = []string{"Không", "Không", "Không", "Không", "Không", "Phật giáo", "Công giáo"}
	occupations = []string{"Người làm nông, lâm, ngư nghiệp", "Viên chức đơn vị sự nghiệp công lập",
		"CB, CC, người hoạt động không chuyên trách xã, phường, thị trấn",
		"Công nhân, lao động trực tiếp", "Sinh viên", "Sỹ quan, chiến sỹ quân đội và công an"}
	skills = []string{"Không", "Trung cấp", "Cao đẳng", "Đại học", "Đại học", "Thạc sỹ"}
	groups = []string{"Đoàn viên thanh niên", "Trưởng xóm", "Giáo viên; Đoàn viên thanh niên", "Dân quân tự vệ", "Công an viên", ""}
	stages = []string{"Quần chúng ưu tú", "Quần chúng ưu tú", "Đã học lớp bồi dưỡng", "Đã học lớp bồi dưỡng",
		"Đang hoàn thiện hồ sơ", "Đã trình cấp ủy"}
	provinces = strings.Fields("001 002 004 006 008 010 019 020 022 024")
	kinds     = []string{"xã", "xã", "xã", "phường", "thị trấn"}
)

func serial(y int, m time.Month, d int) int {
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

var (
	firstDay = serial(year, 1, 4)
	inPeriod = serial(year, month, 1)
	lastDay  = serial(year, month, 31)
	newYear  = serial(year, 1, 1)
)

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// peopleOf is how many different identity numbers a unit has for its people.
const peopleOf = 300

// newPerson invents somebody; no two numbers give one identity number.
func newPerson(r *rand.Rand, number int) person {
	p := person{sex: "Nam", ethnicity: pick(r, ethnicities), religion: pick(r, religions), occupation: pick(r, occupations)}
	p.qualification, p.groups = pick(r, skills), pick(r, groups)
	middle, digit := pick(r, middles), 0
	if r.IntN(2) == 0 {
		p.sex, middle, digit = "Nữ", "Thị", 1
	}
	p.name = pick(r, surnames) + " " + middle + " " + pick(r, given) + " " + pick(r, given)
	y := 1966 + r.IntN(37)
	if y >= 2000 {
		digit += 2
	}
	p.born = serial(y, time.Month(1+r.IntN(12)), 1+r.IntN(28))
	p.id = fmt.Sprintf("%s%d%02d%06d", provinces[number%len(provinces)], digit, y%100, number%1_000_000)
	if y >= 1992 {
		p.youth = "x"
	}
	return p
}

// newUnit invents unit number index with all its return says: so many rows, 20 to 200 when
// they are 0, and with so many admitted, a quarter of them when they are 0.
func newUnit(index, rows, admitted int) *unit {
	r := rand.New(rand.NewPCG(20211031, uint64(index)))
	kind := kinds[index%len(kinds)]
	u := &unit{index: index, code: fmt.Sprintf("%05d", 10_000+index)}
	u.name = fmt.Sprintf("Đảng bộ %s %s %s", kind, firsts[index%len(firsts)], syllables[index/len(firsts)%len(syllables)])
	if usual := int(20 * math.Pow(10, r.Float64())); rows == 0 {
		rows = usual
	}
	for i := range max(3, rows/8) {
		u.cells = append(u.cells, cellLine{name: fmt.Sprintf("Chi bộ xóm %s %d", syllables[(index*7+i)%len(syllables)], i+1)})
	}
	if admitted == 0 {
		admitted = max(2, rows/4)
	}
	for i := range admitted {
		u.admissions = append(u.admissions, u.admit(r, i))
	}
	for i := range max(4, rows-rows/4-len(u.cells)) {
		p := newPerson(r, index*peopleOf+admitted+i)
		p.stage = pick(r, stages)
		p.recognised = serial(2020, 1, 5) + r.IntN(600)
		if p.stage != stages[0] {
			p.certificate = min(p.recognised+20+r.IntN(120), lastDay-5)
		}
		line := &u.cells[r.IntN(len(u.cells))]
		p.cell = line.name
		if p.certificate >= newYear {
			line.trained++
		}
		if p.stage == stages[5] {
			line.waiting++
		}
		u.pool = append(u.pool, p)
	}
	for i := range u.cells {
		u.cells[i].target = u.cells[i].toDate + r.IntN(2)
		u.target += u.cells[i].target
	}
	switch { // a few returns have something wrong in them
	case index%97 == 5:
		u.admissions[0].id = u.admissions[0].id[:8]
	case index%41 == 7:
		u.admissions[1].occupation = "Lái xe đường dài"
	}
	return u
}

// admit invents somebody admitted this year and counts them with their cell.
func (u *unit) admit(r *rand.Rand, i int) person {
	p := newPerson(r, u.index*peopleOf+i)
	p.decision = firstDay + r.IntN(lastDay-firstDay+1)
	p.meeting = p.decision - 10 - r.IntN(30)
	p.certificate = p.meeting - 60 - r.IntN(840)
	if p.ceremony = p.decision + 3 + r.IntN(17); p.ceremony > lastDay {
		p.ceremony = 0 // not yet held
	}
	p.decisionNo = fmt.Sprintf("%02d-QĐ/HU", u.index*peopleOf+i+1)
	line := &u.cells[r.IntN(len(u.cells))]
	p.cell = line.name
	line.toDate++
	if p.decision >= inPeriod {
		line.inPeriod++
	}
	if p.certificate >= newYear {
		line.trained++
	}
	return p
}

// Workspace makes a workspace of n units, each with its return in the inbox, of so many rows;
// of 20 to 200 when they are 0.
func Workspace(dir string, n, rows int) error {
	units := make([]*unit, n)
	for i := range units {
		units[i] = newUnit(i, rows, 0)
		p := Excel // what most offices have
		switch i % 20 {
		case 3, 9, 16:
			p = OpenPyXL
		case 1, 5, 11, 14, 18:
			p = LibreOffice
		}
		name := fmt.Sprintf("%s BC KND T%d-%d.xlsx", units[i].code, month, year)
		if err := write(filepath.Join(dir, "inbox", name), units[i].pack(p)); err != nil {
			return err
		}
	}
	return workspace(dir, units, "")
}

// List makes a workspace of one unit that admitted so many people, with the limits raised
// to take them.
func List(dir string, admitted int) error {
	form, err := config.FS.ReadFile("form-2021.yaml")
	if err != nil {
		return err
	}
	longer := strings.Replace(string(form), "- id: KET_NAP\n", fmt.Sprintf("- id: KET_NAP\n    most: %d\n", admitted), 1)
	u := newUnit(0, 0, admitted)
	return errors.Join(
		write(filepath.Join(dir, "config", "form-2021.yaml"), []byte(longer)),
		write(filepath.Join(dir, "inbox", "list.xlsx"), u.pack(Excel)),
		workspace(dir, []*unit{u}, "limits: {file_mib: 1024, unpacked_mib: 4096, part_mib: 2048}\n"))
}

// Long writes a return with so many people admitted.
func Long(name string, admitted int, p Producer) error {
	return write(name, newUnit(0, 0, admitted).pack(p))
}

// Return is the return of one unit as its producer writes it.
func Return(unit int, p Producer) []byte { return newUnit(unit, 0, 0).pack(p) }

// workspace writes what a workspace has beside its inbox.
func workspace(dir string, units []*unit, settings string) error {
	settings += "received: cover\nlibreoffice: \"off\"\noffice: {level: tỉnh, name: TỈNH ỦY MẪU, signer_title: TRƯỞNG BAN}\n"
	return errors.Join(
		write(filepath.Join(dir, "ketnap.yaml"), []byte(settings)),
		write(filepath.Join(dir, "assignment.xlsx"), assignment(units)))
}

// write writes a file, and makes its folder.
func write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}
