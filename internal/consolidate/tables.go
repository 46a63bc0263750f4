// Package consolidate is the arithmetic: every accepted return of a period is counted
// by itself, and these ReturnTotals and the assignment give one Summary. It does no I/O and
// has no errors; what is not known stays unknown and is never made 0.
package consolidate

import (
	"fmt"
	"path"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// Summary is everything the workbooks of a period say.
type Summary struct {
	Period      domain.Span
	Failed      int                   // files that could not be read: some units may have sent one
	Counting    domain.Counting       // which date put a person in it
	Wording     domain.Wording        // with districts or without
	Whole       Line                  // all expected units; Target is that of TOAN_BO where one is given
	UnitSum     domain.Count          // the units' targets added up, of those that ended without a successor too; not Whole.Target: D01
	Groups      []Group               // in the order the register first names them
	Ended       []EndedLine           // units that have ended, with people who stay counted: in Whole, and in no group
	Movement    Movement              // how Whole came from the month before
	Findings    []domain.Finding      // of the period, in their total order
	RuleCounts  []RuleCount           // the findings by rule
	Readings    []FileReading         // how each file of the period was read; set by whoever knows the files
	CountedHash string                // of what was counted, the same on every machine; set by whoever knows the files
	Listed      map[string]ListCounts // by unit: of each return that counts, also of those that no line is for
	Tables

	Restated    []Restated         // of a closed period: figures that would be others today
	Waivers     []WaiverLine       // findings that the office accepts
	Republished []domain.Published // earlier periods whose published figure has changed (D03)
}

// FileReading is how a file of a unit was read.
type FileReading struct {
	Unit    string          `json:"unit"` // code
	File    string          `json:"file"`
	Reading *domain.Reading `json:"reading"`
}

// Restated is a figure of a closed period that would be another today, because
// rules or assignment have changed since it was closed.
type Restated struct {
	Unit        string // code; "" is the whole
	What        string // in Vietnamese: Lũy kế, Chỉ tiêu, …
	Closed, Now domain.Count
}

// WaiverLine is a finding that the office accepts, and who says so.
type WaiverLine struct {
	Unit, UnitName string
	Rule           string
	Cell           string // «E25» or «CHI_BO!E25»; "" is every cell
	Who            string
	When           domain.Date
	Why            string
}

// RuleCount is how often one rule had something to say in the period, errors and
// warnings that are not explained.
type RuleCount struct {
	Rule     string
	Title    string          // what is wrong, one line
	Severity domain.Severity // the gravest told
	Count    int
	Units    []string // codes of the units that have it, in register order; units not known are not in it
	Running  []string // of them, those that had it in the two months before too
}

// Group is a subtotal: the units of one Nhóm.
type Group struct {
	Name  string
	Line  Line
	Units []UnitLine
}

// UnitLine is one unit: its figures, where its return stands, and where the
// figures come from.
type UnitLine struct {
	Unit         reference.Unit
	Line         Line
	UnitStatus   UnitStatus
	Source       Source
	LastYearNote string // in Vietnamese: what last year's figure is made of, or why there is none; "" where that is plain
}

// Line is the figures of a unit, a group or the whole. A unit that has not an
// accepted return has only its targets and last year's figure.
type Line struct {
	Expected, Counted int // units; 1 and 0 or 1 for a unit

	Original domain.Count // the target first set
	Target   domain.Count // the target in force
	Document string       // the document that set it, «01-KH/HU ngày 15/01/2021»; "" for sums

	InPeriod domain.Count // admitted in the period
	ToDate   domain.Count // admitted since 1 January
	// Targeted are those of ToDate whose unit has a target: the numerator of Percent. The whole,
	// where it has a target of its own, counts everybody.
	Targeted domain.Count
	Percent  domain.Hundredths // Targeted / Target
	// Remaining is what units still lack, added up: what one has done beyond its target fills
	// no other's. Of the whole with a target of its own it is what that lacks. Never below 0.
	Remaining domain.Count
	Rank      int // by Percent, ties share a rank; 0 is unranked (no target, not counted, or no unit)

	LastYear domain.Count // same period last year, of all units that have a figure
	// Change compares the counted units only, on both sides: Compared of them have a figure of
	// last year too, and LastYearOfCounted is their sum, the base of ChangePercent.
	Compared          int
	LastYearOfCounted domain.Count
	Change            domain.Count
	ChangePercent     domain.Hundredths

	Trained domain.Count // certificates of this year, of people admitted or in the pool
	Waiting domain.Count // dossiers submitted to the committee
}

// Source is where a unit's figures come from.
type Source struct {
	File       string // relative to the workspace
	SHA256     string
	Submission int
	Admissions string // range of the rows counted, «KET_NAP!A10:V18»; the sheet alone when it has no rows
	Pool       string
}

// Status is where a unit's return stands. It is derived, never typed.
type Status string

// The statuses, in the words the office uses.
const (
	NotSent  Status = "Chưa gửi"
	Returned Status = "Trả lại"
	Received Status = "Đã nhận"
	Warned   Status = "Đã nhận, có cảnh báo"
	Closed   Status = "Đã chốt"
)

// NotSeen is the status of a unit that nothing was seen of while so many files could not
// be read: its return may be among them.
func NotSeen(failed int) Status {
	return Status(fmt.Sprintf("Chưa thấy (còn %d tệp chưa đọc được)", failed))
}

// UnitStatus is a unit's status for a period and how it came to it.
type UnitStatus struct {
	Status        Status
	Deadline      domain.Date // zero: no deadline is set
	FirstReceived domain.Date // the first version, good or not
	FirstClean    domain.Date // the first version without an error
	DaysLate      int         // of FirstClean after the deadline; 0 when nothing clean has come
	LastReceived  domain.Date // the last version, good or not
	Versions      int         // different files sent
	Counted       string      // path of the version that counts
	Returned      []string    // paths of versions sent back
	Errors        int         // of the newest version sent back

	CountedReceived domain.Date // the version that counts
	Warnings        []string    // rules of its warnings that nobody has explained, each once
	NoMore          bool        // nothing more is taken of the unit for the period
	Elsewhere       []OtherFile // of a unit that has sent nothing: files of another period that came when this one was due
}

// OtherFile is a file and the period that it names.
type OtherFile struct {
	Path   string
	Period domain.Period // zero: none that could be read
}

// String names the file as a sentence does: «bao cao.xlsx» ghi kỳ tháng 9/2021.
func (f OtherFile) String() string {
	if f.Period.IsZero() {
		return fmt.Sprintf("«%s» không đọc được kỳ báo cáo", path.Base(f.Path))
	}
	return fmt.Sprintf("«%s» ghi kỳ %s", path.Base(f.Path), f.Period.Short())
}

// OtherFiles tells them, a few of many; "" when there is none.
func (st UnitStatus) OtherFiles() string {
	const most = 3
	var files []string
	for _, f := range st.Elsewhere {
		if len(files) == most {
			files = append(files, "…")
			break
		}
		files = append(files, f.String())
	}
	return strings.Join(files, "; ")
}

// Tables are what the further sheets of the workbook show. Every figure counts the
// accepted returns only; a unit whose return does not count has unknown figures.
type Tables struct {
	Followers  []Group         // THEO_UY_VIEN: the units by Ủy viên phụ trách, in the order the register first names one; "" last
	Form2      []FormRow       // BIEU_2, in the order of the official form
	Form2B     []FormRow       // BIEU_2B: Now is the total, Women those of them
	Structure  []StructureLine // CO_CAU: every expected unit, in the order of Summary.Units
	Features   []Feature       // CO_CAU: what its columns count, in their order
	StructSum  StructureLine   // CO_CAU: the whole
	PartyCells []PartyCellLine // CHI_BO: every party cell of every unit, in register order
	Pool       []PoolLine      // NGUON: every expected unit
	PoolSum    PoolLine
	Months     []MonthLine // January to the last month of the period: admitted so far, this year and last
	Equalities []Equality  // DOI_CHIEU, failing ones first
	Bands      []Band      // classification of the units, best first
	Traces     []Trace     // NGUON_SO_LIEU
}

// FormRow is a row of an official form (DOMAIN: Biểu số 2-BTCTW, 2B-BTCTW).
type FormRow struct {
	No       string // "I", "II.1", "1"; "" for rows without a number
	Label    string
	Level    int          // 0 a section, 1 a row of it, 2 a row within a row ("+ …")
	Heading  bool         // the row only heads others: it has no figures
	Now      domain.Count // this period
	LastYear domain.Count // the same period last year
	Women    domain.Count // of Now; Biểu 2B only
	// Ratio is Now×100/LastYear; unknown ("-") where LastYear is 0 or unknown. In
	// Biểu 2B it is the share of the block's total.
	Ratio domain.Hundredths
	// Average marks the row Tuổi bình quân: Now and LastYear are years, in hundredths.
	Average bool
}

// Feature is a column of CO_CAU: a trait that people of KET_NAP have.
type Feature struct {
	Group string // "Độ tuổi", "Trình độ", "Nghề nghiệp", "Nhóm nguồn"; "" for Nữ, Dân tộc thiểu số, …
	Label string
}

// StructureLine is a row of CO_CAU; for the whole, Unit is empty: how many of a unit's admitted have each Feature.
type StructureLine struct {
	Unit     reference.Unit
	Admitted domain.Count
	Counts   []domain.Count // one for each of Tables.Features
}

// PartyCellLine is a row of CHI_BO.
type PartyCellLine struct {
	Unit     reference.Unit
	Cell     string
	Target   domain.Count // as the district assigned it, else as the unit states it
	Admitted domain.Count // since 1 January
}

// PoolLine is a row of NGUON: the source pool of a unit at the end of the period.
type PoolLine struct {
	Unit      reference.Unit
	Total     domain.Count
	Stages    []domain.Count // in the order of domain.Stages
	Trained   domain.Count   // certificates of this year, of people admitted or in the pool
	Local     domain.Count   // Tại chỗ
	Moved     domain.Count   // Nơi khác chuyển đến
	Expiring  domain.Count   // of people followed: certificates that run out within six months of the period's end
	Expired   domain.Count   // of people followed: certificates that have run out
	Remaining domain.Count   // places still to fill; negative when the target is passed
	// PerPlace is Trained/Remaining to one decimal, in hundredths: 390 is 3,9. Unknown
	// where no place is left.
	PerPlace domain.Hundredths
}

// MonthLine is a month of the year: admitted since 1 January, this year and last.
// Last year is known only when every unit counted has a figure for it.
type MonthLine struct {
	Period           domain.Period
	ToDate, LastYear domain.Count
	InMonth          domain.Count
}

// Equality is two figures that must be the same, and whether they are.
type Equality struct {
	Code        string // C01, D01, "Biểu 2 = KET_NAP", …: what demands it
	What        string // in Vietnamese
	Left, Right string // what each side is, in Vietnamese
	LeftIs      domain.Count
	RightIs     domain.Count
	AtMost      bool // Left need only not be above Right
	// Hundredths: the sides are percentages or years in hundredths (10000 is 100,00 %),
	// which may differ by Tolerance of them, because every share is rounded by itself.
	Hundredths bool
	Tolerance  int
	Unit       string // code; "" for what is of the whole
	ifKnown    bool   // not told at all while a side is not known
	Note       string // in Vietnamese; what to do, or why it may differ
}

// Known reports whether both sides are: else nothing can be said.
func (e Equality) Known() bool { return e.LeftIs.Known && e.RightIs.Known }

// Difference is Left − Right.
func (e Equality) Difference() domain.Count { return e.LeftIs.Minus(e.RightIs) }

// Holds reports whether the two sides agree. Unknown sides neither hold nor fail.
func (e Equality) Holds() bool {
	if !e.Known() {
		return true
	}
	d := e.Difference().N
	return e.AtMost && d <= e.Tolerance || max(d, -d) <= e.Tolerance
}

// Band is a class of units by the share of the target they reached, and, at the end,
// the units that no class can be told for.
type Band struct {
	Label   string   // "Từ 100 % trở lên", "Từ 50 % đến dưới 90 %"
	Units   []string // codes, in register order
	Outside bool     // not a class: no target, or no return that counts
}

// Trace is where a figure of a unit comes from.
type Trace struct {
	Unit   reference.Unit
	What   string // "Lũy kế", "Nguồn đã bồi dưỡng", "Chỉ tiêu", "Cùng kỳ năm trước"
	Figure domain.Count
	Source
	Place string // «KET_NAP!A10:V18»
}
