package records

import (
	"context"
	"errors"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store"
)

// Attempts gives at most limit attempts of the events from one seq to another,
// ascending by event, delivery and number.
func (s *Store) Attempts(ctx context.Context, fromSeq, toSeq int64, limit int) ([]eventlog.Attempt, error) {
	const query = "SELECT event_seq, delivery, n, record FROM attempt WHERE event_seq >= $1 AND event_seq <= $2" +
		" ORDER BY event_seq, delivery, n LIMIT $3"
	return collect(ctx, s, "attempts", scanAttempt, query, fromSeq, toSeq, limit)
}

func scanAttempt(r Rows) (eventlog.Attempt, error) {
	var seq, delivery int64
	var n int
	var record []byte
	if err := r.Scan(&seq, &delivery, &n, &record); err != nil {
		return eventlog.Attempt{}, err
	}
	a, err := eventlog.ParseAttempt(seq, delivery, n, record)
	if err != nil {
		return a, fmt.Errorf("attempt %d of delivery %d: %w", n, delivery, err)
	}
	return a, nil
}

// Tallies gives an integration's counts from a day on, ascending.
func (s *Store) Tallies(ctx context.Context, integration string, fromDay int64) ([]eventlog.Tally, error) {
	const query = "SELECT integration, day, what, n FROM tally WHERE integration = $1 AND day >= $2 ORDER BY day, what"
	return collect(ctx, s, "counts", scanTally, query, integration, fromDay)
}

// TalliesOf gives the counts of several integrations from a day on: each
// one's ascending, together. The integrations are a few hundred at most.
func (s *Store) TalliesOf(ctx context.Context, integrations []string, fromDay int64) ([]eventlog.Tally, error) {
	if len(integrations) == 0 {
		return nil, nil
	}
	query := "SELECT integration, day, what, n FROM tally WHERE integration IN " + list(2, len(integrations)) + " AND day >= $1 ORDER BY integration, day, what"
	return collect(ctx, s, "counts", scanTally, query, append([]any{fromDay}, anys(integrations)...)...)
}

// FillTallies stores counts where there are none; what is there stays.
func (s *Store) FillTallies(ctx context.Context, counts []eventlog.Tally) error {
	const insert = "INSERT INTO tally (integration, day, what, n) VALUES ($1, $2, $3, $4) ON CONFLICT (integration, day, what) DO NOTHING"
	return s.db.Change(ctx, "import counts", func(ctx context.Context, tx Tx) error {
		for _, t := range counts {
			if _, err := tx.Exec(ctx, insert, t.Integration, t.Day, int64(t.What), t.N); err != nil {
				return err
			}
		}
		return nil
	})
}

func scanTally(r Rows) (t eventlog.Tally, err error) {
	err = r.Scan(&t.Integration, &t.Day, &t.What, &t.N)
	return t, err
}

// CallHeads gives an integration's recorded calls, newest first, without their
// texts and with the seq, name and device of their events only.
func (s *Store) CallHeads(ctx context.Context, integration string) ([]eventlog.Call, error) {
	const query = "SELECT integration, ring, slot, n, head FROM call WHERE integration = $1 ORDER BY at DESC, ring, n DESC"
	return collect(ctx, s, "calls", scanCallHead, query, integration)
}

func scanCallHead(r Rows) (c eventlog.Call, err error) {
	var head []byte
	if err = r.Scan(&c.Integration, &c.Ring, &c.Slot, &c.N, &head); err != nil {
		return c, err
	}
	return c, c.ParseCallHead(head)
}

// Call gives a recorded call as a whole. Errors: fault NotFound, also when a
// later call has its slot.
func (s *Store) Call(ctx context.Context, integration string, ring eventlog.Ring, slot int, n int64) (eventlog.Call, error) {
	const query = "SELECT integration, ring, slot, n, head, event, request, response FROM call" +
		" WHERE integration = $1 AND ring = $2 AND slot = $3 AND n = $4"
	all, err := collect(ctx, s, "call", scanCall, query, integration, int64(ring), slot, n)
	if err != nil {
		return eventlog.Call{}, err
	}
	if len(all) == 0 {
		return eventlog.Call{}, store.Missing("call")
	}
	return all[0], nil
}

func scanCall(r Rows) (c eventlog.Call, err error) {
	var head, record []byte
	if err = r.Scan(&c.Integration, &c.Ring, &c.Slot, &c.N, &head, &record, &c.Request, &c.Response); err != nil {
		return c, err
	}
	if err = c.ParseCallHead(head); err != nil {
		return c, err
	}
	e, err := event.ParseRecord(c.Event.Seq, record)
	c.Event = &e
	return c, err
}

// RingHeads implements deliver.Rings.
func (s *Store) RingHeads(ctx context.Context, integration string) (successes, errs int64, err error) {
	type head struct{ ring, n int64 }
	scan := func(r Rows) (h head, err error) {
		err = r.Scan(&h.ring, &h.n)
		return h, err
	}
	all, err := collect(ctx, s, "calls", scan, "SELECT ring, max(n) FROM call WHERE integration = $1 GROUP BY ring", integration)
	for _, h := range all {
		switch eventlog.Ring(h.ring) {
		case eventlog.Successes:
			successes = h.n
		case eventlog.Errors:
			errs = h.n
		}
	}
	return successes, errs, err
}

