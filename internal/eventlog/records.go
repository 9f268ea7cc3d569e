// Package eventlog is the durable, ordered log of everything that happened.
//
// The log knows three records: an accept (an event and one delivery per
// matching integration), a postpone (a delivery waits for its next attempt) and
// a finish (a delivery's outcome and the events it caused). One writer per hub
// commits them in groups; a publisher is answered only after the commit that
// holds its event. Seq, given at the commit, is the only cursor.
//
// The package defines what it asks of a storage engine (Engine) and of the
// matching room (Matcher); it leaves sending to deliver.
package eventlog

import (
	"context"
	"errors"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/event"
)

// Mark tells an ordinary delivery from one that somebody asked for. Its
// numbers are stored; never renumber.
type Mark uint8

// The marks of a delivery.
const (
	Ordinary Mark = 0
	Test     Mark = 1 // asked for through the API's test route
)

// Delivery is one event on its way to one integration. Its row lives from the
// accept to the finish.
type Delivery struct {
	ID          int64  // from the log's sequence; lower than its event's seq
	EventSeq    int64  // the event to render
	Integration string // integration id
	Origin      string // scheme://host:port at accept time; "" = could not be rendered
	Attempt     int    // attempts made so far
	Due         int64  // earliest next attempt, Unix milliseconds; 0 = at once
	Wait        int64  // Due minus the time of the postpone, to survive clock jumps
	Mark        Mark

	// Tag travels with the delivery in memory only. It lets whoever asked for
	// a delivery recognise it; a restart forgets it.
	Tag any
}

// Pending is a delivery together with the event it carries.
type Pending struct {
	Delivery
	Event *event.Event
}

// Attach gives p its event: the one of the delivery before, if that carries the
// same, or else what record holds. Engines call it row by row; last is nil at
// the first. Errors: event.ErrRecord, with the ids.
func (p *Pending) Attach(record []byte, last *event.Event) error {
	if last != nil && last.Seq == p.EventSeq {
		p.Event = last
		return nil
	}
	e, err := event.ParseRecord(p.EventSeq, record)
	if err != nil {
		return fmt.Errorf("event %d of delivery %d: %w", p.EventSeq, p.ID, err)
	}
	p.Event = &e
	return nil
}

// Accept is an event with the deliveries that it triggered.
type Accept struct {
	Event      event.Event
	Deliveries []Delivery
	Version    int64 // configuration version that it was matched with
	Fixed      bool  // the deliveries were named by the caller: never match again

	record []byte
	one    [1]Delivery // room for the common case of one match
}

// Outcome is how a delivery ended. Its numbers are stored; never renumber.
type Outcome uint8

// The four outcomes.
const (
	Success Outcome = 1 // the target answered below 400
	Failure Outcome = 2 // it answered 400 or above, or not at all
	Sleep   Outcome = 3 // not sent, because its host is throttled
	Dropped Outcome = 4 // not sent, for the reason given
)

// Finish ends a delivery and publishes the events that its last attempt caused.
type Finish struct {
	Delivery *Delivery
	Outcome  Outcome
	Reason   string        // Dropped: "disabled", "deleted", "overflow", "expired"
	Events   []event.Event // hook-sent first; seqs are given at the commit

	records [][]byte
}

// Postpone keeps a delivery for a later attempt.
type Postpone struct {
	ID      int64
	Origin  string
	Attempt int
	Due     int64
	Wait    int64
}

// Row is an event as the engine stores it: its key and its encoded record (see
// event.AppendRecord).
type Row struct {
	Seq    int64
	Record []byte
}

// Batch is everything that one transaction commits.
type Batch struct {
	Version   int64 // oldest configuration version of the accepts; 0 = none to compare
	Accepts   []*Accept
	Finishes  []*Finish
	Postpones []Postpone

	// Number fills these; engines write them.
	Rows []Row       // events, ascending by seq
	New  []*Delivery // deliveries that begin
	Done []int64     // ids of deliveries that end
}

// Number gives every event and delivery of the batch its seq, counting up from
// next, and fills Rows, New and Done. It returns the next free seq. An engine
// calls it once it knows next for certain, that is inside its transaction;
// calling it again numbers the batch anew.
//
// The deliveries of an event come before it in the sequence, so that the
// highest event seq is the log's head.
func (b *Batch) Number(next int64) int64 {
	b.Rows, b.New, b.Done = b.Rows[:0], b.New[:0], b.Done[:0]
	for _, a := range b.Accepts {
		next = b.numberAccept(a, next)
	}
	for _, f := range b.Finishes {
		b.Done = append(b.Done, f.Delivery.ID)
		for i := range f.Events {
			f.Events[i].Seq = next
			b.Rows = append(b.Rows, Row{next, f.records[i]})
			next++
		}
	}
	return next
}

func (b *Batch) numberAccept(a *Accept, next int64) int64 {
	seq := next + int64(len(a.Deliveries))
	for i := range a.Deliveries {
		d := &a.Deliveries[i]
		d.ID, d.EventSeq = next, seq
		b.New = append(b.New, d)
		next++
	}
	a.Event.Seq = seq
	b.Rows = append(b.Rows, Row{seq, a.record})
	return seq + 1
}

// Seal encodes the events of the batch's records. The log does it before a
// record is queued; tests of engines do it themselves.
func (b *Batch) Seal() {
	for _, a := range b.Accepts {
		a.seal()
	}
	for _, f := range b.Finishes {
		f.seal()
	}
}

func (a *Accept) seal() {
	a.record = event.AppendRecord(make([]byte, 0, recordRoom(&a.Event)), &a.Event)
}

func (f *Finish) seal() {
	f.records = make([][]byte, len(f.Events))
	for i := range f.Events {
		f.records[i] = event.AppendRecord(make([]byte, 0, recordRoom(&f.Events[i])), &f.Events[i])
	}
}

// size is how many bytes the records of a sealed finish have.
func (f *Finish) size() (n int) {
	for _, r := range f.records {
		n += len(r)
	}
	return n
}

// recordRoom is a size that one record surely fits in, so that encoding
// allocates once.
func recordRoom(e *event.Event) int {
	return 64 + len(e.Name) + len(e.Data) + len(e.Device) + len(e.Owner) + len(e.ContentType) + len(e.Integration)
}

// ErrStale is returned by Engine.Commit, which has then changed nothing, when
// the configuration is newer than Batch.Version.
var ErrStale = errors.New("eventlog: matched with an older configuration")

// Engine stores the log. Commit is called by one goroutine only; the readers
// by any.
type Engine interface {
	// Commit numbers the batch from the log's head and writes it in one
	// transaction that is on disk when Commit returns nil. If the stored
	// configuration version differs from a non-zero b.Version it changes
	// nothing and returns ErrStale. After any other error the outcome is
	// unknown, until a Commit, of an empty batch too, returns nil: by then
	// every earlier one has taken effect or never will.
	Commit(ctx context.Context, b *Batch) error

	// Events gives at most limit events with seq > after, ascending.
	Events(ctx context.Context, after int64, limit int) ([]event.Event, error)

	// Pending gives at most limit unfinished deliveries with id > after,
	// ascending by id, each with its event; only those of origin, unless all.
	Pending(ctx context.Context, after int64, all bool, origin string, limit int) ([]Pending, error)

	// Head is the highest event seq, 0 for an empty log.
	Head(ctx context.Context) (int64, error)
}
