package reference_test

import (
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// The target of the whole stands under one name, or under that of any level; «Chi bộ» is a base
// organisation beside others, and below a commune just a branch.
func TestNamesOfLevels(t *testing.T) {
	for _, code := range []string{"TOAN_BO", "TOAN_HUYEN", "TOAN_XA", "TOAN_TINH", "toan_bo"} {
		s := valid()
		s["CHI_TIEU"][1][0] = code
		s["DON_VI"][4][4] = "Chi bộ"
		a, err := s.read(t)
		if err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if got, ok := a.Target(reference.Whole, domain.Day(2021, time.October, 31)); !ok || got.Number != 20 {
			t.Errorf("%s: the target of the whole is %+v", code, got)
		}
		if got := a.Units[2].PartyKind; got != "Chi bộ cơ sở" {
			t.Errorf("«Chi bộ» beside base organisations is %q", got)
		}
	}
	s := valid()
	s["DON_VI"][2][2], s["DON_VI"][2][4], s["DON_VI"][3][4], s["DON_VI"][4][4] = "đặc khu", "Đảng bộ bộ phận", "Chi bộ", "chi bộ"
	a, err := s.read(t)
	if err != nil {
		t.Fatal(err)
	}
	if a.Units[0].Kind != "đặc khu" || a.Units[0].PartyKind != "Đảng bộ bộ phận" || a.Units[2].PartyKind != "Chi bộ" {
		t.Errorf("below a commune: %+v", a.Units)
	}
}
