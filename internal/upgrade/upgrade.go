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
	db, err := store.DatabaseToRead(ctx, path, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&old)
	})
	if err != nil {
		return false, err
	}
	return old, db.Close()
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
	u := &taking{old: old, tx: tx, options: o, stands: map[string]store.Settlement{}, waivers: map[waived]int64{}}
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
	stands  map[string]store.Settlement // of each file, by SHA-256
	changed []string                    // files whose settlement the act at hand changed
	waivers map[waived]int64            // numbers of those in force
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
	var a act
	return u.each(ctx, []any{
		&a.seq, &a.at, &a.kind, &a.who, &a.why, &a.program, &a.rules, &a.assignment, &a.counting, &a.period, &a.unit, &a.until, &a.rule, &a.cell,
	}, func() (err error) {
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
		return nil
	}, `SELECT seq, at, kind, who, why, program, rules, assignment, counting, period, unit, until, rule, cell FROM act ORDER BY seq`)
}

// each reads every row of an answer of the old record and does something with it.
func (u *taking) each(ctx context.Context, into []any, do func() error, query string, args ...any) error {
	rows, err := u.old.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close() // Err says what there is to say
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := do(); err != nil {
			return err
		}
	}
	return rows.Err()
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
	var files []domain.File
	var f domain.File
	var first string
	err := u.each(ctx, []any{&f.SHA256, &f.Size, &f.Path, &first}, func() error {
		f.Received = dayOf(first)
		files = append(files, f)
		return nil
	}, `SELECT s.sha256, f.size, s.path, f.first_seen FROM sighting s JOIN file f ON f.sha256 = s.sha256
		WHERE s.act = $1 ORDER BY s.path, s.sha256`, a.seq)
	if err != nil {
		return err
	}
	ids, err := u.tx.Receive(ctx, "", files)
	if err != nil {
		return err
	}
	for i, f := range files {
		stands := u.stands[f.SHA256]
		stands.Submission = ids[i]
		u.stands[f.SHA256] = stands
	}
	if err := u.tx.AppendIfAny(ctx, u.event(a, store.Received)); err != nil {
		return err
	}
	if err := u.judged(ctx, a); err != nil {
		return err
	}
	if err := u.verdicts(ctx, a); err != nil {
		return err
	}
	var settled []store.Settlement
	for _, sum := range u.changed {
		settled = append(settled, u.stands[sum])
	}
	u.changed = nil
	if err := u.tx.Settle(ctx, settled); err != nil {
		return err
	}
	return u.tx.AppendIfAny(ctx, u.event(a, store.Judged))
}

// judged takes over the judgements of a run.
func (u *taking) judged(ctx context.Context, a act) error {
	var findings int64
	var sum, basis, verdict, day string
	return u.each(ctx, []any{&findings, &sum, &basis, &verdict, &day}, func() error {
		s := store.Settlement{Submission: u.stands[sum].Submission, Verdict: domain.Verdict(verdict)}
		if err := u.reading(ctx, &s, sum, dayOf(day)); err != nil {
			return fmt.Errorf("file %.12s: %w", sum, err)
		}
		on, err := u.tx.SaveBasis(ctx, a.basis("cũ "+basis))
		if err != nil {
			return err
		}
		found, err := u.findings(ctx, findings) // as they were told: which were found beside others it did not keep
		if err != nil {
			return err
		}
		s.Judgement, err = u.tx.SaveJudgement(ctx, s.Submission, s.Return, on, found)
		u.stands[sum], u.changed = s, append(u.changed, sum)
		return err
	}, `SELECT findings, sha256, basis, verdict, received FROM judgement WHERE act = $1 ORDER BY id`, a.seq)
}

// basis is what an act rests on, under a hash of its own.
func (a act) basis(hash string) store.Basis {
	return store.Basis{Hash: hash, Program: a.program, Rules: a.rules, Assignment: a.assignment,
		Counting: cmp.Or(domain.Counting(a.counting), domain.ByDecision)}
}

// reading records what a file says, as it was read last.
func (u *taking) reading(ctx context.Context, s *store.Settlement, sum string, received domain.Date) error {
	var text string
	var packed []byte
	err := u.old.QueryRowContext(ctx, `SELECT json, coalesce(packed, x'') FROM content WHERE sha256 = $1`, sum).Scan(&text, &packed)
	if err == nil && len(packed) > 0 {
		text, err = unpack(packed)
	}
	if err != nil {
		return err
	}
	r, err := decode(text)
	if err != nil {
		return err
	}
	r.File.Received = received
	in := store.ReadReturn{Submission: s.Submission, Return: r}
	in.Keys, in.ListHash = u.options.Keys(r)
	s.Unit, s.Period = r.Unit(), r.Period()
	s.Return, err = u.tx.SaveReading(ctx, in)
	return err
}

