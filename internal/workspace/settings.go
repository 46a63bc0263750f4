package workspace

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/report"
	"ketnap/internal/store"
	"ketnap/internal/xlsx/reader"
)

// Settings are what an office may set in ketnap.yaml. Every one has a default
// (DefaultSettings); folders are relative to the workspace.
type Settings struct {
	Inbox      string `mapstructure:"inbox"`
	Assignment string `mapstructure:"assignment"`
	Data       string `mapstructure:"data"`
	Out        string `mapstructure:"out"`
	// Store is where the record lies when it is not in the data folder: a postgres:// URL whose
	// search_path names the workspace's own schema. The password is never in it.
	Store string `mapstructure:"store"`
	// Archive is where originals lie when they are not in the data folder: an s3:// URL. The keys
	// to it are never in it.
	Archive string `mapstructure:"archive"`

	// Received says which day a return counts as received: first-seen (the day a
	// run first read it), file (its modification time) or cover (its Ngày lập, when that is
	// not after the day a run first read it; else that day).
	Received string `mapstructure:"received"`
	// CountingDate says which date puts a person in a period: decision, meeting or ceremony.
	CountingDate string `mapstructure:"counting_date"`
	// CutoffDay is the day of the month that periods end on, 25 for one that runs from the
	// 26th to the 25th; 0 is the last of the month. The year stays 1 January to 31 December.
	CutoffDay int `mapstructure:"cutoff_day"`
	// DeadlineDays is the last day to send, in days after the period's end; -1 is no deadline.
	DeadlineDays int `mapstructure:"deadline_days"`
	// The same for the month that ends a quarter, a half-year or a year; -1 is as for
	// the shorter period.
	DeadlineDaysQuarter  int `mapstructure:"deadline_days_quarter"`
	DeadlineDaysHalfYear int `mapstructure:"deadline_days_half_year"`
	DeadlineDaysYear     int `mapstructure:"deadline_days_year"`

	// FormWording says how the rows of Biểu 2 name the levels: auto (by the period's
	// end), huyen (until 30/6/2025) or hai-cap (from 1/7/2025).
	FormWording string `mapstructure:"form_wording"`
	// Bands are the shares of the target, in percent, that bound the classes of units,
	// the highest first.
	Bands []int `mapstructure:"bands"`

	Office Office `mapstructure:"office"`

	// KeepYears is how many years after its own the personal data of a year is kept at least.
	KeepYears int `mapstructure:"keep_years"`

	// LogLevel is trace, debug, info, warn or error: how much of the operator's
	// diary is written to stderr.
	LogLevel string `mapstructure:"log_level"`
	// LibreOffice is the program that converts .xls and .ods; "" looks for soffice,
	// "off" never converts.
	LibreOffice string `mapstructure:"libreoffice"`

	Limits Limits `mapstructure:"limits"`
}

// Limits bound what one file may cost; a file beyond one is returned (F12) with
// the limit named. Each must be above 0.
type Limits struct {
	FileMiB        int `mapstructure:"file_mib"`        // the file itself
	UnpackedMiB    int `mapstructure:"unpacked_mib"`    // all its parts unpacked
	PartMiB        int `mapstructure:"part_mib"`        // one part unpacked
	Sheets         int `mapstructure:"sheets"`          // worksheets
	Columns        int `mapstructure:"columns"`         // the last column that may hold a value
	Rows           int `mapstructure:"rows"`            // rows with values in one sheet
	Cells          int `mapstructure:"cells"`           // cells in the whole workbook
	Strings        int `mapstructure:"strings"`         // different texts
	Merges         int `mapstructure:"merges"`          // merged ranges in one sheet
	Styles         int `mapstructure:"styles"`          // cell styles
	ConvertSeconds int `mapstructure:"convert_seconds"` // for LibreOffice to convert one .xls or .ods
	ConvertMiB     int `mapstructure:"convert_mib"`     // of memory for that
}

const mebi = 1 << 20

