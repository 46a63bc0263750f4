package validate_test

import (
	"slices"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
)

// acrossCases are the cases of the rules in across.go.
var acrossCases = []ruleCase{
	{code: "X01", name: "twice", cell: "KET_NAP!E11", severity: e, says: []string{"*********001 đã có ở ô E10"},
		edit: on(func(r *domain.Return) { r.Admissions[1].NationalID = text("019090000001") })},
	{code: "X01", name: "two words that are no numbers", silent: true, edit: on(func(r *domain.Return) {
		r.Admissions[0].NationalID, r.Admissions[1].NationalID = text("chưa có"), text("chưa có")
	})},
	{code: "X03", name: "namesakes", cell: "KET_NAP!B11", severity: w, says: []string{"trùng họ tên và ngày sinh với ô B10"},
		edit: on(func(r *domain.Return) {
			r.Admissions[1].Name, r.Admissions[1].Born = text("nguyễn văn  an"), date("05/03/1990")
		})},
	{code: "X03", name: "in another unit", cell: "KET_NAP!B10", severity: w, says: []string{"Đảng bộ xã Nga My"}, edit: func(w *world) {
		w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) {
			r.Admissions[0].Name, r.Admissions[0].Born = text("Nguyễn Văn An"), date("05/03/1990")
		})}
	}},
	{code: "X03", name: "the same number is X01's", silent: true, edit: on(func(r *domain.Return) {
		r.Admissions[1].Name, r.Admissions[1].Born, r.Admissions[1].NationalID = text("Nguyễn Văn An"), date("05/03/1990"), text("019090000001")
	})},
	{code: "X03", name: "another day of birth", silent: true,
		edit: on(func(r *domain.Return) { r.Admissions[1].Name = text("Nguyễn Văn An") })},
	{code: "X04", name: "two dates", cell: "KET_NAP!Q11", severity: w, says: []string{"ngày 11/10/2021, ở ô Q10 ghi ngày 14/06/2021"},
		edit: on(func(r *domain.Return) { r.Admissions[1].DecisionNo = text("43-QĐ/HU") })},
	{code: "X04", name: "two units", cell: "KET_NAP!Q10", severity: w, says: []string{"Đảng bộ xã Nga My ghi ngày 15/06/2021"},
		edit: func(w *world) {
			w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) {
				r.Admissions[0].DecisionNo, r.Admissions[0].DecisionDate = text("43-QĐ/HU"), date("15/06/2021")
			})}
		}},
	{code: "X04", name: "each unit's own numbers", silent: true, edit: func(w *world) {
		w.r.Admissions[0].DecisionNo = text("43-QĐ/ĐU")
		w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) {
			r.Admissions[0].DecisionNo, r.Admissions[0].DecisionDate = text("43-QĐ/ĐU"), date("15/06/2021")
		})}
	}},
	{code: "X04", name: "of two cells of a commune, which numbers for both", cell: "KET_NAP!Q10", severity: w,
		says: []string{"Đảng bộ xã Nga My ghi ngày 15/06/2021"}, edit: func(w *world) {
			w.docket.Level, w.r.Admissions[0].DecisionNo = "phường", text("43-QĐ/ĐU")
			w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) {
				r.Admissions[0].DecisionNo, r.Admissions[0].DecisionDate = text("43-QĐ/ĐU"), date("15/06/2021")
			})}
		}},
	{code: "X04", name: "one decision for two people", silent: true, edit: on(func(r *domain.Return) {
		r.Admissions[1].DecisionNo, r.Admissions[0].DecisionDate, r.Admissions[0].CeremonyDate = text("43-QĐ/HU"), date("11/10/2021"), blank()
	})},
	{code: "X05", name: "admitted and in the pool", cell: "NGUON!E10", severity: e,
		says: []string{"*********001 đã có trong KET_NAP ở ô E10"},
		edit: on(func(r *domain.Return) { r.Pool[0].NationalID = text("019090000001") })},
	{code: "X05", name: "twice in the pool is X01's", silent: true,
		edit: on(func(r *domain.Return) { r.Pool[0].NationalID = r.Pool[1].NationalID })},
	{code: "X06", name: "gone", cell: "KET_NAP!A7", severity: w, says: []string{"thiếu 1 người đã có trong báo cáo kỳ tháng 9/2021 (dòng 11"},
		edit: func(w *world) {
			w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) {
				r.Admissions[1].Name, r.Admissions[1].NationalID = text("Bùi Văn Mạnh"), text("019190000099")
			})}
		}},
	{code: "X06", name: "corrected number and birth date", silent: true, edit: func(w *world) {
		w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) {
			r.Admissions[0].NationalID, r.Admissions[1].Born = text("019090000077"), bad(domain.BareYear, "1995")
		})}
	}},
	{code: "X06", name: "corrected number, the birth date not known any more", silent: true, edit: func(w *world) {
		w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) {
			r.Admissions[0].NationalID = text("019090000077")
		})}
		w.r.Admissions[0].Born = bad(domain.BareYear, "1990")
	}},
	{code: "X06", name: "a namesake is somebody else", cell: "KET_NAP!A7", severity: w, says: []string{"thiếu 1 người"}, edit: func(w *world) {
		w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) {
			r.Admissions[0].NationalID, r.Admissions[0].Born = text("019091000077"), date("05/03/1991")
		})}
	}},
	{code: "X06", name: "one of two alike", cell: "KET_NAP!A7", severity: w, says: []string{"thiếu 1 người"}, edit: func(w *world) {
		w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) {
			other := &r.Admissions[1]
			other.Name, other.Born, other.NationalID = r.Admissions[0].Name, r.Admissions[0].Born, text("019190000099")
		})}
	}},
	{code: "X08", name: "one of another unit's people", cell: "KET_NAP!A7", severity: w,
		says: []string{"thiếu 2 người đã được tính ở Đảng bộ xã Lương Phú trước khi kết thúc"}, edit: func(w *world) {
			w.docket.Forgotten = []validate.Forgotten{{Unit: "Đảng bộ xã Lương Phú", People: make([]domain.Listed, 2)}}
		}},
	{code: "X08", name: "nobody is forgotten", silent: true},
	{code: "X07", name: "within six months", cell: "NGUON!L10", severity: i, says: []string{"có giá trị đến 30/04/2022"},
		edit: on(func(r *domain.Return) {
			r.Pool[0].RecognisedDate, r.Pool[0].CertificateDate, r.Cells[0].Trained, r.Total.Trained = date("10/01/2016"), date("30/04/2017"),
				count(0), count(2)
		})},
	{code: "X07", name: "a day later", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].CertificateDate = date("01/05/2017") })},
	{code: "X07", name: "no longer followed", silent: true, edit: on(func(r *domain.Return) {
		r.Pool[0].CertificateDate, r.Pool[0].Stage = date("30/04/2017"), text(domain.StageStopped)
	})},
}

// A birth date that one of two lists does not know: for X06, in the lists of one unit, it is a
// corrected row; where figures are compared it is somebody else.
func TestWhoIsTheSame(t *testing.T) {
	an := domain.Listed{Keys: domain.Keys{Who: "nguyễn văn an 1990-03-05"}, Name: "Nguyễn Văn An", Born: domain.Day(1990, 3, 5)}
	unknown := domain.Listed{Name: an.Name}
	if places := domain.Matched([]domain.Listed{an, an}, []domain.Listed{unknown, an}); !slices.Equal(places, []int{1, -1}) {
		t.Errorf("matched with %v", places)
	}
}
