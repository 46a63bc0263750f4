package workspace

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// Handed is a password that the office hands out; it is told this once.
type Handed struct{ Code, Name, Password string }

// HandOut gives accounts new passwords, which have to be changed when they are first used.
// Codes are those of units, or with office names that the office gives itself.
func (w *Workspace) HandOut(ctx context.Context, codes []string, office bool) ([]Handed, error) {
	list := make([]Handed, len(codes))
	accounts := make([]store.Account, len(codes))
	group, hash := errgroup.WithContext(ctx)
	for i, code := range codes {
		u, known := w.Assignment.UnitEver(code)
		switch {
		case !office && !known:
			return nil, unknownUnit(code)
		case office && (known || code == "" || len(code) > 40 || strings.ContainsAny(code, ":/ ")):
			return nil, usageError(nil, "", "«%s» không dùng làm tên đăng nhập của cơ quan được — chọn tên khác, không dấu cách, "+
				"không trùng mã đơn vị.", code)
		}
		list[i] = Handed{code, u.Name, newPassword()}
		group.Go(func() (err error) {
			accounts[i] = store.Account{Code: code, Office: office, Handed: true}
			accounts[i].Password, err = hashPassword(hash, list[i].Password)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return list, w.saveAccounts(ctx, "phát mật khẩu", accounts...)
}

// LockAccount lets nobody sign in with a code until a password is handed out anew.
func (w *Workspace) LockAccount(ctx context.Context, code string) error {
	a, err := w.Account(ctx, code)
	if err != nil {
		return err
	}
	if a == nil {
		return usageError(nil, "", "Không có tài khoản «%s».", code)
	}
	a.Password = ""
	return w.saveAccounts(ctx, "khóa tài khoản", *a)
}

// ChangePassword gives an account the password that its holder chose.
func (w *Workspace) ChangePassword(ctx context.Context, code, old, password string) error {
	if _, err := w.SignIn(ctx, code, old); err != nil {
		return err
	}
	switch {
	case utf8.RuneCountInString(password) < 10 || len(password) > 200:
		return usageError(nil, "", "Mật khẩu mới phải có từ 10 ký tự trở lên.")
	case password == old || strings.Contains(strings.ToLower(password), strings.ToLower(code)):
		return usageError(nil, "", "Mật khẩu mới không được giống mật khẩu cũ và không chứa mã đăng nhập.")
	}
	a, err := w.Account(ctx, code)
	if err != nil {
		return err
	}
	if a.Password, err = hashPassword(ctx, password); err != nil {
		return err
	}
	a.Handed = false
	return w.saveAccounts(ctx, "đổi mật khẩu", *a)
}

// ErrNotSignedIn says that there is no such account, or it has another password, or is locked:
// which of them is not told.
var ErrNotSignedIn = errors.New("no account has this code and password")

// SignIn is the account of a code and its password.
func (w *Workspace) SignIn(ctx context.Context, code, password string) (*store.Account, error) {
	a, err := w.Account(ctx, code)
	if err != nil {
		return nil, err
	}
	stored := ""
	if a != nil {
		stored = a.Password
	}
	same, err := samePassword(ctx, password, stored)
	if err == nil && !same {
		err = ErrNotSignedIn
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// Account is the account of a code; nil when there is none.
func (w *Workspace) Account(ctx context.Context, code string) (*store.Account, error) {
	return looking(ctx, w, func(s *Session) (*store.Account, error) { return s.store.Account(ctx, code) })
}

// Accounts are all accounts, in the order of their codes.
func (w *Workspace) Accounts(ctx context.Context) ([]store.Account, error) {
	return looking(ctx, w, func(s *Session) ([]store.Account, error) { return s.store.Accounts(ctx) })
}

// Diary is what happened last: who did what, the newest first.
func (w *Workspace) Diary(ctx context.Context, most int) ([]store.Event, error) {
	return looking(ctx, w, func(s *Session) ([]store.Event, error) { return s.store.Events(ctx, most) })
}

// PrepareRecord makes the record where there is none, and one of an earlier version that of
// today, so that it can be asked for accounts; on a server also what several processes share
// beside it. Of those that start together one after another does this.
func (w *Workspace) PrepareRecord(ctx context.Context) error {
	for begun := time.Now(); ; {
		s, err := w.Begin(ctx)
		if err == nil {
			defer s.End()
			if w.Shared() {
				err = s.store.PrepareJobs(ctx)
			}
			return err
		}
		if !w.Shared() || !errors.Is(err, ErrHeld) || time.Since(begun) > 2*time.Minute {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// saveAccounts records in one event how accounts stand from now on.
func (w *Workspace) saveAccounts(ctx context.Context, what string, accounts ...store.Account) error {
	s, err := w.toRecord(ctx)
	if err != nil {
		return err
	}
	defer s.End()
	event := w.event(store.Accounted)
	if event.Why = fmt.Sprintf("%s: %d tài khoản", what, len(accounts)); len(accounts) == 1 {
		event.Why = fmt.Sprintf("%s: %s", what, accounts[0].Code)
	}
	return s.record(ctx, event, func(tx *store.Tx) error {
		for _, a := range accounts {
			if err := tx.SaveAccount(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnitsWithoutAccount are the codes of units of today that no password was handed out for yet.
func (w *Workspace) UnitsWithoutAccount(ctx context.Context) ([]string, error) {
	list, err := w.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, a := range list {
		has[a.Code] = true
	}
	var codes []string
	for _, u := range w.Assignment.Expected(domain.DateOf(w.now())) {
		if !has[u.Code] {
			codes = append(codes, u.Code)
		}
	}
	return codes, nil
}
