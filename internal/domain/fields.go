package domain

import "iter"

// Fields walks the Values of a Cover, Admission, Candidate or CellLine (given as
// a pointer) in the order of the form, each with its id. It is how the form binds
// columns and how rules about every column go over a row. Where the type is known,
// its own method Fields does the same.
func Fields(row any) iter.Seq2[string, *Value] {
	return func(yield func(string, *Value) bool) { walk(row, yield) } // small enough to be inlined
}

func walk(row any, yield func(string, *Value) bool) {
	switch row := row.(type) {
	case *Cover:
		row.Fields(yield)
	case *Admission:
		row.Fields(yield)
	case *Candidate:
		row.Fields(yield)
	case *CellLine:
		row.Fields(yield)
	default:
		panic("domain.Fields: not a pointer to a record of a return")
	}
}

// The methods below name every Value once more than its struct does, because reflection
// costs more than all else that is done with most values, and every value of every
// return passes here several times. TestFieldsAreTheTags holds that they agree.

// Fields walks the Values of THONG_TIN in the order of the form, each with its id.
func (c *Cover) Fields(yield func(string, *Value) bool) {
	_ = yield("form_code", &c.FormCode) && yield("form_version", &c.FormVersion) && yield("unit_code", &c.UnitCode) &&
		yield("unit_name", &c.UnitName) && yield("period", &c.Period) && yield("from", &c.From) && yield("to", &c.To) &&
		yield("prepared", &c.Prepared) && yield("submission", &c.Submission) && yield("nil_return", &c.NilReturn) &&
		yield("target", &c.Target) && yield("preparer", &c.Preparer) && yield("phone", &c.Phone) &&
		yield("signer", &c.Signer) && yield("position", &c.Position)
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

// Fields walks the Values of a row of NGUON in the order of the form, each with its id.
func (c *Candidate) Fields(yield func(string, *Value) bool) {
	_ = yield("no", &c.No) && yield("name", &c.Name) && yield("born", &c.Born) && yield("sex", &c.Sex) &&
		yield("national_id", &c.NationalID) && yield("ethnicity", &c.Ethnicity) && yield("occupation", &c.Occupation) &&
		yield("cell", &c.Cell) && yield("source_groups", &c.SourceGroups) && yield("trained_at", &c.TrainedAt) &&
		yield("recognised_date", &c.RecognisedDate) && yield("certificate_date", &c.CertificateDate) &&
		yield("stage", &c.Stage) && yield("planned_quarter", &c.PlannedQuarter) && yield("note", &c.Note)
}

// Fields walks the Values of a row of CHI_BO in the order of the form, each with its id.
func (l *CellLine) Fields(yield func(string, *Value) bool) {
	_ = yield("no", &l.No) && yield("cell", &l.Cell) && yield("target", &l.Target) && yield("in_period", &l.InPeriod) &&
		yield("to_date", &l.ToDate) && yield("trained", &l.Trained) && yield("waiting", &l.Waiting) &&
		yield("note", &l.Note)
}
