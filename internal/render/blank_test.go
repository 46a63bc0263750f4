package render

import (
	"os"
	"testing"

	"ketnap/internal/reference"
	"ketnap/internal/returns"
	"ketnap/templates"
)

func TestBlankLook(t *testing.T) {
	f := forms(t)
	prev := readForm(t, example(t, "2021-10/Dao Xa T10 (sua).xlsx"))
	in := BlankInput{
		Unit: reference.Unit{Code: "05926", Name: "Đảng bộ xã Đào Xá"}, Period: returns.Period{Year: 2021, Month: 11},
		Target: returns.People(8), Decision: "01-KH/HU ngày 15/01/2021", Parent: "ĐẢNG BỘ HUYỆN PHÚ BÌNH", Previous: &prev,
	}
	for _, c := range prev.Cells {
		in.Cells = append(in.Cells, reference.PartyCell{Unit: "05926", Name: c.Cell.Text, Target: c.Target.Count()})
	}
	data, err := Blank(templates.FS, f.Definitions[0], f.Codes, in)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile("/tmp/lo-f-work/out/blank.xlsx", data, 0o644)
}
