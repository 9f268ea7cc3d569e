package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Keys of the advisory locks; the database counts them per database.
const (
	hubLock    = 0x6669656c64687562 // "fieldhub": one hub per database, held by a session
	commitLock = 0x6669656c64636d74 // "fieldcmt": one commit at a time, held by a transaction
)

// patience is how long a new connection waits for the hub lock: the session of
// a lost connection takes a moment to end.
const patience = 2 * time.Second

// writer is the one connection that writes. Its users hold Store.mu.
type writer struct {
	conn *pgx.Conn

	// Columns of the arrays that a commit sends, used again and again.
	seqs    []int64
	records [][]byte
	rows    deliveries
	history history
}

// deliveries are the columns of delivery rows.
type deliveries struct {
	ids, events, attempts, dues, waits []int64
	skips, sinces, jobs                []int64
	integrations                       []string
	origins                            [][]byte
	marks                              []int16
}

// connect opens the connection and takes the hub lock.
func connect(ctx context.Context, config *pgx.ConnConfig) (*writer, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn}
	if err := w.takeHubLock(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *writer) takeHubLock(ctx context.Context) error {
	wait := fmt.Sprintf("SET lock_timeout = %d; SELECT pg_advisory_lock(%d); SET lock_timeout = 0",
		patience.Milliseconds(), int64(hubLock))
	_, err := w.conn.PgConn().Exec(ctx, wait).ReadAll()
	if isState(err, "55P03") { // lock_not_available
		return errors.New("another Fieldhook hub uses this database; a database serves one hub at a time")
	}
	return err
}

func (w *writer) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return w.conn.Close(ctx)
}

// run commits one batch in two round trips. On an error the transaction may
// be open or in doubt: the caller drops the connection, unless it is ErrStale.
func (w *writer) run(ctx context.Context, b *eventlog.Batch) error {
	head, version, err := w.begin(ctx)
	if err != nil {
		return err
	}
	if b.Version != 0 && b.Version != version {
		if _, err := w.conn.Exec(ctx, "ROLLBACK"); err != nil {
			return err
		}
		return eventlog.ErrStale
	}
	b.Number(head + 1)
	return w.apply(ctx, b)
}

// begin opens the transaction and reads what the batch depends on. The lock is
// a statement of its own, so that the reading after it sees what the previous
// holder committed.
func (w *writer) begin(ctx context.Context) (head, version int64, err error) {
	var p pgx.Batch
	p.Queue("BEGIN")
	p.Queue("SELECT pg_advisory_xact_lock($1)", int64(commitLock))
	p.Queue("SELECT greatest((SELECT max(seq) FROM event), (SELECT max(id) FROM delivery), (SELECT n FROM log_head)), version FROM config_version WHERE one = 1").
		QueryRow(func(row pgx.Row) error { return row.Scan(&head, &version) })
	return head, version, w.conn.SendBatch(ctx, &p).Close()
}

const (
	insertEvents     = "INSERT INTO event (seq, record) SELECT * FROM unnest($1::bigint[], $2::bytea[])"
	insertDeliveries = "INSERT INTO delivery (id, event_seq, integration, origin, attempt, due, wait, mark, skips, since, job)" +
		" SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[], $8::smallint[]," +
		" $9::bigint[], $10::bigint[], $11::bigint[])"
	postponeDeliveries = "UPDATE delivery SET origin = p.origin, attempt = p.attempt, due = p.due, wait = p.wait, skips = p.skips, since = p.since" +
		" FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])" +
		" AS p (id, origin, attempt, due, wait, skips, since) WHERE delivery.id = p.id"
	deleteDeliveries = "DELETE FROM delivery WHERE id = ANY($1)"
)

// apply writes a numbered batch and commits. One failing statement makes the
// server skip the rest, the COMMIT too.
func (w *writer) apply(ctx context.Context, b *eventlog.Batch) error {
	var p pgx.Batch
	if len(b.Rows) > 0 {
		w.fillEvents(b.Rows)
		p.Queue(insertEvents, w.seqs, w.records)
	}
	if len(b.New) > 0 {
		d := &w.rows
		d.fillNew(b.New)
		p.Queue(insertDeliveries, d.ids, d.events, d.integrations, d.origins, d.attempts, d.dues, d.waits, d.marks,
			d.skips, d.sinces, d.jobs)
	}
	if len(b.Waiting) > 0 {
		w.queuePostpones(&p, b.Waiting)
	}
	if len(b.Done) > 0 {
		p.Queue(deleteDeliveries, b.Done)
	}
	if b.High > 0 {
		p.Queue("UPDATE log_head SET n = $1", b.High)
	}
	w.history.queue(&p, b)
	p.Queue("COMMIT").Exec(committed)
	return w.conn.SendBatch(ctx, &p).Close()
}

// committed checks the tag: a failed transaction answers COMMIT with ROLLBACK.
func committed(tag pgconn.CommandTag) error {
	if tag.String() != "COMMIT" {
		return fmt.Errorf("the server answered %s to COMMIT", tag)
	}
	return nil
}

func (w *writer) fillEvents(rows []eventlog.Row) {
	w.seqs, w.records = w.seqs[:0], w.records[:0]
	for _, r := range rows {
		w.seqs, w.records = append(w.seqs, r.Seq), append(w.records, r.Record)
	}
}

func (d *deliveries) fillNew(rows []*eventlog.Delivery) {
	d.reset()
	for _, r := range rows {
		d.ids, d.events = append(d.ids, r.ID), append(d.events, r.EventSeq)
		d.integrations, d.origins = append(d.integrations, r.Integration), append(d.origins, []byte(r.Origin))
		d.attempts, d.dues = append(d.attempts, int64(r.Attempt)), append(d.dues, r.Due)
		d.waits, d.marks = append(d.waits, r.Wait), append(d.marks, int16(r.Mark))
		d.skips, d.sinces, d.jobs = append(d.skips, int64(r.Skips)), append(d.sinces, r.Since), append(d.jobs, r.Job)
	}
}

func (d *deliveries) reset() {
	d.ids, d.events, d.attempts, d.dues, d.waits = d.ids[:0], d.events[:0], d.attempts[:0], d.dues[:0], d.waits[:0]
	d.integrations, d.origins, d.marks = d.integrations[:0], d.origins[:0], d.marks[:0]
	d.skips, d.sinces, d.jobs = d.skips[:0], d.sinces[:0], d.jobs[:0]
}

// queuePostpones has columns of its own: those of the accepts are in use.
func (w *writer) queuePostpones(p *pgx.Batch, rows []*eventlog.Result) {
	var d deliveries
	for _, r := range rows {
		a := r.Again
		d.ids, d.origins = append(d.ids, r.Delivery.ID), append(d.origins, []byte(a.Origin))
		d.attempts, d.dues, d.waits = append(d.attempts, int64(a.Attempt)), append(d.dues, a.Due), append(d.waits, a.Wait)
		d.skips, d.sinces = append(d.skips, int64(a.Skips)), append(d.sinces, a.Since)
	}
	p.Queue(postponeDeliveries, d.ids, d.origins, d.attempts, d.dues, d.waits, d.skips, d.sinces)
}

// isState says whether the server answered with the given SQLSTATE.
func isState(err error, state string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == state
}
