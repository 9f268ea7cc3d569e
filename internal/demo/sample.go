package demo

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// sampleDays is how many days before the first real one have made-up counts:
// with it they fill a month.
const sampleDays = 29

// profile says what an integration's days are like.
type profile struct {
	calls    float64 // a day, in the mean
	failed   float64 // share of the calls
	timeouts float64 // share of the failed calls
	slept    float64 // deliveries held back, in relation to calls
	retried  float64 // share of the failed calls that repeat others
	dead     float64 // dead letters, in relation to failed calls
	outage   int     // days before the first real one of a bad day; 0 = none

	median time.Duration // of how long a call takes
	spread float64       // sigma of its logarithm
}

// ofCallTimeout is how long a call that timed out took.
const ofCallTimeout = 20 * time.Second

// sample makes up the counts of the days before first for an integration, or for
// one product of it.
func sample(name string, p profile, first time.Time, r *rand.Rand) (counts []eventlog.Tally) {
	for back := sampleDays; back >= 1; back-- {
		day := first.AddDate(0, 0, -back)
		for what, n := range p.day(day, back == p.outage, r) {
			if n > 0 {
				counts = append(counts, eventlog.Tally{Integration: name, Day: eventlog.DayOf(day.UnixMilli()), What: eventlog.What(what), N: n})
			}
		}
	}
	return counts
}

// dayCounts are the counts of a day by eventlog.What.
type dayCounts [int(eventlog.Latency) + eventlog.Buckets]int64

// day makes up a day that adds up: attempts are successes and failures, and each
// attempt took some time.
func (p *profile) day(day time.Time, bad bool, r *rand.Rand) (n dayCounts) {
	volume, failed, slept := p.calls*(0.85+0.3*r.Float64()), p.failed*(0.6+0.8*r.Float64()), p.slept*(0.8+0.4*r.Float64())
	if weekday := day.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		volume *= 0.7
	}
	if bad {
		failed, slept = 0.4, 0.3
	}
	attempts := int64(volume)
	failures := int64(math.Round(float64(attempts) * min(failed, 1)))
	n[eventlog.Attempted], n[eventlog.Failed], n[eventlog.Succeeded] = attempts, failures, attempts-failures
	n[eventlog.TimedOut] = int64(float64(failures) * p.timeouts)
	n[eventlog.Slept] = int64(volume * slept)
	n[eventlog.Retried] = int64(float64(failures) * p.retried)
	n[eventlog.DeadCount] = int64(float64(failures) * p.dead)
	for i := range attempts {
		took := ofCallTimeout
		if i >= n[eventlog.TimedOut] {
			took = time.Duration(float64(p.median) * math.Exp(p.spread*r.NormFloat64()))
		}
		n[int(eventlog.Latency)+eventlog.Bucket(min(took, ofCallTimeout))]++
	}
	return n
}

// sampleOf makes up the counts of an integration. Those of an organization's one
// are also kept for each of its products, and are their sum.
func sampleOf(id string, p profile, products []int64, first time.Time, r *rand.Rand) []eventlog.Tally {
	if len(products) == 0 {
		return sample(id, p, first, r)
	}
	p.calls /= float64(len(products))
	type key struct {
		day  int64
		what eventlog.What
	}
	var all []eventlog.Tally
	sum := map[key]int64{}
	for _, product := range products {
		part := sample(eventlog.CountedFor(id, product), p, first, r)
		for _, t := range part {
			sum[key{t.Day, t.What}] += t.N
		}
		all = append(all, part...)
	}
	for k, n := range sum {
		all = append(all, eventlog.Tally{Integration: id, Day: k.day, What: k.what, N: n})
	}
	return all
}
