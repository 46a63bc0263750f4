package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/xlsx/template"
)

// meanings say what a template gets for each name, to the office that edits it. A key
// is a list or group of values ("unit"), a field of one ("unit.rank"), or a field
// wherever it stands (".target"). docs/templates.md is made of them.
var meanings = map[string]string{
	"period": "kỳ báo cáo", ".label": "tên gọi",
	"period.label": "kỳ bằng chữ: tháng 10 năm 2021, quý III năm 2021", "period.short": "kỳ, không ghi năm: tháng 10, quý III, cả năm", "period.month": "tháng cuối của kỳ",
	"period.year": "năm", "period.lastYear": "năm trước", "period.start": "ngày 1 tháng 1 của năm", "period.end": "ngày cuối của kỳ",
	"period.covered": "từ đầu năm đến hết kỳ, trong tiêu đề biểu: 10 THÁNG ĐẦU NĂM 2021, NĂM 2021",

	"office": "cơ quan lập biểu, theo cài đặt office", "office.above": "dòng trên của tiêu đề: cơ quan cấp trên", "office.issuer": "dòng dưới của tiêu đề: cơ quan ban hành",
	"office.date": "địa danh và ngày ban hành", "office.whole": "toàn huyện, toàn tỉnh, …", "office.signingAs": "quyền hạn, chức vụ người ký", "office.signer": "họ tên người ký",
	"office.preparer": "họ tên người lập biểu", "office.parent": "tổ chức cấp trên, ghi ở đầu mẫu",

	"summary": "lời văn của báo cáo tóm tắt", "summary.paragraph": "đoạn văn kết quả", "summary.headline": "một dòng kết quả chính",

	// The figures.
	"whole": "số liệu của toàn bộ", "group": "mỗi nhóm đơn vị một dòng (cột Nhóm của tệp chỉ tiêu)", "unit": "mỗi đơn vị một dòng",
	"follower": "mỗi ủy viên phụ trách một dòng", "followed": "mỗi đơn vị một dòng, theo ủy viên phụ trách", "followers": "số liệu của tất cả ủy viên phụ trách",
	"bar":       "các đơn vị có xếp thứ, cao nhất trước, để vẽ biểu đồ",
	".original": "chỉ tiêu giao lần đầu", ".target": "chỉ tiêu đang có hiệu lực", ".document": "văn bản giao chỉ tiêu", ".inPeriod": "số kết nạp trong kỳ", ".toDate": "số kết nạp lũy kế từ đầu năm",
	".percent": "tỷ lệ % so với chỉ tiêu", ".remaining": "còn phải kết nạp", ".lastYear": "cùng kỳ năm trước", ".lastYearOfCounted": "cùng kỳ năm trước của các đơn vị so được",
	".change": "tăng, giảm so với cùng kỳ", ".changePercent": "tăng, giảm so với cùng kỳ, theo %", ".trained": "quần chúng đã bồi dưỡng trong năm", ".waiting": "hồ sơ đang chờ xét",
	".counted": "số đơn vị đã tính trên số phải báo cáo: 47/48 đơn vị", ".expected": "số đơn vị phải báo cáo",
	".no": "số thứ tự", ".name": "tên", ".code": "mã đơn vị", ".shortName": "tên ngắn của đơn vị", ".kind": "loại đơn vị", ".follower": "ủy viên phụ trách", ".contact": "người liên hệ", ".phone": "điện thoại",
	".rank": "xếp thứ theo tỷ lệ %; bằng nhau thì cùng hạng", ".band": "mức hoàn thành chỉ tiêu", ".lastYearNote": "số cùng kỳ gồm những gì, khi đơn vị chia tách hoặc sáp nhập",
	".trace": "chữ của liên kết tới NGUON_SO_LIEU", ".status": "tình trạng: Chưa gửi, Trả lại, Đã nhận, …", ".deadline": "hạn nộp", ".firstReceived": "ngày nhận bản đầu", ".firstClean": "ngày nhận bản sạch đầu tiên",
	".daysLate": "số ngày chậm", ".versions": "số bản đã gửi", ".file": "tệp", ".remark": "ghi chú",
	".unit": "tên đơn vị", ".text": "dòng chữ", ".note": "ghi chú", ".now": "kỳ này", ".count": "số lượng", ".what": "nội dung", ".share": "tỷ lệ %",

	"band": "mỗi mức hoàn thành chỉ tiêu một dòng (cài đặt bands)", "band.count": "số đơn vị", "band.share": "tỷ lệ % trong tổng số đơn vị", "band.units": "các đơn vị", "bands": "các mức hoàn thành", "bands.count": "số đơn vị được xếp mức",
	"month": "mỗi tháng từ tháng 1 đến tháng cuối của kỳ một dòng, để vẽ biểu đồ", "month.name": "tên tháng", "month.inMonth": "số kết nạp trong tháng", "month.toDate": "lũy kế đến hết tháng", "month.lastYear": "cùng tháng năm trước, lũy kế",
	"chart": "biểu đồ phủ kín vùng ô gộp", "chart.percent": "tỷ lệ % chỉ tiêu theo đơn vị, vẽ từ danh sách bar", "chart.months": "số kết nạp theo tháng so với năm trước, vẽ từ danh sách month",

	"standing": "số đơn vị theo tình trạng", "standing.closed": "Đã chốt", "standing.received": "Đã nhận", "standing.warned": "Đã nhận, có cảnh báo", "standing.returned": "Trả lại", "standing.notSent": "Chưa gửi",
	"debt": "mỗi đơn vị còn nợ báo cáo một dòng", "debt.since": "nợ từ ngày", "debt.days": "số ngày nợ, tính đến ngày ban hành", "debt.line": "câu nhắc, để gửi cho đơn vị", "noDebt": "một dòng khi không đơn vị nào nợ báo cáo",
	"republished": "số liệu đã công bố nay thay đổi", "republished.period": "kỳ", "republished.was": "đã công bố", "republished.now": "nay tính ra", "republished.change": "chênh lệch", "noRepublished": "một dòng khi không có",
	"note": "điều người đọc các tổng số phải biết, mỗi điều một dòng",

	"form": "Biểu 2: các mục I, II, III", "formRow": "Biểu 2: các dòng trong mục", "formPart": "Biểu 2: các dòng có dấu +", "formAverage": "Biểu 2: dòng tính bằng tuổi",
	"origin": "Biểu 2B: hai khối", "originRow": "Biểu 2B: các dòng trong khối", ".total": "tổng số", ".women": "nữ",
	"form.percent": "cột 4 của biểu", "formRow.percent": "cột 4 của biểu", "formPart.percent": "cột 4 của biểu", "formAverage.percent": "cột 4 của biểu",
	"form.text": "số và tên dòng", "formRow.text": "số và tên dòng", "formPart.text": "số và tên dòng", "formAverage.text": "số và tên dòng",

	"structure": "cơ cấu người được kết nạp, mỗi đơn vị một dòng", "structures": "cơ cấu của toàn bộ", "feature": "tên các đặc điểm, để làm tiêu đề cột", ".admitted": "số người được kết nạp",
	"partyCell": "mỗi chi bộ một dòng", "partyCells": "tổng của các chi bộ", "partyCell.cell": "chi bộ", "partyCell.mark": "Chưa kết nạp, hoặc để trống", "partyCells.count": "số chi bộ", "partyCells.none": "số chi bộ chưa kết nạp", "noPartyCell": "một dòng khi chưa có số liệu",
	"pool": "nguồn kết nạp, mỗi đơn vị một dòng", "pools": "nguồn kết nạp của toàn bộ", ".outstanding": "quần chúng ưu tú", ".learned": "đã học lớp bồi dưỡng", ".dossier": "đang hoàn thiện hồ sơ", ".submitted": "đã trình cấp ủy",
	".stopped": "dừng theo dõi", ".left": "đã chuyển đi", ".local": "bồi dưỡng tại chỗ", ".moved": "bồi dưỡng nơi khác chuyển đến", ".expiring": "giấy chứng nhận sắp hết hạn", ".expired": "giấy chứng nhận đã hết hạn", ".perPlace": "số người trong nguồn cho một chỉ tiêu còn lại",

	"equality": "các đẳng thức phải đúng, chỗ không đúng đứng trước", "equality.result": "kết quả đối chiếu", "equality.left": "bên trái là gì", "equality.leftIs": "số bên trái", "equality.right": "bên phải là gì", "equality.rightIs": "số bên phải",
	"equality.code": "mã phép đối chiếu", "equality.relation": "= hoặc ≤", "equality.difference": "chênh lệch", "reconcile": "số phép đối chiếu", "reconcile.holding": "khớp", "reconcile.failing": "không khớp", "reconcile.unknown": "chưa đối chiếu được",
	"waiver": "các lỗi, cảnh báo được chấp nhận ngoại lệ", ".rule": "mã quy tắc", ".cell": "ô", "waiver.who": "người chấp nhận", "waiver.when": "ngày chấp nhận", "waiver.why": "lý do", "noWaiver": "một dòng khi không có",
	"restated": "số liệu của kỳ đã chốt nay tính ra khác", "restated.closed": "khi chốt", "restated.now": "nay tính ra", "restated.change": "chênh lệch", "noRestated": "một dòng khi không có",
	"finding": "lỗi, cảnh báo, lưu ý; lỗi đứng trước", ".sheet": "trang tính", ".severity": "mức độ", "finding.got": "thấy gì", "finding.want": "phải là gì", "finding.message": "câu đầy đủ", "clean": "một dòng khi không có lỗi",
	"fault": "lỗi và cảnh báo theo quy tắc", "fault.title": "quy tắc", "fault.count": "số lần", "fault.unitCount": "số đơn vị", "fault.units": "các đơn vị", "fault.running": "các đơn vị mắc ba tháng liền", "noFault": "một dòng khi không có",
	"trace": "từng số liệu của từng đơn vị lấy từ đâu", "trace.figure": "số liệu", "trace.submission": "lần nộp", "trace.fingerprint": "vân tay SHA-256 của tệp", "trace.place": "trang và ô", "trace.open": "chữ của liên kết mở tệp", "trace.link": "đường dẫn tới tệp, tính từ nơi để sổ", "noTrace": "một dòng khi chưa có số liệu",

	// danh-sach.xlsx
	"people": "số người trong danh sách", "people.admitted": "số người trong danh sách KET_NAP", "people.inPeriod": "trong đó kết nạp trong kỳ", "people.pool": "số người trong danh sách NGUON", "people.identity": "số định danh được ghi thế nào",
	"admission": "mỗi người được kết nạp một dòng", "candidate": "mỗi người trong nguồn một dòng", "noAdmission": "một dòng khi chưa kết nạp ai", "noCandidate": "một dòng khi nguồn chưa có ai",
	"admission.inPeriod": "x nếu kết nạp trong kỳ", ".row": "dòng trong tệp của đơn vị", ".unitCode": "mã đơn vị", ".unitShort": "tên ngắn của đơn vị",

	// return.xlsx
	"cover": "trang THONG_TIN", "cell": "trang CHI_BO, mỗi chi bộ một dòng", "total": "tổng của trang CHI_BO", "target": "chỉ tiêu của đơn vị", "target.note": "câu ghi chỉ tiêu và văn bản giao", "return.xlsx unit": "đơn vị gửi báo cáo", "unit.heading": "tên đơn vị, viết hoa",
}

