// Package domain is the vocabulary of ketnap: what a commune's return is made
// of, how a figure remembers its cell, what a finding is. Every stage speaks it.
//
// It knows nothing of files, workbooks, rules or storage, and uses the standard
// library only, so that any stage may import it.
//
// The one rule behind all its types: blank is not zero, not sent is not zero,
// unknown is not zero. A Value says which of these it is (State); a Count that
// is not Known has no number.
package domain

import (
	"cmp"
	"slices"
	"strings"
)

// Return is one workbook sent by a unit, as it was read: its cover (THONG_TIN),
// the three lists, and a statement of what was read and what was skipped. A
// workbook that could not be read at all is a Return too: its Reading.Refusal
// says why, and everything else is empty.
//
// A Return holds what the file says. Whether that is right is for the rules.
type Return struct {
	File       File        `json:"file"`
	Cover      Cover       `json:"cover"`
	Admissions []Admission `json:"admissions,omitempty"` // KET_NAP
	Pool       []Candidate `json:"pool,omitempty"`       // NGUON
	Cells      []CellLine  `json:"cells,omitempty"`      // CHI_BO without its total row
	Total      *CellLine   `json:"total,omitempty"`      // the Tổng cộng row of CHI_BO, nil when there is none
	Reading    Reading     `json:"reading"`
}

// File is a file found in the inbox.
type File struct {
	Path     string `json:"path"`   // relative to the workspace, slashes, NFC: inbox/2021-10/Úc Kỳ T10.xlsx
	SHA256   string `json:"sha256"` // of the bytes as sent, lower-case hexadecimal
	Size     int64  `json:"size"`
	Received Date   `json:"received"` // by the setting `received`: first seen, modification time or Ngày lập
}

// Cover is the sheet THONG_TIN: a label in one column, the value to its right.
// The id tags are the ids of config/form-*.yaml.
type Cover struct {
	FormCode    Value `id:"form_code" json:"form_code,omitzero"`
	FormVersion Value `id:"form_version" json:"form_version,omitzero"`
	UnitCode    Value `id:"unit_code" json:"unit_code,omitzero"`
	UnitName    Value `id:"unit_name" json:"unit_name,omitzero"`
	Period      Value `id:"period" json:"period,omitzero"`
	From        Value `id:"from" json:"from,omitzero"`
	To          Value `id:"to" json:"to,omitzero"`
	Prepared    Value `id:"prepared" json:"prepared,omitzero"`     // Ngày lập
	Submission  Value `id:"submission" json:"submission,omitzero"` // Lần nộp; blank means 1
	NilReturn   Value `id:"nil_return" json:"nil_return,omitzero"` // Không phát sinh (x)
	Target      Value `id:"target" json:"target,omitzero"`
	Preparer    Value `id:"preparer" json:"preparer,omitzero"`
	Phone       Value `id:"phone" json:"phone,omitzero"`
	Signer      Value `id:"signer" json:"signer,omitzero"`
	Position    Value `id:"position" json:"position,omitzero"`
}

// Fields walks the Values of THONG_TIN in the order of the form, each with its id.
func (c *Cover) Fields(yield func(string, *Value) bool) {
	_ = yield("form_code", &c.FormCode) && yield("form_version", &c.FormVersion) && yield("unit_code", &c.UnitCode) &&
		yield("unit_name", &c.UnitName) && yield("period", &c.Period) && yield("from", &c.From) && yield("to", &c.To) &&
		yield("prepared", &c.Prepared) && yield("submission", &c.Submission) && yield("nil_return", &c.NilReturn) &&
		yield("target", &c.Target) && yield("preparer", &c.Preparer) && yield("phone", &c.Phone) &&
		yield("signer", &c.Signer) && yield("position", &c.Position)
}

