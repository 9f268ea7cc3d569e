package deliver

import (
	"context"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// Results is where goes what became of an attempt: the log.
type Results interface {
	Finish(r *eventlog.Result)
}

// Integrations finds the integration of a delivery as it is now.
type Integrations interface {
	Lookup(id string) (*integration.Integration, bool)
}

// Throttle rates hosts by how calls to them end, and says which calls to skip;
// *throttle.Throttle is one. Every Admit that does not skip is followed by a
// Report.
type Throttle interface {
	Rating
	Admit(host string) throttle.Verdict
	Report(host string, v throttle.Verdict, r throttle.Result, text string) (letGo bool)
}

// Rating is how a throttle sees answers and hosts.
type Rating interface {
	Rate(status int) throttle.Result
	ProbeAt(host string) time.Time // when a call may pass that is skipped now; zero = at once
}

// open is the throttle of a dispatcher that was given none.
type open struct{}

// Admit implements Throttle.
func (open) Admit(string) throttle.Verdict { return throttle.Pass }

// Report implements Throttle.
func (open) Report(string, throttle.Verdict, throttle.Result, string) bool { return false }

// Rate implements Throttle.
func (open) Rate(int) throttle.Result { return throttle.Neutral }

// ProbeAt implements Throttle.
func (open) ProbeAt(string) time.Time { return time.Time{} }

// Backlog reads unfinished deliveries; see eventlog.Engine.
type Backlog interface {
	Pending(ctx context.Context, after int64, all bool, origin string, limit int) ([]eventlog.Pending, error)
	PendingOf(ctx context.Context, ids []int64) ([]eventlog.Pending, error)
}

// Secrets has the values of named secrets.
type Secrets interface {
	// Resolve appends the values of names in their order. Its errors name the
	// secret that has no value.
	Resolve(s scope.Scope, names []string, into []string) ([]string, error)
	// Mask replaces what of the values stands in b, in whatever coding.
	Mask(b []byte, values []string) []byte
}

// Ledgers has the data of ledgers; *ledger.Service is one.
type Ledgers interface {
	// Resolve appends what the ledgers with these names hold for an event, in
	// their order: a JSON object, or "" for nothing. sc is the integration's.
	Resolve(sc scope.Scope, e *event.Event, names, into []string) ([]string, error)
}

// Dispatcher gives committed deliveries to workers. It is safe for concurrent
// use.
type Dispatcher struct {
	Options
	results Results
	rings   *rings
	began   time.Time
	ctx     context.Context // of reads of the backlog; ends with Stop
	cancel  context.CancelFunc
	alarm   chan struct{} // something may come back earlier than the next look

	mu       sync.Mutex
	origins  map[string]*origin
	crowd    int       // so many origins call for a sweep
	seen     int64     // every delivery up to this id was queued or left to the store
	active   int       // calls in flight
	memory   int       // bytes of queued deliveries
	hungry   []*origin // have jobs but no call, for want of free slots on the node
	blocked  []blocked // wait for room at another origin
	parked   []*worker // have no job; the last one that worked is the first to work
	stopping bool
	idle     sync.Cond // signalled when a worker ends

	pending   map[string]int // unfinished deliveries by integration, without replays
	replaying map[string]int // unfinished replays by integration
	refused   []job          // to be dropped
	dropping  bool           // a goroutine does so

	chains   map[chainKey]*chain  // by integration and device, with ordering: device
	settling map[int64]*chain     // deliveries whose end is not committed: chained or, nil, refused
	waiters  map[*origin]struct{} // origins with deliveries that wait for another attempt
	nextLook time.Duration        // when they are looked at next
}

// blocked is a line that waits for room at another origin.
type blocked struct {
	o *origin
	l *line
}

// fewOrigins are remembered, idle or not.
const fewOrigins = 4096

// maxParked is how many workers without a job are kept.
const maxParked = mostSlots

// job is one delivery with its event, both owned by the log's accept.
type job struct {
	d     *eventlog.Delivery
	e     *event.Event
	again bool // it waited, and takes its turn with others that did
}

// size is about what a queued job keeps in memory.
func (j job) size() int { return 512 + len(j.e.Data) + len(j.e.Name) }

// New makes a dispatcher. Call Start before the first commit reaches
// Committed.
func New(o Options) *Dispatcher {
	o.defaults()
	d := &Dispatcher{
		Options: o, rings: newRings(o.Rings, o.RecentCalls), began: time.Now(), alarm: make(chan struct{}, 1),
		origins: map[string]*origin{}, crowd: fewOrigins, pending: map[string]int{}, replaying: map[string]int{}, chains: map[chainKey]*chain{},
		settling: map[int64]*chain{}, waiters: map[*origin]struct{}{}, nextLook: never,
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.idle.L = &d.mu
	return d
}

// Start queues what an earlier process left unfinished. Results go to r.
func (d *Dispatcher) Start(ctx context.Context, r Results) (queued int, err error) {
	d.results = r
	go d.ripen()
	const page = 1000
	for after := int64(0); ; {
		pending, err := d.Backlog.Pending(ctx, after, true, "", page)
		if err != nil {
			return queued, err
		}
		d.enqueue(pending)
		queued += len(pending)
		if len(pending) < page {
			return queued, nil
		}
		after = pending[len(pending)-1].ID
	}
}

func (d *Dispatcher) enqueue(pending []eventlog.Pending) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range pending {
		p := &pending[i]
		if in, ok := d.Integrations.Lookup(p.Integration); ok {
			p.Ordered = ordered(in, p)
		}
		d.restore(jobOf(p))
	}
}

// restore takes over a delivery that an earlier process left.
func (d *Dispatcher) restore(j job) {
	d.count(j)
	d.seen = max(d.seen, j.d.ID)
	switch {
	case j.d.Ordered && !d.link(j):
	case j.d.Since != 0:
		d.wait(d.origin(j.d.Origin), wait{d.clock() + left(j.d, d.Now()), j.d.ID}, false)
	default:
		d.queue(j)
	}
}

// jobOf copies a delivery out of its page, so that one that waits long does not
// keep the page in memory.
func jobOf(p *eventlog.Pending) job {
	d := p.Delivery
	return job{d: &d, e: p.Event}
}

// Committed queues the deliveries of a committed batch and those that it
// postpones. It is an eventlog.Subscriber and never blocks.
func (d *Dispatcher) Committed(b *eventlog.Batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range b.Accepts {
		for i := range a.Deliveries {
			d.add(job{d: &a.Deliveries[i], e: &a.Event})
		}
	}
	d.postponed(b.Waiting)
	if len(d.settling) > 0 {
		for _, id := range b.Done {
			d.settled(id)
		}
	}
}

// add takes over a new job: it is refused, held in its device's chain, or
// queued.
func (d *Dispatcher) add(j job) {
	d.seen = max(d.seen, j.d.ID)
	in, _ := d.Integrations.Lookup(j.d.Integration)
	if in != nil && j.d.Mark == eventlog.Ordinary { // the log does not know, after it reread a commit in doubt
		j.d.Ordered = j.d.Ordered || in.Definition.Ordered && j.e.Device != event.API
	}
	if d.overflows(in, j) {
		d.refuse(j)
		return
	}
	d.count(j)
	if !j.d.Ordered || d.link(j) {
		d.queue(j)
	}
}

// queue puts a job into its origin's queue, or leaves it to the store when there
// is no room, and starts a worker if the origin has a free slot.
func (d *Dispatcher) queue(j job) {
	o := d.origin(j.d.Origin)
	switch {
	case d.fits(o, j):
		d.keep(o, j)
		o.reached = max(o.reached, j.d.ID)
		d.staff(o)
	case j.d.Ordered: // a chain keeps its own place
		d.wait(o, wait{d.clock(), j.d.ID}, false)
	default:
		o.spill(j.d.ID)
		j.report(Report{Error: "Too many deliveries to this host wait. The test request will be sent after them."})
	}
}

func (d *Dispatcher) keep(o *origin, j job) {
	d.memory += j.size()
	o.push(j)
}

// fits says whether a job may be kept in memory. A queue that has begun to
// leave deliveries to the store goes on doing so until it has caught up, for
// the sake of their order. A queue without a job always takes one: the end of
// that job's call is what brings the others from the store.
func (d *Dispatcher) fits(o *origin, j job) bool {
	return !o.spilled() && (o.waiting == 0 || d.room(o, j))
}

// room says whether a queue may grow. A short queue may, also when memory is
// full: others must not keep it from work.
func (d *Dispatcher) room(o *origin, j job) bool {
	return d.memory+j.size() <= d.Memory || o.bytes+j.size() <= d.Memory/1024
}

// origin gives the queue of an origin. One that is new, or was forgotten when it
// was idle, has nothing in the store that was not queued before.
func (d *Dispatcher) origin(key string) *origin {
	o := d.origins[key]
	if o == nil {
		d.sweep()
		o = newOrigin(key, d.seen)
		d.origins[key] = o
	}
	return o
}

// sweep forgets idle origins when there are many, each time there are twice as
// many as the last one left.
func (d *Dispatcher) sweep() {
	if len(d.origins) < d.crowd {
		return
	}
	for key, o := range d.origins {
		if o.idle() {
			delete(d.origins, key)
		}
	}
	d.crowd = max(fewOrigins, 2*len(d.origins))
}

// staff starts workers for an origin's queue while it has free slots.
func (d *Dispatcher) staff(o *origin) {
	for o.ready() && d.mayStart(o) {
		d.active++
		o.active++
		d.employ(task{o, d.pop(o)})
	}
	if o.ready() && o.active == 0 && !o.hungry {
		o.hungry = true
		d.hungry = append(d.hungry, o)
	}
}

// employ gives a task to a parked worker or to a new one. Workers are kept
// because their buffers and stacks have grown to what a call needs.
func (d *Dispatcher) employ(t task) {
	if n := len(d.parked); n > 0 {
		w := d.parked[n-1]
		d.parked = d.parked[:n-1]
		w.tasks <- t
		return
	}
	go newWorker(d).run(t)
}

// park keeps a worker without a job for later, if there are not many; false
// means that it is to end.
func (d *Dispatcher) park(w *worker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopping || len(d.parked) >= maxParked {
		return false
	}
	d.parked = append(d.parked, w)
	return true
}

// dismiss ends the parked workers.
func (d *Dispatcher) dismiss() {
	for _, w := range d.parked {
		close(w.tasks)
	}
	d.parked = nil
}

// feed gives slots that became free to the origins that have gone without
// longest.
func (d *Dispatcher) feed() {
	for len(d.hungry) > 0 && d.active < d.Calls && !d.stopping {
		o := d.hungry[0]
		d.hungry = d.hungry[1:]
		o.hungry = false
		d.staff(o)
	}
}

// mayStart says whether an origin may have one more call in flight: within its
// own limit and within half of the slots that the others leave free, so that a
// few hung hosts never fill the node.
func (d *Dispatcher) mayStart(o *origin) bool {
	others := d.active - o.active
	return !d.stopping && d.active < d.Calls && o.active < o.limit && o.active < (d.Calls-others+1)/2
}

func (d *Dispatcher) pop(o *origin) job {
	j := o.pop()
	d.memory -= j.size()
	return j
}

// next notes how a job went and gives the worker its next one, or none: then the
// worker's slot is free again.
func (d *Dispatcher) next(o *origin, last outcome) (job, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o.note(last.health)
	if last.health == well {
		o.later.well = d.clock()
	}
	d.after(o, last)
	o.active--
	d.active--
	d.feed()
	d.unblock()
	if o.ready() && d.mayStart(o) {
		o.active++
		d.active++
		j := d.pop(o)
		d.staff(o)
		return j, true
	}
	d.staff(o) // its only slot may have gone to another origin
	d.idle.Broadcast()
	return job{}, false
}

// after brings what may follow a job: from the store, from its chain, from
// those that wait for another attempt.
func (d *Dispatcher) after(o *origin, last outcome) {
	if o.spilled() && o.waiting == 0 && !o.refilling {
		o.refilling = true
		go d.refill(o)
	}
	if last.over {
		d.uncount(last.job)
		if last.job.d.Ordered {
			d.ended(last.job)
		}
	}
	if !o.later.empty() {
		d.look(o)
	}
}

// move gives a job to another origin: its integration's URL has changed since
// the event was accepted. Moved jobs always stay in memory, for the store
// knows them by their old origin; when there is no room, the integration's
// jobs wait at the old one.
func (d *Dispatcher) move(o *origin, j job, key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	to := d.origin(key)
	if !j.again && to.ready() && !d.room(to, j) {
		d.keep(o, j)
		if l := o.line(j.d.Integration); o.block(l, to) {
			d.blocked = append(d.blocked, blocked{o, l})
		}
		return
	}
	j.d.Origin = key
	d.keep(to, j)
	d.staff(to)
}

// unblock lets lines move on whose new origin has room. An origin with nothing
// to send always has, so two origins never wait for each other.
func (d *Dispatcher) unblock() {
	if len(d.blocked) == 0 {
		return
	}
	freed := func(b blocked) bool { return !b.l.toward.ready() || d.room(b.l.toward, b.l.jobs[b.l.head]) }
	still := d.blocked[:0]
	for _, b := range d.blocked {
		if !freed(b) {
			still = append(still, b)
			continue
		}
		b.o.unblock(b.l)
		d.staff(b.o)
	}
	clear(d.blocked[len(still):])
	d.blocked = still
}

// Stop starts no further calls and waits for those in flight to end, or for ctx.
// What is still in flight then is for the next process to deliver again.
func (d *Dispatcher) Stop(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		d.mu.Lock()
		d.idle.Broadcast()
		d.mu.Unlock()
	})
	defer stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.cancel()
	d.stopping = true
	d.dismiss()
	for d.active > 0 && ctx.Err() == nil {
		d.idle.Wait()
	}
}
