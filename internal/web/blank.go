package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"path"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// blanks makes the blank returns of a month, one for each unit and prefilled for it, and hands
// them out in a zip.
func (s *Server) blanks(w http.ResponseWriter, r *http.Request) error {
	said := r.PostFormValue("ky")
	p, err := domain.TypedPeriod(said)
	if err != nil {
		return &workspace.UsageError{Sentence: fmt.Sprintf("«%s» không phải là tháng — ghi tháng và năm, ví dụ 11/2026.", said), Cause: err}
	}
	var packed bytes.Buffer
	err = s.act(r, func(ws *workspace.Workspace) error {
		made, err := ws.Blanks(r.Context(), p, "")
		if err != nil {
			return err
		}
		to := zip.NewWriter(&packed)
		for _, o := range made.Outputs {
			data, err := ws.ReadOutput(o)
			if err != nil {
				return err
			}
			file, err := to.CreateHeader(&zip.FileHeader{Name: path.Base(o.Path), Method: zip.Store}) // workbooks are packed already
			if err == nil {
				_, err = file.Write(data)
			}
			if err != nil {
				return err
			}
		}
		return to.Close()
	})
	if err != nil {
		return err
	}
	download(w, r, fmt.Sprintf("mau-trang-%s.zip", p), s.Now(), bytes.NewReader(packed.Bytes()))
	return nil
}
