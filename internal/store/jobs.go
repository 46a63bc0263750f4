package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// What a server's record has to be judged waits as jobs of River, in tables of its own beside
// those of the record. A job is asked for in the transaction that records what is to be judged,
// and is done in the transaction that records what came of it: killed in between, it is done again
// from the beginning. Jobs are no part of the record: it says itself what was not judged.

// judgeArgs asks for the judgement of one submission.
type judgeArgs struct {
	Submission int64 `json:"submission"`
}

// Kind is its name in the tables of River.
func (judgeArgs) Kind() string { return "judge" }

// mostTries are how often a job is tried, each time after a longer wait: an hour and a quarter
// altogether. What fails then is left to somebody.
const mostTries = 8

// InsertOpts lets at most one job of a submission wait or be done.
func (judgeArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: mostTries, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning,
		rivertype.JobStateScheduled,
	}}}
}

// PrepareJobs makes the tables beside the record that several processes share: of jobs, and of what
// pages remember. Whoever does it holds the record.
func (s *Store) PrepareJobs(ctx context.Context) error {
	config := &rivermigrate.Config{Schema: s.pool.in, Logger: slog.New(slog.DiscardHandler)}
	migrator, err := rivermigrate.New(riverdatabasesql.New(s.db), config)
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err == nil {
		const memory = `CREATE TABLE IF NOT EXISTS page_memory (key TEXT PRIMARY KEY, data BYTEA NOT NULL, until BIGINT NOT NULL)`
		const ofKind = `CREATE INDEX IF NOT EXISTS event_of_kind ON event (kind, seq)` // asked for by every judgement
		_, err = s.db.ExecContext(ctx, memory+`; `+ofKind)
	}
	return fail(ctx, "prepare the jobs", err)
}

// jobs asks for jobs, and for nothing to be done here.
func (s *Store) jobs() (*river.Client[*sql.Tx], error) {
	return river.NewClient(riverdatabasesql.New(s.db), &river.Config{Schema: s.pool.in, Logger: slog.New(slog.DiscardHandler)})
}

// AskToJudge asks for the judgement of submissions, once this is committed. What waits already is
// asked for once.
func (s *Store) AskToJudge(ctx context.Context, tx *Tx, submissions ...int64) error {
	if len(submissions) == 0 {
		return nil
	}
	client, err := s.jobs()
	if err == nil {
		params := make([]river.InsertManyParams, len(submissions))
		for i, id := range submissions {
			params[i].Args = judgeArgs{id}
		}
		_, err = client.InsertManyTx(ctx, tx.tx, params)
	}
	return fail(ctx, "ask for a judgement", err)
}

// WithoutJob are the submissions that were not judged and that nobody was asked to judge.
func (v View) WithoutJob(ctx context.Context) ([]int64, error) {
	list, err := all(ctx, v, func(id *int64) []any { return []any{id} }, `SELECT s.id FROM submission s
		WHERE NOT EXISTS (SELECT 1 FROM standing t WHERE t.submission = s.id)
		AND NOT EXISTS (SELECT 1 FROM river_job j WHERE j.kind = 'judge' AND j.state NOT IN ('completed', 'cancelled')
			AND CAST(j.args ->> 'submission' AS BIGINT) = s.id) ORDER BY s.id`)
	return list, fail(ctx, "look for what waits", err)
}

// Failed are the submissions whose judgement was given up after many tries: an error of ours.
func (s *Store) Failed(ctx context.Context) ([]int64, error) {
	list, err := all(ctx, s.View, func(id *int64) []any { return []any{id} }, `SELECT DISTINCT CAST(j.args ->> 'submission' AS BIGINT) AS id
		FROM river_job j WHERE j.kind = 'judge' AND j.state = 'discarded'
		AND NOT EXISTS (SELECT 1 FROM standing t WHERE t.submission = CAST(j.args ->> 'submission' AS BIGINT)) ORDER BY id`)
	return list, fail(ctx, "look for what was given up", err)
}

// JobsByState counts the jobs that River has, by its own words.
func (s *Store) JobsByState(ctx context.Context) (map[string]int64, error) {
	of := map[string]int64{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var state string
		var n int64
		err := rows.Scan(&state, &n)
		of[state] = n
		return err
	}, `SELECT CAST(state AS TEXT), count(*) FROM river_job GROUP BY state`)
	return of, fail(ctx, "count jobs", err)
}

// Size is how many bytes the tables of a server's record take, with their indexes and what stands beside
// them.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	const query = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relkind = 'r'`
	err = s.db.QueryRowContext(ctx, query, s.pool.in).Scan(&bytes)
	return bytes, fail(ctx, "measure the record", err)
}

// RetryFailed has tried once more what was given up, and at once what waits to be tried again.
func (s *Store) RetryFailed(ctx context.Context) error {
	client, err := s.jobs()
	if err != nil {
		return fail(ctx, "try again", err)
	}
	ids, err := all(ctx, s.View, func(id *int64) []any { return []any{id} },
		`SELECT max(j.id) FROM river_job j WHERE j.kind = 'judge' AND j.state IN ('discarded', 'retryable')
		AND NOT EXISTS (SELECT 1 FROM river_job o WHERE o.kind = 'judge' AND o.args = j.args AND o.id > j.id AND o.state <> 'discarded')
		GROUP BY j.args ORDER BY 1`)
	for _, id := range ids {
		if err == nil {
			_, err = client.JobRetry(ctx, id)
		}
	}
	return fail(ctx, "try again", err)
}

