package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// writer is the one connection that writes. Its users hold Store.mu.
//
// The log's statements are prepared on the driver's connection and run inside
// sql.Conn.Raw: database/sql would check, convert and copy each argument, and
// a batch has thousands.
type writer struct {
	conn *sql.Conn

	head    int64 // highest number in use
	version int64 // of the configuration; only this connection writes it

	begin, commit, rollback driver.StmtExecContext

	events    *bulk
	accepts   *bulk
	postpones *bulk
	high      *bulk
	finishes  *bulk
	history   history
}

func openWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn}
	if err := w.load(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	if err := conn.Raw(w.prepare); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *writer) load(ctx context.Context) error {
	const query = "SELECT max((SELECT coalesce(max(seq), 0) FROM event), (SELECT coalesce(max(id), 0) FROM delivery), (SELECT n FROM log_head)), version FROM config_version"
	if err := w.conn.QueryRowContext(ctx, query).Scan(&w.head, &w.version); err != nil {
		return fmt.Errorf("read head and configuration version: %w", err)
	}
	return nil
}

func (w *writer) prepare(dc any) error {
	p := preparer{conn: dc.(driver.ConnPrepareContext)}
	w.begin = p.statement("BEGIN IMMEDIATE")
	w.commit = p.statement("COMMIT")
	w.rollback = p.statement("ROLLBACK")
	w.events = p.bulk("INSERT INTO event (seq, record) VALUES ", "(?,?)", "", 2)
	w.accepts = p.bulk("INSERT INTO delivery (id, event_seq, integration, origin, attempt, due, wait, mark, skips, since, job) VALUES ",
		"(?,?,?,?,?,?,?,?,?,?,?)", "", 11)
	w.finishes = p.bulk("DELETE FROM delivery WHERE id IN (", "?", ")", 1)
	w.postpones = p.single("UPDATE delivery SET origin = ?, attempt = ?, due = ?, wait = ?, skips = ?, since = ? WHERE id = ?", 7)
	w.high = p.single("UPDATE log_head SET n = ?", 1)
	w.history.prepare(&p)
	return p.err
}

// close finalizes the statements and gives up the connection for good: after a
// failure its state is not to be trusted.
func (w *writer) close() error {
	err := w.conn.Raw(func(any) error {
		for _, b := range append(w.history.statements(), w.events, w.accepts, w.finishes, w.postpones, w.high) {
			b.close()
		}
		for _, s := range []driver.StmtExecContext{w.begin, w.commit, w.rollback} {
			closeStatement(s)
		}
		return driver.ErrBadConn
	})
	if errors.Is(err, driver.ErrBadConn) {
		err = nil
	}
	return errors.Join(err, ignoreDone(w.conn.Close()))
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}

// run executes one batch in one transaction. ctx must never end.
func (w *writer) run(ctx context.Context, b *eventlog.Batch) error {
	return w.conn.Raw(func(any) error {
		if _, err := w.begin.ExecContext(ctx, nil); err != nil {
			return err
		}
		next := b.Number(w.head + 1)
		err := w.apply(ctx, b)
		if err == nil {
			_, err = w.commit.ExecContext(ctx, nil)
		}
		if err != nil {
			w.rollback.ExecContext(ctx, nil) // it may be rolled back already
			return err
		}
		w.head = next - 1
		return nil
	})
}

func (w *writer) apply(ctx context.Context, b *eventlog.Batch) error {
	if err := w.insertEvents(ctx, b.Rows); err != nil {
		return fmt.Errorf("insert events: %w", err)
	}
	if err := w.insertDeliveries(ctx, b.New); err != nil {
		return fmt.Errorf("insert deliveries: %w", err)
	}
	if err := w.postpone(ctx, b.Waiting); err != nil {
		return fmt.Errorf("postpone deliveries: %w", err)
	}
	if err := w.deleteDeliveries(ctx, b.Done); err != nil {
		return fmt.Errorf("delete deliveries: %w", err)
	}
	if err := w.remember(ctx, b.High); err != nil {
		return fmt.Errorf("remember the head: %w", err)
	}
	return w.history.apply(ctx, b)
}

func (w *writer) remember(ctx context.Context, high int64) error {
	if high == 0 {
		return nil
	}
	return w.high.run(ctx, 1, func(_ int, args []driver.NamedValue) { args[0].Value = high })
}

func (w *writer) insertEvents(ctx context.Context, rows []eventlog.Row) error {
	return w.events.run(ctx, len(rows), func(i int, args []driver.NamedValue) {
		args[0].Value, args[1].Value = rows[i].Seq, rows[i].Record
	})
}

func (w *writer) insertDeliveries(ctx context.Context, rows []*eventlog.Delivery) error {
	return w.accepts.run(ctx, len(rows), func(i int, args []driver.NamedValue) {
		d := rows[i]
		args[0].Value, args[1].Value = d.ID, d.EventSeq
		args[2].Value, args[3].Value = d.Integration, d.Origin
		args[4].Value, args[5].Value = int64(d.Attempt), d.Due
		args[6].Value, args[7].Value = d.Wait, int64(d.Mark)
		args[8].Value, args[9].Value, args[10].Value = int64(d.Skips), d.Since, d.Job
	})
}

func (w *writer) postpone(ctx context.Context, rows []*eventlog.Result) error {
	return w.postpones.run(ctx, len(rows), func(i int, args []driver.NamedValue) {
		a := rows[i].Again
		args[0].Value, args[1].Value = a.Origin, int64(a.Attempt)
		args[2].Value, args[3].Value = a.Due, a.Wait
		args[4].Value, args[5].Value = int64(a.Skips), a.Since
		args[6].Value = rows[i].Delivery.ID
	})
}

func (w *writer) deleteDeliveries(ctx context.Context, ids []int64) error {
	return w.finishes.run(ctx, len(ids), func(i int, args []driver.NamedValue) {
		args[0].Value = ids[i]
	})
}
