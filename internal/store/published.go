package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// Figures are numbers of people that were published for a period: «admitted» of the
// whole, «05917/admitted» of a unit.
type Figures map[string]int

// Publication is the figures of a period as its workbook showed them, and what they rest
// on.
type Publication struct {
	Event       int64 // given by the record
	Period      domain.Period
	Figures     Figures
	Sources     map[string]int64 // by unit: the return that counted
	CountedHash string           // of what was counted: the same on every machine
	Basis       int64            // to be recorded
	Rules       string           // of that basis, as recorded
	Assignment  string           // SHA-256 of the assignment workbook, as recorded
	Counting    domain.Counting  // as recorded
}

// Publish records the figures that the workbook of a period shows now. The earlier ones
// stay in the history.
func (t *Tx) Publish(ctx context.Context, p Publication) error {
	rows := []rowOf{publications.row(t.Next(), p.Period.String(), p.Basis, p.CountedHash)}
	for _, unit := range slices.Sorted(maps.Keys(p.Sources)) {
		rows = append(rows, sources.row(t.Next(), unit, p.Sources[unit]))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Figures)) {
		unit, figure, ofUnit := strings.Cut(name, "/")
		if !ofUnit {
			unit, figure = "*", name
		}
		rows = append(rows, figures.row(t.Next(), unit, figure, int64(p.Figures[name])))
	}
	return fail(ctx, "record published figures", t.addProved(ctx, rows...))
}

// Published is what was published last for a period; zero when nothing was.
func (v View) Published(ctx context.Context, p domain.Period) (last Publication, err error) {
	var event int64
	err = v.one(ctx, []any{&event}, `SELECT coalesce(max(event), 0) FROM publication WHERE period = $1`, p.String())
	if err != nil || event == 0 {
		return last, fail(ctx, "read published figures", err)
	}
	list, err := v.publications(ctx, `WHERE p.event = $1`, ``, event)
	if len(list) > 0 {
		last = list[0]
	}
	return last, err
}

// PublishedOfWhole is everything that was ever published, in order, with the figures of the
// whole alone.
func (v View) PublishedOfWhole(ctx context.Context) (list []Publication, err error) {
	return v.publications(ctx, `WHERE TRUE`, ` AND x.unit = '*'`)
}

// Publications is everything that was ever published, in order.
func (v View) Publications(ctx context.Context) (list []Publication, err error) {
	return v.publications(ctx, `WHERE TRUE`, ``)
}

// publications are those of a condition on publication p, with those of their rows x that meet
// another.
func (v View) publications(ctx context.Context, condition, ofRows string, args ...any) ([]Publication, error) {
	list, err := all(ctx, v, func(p *Publication) []any {
		return []any{&p.Event, month{&p.Period}, &p.CountedHash, &p.Basis, &p.Rules, &p.Assignment, &p.Counting}
	}, `SELECT p.event, p.period, p.counted_hash, p.basis, b.rules, b.assignment, b.counting
		FROM publication p JOIN basis b ON b.id = p.basis `+condition+` ORDER BY p.event`, args...)
	if err != nil {
		return nil, fail(ctx, "read published figures", err)
	}
	of := map[int64]Publication{}
	for i := range list {
		list[i].Figures, list[i].Sources = Figures{}, map[string]int64{}
		of[list[i].Event] = list[i]
	}
	var event, value int64
	var unit, figure string
	err = v.each(ctx, func(rows *sql.Rows) error {
		err := rows.Scan(&event, &unit, &value)
		if one, there := of[event]; there { // else published a moment ago
			one.Sources[unit] = value
		}
		return err
	}, `SELECT x.event, x.unit, x."return" FROM publication_source x JOIN publication p ON p.event = x.event `+condition+ofRows, args...)
	if err == nil {
		err = v.each(ctx, func(rows *sql.Rows) error {
			err := rows.Scan(&event, &unit, &figure, &value)
			if unit != "*" {
				figure = unit + "/" + figure
			}
			if one, there := of[event]; there {
				one.Figures[figure] = int(value)
			}
			return err
		}, `SELECT x.event, x.unit, x.figure, x.value FROM published_figure x JOIN publication p ON p.event = x.event `+condition+ofRows, args...)
	}
	return list, fail(ctx, "read published figures", err)
}
