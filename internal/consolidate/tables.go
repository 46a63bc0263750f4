package consolidate

import (
	"ketnap/internal/reference"
	"ketnap/internal/returns"
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
	PartyCells []PartyCellLine // CHI_BO: every party cell of every counted unit, in register order
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
	Level    int           // 0 a section, 1 a row of it, 2 a row within a row ("+ …")
	Heading  bool          // the row only heads others: it has no figures
	Now      returns.Count // this period
	LastYear returns.Count // the same period last year
	Women    returns.Count // of Now; Biểu 2B only
	// Ratio is Now×100/LastYear; unknown ("-") where LastYear is 0 or unknown. In
	// Biểu 2B it is the share of the block's total.
	Ratio returns.Hundredths
	// Average marks the row Tuổi bình quân: Now and LastYear are not used, the two
	// averages in years are.
	Average                bool
	NowYears, LastYearYear returns.Hundredths
}

// Feature is a column of CO_CAU: a trait that people of KET_NAP have.
type Feature struct {
	Group string // "Độ tuổi", "Trình độ", "Nghề nghiệp", "Nhóm nguồn"; "" for Nữ, Dân tộc thiểu số, …
	Label string
}

// StructureLine is a row of CO_CAU: how many of a unit's admitted have each Feature.
type StructureLine struct {
	Unit     reference.Unit
	Admitted returns.Count
	Counts   []returns.Count // one for each of Tables.Features
}

// PartyCellLine is a row of CHI_BO.
type PartyCellLine struct {
	Unit     reference.Unit
	Cell     string
	Target   returns.Count // as the district assigned it, else as the unit states it
	Admitted returns.Count // since 1 January
	None     bool          // nobody admitted yet this year
}

// PoolLine is a row of NGUON: the source pool of a unit at the end of the period.
type PoolLine struct {
	Unit      reference.Unit
	Total     returns.Count
	Stages    []returns.Count // in the order of returns.Stages
	Trained   returns.Count   // certificates of this year, of people admitted or in the pool
	Local     returns.Count   // Tại chỗ
	Moved     returns.Count   // Nơi khác chuyển đến
	Expiring  returns.Count   // certificates that run out within six months of the period's end
	Remaining returns.Count   // places still to fill
}

// MonthLine is a month of the year: admitted since 1 January, this year and last.
// Last year is known only when every unit counted has a figure for it.
type MonthLine struct {
	Period           returns.Period
	ToDate, LastYear returns.Count
	InMonth          returns.Count
}

// Equality is two figures that must be the same, and whether they are.
type Equality struct {
	Code        string // C01, D01, "Biểu 2 = KET_NAP", …: what demands it
	What        string // in Vietnamese
	Left, Right string // what each side is, in Vietnamese
	LeftIs      returns.Count
	RightIs     returns.Count
	AtMost      bool   // Left need only not be above Right
	Note        string // in Vietnamese; what to do, or why it may differ
}

// Holds reports whether the two sides agree. Unknown sides neither hold nor fail.
func (e Equality) Holds() bool {
	if !e.LeftIs.Known || !e.RightIs.Known {
		return true
	}
	return e.LeftIs.N == e.RightIs.N || e.AtMost && e.LeftIs.N < e.RightIs.N
}

// Band is a class of units by the share of the target they reached.
type Band struct {
	Label string   // "Từ 100 % trở lên"
	Units []string // codes, in register order
}

// Trace is where a figure of a unit comes from.
type Trace struct {
	Unit       reference.Unit
	What       string // "Lũy kế", "Nguồn đã bồi dưỡng", "Chỉ tiêu", "Cùng kỳ năm trước"
	Figure     returns.Count
	File       string // relative to the workspace
	SHA256     string
	Submission int
	Place      string // «KET_NAP!A10:V18»
}
