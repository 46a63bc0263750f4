package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

type reconcilePage struct {
	page
	Periods []domain.Period
	Of      domain.Span
	Result  *workspace.Reconciled // nil: nothing was compared yet
}

// reconcileForm asks for the party database's export.
func (s *Server) reconcileForm(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	p := &reconcilePage{page: page{Title: "Đối chiếu với cơ sở dữ liệu đảng viên", Office: ws.Settings.Office.Name}}
	var err error
	if p.Periods, err = ws.Periods(r.Context()); err != nil {
		return err
	}
	slices.Reverse(p.Periods)
	return s.show(w, r, http.StatusOK, "reconcile", p)
}

// reconcile lays whom accepted returns admitted beside the export. It is read and not kept.
func (s *Server) reconcile(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	most := ws.Limits.FileSize
	r.Body = http.MaxBytesReader(w, r.Body, most+maxForm)
	f, header, err := r.FormFile("tep")
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &workspace.UsageError{Sentence: fmt.Sprintf("Tệp xuất lớn hơn %d MiB — xuất riêng từng năm.", most>>20), Cause: err}
	}
	if err != nil {
		return &workspace.UsageError{Sentence: "Chưa chọn tệp xuất từ cơ sở dữ liệu đảng viên.", Cause: err}
	}
	defer f.Close() // it was only read
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	span, err := domain.TypedSpan(r.FormValue("ky"))
	if err != nil {
		return &workspace.UsageError{Sentence: "Chưa chọn kỳ để đối chiếu.", Cause: err}
	}
	p := &reconcilePage{page: page{Title: "Kết quả đối chiếu " + span.Label(), Office: ws.Settings.Office.Name}, Of: span}
	err = s.act(r, func(ws *workspace.Workspace) error {
		p.Result, err = ws.Reconcile(s.ctx, span, plainName(header.Filename), data)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "reconcile", p)
}
