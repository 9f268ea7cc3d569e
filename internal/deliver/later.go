package deliver

import (
	"container/heap"
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Bounds of the deliveries that wait for another attempt.
const (
	laterPage  = 128                    // deliveries that one read brings back at the most
	wellAgain  = 16                     // credit at which an origin is trusted again
	mostCredit = 256                    // of an origin
	drowse     = 20 * time.Millisecond  // between two looks at what is due
	leastPause = 50 * time.Millisecond  // of a sleeping host's deliveries
	mostPause  = 10 * time.Second       // of a sleeping host's deliveries
	reread     = 500 * time.Millisecond // after the store failed
	wellFor    = 2 * time.Second        // a success says for so long that the host is well
)

// later holds the deliveries of an origin that wait for another attempt. In
// memory they are a number and a time; the store has the rest.
//
// They come back when they are due. While their host recovers they come back
// with care: one by one after each pause, then two for each success, whether
// they are due or not, for the backoff was about a host that failed. Only where
// the target itself, or the policy, named the time is it kept.
type later struct {
	soft, firm waits
	pause      time.Duration // nothing comes back before; see Dispatcher.clock
	credit     int           // how many may come back early
	careful    bool          // only as many as there is credit for, or one after the pause
	reading    bool          // a page is on its way
	well       time.Duration // when a call succeeded last; 0 = never
}

// wait is a delivery that is due at a time of Dispatcher.clock.
type wait struct {
	due time.Duration
	id  int64
}

// waits is a heap, the first due on top.
type waits []wait

func (w waits) Len() int { return len(w) }
func (w waits) Less(i, j int) bool {
	return w[i].due < w[j].due || w[i].due == w[j].due && w[i].id < w[j].id
}
func (w waits) Swap(i, j int) { w[i], w[j] = w[j], w[i] }

// Push implements heap.Interface.
func (w *waits) Push(x any) { *w = append(*w, x.(wait)) }

// Pop implements heap.Interface.
func (w *waits) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}

func (w waits) due(now time.Duration) bool { return len(w) > 0 && w[0].due <= now }

func (l *later) empty() bool { return len(l.soft)+len(l.firm) == 0 }

func (l *later) add(w wait, firm bool) {
	if firm {
		heap.Push(&l.firm, w)
	} else {
		heap.Push(&l.soft, w)
	}
}

// sleeps says that the host is to be left alone until a time.
func (l *later) sleeps(until time.Duration) {
	l.careful, l.credit, l.pause = true, 0, until
}

// succeeded and failed learn from a call.
func (l *later) succeeded() {
	l.pause = 0
	l.credit = min(l.credit+2, mostCredit)
	l.careful = l.careful && l.credit < wellAgain
	if l.empty() {
		l.credit = min(l.credit, wellAgain)
	}
}

func (l *later) failed() { l.credit = 0 }

// ready is when something may come back; never = not before something happens.
func (l *later) ready() time.Duration {
	switch {
	case l.empty():
		return never
	case l.credit > 0 && len(l.soft) > 0:
		return l.pause
	}
	next := never
	for _, w := range []waits{l.soft, l.firm} {
		if len(w) > 0 {
			next = min(next, w[0].due)
		}
	}
	return max(next, l.pause)
}

// never is later than any time of Dispatcher.clock.
const never = time.Duration(1<<63 - 1)

// take gives the ids that come back now.
func (l *later) take(now time.Duration) (ids []int64) {
	most := laterPage
	if l.careful {
		most = max(1, min(most, l.credit))
	}
	for len(ids) < most {
		switch {
		case l.firm.due(now):
			ids = append(ids, heap.Pop(&l.firm).(wait).id)
		case l.soft.due(now):
			ids = append(ids, heap.Pop(&l.soft).(wait).id)
		case l.credit > len(ids) && len(l.soft) > 0:
			ids = append(ids, heap.Pop(&l.soft).(wait).id)
		default:
			most = len(ids)
		}
	}
	l.credit = max(0, l.credit-len(ids))
	return ids
}

// clock is the time since the dispatcher was made. It knows no jumps of the
// wall clock.
func (d *Dispatcher) clock() time.Duration { return time.Since(d.began) }

