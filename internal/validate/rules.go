package validate

import (
	"slices"

	"ketnap/internal/domain"
)

// rule is a row of the catalogue. To add a rule: a row here with its function in
// the file of its subject, its severity in config/rules.yaml, its two cases in
// rules_test.go, then `go test ./internal/validate -update` for docs/rules.md.
// Codes are public and never used again.
type rule struct {
	Code     string
	Severity domain.Severity // by default; rules.yaml may say otherwise
	Scope    Scope
	Cell     string // where the finding points, in words
	Title    string // what is wrong, one line
	Why      string // why it matters
	Source   string // the law or the product's own reason
	Example  string // a sentence as the sender reads it
	Limits   []limitName

	ofFile   bool // speaks of the file itself: asked even when no form was found in it
	ofUnit   bool // compares with what is known of the unit: not asked when whose return it is is not known
	fixed    bool // cannot be softened: without it nothing can be said of a file
	waivable bool
	alone    func(*ruleContext) []violation              // what it says of a return alone
	against  func(*crossCheck, *ruleContext) []violation // what it says of a return beside others
	ofWhole  bool                                        // spoken by District
}

// Scope is what a rule looks at.
type Scope string

// The scopes.
const (
	ScopeFile     Scope = "Tệp"
	ScopeUnit     Scope = "Đơn vị và kỳ"
	ScopeRow      Scope = "Từng dòng"
	ScopeAcross   Scope = "Giữa các dòng, các sheet, các báo cáo"
	ScopeSums     Scope = "Số học"
	ScopeTarget   Scope = "Chỉ tiêu"
	ScopeDistrict Scope = "Toàn cấp"
	ScopeLocal    Scope = "Quy tắc riêng của cơ quan"
)

// Words of sources that many rules share. The four regulations on the Party
// Statutes followed each other; each rule is judged by the one in force.
const (
	ourForm  = "Quy ước của mẫu KND-01."
	ourCount = "Quy ước của chương trình: mỗi con số phải truy được về danh sách."
	// statutes are the regulations in the order they took effect.
	statutes = "Quy định 29-QĐ/TW ngày 25/7/2016, 24-QĐ/TW ngày 30/7/2021, 232-QĐ/TW ngày 20/01/2025, 294-QĐ/TW ngày 26/5/2025 về thi hành Điều lệ Đảng"
	idLaw    = "Nghị định 137/2015/NĐ-CP Điều 13; Thông tư 07/2016/TT-BCA Điều 7 và phụ lục."
)

