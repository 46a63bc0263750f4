package consolidate

import (
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

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
