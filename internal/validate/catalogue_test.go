package validate_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/validate"
)

var update = flag.Bool("update", false, "write docs/rules.md anew, and the severities of new rules into config/rules.yaml")

const docs, severities = "../../docs/rules.md", "../../config/rules.yaml"

// Every rule is whole: it can be read about, and both its cases are tested.
func TestCatalogueIsWhole(t *testing.T) {
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, c := range ruleCases {
		fires[c.code] = fires[c.code] || !c.silent
		silent[c.code] = silent[c.code] || c.silent
	}
	for _, c := range wholeCases {
		fires[c.code] = fires[c.code] || !c.silent
		silent[c.code] = silent[c.code] || c.silent
	}
	if *update {
		updateSeverities(t)
		updateDocument(t)
	}
	settings, err := os.ReadFile(severities)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range defaultRules(t).Catalogue() {
		for _, need := range []struct {
			ok   bool
			mend string
		}{
			{!seen[r.Code], "the code is in catalogue of rules.go twice; take a new one: codes are never used again"},
			{r.Title != "", "give its row a Title"},
			{r.Why != "", "say Why in its row"},
			{r.Source != "", "give its Source in its row"},
			{r.Example != "" && strings.HasSuffix(r.Example, "."), "give its row an Example, as the sender reads it"},
			{r.Cell != "" && r.Scope != "", "give its row a Scope and a Cell"},
			{fires[r.Code], "add a case that fires to the _test file of its subject, with its cell and severity"},
			{silent[r.Code], "add a case to the _test file of its subject that is near and silent"},
			{strings.Contains(string(settings), "{code: "+r.Code+", severity: "+string(r.Severity)+"}"),
				"go test ./internal/validate -update writes its severity into config/rules.yaml; one that is there already has to be that of its row"},
			{strings.Contains(string(page), "\n### "+r.Code+"\n"), "go test ./internal/validate -update writes it into docs/rules.md"},
		} {
			if !need.ok {
				t.Errorf("%s: %s", r.Code, need.mend)
			}
		}
		seen[r.Code] = true
	}
	for code := range fires {
		if !seen[code] {
			t.Errorf("%s has cases but does not stand in catalogue of rules.go", code)
		}
	}
}

// The shipped severities are those of the table.
func TestShippedSeverities(t *testing.T) {
	bare, err := withoutSettings(t)
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ Code, Severity string }
	rows := func(rules *validate.Rules) (list []row) {
		for _, r := range rules.Catalogue() {
			list = append(list, row{r.Code, string(r.Severity)})
		}
		return list
	}
	if diff := cmp.Diff(rows(bare), rows(defaultRules(t))); diff != "" {
		t.Errorf("config/rules.yaml differs from the rows of the rules (-rows +file):\n%s", diff)
	}
}

// withoutSettings is the shipped rules.yaml without its list of severities.
func withoutSettings(t *testing.T) (*validate.Rules, error) {
	t.Helper()
	data := shipped(t)
	lines := slices.DeleteFunc(strings.Split(data, "\n"), func(l string) bool { return strings.HasPrefix(l, "  - {code: ") })
	return load(t, map[string]string{"rules.yaml": strings.Join(lines, "\n")})
}

func TestWaivable(t *testing.T) {
	for _, r := range defaultRules(t).Catalogue() {
		never := r.Code[0] == 'F' || r.Code[0] == 'D' || slices.Contains([]string{"U01", "U02", "T01", "T03", "A04"}, r.Code)
		if r.Waivable == never {
			t.Errorf("%s: waivable is %v", r.Code, r.Waivable)
		}
	}
}

