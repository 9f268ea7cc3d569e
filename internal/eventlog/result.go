package eventlog

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/record"
)

// Outcome is how an attempt, and with the last one its delivery, ended. Its
// numbers are stored; never renumber.
type Outcome uint8

// The four outcomes.
const (
	Success Outcome = 1 // the target answered below 400
	Failure Outcome = 2 // it answered 400 or above, or not at all
	Sleep   Outcome = 3 // not sent, because its host is throttled
	Dropped Outcome = 4 // not sent, for the reason given
)

// String gives the word used in the API.
func (o Outcome) String() string {
	switch o {
	case Success:
		return "success"
	case Failure:
		return "error"
	case Sleep:
		return "sleep"
	case Dropped:
		return "dropped"
	}
	return "unknown"
}

// Why a delivery was dropped.
const (
	Disabled = "disabled" // its integration was switched off
	Deleted  = "deleted"  // its integration is gone
	Overflow = "overflow" // its integration, or its device's line, had too many unfinished
	Expired  = "expired"  // it waited for longer than its integration allows
)

// Timing holds the phases of a call; a phase that did not happen is 0.
type Timing struct {
	DNS, Connect, TLS, FirstByte, Total time.Duration
}

// Attempt is the row that every attempt leaves for as long as its event is
// kept, sent or not.
type Attempt struct {
	EventSeq int64 // with Delivery and N the key
	Delivery int64
	N        int // counts the delivery's rows from 1

	Integration string
	At          int64 // when it began, Unix milliseconds
	Outcome     Outcome
	Text        string // public text of the error, or why it was dropped; at most MaxText bytes
	Status      int    // of the answer; 0 = none
	Called      bool   // a request was handed to the network
	Timeout     bool   // the error is one of the two time-outs
	Retry       bool   // the delivery had been called before
	Mark        Mark
	Next        int64 // when the delivery is to be tried again, Unix milliseconds; 0 = never
	Timing      Timing
}

// MaxText is how many bytes of an attempt's text are kept.
const MaxText = 200

const attemptV1 = 1

const (
	attemptCalled = 1 << iota
	attemptTimeout
	attemptRetry
	attemptHexID // the integration's id is stored in 12 bytes
)

// ErrAttempt is returned for bytes that AppendRecord did not write.
var ErrAttempt = errors.New("eventlog: malformed attempt")

// AppendRecord appends the stored form of a, all but its key. The log has cut
// its text to MaxText.
// docs/formats/attempt-record.md describes it.
func (a *Attempt) AppendRecord(dst []byte) []byte {
	id, packed := a.storedID()
	flags := byte(0)
	for i, set := range [...]bool{a.Called, a.Timeout, a.Retry, packed} {
		if set {
			flags |= 1 << i
		}
	}
	dst = append(dst, attemptV1, flags, byte(a.Outcome), byte(a.Mark))
	dst = record.AppendString(dst, string(id))
	dst = binary.AppendVarint(dst, a.At)
	dst = binary.AppendVarint(dst, a.Next)
	dst = binary.AppendUvarint(dst, uint64(a.Status))
	for _, d := range [...]time.Duration{a.Timing.DNS, a.Timing.Connect, a.Timing.TLS, a.Timing.FirstByte, a.Timing.Total} {
		dst = binary.AppendUvarint(dst, uint64(max(0, d.Microseconds())))
	}
	return record.AppendString(dst, a.Text)
}

// storedID is the integration's id, packed to half its length if it has the
// form of one.
func (a *Attempt) storedID() (id []byte, packed bool) {
	if event.IsID(a.Integration) {
		if b, err := hex.DecodeString(a.Integration); err == nil {
			return b, true
		}
	}
	return []byte(a.Integration), false
}

