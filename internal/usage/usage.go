// Package usage counts data operations: what the devices of an account
// published and received, per device, product and UTC day (webhook engine
// reference, section 13).
//
// A published event is one operation whatever its size, or one per started
// block if the operator asks for blocks. Each part of a web service's answer is
// one operation for each device with an open stream that it is sent on; calls
// of integrations are free, and so are answers that no device listens to.
//
// Counting costs a commit one look-up in memory. The counts are stored every
// few seconds, each in one transaction with the seq up to which it is complete,
// and what a kill took away is counted again from the log: published events are
// counted exactly once. What streams received is not in the log, so a kill
// forgets the last few seconds of that.
//
// A large fleet has many counts, and one transaction for all of them would hold
// up the publishers. So keys are dealt to shards, each with a mark of its own,
// and many counts are stored shard by shard.
package usage

import (
	"context"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Kept is for how many UTC days counts are kept, today included: the last whole
// month is always there.
const Kept = 62

const (
	flushEvery = 10 * time.Second
	crowd      = 50_000 // different counts that are stored without waiting for longer
	few        = 500    // counts that are stored in one transaction
	page       = 1000   // events that are read at once
)

// Key tells counts apart.
type Key struct {
	Owner   string // user id; "" = unclaimed, or published into a product or an organization
	Device  string // device id, or event.API for what was published with a user's token
	Product int64  // 0 = none
	Org     string // organization that the product belongs to, or published into; "" = none
	Day     int64  // days since 1970-01-01, UTC
}

// Count is what was used.
type Count struct {
	Events         int64 // published
	Published      int64 // data operations for them
	Received       int64 // data operations for answers that streams of the device received
	Refused        int64 // events refused because the account published too fast
	RefusedStreams int64 // streams refused because the account had too many
}

// Operations is the sum of data operations.
func (c *Count) Operations() int64 { return c.Published + c.Received }

// Add adds what d counts to c.
func (c *Count) Add(d Count) {
	c.Events += d.Events
	c.Published += d.Published
	c.Received += d.Received
	c.Refused += d.Refused
	c.RefusedStreams += d.RefusedStreams
}

// Row is a stored count.
type Row struct {
	Key
	Count
}

// Mark says how far the stored counts of a shard go.
type Mark struct {
	Shard int   // Whole = all shards whose own mark is older
	Seq   int64 // events up to here are counted
	Part  int64 // counts the transactions that stored counts
}

// Store keeps the counts.
type Store interface {
	// UsageMarks gives the mark of each shard that has one, in no order.
	UsageMarks(ctx context.Context) ([]Mark, error)
	// AddUsage adds rows to the stored counts and replaces the mark of m's
	// shard, in one transaction. It changes nothing if that mark's part is m's
	// or a later one: an earlier try has taken effect after all.
	AddUsage(ctx context.Context, rows []Row, m Mark) error
	// Usage gives stored counts, added up as the query says.
	Usage(ctx context.Context, q Query) ([]Row, error)
}

// Log reads events.
type Log interface {
	// Events gives at most limit events with seq > after, ascending.
	Events(ctx context.Context, after int64, limit int) ([]event.Event, error)
	// Head is the highest number in use.
	Head(ctx context.Context) (int64, error)
}

// Options says what a Meter counts with.
type Options struct {
	Store Store
	Log   Log
	Block int // bytes of event data that are one operation; 0 = an event is one whatever its size
	Now   func() time.Time
}

// Meter counts. It is safe for concurrent use.
type Meter struct {
	Options
	full chan struct{} // there are many counts to store

	mu     sync.Mutex
	counts map[Key]Count
	seq    int64 // events up to here are in counts or stored

	flushing sync.Mutex // one flush at a time; guards what follows
	part     int64      // number of the last one
	waiting  []part     // to be stored; of the first it may be unknown whether it was
}

// Open makes a meter and counts the events of the log that an earlier process
// did not come to. It must be called before anything is appended to the log. A
// store without counts begins with the events to come. Errors: the store's.
func Open(ctx context.Context, o Options) (*Meter, error) {
	m := &Meter{Options: o, full: make(chan struct{}, 1), counts: map[Key]Count{}}
	marks, err := o.Store.UsageMarks(ctx)
	if err != nil {
		return nil, err
	}
	if len(marks) > 0 {
		return m, m.catchUp(ctx, marks)
	}
	if m.seq, err = o.Log.Head(ctx); err != nil {
		return nil, err
	}
	m.part = 1
	return m, o.Store.AddUsage(ctx, nil, Mark{Shard: Whole, Seq: m.seq, Part: m.part})
}

// catchUp counts the events behind the marks.
func (m *Meter) catchUp(ctx context.Context, marks []Mark) error {
	stored := map[int]int64{} // seq by shard
	for _, mark := range marks {
		stored[mark.Shard] = mark.Seq
		m.part = max(m.part, mark.Part)
	}
	m.seq = stored[Whole]
	for {
		events, err := m.Log.Events(ctx, m.seq, page)
		if err != nil {
			return err
		}
		for i := range events {
			if e := &events[i]; e.Seq > stored[keyOf(e).shard()] {
				m.count(e)
			}
			m.seq = events[i].Seq
		}
		if len(events) < page {
			return m.Flush(ctx)
		}
		if err := m.Flush(ctx); err != nil {
			return err
		}
	}
}

// Committed is an eventlog.Subscriber.
func (m *Meter) Committed(b *eventlog.Batch) {
	m.mu.Lock()
	for _, a := range b.Accepts {
		if !a.Old && a.Event.Seq > m.seq {
			m.count(&a.Event)
		}
	}
	if n := len(b.Rows); n > 0 {
		m.seq = max(m.seq, b.Rows[n-1].Seq)
	}
	m.mu.Unlock()
	m.signal()
}

func keyOf(e *event.Event) Key { return Key{e.Owner, e.Device, e.Product, e.Org, eventlog.DayOf(e.At)} }

// count adds a published event, unless the hub itself published it about a
// device; the caller holds m.mu or is alone.
func (m *Meter) count(e *event.Event) {
	if e.Kind != event.Published || event.Reserved(e.Name) {
		return
	}
	key := keyOf(e)
	c := m.counts[key]
	c.Add(Count{Events: 1, Published: m.published(e)})
	m.counts[key] = c
}

func (m *Meter) published(e *event.Event) int64 {
	if m.Block == 0 {
		return 1
	}
	return blocks(e.Size(), m.Block)
}

// blocks is how many blocks of a size hold n bytes; none is one, too.
func blocks(n, size int) int64 { return int64(max(1, (n+size-1)/size)) }

// wholeAnswer is the block that an answer in one piece is counted by. Parts of
// an answer, which have 512 bytes at the most, are one block each.
const wholeAnswer = 1024

// Received counts events that a stream of the principal wrote, if it is a
// device's.
func (m *Meter) Received(p *scope.Principal, events []event.Event) {
	if p.Device == "" {
		return
	}
	var c Count
	for i := range events {
		if k := events[i].Kind; k == event.HookResponse || k == event.HookError {
			c.Received += blocks(len(events[i].Data), wholeAnswer)
		}
	}
	m.note(p, c)
}

// Refused counts an event that was refused because its account published too
// fast.
func (m *Meter) Refused(p *scope.Principal) { m.note(p, Count{Refused: 1}) }

// RefusedStream counts a stream that was refused because its account had too
// many.
func (m *Meter) RefusedStream(p *scope.Principal) { m.note(p, Count{RefusedStreams: 1}) }

func (m *Meter) note(p *scope.Principal, c Count) {
	if c == (Count{}) {
		return
	}
	key := Key{Owner: p.User, Device: p.Coreid(), Product: p.Product, Org: p.Org, Day: eventlog.DayOf(m.Now().UnixMilli())}
	switch {
	case p.User != "":
	case p.Home.Kind == scope.Product:
		key.Product = p.Home.Number()
	case p.Home.Kind == scope.Organization:
		key.Org = p.Home.ID
	}
	m.mu.Lock()
	sum := m.counts[key]
	sum.Add(c)
	m.counts[key] = sum
	m.mu.Unlock()
	m.signal()
}

// signal asks for a flush when there are many counts.
func (m *Meter) signal() {
	m.mu.Lock()
	many := len(m.counts) >= crowd
	m.mu.Unlock()
	if many {
		select {
		case m.full <- struct{}{}:
		default:
		}
	}
}
