package store

import "context"

// Account is who may sign in, as it stands.
type Account struct {
	Code     string // of a unit, or a name that the office gave itself
	Office   bool
	Password string // argon2id with its parameters; "": locked
	Handed   bool   // as the office handed it out: to be changed first
	Event    int64  // since which it stands so
}

const accountQuery = `SELECT a.code, a.office, a.password, a.handed, a.event FROM account a
	WHERE a.event = (SELECT max(b.event) FROM account b WHERE b.code = a.code)`

func (a *Account) columns() []any {
	return []any{&a.Code, &a.Office, text{&a.Password}, &a.Handed, &a.Event}
}

// Account is the account of a code; nil when there is none.
func (v View) Account(ctx context.Context, code string) (*Account, error) {
	a := &Account{}
	if err := v.one(ctx, a.columns(), accountQuery+` AND a.code = $1`, code); err != nil || a.Code == "" {
		return nil, fail(ctx, "look an account up", err)
	}
	return a, nil
}

// Accounts are all accounts, in the order of their codes.
func (v View) Accounts(ctx context.Context) ([]Account, error) {
	list, err := all(ctx, v, (*Account).columns, accountQuery+` ORDER BY a.code`)
	return list, fail(ctx, "read the accounts", err)
}

// SaveAccount records how an account stands from now on.
func (t *Tx) SaveAccount(ctx context.Context, a Account) error {
	row := accounts.row(t.Next(), a.Code, truth(a.Office), orNull(a.Password), truth(a.Handed))
	return fail(ctx, "record an account", t.addProved(ctx, row))
}

// Events are the last events of the record, the newest first.
func (v View) Events(ctx context.Context, most int) ([]Event, error) {
	list, err := all(ctx, v, (*Event).columns, `SELECT `+eventColumns+` FROM event e ORDER BY e.seq DESC LIMIT $1`, most)
	return list, fail(ctx, "read the events", err)
}
