package cli

import (
	"strings"

	"ketnap/internal/workspace"
)

// remedies words at the command line what would help against an error.
var remedies = map[workspace.Remedy]string{
	workspace.RunFirst:      "chạy «ketnap run» trước",
	workspace.NameFolder:    "dùng «ketnap init» để tạo, hoặc chỉ đúng thư mục bằng -C",
	workspace.NamePeriod:    "chỉ rõ kỳ bằng --period",
	workspace.NameCells:     "ghi rõ chỗ nào bằng --cell, một hoặc nhiều ô",
	workspace.GiveReason:    "thêm --why \"lý do\"",
	workspace.LaterDay:      "--until: ghi một ngày từ hôm nay trở đi",
	workspace.Reopen:        "mở lại bằng «ketnap reopen» trước",
	workspace.ShowRules:     "xem «ketnap rules»",
	workspace.RestoreBackup: "lấy lại ketnap.db từ bản sao lưu mới nhất bằng «ketnap restore», rồi chạy lại",
	workspace.ChooseBackup:  "chọn đúng tệp do «ketnap backup» tạo",
	workspace.AllowOlder:    "nếu không còn, thêm --older để dùng bản này",
}

// withRemedy is the sentence of an error with what would help at its end.
func withRemedy(sentence string, remedy workspace.Remedy) string {
	if remedy == "" {
		return sentence
	}
	return strings.TrimSuffix(sentence, ".") + " — " + remedies[remedy] + "."
}
