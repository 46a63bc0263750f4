// Package upgrade takes over the record of a version of the program that kept what a
// return says in a binary form of its own. It reads that form and does not write it. It
// goes with the release after next.
package upgrade

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// The tables of the versions before.
//
//go:embed migrations/*.sql
var migrations embed.FS

// Options are what the new record needs beside the old one.
type Options struct {
	Now  time.Time
	Who  string
	Keys func(*domain.Return) (rows []domain.Keys, list string) // what persons are found by
}

// Needed reports whether the database at path is a record of a version before.
func Needed(ctx context.Context, path string) (old bool, err error) {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return false, nil // there is nothing to take over
	}
	for _, how := range store.ToRead {
		var db *sql.DB
		if db, err = store.Database(path, how); err != nil {
			return false, err
		}
		err = db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&old)
		if err = errors.Join(err, db.Close()); err == nil {
			return old, nil
		}
	}
	return false, err
}

// Backup copies the database at path, with what waits beside it to be put in.
func Backup(ctx context.Context, path, to string) error {
	db, err := store.Database(path, "")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if _, err := copyFile(path, to+".tmp"); err != nil {
		return err
	}
	return os.Rename(to+".tmp", to)
}

// Record makes a new record at to of the old one at from, which stays as it is: acts,
// verdicts, findings, times and publications are taken over in their order, and what each
// return says as it was read last. The first event tells the old file by its SHA-256.
func Record(ctx context.Context, from, to string, o Options) (err error) {
	work := to + ".old"
	sum, err := copyFile(from, work)
	if err != nil {
		return err
	}
	defer os.Remove(work)
	old, err := store.Database(work, "")
	if err != nil {
		return err
	}
	defer old.Close()
	if err := lastVersion(ctx, old); err != nil {
		return fmt.Errorf("bring the old tables up to date: %w", err)
	}
	record, err := store.Open(ctx, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	tx, err := record.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	_, err = tx.Append(ctx, store.Event{At: o.Now, Kind: store.Upgraded, Who: o.Who, Why: "SHA-256 của sổ cũ: " + sum})
	if err != nil {
		return err
	}
	u := &taking{old: old, tx: tx, options: o, ids: map[string]int64{}, waivers: map[waived]int64{}}
	if err := u.acts(ctx); err != nil {
		return fmt.Errorf("take over the old record: %w", err)
	}
	_, err = tx.Commit(ctx)
	return err
}

// lastVersion brings the tables of a copy of the old record to their last version.
func lastVersion(ctx context.Context, db *sql.DB) error {
	numbered, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, numbered, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// copyFile copies a file, and gives the SHA-256 of its bytes.
func copyFile(from, to string) (sum string, err error) {
	data, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:]), os.WriteFile(to, data, 0o600)
}

// taking is an old record being taken over.
type taking struct {
	old     *sql.DB
	tx      *store.Tx
	options Options
	ids     map[string]int64   // of submissions, by SHA-256
	waivers map[waived]int64   // numbers of those in force
	settled []store.Settlement // of the run at hand
}

// waived is what an old waiver was told by.
type waived struct{ period, unit, rule, cell string }

// act is something that was done, as the old record has it.
type act struct {
	seq                                                                                       int64
	at, kind, who, why, program, rules, assignment, counting, period, unit, until, rule, cell string
}

