package web

import (
	"net/http"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

type accountsPage struct {
	page
	Units   []accountLine
	Part    *part // of them
	Offices []store.Account
	Handed  []workspace.Handed // shown this once
}

type accountLine struct {
	reference.Unit
	Account *store.Account // nil: none yet
}

func (s *Server) accounts(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	return s.showAccounts(w, r, ws, nil)
}

func (s *Server) showAccounts(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace, handed []workspace.Handed) error {
	list, err := ws.Accounts(r.Context())
	if err != nil {
		return err
	}
	p := &accountsPage{page: page{Title: "Tài khoản", Office: ws.Settings.Office.Name}, Handed: handed}
	of := map[string]*store.Account{}
	for i, a := range list {
		if a.Office {
			p.Offices = append(p.Offices, a)
		} else {
			of[a.Code] = &list[i]
		}
	}
	for _, u := range ws.Assignment.Expected(domain.DateOf(s.Now())) {
		p.Units = append(p.Units, accountLine{u, of[u.Code]})
	}
	p.Units, p.Part = partOf(s, r, p.Units)
	return s.show(w, r, http.StatusOK, "accounts", p)
}

// handOut gives accounts new passwords: of the unit named, or of all units that have none yet.
func (s *Server) handOut(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) error {
	var handed []workspace.Handed
	err := s.act(r, func(ws *workspace.Workspace) (err error) {
		codes := []string{strings.TrimSpace(r.PostFormValue("don-vi"))}
		if codes[0] == "" {
			if codes, err = ws.UnitsWithoutAccount(r.Context()); err != nil {
				return err
			}
		}
		handed, err = ws.HandOut(r.Context(), codes, false)
		return err
	})
	if err != nil {
		return err
	}
	return s.showAccounts(w, r, ws, handed)
}

// lock lets nobody sign in with a code until a password is handed out anew.
func (s *Server) lock(r *http.Request, ws *workspace.Workspace) error {
	return ws.LockAccount(r.Context(), r.PathValue("code"))
}
