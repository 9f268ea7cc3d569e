// Package history tells what became of events: the counts of an integration's
// days, its recorded calls, its dead letters, and the whole path of one event.
// It only queries; the log writes all of it together with the results of
// attempts (webhook engine reference, section 13).
package history

import (
	"context"
	"slices"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Kept is for how many UTC days counts and calls are kept, today included.
const Kept = 30

// Counts reads the counts of days.
type Counts interface {
	// Tallies gives an integration's counts from a day on, ascending.
	Tallies(ctx context.Context, integration string, fromDay int64) ([]eventlog.Tally, error)
	// TalliesOf gives those of several: each one's ascending, together.
	TalliesOf(ctx context.Context, integrations []string, fromDay int64) ([]eventlog.Tally, error)
}

// Import takes over counts that were not counted here.
type Import interface {
	// FillTallies stores counts where there are none. What is there stays, so that
	// it may be repeated.
	FillTallies(ctx context.Context, counts []eventlog.Tally) error
}

// Calls reads recorded calls.
type Calls interface {
	// CallHeads gives all recorded calls, newest first, without their texts.
	CallHeads(ctx context.Context, integration string) ([]eventlog.Call, error)
	// Call gives one as a whole. Errors: fault NotFound.
	Call(ctx context.Context, integration string, ring eventlog.Ring, slot int, n int64) (eventlog.Call, error)
}

// Letters keeps dead letters.
type Letters interface {
	// DeadLetters gives at most limit dead letters with id > after, ascending.
	DeadLetters(ctx context.Context, integration string, after int64, limit int) ([]eventlog.DeadLetter, error)
	// DeleteDeadLetters deletes some and tells how many there were.
	DeleteDeadLetters(ctx context.Context, integration string, ids []int64) (int64, error)
	// Forget deletes counts, calls and dead letters of an integration.
	Forget(ctx context.Context, integration string) error
}

// Log reads events and what was attempted with them.
type Log interface {
	// EventAt gives an event. Errors: fault NotFound.
	EventAt(ctx context.Context, seq int64) (event.Event, error)
	// Events gives at most limit events with seq > after, ascending.
	Events(ctx context.Context, after int64, limit int) ([]event.Event, error)
	// Attempts gives the attempts of events from one seq to another.
	Attempts(ctx context.Context, fromSeq, toSeq int64, limit int) ([]eventlog.Attempt, error)
}

// Backward reads the log from its end.
type Backward interface {
	// EventsBefore gives at most limit events with seq < before, descending.
	EventsBefore(ctx context.Context, before int64, limit int) ([]event.Event, error)
}

// Store is all that the reader reads.
type Store interface {
	Counts
	Calls
	Letters
	Log
	Backward
}

// Reader answers questions. It is safe for concurrent use.
type Reader struct {
	Store
	now   func() time.Time
	reads chan struct{} // holds a token for each page that a search is reading
}

// New makes a reader; now gives the wall clock.
func New(s Store, now func() time.Time) *Reader {
	return &Reader{s, now, make(chan struct{}, searchReads)}
}

// Day holds the counts of an integration's UTC day. Attempts = Success + Error;
// Sleep and Dropped are outside of them.
type Day struct {
	Day      int64 // since 1970-01-01
	Attempts int64
	Success  int64
	Error    int64
	Timeout  int64 // those of Error
	Sleep    int64
	Retries  int64 // those of Attempts
	Tests    int64 // those of Attempts
	Dropped  int64
	Dead     int64 // deliveries that became dead letters
	Latency  Latency
}

// Latency is how long the calls of a day took. A quantile is at most 19 % above
// the true one.
type Latency struct {
	Count         int64
	P50, P95, P99 time.Duration
	Max           time.Duration // upper bound
}

// Date is the day as 2016-11-21.
func (d *Day) Date() string {
	return time.Unix(d.Day*24*60*60, 0).UTC().Format(time.DateOnly)
}

// Days gives the last days of an integration, today last, also those without
// counts. days is 1 to Kept.
func (r *Reader) Days(ctx context.Context, integration string, days int) ([]Day, error) {
	today := eventlog.DayOf(r.now().UnixMilli())
	first := today - int64(days) + 1
	tallies, err := r.Tallies(ctx, integration, first)
	if err != nil {
		return nil, err
	}
	return daysOf(tallies, first, days), nil
}

// talliesAtOnce bounds what one read of counts brings, in days of integrations.
const talliesAtOnce = 500

// DaysOf gives the last days of several integrations, each as Days does.
func (r *Reader) DaysOf(ctx context.Context, integrations []string, days int) (map[string][]Day, error) {
	first := eventlog.DayOf(r.now().UnixMilli()) - int64(days) + 1
	of := make(map[string][]Day, len(integrations))
	for some := range slices.Chunk(integrations, max(1, talliesAtOnce/days)) {
		all, err := r.TalliesOf(ctx, some, first)
		if err != nil {
			return nil, err
		}
		tallies := map[string][]eventlog.Tally{}
		for _, t := range all {
			tallies[t.Integration] = append(tallies[t.Integration], t)
		}
		for _, integration := range some {
			of[integration] = daysOf(tallies[integration], first, days)
		}
	}
	return of, nil
}

// daysOf adds up the counts of an integration.
func daysOf(tallies []eventlog.Tally, first int64, days int) []Day {
	out := make([]Day, days)
	latencies := make([][eventlog.Buckets]int64, days)
	for i := range out {
		out[i].Day = first + int64(i)
	}
	for _, t := range tallies {
		if i := t.Day - first; i < int64(days) {
			out[i].add(t, &latencies[i])
		}
	}
	for i := range out {
		out[i].Latency = summary(&latencies[i])
	}
	return out
}

func (d *Day) add(t eventlog.Tally, latency *[eventlog.Buckets]int64) {
	into := map[eventlog.What]*int64{
		eventlog.Attempted: &d.Attempts, eventlog.Succeeded: &d.Success, eventlog.Failed: &d.Error,
		eventlog.TimedOut: &d.Timeout, eventlog.Slept: &d.Sleep, eventlog.Retried: &d.Retries,
		eventlog.Tested: &d.Tests, eventlog.Discarded: &d.Dropped, eventlog.DeadCount: &d.Dead,
	}
	if n := into[t.What]; n != nil {
		*n += t.N
		return
	}
	if i := int(t.What) - int(eventlog.Latency); i >= 0 && i < len(latency) {
		latency[i] += t.N
	}
}

func summary(buckets *[eventlog.Buckets]int64) (l Latency) {
	for i, n := range buckets {
		if n > 0 {
			l.Count += n
			l.Max = eventlog.Bound(i)
		}
	}
	l.P50, l.P95, l.P99 = quantile(buckets, l.Count, 50), quantile(buckets, l.Count, 95), quantile(buckets, l.Count, 99)
	return l
}

// quantile is the bound of the bucket that holds the call of that rank.
func quantile(buckets *[eventlog.Buckets]int64, count, percent int64) time.Duration {
	rank := (count*percent + 99) / 100
	for i, n := range buckets {
		if rank -= n; n > 0 && rank <= 0 {
			return eventlog.Bound(i)
		}
	}
	return 0
}
