// Package eventlog is the durable, ordered log of everything that happened.
//
// The log knows three records: an accept (an event and one delivery per
// matching integration), a postpone (a delivery waits for its next attempt) and
// a finish (a delivery's outcome). The last two are results of an attempt: with
// them go the events it caused, its row, its counts and its recorded call. One writer per hub
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
	"slices"

	"github.com/fieldhook/fieldhook/internal/event"
)

// Mark tells an ordinary delivery from one that somebody asked for. Its
// numbers are stored; never renumber.
type Mark uint8

// The marks of a delivery.
const (
	Ordinary Mark = 0
	Test     Mark = 1 // asked for through the API's test route
	Replay   Mark = 2 // of an event that was delivered before, on request
)

// String gives the word used in the API.
func (m Mark) String() string {
	switch m {
	case Test:
		return "test"
	case Replay:
		return "replay"
	}
	return "ordinary"
}

// Delivery is one event on its way to one integration. Its row lives from the
// accept to the finish.
type Delivery struct {
	ID          int64  // from the log's sequence; lower than its event's seq
	EventSeq    int64  // the event to render
	Integration string // integration id
	Origin      string // scheme://host:port at accept time; "" = could not be rendered
	Attempt     int    // attempts made so far
	Skips       int    // how often the throttle has put it off, on record
	Since       int64  // when it was first attempted or put off, Unix milliseconds; 0 = not yet
	Due         int64  // earliest next attempt, Unix milliseconds; 0 = at once
	Wait        int64  // Due minus the time of the postpone in milliseconds, to survive clock jumps
	Mark        Mark
	Job         int64 // the replay that asked for it; 0 = none

	// Ordered says that later deliveries of the same integration and device
	// wait for this one's end. Match sets it; it is not stored.
	Ordered bool

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
	Version    int64   // configuration version that it was matched with
	Fixed      bool    // the deliveries were named by the caller: never match again
	Old        bool    // the event is in the log already; only the deliveries are new
	Revived    []int64 // ids of dead letters of the deliveries' integration that these replace
	Progress   *Progress

	record []byte
	one    [1]Delivery // room for the common case of one match
}

// Progress is how far a replay has come with an accept.
type Progress struct {
	Job               int64
	Done              int64 // everything up to here has been replayed
	Accepted, Missing int64 // events; see replay.Job
}

// Row is an event as the engine stores it: its key and its encoded record (see
// event.AppendRecord).
type Row struct {
	Seq    int64
	Record []byte
}

// Batch is everything that one transaction commits.
type Batch struct {
	Version int64 // oldest configuration version of the accepts; 0 = none to compare
	Accepts []*Accept
	Results []*Result

	// Number fills these; engines write them.
	Rows     []Row        // events to insert, ascending by seq
	New      []*Delivery  // deliveries that begin
	Done     []int64      // ids of deliveries that end
	Waiting  []*Result    // results whose deliveries are postponed
	Attempts []AttemptRow // rows to insert; one whose key is there already is left out
	Tallies  []Tally      // to be added to the stored counts
	Calls    []*Call      // to replace what their slots hold
	Dead     []DeadLetter // to insert
	Revived  []DeadKey    // dead letters to delete
	Progress []Progress   // of replays, ascending for each
	High     int64        // highest number that is to be remembered apart, for no event stands behind it; 0 = none

	counted  map[tallyKey]int // places in Tallies
	recorded map[callKey]int  // places in Calls
}

// DeadKey names a dead letter.
type DeadKey struct {
	Integration string
	ID          int64
}

type callKey struct {
	integration string
	ring        Ring
	slot        int
}

// Number gives every event and delivery of the batch its seq, counting up from
// next, and fills what is derived from accepts and results. It returns the
// next free seq. An engine calls it once it knows next for certain, that is
// inside its transaction; calling it again numbers the batch anew.
//
// The deliveries of an event come before it in the sequence, so that an event
// is behind everything that it caused to be stored.
func (b *Batch) Number(next int64) int64 {
	b.unnumber()
	for _, a := range b.Accepts {
		next = b.numberAccept(a, next)
	}
	for _, r := range b.Results {
		next = b.numberResult(r, next)
	}
	if slices.ContainsFunc(b.Accepts, func(a *Accept) bool { return a.Old }) {
		b.High = next - 1 // a replay's delivery leaves no event when it ends
	}
	return next
}