// Admission is a row of KET_NAP: one person admitted since 1 January.
type Admission struct {
	Row             int   `json:"row"` // 1-based row of the sheet
	No              Value `id:"no" json:"no,omitzero"`
	Name            Value `id:"name" json:"name,omitzero"`
	Born            Value `id:"born" json:"born,omitzero"`
	Sex             Value `id:"sex" json:"sex,omitzero"` // Text is "Nam" or "Nữ" when Known and not Unlisted
	NationalID      Value `id:"national_id" json:"national_id,omitzero"`
	Ethnicity       Value `id:"ethnicity" json:"ethnicity,omitzero"`
	Religion        Value `id:"religion" json:"religion,omitzero"`
	Cell            Value `id:"cell" json:"cell,omitzero"`
	Occupation      Value `id:"occupation" json:"occupation,omitzero"`
	Schooling       Value `id:"schooling" json:"schooling,omitzero"`
	Qualification   Value `id:"qualification" json:"qualification,omitzero"`
	YouthUnion      Value `id:"youth_union" json:"youth_union,omitzero"`
	SourceGroups    Value `id:"source_groups" json:"source_groups,omitzero"`
	TrainedAt       Value `id:"trained_at" json:"trained_at,omitzero"`
	CertificateDate Value `id:"certificate_date" json:"certificate_date,omitzero"`
	MeetingDate     Value `id:"meeting_date" json:"meeting_date,omitzero"`
	DecisionNo      Value `id:"decision_no" json:"decision_no,omitzero"`
	DecisionDate    Value `id:"decision_date" json:"decision_date,omitzero"`
	CeremonyDate    Value `id:"ceremony_date" json:"ceremony_date,omitzero"`
	Readmission     Value `id:"readmission" json:"readmission,omitzero"`
	Traits          Value `id:"traits" json:"traits,omitzero"`
	Note            Value `id:"note" json:"note,omitzero"`
}

// Fields walks the Values of a row of KET_NAP in the order of the form, each with its id.
func (a *Admission) Fields(yield func(string, *Value) bool) {
	_ = yield("no", &a.No) && yield("name", &a.Name) && yield("born", &a.Born) && yield("sex", &a.Sex) &&
		yield("national_id", &a.NationalID) && yield("ethnicity", &a.Ethnicity) && yield("religion", &a.Religion) &&
		yield("cell", &a.Cell) && yield("occupation", &a.Occupation) && yield("schooling", &a.Schooling) &&
		yield("qualification", &a.Qualification) && yield("youth_union", &a.YouthUnion) &&
		yield("source_groups", &a.SourceGroups) && yield("trained_at", &a.TrainedAt) &&
		yield("certificate_date", &a.CertificateDate) && yield("meeting_date", &a.MeetingDate) &&
		yield("decision_no", &a.DecisionNo) && yield("decision_date", &a.DecisionDate) &&
		yield("ceremony_date", &a.CeremonyDate) && yield("readmission", &a.Readmission) && yield("traits", &a.Traits) &&
		yield("note", &a.Note)
}

// Candidate is a row of NGUON: one person in the source pool at the end of the period.
type Candidate struct {
	Row             int   `json:"row"`
	No              Value `id:"no" json:"no,omitzero"`
	Name            Value `id:"name" json:"name,omitzero"`
	Born            Value `id:"born" json:"born,omitzero"`
	Sex             Value `id:"sex" json:"sex,omitzero"`
	NationalID      Value `id:"national_id" json:"national_id,omitzero"`
	Ethnicity       Value `id:"ethnicity" json:"ethnicity,omitzero"`
	Occupation      Value `id:"occupation" json:"occupation,omitzero"`
	Cell            Value `id:"cell" json:"cell,omitzero"`
	SourceGroups    Value `id:"source_groups" json:"source_groups,omitzero"`
	TrainedAt       Value `id:"trained_at" json:"trained_at,omitzero"`
	RecognisedDate  Value `id:"recognised_date" json:"recognised_date,omitzero"`
	CertificateDate Value `id:"certificate_date" json:"certificate_date,omitzero"`
	Stage           Value `id:"stage" json:"stage,omitzero"`
	PlannedQuarter  Value `id:"planned_quarter" json:"planned_quarter,omitzero"`
	Note            Value `id:"note" json:"note,omitzero"`
}

