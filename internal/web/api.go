package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// reply is a submission for another program.
type reply struct {
	Receipt  int64                   `json:"receipt"`
	SHA256   string                  `json:"sha256"`
	Received string                  `json:"received"`
	Verdict  *domain.Verdict         `json:"verdict"` // null: it waits to be judged
	Unit     string                  `json:"unit"`
	Period   string                  `json:"period"`
	Findings []workspace.FindingJSON `json:"findings"` // as in run.json
	Copy     string                  `json:"copy"`     // address of the marked copy; "": there is nothing to mark
}

// patientFor is how long a program waits for the verdict.
const patientFor = 20 * time.Second

// program answers another program that names itself by code and password in each request.
func (s *Server) program(who access, do handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.asProgram(w, r, who, do)
		if err == nil {
			return
		}
		status, sentence := wording(err)
		if errors.Is(err, errSignedOut) || errors.Is(err, workspace.ErrNotSignedIn) {
			status, sentence = http.StatusUnauthorized, "Mã đăng nhập hoặc mật khẩu không đúng."
			w.Header().Set("WWW-Authenticate", `Basic realm="ketnap", charset="UTF-8"`)
		}
		s.Log.Info().Err(err).Str("path", r.URL.Path).Int("status", status).Msg("a program was refused")
		answerJSON(w, status, map[string]string{"error": sentence})
	})
}

func (s *Server) asProgram(w http.ResponseWriter, r *http.Request, who access, do handler) error {
	if s.gate == nil {
		return errNotFound
	}
	ws, err := s.open()
	if err != nil {
		return err
	}
	v, err := s.basic(w, r, ws)
	if err != nil {
		return err
	}
	if who == office && !v.office {
		return errNotYours
	}
	return do(w, r.WithContext(withVisitor(r.Context(), v)))
}

// postReturn takes one workbook, and answers with its verdict, or without one when judging takes long.
func (s *Server) postReturn(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	u, err := s.take(w, r, nil)
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(r.Context(), patientFor)
	defer cancel()
	alone := strings.Contains(r.Header.Get("Prefer"), "respond-async") // RFC 7240: the receipt alone
	if alone {
		wait = r.Context()
	}
	select {
	case <-u.done:
		if s.Memory != nil && !alone { // others judge
			s.untilJudged(wait, u.Receipts)
		}
	case <-wait.Done():
	}
	if err := r.Context().Err(); err != nil {
		return err
	}
	s.mu.Lock()
	now := *u
	s.mu.Unlock()
	for _, aside := range append(now.Refused, now.SetAside...) {
		return &workspace.UsageError{Sentence: fmt.Sprintf("%s: %s.", aside.Path, aside.Reason)}
	}
	switch {
	case now.Problem != "":
		return &workspace.RunError{Sentence: now.Problem, Cause: errors.New("an upload was not judged")}
	case len(now.Receipts) == 0: // another run holds the workspace: not even a receipt can be promised
		return workspace.ErrHeld
	case len(now.Receipts) > 1:
		return &workspace.UsageError{Sentence: "Mỗi lần gửi một tệp."}
	}
	list, err := ws.Sent(r.Context(), now.Receipts...)
	if err == nil && len(list) == 0 {
		err = errNotFound
	}
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if !list[0].Judged {
		status = http.StatusAccepted
	}
	answerJSON(w, status, s.replyOf(list[0]))
	return nil
}

// getReturn tells how a submission stands.
func (s *Server) getReturn(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	sent, err := s.receipt(ws, r)
	if err != nil {
		return err
	}
	answerJSON(w, http.StatusOK, s.replyOf(sent))
	return nil
}

func (s *Server) replyOf(sent workspace.Sent) reply {
	a := reply{
		Receipt: sent.ID, SHA256: sent.File.SHA256, Received: sent.At.UTC().Format(time.RFC3339), Unit: sent.Unit,
		Period: sent.Period.String(), Findings: []workspace.FindingJSON{},
	}
	if !sent.Judged {
		return a
	}
	a.Verdict = &sent.Verdict
	told := slices.DeleteFunc(slices.Clone(sent.Findings), func(f domain.Finding) bool { return f.Severity == domain.Trial })
	a.Findings = workspace.FindingsJSON(told)
	for _, f := range told {
		if f.Severity == domain.Error || f.Severity == domain.Warning {
			a.Copy = fmt.Sprintf("%s/api/returns/%d/copy", s.Root, sent.ID)
		}
	}
	return a
}

// getStatus is what `ketnap status --json` prints.
func (s *Server) getStatus(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	span, err := spanOf(r.FormValue("period"))
	if err != nil {
		return err
	}
	sum, err := ws.Status(r.Context(), span)
	if err != nil {
		return err
	}
	data, err := workspace.StatusJSON(sum, domain.DateOf(s.Now()))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(data)
	return err
}

func answerJSON(w http.ResponseWriter, status int, of any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(of); err != nil {
		http.Error(w, "{}", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever has gone does not read it
}