// acts takes over everything that was done, in its order.
func (u *taking) acts(ctx context.Context) error {
	list, err := rows(ctx, u, func(a *act) []any {
		return []any{&a.seq, &a.at, &a.kind, &a.who, &a.why, &a.program, &a.rules, &a.assignment, &a.counting, &a.period, &a.unit, &a.until,
			&a.rule, &a.cell}
	}, `SELECT seq, at, kind, who, why, program, rules, assignment, counting, period, unit, until, rule, cell FROM act ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.kind == "run" {
			err = u.run(ctx, a)
		} else {
			err = u.office(ctx, a)
		}
		if err == nil {
			err = u.publications(ctx, a)
		}
		if err != nil {
			return fmt.Errorf("act %d: %w", a.seq, err)
		}
	}
	return nil
}

// rows are the answers to a question to the old record; columns are where those of an
// answer go.
func rows[T any](ctx context.Context, u *taking, columns func(*T) []any, query string, args ...any) (list []T, err error) {
	found, err := u.old.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close() // Err says what there is to say
	for found.Next() {
		var row T
		if err := found.Scan(columns(&row)...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, found.Err()
}

// event begins an event that was an act.
func (u *taking) event(a act, kind store.Kind) store.Event {
	at, err := time.Parse(time.RFC3339Nano, a.at)
	if err != nil {
		at = u.options.Now // for people only
	}
	period, _ := domain.ParsePeriod(a.period) // none is none
	return store.Event{At: at, Kind: kind, Who: a.who, Why: a.why, Unit: a.unit, Period: period, Until: dayOf(a.until)}
}

func dayOf(iso string) domain.Date {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return domain.Date{}
	}
	return domain.DateOf(t)
}

// run takes over a run: what it saw, what it judged and what became of it.
func (u *taking) run(ctx context.Context, a act) error {
	type fileSeen struct {
		store.File
		first string
	}
	seen, err := rows(ctx, u, func(f *fileSeen) []any { return []any{&f.SHA256, &f.Size, &f.Path, &f.first} },
		`SELECT s.sha256, f.size, s.path, f.first_seen FROM sighting s JOIN file f ON f.sha256 = s.sha256
			WHERE s.act = $1 ORDER BY s.path, s.sha256`, a.seq)
	if err != nil {
		return err
	}
	var files []store.File
	for _, f := range seen {
		f.FirstDay = dayOf(f.first)
		files = append(files, f.File)
	}
	ids, err := u.tx.Receive(ctx, files)
	if err != nil {
		return err
	}
	for i, f := range files {
		u.ids[f.SHA256] = ids[i]
	}
	if err := u.tx.AppendIfAny(ctx, u.event(a, store.Received)); err != nil {
		return err
	}
	u.settled = nil
	if err := u.judged(ctx, a); err != nil {
		return err
	}
	if err := u.verdicts(ctx, a); err != nil {
		return err
	}
	if err := u.tx.Settle(ctx, u.settled); err != nil {
		return err
	}
	return u.tx.AppendIfAny(ctx, u.event(a, store.Judged))
}

// judged takes over the judgements of a run.
func (u *taking) judged(ctx context.Context, a act) error {
	type judgement struct {
		id, findings                           int64
		sum, basis, verdict, unit, period, day string
	}
	list, err := rows(ctx, u, func(j *judgement) []any {
		return []any{&j.id, &j.findings, &j.sum, &j.basis, &j.verdict, &j.unit, &j.period, &j.day}
	}, `SELECT id, findings, sha256, basis, verdict, unit, period, received FROM judgement WHERE act = $1 ORDER BY id`, a.seq)
	if err != nil {
		return err
	}
	for _, j := range list {
		ret, unit, period, err := u.reading(ctx, j.sum, dayOf(j.day))
		if err != nil {
			return fmt.Errorf("file %.12s: %w", j.sum, err)
		}
		basis, err := u.tx.SaveBasis(ctx, a.basis("cũ "+j.basis))
		if err != nil {
			return err
		}
		findings, err := u.findings(ctx, j.findings) // as they were told: which were found beside others it did not keep
		if err != nil {
			return err
		}
		judged, err := u.tx.SaveJudgement(ctx, u.ids[j.sum], ret, basis, findings)
		if err != nil {
			return err
		}
		u.settled = append(u.settled, store.Settlement{
			Submission: u.ids[j.sum], Return: ret, Judgement: judged, Unit: unit, Period: period, Verdict: domain.Verdict(j.verdict),
		})
	}
	return nil
}

// basis is what an act rests on, under a hash of its own.
func (a act) basis(hash string) store.Basis {
	return store.Basis{Hash: hash, Program: a.program, Rules: a.rules, Assignment: a.assignment,
		Counting: cmp.Or(domain.Counting(a.counting), domain.ByDecision)}
}

// reading records what a file says, as it was read last.
func (u *taking) reading(ctx context.Context, sum string, received domain.Date) (ret int64, unit string, period domain.Period, err error) {
	var text string
	var packed []byte
	err = u.old.QueryRowContext(ctx, `SELECT json, coalesce(packed, x'') FROM content WHERE sha256 = $1`, sum).Scan(&text, &packed)
	if err == nil && len(packed) > 0 {
		text, err = unpack(packed)
	}
	if err != nil {
		return 0, "", period, err
	}
	r, err := decode(text)
	if err != nil {
		return 0, "", period, err
	}
	r.File.Received = received
	in := store.Reading{Submission: u.ids[sum], Return: r}
	in.Keys, in.ListHash = u.options.Keys(r)
	ret, err = u.tx.SaveReading(ctx, in)
	return ret, r.Unit(), r.Period(), err
}

// oldPlace is where a sentence of the old record says that it is: «Ô E25 (Tổng cộng): ».
var (
	oldPlace  = regexp.MustCompile(`^(?:Ô [A-Z]+[0-9]+(?:…[A-Z]+[0-9]+)?|Sheet [^(:]+) \(([^:]*)\): `)
	oldFolded = regexp.MustCompile(`^(?:Ô [A-Z]+[0-9]+…[A-Z]+[0-9]+)( \([^:]*\))?: [0-9]+ ô cùng một lỗi, ví dụ ô [A-Z]+[0-9]+: `)
)

// findings are those of an old judgement, one for each cell.
func (u *taking) findings(ctx context.Context, judgement int64) ([]domain.Finding, error) {
	type finding struct {
		domain.Finding
		at string
	}
	found, err := rows(ctx, u, func(f *finding) []any {
		return []any{&f.Rule, &f.Severity, &f.Cell.Sheet, &f.Cell.Row, &f.Cell.Col, &f.at, &f.Got, &f.Want, &f.Message, &f.Explained}
	}, `SELECT rule, severity, sheet, row, col, at, got, want, message, explained FROM finding
			WHERE judgement = $1 ORDER BY ordinal`, judgement)
	var list []domain.Finding
	for _, f := range found {
		if place := oldPlace.FindStringSubmatch(f.Message); place != nil {
			f.Place = place[1]
		}
		cells := []domain.Cell{f.Cell}
		folded := oldFolded.FindStringSubmatch(f.Message)
		if f.at != "" && folded != nil {
			if err := json.Unmarshal([]byte(f.at), &cells); err != nil {
				return nil, err
			}
		}
		for _, cell := range cells {
			one := f.Finding
			if one.Cell = cell; folded != nil {
				one.Message = "Ô " + cell.Ref() + folded[1] + ": " + f.Message[len(folded[0]):]
			}
			list = append(list, one)
		}
	}
	return list, err
}

// verdicts takes over what became of files that were judged before.
func (u *taking) verdicts(ctx context.Context, a act) error {
	type change struct{ sum, verdict string }
	list, err := rows(ctx, u, func(c *change) []any { return []any{&c.sum, &c.verdict} },
		`SELECT sha256, verdict FROM verdict WHERE act = $1 ORDER BY sha256`, a.seq)
	if err != nil {
		return err
	}
	for _, c := range list {
		i := slices.IndexFunc(u.settled, func(s store.Settlement) bool { return s.Submission == u.ids[c.sum] })
		if i < 0 {
			was, ok, err := u.tx.Standing(ctx, u.ids[c.sum])
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("the verdict on file %.12s changed before it was judged", c.sum)
			}
			i = len(u.settled)
			u.settled = append(u.settled, was)
		}
		u.settled[i].Verdict = domain.Verdict(c.verdict)
	}
	return nil
}

// ByCell begins what a waiver of the old record holds on to: a cell, of any later version;
// what follows is «E25» or «CHI_BO!E25», or nothing for every cell. Whoever takes the record
// over binds it to what stands in the cell.
const ByCell = "cell:"

// office takes over an act of the office.
func (u *taking) office(ctx context.Context, a act) error {
	kinds := map[string]store.Kind{"close": store.Closed, "reopen": store.Reopened, "waive": store.Waived, "unwaive": store.Unwaived}
	e := u.event(a, kinds[a.kind])
	key := waived{a.period, a.unit, a.rule, a.cell}
	var err error
	switch e.Kind {
	case store.Closed:
		e.Basis, err = u.tx.SaveBasis(ctx, a.basis("cũ, chốt "+fmt.Sprint(a.seq)))
	case store.Waived:
		u.waivers[key], err = u.tx.Waive(ctx, domain.Waiver{Unit: a.unit, From: e.Period, Rule: a.rule, About: ByCell + a.cell})
	case store.Unwaived:
		if id := u.waivers[key]; id != 0 {
			delete(u.waivers, key)
			err = u.tx.Unwaive(ctx, id)
		}
	}
	if err == nil {
		_, err = u.tx.Append(ctx, e)
	}
	return err
}

// publications takes over what was published after an act.
func (u *taking) publications(ctx context.Context, a act) error {
	type publication struct{ period, assignment, counting, figures string }
	list, err := rows(ctx, u, func(p *publication) []any { return []any{&p.period, &p.assignment, &p.counting, &p.figures} },
		`SELECT period, assignment, counting, json FROM published WHERE act = $1 ORDER BY seq`, a.seq)
	if err != nil {
		return err
	}
	for _, old := range list {
		period, err := domain.ParsePeriod(old.period)
		if err != nil {
			return err
		}
		p := store.Publication{Period: period, Sources: map[string]int64{}, CountedHash: "chưa có ở bản cũ"}
		if err := json.Unmarshal([]byte(old.figures), &p.Figures); err != nil {
			return err
		}
		if err := u.sources(ctx, a, period, p.Sources); err != nil {
			return err
		}
		rested := a
		rested.assignment, rested.counting = old.assignment, old.counting
		p.Basis, err = u.tx.SaveBasis(ctx, rested.basis(fmt.Sprintf("cũ, công bố %s %s", old.assignment, old.counting)))
		if err == nil {
			err = u.tx.Publish(ctx, p)
		}
		if err == nil {
			e := u.event(a, store.Published)
			e.Period, e.Unit, e.Why, e.Until = period, "", "", domain.Date{}
			_, err = u.tx.Append(ctx, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sources are the returns that counted for a period after an act.
func (u *taking) sources(ctx context.Context, a act, p domain.Period, sources map[string]int64) error {
	type counted struct{ unit, sum string }
	list, err := rows(ctx, u, func(c *counted) []any { return []any{&c.unit, &c.sum} },
		`SELECT v.unit, v.sha256 FROM verdict v WHERE v.period = $1 AND v.unit <> '' AND v.verdict = 'accepted' AND v.act <= $2
			AND NOT EXISTS (SELECT 1 FROM verdict w WHERE w.sha256 = v.sha256 AND w.act > v.act AND w.act <= $2)`, p.String(), a.seq)
	for _, c := range list {
		if was, ok, e := u.tx.Standing(ctx, u.ids[c.sum]); e == nil && ok {
			sources[c.unit] = was.Return
		}
	}
	return err
}