// oldPlace is where a sentence of the old record says that it is: «Ô E25 (Tổng cộng): ».
var (
	oldPlace  = regexp.MustCompile(`^(?:Ô [A-Z]+[0-9]+(?:…[A-Z]+[0-9]+)?|Sheet [^(:]+) \(([^:]*)\): `)
	oldFolded = regexp.MustCompile(`^(?:Ô [A-Z]+[0-9]+…[A-Z]+[0-9]+)( \([^:]*\))?: [0-9]+ ô cùng một lỗi, ví dụ ô [A-Z]+[0-9]+: `)
)

// findings are those of an old judgement, one for each cell.
func (u *taking) findings(ctx context.Context, judgement int64) (list []domain.Finding, err error) {
	var f domain.Finding
	var at string
	err = u.each(ctx, []any{
		&f.Rule, &f.Severity, &f.Cell.Sheet, &f.Cell.Row, &f.Cell.Col, &at, &f.Got, &f.Want, &f.Message, &f.Explained,
	}, func() error {
		f.Place = ""
		if place := oldPlace.FindStringSubmatch(f.Message); place != nil {
			f.Place = place[1]
		}
		cells := []domain.Cell{f.Cell}
		folded := oldFolded.FindStringSubmatch(f.Message)
		if at != "" && folded != nil {
			if err := json.Unmarshal([]byte(at), &cells); err != nil {
				return err
			}
		}
		for _, cell := range cells {
			one := f
			if one.Cell = cell; folded != nil {
				one.Message = "Ô " + cell.Ref() + folded[1] + ": " + f.Message[len(folded[0]):]
			}
			list = append(list, one)
		}
		return nil
	}, `SELECT rule, severity, sheet, row, col, at, got, want, message, explained FROM finding
		WHERE judgement = $1 ORDER BY ordinal`, judgement)
	return list, err
}

// verdicts takes over what became of files that were judged before.
func (u *taking) verdicts(ctx context.Context, a act) error {
	var sum, verdict string
	return u.each(ctx, []any{&sum, &verdict}, func() error {
		s := u.stands[sum]
		if s.Judgement == 0 {
			return fmt.Errorf("the verdict on file %.12s changed before it was judged", sum)
		}
		s.Verdict = domain.Verdict(verdict)
		u.stands[sum] = s
		if !slices.Contains(u.changed, sum) {
			u.changed = append(u.changed, sum)
		}
		return nil
	}, `SELECT sha256, verdict FROM verdict WHERE act = $1 ORDER BY sha256`, a.seq)
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
	e := u.event(a, store.Published)
	e.Unit, e.Why, e.Until = "", "", domain.Date{}
	rested, period, figures := a, "", ""
	return u.each(ctx, []any{&period, &rested.assignment, &rested.counting, &figures}, func() (err error) {
		if e.Period, err = domain.ParsePeriod(period); err != nil {
			return err
		}
		p := store.Publication{Period: e.Period, CountedHash: "chưa có ở bản cũ"}
		if err = json.Unmarshal([]byte(figures), &p.Figures); err != nil {
			return err
		}
		if p.Sources, err = u.sources(ctx, a, period); err != nil {
			return err
		}
		p.Basis, err = u.tx.SaveBasis(ctx, rested.basis(fmt.Sprintf("cũ, công bố %s %s", rested.assignment, rested.counting)))
		if err == nil {
			err = u.tx.Publish(ctx, p)
		}
		if err == nil {
			_, err = u.tx.Append(ctx, e)
		}
		return err
	}, `SELECT period, assignment, counting, json FROM published WHERE act = $1 ORDER BY seq`, a.seq)
}

// sources are the returns that counted for a period after an act, by unit.
func (u *taking) sources(ctx context.Context, a act, period string) (map[string]int64, error) {
	sources := map[string]int64{}
	var unit, sum string
	return sources, u.each(ctx, []any{&unit, &sum}, func() error {
		if s := u.stands[sum]; s.Return != 0 {
			sources[unit] = s.Return
		}
		return nil
	}, `SELECT v.unit, v.sha256 FROM verdict v WHERE v.period = $1 AND v.unit <> '' AND v.verdict = 'accepted' AND v.act <= $2
		AND NOT EXISTS (SELECT 1 FROM verdict w WHERE w.sha256 = v.sha256 AND w.act > v.act AND w.act <= $2)`, period, a.seq)
}