// Job is the judgement of a submission, being done.
type Job struct {
	Submission int64
	Asked      time.Time
	of         *river.Job[judgeArgs]
}

// complete says that a job is done, when this is committed.
func (j *Job) complete(ctx context.Context, tx *sql.Tx) error {
	_, err := river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx, j.of)
	return err
}

// Working is how jobs are done.
type Working struct {
	AtOnce int // so many
	Do     func(ctx context.Context, j *Job) error
	Log    *slog.Logger
	Most   time.Duration // that one may take; whoever was killed meanwhile is noticed a little later
}

// Workers do jobs until they are stopped.
type Workers struct {
	client *river.Client[*sql.Tx]
	listen *pgxpool.Pool
}

type worker struct {
	river.WorkerDefaults[judgeArgs]
	do func(ctx context.Context, j *Job) error
}

func (w *worker) Work(ctx context.Context, job *river.Job[judgeArgs]) error {
	return w.do(ctx, &Job{Submission: job.Args.Submission, Asked: job.CreatedAt, of: job})
}

// Work begins to do jobs of the record as they come, in their order.
func (s *Store) Work(ctx context.Context, how Working) (*Workers, error) {
	config, err := pgxpool.ParseConfig(s.pool.name)
	if err != nil {
		return nil, fail(ctx, "begin to work", err)
	}
	config.MaxConns = 1
	listen, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fail(ctx, "begin to work", err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{do: how.Do})
	client, err := river.NewClient(riverdatabasesql.NewWithPgxListener(s.pool.db, listen), &river.Config{
		Schema: s.pool.in, Logger: how.Log, Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: how.AtOnce}},
		JobTimeout: how.Most, RescueStuckJobsAfter: how.Most + 10*time.Second, FetchCooldown: time.Millisecond,
	})
	if err == nil {
		err = client.Start(context.WithoutCancel(ctx)) // until Stop
	}
	if err != nil {
		listen.Close()
		return nil, fail(ctx, "begin to work", err)
	}
	return &Workers{client, listen}, nil
}

// Stop takes no more jobs, and waits for those in hand; when the context ends first they are cut
// off, and done again by others.
func (w *Workers) Stop(ctx context.Context) error {
	err := w.client.Stop(ctx)
	if err != nil {
		now, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = w.client.StopAndCancel(now)
	}
	w.listen.Close()
	return err
}

// Memory is what pages remember for a while, whichever process shows the next: sessions, and what
// became of uploads. It is no part of the record.
type Memory struct{ in *pool }

// Memory is that of the record, once PrepareJobs was called.
func (s *Store) Memory() Memory { return Memory{s.pool} }

// FindCtx is what is remembered under a key, and whether it still is.
func (m Memory) FindCtx(ctx context.Context, key string) (data []byte, found bool, err error) {
	const query = `SELECT data FROM page_memory WHERE key = $1 AND until > CAST(extract(epoch FROM now()) AS BIGINT)`
	err = m.in.db.QueryRowContext(ctx, query, key).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, fail(ctx, "remember", err)
}

// CommitCtx remembers something under a key until a moment, by the clock of this process: how long that
// is the server's clock tells.
func (m Memory) CommitCtx(ctx context.Context, key string, data []byte, until time.Time) error {
	const statement = `INSERT INTO page_memory (key, data, until) VALUES ($1, $2, CAST(extract(epoch FROM now()) AS BIGINT) + $3)
		ON CONFLICT (key) DO UPDATE SET data = excluded.data, until = excluded.until`
	_, err := m.in.db.ExecContext(ctx, statement, key, data, int64(time.Until(until)/time.Second))
	return fail(ctx, "remember", err)
}

// DeleteCtx forgets a key.
func (m Memory) DeleteCtx(ctx context.Context, key string) error {
	_, err := m.in.db.ExecContext(ctx, `DELETE FROM page_memory WHERE key = $1`, key)
	return fail(ctx, "forget", err)
}

// Find, Commit and Delete are the same for who has no context.
func (m Memory) Find(key string) ([]byte, bool, error) { return m.FindCtx(context.Background(), key) }

// Commit is CommitCtx.
func (m Memory) Commit(key string, data []byte, until time.Time) error {
	return m.CommitCtx(context.Background(), key, data, until)
}

// Delete is DeleteCtx.
func (m Memory) Delete(key string) error { return m.DeleteCtx(context.Background(), key) }

// Forget forgets what has had its time.
func (m Memory) Forget(ctx context.Context) error {
	_, err := m.in.db.ExecContext(ctx, `DELETE FROM page_memory WHERE until <= CAST(extract(epoch FROM now()) AS BIGINT)`)
	return fail(ctx, "forget", err)
}
