package store

import (
	"context"
	"slices"
	"time"

	"ketnap/internal/domain"
)

// manyFiles is how many files one question is about.
const manyFiles = 40

// Known is, by SHA-256, what the record has of files, without the reading that it stands on; one
// it has never seen is not in the answer. Of what was not judged only ID, File, FirstSeen and
// Received are known.
func (s *Store) Known(ctx context.Context, sums []string) (map[string]domain.Submission, error) {
	known := make(map[string]domain.Submission, len(sums))
	err := s.reading(ctx, func(at View) error {
		for some := range slices.Chunk(sums, manyFiles) {
			list, err := all(ctx, at, columnsOfFile, `SELECT `+fileColumns+` FROM submission s LEFT JOIN standing t ON t.submission = s.id
				WHERE `+oneOf(`s.sha256`, 1, manyFiles), filled(some, manyFiles)...)
			if err != nil {
				return err
			}
			for _, sub := range list {
				known[sub.File.SHA256] = sub
			}
		}
		return nil
	})
	return known, fail(ctx, "look files up", err)
}

// All is the same of every file of the record, and what it was judged by, in the order they were
// received.
func (s *Store) All(ctx context.Context) ([]domain.Submission, error) {
	list, err := all(ctx, s.View, columnsOfJudged, `SELECT `+judgedColumns+ofEverySubmission+` ORDER BY s.id`)
	return list, fail(ctx, "look files up", err)
}

// lastPath is where a submission was found last.
const lastPath = `coalesce((SELECT f.path FROM file_seen f WHERE f.submission = s.id ORDER BY f.event DESC LIMIT 1), s.path)`

// Receipt is a submission by its number: the file, and the event that received it.
type Receipt struct {
	domain.Submission // as All has it, and what it says it is
	At                time.Time
	Hash              string // of the event: the record goes on from it
	Sender            string // the unit that was signed in; "": the inbox
}

// AskReceipt asks what the record has of the submission with a number.
func AskReceipt(id int64, r *Receipt) Question {
	return Question{
		`SELECT ` + submissionColumns + `, e.at, e.hash, s.sender` + ofEverySubmission + ` JOIN event e ON e.seq = s.event WHERE s.id = $1`,
		[]any{id}, append(columnsOfSubmission(&r.Submission), moment{&r.At}, &r.Hash, text{&r.Sender}),
	}
}

// Receipt is what AskReceipt asks for; ok is false when the record has none.
func (v View) Receipt(ctx context.Context, id int64) (r Receipt, ok bool, err error) {
	err = v.together(ctx, AskReceipt(id, &r))
	return r, r.ID != 0, fail(ctx, "look a receipt up", err)
}

