package web

import (
	"net/http"

	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

type diaryPage struct {
	page
	Events []store.Event
}

// diary tells who did what, the newest first.
func (s *Server) diary(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	p := &diaryPage{page: page{Title: "Nhật ký", Office: ws.Settings.Office.Name}}
	var err error
	if p.Events, err = ws.Diary(r.Context(), 500); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "diary", p)
}

// KindText is what happened, in words.
func (diaryPage) KindText(kind store.Kind) string {
	return map[store.Kind]string{
		store.Upgraded: "Chuyển sổ từ phiên bản trước", store.Assigned: "Tệp chỉ tiêu thay đổi", store.Received: "Nhận báo cáo",
		store.Judged: "Xét báo cáo", store.Settled: "Đối chiếu lại", store.Closed: "Chốt kỳ", store.Reopened: "Mở lại kỳ",
		store.Waived: "Chấp nhận ngoại lệ", store.Unwaived: "Thôi chấp nhận", store.Published: "Lập báo cáo",
		store.Recalled: "Rút lại, trả lại báo cáo", store.Erased: "Xóa dữ liệu cá nhân của năm",
		store.Restored: "Khôi phục từ bản sao lưu", store.Accounted: "Tài khoản",
	}[kind]
}

type personalPage struct {
	page
	KeepYears int
	Years     []workspace.PersonalData // the office sees it
}

// personalData tells what is kept of persons, where, until when, and how it is erased.
func (s *Server) personalData(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	p := &personalPage{page: page{Title: "Dữ liệu cá nhân", Office: ws.Settings.Office.Name}, KeepYears: ws.Settings.KeepYears}
	if s.visitor(r).office {
		var err error
		if p.Years, err = ws.PersonalData(r.Context()); err != nil {
			return err
		}
	}
	return s.show(w, r, http.StatusOK, "personal", p)
}