// updateSeverities adds to config/rules.yaml the rules that it lacks, each behind the one
// before it in the catalogue. A severity that stands there already is the office's affair.
func updateSeverities(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(severities)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	last := 0
	for _, r := range defaultRules(t).Catalogue() {
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  - {code: "+r.Code+",") })
		if at < 0 {
			at = last + 1
			line := fmt.Sprintf("  - {code: %s, severity: %s}", r.Code, r.Severity)
			lines = slices.Insert(lines, at, fmt.Sprintf("%-*s# %s", strings.Index(lines[last], "#"), line, r.Title))
		}
		last = at
	}
	if err := os.WriteFile(severities, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func updateDocument(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(docs, document(t), 0o644); err != nil {
		t.Fatal(err)
	}
}

func document(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeDocument(&b, defaultRules(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDocument(t *testing.T) {
	written, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), string(document(t))); diff != "" {
		t.Errorf("docs/rules.md is not what the table says; go test ./internal/validate -update writes it (-docs +table):\n%s", diff)
	}
}

func TestWriteRule(t *testing.T) {
	for _, r := range defaultRules(t).Catalogue() {
		if r.Code != "R11" {
			continue
		}
		var b bytes.Buffer
		if err := validate.WriteRule(&b, r); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"R11\n", "Mức độ: Lỗi", "certificate_months", "từ 25/07/2016: 60", "Ví dụ: «Ô O11"} {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%q is missing in\n%s", s, &b)
			}
		}
	}
}

// equalityCodes are the codes of DOI_CHIEU that are no rules; those of sheets and of the
// official forms name what is compared.
const equalityCodes = `
Ngoài các quy tắc còn có các mã dưới đây, của phép đối chiếu ở trang DOI_CHIEU:

| Mã | Đối chiếu |
|---|---|
| C01 | số của bảng bằng tổng của các báo cáo được nhận |
| C03 | cùng kỳ năm trước theo sổ bằng số ghi ở NAM_TRUOC |
| C04 | cộng theo nhóm, theo ủy viên phụ trách bằng tổng chung |
| C05 | mọi đơn vị được tính đều có số cùng kỳ năm trước để so |
| CQ | (ở mọi nơi nêu lỗi, không phải đối chiếu) cơ quan trả lại một báo cáo không có lỗi, kèm lý do; đơn vị đọc như một lỗi |
| Biểu 2, Biểu 2B, XEP_LOAI, CO_CAU, CHI_BO, KET_NAP, NGUON | các dòng, cột của biểu hoặc trang đó khớp nhau và khớp tổng chung |
`

// writeDocument writes the catalogue for people to read: docs/rules.md.
func writeDocument(b *bytes.Buffer, rules *validate.Rules) error {
	list := rules.Catalogue()
	fmt.Fprint(b, `# Danh mục quy tắc kiểm tra

<!-- Tệp này do chương trình sinh ra từ bảng quy tắc: go test ./internal/validate -update. Đừng sửa tay. -->

Mỗi báo cáo được xét theo các quy tắc dưới đây. Mã quy tắc là công khai, không bao giờ dùng lại cho việc khác.

- **Lỗi** (error): cả báo cáo bị trả lại.
- **Cảnh báo** (warning): báo cáo vẫn được tính, người gửi phải xem lại; ghi lý do vào cột Ghi chú của dòng đó là đã giải trình
  (cảnh báo không thuộc dòng nào thì ghi vào Ghi chú của dòng Tổng cộng ở sheet CHI_BO).
- **Lưu ý** (info): để biết.
- **Thử nghiệm** (trial): chỉ cơ quan tổng hợp thấy, không làm báo cáo bị trả lại.

Mức độ và giới hạn là dữ liệu trong `+"`config/rules.yaml`"+`; mỗi giới hạn có ngày hiệu lực, báo cáo năm nào được xét `+
		`theo quy định của năm đó.
Tháng là tháng lịch, ngày kẹp vào cuối tháng: người sinh 31/08 đủ thêm 6 tháng vào 28/02. Ngày làm việc không kể thứ bảy, chủ nhật và
ngày nghỉ lễ, tết trong `+"`config/holidays.yaml`"+`, đếm từ ngày liền sau.

Một nguyên nhân, một lỗi: ô trống, ô không đọc được hoặc cột bị thiếu chỉ được báo một lần; các quy tắc cần đến giá trị đó im lặng.
Ngày không đọc được (R02) làm im các quy tắc về ngày đó; R15 làm im R12, R21 (và R13, R14, R16) về ngày đó; F05 làm im R01 trong cột bị
thiếu; dòng không có cả họ tên và số định danh nhận đúng một R01 ở ô họ tên và không được tính. Người mà chi bộ hoặc ngày không đọc được
thì không làm sai số của chi bộ: số nào đúng khi kể hoặc không kể người đó đều được chấp nhận. Dòng của CHI_BO mà R18 không nhận tên chi bộ
thì không so với danh sách và chỉ tiêu (A02, A05, A06, G02).

A02 làm im A01 khi giải thích hết phần chênh lệch; số của chi bộ không đọc được (A04, R01, F08) làm im A01 và A03, vì `+
		`có thể là bất kỳ số nào;
số Tổng cộng sai theo số đó thì A04 chỉ báo ở ô gốc. A03 chỉ so các giá trị đã lưu trong tệp. Không có dòng Tổng cộng `+
		`thì A01, A07 và G03 lấy
tổng các chi bộ. Tổng cộng và danh sách khác nhau thì A07 chỉ báo khi cả hai đều giảm.

Chưa biết báo cáo của ai (U01, U02) thì không so với chi bộ, chỉ tiêu, kỳ trước của đơn vị (R18, X06, A07, các quy tắc `+
		`G), với kỳ đã chốt (T03),
và không so với đơn vị khác (U03, X02, X03, X04). Danh sách trùng hẳn của đơn vị khác báo U03 một lần, không báo X02 `+
		`cho từng người, cũng không
báo R18, X06, A07 và các quy tắc G.

Thứ tự tệp không bao giờ làm thay đổi kết quả: kỳ cũ xét trước, các bản của một đơn vị trong một kỳ xếp theo Lần nộp, Ngày lập, rồi mã băm
của tệp (khi chỉ mã băm quyết định thì U03 báo cảnh báo, nêu tên cả hai tệp). Trùng lặp giữa hai đơn vị báo cho cả hai, `+
		`trừ khi một bên đã được chấp nhận ở lần
chạy trước: khi đó chỉ báo cho bên mới hơn. Một lỗi lặp lại quá nhiều ô trong một cột được báo một lần kèm dãy ô, mọi ô vẫn được đánh dấu.

## Bảng tóm tắt

| Mã | Mức độ | Nội dung | Ô | Chấp nhận riêng được |
|---|---|---|---|---|
`)
	scope := validate.Scope("")
	for _, r := range list {
		if r.Scope != scope {
			scope = r.Scope
			fmt.Fprintf(b, "| **%s** | | | | |\n", scope)
		}
		waivable := "không"
		if r.Waivable {
			waivable = "có"
		}
		fmt.Fprintf(b, "| [%s](#%s) | %s | %s | %s | %s |\n", r.Code, strings.ToLower(r.Code), r.Severity.Vietnamese(), r.Title, r.Cell, waivable)
	}
	b.WriteString(equalityCodes)
	for _, r := range list {
		b.WriteString("\n### ")
		if err := validate.WriteRule(b, r); err != nil {
			return err
		}
	}
	return nil
}
