package validate_test

import (
	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// namesakeOf makes another unit's list of an earlier year name somebody of one name and day of birth.
func namesakeOf(year int) func(*world) {
	return func(w *world) {
		w.docket.Past = []domain.Claim{{
			Key: "w" + viet.Fold("Nguyễn Văn An") + " 1990-03-05", Unit: theirs, From: domain.Period{Year: year, Month: 5}, ID: "019090000009",
		}}
	}
}

// claimedCases are the cases of the rules in claimed.go.
var claimedCases = []ruleCase{
	{code: "U03", name: "another unit's list", cell: "", severity: e, says: []string{"giống hệt danh sách của Đảng bộ xã Nga My"},
		edit: func(w *world) {
			other := validTheirs(func(r *domain.Return) { r.Admissions = valid(nil).Admissions })
			w.docket.Fresh = []*domain.Return{other}
		}},
	{code: "U03", name: "the list of an earlier month of the same unit", silent: true, edit: func(w *world) {
		w.docket.Earlier = map[string]*domain.Return{ours: september(nil)}
	}},
	{code: "U03", name: "only the fingerprint differs", cell: "THONG_TIN!B15", severity: w,
		says: []string{"Dao Xa T10.xlsx", "Dao Xa ban 2.xlsx"},
		edit: func(w *world) {
			twin := valid(func(r *domain.Return) { r.File.Path, r.File.SHA256 = "inbox/Dao Xa ban 2.xlsx", "aa02" })
			w.docket.Fresh = []*domain.Return{twin}
		}},
	{code: "X02", name: "in two units", cell: "KET_NAP!E10", severity: e,
		says: []string{"*********001 cũng có trong báo cáo của Đảng bộ xã Nga My"},
		edit: func(w *world) {
			w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) { r.Admissions[0].NationalID = text("019090000001") })}
		}},
	{code: "X02", name: "admitted last year", cell: "KET_NAP!E10", severity: e,
		says: []string{"đã được kết nạp năm 2020 ở Đảng bộ xã Nga My"},
		edit: func(w *world) {
			w.docket.Past = []domain.Claim{{Key: "i019090000001", Unit: theirs, From: domain.Period{Year: 2020, Month: 5}}}
		}},
	{code: "X02", name: "admitted in two years before: the last is named", cell: "KET_NAP!E10", severity: e,
		says: []string{"đã được kết nạp năm 2020 ở Đảng bộ xã Đào Xá"},
		edit: func(w *world) {
			w.docket.Past = []domain.Claim{
				{Key: "i019090000001", Unit: ours, From: domain.Period{Year: 2020, Month: 5}},
				{Key: "i019090000001", Unit: theirs, From: domain.Period{Year: 2015, Month: 5}},
			}
		}},
	{code: "X03", name: "a namesake of last year", cell: "KET_NAP!B10", severity: w,
		says: []string{"một người được kết nạp năm 2020 ở Đảng bộ xã Nga My"}, edit: namesakeOf(2020)},
	{code: "X03", name: "a namesake of before, admitted again", silent: true, edit: func(w *world) {
		namesakeOf(2010)(w)
		w.r.Admissions[0].Readmission = mark()
	}},
	{code: "X02", name: "admitted again", silent: true, edit: func(w *world) {
		w.docket.Past = []domain.Claim{{Key: "i019090000001", Unit: theirs, From: domain.Period{Year: 2010, Month: 5}}}
		w.r.Admissions[0].Readmission = mark()
	}},
	{code: "X02", name: "two versions of one unit", silent: true, edit: func(w *world) {
		w.docket.Fresh = []*domain.Return{valid(func(r *domain.Return) { r.File.SHA256, r.Cover.Submission = "aa02", count(2) })}
	}},
	{code: "X02", name: "accepted in an earlier run", silent: true, edit: func(w *world) {
		w.docket.Standing = map[string]*domain.Return{ours: w.r}
		w.docket.Fresh = []*domain.Return{validTheirs(func(r *domain.Return) { r.Admissions[0].NationalID = text("019090000001") })}
	}},
}