// untyped are the kinds of fields that have no value to tell it by.
var untyped = map[string]string{
	".text": "chữ", ".rank": "số", ".daysLate": "số", ".days": "số", ".submission": "số", ".open": "chữ", ".no": "số", ".row": "số",
	".unit": "chữ", ".unitCode": "chữ", ".unitShort": "chữ", ".file": "chữ", ".inPeriod": "chữ", ".identity": "chữ",
}

// Name is a name that a template may ask for.
type Name struct {
	Template string // tong-hop.xlsx
	Prefix   string // unit
	Field    string // rank
	List     bool   // a field of a list: its row is repeated
	In       string // the list that the list stands in, "" for none
	Kind     string // Vietnamese
	Meaning  string // Vietnamese
}

// Names are the names that each template may ask for, in order. The fields of
// persons are those of the form def.
func Names(def *form.Definition, samples ...template.Sample) []Name {
	var names []Name
	for _, at := range samples {
		for _, name := range at.Book.Names() {
			prefix, field, _ := strings.Cut(name, ".")
			n := Name{Template: at.Name, Prefix: prefix, Field: field}
			value := at.Book.Values[name]
			if l, ok := at.Book.Lists[prefix]; ok {
				n.List, n.In, value = true, l.In, l.Blank[field]
			}
			n.Kind, n.Meaning = kindOf(value), cmp.Or(meanings[name], featureMeaning(prefix, field))
			if sheet := def.Sheet(form.TemplateSheets[prefix]); sheet != nil && at.Name != consolidatedTemplate && n.Meaning == "" {
				for _, column := range sheet.Columns {
					if form.TemplateField(column.ID) == field {
						n.Kind, n.Meaning = kindOfColumn(column.Kind), "«"+column.Header+"» của mẫu báo cáo"
					}
				}
			}
			n.Meaning = cmp.Or(n.Meaning, meanings["."+field])
			n.Kind = cmp.Or(n.Kind, untyped["."+field], "số")
			names = append(names, n)
		}
	}
	return names
}