// Fields walks the Values of a row of NGUON in the order of the form, each with its id.
func (c *Candidate) Fields(yield func(string, *Value) bool) {
	_ = yield("no", &c.No) && yield("name", &c.Name) && yield("born", &c.Born) && yield("sex", &c.Sex) &&
		yield("national_id", &c.NationalID) && yield("ethnicity", &c.Ethnicity) && yield("occupation", &c.Occupation) &&
		yield("cell", &c.Cell) && yield("source_groups", &c.SourceGroups) && yield("trained_at", &c.TrainedAt) &&
		yield("recognised_date", &c.RecognisedDate) && yield("certificate_date", &c.CertificateDate) &&
		yield("stage", &c.Stage) && yield("planned_quarter", &c.PlannedQuarter) && yield("note", &c.Note)
}

// CellLine is a row of CHI_BO: the figures of one party cell, or the Tổng cộng row.
// Its counts are people (Value.Num).
type CellLine struct {
	Row      int   `json:"row"`
	No       Value `id:"no" json:"no,omitzero"`
	Cell     Value `id:"cell" json:"cell,omitzero"`
	Target   Value `id:"target" json:"target,omitzero"`
	InPeriod Value `id:"in_period" json:"in_period,omitzero"` // Kết nạp / Trong kỳ
	ToDate   Value `id:"to_date" json:"to_date,omitzero"`     // Kết nạp / Lũy kế từ đầu năm
	Trained  Value `id:"trained" json:"trained,omitzero"`     // Nguồn đã bồi dưỡng trong năm
	Waiting  Value `id:"waiting" json:"waiting,omitzero"`     // Hồ sơ đang chờ
	Note     Value `id:"note" json:"note,omitzero"`
}

// NotSentNote in Ghi chú of a row of CHI_BO says that its cell has sent nothing: its figures are
// not known, and stay blank.
const NotSentNote = "chưa gửi"

// Fields walks the Values of a row of CHI_BO in the order of the form, each with its id.
func (l *CellLine) Fields(yield func(string, *Value) bool) {
	_ = yield("no", &l.No) && yield("cell", &l.Cell) && yield("target", &l.Target) && yield("in_period", &l.InPeriod) &&
		yield("to_date", &l.ToDate) && yield("trained", &l.Trained) && yield("waiting", &l.Waiting) &&
		yield("note", &l.Note)
}

// Record is a Cover, Admission, Candidate or CellLine. Fields walks its Values in the order of
// the form, each with its id: it is how the form binds columns and how rules about every column
// go over a row. It names every Value once more than the struct does, because reflection costs
// more than all else that is done with most values, and every value of every return passes here
// several times. TestFieldsAreTheTags holds that they agree.
type Record interface {
	Fields(yield func(id string, v *Value) bool)
}

// Add adds a record that stands in a row of a sheet and hands it out to be filled; the cover, which
// is there once, as it is. total says that it is the Tổng cộng row. A list that is begun has room
// for as many as are expected.
func (r *Return) Add(sheet string, row int, total bool, expected int) Record {
	switch {
	case sheet == SheetCover:
		return &r.Cover
	case sheet == SheetAdmissions:
		a := another(&r.Admissions, expected)
		a.Row = row
		return a
	case sheet == SheetPool:
		c := another(&r.Pool, expected)
		c.Row = row
		return c
	case total:
		r.Total = &CellLine{Row: row}
		return r.Total
	}
	l := another(&r.Cells, expected)
	l.Row = row
	return l
}

func another[T any](list *[]T, expected int) *T {
	if *list == nil {
		*list = make([]T, 0, expected)
	}
	if n := len(*list); n < cap(*list) { // in its place: these records are large, and all that is read of one is read of each
		*list = (*list)[:n+1]
	} else {
		*list = append(*list, make([]T, 1)...)
	}
	return &(*list)[len(*list)-1]
}

