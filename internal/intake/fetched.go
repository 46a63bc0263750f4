package intake

import (
	"errors"
	"io/fs"
	"syscall"
)

// Regular reports whether what stands under a name is a file with bytes of its own, also one
// whose bytes lie in a cloud (OneDrive) until it is read.
func Regular(name string, info fs.FileInfo) bool {
	return info.Mode().IsRegular() || info.Mode().Type() == fs.ModeIrregular && fetched(reparsed(name))
}

// fetched reports whether attributes and a reparse tag, as Windows has them, are those of a file
// that reads as any other, its bytes being fetched or unpacked from where they lie. Go calls it
// irregular. What stands for another name, a pipe or a device is none.
func fetched(attributes, tag uint32) bool {
	const (
		folder, reparse   = 0x10, 0x400                           // FILE_ATTRIBUTE_…
		recalled          = 0x1000 | 0x4_0000 | 0x40_0000         // …OFFLINE, …RECALL_ON_OPEN, …RECALL_ON_DATA_ACCESS
		surrogate         = 0x2000_0000                           // in tags: another name is meant
		cloud, whichever  = 0x9000_001A, uint32(0xFFFF_0FFF)      // IO_REPARSE_TAG_CLOUD, and CLOUD_1 to CLOUD_F
		oneDrive, in8     = 0x8000_0021, 0x8000_0015              // ONEDRIVE, FILE_PLACEHOLDER
		packed, dedup     = 0x8000_0017, 0x8000_0013              // WOF, DEDUP
		synced, hsm, hsm2 = 0x8000_001E, 0xC000_0004, 0x8000_0006 // STORAGE_SYNC; HSM, HSM2: on tape
	)
	if attributes&reparse == 0 || attributes&folder != 0 || tag&surrogate != 0 {
		return false
	}
	switch tag {
	case oneDrive, in8, packed, dedup, synced, hsm, hsm2:
		return true
	}
	return tag&whichever == cloud || attributes&recalled != 0
}

// WhyOnWindows is what WhyUnreadable says of an error that only Windows has; "" of another.
func WhyOnWindows(err error) string {
	n, ok := errors.AsType[syscall.Errno](err)
	between := func(from, to syscall.Errno) bool { return from <= n && n <= to }
	switch {
	case !ok:
	case between(32, 33): // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
		return "đang bị chương trình khác giữ (thường là Excel) — đóng chương trình đó rồi chạy lại"
	case n == 358, between(362, 366), between(374, 375), between(377, 383), between(386, 398), n == 404, n == 426, // ERROR_CLOUD_FILE_…
		between(369, 372), n == 385, // ERROR_FILE_SYSTEM_VIRTUALIZATION_…
		n == 4350: // ERROR_FILE_OFFLINE
		return "còn nằm trên OneDrive (hoặc kho đám mây khác), chưa tải về máy được — mở tệp một lần khi có mạng, " +
			"hoặc bấm chuột phải vào tệp, chọn «Luôn giữ trên thiết bị này», rồi chạy lại"
	case n == 206: // ERROR_FILENAME_EXCED_RANGE
		return "có tên kèm thư mục quá dài — chuyển thư mục làm việc lại gần gốc ổ đĩa, ví dụ D:\\Kết nạp, rồi chạy lại"
	case n == 53, n == 59, n == 64, n == 67, n == 121, n == 1231: // ERROR_BAD_NETPATH … ERROR_NETWORK_UNREACHABLE
		return "nằm trên ổ mạng đang không kết nối được — kiểm tra mạng rồi chạy lại"
	}
	return ""
}