func (b *Batch) unnumber() {
	b.Rows, b.New, b.Done, b.Waiting = b.Rows[:0], b.New[:0], b.Done[:0], b.Waiting[:0]
	b.Attempts, b.Tallies, b.Calls = b.Attempts[:0], b.Tallies[:0], b.Calls[:0]
	b.Dead, b.Revived, b.Progress, b.High = b.Dead[:0], b.Revived[:0], b.Progress[:0], 0
	clear(b.counted)
	clear(b.recorded)
}

func (b *Batch) numberAccept(a *Accept, next int64) int64 {
	seq := a.Event.Seq
	if !a.Old {
		seq = next + int64(len(a.Deliveries))
	}
	for i := range a.Deliveries {
		d := &a.Deliveries[i]
		d.ID, d.EventSeq = next, seq
		b.New = append(b.New, d)
		next++
	}
	for _, id := range a.Revived {
		b.Revived = append(b.Revived, DeadKey{a.Deliveries[0].Integration, id})
	}
	if a.Progress != nil {
		b.Progress = append(b.Progress, *a.Progress)
	}
	if a.Old {
		return next
	}
	a.Event.Seq = seq
	b.Rows = append(b.Rows, Row{seq, a.record})
	return seq + 1
}

func (b *Batch) numberResult(r *Result, next int64) int64 {
	if r.Again == nil {
		b.Done = append(b.Done, r.Delivery.ID)
	} else {
		b.Waiting = append(b.Waiting, r)
	}
	for i := range r.Events {
		r.Events[i].Seq = next
		b.Rows = append(b.Rows, Row{next, r.records[i]})
		next++
	}
	b.Attempts = append(b.Attempts, AttemptRow{r.Attempt.EventSeq, r.Attempt.Delivery, r.Attempt.N, r.row})
	b.count(r)
	if r.Call != nil {
		b.record(r)
	}
	if r.Dead {
		b.Dead = append(b.Dead, r.deadLetter())
	}
	return next
}

// record takes over a call; of several for one slot only the last is written.
func (b *Batch) record(r *Result) {
	c := r.Call
	c.Attempt = r.Attempt
	key := callKey{c.Integration, c.Ring, c.Slot}
	if i, ok := b.recorded[key]; ok {
		b.Calls[i] = c
		return
	}
	if b.recorded == nil {
		b.recorded = map[callKey]int{}
	}
	b.recorded[key] = len(b.Calls)
	b.Calls = append(b.Calls, c)
}

func (r *Result) deadLetter() DeadLetter {
	d := r.Delivery
	attempts := d.Attempt
	if r.Attempt.Outcome == Failure {
		attempts++
	}
	return DeadLetter{
		Integration: d.Integration, ID: d.ID, EventSeq: d.EventSeq, At: r.Attempt.At,
		Attempts: attempts, Origin: d.Origin, Text: r.Attempt.Text,
	}
}

// Seal encodes the events of the batch's records. The log does it before a
// record is queued; tests of engines do it themselves.
func (b *Batch) Seal() {
	for _, a := range b.Accepts {
		a.seal()
	}
	for _, r := range b.Results {
		r.seal()
	}
}

func (a *Accept) seal() {
	if a.Old {
		return
	}
	a.record = event.AppendRecord(make([]byte, 0, recordRoom(&a.Event)), &a.Event)
}

// recordRoom is a size that one record surely fits in, so that encoding
// allocates once.
func recordRoom(e *event.Event) int {
	return 64 + len(e.Name) + len(e.Data) + len(e.Device) + len(e.Owner) + len(e.ContentType) + len(e.Integration) + len(e.Org)
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

	// PendingOf gives the unfinished deliveries among ids, ascending by id,
	// each with its event. Ids are at most a few hundred.
	PendingOf(ctx context.Context, ids []int64) ([]Pending, error)

	// Head is the highest number that was ever given; 0 for an empty log.
	Head(ctx context.Context) (int64, error)
}
