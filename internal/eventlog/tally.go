package eventlog

import (
	"math"
	"strconv"
	"time"
)

// What tells the counts of an integration's day apart. Its numbers are stored;
// never renumber.
type What uint8

// The counts of an integration's UTC day (webhook engine reference, section
// 13): Succeeded + Failed = Attempted.
const (
	Attempted What = 1 // attempts at a request, whatever came of them
	Succeeded What = 2 // answered below 400
	Failed    What = 3 // answered 400 or above, not answered, or no request could be made
	TimedOut  What = 4 // those of Failed that are time-outs
	Slept     What = 5 // deliveries that the throttle held back; outside attempts
	Retried   What = 6 // those of Attempted that repeat an earlier one
	Discarded What = 7 // deliveries that were dropped; outside attempts
	DeadCount What = 8 // deliveries that became dead letters
	Tested    What = 9 // those of Attempted that belong to tests

	// Latency + i counts the calls whose total time fell into bucket i; see
	// Bucket.
	Latency What = 32
)

// Buckets is how many buckets of latency there are.
const Buckets = 96

// perOctave is how many buckets double a time: a bucket is 19 % wide.
const perOctave = 4

// shortest is the upper bound of bucket 0.
const shortest = 100 * time.Microsecond

// Bucket is the bucket that a call of the given length falls into.
func Bucket(total time.Duration) int {
	if total <= shortest {
		return 0
	}
	i := int(math.Ceil(math.Log2(float64(total)/float64(shortest)) * perOctave))
	return min(i, Buckets-1)
}

// Bound is the longest time that falls into bucket i.
func Bound(i int) time.Duration {
	return time.Duration(float64(shortest) * math.Exp2(float64(i)/perOctave))
}

// Tally is a count of an integration's day.
type Tally struct {
	Integration string // its id, or what CountedFor gives
	Day         int64  // days since 1970-01-01, UTC
	What        What
	N           int64
}

// CountedFor is the name under which the counts of an organization's
// integration are kept for one product.
func CountedFor(integration string, product int64) string {
	return integration + "/" + strconv.FormatInt(product, 10)
}

// DayOf is the UTC day of a time in Unix milliseconds.
func DayOf(ms int64) int64 {
	const day = 24 * 60 * 60 * 1000
	d := ms / day
	if ms%day < 0 {
		d--
	}
	return d
}

// tallyKey is what tallies of one commit are added up by.
type tallyKey struct {
	integration string
	day         int64
	what        What
}

// count adds what a result means for the counts of its integration and, where
// they are kept apart, of its product there.
func (b *Batch) count(r *Result) {
	b.countFor(r, r.Attempt.Integration)
	if r.apart != "" {
		b.countFor(r, r.apart)
	}
}

func (b *Batch) countFor(r *Result, name string) {
	a := &r.Attempt
	switch a.Outcome {
	case Success, Failure:
		b.countCall(a, name)
	case Sleep:
		if r.Delivery.Skips == 0 { // later skips are of the same event
			b.tally(a, name, Slept)
		}
	case Dropped:
		b.tally(a, name, Discarded)
	}
	if r.Dead {
		b.tally(a, name, DeadCount)
	}
}

func (b *Batch) countCall(a *Attempt, name string) {
	b.tally(a, name, Attempted)
	if a.Outcome == Success {
		b.tally(a, name, Succeeded)
	} else {
		b.tally(a, name, Failed)
	}
	if a.Timeout {
		b.tally(a, name, TimedOut)
	}
	if a.Retry {
		b.tally(a, name, Retried)
	}
	if a.Mark == Test {
		b.tally(a, name, Tested)
	}
	if a.Called {
		b.tally(a, name, Latency+What(Bucket(a.Timing.Total)))
	}
}

func (b *Batch) tally(a *Attempt, name string, what What) {
	key := tallyKey{name, DayOf(a.At), what}
	if i, ok := b.counted[key]; ok {
		b.Tallies[i].N++
		return
	}
	if b.counted == nil {
		b.counted = map[tallyKey]int{}
	}
	b.counted[key] = len(b.Tallies)
	b.Tallies = append(b.Tallies, Tally{key.integration, key.day, what, 1})
}
