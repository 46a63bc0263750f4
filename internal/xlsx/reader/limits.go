package reader

import (
	"fmt"
	"strings"
	"time"

	"ketnap/internal/viet"
)

// Limits bound what one file may cost. They are far above what offices send
// (the largest real return seen had 200 sheets, 56,000 rows and 940,000 cells)
// and far below what a crafted file can ask for.
type Limits struct {
	FileSize    int64 // bytes of the file
	Entries     int   // entries in the zip; ten times as many may be named
	TotalSize   int64 // bytes of all entries unpacked, as declared
	PartSize    int64 // bytes of one entry unpacked
	Ratio       int64 // unpacked to packed size of an entry larger than 1 MiB
	Sheets      int
	Columns     int // the last column that may hold a value
	Rows        int // rows with values in one sheet
	Cells       int // cells in the whole workbook, styled blank ones too
	Strings     int // shared strings
	StringBytes int // bytes of all shared strings
	Text        int // characters in one cell or formula (Excel's own limit)
	Formulas    int // bytes of all formulas
	LegacyBytes int // bytes of text that may be TCVN3 or VNI
	Comments    int // comments in all sheets
	Drawings    int // shapes and pictures in all sheets, and their anchors
	Merges      int // merged ranges in one sheet
	NumFmts     int // number formats
	Styles      int // cell styles and fonts (Excel's own limit)
	Depth       int // nesting of XML elements
	Attributes  int // attributes of one element
	Token       int // bytes of one tag or piece of text
	Keep        int // bytes of shared strings and rows kept after Open; a sheet beyond them is read again

	LibreOffice   string        // program that converts .xls and .ods; "" looks for soffice in PATH, "-" means none
	ConvertTime   time.Duration // for one conversion
	ConvertMemory int64         // address space of one conversion in bytes, where the system can limit it
}

const mebi = 1 << 20

// DefaultLimits are limits that no honest workbook of an office has been seen to pass.
func DefaultLimits() Limits {
	return Limits{
		FileSize:    30 * mebi,
		Entries:     2_000,
		TotalSize:   256 * mebi,
		PartSize:    128 * mebi,
		Ratio:       250,
		Sheets:      256,
		Columns:     1_024,
		Rows:        200_000,
		Cells:       5_000_000,
		Strings:     1_000_000,
		StringBytes: 32 * mebi,
		Text:        32_767,
		Formulas:    32 * mebi,
		LegacyBytes: 2 * mebi,
		Comments:    20_000,
		Drawings:    50_000,
		Merges:      10_000,
		NumFmts:     5_000,
		Styles:      65_430,
		Depth:       64,
		Attributes:  100,
		Token:       mebi,
		Keep:        48 * mebi,

		ConvertTime:   60 * time.Second,
		ConvertMemory: 2 << 30,
	}
}

// tooMuch is the refusal of a file beyond a limit: what there is too much of, how
// much of it was found, and the limit.
func tooMuch(place, what, amount, limit string) *Refusal {
	return &Refusal{
		Rule:   "F12",
		Detail: fmt.Sprintf("tệp vượt giới hạn về %s: %s, giới hạn là %s", what, amount, limit),
		Part:   place,
		Advice: "xóa các trang tính, dòng, cột và hình ảnh thừa (hoặc chép số liệu sang biểu mẫu trắng), lưu lại rồi gửi lại",
	}
}

// tooMany is tooMuch where counting ended at the limit.
func tooMany(place, what string, limit int) *Refusal {
	return tooMuch(place, what, "trên "+count(limit), count(limit))
}

// mebibytes writes a size the Vietnamese way: 30 MiB, 1,5 MiB.
func mebibytes(n int64) string {
	s := strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/mebi), ".0")
	return strings.Replace(s, ".", ",", 1) + " MiB"
}

// count writes a number the Vietnamese way, 200.000.
func count[N int | int64 | uint64](n N) string { return viet.Thousands(int(n)) }