// ParseAttempt reads what AppendRecord wrote. Errors: ErrAttempt.
func ParseAttempt(eventSeq, delivery int64, n int, b []byte) (Attempt, error) {
	r := record.Read(b)
	if r.Byte() != attemptV1 {
		return Attempt{}, ErrAttempt
	}
	flags := r.Byte()
	a := Attempt{
		EventSeq: eventSeq, Delivery: delivery, N: n,
		Called: flags&attemptCalled != 0, Timeout: flags&attemptTimeout != 0, Retry: flags&attemptRetry != 0,
		Outcome: Outcome(r.Byte()), Mark: Mark(r.Byte()), Integration: r.String(),
	}
	sound := flags&attemptHexID == 0 || len(a.Integration) == 12
	if flags&attemptHexID != 0 {
		a.Integration = hex.EncodeToString([]byte(a.Integration))
	}
	a.At, a.Next, a.Status = r.Varint(), r.Varint(), int(r.Uvarint())
	for _, d := range [...]*time.Duration{&a.Timing.DNS, &a.Timing.Connect, &a.Timing.TLS, &a.Timing.FirstByte, &a.Timing.Total} {
		us := r.Uvarint()
		sound = sound && us <= math.MaxInt64/uint64(time.Microsecond)
		*d = time.Duration(us) * time.Microsecond
	}
	a.Text = r.String()
	if !r.Done() || !sound {
		return Attempt{}, ErrAttempt
	}
	return a, nil
}

// Ring tells the two rings of recent calls apart. Its numbers are stored;
// never renumber.
type Ring uint8

// The rings that an integration has.
const (
	Successes Ring = 1
	Errors    Ring = 2
)

// Call is a recorded attempt with its request and response. Each integration
// keeps the newest ones in rings of slots, the successes apart from the
// errors.
type Call struct {
	Integration string // with Ring and Slot the key
	Ring        Ring
	Slot        int
	N           int64 // counts the ring's calls; the newest has the highest

	Attempt Attempt
	Event   *event.Event // as it was published

	// As on the wire, secrets masked, cut at 102,400 bytes. They are what the
	// caller handed over: whoever records a call keeps nothing of them.
	Request, Response       []byte
	RequestCut, ResponseCut bool
}

// Result is what became of one attempt at a delivery: its end or, with Again,
// its postponement.
type Result struct {
	Delivery *Delivery
	Attempt  Attempt       // its key, integration and mark are the log's to fill in
	Events   []event.Event // hook-sent first; seqs are given at the commit
	Call     *Call         // nil = no record of it is kept
	Again    *Again        // nil = the delivery has ended
	Dead     bool          // it ended without success after retries: keep it as a dead letter
	Product  int64         // counted apart for this product, too, under CountedFor; 0 = none

	apart   string // what CountedFor gives
	records [][]byte
	row     []byte // the encoded attempt
}

// Again is the state of a delivery that waits for its next attempt; see
// Delivery. Firm waits are not shortened when the target recovers: the target
// itself asked for them. (That is not stored; a restart forgets it.)
type Again struct {
	Origin  string
	Attempt int
	Skips   int
	Since   int64
	Due     int64
	Wait    int64
	Firm    bool
}

// seal encodes what the result will store.
func (r *Result) seal() {
	d, a := r.Delivery, &r.Attempt
	a.EventSeq, a.Delivery, a.N = d.EventSeq, d.ID, d.Attempt+d.Skips+1
	a.Integration, a.Mark = d.Integration, d.Mark
	a.Text = a.Text[:min(len(a.Text), MaxText)]
	if r.Again != nil {
		a.Next = r.Again.Due
	}
	if r.Product != 0 {
		r.apart = CountedFor(d.Integration, r.Product)
	}
	r.row = a.AppendRecord(make([]byte, 0, 64+len(a.Text)))
	r.records = make([][]byte, len(r.Events))
	for i := range r.Events {
		r.records[i] = event.AppendRecord(make([]byte, 0, recordRoom(&r.Events[i])), &r.Events[i])
	}
}

// size is how many bytes a sealed result keeps in memory, about.
func (r *Result) size() int {
	n := len(r.row)
	for _, b := range r.records {
		n += len(b)
	}
	if r.Call != nil {
		n += len(r.Call.Request) + len(r.Call.Response)
	}
	return n
}

// AttemptRow is an attempt as the engine stores it: its key and its encoded
// record.
type AttemptRow struct {
	EventSeq, Delivery int64
	N                  int
	Record             []byte
}

// DeadLetter is a delivery that was given up after retries.
type DeadLetter struct {
	Integration string // with ID the key
	ID          int64  // the delivery's
	EventSeq    int64
	At          int64  // when it was given up, Unix milliseconds
	Attempts    int    // calls that were made
	Origin      string // where the last one went
	Text        string // the last error
}
