package validate

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"ketnap/internal/domain"
)

// Document writes the catalogue for people to read: docs/rules.md.
func Document(w io.Writer, rules *Rules) error {
	b := bufio.NewWriter(w)
	list := rules.Catalogue()
	fmt.Fprint(b, `# Danh mục quy tắc kiểm tra

<!-- Tệp này do chương trình sinh ra từ bảng quy tắc: go test ./internal/validate -update. Đừng sửa tay. -->

Mỗi báo cáo được xét theo các quy tắc dưới đây. Mã quy tắc là công khai, không bao giờ dùng lại cho việc khác.

- **Lỗi** (error): cả báo cáo bị trả lại.
- **Cảnh báo** (warning): báo cáo vẫn được tính, người gửi phải xem lại; ghi lý do vào cột Ghi chú của dòng đó là đã giải trình
  (cảnh báo không thuộc dòng nào thì ghi vào Ghi chú của dòng Tổng cộng ở sheet CHI_BO).
- **Lưu ý** (info): để biết.
- **Thử nghiệm** (trial): chỉ cơ quan tổng hợp thấy, không làm báo cáo bị trả lại.

Mức độ và giới hạn là dữ liệu trong `+"`config/rules.yaml`"+`; mỗi giới hạn có ngày hiệu lực, báo cáo năm nào được xét theo quy định của năm đó.
Tháng là tháng lịch, ngày kẹp vào cuối tháng: người sinh 31/08 đủ thêm 6 tháng vào 28/02. Ngày làm việc không kể thứ bảy, chủ nhật và
ngày nghỉ lễ, tết trong `+"`config/holidays.yaml`"+`, đếm từ ngày liền sau.

Một nguyên nhân, một lỗi: ô trống, ô không đọc được hoặc cột bị thiếu chỉ được báo một lần; các quy tắc cần đến giá trị đó im lặng.
Ngày không đọc được (R02) làm im các quy tắc về ngày đó; R15 làm im R12, R21 (và R13, R14, R16) về ngày đó; F05 làm im R01 trong cột bị
thiếu; dòng không có cả họ tên và số định danh nhận đúng một R01 ở ô họ tên và không được tính. Người mà chi bộ hoặc ngày không đọc được
thì không làm sai số của chi bộ: số nào đúng khi kể hoặc không kể người đó đều được chấp nhận. Dòng của CHI_BO mà R18 không nhận tên chi bộ
thì không so với danh sách và chỉ tiêu (A02, A05, A06, G02).

A02 làm im A01 khi giải thích hết phần chênh lệch; số của chi bộ không đọc được (A04, R01, F08) làm im A01 và A03, vì có thể là bất kỳ số nào;
số Tổng cộng sai theo số đó thì A04 chỉ báo ở ô gốc. A03 chỉ so các giá trị đã lưu trong tệp. Không có dòng Tổng cộng thì A01, A07 và G03 lấy
tổng các chi bộ. Tổng cộng và danh sách khác nhau thì A07 chỉ báo khi cả hai đều giảm.

Chưa biết báo cáo của ai (U01, U02) thì không so với chi bộ, chỉ tiêu, kỳ trước của đơn vị (R18, X06, A07, các quy tắc G), với kỳ đã chốt (T03),
và không so với đơn vị khác (U03, X02, X03, X04). Danh sách trùng hẳn của đơn vị khác báo U03 một lần, không báo X02 cho từng người, cũng không
báo R18, X06, A07 và các quy tắc G.

Thứ tự tệp không bao giờ làm thay đổi kết quả: kỳ cũ xét trước, các bản của một đơn vị trong một kỳ xếp theo Lần nộp, Ngày lập, rồi mã băm
của tệp (khi chỉ mã băm quyết định thì U03 báo cảnh báo, nêu tên cả hai tệp). Trùng lặp giữa hai đơn vị báo cho cả hai, trừ khi một bên đã được chấp nhận ở lần
chạy trước: khi đó chỉ báo cho bên mới hơn. Một lỗi lặp lại quá nhiều ô trong một cột được báo một lần kèm dãy ô, mọi ô vẫn được đánh dấu.

## Bảng tóm tắt

| Mã | Mức độ | Nội dung | Ô | Chấp nhận riêng được |
|---|---|---|---|---|
`)
	scope := Scope("")
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
	for _, r := range list {
		fmt.Fprintf(b, "\n### %s\n\n", r.Code)
		writeRule(b, r)
	}
	return b.Flush()
}

// WriteRule writes one rule: `ketnap rules CODE`.
func WriteRule(w io.Writer, r Rule) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\n\n", r.Code)
	writeRule(b, r)
	return b.Flush()
}

// writeRule leaves errors to the writer's Flush.
func writeRule(b *bufio.Writer, r Rule) {
	fmt.Fprintf(b, "%s. Mức độ: %s. Phạm vi: %s. Ô: %s.\n\n", r.Title, r.Severity.Vietnamese(), r.Scope, r.Cell)
	if r.Why != "" {
		fmt.Fprintf(b, "- Vì sao: %s\n", r.Why)
	}
	fmt.Fprintf(b, "- Căn cứ: %s\n", strings.TrimRight(r.Source, ".")+".")
	for _, l := range r.Limits {
		fmt.Fprintf(b, "- Giới hạn `%s` (%s):\n", l.Name, l.What)
		for _, s := range l.Steps {
			fmt.Fprintf(b, "  - từ %s: %d (%s)\n", s.From, s.Value, s.Source)
		}
	}
	if !r.From.IsZero() || !r.Until.IsZero() {
		fmt.Fprintf(b, "- Áp dụng: %s\n", spanOf(r.From, r.Until))
	}
	for _, e := range r.Exempt {
		fmt.Fprintf(b, "- Không áp dụng cho %s: %s\n", e.Unit, e.Why)
	}
	fmt.Fprintf(b, "- Ví dụ: «%s»\n", r.Example)
}

// spanOf words the periods a rule is in force for.
func spanOf(from, until domain.Period) string {
	switch {
	case until.IsZero():
		return "từ kỳ " + from.String()
	case from.IsZero():
		return "đến kỳ " + until.String()
	}
	return fmt.Sprintf("từ kỳ %s đến kỳ %s", from, until)
}
