package consolidate_test

import (
	"strings"
	"testing"
	"time"

	"ketnap/internal/domain"
)

// A commune that collects from its cells is one base organisation in III of Biểu 2, and since
// July 2025 no sentence of the workbook names districts.
func TestBelowACommune(t *testing.T) {
	a := assignment(nil)
	for i := range a.Units {
		a.Units[i].PartyKind = "Chi bộ"
	}
	s := summarise(input{Period: month(2025, time.July), Assignment: a,
		Counted: map[string]*domain.Return{"A": sent("A", 0, date(2025, time.February, 1))}})
	for label, want := range map[string]int{"Đảng bộ cơ sở": 1, "Chi bộ cơ sở": 0, "Số tổ chức cơ sở đảng có đến cuối kỳ": 1} {
		if got := row(t, s.Form2, label).Now; got != domain.People(want) {
			t.Errorf("%s: %v, want %d", label, got, want)
		}
	}
	for _, e := range s.Equalities {
		if strings.Contains(e.What+e.Left, "thị trấn") || strings.Contains(e.What, "III") && !e.Holds() {
			t.Errorf("%+v", e)
		}
	}
}
