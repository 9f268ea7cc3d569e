package deliver

import (
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Rows that one read of the backlog asks for: fewer when little is left of the
// memory that they are to go to.
const (
	refillPage  = 1000
	refillTaste = 100
)

// refill brings deliveries that were left to the store back into memory.
func (d *Dispatcher) refill(o *origin) {
	for {
		after, until, page := d.gap(o)
		pending, err := d.Backlog.Pending(d.ctx, after, false, o.key, page)
		if err != nil {
			if d.ctx.Err() != nil {
				return
			}
			d.Unexpected("read queued deliveries", err)
			time.Sleep(time.Second)
			continue
		}
		if d.refilled(o, known(pending, until), min(until, reach(pending, page, until))) {
			return
		}
	}
}

// gap gives the ids between which an origin's deliveries are in the store only:
// above the first, up to the second; and how many to read at once.
func (d *Dispatcher) gap(o *origin) (after, until int64, page int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	page = refillPage
	if d.memory > d.Memory/2 {
		page = refillTaste
	}
	return o.reached, o.newest, page
}

// known leaves out the deliveries that the dispatcher had not been told of when
// the read began: Committed brings them, or has brought them meanwhile.
func known(pending []eventlog.Pending, until int64) []eventlog.Pending {
	for n := len(pending); n > 0 && pending[n-1].ID > until; n-- {
		pending = pending[:n-1]
	}
	return pending
}

// reach is the id up to which a page holds every delivery.
func reach(pending []eventlog.Pending, page int, until int64) int64 {
	if len(pending) < page {
		return until
	}
	return pending[page-1].ID
}

// refilled queues what there is room for of a page that is complete up to an id
// and says whether to stop reading: there is work in memory again, or nothing is
// left in the store.
func (d *Dispatcher) refilled(o *origin, pending []eventlog.Pending, until int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range pending {
		j := jobOf(&pending[i])
		if d.elsewhere(j) {
			continue
		}
		if o.waiting > 0 && !d.room(o, j) {
			until = j.d.ID - 1
			break
		}
		d.keep(o, j)
	}
	o.reached = max(o.reached, until)
	d.staff(o)
	if o.caughtUp() || o.waiting > 0 || o.active > 0 || d.stopping {
		o.refilling = false
		return true
	}
	return false
}

// elsewhere says whether a delivery that was read from the store is not the
// queue's: it waits for another attempt, has its place in a chain, or is about
// to end.
func (d *Dispatcher) elsewhere(j job) bool {
	_, ending := d.settling[j.d.ID]
	return ending || j.d.Since != 0 || d.chained(j)
}