// featureMeaning is the meaning of a column of CO_CAU.
func featureMeaning(prefix, field string) string {
	if prefix != "structure" && prefix != "structures" && prefix != "feature" {
		return ""
	}
	for _, g := range featureFields {
		if i := slices.Index(g.fields, field); i >= 0 {
			if g.group == "" {
				return map[string]string{"women": "nữ", "minority": "dân tộc thiểu số", "religious": "tôn giáo", "youthUnion": "đoàn viên", "readmitted": "kết nạp lại"}[field]
			}
			return fmt.Sprintf("%s, đặc điểm thứ %d", uncapital(g.group), i+1)
		}
	}
	return ""
}

func kindOf(value any) string {
	switch v := value.(type) {
	case template.Fixed:
		return kindOf(v.Value)
	case domain.Count:
		return "số người"
	case domain.Hundredths:
		return "số, %"
	case domain.Date:
		return "ngày"
	case *template.Chart:
		return "biểu đồ"
	case int:
		return "số"
	case string:
		return "chữ"
	}
	return ""
}

func kindOfColumn(kind form.Kind) string {
	switch kind {
	case form.KindInteger:
		return "số"
	case form.KindCount:
		return "số người"
	case form.KindDate, form.KindPeriod:
		return "ngày"
	}
	return "chữ"
}

// WriteNames writes the names of templates as Markdown.
func WriteNames(w io.Writer, names []Name) error {
	var b strings.Builder
	var last Name
	for _, n := range names {
		if n.Template != last.Template {
			fmt.Fprintf(&b, "\n### %s\n", n.Template)
		}
		if n.Template != last.Template || n.Prefix != last.Prefix {
			fmt.Fprintf(&b, "\n**`%s`**: %s", n.Prefix, cmp.Or(meanings[n.Template+" "+n.Prefix], meanings[n.Prefix]))
			switch {
			case n.In != "":
				fmt.Fprintf(&b, " (danh sách, trong `%s`)", n.In)
			case n.List:
				b.WriteString(" (danh sách)")
			}
			b.WriteString("\n\n| tên | kiểu | là gì |\n|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n.Field, n.Kind, n.Meaning)
		last = n
	}
	_, err := io.WriteString(w, b.String())
	return err
}