// defaultLimits are the reader's own, in the units of the settings.
func defaultLimits() Limits {
	d := reader.DefaultLimits()
	return Limits{
		FileMiB: int(d.FileSize / mebi), UnpackedMiB: int(d.TotalSize / mebi), PartMiB: int(d.PartSize / mebi),
		Sheets: d.Sheets, Columns: d.Columns, Rows: d.Rows, Cells: d.Cells, Strings: d.Strings, Merges: d.Merges, Styles: d.Styles,
		ConvertSeconds: int(d.ConvertTime / time.Second), ConvertMiB: int(d.ConvertMemory / mebi),
	}
}

// readerLimits are the limits the reader runs with: its own, where the settings
// have none.
func (s Settings) readerLimits() reader.Limits {
	l := reader.DefaultLimits()
	l.FileSize, l.TotalSize, l.PartSize = int64(s.Limits.FileMiB)*mebi, int64(s.Limits.UnpackedMiB)*mebi, int64(s.Limits.PartMiB)*mebi
	l.Sheets, l.Columns, l.Rows, l.Cells = s.Limits.Sheets, s.Limits.Columns, s.Limits.Rows, s.Limits.Cells
	l.Strings, l.Merges, l.Styles = s.Limits.Strings, s.Limits.Merges, s.Limits.Styles
	l.StringBytes = int(l.PartSize / 4) // of a part that is mostly marks
	l.ConvertTime, l.ConvertMemory = time.Duration(s.Limits.ConvertSeconds)*time.Second, int64(s.Limits.ConvertMiB)*mebi
	if l.LibreOffice = s.LibreOffice; s.LibreOffice == "off" {
		l.LibreOffice = "-"
	}
	return l
}

// Office is the committee that issues the workbooks, as their heading words it.
type Office struct {
	Level      string `mapstructure:"level"`      // the word after "toàn": huyện, thành phố, tỉnh, xã
	Parent     string `mapstructure:"parent"`     // ĐẢNG BỘ TỈNH THÁI NGUYÊN
	Name       string `mapstructure:"name"`       // HUYỆN ỦY PHÚ BÌNH
	Department string `mapstructure:"department"` // BAN TỔ CHỨC
	// Organisation heads the returns of its units: ĐẢNG BỘ HUYỆN PHÚ BÌNH; "" is Name.
	Organisation string `mapstructure:"organisation"`
	Code         string `mapstructure:"code"`         // of the office at the level above: on its own return
	Place        string `mapstructure:"place"`        // Phú Bình
	Symbol       string `mapstructure:"symbol"`       // HU: after «Số …-BC/» of the report
	Authority    string `mapstructure:"authority"`    // T/M BAN THƯỜNG VỤ
	SignerTitle  string `mapstructure:"signer_title"` // TRƯỞNG BAN
	Signer       string `mapstructure:"signer"`
	Preparer     string `mapstructure:"preparer"`
}

// heading is the office as the workbooks show it. The date of issue is left to
// be written by hand: no clock reaches a workbook.
func (o Office) heading() report.Office {
	return report.Office{
		Level: o.Level, Parent: o.Parent, Name: o.Name, Department: o.Department, Place: o.Place, Symbol: o.Symbol,
		Authority: o.Authority, SignerTitle: o.SignerTitle, Signer: o.Signer, Preparer: o.Preparer,
	}
}

// The values of Settings.Received.
const (
	FirstSeen = "first-seen"
	FileTime  = "file"
	CoverDate = "cover"
)

// DefaultSettings are in force where ketnap.yaml is silent.
func DefaultSettings() Settings {
	return Settings{
		Inbox: "inbox", Assignment: "assignment.xlsx", Data: "data", Out: "out",
		Received: CoverDate, CountingDate: string(domain.ByDecision),
		DeadlineDays: -1, DeadlineDaysQuarter: -1, DeadlineDaysHalfYear: -1, DeadlineDaysYear: -1,
		FormWording: string(domain.AutoWording), Bands: slices.Clone(consolidate.DefaultBands),
		Office:    Office{Level: "huyện", Name: "HUYỆN ỦY", Department: "BAN TỔ CHỨC", SignerTitle: "TRƯỞNG BAN"},
		KeepYears: 5, LogLevel: "warn", Limits: defaultLimits(),
	}
}

