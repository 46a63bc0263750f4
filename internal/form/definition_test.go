package form_test

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
)

// TestMistakes: a mistake in the configuration names its file and line.
func TestMistakes(t *testing.T) {
	for name, tc := range map[string]struct{ file, old, new, want string }{
		"unknown key": {"form-2021.yaml", "kind: period, required: true}", "kind: period, mandatory: true}",
			"form-2021.yaml: yaml: unmarshal errors:\n  line LINE: field mandatory not found in type form.Column"},
		"unknown kind": {"form-2021.yaml", "kind: period", "kind: month",
			`form-2021.yaml:LINE:93: unknown kind "month" of column period: one of text, `},
		"unknown codes": {"form-2021.yaml", "codes: ethnicity", "codes: ethnic",
			`form-2021.yaml:LINE:61: column ethnicity: unknown code list "ethnic"`},
		"code without list": {"form-2021.yaml", "kind: code, codes: ethnicity", "kind: code",
			"form-2021.yaml:LINE:9: column ethnicity: kind code and codes"},
		"doubled id": {"form-2021.yaml", "{id: religion, header: Tôn giáo", "{id: ethnicity, header: Tôn giáo",
			`form-2021.yaml:LINE:14: column id "ethnicity" is missing or used twice in sheet KET_NAP`},
		"id of no field": {"form-2021.yaml", "{id: religion,", "{id: faith,",
			`form-2021.yaml:LINE:14: column id "faith" of sheet KET_NAP: a return has no such field (no, name, born, `},
		"doubled wording": {"form-2021.yaml", "header: Tôn giáo", "header: dân  tộc",
			`form-2021.yaml:LINE:32: columns ethnicity and religion are both worded "dân  tộc"`},
		"missing field": {"form-2021.yaml",
			"      - {id: unit_code, header: Mã đơn vị, aliases: [Mã số đơn vị, Mã xã], kind: text, digits: 5, required: true}\n", "",
			`sheet THONG_TIN lacks the column "unit_code"`},
		"unknown sheet": {"form-2021.yaml", "- id: NGUON", "- id: NGUONG", `a return has no sheet "NGUONG"`},
		"total of persons": {"form-2021.yaml", "  - id: NGUON\n", "  - id: NGUON\n    total: true\n",
			`a return has a total row on sheet CHI_BO only, not on NGUON`},
		"unknown layout": {"form-2021.yaml", "layout: labels", "layout: label",
			`form-2021.yaml:LINE:13: unknown layout "label": table or labels`},
		"no date": {"form-2021.yaml", "from: 2021-01-01", "from: 1/1/2021",
			`form-2021.yaml:LINE:7: "1/1/2021" is not a date of the form 2021-01-31`},
		"key of no column": {"form-2021.yaml", "key: [cell]", "key: [party_cell]", `key "party_cell" is no column of sheet CHI_BO`},
		"synonym of two": {"codes.yaml", `{value: "Tày"`, `{value: "Tày", synonyms: ["Kinh"]}` + "\n      - {value: \"Tày khác\"",
			`code list ethnicity: "Kinh" is empty or means "Kinh" already`},
		"value of two": {"codes.yaml", `{value: "Tày"`, `{value: "Tày; Nùng"`, `"Tày; Nùng" has a semicolon`},
		"list of no source": {"codes.yaml", "  - name: trained_at\n    source: \"Biểu mẫu KND-01\"\n", "  - name: trained_at\n",
			"code list trained_at does not say where it comes from"},
		"not YAML":           {"codes.yaml", "\nlists:", "\nlists: [", "codes.yaml: yaml: "},
		"version of no form": {"form-2021.yaml", `version: "2021.1"`, `version: ""`, "code or version is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for _, file := range []string{"form-2021.yaml", "codes.yaml"} {
				data, err := fs.ReadFile(config.FS, file)
				if err != nil {
					t.Fatal(err)
				}
				text := string(data)
				if file == tc.file {
					if !strings.Contains(text, tc.old) {
						t.Fatalf("%s does not hold %q", file, tc.old)
					}
					line := 1 + strings.Count(text[:strings.Index(text, tc.old)], "\n")
					tc.want = strings.Replace(tc.want, "LINE", strconv.Itoa(line), 1)
					text = strings.Replace(text, tc.old, tc.new, 1)
				}
				fsys[file] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := form.Load(fsys)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), tc.file) {
				t.Errorf("error %v\nwant it to hold %q", err, tc.want)
			}
		})
	}
}

// TestVersions: returns are read by the version they name, and the one in force
// is told by the period.
func TestVersions(t *testing.T) {
	old, err := fs.ReadFile(config.FS, "form-2021.yaml")
	if err != nil {
		t.Fatal(err)
	}
	codes, err := fs.ReadFile(config.FS, "codes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	newer := strings.NewReplacer(`version: "2021.1"`, `version: "2026.1"`, "from: 2021-01-01", "from: 2026-01-01",
		"header: Họ và tên,", "header: Tên người được kết nạp,").Replace(string(old))
	forms, err := form.Load(fstest.MapFS{
		"form-2021.yaml": {Data: []byte(strings.Replace(string(old), "from: 2021-01-01", "from: 2021-01-01\nuntil: 2026-03-31", 1))},
		"form-2026.yaml": {Data: []byte(newer)},
		"codes.yaml":     {Data: codes},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		version string
		year    int
		month   time.Month
		want    bool
	}{
		{"2021.1", 2020, 12, false}, {"2021.1", 2021, 1, true}, {"2021.1", 2026, 3, true}, {"2021.1", 2026, 4, false},
		{"2026.1", 2025, 12, false}, {"2026.1", 2026, 1, true},
	} {
		def := forms.Definitions[slices.IndexFunc(forms.Definitions, func(d *form.Definition) bool { return d.Version == tc.version })]
		if got := def.InForce(domain.Period{Year: tc.year, Month: tc.month}); got != tc.want {
			t.Errorf("version %s in %d-%d: %t", tc.version, tc.year, tc.month, got)
		}
	}
	ret := read(t, forms, write(t, cover(), admissions(person(1, "Hồ Ngọc Hằng", "019190097885")), pool(), cells()))
	if ret.Reading.Form != "KND-01 2021.1" || ret.Admissions[0].Name.Text != "Hồ Ngọc Hằng" {
		t.Errorf("read by %q: %+v", ret.Reading.Form, ret.Admissions)
	}
	unknown := cover()
	unknown.rows[7][1] = "2022.1"
	ret = read(t, forms, write(t, unknown, admissions(person(1, "Hồ Ngọc Hằng", "019190097885")), pool(), cells()))
	if ret.Reading.Form != "" || ret.Reading.Sheet("KET_NAP").Missing[0].Header != "Tên người được kết nạp" {
		t.Errorf("unknown version: read by %q: %+v", ret.Reading.Form, ret.Reading.Sheet("KET_NAP"))
	}
}
