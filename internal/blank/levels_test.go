package blank

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/templates"
)

// The values of drop-downs, and what is prefilled, name the levels as the period does, and both
// wordings are read as one value.
func TestWordingOfLevels(t *testing.T) {
	forms, err := form.Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	a := exampleAssignment(t)
	const before, since = "CB, CC cơ quan Nhà nước từ cấp huyện trở lên", "CB, CC cơ quan Nhà nước từ cấp tỉnh trở lên"
	if v, known := forms.Codes["occupation"].Canonical(since); !known || v != before {
		t.Errorf("%q is read as %q", since, v)
	}
	previous := &domain.Return{Admissions: []domain.Admission{{Row: 10}}}
	previous.Admissions[0].Name = domain.Value{State: domain.Known, Text: "Trần Văn Một"}
	previous.Admissions[0].Occupation = domain.Value{State: domain.Known, Text: before}
	for period, want := range map[domain.Period]string{{Year: 2025, Month: time.June}: before, {Year: 2025, Month: time.July}: since} {
		in := blankFor(t, a, "05908", period, previous)
		previous.Cover.Period = domain.Value{State: domain.Known, Date: period.First()}
		data, err := Return(templates.FS, forms.At(period), forms.Codes, in)
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows(codesSheet)
		if err != nil {
			t.Fatal(err)
		}
		listed, prefilled := "", ""
		for _, r := range rows {
			listed += strings.Join(r, "\n") + "\n"
		}
		if rows, err = f.GetRows("KET_NAP"); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			prefilled += strings.Join(r, "\n") + "\n"
		}
		if !strings.Contains(listed, want+"\n") || !strings.Contains(prefilled, want+"\n") {
			t.Errorf("%s: no %q in the drop-downs, or in the list:\n%s", period, want, prefilled)
		}
		f.Close()
	}
}
