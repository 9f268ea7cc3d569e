package throttle

import "time"

const (
	span    = 60 * time.Second // of the window
	step    = 10 * time.Second // of a bucket
	buckets = int64(span / step)
	least   = 10 // calls in the window that make a rating
)

// bucket counts the calls that ended within one step.
type bucket struct{ success, failure uint32 }

// window counts the calls of the current bucket and the five before it.
type window struct {
	number int64           // of the current bucket, since the clock's start
	ring   [buckets]bucket // bucket n is at n % buckets
}

// current moves the window to now and gives its latest bucket.
func (w *window) current(now time.Duration) *bucket {
	n := int64(now / step)
	for i := max(w.number, n-buckets) + 1; i <= n; i++ {
		w.ring[i%buckets] = bucket{}
	}
	w.number = n
	return &w.ring[n%buckets]
}

// rating sums up the window at now.
func (w *window) rating(now time.Duration) rating {
	w.current(now)
	var r rating
	for _, b := range w.ring {
		r.success += int(b.success)
		r.failure += int(b.failure)
	}
	return r
}

// troubled says whether there are failures, some of which may be out of date.
func (w *window) troubled() bool {
	for i := range w.ring {
		if w.ring[i].failure != 0 {
			return true
		}
	}
	return false
}

// halve forgets half of the failures of every bucket, rounding what is left
// down.
func (w *window) halve() {
	for i := range w.ring {
		w.ring[i].failure /= 2
	}
}

// rating is what a window says about a host.
type rating struct{ success, failure int }

// calls is how many calls the rating rests on.
func (r rating) calls() int { return r.success + r.failure }

// closed says whether the host has enough failures to be throttled.
func (r rating) closed() bool { return r.calls() >= least && r.failure > r.success }

// skip is the probability with which a call is skipped, below 1.
func (r rating) skip() float64 {
	if !r.closed() {
		return 0
	}
	return float64(r.failure-r.success) / float64(r.calls()+1)
}
