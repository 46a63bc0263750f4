package validate_test

import (
	"fmt"
	"strings"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
)

// wholeCases are those of the rules about the whole.
var wholeCases = []struct {
	code   string
	whole  validate.Whole
	cell   string
	says   string
	silent bool
}{
	{code: "D01", cell: "CHI_TIEU!D4", says: "Ô D4 (Chỉ tiêu toàn huyện): giao 190, các đơn vị cộng lại 188", whole: validate.Whole{
		Target: domain.People(190), UnitTargets: domain.People(188), TargetCell: domain.Cell{Sheet: "CHI_TIEU", Row: 4, Col: 4}}},
	{code: "D01", silent: true, whole: validate.Whole{UnitTargets: domain.People(188)}},
	{code: "D02", says: "Lũy kế kỳ tháng 10/2021: tổng hợp 129, các báo cáo cộng lại 128", whole: validate.Whole{
		Ties: []domain.Tie{{What: "Lũy kế", Total: domain.People(129), Sum: domain.People(128)}}}},
	{code: "D02", silent: true, whole: validate.Whole{Ties: []domain.Tie{{What: "Lũy kế", Total: domain.People(129),
		Sum: domain.People(129)}}}},
	{code: "D03", says: "Lũy kế kỳ tháng 9/2021: đã công bố 129, nay là 131", whole: validate.Whole{
		Published: []domain.Published{{Period: domain.Period{Year: 2021, Month: 9}, Was: domain.People(129), Is: domain.People(131)}}}},
	{code: "D03", says: "Lũy kế kỳ tháng 9/2021: đã công bố 129, nay không còn báo cáo nào được tính", whole: validate.Whole{
		Published: []domain.Published{{Period: domain.Period{Year: 2021, Month: 9}, Was: domain.People(129)}}}},
	{code: "D04", says: "Lũy kế kỳ tháng 10/2021: là 130, tính từ kỳ trước được 129", whole: validate.Whole{
		Explained: domain.Tie{Total: domain.People(130), Sum: domain.People(129)}}},
	{code: "D04", silent: true, whole: validate.Whole{Explained: domain.Tie{Total: domain.People(130)}}},
	{code: "D05", says: "Đơn vị đã kết thúc, Lương Phú: 2 người chưa có trong danh sách nào (An, Ba) — phải ở trong danh sách của Kha Sơn",
		whole: validate.Whole{Ended: []validate.EndedUnit{{Unit: "Lương Phú", Heirs: []string{"Kha Sơn"}, Names: []string{"An", "Ba"}}}}},
	{code: "D05", says: "1 người chưa có trong danh sách nào (An) — chưa có đơn vị kế tục — ghi đơn vị kế tục",
		whole: validate.Whole{Ended: []validate.EndedUnit{{Unit: "Lương Phú", Names: []string{"An"}}}}},
	{code: "D05", says: "Đơn vị đã chuyển đi, Lương Phú: 2 người kết nạp trong năm đi cùng đơn vị",
		whole: validate.Whole{Away: []validate.MovedUnit{{Unit: "Lương Phú", People: 2}}}},
	{code: "D05", silent: true, whole: validate.Whole{}},
	{code: "D03", silent: true, whole: validate.Whole{Published: []domain.Published{{Period: domain.Period{Year: 2021, Month: 9},
		Is: domain.People(131)}}}},
}

func TestDistrict(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range wholeCases {
		t.Run(fmt.Sprintf("%s silent %v", c.code, c.silent), func(t *testing.T) {
			c.whole.Period = october
			found := rules.District(c.whole)
			if c.silent {
				if len(found) > 0 {
					t.Errorf("findings: %v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Rule != c.code || where(found[0].Cell) != c.cell || !strings.Contains(found[0].Message, c.says) {
				t.Errorf("findings %v, want %s at %q saying %q", found, c.code, c.cell, c.says)
			}
		})
	}
}
