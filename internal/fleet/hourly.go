package fleet

import (
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// perHour is how often a user may look up a serial number, or make a claim code,
// in an hour (cloud API reference, section 7.2).
const perHour = 50

// hourly counts what users do in each hour of the clock.
type hourly struct {
	mu     sync.Mutex
	hour   int64
	counts map[string]int
}

// admit counts, or refuses with a fault Limited.
func (h *hourly) admit(user string, now time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if hour := now.Unix() / 3600; h.counts == nil || hour != h.hour {
		h.hour, h.counts = hour, map[string]int{}
	}
	if h.counts[user] >= perHour {
		f := fault.New(fault.Limited, "This can be done %d times in an hour. Try again later.", perHour)
		f.RetryAfter = int(3600 - now.Unix()%3600)
		return f
	}
	h.counts[user]++
	return nil
}