// DeadLetters gives at most limit dead letters with id > after, ascending.
func (s *Store) DeadLetters(ctx context.Context, integration string, after int64, limit int) ([]eventlog.DeadLetter, error) {
	const query = "SELECT integration, id, event_seq, at, attempts, origin, text FROM dead" +
		" WHERE integration = $1 AND id > $2 ORDER BY id LIMIT $3"
	return collect(ctx, s, "dead letters", scanDeadLetter, query, integration, after, limit)
}

func scanDeadLetter(r Rows) (d eventlog.DeadLetter, err error) {
	var origin, text []byte
	err = r.Scan(&d.Integration, &d.ID, &d.EventSeq, &d.At, &d.Attempts, &origin, &text)
	d.Origin, d.Text = string(origin), string(text)
	return d, err
}

// DeleteDeadLetters deletes dead letters and tells how many there were.
func (s *Store) DeleteDeadLetters(ctx context.Context, integration string, ids []int64) (deleted int64, err error) {
	err = s.db.Change(ctx, "delete dead letters", func(ctx context.Context, tx Tx) error {
		deleted = 0
		for _, id := range ids {
			n, err := tx.Exec(ctx, "DELETE FROM dead WHERE integration = $1 AND id = $2", integration, id)
			if err != nil {
				return err
			}
			deleted += n
		}
		return nil
	})
	return deleted, err
}

// Forget deletes counts, recorded calls and dead letters of an integration that
// is gone.
func (s *Store) Forget(ctx context.Context, integration string) error {
	return s.db.Change(ctx, "forget integration", func(ctx context.Context, tx Tx) error {
		return each(ctx, tx, []string{
			"DELETE FROM tally WHERE integration = $1 OR integration LIKE $1 || '/%'", "DELETE FROM call WHERE integration = $1", "DELETE FROM dead WHERE integration = $1",
		}, integration)
	})
}

// each executes statements that take the same arguments.
func each(ctx context.Context, tx Tx, queries []string, args ...any) error {
	for _, q := range queries {
		if _, err := tx.Exec(ctx, q, args...); err != nil {
			return err
		}
	}
	return nil
}

// EventAt gives an event by its seq. Errors: fault NotFound.
func (s *Store) EventAt(ctx context.Context, seq int64) (event.Event, error) {
	return one(ctx, s, "event", scanEvent, "SELECT seq, record FROM event WHERE seq = $1", seq)
}

// EventsBefore gives at most limit events with a smaller seq, descending.
func (s *Store) EventsBefore(ctx context.Context, before int64, limit int) ([]event.Event, error) {
	return collect(ctx, s, "events", scanEvent, "SELECT seq, record FROM event WHERE seq < $1 ORDER BY seq DESC LIMIT $2", before, limit)
}

func scanEvent(r Rows) (event.Event, error) {
	var seq int64
	var record []byte
	if err := r.Scan(&seq, &record); err != nil {
		return event.Event{}, err
	}
	return event.ParseRecord(seq, record)
}

// Prune deletes the events among the next limit from one seq to another, with
// their attempts and dead letters, but not the newest event of all and none
// with unfinished deliveries. It tells where to go on, 0 = nowhere, and about
// how many bytes of records it deleted.
func (s *Store) Prune(ctx context.Context, fromSeq, toSeq int64, limit int) (next, freed int64, err error) {
	last, freed, err := s.prunable(ctx, fromSeq, toSeq, limit)
	if err != nil || last == 0 {
		return 0, 0, err
	}
	const spared = " NOT IN (SELECT event_seq FROM delivery WHERE event_seq >= $1 AND event_seq <= $2)"
	err = s.db.Change(ctx, "prune events", func(ctx context.Context, tx Tx) error {
		return each(ctx, tx, []string{
			"DELETE FROM attempt WHERE event_seq >= $1 AND event_seq <= $2 AND event_seq <> (SELECT max(seq) FROM event) AND event_seq" + spared,
			"DELETE FROM dead WHERE event_seq >= $1 AND event_seq <= $2 AND event_seq <> (SELECT max(seq) FROM event) AND event_seq" + spared,
			"DELETE FROM event WHERE seq >= $1 AND seq <= $2 AND seq <> (SELECT max(seq) FROM event) AND seq" + spared,
		}, fromSeq, last)
	})
	if err != nil || last >= toSeq {
		return 0, freed, err
	}
	return last + 1, freed, nil
}

// prunable is the last of the next limit events, 0 if there is none, and the
// size of their records.
func (s *Store) prunable(ctx context.Context, fromSeq, toSeq int64, limit int) (last, bytes int64, err error) {
	const query = "SELECT coalesce(max(seq), 0), coalesce(sum(size), 0) FROM" +
		" (SELECT seq, length(record) AS size FROM event WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3) AS page"
	scan := func(r Rows) (p [2]int64, err error) {
		err = r.Scan(&p[0], &p[1])
		return p, err
	}
	all, err := collect(ctx, s, "events", scan, query, fromSeq, toSeq, limit)
	if err == nil && len(all) != 1 {
		err = errors.New("no answer")
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read events to prune: %w", err)
	}
	return all[0][0], all[0][1], nil
}

// EventBytes is the size of all events' records. It looks at every event.
func (s *Store) EventBytes(ctx context.Context) (int64, error) {
	_, bytes, err := s.prunable(ctx, 0, 1<<62, 1<<62)
	return bytes, err
}

// PruneHistory deletes counts of days before day and calls before at, Unix
// milliseconds.
func (s *Store) PruneHistory(ctx context.Context, day, at int64) error {
	return s.db.Change(ctx, "prune history", func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM tally WHERE day < $1", day); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM call WHERE at < $1", at)
		return err
	})
}