// Check refuses a value that is not one of the allowed; the sentence is for the
// operator, in Vietnamese.
func (s Settings) Check() error {
	for _, c := range []struct {
		key, value string
		allowed    []string
	}{
		{"received", s.Received, []string{FirstSeen, FileTime, CoverDate}},
		{"counting_date", s.CountingDate, []string{string(domain.ByDecision), string(domain.ByMeeting), string(domain.ByCeremony)}},
		{"form_wording", s.FormWording, []string{
			string(domain.AutoWording), string(domain.ThreeLevels), string(domain.TwoLevels),
		}},
		{"log_level", s.LogLevel, []string{"trace", "debug", "info", "warn", "error"}},
	} {
		if !slices.Contains(c.allowed, c.value) {
			return usageError(nil, "", "ketnap.yaml: %s: «%s» không dùng được — chọn một trong: %s.",
				c.key, c.value, strings.Join(c.allowed, ", "))
		}
	}
	for _, place := range [][2]string{{"inbox", s.Inbox}, {"assignment", s.Assignment}, {"data", s.Data}, {"out", s.Out}} {
		if place[1] == "" {
			return usageError(nil, "", "ketnap.yaml: %s: để trống — ghi tên thư mục hoặc tệp.", place[0])
		}
	}
	if err := s.checkStore(); err != nil {
		return err
	}
	l := s.Limits
	if min(l.FileMiB, l.UnpackedMiB, l.PartMiB, l.Sheets, l.Columns, l.Rows, l.Cells, l.Strings, l.Merges, l.Styles,
		l.ConvertSeconds, l.ConvertMiB) < 1 {
		return usageError(nil, "", "ketnap.yaml: limits: mỗi giới hạn phải lớn hơn 0 — sửa số, hoặc bỏ dòng đó để dùng mặc định.")
	}
	for i, b := range s.Bands {
		if b < 1 || i > 0 && b >= s.Bands[i-1] {
			return usageError(nil, "", "ketnap.yaml: bands: %s không dùng được — "+
				"ghi các mốc phần trăm lớn hơn 0, từ cao xuống thấp, như [100, 90, 50].", fmt.Sprint(s.Bands))
		}
	}
	if s.CutoffDay < 0 || s.CutoffDay > 28 {
		return usageError(nil, "", "ketnap.yaml: cutoff_day: %d không dùng được — "+
			"ghi ngày cuối kỳ trong tháng (1–28), hoặc 0 nếu kỳ hết vào cuối tháng.", s.CutoffDay)
	}
	if s.KeepYears < 2 { // reports of a year are compared with the year before
		return usageError(nil, "", "ketnap.yaml: keep_years: %d không dùng được — ghi số năm giữ dữ liệu cá nhân, từ 2 trở lên.", s.KeepYears)
	}
	for i, days := range s.Deadlines() {
		if days < -1 || days > 366 {
			key := []string{"deadline_days", "deadline_days_quarter", "deadline_days_half_year", "deadline_days_year"}[i]
			return usageError(nil, "", "ketnap.yaml: %s: %d không dùng được — "+
				"ghi số ngày sau khi hết kỳ (0–366), hoặc -1 nếu không đặt.", key, days)
		}
	}
	return nil
}

// checkStore says what is wrong with where the record is to lie.
func (s Settings) checkStore() error {
	if s.Store == "" {
		return nil
	}
	const example = "postgres://may-chu/ketnap?search_path=phu_binh"
	at, err := url.Parse(s.Store)
	if err != nil || !store.OnServer(s.Store) {
		return usageError(err, "", "ketnap.yaml: store: không đọc được địa chỉ máy chủ — "+
			"ghi như «%s», hoặc bỏ trống để giữ sổ trong thư mục data.", example)
	}
	if _, has := at.User.Password(); has {
		return usageError(nil, "", "ketnap.yaml: store: không ghi mật khẩu ở đây — "+
			"đặt mật khẩu trong biến môi trường PGPASSWORD hoặc tệp .pgpass.")
	}
	if schema, err := store.SchemaOf(s.Store); err != nil || !regexp.MustCompile(`^[a-z_][a-z0-9_]*$`).MatchString(schema) {
		return usageError(err, "", "ketnap.yaml: store: thiếu tên riêng của cơ quan trên máy chủ, hoặc tên có dấu, chữ hoa, dấu cách — "+
			"thêm search_path, như «%s».", example)
	}
	return nil
}

