package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// history are the statements for what a commit keeps of attempts.
type history struct {
	attempts, tallies, calls, dead, revived, progress *bulk
}

func (h *history) prepare(p *preparer) {
	h.attempts = p.bulk("INSERT OR IGNORE INTO attempt (event_seq, delivery, n, record) VALUES ", "(?,?,?,?)", "", 4)
	h.tallies = p.bulk("INSERT INTO tally (integration, day, what, n) VALUES ", "(?,?,?,?)",
		" ON CONFLICT DO UPDATE SET n = n + excluded.n", 4)
	h.calls = p.single("INSERT OR REPLACE INTO call (integration, ring, slot, n, at, head, event, request, response)"+
		" VALUES (?,?,?,?,?,?,?,?,?)", 9)
	h.dead = p.single("INSERT OR REPLACE INTO dead (integration, id, event_seq, at, attempts, origin, text) VALUES (?,?,?,?,?,?,?)", 7)
	h.revived = p.single("DELETE FROM dead WHERE integration = ? AND id = ?", 2)
	h.progress = p.single("UPDATE replay SET done = ?, accepted = ?, missing = ? WHERE id = ?", 4)
}

func (h *history) statements() []*bulk {
	return []*bulk{h.attempts, h.tallies, h.calls, h.dead, h.revived, h.progress}
}

func (h *history) apply(ctx context.Context, b *eventlog.Batch) error {
	for _, step := range []struct {
		what string
		do   func(context.Context, *eventlog.Batch) error
	}{
		{"attempts", h.insertAttempts}, {"counts", h.addTallies}, {"calls", h.replaceCalls},
		{"dead letters", h.insertDead}, {"revived dead letters", h.deleteRevived},
		{"progress of replays", h.updateProgress},
	} {
		if err := step.do(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

func (h *history) insertAttempts(ctx context.Context, b *eventlog.Batch) error {
	return h.attempts.run(ctx, len(b.Attempts), func(i int, args []driver.NamedValue) {
		a := &b.Attempts[i]
		args[0].Value, args[1].Value = a.EventSeq, a.Delivery
		args[2].Value, args[3].Value = int64(a.N), a.Record
	})
}

func (h *history) addTallies(ctx context.Context, b *eventlog.Batch) error {
	return h.tallies.run(ctx, len(b.Tallies), func(i int, args []driver.NamedValue) {
		t := &b.Tallies[i]
		args[0].Value, args[1].Value = t.Integration, t.Day
		args[2].Value, args[3].Value = int64(t.What), t.N
	})
}

func (h *history) replaceCalls(ctx context.Context, b *eventlog.Batch) error {
	return h.calls.run(ctx, len(b.Calls), func(i int, args []driver.NamedValue) {
		c := b.Calls[i]
		args[0].Value, args[1].Value, args[2].Value = c.Integration, int64(c.Ring), int64(c.Slot)
		args[3].Value, args[4].Value = c.N, c.Attempt.At
		args[5].Value, args[6].Value = c.AppendHead(nil), event.AppendRecord(nil, c.Event)
		args[7].Value, args[8].Value = notNull(c.Request), notNull(c.Response)
	})
}

// notNull keeps an empty value from being stored as NULL.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (h *history) insertDead(ctx context.Context, b *eventlog.Batch) error {
	return h.dead.run(ctx, len(b.Dead), func(i int, args []driver.NamedValue) {
		d := &b.Dead[i]
		args[0].Value, args[1].Value, args[2].Value = d.Integration, d.ID, d.EventSeq
		args[3].Value, args[4].Value = d.At, int64(d.Attempts)
		args[5].Value, args[6].Value = []byte(d.Origin), []byte(d.Text)
	})
}

func (h *history) deleteRevived(ctx context.Context, b *eventlog.Batch) error {
	return h.revived.run(ctx, len(b.Revived), func(i int, args []driver.NamedValue) {
		args[0].Value, args[1].Value = b.Revived[i].Integration, b.Revived[i].ID
	})
}

func (h *history) updateProgress(ctx context.Context, b *eventlog.Batch) error {
	return h.progress.run(ctx, len(b.Progress), func(i int, args []driver.NamedValue) {
		p := &b.Progress[i]
		args[0].Value, args[1].Value, args[2].Value, args[3].Value = p.Done, p.Accepted, p.Missing, p.Job
	})
}
