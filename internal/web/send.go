package web

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/workspace"
)

// What one request may bring.
const (
	maxRequest = 2 << 30
	maxFiles   = 5000
	patience   = time.Minute // that a body may be silent
	tooMuch    = "Gửi một lần quá nhiều: tối đa 2 GiB và 5.000 tệp — chia thành nhiều lần."
)

// upload is what was sent in one request, and what becomes of it. It is told while it lasts; what
// was received stands in the record.
type upload struct {
	Number   int
	Files    []string          // paths in the inbox, as kept
	Refused  []intake.SetAside // not kept
	SetAside []intake.SetAside // kept, and no returns
	Receipts []int64           // in the order of the files that may be returns
	Failed   []domain.File     // that we could not judge
	Stage    string            // read, …
	Done     int               // of Total
	Total    int               //
	Problem  string            // why it did not come to an end
	Finished bool              //
}

// send takes files into the inbox, under the day and their own names, and has them judged.
func (s *Server) send(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > maxRequest {
		return &http.MaxBytesError{Limit: maxRequest}
	}
	ws, err := s.open()
	if err != nil {
		return err
	}
	control := http.NewResponseController(w)
	body := &patient{http.MaxBytesReader(w, r.Body, maxRequest), control, nil}
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		return &workspace.UsageError{Sentence: "Chưa có tệp nào được gửi.", Cause: err}
	}
	u := &upload{}
	into := inbox{ws, s.Now().Format("2006-01-02"), u}
	err = into.takeParts(parts)
	_ = control.SetReadDeadline(time.Time{}) // as it was
	if cut := (*multipartError)(nil); body.failed != nil || errors.As(err, &cut) {
		err = &workspace.UsageError{Cause: errors.Join(err, body.failed),
			Sentence: fmt.Sprintf("Việc gửi bị đứt giữa chừng: nhận được %d tệp — gửi lại các tệp còn lại.", len(u.Files))}
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(body.failed, &tooLarge) {
			err = tooLarge
		}
	}
	if len(u.Files) > 0 { // also when the rest was cut off: these are whole
		s.start(u)
	}
	switch {
	case err != nil:
		return err
	case len(u.Files)+len(u.Refused) == 0:
		return &workspace.UsageError{Sentence: "Chưa chọn tệp nào — chọn tệp Excel hoặc tệp zip rồi bấm «Gửi báo cáo»."}
	case u.Number == 0:
		s.keepUpload(u)
		u.Finished = true
	}
	http.Redirect(w, r, fmt.Sprintf("/gui/%d", u.Number), http.StatusSeeOther)
	return nil
}

// patient reads a body that may be slow, but not silent, and remembers what went wrong in that,
// to tell it from what goes wrong in keeping.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
	failed  error
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(patience)) // a connection without deadlines is none of the network
	n, err := p.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		p.failed = err
	}
	return n, err
}

// multipartError is that what was sent is not what browsers send.
type multipartError struct{ error }

// inbox is where an upload goes.
type inbox struct {
	*workspace.Workspace
	day string
	u   *upload
}

func (i inbox) takeParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &multipartError{err}
		}
		name := part.FileName()
		switch {
		case part.FormName() != "tep" || name == "": // a field without a file
			continue
		case strings.EqualFold(extension(name), ".zip"):
			err = i.takeZip(name, part)
		default:
			err = i.take(name, part)
		}
		if err != nil {
			return err
		}
		if len(i.u.Files)+len(i.u.Refused) > maxFiles {
			return &workspace.UsageError{Sentence: tooMuch}
		}
	}
}

// take keeps one file, unless it is larger than a return may be.
func (i inbox) take(name string, from io.Reader) error {
	name = plainName(name)
	most := i.Limits.FileSize
	limited := &io.LimitedReader{R: from, N: most + 1}
	at, err := i.AddToInbox(i.day, name, cutOff{limited})
	if errors.Is(err, errTooLarge) {
		_, err = io.Copy(io.Discard, from)
		reason := fmt.Sprintf("lớn hơn %d MiB nên không nhận — bỏ ảnh, trang thừa rồi gửi lại", most>>20)
		i.u.Refused = append(i.u.Refused, intake.SetAside{Path: name, Reason: reason})
		return err
	}
	if err == nil {
		i.u.Files = append(i.u.Files, at)
	}
	return err
}

var errTooLarge = errors.New("the file is larger than the limit")

// cutOff fails where its reader's limit is passed.
type cutOff struct{ *io.LimitedReader }

func (c cutOff) Read(b []byte) (int, error) {
	n, err := c.LimitedReader.Read(b)
	if c.N <= 0 {
		return n, errTooLarge
	}
	return n, err
}