// counting is what puts a person in a period.
func (s Settings) counting() domain.Counting {
	return domain.Counting(s.CountingDate).EndingOn(s.CutoffDay)
}

// Deadlines are the days after the end of a month, and of one that ends a quarter,
// a half-year, a year.
func (s Settings) Deadlines() [4]int {
	return [4]int{s.DeadlineDays, s.DeadlineDaysQuarter, s.DeadlineDaysHalfYear, s.DeadlineDaysYear}
}

// deadline is the last day to send for a period, a working day; zero when none is set.
func (w *Workspace) deadline(p domain.Period) domain.Date {
	return w.Rules.WorkdayFrom(w.Settings.deadline(p))
}

// deadline is the day that the settings name for a period; zero when none is set. The longest
// period that the month ends and that has days of its own decides.
func (s Settings) deadline(p domain.Period) domain.Date {
	if p.IsZero() {
		return domain.Date{}
	}
	days := s.DeadlineDays
	for i, months := range []time.Month{3, 6, 12} {
		if longer := s.Deadlines()[i+1]; longer >= 0 && p.Month%months == 0 {
			days = longer
		}
	}
	if days < 0 {
		return domain.Date{}
	}
	return s.counting().Last(p).AddDays(days)
}

// Remedy is what would help against an error, where it is something to be asked of the
// program. Whoever shows the error words it in its own way: a command, a flag, a button.
type Remedy string

// What would help. "" is nothing of the kind: the sentence says it.
const (
	RunFirst      Remedy = "run"     // take in and judge what was sent
	NameFolder    Remedy = "folder"  // make a workspace, or name the folder of one
	NamePeriod    Remedy = "period"  // say which period
	NameCells     Remedy = "cells"   // say which of the cells
	GiveReason    Remedy = "reason"  // say why
	LaterDay      Remedy = "day"     // a day that has not passed
	Reopen        Remedy = "reopen"  // take returns for the period again
	ShowRules     Remedy = "rules"   // look at the catalogue
	RestoreBackup Remedy = "restore" // put a backup in the record's place
	ChooseBackup  Remedy = "backup"  // a file that a backup was made into
	AllowOlder    Remedy = "older"   // take the backup though it is older
)

// UsageError is a mistake in how the program was called or set up: settings, the
// assignment workbook, an inbox that is not there. Its text is a Vietnamese
// sentence for the operator; exit code 2.
type UsageError struct {
	Sentence      string // where there is a Remedy, without it
	Remedy        Remedy
	Cause         error
	Configuration bool // the Cause is a mistake in a file of the configuration
}

func (e *UsageError) Error() string { return e.Sentence }

func (e *UsageError) Unwrap() error { return e.Cause }

// RunError is why a run could not finish, where a person can do something about
// it: a folder that cannot be written. Its text is a Vietnamese sentence for the
// operator; exit code 3.
type RunError struct {
	Sentence string // where there is a Remedy, without it
	Remedy   Remedy
	Cause    error
}

func (e *RunError) Error() string { return e.Sentence }

func (e *RunError) Unwrap() error { return e.Cause }

// usageError is a *UsageError: its cause and what would help, if any, and the sentence.
func usageError(cause error, remedy Remedy, format string, args ...any) error {
	return &UsageError{Sentence: fmt.Sprintf(format, args...), Remedy: remedy, Cause: cause}
}

// runError is a *RunError likewise.
func runError(cause error, remedy Remedy, format string, args ...any) error {
	return &RunError{fmt.Sprintf(format, args...), remedy, cause}
}