// catalogue is every rule, in the order of its code's subject.
var catalogue = []rule{
	// The file.
	{
		Code: "F01", Severity: domain.Error, Scope: ScopeFile, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F01"),
		Title:   "Không phải tệp bảng tính đọc được",
		Why:     "Tệp rỗng, bị cắt cụt, hoặc là HTML, CSV, PDF mang tên .xlsx; đọc cố một tệp hỏng sẽ cho số sai mà không ai biết.",
		Source:  ourForm,
		Example: "Tệp: là trang HTML, không phải bảng tính Excel — phải là tệp bảng tính đọc được — mở bằng Excel, lưu lại dạng «Excel Workbook (.xlsx)» rồi gửi lại.",
	},
	{
		Code: "F02", Severity: domain.Error, Scope: ScopeFile, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F02"),
		Title:   "Tệp đặt mật khẩu",
		Why:     "Chương trình không mở được tệp đã mã hóa.",
		Source:  ourForm,
		Example: "Tệp: bị khóa bằng mật khẩu — phải là tệp bảng tính đọc được — bỏ mật khẩu rồi gửi lại.",
	},
	{
		Code: "F03", Severity: domain.Error, Scope: ScopeFile, Cell: "Phiên bản mẫu", ofFile: true, alone: formUnknown,
		Title:   "Không phải mẫu KND-01, hoặc phiên bản không dùng cho kỳ này",
		Why:     "Cột và cách tính thay đổi theo phiên bản mẫu; đọc nhầm phiên bản là đọc nhầm số.",
		Source:  ourForm,
		Example: "Ô B8 (Phiên bản mẫu): ghi «2019.1» — kỳ 2021-10 dùng KND-01 2021.1 — lấy mẫu trống của kỳ này và chép số liệu sang.",
	},
	{
		Code: "F04", Severity: domain.Error, Scope: ScopeFile, Cell: "–", alone: sheetMissing,
		Title:   "Thiếu một sheet của mẫu",
		Why:     "Thiếu sheet thì không kiểm được số liệu của sheet đó.",
		Source:  ourForm,
		Example: "Tệp: không có sheet CHI_BO, gần nhất là «Chi bô» — phải đủ bốn sheet của mẫu — đặt lại đúng tên sheet hoặc chép lại từ mẫu.",
	},
	{
		Code: "F05", Severity: domain.Error, Scope: ScopeFile, Cell: "dòng tiêu đề", alone: columnMissing,
		Title:   "Thiếu một cột (mục) bắt buộc",
		Why:     "Cột được tìm theo chữ ở tiêu đề; sửa chữ ở tiêu đề thì chương trình không biết cột nào.",
		Source:  ourForm,
		Example: "Ô H7: không có cột «Chi bộ», gần nhất là «Chi bọ» — phải có cột này — sửa lại tiêu đề đúng như mẫu.",
	},
	{
		Code: "F06", Severity: domain.Error, Scope: ScopeFile, Cell: "tiêu đề thứ hai", alone: columnDouble,
		Title:   "Hai cột cùng một tiêu đề",
		Why:     "Không biết lấy số của cột nào.",
		Source:  ourForm,
		Example: "Ô W7 (Chi bộ): trùng tiêu đề với ô H7 — mỗi tiêu đề chỉ một cột — xóa hoặc đổi tên cột thừa.",
	},
	{
		Code: "F07", Severity: domain.Warning, Scope: ScopeFile, Cell: "–", ofFile: true, alone: macros,
		Title:   "Tệp có macro hoặc liên kết sang tệp khác",
		Why:     "Macro không bao giờ được chạy, liên kết không bao giờ được mở; số lấy từ tệp khác có thể đã cũ.",
		Source:  ourForm,
		Example: "Tệp: có macro, chương trình không chạy — báo cáo không cần macro — lưu lại dạng .xlsx.",
	},
	{
		Code: "F08", Severity: domain.Error, Scope: ScopeFile, Cell: "ô đó", alone: formulaError,
		Title:   "Công thức báo lỗi trong ô có số liệu",
		Why:     "#REF!, #DIV/0!… không phải là số.",
		Source:  ourForm,
		Example: "Ô E24 (Kết nạp, Lũy kế từ đầu năm): công thức báo #REF! — phải là một giá trị — sửa công thức hoặc ghi số.",
	},
	{
		Code: "F09", Severity: domain.Error, Scope: ScopeFile, Cell: "ô đó", alone: withoutValue,
		Title:   "Công thức không kèm giá trị",
		Why:     "Chương trình khác ghi tệp mà không tính công thức. Tính được thì tính tại đây và báo lưu ý; không tính được thì là lỗi.",
		Source:  ourForm,
		Example: "Ô E24 (Kết nạp, Lũy kế từ đầu năm): công thức không kèm giá trị và không tính được ở đây — phải có giá trị — mở tệp bằng Excel, lưu lại rồi gửi lại.",
	},
	{
		Code: "F10", Severity: domain.Info, Scope: ScopeFile, Cell: "ô thừa đầu tiên", alone: ghosts,
		Title:   "Có chữ nằm xa bên dưới danh sách, đã bỏ qua",
		Why:     "Nội dung đã xóa thường để lại dòng thừa rất xa bên dưới; đó không phải số liệu.",
		Source:  ourForm,
		Example: "Ô B1048576: có chữ cách xa danh sách, không đọc — danh sách phải liền nhau — nếu là số liệu thì chuyển lên liền danh sách, nếu không thì xóa.",
	},
	{
		Code: "F11", Severity: domain.Warning, Scope: ScopeFile, Cell: "ô đầu tiên", alone: legacyText,
		Title:   "Chữ gõ bằng bảng mã cũ (TCVN3, VNI) đã được chuyển đổi",
		Why:     "Chuyển bảng mã có thể sai dấu; họ tên và chi bộ phải được xem lại.",
		Source:  ourForm,
		Example: "Ô B10: chữ gõ bằng bảng mã cũ, đã chuyển sang Unicode — phải dùng Unicode — xem lại họ tên rồi lưu bằng phông Times New Roman.",
	},
	{
		Code: "F12", Severity: domain.Error, Scope: ScopeFile, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F12"),
		Title:   "Vượt quá giới hạn (dung lượng, số sheet, số dòng, số cột, độ nén)",
		Why:     "Một báo cáo thật không lớn như vậy; giới hạn giữ cho máy không bị treo.",
		Source:  ourForm,
		Example: "Tệp: có 1.048.576 dòng, vượt giới hạn — phải là tệp bảng tính đọc được — xóa các dòng trống bên dưới danh sách rồi gửi lại.",
	},
	{
		Code: "F13", Severity: domain.Info, Scope: ScopeFile, Cell: "–", ofFile: true, alone: oldFormat,
		Title:   "Tệp .xls đời cũ, đã chuyển đổi để đọc",
		Why:     "Tệp được chuyển sang .xlsx rồi mới đọc, công thức được tính lại; nên lưu .xlsx để khỏi sai khác.",
		Source:  ourForm,
		Example: "Tệp: là Excel đời cũ (.xls), đã chuyển đổi để đọc — nên là .xlsx — lần sau lưu dạng .xlsx.",
	},

	// Unit and time.
	{
		Code: "U01", Severity: domain.Error, Scope: ScopeUnit, Cell: "Mã đơn vị", fixed: true, alone: unitUnknown,
		Title:   "Mã đơn vị không có trong danh sách đơn vị ở thời điểm đó",
		Why:     "Không biết báo cáo của ai thì không tính được; đơn vị đã sáp nhập thì gửi theo đơn vị mới.",
		Source:  "Danh sách đơn vị trong tệp chỉ tiêu, có ngày hiệu lực và đơn vị kế tục.",
		Example: "Ô B9 (Mã đơn vị): ghi «05962», hết hiệu lực từ 30/06/2025 — phải là đơn vị đang có — đơn vị kế tục là 05965 Đảng bộ xã Phú Bình.",
	},
	{
		Code: "U02", Severity: domain.Error, Scope: ScopeUnit, Cell: "Tên đơn vị", alone: unitMismatch,
		Title:   "Mã và tên là của hai đơn vị khác nhau",
		Why:     "Chép báo cáo của xã bên mà quên sửa một trong hai ô.",
		Source:  "Danh sách đơn vị trong tệp chỉ tiêu.",
		Example: "Ô B10 (Tên đơn vị): ghi «Đảng bộ xã Nga My», mã 05926 là Đảng bộ xã Đào Xá — mã và tên phải là của một đơn vị — sửa ô B9 hoặc B10.",
	},
	{
		Code: "U03", Severity: domain.Error, Scope: ScopeUnit, Cell: "–", waivable: true, against: sameList,
		Title:   "Danh sách KET_NAP trùng hoàn toàn với danh sách của đơn vị khác",
		Why:     "Gửi nhầm tệp của đơn vị khác. Hai phiên bản của một đơn vị trùng cả Lần nộp và Ngày lập thì báo cảnh báo: không biết bản nào mới hơn.",
		Source:  "Quy ước của chương trình: mỗi người chỉ được tính ở một đơn vị.",
		Example: "Tệp: danh sách KET_NAP giống hệt danh sách của Đảng bộ xã Nga My — mỗi đơn vị có danh sách riêng — kiểm tra xem có gửi nhầm tệp không.",
	},
	{
		Code: "T01", Severity: domain.Error, Scope: ScopeUnit, Cell: "Kỳ báo cáo", waivable: true, alone: periodWrong,
		Title:   "Kỳ báo cáo thiếu, không đọc được, hoặc không khớp với Từ ngày, Đến ngày",
		Why:     "Kỳ quyết định báo cáo được tính vào tháng nào. Danh sách là lũy kế: Từ ngày là 01/01 (hoặc ngày đầu tháng), Đến ngày là ngày cuối tháng và không sau ngày nhận.",
		Source:  ourForm,
		Example: "Ô B11 (Kỳ báo cáo): ghi 2021-10, Đến ngày ở ô B13 là 30/09/2021 — Đến ngày phải là 31/10/2021 — sửa ô B11 hoặc B13.",
	},
	{
		Code: "T02", Severity: domain.Warning, Scope: ScopeUnit, Cell: "–", waivable: true, alone: late,
		Title:   "Nhận sau hạn",
		Why:     "Báo cáo chậm vẫn được tính, nhưng được ghi lại số ngày chậm.",
		Source:  "Hạn gửi do cơ quan đặt trong cài đặt deadline_days.",
		Example: "Ngày nhận: 08/11/2021, chậm 3 ngày — hạn gửi là 05/11/2021 — ghi lý do vào Ghi chú của dòng Tổng cộng.",
	},
	{
		Code: "T03", Severity: domain.Error, Scope: ScopeUnit, Cell: "Kỳ báo cáo", waivable: true, against: periodClosed,
		Title:   "Kỳ đã chốt đối với đơn vị",
		Why:     "Số đã công bố thì không tự thay đổi; muốn sửa phải mở lại kỳ.",
		Source:  "Quy ước của chương trình.",
		Example: "Ô B11 (Kỳ báo cáo): kỳ 2021-10 đã chốt — không nhận thêm báo cáo của kỳ này — đưa người bổ sung vào báo cáo kỳ sau, hoặc đề nghị mở lại kỳ.",
	},
	{
		Code: "T04", Severity: domain.Error, Scope: ScopeUnit, Cell: "Không phát sinh", waivable: true, alone: nilWithRows,
		Title:   "Đánh dấu «Không phát sinh» nhưng danh sách có người",
		Why:     "Hai điều trái nhau, không biết điều nào đúng.",
		Source:  ourForm,
		Example: "Ô B16 (Không phát sinh): đánh dấu x, danh sách KET_NAP có 3 người — chỉ đánh dấu khi từ đầu năm chưa kết nạp ai — xóa dấu x.",
	},
	{
		Code: "T05", Severity: domain.Warning, Scope: ScopeUnit, Cell: "Không phát sinh", waivable: true, alone: emptyUnmarked,
		Title:   "Danh sách trống nhưng chưa đánh dấu «Không phát sinh»",
		Why:     "Trống không phải là 0: có thể quên nhập danh sách.",
		Source:  ourForm,
		Example: "Ô B16 (Không phát sinh): để trống, danh sách KET_NAP không có ai — phải có danh sách hoặc dấu x — nếu chưa kết nạp ai từ đầu năm, đánh dấu x.",
	},

	// A row.
	{
		Code: "R01", Severity: domain.Error, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: required,
		Title:   "Ô bắt buộc để trống",
		Why:     "Trống không phải là 0 và không phải là «Không».",
		Source:  ourForm,
		Example: "Ô H12 (Chi bộ): để trống — phải có — ghi chi bộ của người này.",
	},
	{
		Code: "R02", Severity: domain.Error, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: badDate,
		Title:   "Không phải ngày tháng, hoặc không có ngày đó; chỉ ghi năm",
		Why:     "Tuổi, thời hạn và kỳ đều tính từ ngày đầy đủ; không đoán ngày 01/01.",
		Source:  ourForm,
		Example: "Ô C10 (Ngày sinh): ghi «31/02/1990», không có ngày như vậy — phải là ngày/tháng/năm có thật — xem lại giấy tờ và sửa.",
	},
	{
		Code: "R03", Severity: domain.Info, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: repaired,
		Title:   "Ngày, số hoặc số định danh đã được đọc theo cách sửa lại",
		Why:     "Excel làm mất số 0 đầu, đổi ngày thành chữ; không sửa gì trong im lặng.",
		Source:  ourForm,
		Example: "Ô C10 (Ngày sinh): ghi «5.3.1990», đọc là 05/03/1990 — nên ghi đúng kiểu ngày — kiểm tra lại.",
	},
	{
		Code: "R04", Severity: domain.Error, Scope: ScopeRow, Cell: "Giới tính", waivable: true, alone: sexUnknown,
		Title:   "Giới tính thiếu, không rõ, hoặc điền cả hai cột Nam và Nữ",
		Why:     "Biểu 2 đếm đảng viên nữ.",
		Source:  "Biểu số 2-BTCTW.",
		Example: "Ô D10 (Giới tính): để trống — phải là Nam hoặc Nữ — ghi giới tính.",
	},
	{
		Code: "R05", Severity: domain.Error, Scope: ScopeRow, Cell: "Số định danh cá nhân", waivable: true, alone: idLength,
		Title:   "Số định danh không đủ 12 chữ số",
		Why:     "Số định danh là khóa để biết một người có bị tính hai lần không. Số CMND cũ 9 chữ số: cảnh báo.",
		Source:  idLaw,
		Example: "Ô E10 (Số định danh cá nhân (CCCD)): ghi ********123, có 11 chữ số — phải đủ 12 chữ số — xem lại thẻ căn cước và sửa.",
	},
	{
		Code: "R06", Severity: domain.Warning, Scope: ScopeRow, Cell: "Số định danh cá nhân", waivable: true, alone: idProvince,
		Title:   "Ba số đầu của số định danh không phải mã tỉnh, mã nước",
		Why:     "Ba số đầu là nơi đăng ký khai sinh; sai thường là gõ nhầm.",
		Source:  idLaw,
		Example: "Ô E10 (Số định danh cá nhân (CCCD)): ba số đầu là 003 — phải là mã tỉnh nơi đăng ký khai sinh — xem lại thẻ căn cước, nếu đúng thì ghi vào Ghi chú.",
	},
	{
		Code: "R07", Severity: domain.Warning, Scope: ScopeRow, Cell: "Số định danh cá nhân", waivable: true, alone: idDisagrees,
		Title:   "Số định danh không khớp giới tính, thế kỷ hoặc năm sinh",
		Why:     "Số thứ tư cho biết thế kỷ và giới tính, số thứ năm, sáu là hai số cuối năm sinh.",
		Source:  idLaw,
		Example: "Ô E10 (Số định danh cá nhân (CCCD)): số thứ tư là 0 (nam, sinh 1900–1999), dòng này ghi Nữ — phải khớp — xem lại thẻ căn cước, giới tính, ngày sinh.",
	},
	{
		Code: "R08", Severity: domain.Error, Scope: ScopeRow, Cell: "Ngày sinh", waivable: true, alone: tooYoung, Limits: []limitName{ageMin},
		Title:   "Chưa đủ 18 tuổi khi chi bộ họp xét",
		Why:     "Người vào Đảng phải đủ 18 tuổi, tính theo tháng, tại thời điểm chi bộ xét.",
		Source:  statutes + ", mục (điều) về tuổi đời: đủ 18 đến đủ 60 tuổi, tính theo tháng.",
		Example: "Ô C10 (Ngày sinh): sinh 02/09/2003, chi bộ họp 01/09/2021 chưa đủ 18 tuổi — phải sinh không sau 01/09/2003 — xem lại ngày sinh và ngày họp.",
	},
	{
		Code: "R09", Severity: domain.Error, Scope: ScopeRow, Cell: "Ngày sinh", waivable: true, alone: tooOld, Limits: []limitName{ageMax},
		Title:   "Quá 60 tuổi khi chi bộ họp xét mà không ghi ý kiến đồng ý của cấp tỉnh",
		Why:     "Trên 60 tuổi phải được ban thường vụ cấp ủy trực thuộc Trung ương đồng ý bằng văn bản trước khi quyết định; có ghi chú thì chỉ cảnh báo.",
		Source:  statutes + "; Hướng dẫn 01-HD/TW ngày 28/9/2021 mục 1.",
		Example: "Ô C10 (Ngày sinh): sinh 31/08/1961, chi bộ họp 01/09/2021 đã quá 60 tuổi — phải có văn bản đồng ý của ban thường vụ tỉnh ủy — ghi số, ngày văn bản vào Ghi chú.",
	},
	{
		Code: "R10", Severity: domain.Error, Scope: ScopeRow, Cell: "Học vấn", waivable: true, alone: schooling,
		Title:   "Học vấn dưới trung học cơ sở",
		Why:     "Phải có bằng THCS trở lên; ở miền núi, biên giới, hải đảo, vùng dân tộc thiểu số, đặc biệt khó khăn, ngư dân thì thấp hơn được: cảnh báo.",
		Source:  "Quy định 24-QĐ/TW mục 1.2 (và các quy định trước, sau); Hướng dẫn 01-HD/TW.",
		Example: "Ô J10 (Trình độ, Học vấn (GDPT)): ghi «Tiểu học» — phải từ THCS trở lên — xem lại văn bằng.",
	},
	{
		Code: "R11", Severity: domain.Error, Scope: ScopeRow, Cell: "Ngày cấp GCN", waivable: true, alone: certificateOld, Limits: []limitName{certificateAge},
		Title:   "Giấy chứng nhận bồi dưỡng quá 60 tháng khi chi bộ họp xét",
		Why:     "Giấy chứng nhận có giá trị 60 tháng tính đến ngày chi bộ họp xét; quá hạn phải học lại. Cấp 15/01/2020 thì đến 15/01/2025 còn giá trị.",
		Source:  "Hướng dẫn 06-HD/TW điểm 5.4; trước đó áp dụng thời hạn 5 năm theo hướng dẫn của các cấp ủy.",
		Example: "Ô O11 (Nguồn kết nạp, Ngày cấp GCN bồi dưỡng): cấp 03/03/2014, chi bộ họp 08/09/2021 — chỉ có giá trị đến 03/03/2019 — xem lại ngày, nếu đúng thì phải học lại.",
	},
	{
		Code: "R12", Severity: domain.Error, Scope: ScopeRow, Cell: "ngày ở bước sau", waivable: true, alone: outOfOrder,
		Title:   "Ngày không theo thứ tự: GCN ≤ họp chi bộ ≤ quyết định ≤ lễ",
		Why:     "Bước sau không thể trước bước trước.",
		Source:  statutes + ", thủ tục xem xét kết nạp.",
		Example: "Ô R10 (Quyết định kết nạp, Ngày): ghi 01/03/2021, trước Ngày chi bộ họp xét 15/03/2021 (ô P10) — bước sau không thể trước bước trước — sửa một trong hai ngày.",
	},
	{
		Code: "R13", Severity: domain.Warning, Scope: ScopeRow, Cell: "Ngày QĐ", waivable: true, alone: slowDecision, Limits: []limitName{decisionDays},
		Title:   "Từ họp chi bộ đến quyết định quá 60 ngày làm việc",
		Why:     "Cấp ủy có thẩm quyền phải quyết định trong 60 ngày làm việc kể từ ngày chi bộ có nghị quyết đề nghị.",
		Source:  "Quy định 232-QĐ/TW mục 4.3.1, Quy định 294-QĐ/TW; áp dụng như nhau cho các năm trước.",
		Example: "Ô R10 (Quyết định kết nạp, Ngày): ghi 31/08/2021, sau ngày họp chi bộ 103 ngày làm việc — không quá 60 ngày làm việc — nếu đúng, ghi lý do vào Ghi chú.",
	},
	{
		Code: "R14", Severity: domain.Warning, Scope: ScopeRow, Cell: "Ngày lễ", waivable: true, alone: slowCeremony, Limits: []limitName{ceremonyDays},
		Title:   "Từ quyết định đến lễ kết nạp quá 30 ngày làm việc",
		Why:     "Chi bộ phải tổ chức kết nạp trong 30 ngày làm việc kể từ ngày nhận được quyết định; mẫu không có ngày nhận nên tính từ ngày quyết định.",
		Source:  statutes + ", mục 4.1.",
		Example: "Ô S10 (Ngày tổ chức lễ kết nạp): ghi 31/08/2021, sau ngày quyết định 44 ngày làm việc — không quá 30 ngày làm việc — nếu đúng, ghi lý do vào Ghi chú.",
	},
	{
		Code: "R15", Severity: domain.Error, Scope: ScopeRow, Cell: "ngày tính kỳ", waivable: true, alone: outsidePeriod,
		Title:   "Ngày tính vào kỳ nằm ngoài khoảng từ 01/01 đến hết kỳ",
		Why:     "Danh sách là lũy kế từ đầu năm đến hết kỳ; người của năm trước hoặc của kỳ sau không tính vào đây.",
		Source:  "Quy ước của mẫu KND-01; ngày nào tính vào kỳ là cài đặt counting_date (mặc định: ngày quyết định).",
		Example: "Ô R11 (Quyết định kết nạp, Ngày): ghi 04/05/2022 — phải từ 01/01/2021 đến 31/10/2021 — sửa ngày, hoặc chuyển người này sang báo cáo của kỳ đó.",
	},
	{
		Code: "R16", Severity: domain.Info, Scope: ScopeRow, Cell: "Ngày lễ", waivable: true, alone: twoPeriods,
		Title:   "Quyết định và lễ kết nạp ở hai kỳ khác nhau",
		Why:     "Để biết vì sao số theo ngày quyết định khác số theo ngày lễ.",
		Source:  "Quy ước của chương trình: một người chỉ được tính vào một kỳ.",
		Example: "Ô S10 (Ngày tổ chức lễ kết nạp): lễ 02/10/2021, quyết định 20/09/2021 — người này được tính vào kỳ 2021-09.",
	},
	{
		Code: "R17", Severity: domain.Warning, Scope: ScopeRow, Cell: "Số QĐ", waivable: true, alone: decisionNumber,
		Title:   "Số quyết định không theo dạng NN-QĐ/HU",
		Why:     "Số, ký hiệu văn bản của Đảng có dạng 05-QĐ/HU (TU, ĐU…); sai dạng thì không tra được văn bản.",
		Source:  "Hướng dẫn 36-HD/VPTW ngày 03/4/2018; Hướng dẫn 05-HD/VPTW ngày 27/5/2026.",
		Example: "Ô Q10 (Quyết định kết nạp, Số): ghi «5» — phải có dạng 05-QĐ/HU — ghi đủ số và ký hiệu.",
	},
	{
		Code: "R18", Severity: domain.Error, Scope: ScopeRow, Cell: "Chi bộ", waivable: true, alone: cellUnknown, ofUnit: true,
		Title:   "Chi bộ không có trong danh sách chi bộ của đơn vị",
		Why:     "Số của chi bộ được đối chiếu theo tên chi bộ.",
		Source:  "Danh sách chi bộ trong tệp chỉ tiêu.",
		Example: "Ô H10 (Chi bộ): ghi «Chi bộ xóm Đòai» — phải là một chi bộ của đơn vị — có phải «Chi bộ xóm Đoài»? Sửa lại cho đúng.",
	},
	{
		Code: "R19", Severity: domain.Warning, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: unlisted,
		Title:   "Giá trị ngoài danh mục",
		Why:     "Biểu 2, 2B đếm theo danh mục; giá trị lạ rơi vào ô khác. Ô đánh dấu chỉ ghi x hoặc để trống.",
		Source:  "Biểu số 2-BTCTW, 2B-BTCTW; danh mục trong config/codes.yaml.",
		Example: "Ô F10 (Dân tộc): ghi «Nùnq», không có trong danh mục — phải là một giá trị của danh mục — có phải «Nùng»? Sửa lại cho đúng.",
	},
	{
		Code: "R20", Severity: domain.Info, Scope: ScopeRow, Cell: "Đoàn viên", waivable: true, alone: oldYouth, Limits: []limitName{youthUnionAge},
		Title:   "Đoàn viên quá 30 tuổi khi chi bộ họp xét",
		Why:     "Đoàn viên hết tuổi sinh hoạt đoàn ở tuổi 30, trừ cán bộ đoàn.",
		Source:  "Điều lệ Đoàn TNCS Hồ Chí Minh.",
		Example: "Ô L10 (Đoàn viên): đánh dấu đoàn viên, sinh 01/05/1990, khi họp đã quá 30 tuổi — thường đã trưởng thành đoàn — xem lại dấu x.",
	},
	{
		Code: "R21", Severity: domain.Error, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: future,
		Title:   "Ngày cấp GCN, họp chi bộ hoặc công nhận sau ngày cuối kỳ",
		Why:     "Việc chưa xảy ra thì chưa báo cáo. Ngày lễ sau kỳ: cảnh báo, chưa tổ chức thì để trống.",
		Source:  ourForm,
		Example: "Ô P10 (Ngày chi bộ họp xét): ghi 05/11/2021, sau ngày cuối kỳ 31/10/2021 — phải là việc đã xảy ra trong kỳ — sửa ngày, hoặc để sang kỳ sau.",
	},

	// Across rows, sheets and returns.
	{
		Code: "X01", Severity: domain.Error, Scope: ScopeAcross, Cell: "số định danh thứ hai", waivable: true, alone: sameID,
		Title:   "Một số định danh xuất hiện hai lần trong báo cáo",
		Why:     "Một người chỉ được tính một lần.",
		Source:  ourCount,
		Example: "Ô E12 (Số định danh cá nhân (CCCD)): số *********143 đã có ở ô E11 — mỗi người một dòng — xóa dòng thừa hoặc sửa số.",
	},
	{
		Code: "X02", Severity: domain.Error, Scope: ScopeAcross, Cell: "Số định danh cá nhân", waivable: true, against: elsewhere,
		Title:   "Số định danh đã có ở đơn vị khác, hoặc đã kết nạp năm trước mà không ghi «Kết nạp lại»",
		Why:     "Một người không thể được kết nạp ở hai nơi; người của năm trước không tính lại năm nay.",
		Source:  statutes + ", mục 3.5 (kết nạp lại); mỗi người chỉ được tính một lần.",
		Example: "Ô E10 (Số định danh cá nhân (CCCD)): số *********143 cũng có trong báo cáo của Đảng bộ xã Hà Châu — mỗi người chỉ được tính ở một đơn vị — hai đơn vị đối chiếu, đơn vị ghi sai sửa lại.",
	},
	{
		Code: "X03", Severity: domain.Warning, Scope: ScopeAcross, Cell: "Họ và tên", waivable: true, alone: namesakes, against: namesakesElsewhere,
		Title:   "Trùng họ tên và ngày sinh, số định danh khác nhau hoặc để trống",
		Why:     "Có thể là một người bị ghi hai lần với số định danh sai.",
		Source:  ourCount,
		Example: "Ô B12 (Họ và tên): trùng họ tên và ngày sinh với ô B11, số định danh khác nhau — mỗi người một dòng — nếu là hai người, ghi vào Ghi chú.",
	},
	{
		Code: "X04", Severity: domain.Warning, Scope: ScopeAcross, Cell: "Số QĐ", waivable: true, alone: decisionDates, against: decisionDatesElsewhere,
		Title:   "Một số quyết định có hai ngày khác nhau",
		Why:     "Một quyết định chỉ có một ngày; khác nhau là ghi nhầm số hoặc ngày. Quyết định do chính đơn vị ra (ĐU) không so giữa các đơn vị.",
		Source:  "Hướng dẫn 36-HD/VPTW: số văn bản đánh liên tục theo nhiệm kỳ.",
		Example: "Ô Q12 (Quyết định kết nạp, Số): số 43-QĐ/HU ghi ngày 19/04/2021, ở ô Q10 ghi ngày 20/04/2021 — một quyết định chỉ có một ngày — xem lại quyết định.",
	},
	{
		Code: "X05", Severity: domain.Error, Scope: ScopeAcross, Cell: "số định danh ở NGUON", waivable: true, alone: stillInPool,
		Title:   "Người đã kết nạp vẫn còn trong danh sách nguồn",
		Why:     "Người đã kết nạp không còn là nguồn; để lại thì đếm hai lần.",
		Source:  ourForm,
		Example: "Ô E15 (Số định danh cá nhân (CCCD)): số *********143 đã có trong KET_NAP ở ô E11 — người đã kết nạp không còn trong nguồn — xóa dòng này ở NGUON.",
	},
	{
		Code: "X06", Severity: domain.Warning, Scope: ScopeAcross, Cell: "tiêu đề TT", waivable: true, against: gone, ofUnit: true,
		Title:   "Người đã có trong báo cáo kỳ trước của năm nay không còn",
		Why:     "Danh sách là lũy kế: người đã kết nạp phải có trong mọi báo cáo sau của năm.",
		Source:  ourForm,
		Example: "Ô A7 (TT): thiếu 1 người đã có trong báo cáo kỳ 2021-09 (dòng 12 của báo cáo đó) — danh sách phải đủ từ đầu năm — bổ sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng.",
	},
	{
		Code: "X07", Severity: domain.Info, Scope: ScopeAcross, Cell: "Ngày cấp GCN", waivable: true, alone: expiring, Limits: []limitName{certificateAge, expiryNotice},
		Title:   "Giấy chứng nhận của người trong nguồn sắp hết hạn",
		Why:     "Còn 6 tháng để chi bộ họp xét trước khi phải học lại.",
		Source:  "Hướng dẫn 06-HD/TW điểm 5.4.",
		Example: "Ô L10 (Ngày cấp GCN bồi dưỡng): cấp 20/11/2016, có giá trị đến 20/11/2021 — chi bộ phải họp xét trước ngày đó.",
	},

	// Arithmetic.
	{
		Code: "A01", Severity: domain.Error, Scope: ScopeSums, Cell: "ô Tổng cộng, Lũy kế (không có dòng đó: tiêu đề cột)", waivable: true, alone: totalAgainstList,
		Title:   "Tổng cộng Lũy kế ở CHI_BO khác số người trong KET_NAP",
		Why:     "Số tổng hợp lấy từ danh sách; hai nơi phải bằng nhau.",
		Source:  ourCount,
		Example: "Ô E25 (Tổng cộng, Lũy kế): ghi 14, danh sách KET_NAP có 12 người — hai số phải bằng nhau — sửa ô E25 hoặc danh sách.",
	},
	{
		Code: "A02", Severity: domain.Error, Scope: ScopeSums, Cell: "ô đó", waivable: true, alone: cellAgainstList,
		Title:   "Lũy kế hoặc Trong kỳ của chi bộ khác số người của chi bộ đó trong KET_NAP",
		Why:     "Số của chi bộ phải truy được về từng người.",
		Source:  ourCount,
		Example: "Ô E10 (Chi bộ Cơ quan xã, Lũy kế): ghi 7, danh sách KET_NAP có 0 người — hai số phải bằng nhau — sửa ô E10 hoặc danh sách.",
	},
	{
		Code: "A03", Severity: domain.Error, Scope: ScopeSums, Cell: "ô Tổng cộng", waivable: true, alone: totalAgainstCells,
		Title:   "Tổng cộng khác tổng các chi bộ",
		Why:     "Công thức cộng thiếu dòng, hoặc số gõ đè lên công thức.",
		Source:  ourCount,
		Example: "Ô E25 (Tổng cộng, Kết nạp, Lũy kế từ đầu năm): ghi 14, các chi bộ cộng lại là 13 — phải bằng tổng các dòng — sửa công thức ở ô E25.",
	},
	{
		Code: "A04", Severity: domain.Error, Scope: ScopeSums, Cell: "ô đó", waivable: true, alone: notCount,
		Title:   "Số âm, số lẻ hoặc không phải số ở ô đếm người",
		Why:     "Người thì đếm bằng số nguyên không âm.",
		Source:  ourCount,
		Example: "Ô E12 (Kết nạp, Lũy kế từ đầu năm): ghi «2,5», không phải số nguyên — phải là số người — sửa lại.",
	},
	{
		Code: "A05", Severity: domain.Warning, Scope: ScopeSums, Cell: "ô đó", waivable: true, alone: trainedAgainstLists,
		Title:   "Nguồn đã bồi dưỡng trong năm khác số GCN cấp trong năm ở các danh sách",
		Why:     "Số bồi dưỡng là số giấy chứng nhận cấp trong năm của người đã kết nạp và người còn trong nguồn.",
		Source:  ourCount,
		Example: "Ô F13 (Chi bộ Trường Mầm non, Nguồn đã bồi dưỡng trong năm): ghi 1, các danh sách có 0 giấy chứng nhận cấp trong năm — hai số phải bằng nhau — sửa ô F13 hoặc danh sách.",
	},
	{
		Code: "A06", Severity: domain.Warning, Scope: ScopeSums, Cell: "ô đó", waivable: true, alone: waitingAgainstPool,
		Title:   "Hồ sơ đang chờ khác số người ở giai đoạn «Đã trình cấp ủy»",
		Why:     "Hồ sơ đang chờ là người trong NGUON đã trình cấp ủy.",
		Source:  ourCount,
		Example: "Ô G12 (Chi bộ xóm Chùa, Hồ sơ đang chờ): ghi 1, danh sách NGUON có 0 người đã trình cấp ủy — hai số phải bằng nhau — sửa ô G12 hoặc danh sách.",
	},
	{
		Code: "A07", Severity: domain.Error, Scope: ScopeSums, Cell: "ô Tổng cộng, Lũy kế (không có dòng đó: tiêu đề cột)", waivable: true, against: fell, ofUnit: true,
		Title:   "Lũy kế giảm so với báo cáo được tính của kỳ trước trong năm",
		Why:     "Lũy kế từ đầu năm không thể giảm, trừ khi có quyết định bị thu hồi: đề nghị cấp trên chấp nhận riêng.",
		Source:  ourCount,
		Example: "Ô E25 (Tổng cộng, Lũy kế): ghi 3, báo cáo kỳ 2021-09 là 4 — lũy kế không giảm trong năm — bổ sung người còn thiếu, hoặc giải trình với huyện.",
	},

	// Targets.
	{
		Code: "G01", Severity: domain.Error, Scope: ScopeTarget, Cell: "Chỉ tiêu năm", waivable: true, alone: targetWrong, ofUnit: true,
		Title:   "Chỉ tiêu năm khác chỉ tiêu được giao",
		Why:     "Chỉ tiêu là số cấp trên giao bằng văn bản, không phải số đơn vị tự đặt.",
		Source:  "Văn bản giao chỉ tiêu ghi trong tệp chỉ tiêu.",
		Example: "Ô B17 (Chỉ tiêu năm): ghi 6, huyện giao 8 theo 01-KH/HU ngày 15/01/2021 — sửa thành 8.",
	},
	{
		Code: "G02", Severity: domain.Warning, Scope: ScopeTarget, Cell: "ô đó", waivable: true, alone: cellTargetWrong, ofUnit: true,
		Title:   "Chỉ tiêu của chi bộ khác chỉ tiêu giao cho chi bộ đó",
		Why:     "Chỉ tiêu chi bộ được ghi trong tệp chỉ tiêu của cơ quan.",
		Source:  "Danh sách chi bộ trong tệp chỉ tiêu.",
		Example: "Ô C13 (Chi bộ Trường Mầm non, Chỉ tiêu năm): ghi 4, chỉ tiêu giao cho chi bộ là 3 — hai số phải bằng nhau — sửa thành 3, nếu đã đổi thì ghi vào Ghi chú.",
	},
	{
		Code: "G03", Severity: domain.Warning, Scope: ScopeTarget, Cell: "ô Tổng cộng, Chỉ tiêu năm (không có dòng đó: tiêu đề cột)", waivable: true, alone: cellTargetsShort, ofUnit: true,
		Title:   "Tổng chỉ tiêu các chi bộ thấp hơn chỉ tiêu của đơn vị",
		Why:     "Giao chưa hết thì khó hoàn thành.",
		Source:  "Nghị quyết, kế hoạch giao chỉ tiêu của đơn vị.",
		Example: "Ô C24 (Tổng cộng, Chỉ tiêu năm): các chi bộ cộng lại 7, đơn vị được giao 8 — phải giao đủ cho các chi bộ — giao thêm, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng.",
	},
	{
		Code: "G04", Severity: domain.Info, Scope: ScopeTarget, Cell: "–", waivable: true, alone: reached, ofUnit: true,
		Title:   "Đã đạt hoặc vượt chỉ tiêu",
		Why:     "Để biểu dương và điều chỉnh nguồn.",
		Source:  ourCount,
		Example: "Chỉ tiêu năm: đã kết nạp 9 trên chỉ tiêu 9 — đạt chỉ tiêu.",
	},
	{
		Code: "G05", Severity: domain.Info, Scope: ScopeTarget, Cell: "–", waivable: true, alone: poolShort, ofUnit: true, Limits: []limitName{certificateAge},
		Title:   "Nguồn còn giấy chứng nhận ít hơn số còn phải kết nạp",
		Why:     "Chỉ người có giấy chứng nhận còn giá trị mới được xét kết nạp ngay.",
		Source:  "Hướng dẫn 06-HD/TW điểm 5.4; kinh nghiệm công tác tạo nguồn.",
		Example: "Chỉ tiêu năm: còn phải kết nạp 5, nguồn có giấy chứng nhận còn giá trị là 3 — nguồn nên nhiều hơn — cử thêm quần chúng đi học.",
	},

	// The whole.
	{
		Code: "D01", Severity: domain.Warning, Scope: ScopeDistrict, Cell: "CHI_TIEU", ofWhole: true,
		Title:   "Chỉ tiêu các đơn vị cộng lại khác chỉ tiêu toàn cấp",
		Why:     "Hiện cả hai số, không tự chia lại.",
		Source:  "Tệp chỉ tiêu của cơ quan.",
		Example: "Ô D4 (Chỉ tiêu toàn huyện): giao 190, các đơn vị cộng lại 188 — hai số nên bằng nhau — kiểm tra tệp chỉ tiêu.",
	},
	{
		Code: "D02", Severity: domain.Error, Scope: ScopeDistrict, Cell: "–", ofWhole: true,
		Title:   "Số tổng hợp khác tổng các báo cáo được tính",
		Why:     "Điều này không được phép xảy ra: nếu thấy là lỗi của chương trình.",
		Source:  ourCount,
		Example: "Lũy kế kỳ 2021-10: tổng hợp 129, các báo cáo cộng lại 128 — hai số phải bằng nhau — không dùng bản tổng hợp này, báo cho người phụ trách chương trình.",
	},
	{
		Code: "D03", Severity: domain.Warning, Scope: ScopeDistrict, Cell: "–", ofWhole: true,
		Title:   "Số của kỳ trước đã công bố nay thay đổi",
		Why:     "Báo cáo sửa chữa đến sau làm thay đổi số đã gửi cấp trên.",
		Source:  ourCount,
		Example: "Lũy kế kỳ 2021-09: đã công bố 129, nay là 131 — số đã công bố không nên thay đổi trong im lặng — báo cáo lại cấp trên.",
	},
}

