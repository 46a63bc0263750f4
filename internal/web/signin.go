package web

import (
	"errors"
	"net/http"

	"ketnap/internal/workspace"
)

type signInPage struct {
	page
	To     string // where to go then
	Code   string
	Failed bool
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) error {
	if s.gate == nil {
		return errNotFound
	}
	return s.show(w, r, http.StatusOK, "signin", &signInPage{page: page{Title: "Đăng nhập"}, To: inside(r.FormValue("toi"))})
}

// signIn begins a session. No word tells whether a code exists.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	if s.gate == nil {
		return errNotFound
	}
	code, to := r.PostFormValue("ma"), inside(r.PostFormValue("toi"))
	if s.gate.tooOften(w, r, code) {
		return errTooOften
	}
	ws, err := s.open()
	if err != nil {
		return err
	}
	a, err := ws.SignIn(r.Context(), code, r.PostFormValue("mat-khau"))
	if errors.Is(err, workspace.ErrNotSignedIn) {
		s.Log.Info().Str("from", address(r)).Msg("sign-in refused")
		p := &signInPage{page: page{Title: "Chưa đăng nhập được"}, To: to, Code: code, Failed: true}
		return s.show(w, r, http.StatusUnprocessableEntity, "signin", p)
	}
	if err == nil {
		err = s.gate.sessions.RenewToken(r.Context())
	}
	if err != nil {
		return err
	}
	s.gate.sessions.Put(r.Context(), "code", a.Code)
	s.gate.sessions.Put(r.Context(), "event", a.Event)
	http.Redirect(w, r, s.Root+to, http.StatusSeeOther)
	return nil
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if s.gate == nil {
		return errNotFound
	}
	if err := s.gate.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, s.Root+"/dang-nhap", http.StatusSeeOther)
	return nil
}

type passwordPage struct {
	page
	Handed bool // it must be changed
	Failed string
}

func (s *Server) passwordForm(w http.ResponseWriter, r *http.Request) error {
	if s.gate == nil {
		return errNotFound
	}
	return s.show(w, r, http.StatusOK, "password", &passwordPage{page: page{Title: "Đổi mật khẩu"}, Handed: s.visitor(r).handed})
}

// changePassword gives an account the password that its holder chose; every other session of it
// ends.
func (s *Server) changePassword(w http.ResponseWriter, r *http.Request) error {
	if s.gate == nil {
		return errNotFound
	}
	me := s.visitor(r)
	if s.gate.tooOften(w, r, me.Code) {
		return errTooOften
	}
	p := &passwordPage{page: page{Title: "Chưa đổi được mật khẩu"}, Handed: me.handed}
	var usage *workspace.UsageError
	var err error
	if password := r.PostFormValue("moi"); password != r.PostFormValue("lai") {
		p.Failed = "Hai lần gõ mật khẩu mới không giống nhau."
	} else {
		err = s.act(r, func(ws *workspace.Workspace) error {
			return ws.ChangePassword(r.Context(), me.Code, r.PostFormValue("cu"), password)
		})
	}
	switch {
	case errors.Is(err, workspace.ErrNotSignedIn):
		p.Failed = "Mật khẩu hiện nay không đúng."
	case errors.As(err, &usage):
		p.Failed = usage.Sentence
	case err != nil:
		return err
	}
	if p.Failed != "" {
		return s.show(w, r, http.StatusUnprocessableEntity, "password", p)
	}
	ws, err := s.open()
	if err != nil {
		return err
	}
	a, err := ws.Account(r.Context(), me.Code)
	if err == nil {
		err = s.gate.sessions.RenewToken(r.Context())
	}
	if err != nil {
		return err
	}
	s.gate.sessions.Put(r.Context(), "event", a.Event)
	http.Redirect(w, r, s.Root+"/", http.StatusSeeOther)
	return nil
}