// takeZip keeps the files of a zip, each under its own name.
func (i inbox) takeZip(name string, from io.Reader) error {
	refuse := func(reason string) {
		i.u.Refused = append(i.u.Refused, intake.SetAside{Path: plainName(name), Reason: reason})
	}
	spool, err := os.CreateTemp("", "ketnap-*.zip")
	if err != nil {
		return err
	}
	defer func() { _, _ = spool.Close(), os.Remove(spool.Name()) }() // it was read to its end, or is not wanted
	size, err := io.Copy(spool, from)
	if err != nil {
		return err
	}
	z, err := zip.NewReader(spool, size)
	if err != nil {
		refuse("không mở được tệp nén này — giải nén rồi gửi các tệp bên trong")
		return nil
	}
	total := uint64(0)
	for _, f := range z.File {
		total += f.UncompressedSize64
	}
	if len(z.File) > maxFiles || total > maxRequest {
		refuse("tệp nén chứa quá nhiều (tối đa 5.000 tệp, 2 GiB) — chia nhỏ rồi gửi lại")
		return nil
	}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		member, err := f.Open()
		if err == nil {
			var damaged error
			err = i.take(f.Name, noting{member, &damaged})
			_ = member.Close() // read to its end
			if damaged != nil {
				err = damaged
				i.u.Refused = append(i.u.Refused, intake.SetAside{Path: plainName(f.Name), Reason: "hỏng trong tệp nén — giải nén rồi gửi lại"})
				continue
			}
		} else {
			reason := "không giải nén được (có mật khẩu, hoặc kiểu nén lạ) — giải nén rồi gửi lại"
			i.u.Refused = append(i.u.Refused, intake.SetAside{Path: plainName(f.Name), Reason: reason})
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noting remembers what went wrong in reading, to tell it from what goes wrong in keeping.
type noting struct {
	io.Reader
	failed *error
}

func (n noting) Read(b []byte) (int, error) {
	read, err := n.Reader.Read(b)
	if err != nil && err != io.EOF {
		*n.failed = err
	}
	return read, err
}

// keepUpload gives an upload a number to be asked by.
func (s *Server) keepUpload(u *upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads = append(s.uploads, u)
	u.Number = len(s.uploads)
}

// start has an upload received and judged beside the requests.
func (s *Server) start(u *upload) {
	s.keepUpload(u)
	s.working.Go(func() {
		err := s.receive(u)
		s.mu.Lock()
		defer s.mu.Unlock()
		u.Finished = true
		if err != nil {
			s.Log.Error().Err(err).Msg("an upload was not judged")
			_, u.Problem = wording(err)
		}
	})
}

// receive gives receipts for an upload, and then judges it.
func (s *Server) receive(u *upload) error {
	err := s.acted(s.ctx, time.Hour, nil, func(ws *workspace.Workspace) error {
		found, err := ws.Scan(s.ctx)
		if err != nil {
			return err
		}
		foreign := func(path string) bool { return !slices.Contains(u.Files, path) }
		found.Files = slices.DeleteFunc(found.Files, func(f intake.File) bool { return foreign(f.Path) })
		found.SetAside = slices.DeleteFunc(found.SetAside, func(f intake.SetAside) bool { return foreign(f.Path) })
		found.Failed = slices.DeleteFunc(found.Failed, func(f intake.Failed) bool { return foreign(f.Path) })
		in, receipts, err := ws.Take(s.ctx, found)
		if err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		u.Receipts, u.SetAside = receipts, slices.Concat(in.SetAside, in.Failed)
		return nil
	})
	if err != nil {
		return err
	}
	progress := func(stage string, done, total int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		u.Stage, u.Done, u.Total = stage, done, total
	}
	return s.acted(s.ctx, time.Hour, progress, func(ws *workspace.Workspace) error {
		failed, err := ws.JudgeWaiting(s.ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		u.Failed = failed
		return err
	})
}

// sent tells what becomes of an upload; whoever asks again sees how far it is.
func (s *Server) sent(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("upload"))
	s.mu.Lock()
	if err != nil || n < 1 || n > len(s.uploads) {
		s.mu.Unlock()
		return errNotFound
	}
	p := sentPage{upload: *s.uploads[n-1]}
	s.mu.Unlock()
	ws, err := s.open()
	if err != nil {
		return err
	}
	p.Office = ws.Settings.Office.Name
	if one := p.Receipts; p.Finished && p.Problem == "" && len(one) == 1 && len(p.Refused)+len(p.SetAside)+len(p.Failed) == 0 {
		address := fmt.Sprintf("/ban/%d", one[0])
		if r.Header.Get("HX-Request") != "" {
			w.Header().Set("HX-Redirect", address)
			return nil
		}
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	if p.List, err = ws.Sent(r.Context(), p.Receipts...); err != nil {
		return err
	}
	for _, one := range p.List {
		switch {
		case !one.Judged:
			p.Waiting++
		case one.Verdict == domain.Returned:
			p.Returned++
		default:
			p.Accepted++
		}
	}
	slices.SortStableFunc(p.List, func(a, b workspace.Sent) int { return rank(a) - rank(b) })
	p.All = len(p.List)
	p.List = p.List[:min(p.All, mostShown)]
	p.Wait = !p.Finished
	p.Title = fmt.Sprintf("Đã nhận %d tệp: %d trả lại", p.All, p.Returned)
	if p.Wait {
		p.Title = fmt.Sprintf("Đang xét %d tệp", len(p.Files))
	}
	s.show(w, http.StatusOK, "sent", &p)
	return nil
}

// mostShown are the submissions that a page lists; the board has them all.
const mostShown = 200

// rank puts what was sent back first, and then what still waits.
func rank(sent workspace.Sent) int {
	switch {
	case sent.Verdict == domain.Returned:
		return 0
	case !sent.Judged:
		return 1
	}
	return 2
}

type sentPage struct {
	page
	upload
	List                        []workspace.Sent // those that want to be seen first, as many as a page shows
	All                         int
	Accepted, Returned, Waiting int
}

// judge has judged what waits, where an earlier time was interrupted.
func (s *Server) judge(w http.ResponseWriter, r *http.Request) error {
	err := s.act(r.Context(), func(ws *workspace.Workspace) error {
		_, err := ws.JudgeWaiting(r.Context())
		return err
	})
	if err == nil {
		back(w, r)
	}
	return err
}

// back leads to where a form was sent from.
func back(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, from(r), http.StatusSeeOther) }

// from is the page of ours that a form was sent from, as the form says.
func from(r *http.Request) string {
	address := r.PostForm.Get("tu")
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.Contains(address, "\\") {
		return "/"
	}
	return address
}