// Standing is how a submission stands, by its number; nil when it was not judged.
func (v View) Standing(ctx context.Context, id int64) (*Standing, error) {
	list, err := v.standings(ctx, `t.submission = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, fail(ctx, "read how a submission stands", err)
	}
	return &list[0], nil
}

// Unsettled are those of some submissions that were not judged and settled.
func (v View) Unsettled(ctx context.Context, ids []int64) ([]int64, error) {
	settled := map[int64]bool{}
	for some := range slices.Chunk(ids, manyFiles) {
		list, err := all(ctx, v, func(id *int64) []any { return []any{id} },
			`SELECT submission FROM standing WHERE `+oneOf(`submission`, 1, manyFiles), filled(some, manyFiles)...)
		if err != nil {
			return nil, fail(ctx, "look what was judged", err)
		}
		for _, id := range list {
			settled[id] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return settled[id] }), nil
}

// Counted is, by unit, the submission that counts for a period, without its findings.
func (s *Store) Counted(ctx context.Context, p domain.Period) (map[string]domain.Submission, error) {
	list, err := all(ctx, s.View, columnsOfSubmission, `SELECT `+submissionColumns+submissionTables+`
		WHERE t.verdict = 'accepted' AND t.unit IS NOT NULL AND t.period = $1`, p.String())
	counted := make(map[string]domain.Submission, len(list))
	for _, sub := range list {
		counted[sub.Unit] = sub
	}
	return counted, fail(ctx, "read what counts", err)
}

// SentElsewhere are the submissions of units that have sent nothing for a period: for others, from
// the year before on, or for none that could be read, in the order they were received.
func (s *Store) SentElsewhere(ctx context.Context, p domain.Period) ([]domain.Submission, error) {
	list, err := all(ctx, s.View, columnsOfSubmission, `SELECT `+submissionColumns+submissionTables+`
		WHERE t.unit IS NOT NULL AND (t.period IS NULL OR t.period >= $2)
		AND t.verdict <> 'recalled'
		AND NOT EXISTS (SELECT 1 FROM standing o WHERE o.unit = t.unit AND o.period = $1 AND o.verdict <> 'recalled')
		ORDER BY s.id`, p.String(), p.LastYear().String())
	return list, fail(ctx, "read what is of other periods", err)
}

// What is asked of a submission: of the file alone, of its judgement, of what it says it is.
const (
	fileColumns       = `s.id, t."return", s.sha256, s.size, s.first_day, ` + lastPath + `, t.verdict, t.unit, t.period, s.event`
	judgedColumns     = fileColumns + `, coalesce(r.received, s.first_day), b.hash, b.assignment`
	submissionColumns = judgedColumns + `, r.content_hash, s.sha256, r.unit_name, r.version, r.prepared`
)

func columnsOfFile(sub *domain.Submission) []any {
	return []any{
		&sub.ID, orZero{&sub.Return}, &sub.File.SHA256, &sub.File.Size, day{&sub.FirstSeen}, &sub.File.Path,
		text{(*string)(&sub.Verdict)}, text{&sub.Unit}, month{&sub.Period}, &sub.Received,
	}
}

func columnsOfJudged(sub *domain.Submission) []any {
	return append(columnsOfFile(sub), day{&sub.File.Received}, text{&sub.Basis}, text{&sub.Assignment})
}

func columnsOfSubmission(sub *domain.Submission) []any {
	return append(columnsOfJudged(sub), text{&sub.Says}, &sub.Version.SHA256, text{&sub.UnitName},
		number{&sub.Version.Submission}, day{&sub.Version.Prepared})
}

// The last judgement of a submission is the one of its last reading: ids rise.
const lastBasis = `
	LEFT JOIN basis b ON b.id = (SELECT j.basis FROM judgement j WHERE j."return" = t."return" ORDER BY j.id DESC LIMIT 1)`

// submissionTables have what was judged, ofEverySubmission also what was not.
const (
	submissionTables = `
	FROM standing t JOIN submission s ON s.id = t.submission JOIN "return" r ON r.id = t."return"` + lastBasis
	ofEverySubmission = `
	FROM submission s LEFT JOIN standing t ON t.submission = s.id LEFT JOIN "return" r ON r.id = t."return"` + lastBasis
)

const findingColumns = `f.rule, f.severity, f.sheet_name, f.sheet_row, f.sheet_col, f.place, f.about, f.seen, f.got, f.want,
	f.message, f.explained`

func columnsOfFinding(f *domain.Finding) []any {
	return []any{
		&f.Rule, (*string)(&f.Severity), text{&f.Cell.Sheet}, &f.Cell.Row, &f.Cell.Col, text{&f.Place}, text{&f.About}, text{&f.Seen},
		text{&f.Got}, text{&f.Want}, &f.Message, &f.Explained,
	}
}

// findingsOf joins what was found alone, by the judgement of a settlement or standing or by
// the one that said the same, and what was found beside others, by its event.
func findingsOf(of, settled string) string {
	return `JOIN judgement j ON j.id = ` + of + `.judgement JOIN judgement k ON k.id = coalesce(j.same_as, j.id)
		JOIN finding f ON f.submission = ` + of + `.submission
			AND (f.alone = 1 AND f.event = k.event OR f.alone = 0 AND f.event = ` + settled + `)`
}

// Periods is the periods that have an accepted return, earliest first.
func (s *Store) Periods(ctx context.Context) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing WHERE verdict = 'accepted' AND unit IS NOT NULL AND period IS NOT NULL`)
}

// JudgedPeriods is the periods that have any judgement, earliest first. The zero Period
// is among them when there are files whose period is not known.
func (s *Store) JudgedPeriods(ctx context.Context) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing`)
}

// PeriodsOf is the periods that a unit sent anything for, earliest first.
func (s *Store) PeriodsOf(ctx context.Context, unit string) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing WHERE unit = $1`, unit)
}

// PeriodsOfFiles is the periods that files were judged for, by SHA-256, earliest first; the zero
// Period is among them likewise.
func (s *Store) PeriodsOfFiles(ctx context.Context, sums []string) (list []domain.Period, err error) {
	for some := range slices.Chunk(sums, manyFiles) {
		periods, err := s.periods(ctx, `SELECT DISTINCT t.period FROM submission s JOIN standing t ON t.submission = s.id
			WHERE `+oneOf(`s.sha256`, 1, manyFiles), filled(some, manyFiles)...)
		if err != nil {
			return nil, err
		}
		list = append(list, periods...)
	}
	slices.SortFunc(list, domain.Period.Compare)
	return slices.Compact(list), nil
}

func (s *Store) periods(ctx context.Context, query string, args ...any) ([]domain.Period, error) {
	list, err := all(ctx, s.View, func(p *domain.Period) []any { return []any{month{p}} }, query, args...)
	slices.SortFunc(list, domain.Period.Compare)
	return list, fail(ctx, "read periods", err)
}

// Assignments is the SHA-256 of every assignment workbook that something rests on.
func (s *Store) Assignments(ctx context.Context) ([]string, error) {
	sums, err := all(ctx, s.View, func(sum *string) []any { return []any{sum} }, `SELECT DISTINCT assignment FROM basis`)
	slices.Sort(sums)
	return sums, fail(ctx, "read what the record rests on", err)
}

// ChangedSince are the periods in which something stands otherwise than at an event, or is said
// otherwise because of an act of the office, earliest first.
func (s *Store) ChangedSince(ctx context.Context, event int64) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT t.period FROM standing t WHERE t.settled > $1
		OR EXISTS (SELECT 1 FROM event e WHERE e.seq > $1 AND e.kind IN ('waived', 'unwaived', 'reopened', 'recalled', 'erased')
			AND substr(e.period, 1, 4) = substr(t.period, 1, 4) AND (e.period <= t.period OR e.kind = 'erased'))`, event)
}
