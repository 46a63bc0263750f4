package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/outfile"
	"ketnap/internal/workspace"
)

// What one request may bring.
const (
	maxRequest = 2 << 30
	maxFiles   = 5000
	leastSpeed = 1 << 10 // bytes a second, when its patience is over
	tooMuch    = "Gửi một lần quá nhiều: tối đa 2 GiB và 5.000 tệp — chia thành nhiều lần."
)

// upload is what was sent in one request, and what becomes of it. It is told while it lasts; what
// was received stands in the record.
type upload struct {
	Number   int               // that it is asked by; 0: nobody will
	sender   string            // the unit that sends; "": the office, into the inbox
	Who      string            // the account; "": the user of this computer
	dir      string            // where the files of a unit lie until they are in the record
	Files    []string          // paths, as kept
	Refused  []intake.SetAside // not kept
	SetAside []intake.SetAside // kept, and no returns
	Receipts []int64           // in the order of the files that may be returns
	Failed   []domain.File     // that we could not judge
	Done     int               // of Total that are judged
	Total    int
	Problem  string // why it did not come to an end
	Finished bool
	done     chan struct{} // is closed then; what others judge may still wait
}

// send takes files, of the office into the inbox, under the day and their own names, and has them
// judged.
func (s *Server) send(w http.ResponseWriter, r *http.Request) error {
	u, err := s.take(w, r, s.giveNumber)
	if err != nil {
		return err
	}
	http.Redirect(w, r, fmt.Sprintf("%s/gui/%d", s.Root, u.Number), http.StatusSeeOther)
	return nil
}

// take reads what is sent; when it answers, that is kept, and being received and judged. number, if any, gives it a
// number to be asked by.
func (s *Server) take(w http.ResponseWriter, r *http.Request, number func(*upload)) (*upload, error) {
	if r.ContentLength > maxRequest {
		return nil, &http.MaxBytesError{Limit: maxRequest}
	}
	me := s.visitor(r)
	if s.gate != nil && !me.office && s.gate.sending.OnLimit(w, r, me.Code) {
		return nil, errTooOften
	}
	ws, err := s.open()
	if err != nil {
		return nil, err
	}
	u := &upload{sender: me.owner(), Who: me.who(), done: make(chan struct{})}
	into := taking{ws, s.Now().Format(time.DateOnly), u}
	if u.sender != "" {
		if u.dir, err = os.MkdirTemp("", "ketnap-"); err != nil {
			return nil, err
		}
	}
	control := http.NewResponseController(w)
	body := &patient{ReadCloser: http.MaxBytesReader(w, r.Body, maxRequest), control: control, until: time.Now().Add(s.patience())}
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		err = &multipartError{err}
	} else {
		err = into.takeParts(parts)
	}
	if body.failed == nil { // else nothing more is waited for of whoever sends
		_ = control.SetReadDeadline(time.Time{})
	}
	if cut := (*multipartError)(nil); body.failed != nil || errors.As(err, &cut) {
		err = &workspace.UsageError{Cause: errors.Join(err, body.failed),
			Sentence: fmt.Sprintf("Việc gửi bị đứt giữa chừng: nhận được %d tệp — gửi lại các tệp còn lại.", len(u.Files))}
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(body.failed, &tooLarge) {
			err = tooLarge
		}
	}
	if err == nil && len(u.Files)+len(u.Refused) == 0 {
		err = &workspace.UsageError{Sentence: "Chưa chọn tệp nào — chọn tệp Excel hoặc tệp zip rồi bấm «Gửi báo cáo»."}
	}
	if err == nil || len(u.Files) > 0 { // also when the rest was cut off: these are whole
		if number != nil {
			number(u)
		}
		s.start(u)
	} else if u.dir != "" {
		_ = os.RemoveAll(u.dir) // nothing in it was promised
	}
	return u, err
}

// patience is how long a body may take to begin with; what comes gives it more time.
func (s *Server) patience() time.Duration { return cmp.Or(s.Patience, time.Minute) }

// patient reads a body that may be slow, but not crawl, and remembers what went wrong in that,
// to tell it from what goes wrong in keeping.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time
	failed  error
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(p.until) // a connection without deadlines is none of the network
	n, err := p.ReadCloser.Read(b)
	p.until = p.until.Add(time.Duration(n) * time.Second / leastSpeed)
	if err != nil && err != io.EOF {
		p.failed = err
	}
	return n, err
}

