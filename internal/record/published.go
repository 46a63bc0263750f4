package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ketnap/internal/domain"
)

// Figures are numbers of people that were published for a period, under names
// that are the caller's to choose.
type Figures map[string]int

// Publication is the figures of a period as its workbook showed them, and what
// they rest on.
type Publication struct {
	Period     domain.Period
	Figures    Figures
	Assignment string          // SHA-256 of the assignment workbook; "" is not known
	Counting   domain.Counting // "" is not known
	AsOf       int64           // the last act before it; given by the record
}

// SavePublished records the figures that the workbook of a period shows now, when
// they are not those it showed before. The earlier ones stay in the history.
func (s *Store) SavePublished(ctx context.Context, p Publication) error {
	figures, err := json.Marshal(p.Figures)
	if err != nil {
		return fmt.Errorf("record published figures: %w", err)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fail(ctx, "begin to record published figures", err)
	}
	defer tx.Rollback() // does nothing after Commit
	var last string
	err = tx.QueryRowContext(ctx, `SELECT json FROM published WHERE period = $1 ORDER BY seq DESC LIMIT 1`, p.Period.String()).Scan(&last)
	if err == nil && last == string(figures) {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fail(ctx, "read published figures", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO published (seq, act, period, assignment, counting, json)
		SELECT COALESCE((SELECT max(seq) FROM published), 0) + 1, COALESCE((SELECT max(seq) FROM act), 0), $1, $2, $3, $4`,
		p.Period.String(), p.Assignment, string(p.Counting), string(figures))
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return fail(ctx, "record published figures", err)
	}
	return nil
}

// Published is what was published last for each period of a year.
func (s *Store) Published(ctx context.Context, year int) (map[domain.Period]Publication, error) {
	published := map[domain.Period]Publication{}
	err := s.publications(ctx, func(p Publication) { published[p.Period] = p },
		`WHERE substr(period, 1, 4) = $1`, fmt.Sprintf("%04d", year))
	if err != nil {
		return nil, err
	}
	return published, nil
}

// Publications is everything that was ever published, in order.
func (s *Store) Publications(ctx context.Context) (list []Publication, err error) {
	err = s.publications(ctx, func(p Publication) { list = append(list, p) }, ``)
	return list, err
}

func (s *Store) publications(ctx context.Context, take func(Publication), condition string, args ...any) error {
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var p Publication
		var period month
		var figures string
		if err := rows.Scan(&p.AsOf, &period, &p.Assignment, &p.Counting, &figures); err != nil {
			return err
		}
		p.Period = domain.Period(period)
		if err := json.Unmarshal([]byte(figures), &p.Figures); err != nil {
			return err
		}
		take(p)
		return nil
	}, `SELECT act, period, assignment, counting, json FROM published `+condition+` ORDER BY seq`, args...)
	if err != nil {
		return fail(ctx, "read published figures", err)
	}
	return nil
}
