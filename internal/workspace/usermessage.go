package workspace

import (
	"errors"
	"runtime"
	"slices"
	"syscall"

	"ketnap/internal/intake"
	"ketnap/internal/store"
)

// UserMessage is what an error that ended a command means to the office, in one sentence;
// "" when nothing better can be said than the error itself.
func UserMessage(err error) string {
	switch {
	case errors.Is(err, store.ErrNewer):
		return "Sổ này do phiên bản mới hơn của chương trình ghi, phiên bản này không đọc được và không sửa gì — dùng phiên bản mới."
	case errors.Is(err, store.ErrNetwork):
		return "Sổ nằm trên ổ mạng, nơi không giữ được sổ nguyên vẹn — chuyển thư mục làm việc về ổ đĩa của máy này. " +
			"Riêng hộp thư để trên ổ mạng được: ghi nơi đó ở khóa inbox trong ketnap.yaml."
	case errors.Is(err, store.ErrServer):
		return "Không kết nối được máy chủ giữ sổ, hoặc kết nối bị ngắt — số liệu đã nhận trước đó vẫn nguyên vẹn; " +
			"kiểm tra mạng, máy chủ và khóa store trong ketnap.yaml rồi chạy lại."
	case errors.Is(err, intake.ErrUnreachable):
		return "Không kết nối được máy chủ S3 giữ bản gốc, hoặc máy chủ đó báo lỗi, quá chậm — số liệu đã nhận trước đó vẫn nguyên vẹn; " +
			"kiểm tra mạng, máy chủ và khóa archive trong ketnap.yaml rồi chạy lại."
	case errors.Is(err, intake.ErrRefused):
		return "Máy chủ S3 giữ bản gốc không cho vào — số liệu đã nhận trước đó vẫn nguyên vẹn; kiểm tra AWS_ACCESS_KEY_ID và " +
			"AWS_SECRET_ACCESS_KEY (hoặc tệp ~/.aws/credentials), quyền trên bucket và giờ của máy này rồi chạy lại."
	case errors.Is(err, intake.ErrNoBucket):
		return "Máy chủ S3 không có bucket ghi ở khóa archive trong ketnap.yaml — sửa tên, hoặc nhờ người quản trị tạo bucket, rồi chạy lại."
	case errors.Is(err, intake.ErrUnsound):
		return "Máy chủ S3 trả lại tệp khác với tệp đã gửi lên nên chưa nhận tệp nào — báo người quản trị máy chủ đó, rồi chạy lại."
	case errors.Is(err, intake.ErrAltered):
		return "Một bản gốc trong kho lưu không còn đúng như khi lưu, chưa xét gì theo nó — " +
			"soát sổ và kho lưu (verify), lấy lại bản gốc đó từ bản sao lưu rồi chạy lại."
	case errors.Is(err, store.ErrNotEmpty):
		return "Nơi chép đến đã có một sổ — chọn tên khác trên máy chủ (search_path), hoặc nhờ người quản trị bỏ sổ cũ đi trước."
	case errors.Is(err, store.ErrNotOurs):
		return "Sổ thiếu bảng hoặc cột của chương trình: đã bị sửa bằng chương trình khác, hoặc không phải sổ của ketnap; không ghi gì thêm — " +
			"lấy lại bản sao lưu mới nhất rồi chạy lại; đừng xóa thư mục archive, bản gốc của mọi báo cáo ở đó."
	case errors.Is(err, store.ErrDamaged):
		return "Sổ ketnap.db bị hỏng — lấy lại bản sao lưu mới nhất rồi chạy lại; đừng xóa thư mục archive, bản gốc của mọi báo cáo ở đó."
	case errors.Is(err, store.ErrFull), isErrno(err, syscall.ENOSPC, 112, 39), isErrno(err, syscall.EDQUOT):
		return "Hết chỗ trống trên đĩa, chưa ghi thêm được gì — số liệu đã nhận trước đó vẫn nguyên vẹn; dọn bớt đĩa rồi chạy lại."
	case isErrno(err, syscall.ENAMETOOLONG, 206):
		return "Tên tệp kèm các thư mục của nó quá dài, máy không ghi được — chuyển thư mục làm việc lại gần gốc ổ đĩa, " +
			"ví dụ D:\\Kết nạp, rồi chạy lại."
	case errors.Is(err, store.ErrDisk), isErrno(err, syscall.EIO, 1117, 23, 483):
		return "Đĩa báo lỗi khi đọc hoặc ghi — kiểm tra đĩa, sao lưu thư mục làm việc, rồi chạy lại."
	case errors.Is(err, store.ErrCannotOpen):
		return "Không mở được sổ trong thư mục số liệu: không có quyền ghi, hoặc hết chỗ trống trên đĩa — " +
			"số liệu đã nhận trước đó vẫn nguyên vẹn; kiểm tra quyền của thư mục làm việc và chỗ trống trên đĩa rồi chạy lại."
	case errors.Is(err, store.ErrReadOnly), isErrno(err, syscall.EACCES, 5), isErrno(err, syscall.EROFS, 19):
		return "Không có quyền ghi vào thư mục số liệu — " +
			"số liệu đã nhận trước đó vẫn nguyên vẹn; kiểm tra quyền của thư mục làm việc rồi chạy lại."
	}
	if why := intake.WhyOnWindows(err); why != "" && runtime.GOOS == "windows" { // of the archive, say
		return "Một tệp của thư mục làm việc " + why + "."
	}
	return ""
}

// isErrno reports whether the system gave one of these reasons: windows are the
// numbers that Windows has for it.
func isErrno(err error, unix syscall.Errno, windows ...syscall.Errno) bool {
	if runtime.GOOS != "windows" {
		return errors.Is(err, unix)
	}
	return slices.ContainsFunc(windows, func(n syscall.Errno) bool { return errors.Is(err, n) })
}
