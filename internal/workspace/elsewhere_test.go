package workspace_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/internal/domain"
)

// Who has not sent for a period is shown beside what came from them with another month on it,
// and closing the period says whom it leaves out.
func TestFilesOfAnotherPeriod(t *testing.T) {
	b := newBureau(t, map[string]string{
		"DON_VI": "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai\n10002|Đảng bộ xã Bình|xã|Khối xã|Đảng bộ cơ sở|Bà Mai\n" +
			"10003|Đảng bộ xã Chi|xã|Khối xã|Đảng bộ cơ sở|Bà Mai\n10004|Đảng bộ xã Dân|xã|Khối xã|Đảng bộ cơ sở|Bà Mai",
		"CHI_BO": "10001|Chi bộ Một|2\n10002|Chi bộ Một|2\n10003|Chi bộ Một|2\n10004|Chi bộ Một|2",
		"CHI_TIEU": "10001|Đảng bộ xã An|2023|2|01-KH/HU|10/01/2023\n10002|Đảng bộ xã Bình|2023|2|01-KH/HU|10/01/2023\n" +
			"10003|Đảng bộ xã Chi|2023|2|01-KH/HU|10/01/2023\n10004|Đảng bộ xã Dân|2023|2|01-KH/HU|10/01/2023",
	})
	an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2023-04", people: []string{"Trần Văn Một 02/02/2023"}}
	binh := letterFrom{unit: "10002", name: "Đảng bộ xã Bình", period: "2023-04", people: []string{"Lê Văn Hai 02/03/2023"}}
	chi := letterFrom{unit: "10003", name: "Đảng bộ xã Chi", period: "2023-04", people: []string{"Vũ Văn Ba 02/04/2023"}}
	for file, l := range map[string]letterFrom{"an 4.xlsx": an, "binh 4.xlsx": binh, "chi 4.xlsx": chi} {
		b.send(file, l)
	}
	b.run("2023-04")
	an.period = "2023-05"
	b.send("an 5.xlsx", an)
	binh.version, binh.prepared = 2, "31/05/2023" // April's month left on May's return
	b.send("binh 5.xlsx", binh)
	april, err := os.ReadFile(filepath.Join(b.dir, "inbox", "chi 4.xlsx")) // April's file sent again
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "inbox", "chi 5.xlsx"), april, 0o600); err != nil {
		t.Fatal(err)
	}
	dan := letterFrom{unit: "10004", name: "Đảng bộ xã Dân", period: "2023-04", people: []string{"Đỗ Văn Tư 02/04/2023"}}
	b.send("dan 4.xlsx", dan)
	dan.people = append(dan.people, "Đỗ Văn Năm 03/04/2023")
	b.send("dan moi.xlsx", dan) // April's again, with the same Lần nộp
	o := b.run("2023-05")
	for unit, want := range map[string]string{
		"10001": "", "10002": "«binh 5.xlsx» ghi kỳ tháng 4/2023", "10003": "«chi 5.xlsx» ghi kỳ tháng 4/2023",
		"10004": "«dan moi.xlsx» ghi kỳ tháng 4/2023",
	} {
		for _, u := range o.Summary.Units() {
			if u.Unit.Code == unit && u.UnitStatus.OtherFiles() != want {
				t.Errorf("%s: %q, want %q", unit, u.UnitStatus.OtherFiles(), want)
			}
		}
	}
	for _, d := range o.Summary.Debts(domain.Date{}) {
		if d.Unit.Code == "10002" && d.Other != "«binh 5.xlsx» ghi kỳ tháng 4/2023" {
			t.Errorf("what Bình owes: %+v", d)
		}
	}
	var told struct {
		Other []map[string]string `json:"other_period"`
	}
	if err := json.Unmarshal(o.RunJSON, &told); err != nil || len(told.Other) != 3 || told.Other[0]["file"] != "inbox/binh 5.xlsx" {
		t.Errorf("run.json: %+v, %v", told, err)
	}
	c, err := b.open(domain.Period{Year: 2023, Month: 5}).Close(t.Context(), domain.Period{Year: 2023, Month: 5}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, u := range c.Missing {
		missing = append(missing, u.Code)
	}
	if got := strings.Join(missing, " "); got != "10002 10003 10004" {
		t.Errorf("May is closed without %s", got)
	}
}