// multipartError is that what was sent is not what browsers send.
type multipartError struct{ error }

// taking is an upload on its way to where it is kept.
type taking struct {
	*workspace.Workspace
	day string
	u   *upload
}

func (t taking) takeParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &multipartError{err}
		}
		name := part.FileName()
		if part.FormName() != "tep" && part.FormName() != "file" || name == "" { // a field without a file
			continue
		}
		if err := t.take(name, part); err != nil {
			return err
		}
		if len(t.u.Files)+len(t.u.Refused) > maxFiles {
			return &workspace.UsageError{Sentence: tooMuch}
		}
	}
}

// take keeps one file, unless it is larger than a return may be. A zip is kept as it came: what
// is in it is listed as in the inbox.
func (t taking) take(name string, from io.Reader) error {
	name = plainName(name)
	most := t.Limits.FileSize
	if strings.EqualFold(extension(name), ".zip") {
		most = maxRequest
	}
	limited := http.MaxBytesReader(nil, io.NopCloser(from), most)
	var at string
	var err error
	if t.u.dir != "" {
		at, err = outfile.Add(t.u.dir, name, limited)
	} else {
		at, err = t.AddToInbox(t.day, name, limited)
	}
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) && over.Limit == most { // of the file; the request has its own
		_, err = io.Copy(io.Discard, from)
		reason := fmt.Sprintf("lớn hơn %d MiB nên không nhận — bỏ ảnh, trang thừa rồi gửi lại", most>>20)
		t.u.Refused = append(t.u.Refused, intake.SetAside{Path: name, Reason: reason})
		return err
	}
	if err == nil {
		t.u.Files = append(t.u.Files, at)
	}
	return err
}

// mostKept are the uploads that can be asked for; what they brought stands in the record.
const mostKept = 10_000

// start has an upload received and judged beside the requests.
func (s *Server) start(u *upload) {
	s.working.Go(func() {
		defer close(u.done)
		err := s.receive(u)
		if u.dir != "" {
			err = errors.Join(err, os.RemoveAll(u.dir))
		}
		s.mu.Lock()
		if u.Finished = true; err != nil {
			s.Log.Error().Err(err).Msg("an upload was not judged")
			_, u.Problem = wording(err)
		}
		s.mu.Unlock()
		s.remember(u)
	})
}

// giveNumber gives an upload the number that it is asked by: of those of this process the next, of
// those of several one that no other has.
func (s *Server) giveNumber(u *upload) {
	if s.Memory != nil {
		u.Number = rand.N(1 << 50)
		s.remember(u)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	u.Number = s.number
	s.uploads[u.Number] = u
	delete(s.uploads, u.Number-mostKept)
}

func keyOfUpload(number int) string { return fmt.Sprintf("upload %d", number) }

// remember lets every process tell what becomes of an upload.
func (s *Server) remember(u *upload) {
	if s.Memory == nil || u.Number == 0 {
		return
	}
	s.mu.Lock()
	data, err := json.Marshal(u)
	s.mu.Unlock()
	if err == nil {
		err = s.Memory.CommitCtx(s.ctx, keyOfUpload(u.Number), data, time.Now().Add(24*time.Hour))
	}
	if err != nil { // what was received is in the record all the same
		s.Log.Error().Err(err).Msg("remember an upload")
	}
}

// upload is what is known of an upload; nil when there is none of that number.
func (s *Server) upload(ctx context.Context, number int) (*upload, error) {
	if s.Memory == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if u := s.uploads[number]; u != nil {
			now := *u
			return &now, nil
		}
		return nil, nil
	}
	data, found, err := s.Memory.FindCtx(ctx, keyOfUpload(number))
	if err != nil || !found {
		return nil, err
	}
	u := &upload{}
	return u, json.Unmarshal(data, u)
}