// ruleOf is the row of a code, nil when there is none.
func ruleOf(code string) *rule {
	i := slices.IndexFunc(catalogue, func(r rule) bool { return r.Code == code })
	if i < 0 {
		return nil
	}
	return &catalogue[i]
}

// Codes are the codes of the catalogue, in its order.
func Codes() []string {
	codes := make([]string, len(catalogue))
	for i := range catalogue {
		codes[i] = catalogue[i].Code
	}
	return codes
}

// Rule is a rule as it is shown: `ketnap rules`, docs/rules.md.
type Rule struct {
	Code        string
	Severity    domain.Severity // in force
	Scope       Scope
	Cell        string // where the finding points, in words
	Title       string
	Why         string
	Source      string
	Example     string
	Waivable    bool    // one finding of it can be accepted (ketnap waive)
	Limits      []Limit // that it uses
	From, Until domain.Period
	Exempt      []Exemption
}

// Exemption is a unit that a rule does not apply to, and why.
type Exemption struct{ Unit, Why string }

// Catalogue lists every rule as it is in force, the local ones last.
func (rules *Rules) Catalogue() []Rule {
	list := make([]Rule, 0, len(catalogue)+len(rules.local))
	for i := range catalogue {
		list = append(list, rules.shown(&catalogue[i]))
	}
	for _, l := range rules.local {
		list = append(list, rules.shown(&l.rule))
	}
	return list
}

func (rules *Rules) shown(r *rule) Rule {
	s := rules.settings[r.Code]
	shown := Rule{
		Code: r.Code, Severity: s.severity, Scope: r.Scope, Cell: r.Cell, Title: r.Title, Why: r.Why, Source: r.Source,
		Example: r.Example, Waivable: r.waivable, From: s.from, Until: s.until,
	}
	for _, name := range r.Limits {
		shown.Limits = append(shown.Limits, rules.limits[name])
	}
	for _, unit := range sortedKeys(s.exempt) {
		shown.Exempt = append(shown.Exempt, Exemption{unit, s.exempt[unit]})
	}
	return shown
}