// The ids of the four sheets of a return, as config/form-*.yaml names them.
const (
	SheetCover      = "THONG_TIN"
	SheetAdmissions = "KET_NAP"
	SheetPool       = "NGUON"
	SheetCells      = "CHI_BO"
)

// Stages of the source pool, the canonical spellings of the code list "stage".
const (
	StageOutstanding = "Quần chúng ưu tú"
	StageTrained     = "Đã học lớp bồi dưỡng"
	StageDossier     = "Đang hoàn thiện hồ sơ"
	StageSubmitted   = "Đã trình cấp ủy"
	StageStopped     = "Dừng theo dõi"
	StageMoved       = "Đã chuyển đi"
)

// Stages are the stages of the source pool, in the order of the way to admission.
var Stages = []string{StageOutstanding, StageTrained, StageDossier, StageSubmitted, StageStopped, StageMoved}

// Followed reports whether the person is still in the source pool: not given up, not
// moved away.
func (c *Candidate) Followed() bool {
	return c.Stage.Text != StageStopped && c.Stage.Text != StageMoved
}

// Part is what is wanted of a list of a return: the fields of its records; nil: all. That of no
// sheet is the statement of how the return was read.
type Part struct {
	Sheet  string
	Fields []string
	People bool // of the records that name somebody, and no others
}

// People is the return with those rows of its lists of persons that name somebody.
func (r *Return) People() *Return {
	people := *r
	people.Admissions = slices.DeleteFunc(slices.Clone(r.Admissions), func(a Admission) bool { return !a.IsPerson() })
	people.Pool = slices.DeleteFunc(slices.Clone(r.Pool), func(c Candidate) bool { return !c.IsPerson() })
	return &people
}

// Unit is the unit code the return gives for itself, "" when it gives none.
func (r *Return) Unit() string { return r.Cover.UnitCode.Text }

// Period is the period the return gives for itself; zero when it gives none
// that can be read.
func (r *Return) Period() Period {
	if !r.Cover.Period.Known() {
		return Period{}
	}
	return PeriodOf(r.Cover.Period.Date)
}

// CountingDate is the date that puts the person in a period.
func (a *Admission) CountingDate(by Counting) Value {
	switch by.Date() {
	case ByMeeting:
		return a.MeetingDate
	case ByCeremony:
		return a.CeremonyDate
	}
	return a.DecisionDate
}

// IsPerson reports whether the row names somebody: it has a name or an identity
// number. A row with neither is a fault, and is not counted.
func (a *Admission) IsPerson() bool { return !a.Name.Empty() || !a.NationalID.Empty() }

// IsPerson reports whether the row names somebody.
func (c *Candidate) IsPerson() bool { return !c.Name.Empty() || !c.NationalID.Empty() }

// Submission is Lần nộp; a blank one is the first.
func (r *Return) Submission() int {
	if r.Cover.Submission.Known() {
		return r.Cover.Submission.Num
	}
	return 1
}

// Version is what decides which of several versions of one unit and period counts.
func (r *Return) Version() Version {
	v := Version{Submission: r.Submission(), SHA256: r.File.SHA256}
	if r.Cover.Prepared.Known() {
		v.Prepared = r.Cover.Prepared.Date
	}
	return v
}

// Version orders the versions of one unit and period: by Lần nộp, then Ngày lập,
// then SHA-256, so that the order files are found in never matters.
type Version struct {
	Submission int    `json:"submission"`
	Prepared   Date   `json:"prepared"`
	SHA256     string `json:"sha256"`
}

// Compare is negative when v is older than w. Only when Submission and Prepared
// are equal does the SHA-256 decide.
func (v Version) Compare(w Version) int {
	return cmp.Or(v.Submission-w.Submission, v.Prepared.Compare(w.Prepared), strings.Compare(v.SHA256, w.SHA256))
}