// found is what of an upload may be a return: of the inbox only what it brought, of a unit only
// what is not another unit's.
func (s *Server) found(ws *workspace.Workspace, u *upload) (found intake.Found, err error) {
	if u.sender == "" {
		if found, err = ws.Scan(s.ctx); err != nil {
			return found, err
		}
		foreign := func(at string) bool {
			return !slices.ContainsFunc(u.Files, func(sent string) bool { return at == sent || strings.HasPrefix(at, sent+"/") })
		}
		found.Files = slices.DeleteFunc(found.Files, func(f intake.File) bool { return foreign(f.Path) })
		found.SetAside = slices.DeleteFunc(found.SetAside, func(f intake.SetAside) bool { return foreign(f.Path) })
		found.Failed = slices.DeleteFunc(found.Failed, func(f intake.Failed) bool { return foreign(f.Path) })
		return found, nil
	}
	if found, err = intake.Scan(s.ctx, u.dir); err != nil {
		return found, err
	}
	below := func(at string) string { return strings.TrimPrefix(at, filepath.Base(u.dir)+"/") }
	var files []intake.File
	for _, f := range found.Files {
		name := below(f.Path)
		if other, is := othersReturn(ws, u.sender, ws.UnitIn(f)); is {
			s.mu.Lock()
			u.Refused = append(u.Refused, intake.SetAside{Path: name, Reason: other})
			s.mu.Unlock()
			continue
		}
		f.Path = path.Join("gui-len", u.sender, s.Now().Format(time.DateOnly), name)
		files = append(files, f)
	}
	for i := range found.SetAside {
		found.SetAside[i].Path = below(found.SetAside[i].Path)
	}
	found.Files = files
	return found, nil
}

// othersReturn says that a file is the return of another unit than the one that sends it. Of one
// whose unit cannot be told the rules speak.
func othersReturn(ws *workspace.Workspace, sender, unit string) (reason string, is bool) {
	other, known := ws.Assignment.UnitEver(unit)
	if !known || unit == sender {
		return "", false
	}
	me, _ := ws.Assignment.UnitEver(sender)
	return fmt.Sprintf("không nhận: đây là báo cáo của %s %s, không phải của đơn vị đang đăng nhập (%s %s)",
		other.Code, other.Name, me.Code, me.Name), true
}

// sent tells what becomes of an upload; whoever asks again sees how far it is.
func (s *Server) sent(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("upload"))
	if err != nil {
		return errNotFound
	}
	u, err := s.upload(r.Context(), n)
	if err != nil {
		return err
	}
	if u == nil || u.Who != s.visitor(r).who() {
		return errNotFound
	}
	p := sentPage{upload: *u}
	ws, err := s.open()
	if err != nil {
		return err
	}
	p.Office = ws.Settings.Office.Name
	if p.Finished && s.Memory != nil { // received; others judge
		waiting, err := ws.Waiting(r.Context(), p.Receipts)
		if err != nil {
			return err
		}
		p.Finished, p.Total, p.Done = len(waiting) == 0, len(p.Receipts), len(p.Receipts)-len(waiting)
	}
	if one := p.Receipts; p.Finished && p.Problem == "" && len(one) == 1 && len(p.Refused)+len(p.SetAside)+len(p.Failed) == 0 {
		address := fmt.Sprintf("%s/ban/%d", s.Root, one[0])
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
	switch {
	case p.All > 0:
	case len(p.SetAside) > 0:
		p.Title = fmt.Sprintf("Để riêng %d tệp, không xét", len(p.SetAside))
	default:
		p.Title = fmt.Sprintf("Không nhận %d tệp", len(p.Refused))
	}
	if p.Wait {
		p.Title = fmt.Sprintf("Đang xét %d tệp", len(p.Files))
	}
	return s.show(w, r, http.StatusOK, "sent", &p)
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

// CatchUp has judged, beside the requests, what an earlier server received and did not judge.
func (s *Server) CatchUp() {
	s.working.Go(func() {
		err := s.acted(s.ctx, "", time.Hour, nil, func(ws *workspace.Workspace) error {
			_, err := ws.Take(s.ctx)
			return err
		})
		if err != nil {
			s.Log.Error().Err(err).Msg("judge what an earlier server received")
		}
	})
}

// judge has judged what waits, where an earlier time was interrupted.
func (s *Server) judge(r *http.Request, ws *workspace.Workspace) error {
	if s.Memory != nil {
		return ws.TryAgain(r.Context())
	}
	_, err := ws.Take(r.Context())
	return err
}

// from is the page of ours that a form was sent from, as the form says.
func (s *Server) from(r *http.Request) string {
	if said := r.PostForm.Get("tu"); said != "" && inside(said) == said {
		return said
	}
	return s.Root + "/"
}
