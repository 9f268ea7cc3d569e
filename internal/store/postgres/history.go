package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

const (
	insertAttempts = "INSERT INTO attempt (event_seq, delivery, n, record)" +
		" SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])" +
		" ON CONFLICT (event_seq, delivery, n) DO NOTHING"
	addTallies = "INSERT INTO tally (integration, day, what, n)" +
		" SELECT * FROM unnest($1::text[], $2::bigint[], $3::smallint[], $4::bigint[])" +
		" ON CONFLICT (integration, day, what) DO UPDATE SET n = tally.n + excluded.n"
	replaceCalls = "INSERT INTO call (integration, ring, slot, n, at, head, event, request, response)" +
		" SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[])" +
		" ON CONFLICT (integration, ring, slot) DO UPDATE SET n = excluded.n, at = excluded.at, head = excluded.head," +
		" event = excluded.event, request = excluded.request, response = excluded.response"
	insertDead = "INSERT INTO dead (integration, id, event_seq, at, attempts, origin, text)" +
		" SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[])" +
		" ON CONFLICT (integration, id) DO NOTHING"
	deleteRevived = "DELETE FROM dead USING unnest($1::text[], $2::bigint[]) AS r (integration, id)" +
		" WHERE dead.integration = r.integration AND dead.id = r.id"
	updateProgress = "UPDATE replay SET done = $1, accepted = $2, missing = $3 WHERE id = $4"
)

// history holds the columns of what a commit keeps of attempts, used again and
// again.
type history struct {
	attempts attempts
	tallies  tallies
}

type attempts struct {
	events, deliveries, numbers []int64
	records                     [][]byte
}

type tallies struct {
	integrations []string
	days, counts []int64
	whats        []int16
}

func (h *history) queue(p *pgx.Batch, b *eventlog.Batch) {
	if len(b.Attempts) > 0 {
		a := &h.attempts
		a.fill(b.Attempts)
		p.Queue(insertAttempts, a.events, a.deliveries, a.numbers, a.records)
	}
	if len(b.Tallies) > 0 {
		t := &h.tallies
		t.fill(b.Tallies)
		p.Queue(addTallies, t.integrations, t.days, t.whats, t.counts)
	}
	if len(b.Calls) > 0 {
		queueCalls(p, b.Calls)
	}
	if len(b.Dead) > 0 {
		queueDead(p, b.Dead)
	}
	if len(b.Revived) > 0 {
		queueRevived(p, b.Revived)
	}
	for _, r := range b.Progress {
		p.Queue(updateProgress, r.Done, r.Accepted, r.Missing, r.Job)
	}
}

func (a *attempts) fill(rows []eventlog.AttemptRow) {
	a.events, a.deliveries, a.numbers, a.records = a.events[:0], a.deliveries[:0], a.numbers[:0], a.records[:0]
	for i := range rows {
		r := &rows[i]
		a.events, a.deliveries = append(a.events, r.EventSeq), append(a.deliveries, r.Delivery)
		a.numbers, a.records = append(a.numbers, int64(r.N)), append(a.records, r.Record)
	}
}

func (t *tallies) fill(rows []eventlog.Tally) {
	t.integrations, t.days, t.whats, t.counts = t.integrations[:0], t.days[:0], t.whats[:0], t.counts[:0]
	for _, r := range rows {
		t.integrations, t.days = append(t.integrations, r.Integration), append(t.days, r.Day)
		t.whats, t.counts = append(t.whats, int16(r.What)), append(t.counts, r.N)
	}
}

func queueCalls(p *pgx.Batch, calls []*eventlog.Call) {
	var integrations []string
	var rings []int16
	var slots, numbers, ats []int64
	var heads, events, requests, responses [][]byte
	for _, c := range calls {
		integrations, rings = append(integrations, c.Integration), append(rings, int16(c.Ring))
		slots, numbers, ats = append(slots, int64(c.Slot)), append(numbers, c.N), append(ats, c.Attempt.At)
		heads, events = append(heads, c.AppendHead(nil)), append(events, event.AppendRecord(nil, c.Event))
		requests, responses = append(requests, notNull(c.Request)), append(responses, notNull(c.Response))
	}
	p.Queue(replaceCalls, integrations, rings, slots, numbers, ats, heads, events, requests, responses)
}

// notNull keeps an empty value from being stored as NULL.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func queueDead(p *pgx.Batch, letters []eventlog.DeadLetter) {
	var integrations []string
	var ids, events, ats, attempts []int64
	var origins, texts [][]byte
	for i := range letters {
		d := &letters[i]
		integrations, ids, events = append(integrations, d.Integration), append(ids, d.ID), append(events, d.EventSeq)
		ats, attempts = append(ats, d.At), append(attempts, int64(d.Attempts))
		origins, texts = append(origins, []byte(d.Origin)), append(texts, []byte(d.Text))
	}
	p.Queue(insertDead, integrations, ids, events, ats, attempts, origins, texts)
}

func queueRevived(p *pgx.Batch, keys []eventlog.DeadKey) {
	var integrations []string
	var ids []int64
	for _, k := range keys {
		integrations, ids = append(integrations, k.Integration), append(ids, k.ID)
	}
	p.Queue(deleteRevived, integrations, ids)
}
