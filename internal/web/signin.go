package web

import (
	"context"
	"errors"
	"net/http"

	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

type signInPage struct {
	page
	To     string // where to go then
	Code   string
	Failed bool
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, "signin", &signInPage{page: page{Title: "Đăng nhập"}, To: inside(r.FormValue("toi"))})
}

// signIn begins a session. No word tells whether a code exists.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	code, to := r.PostFormValue("ma"), inside(r.PostFormValue("toi"))
	if s.gate.tooOften(w, r, code) {
		return errTooOften
	}
	a, err := ws.SignIn(r.Context(), code, r.PostFormValue("mat-khau"))
	if errors.Is(err, workspace.ErrNotSignedIn) {
		s.Log.Info().Str("from", address(r)).Msg("sign-in refused")
		p := &signInPage{page: page{Title: "Chưa đăng nhập được"}, To: to, Code: code, Failed: true}
		return s.show(w, r, http.StatusUnprocessableEntity, "signin", p)
	}
	if err == nil {
		err = s.gate.begin(r.Context(), a)
	}
	if err == nil {
		http.Redirect(w, r, s.Root+to, http.StatusSeeOther)
	}
	return err
}

// begin begins a session, or goes on with one under another token.
func (g *gate) begin(ctx context.Context, a *store.Account) error {
	if err := g.sessions.RenewToken(ctx); err != nil {
		return err
	}
	g.sessions.Put(ctx, "code", a.Code)
	g.sessions.Put(ctx, "event", a.Event)
	return nil
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	err := s.gate.sessions.Destroy(r.Context())
	if err == nil {
		http.Redirect(w, r, s.Root+"/dang-nhap", http.StatusSeeOther)
	}
	return err
}

type passwordPage struct {
	page
	Handed bool // it must be changed
	Failed string
}

func (s *Server) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, "password", &passwordPage{page: page{Title: "Đổi mật khẩu"}, Handed: s.visitor(r).handed})
}

// changePassword gives an account the password that its holder chose; every other session of it
// ends.
func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
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
	a, err := ws.Account(r.Context(), me.Code)
	if err == nil {
		err = s.gate.begin(r.Context(), a)
	}
	if err == nil {
		http.Redirect(w, r, s.Root+"/", http.StatusSeeOther)
	}
	return err
}