// postponed takes over deliveries whose postponement was committed.
func (d *Dispatcher) postponed(results []*eventlog.Result) {
	if len(results) == 0 {
		return
	}
	now := d.clock()
	for _, r := range results {
		due := now + time.Duration(r.Again.Wait)*time.Millisecond
		o := d.origin(r.Again.Origin)
		d.wait(o, wait{due, r.Delivery.ID}, r.Again.Firm || o.later.wellDuring(r, now))
	}
}

// wellDuring says whether other calls succeeded about when this one failed: then
// its backoff is about the delivery, not about the host.
func (l *later) wellDuring(r *eventlog.Result, now time.Duration) bool {
	return r.Attempt.Outcome == eventlog.Failure && l.well != 0 && now-l.well < wellFor+r.Attempt.Timing.Total
}

// left is how long a stored delivery has to wait still. Its due time is by a
// clock that may have jumped since; its wait is not.
func left(p *eventlog.Delivery, now time.Time) time.Duration {
	ms := min(p.Due-now.UnixMilli(), p.Wait)
	return time.Duration(max(0, ms)) * time.Millisecond
}

// wait puts a delivery off that the store has.
func (d *Dispatcher) wait(o *origin, w wait, firm bool) {
	o.later.add(w, firm)
	d.waiters[o] = struct{}{}
	d.look(o)
}

// look has the origin's waiting deliveries looked at if some may come back
// before the next look.
func (d *Dispatcher) look(o *origin) {
	if at := o.later.ready(); at < d.nextLook {
		d.nextLook = at
		select {
		case d.alarm <- struct{}{}:
		default:
		}
	}
}

// ripen brings back what is due until the dispatcher stops.
func (d *Dispatcher) ripen() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(max(drowse, d.ripe()))
		select {
		case <-d.ctx.Done():
			return
		case <-timer.C:
			continue
		case <-d.alarm:
		}
		select { // so that many alarms are one look
		case <-d.ctx.Done():
			return
		case <-time.After(drowse):
		}
	}
}

// ripe reads what may come back now and tells how long nothing else will.
func (d *Dispatcher) ripe() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock()
	d.nextLook = never
	for o := range d.waiters {
		if at := d.recall(o, now); at < d.nextLook {
			d.nextLook = at
		}
	}
	if d.nextLook == never {
		return time.Hour
	}
	return d.nextLook - now
}

// recall begins to read an origin's deliveries that may come back; it tells
// when to look again.
func (d *Dispatcher) recall(o *origin, now time.Duration) time.Duration {
	l := &o.later
	switch {
	case l.empty():
		delete(d.waiters, o)
		return never
	case l.reading || d.stopping || !d.hasRoomAgain(o):
		return never // the end of the reading, or of a call, looks again
	case l.ready() > now:
		return l.ready()
	}
	l.reading = true
	go d.fetch(o, l.take(now))
	return never
}

// hasRoomAgain says whether an origin may have more repeated attempts in memory.
func (d *Dispatcher) hasRoomAgain(o *origin) bool {
	n := len(o.again) - o.againHead
	return n == 0 || n < laterPage/2 && d.memory < d.Memory
}

// fetch reads deliveries and queues them.
func (d *Dispatcher) fetch(o *origin, ids []int64) {
	pending, err := d.Backlog.PendingOf(d.ctx, ids)
	if err != nil && d.ctx.Err() == nil {
		d.Unexpected("read postponed deliveries", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	o.later.reading = false
	if err != nil {
		for _, id := range ids {
			o.later.add(wait{d.clock() + reread, id}, false)
		}
		d.waiters[o] = struct{}{} // recall may have let go of it
	}
	for i := range pending {
		j := jobOf(&pending[i])
		j.d.Ordered = d.chained(j)
		j.again = true
		d.keep(o, j)
	}
	d.staff(o)
	d.look(o)
}

// asleep puts a delivery back whose host sleeps: the store has it as waiting.
func (d *Dispatcher) asleep(o *origin, j job, pause time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o.rest(d.clock(), pause)
	o.later.add(wait{d.clock(), j.d.ID}, false)
	d.waiters[o] = struct{}{}
	d.look(o)
}

// doze leaves the waiting deliveries of an origin alone for a while.
func (d *Dispatcher) doze(o *origin, pause time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o.rest(d.clock(), pause)
}

func (o *origin) rest(now, pause time.Duration) {
	o.later.sleeps(now + min(max(pause, leastPause), mostPause))
}
