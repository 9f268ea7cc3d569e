package deliver

import (
	"cmp"
	"slices"
)

// Slots of an origin (design, section 3, rule 4).
const (
	firstSlots = 20  // before anything is known of the origin
	mostSlots  = 128 // while it answers well
	leastSlots = 4   // when it keeps failing
)

// origin is the queue of one scheme, host and port. All its fields are guarded
// by the dispatcher's mutex.
type origin struct {
	key     string
	lines   map[string]*line // by integration, only those with jobs
	turn    []*line          // the order in which integrations are served; without blocked ones
	waiting int              // jobs in all lines
	bytes   int
	active  int // calls in flight

	again     []job // repeated attempts, from againHead on
	againHead int
	beat      int // of pop
	later     later

	limit  int  // call slots
	hungry bool // in the dispatcher's list of origins without a slot

	// Deliveries that memory had no room for are left to the store.
	newest    int64 // highest id left to the store; 0 = none is
	reached   int64 // every delivery up to this id was queued
	refilling bool
}

// line is one integration's jobs at an origin, ascending by id.
type line struct {
	integration string
	jobs        []job
	head        int
	toward      *origin // where a job was to move and found no room: the line is blocked; else nil
}

// newOrigin makes an origin all of whose deliveries up to an id were queued.
func newOrigin(key string, reached int64) *origin {
	return &origin{key: key, lines: map[string]*line{}, limit: firstSlots, reached: reached}
}

// ready says whether a job can be taken.
func (o *origin) ready() bool { return len(o.turn) > 0 || o.repeats() > 0 }

// repeats is how many repeated attempts can be taken.
func (o *origin) repeats() int { return len(o.again) - o.againHead }

func (o *origin) idle() bool {
	return o.active == 0 && o.waiting == 0 && !o.spilled() && o.repeats() == 0 && o.later.empty() && !o.later.reading
}

// push adds a job to its integration's line. New jobs have the highest ids and
// go to the end; older ones came back or moved here and go to their place.
func (o *origin) push(j job) {
	if j.again {
		o.again = append(o.again, j)
		o.bytes += j.size()
		return
	}
	l := o.line(j.d.Integration)
	if n := len(l.jobs); n == l.head || l.jobs[n-1].d.ID < j.d.ID {
		l.jobs = append(l.jobs, j)
	} else {
		at, _ := slices.BinarySearchFunc(l.jobs[l.head:], j.d.ID, compareID)
		l.jobs = slices.Insert(l.jobs, l.head+at, j)
	}
	o.waiting++
	o.bytes += j.size()
}

func compareID(j job, id int64) int { return cmp.Compare(j.d.ID, id) }

func (o *origin) line(integration string) *line {
	l := o.lines[integration]
	if l == nil {
		l = &line{integration: integration}
		o.lines[integration] = l
		o.turn = append(o.turn, l)
	}
	return l
}

// block takes a line out of the turn until another origin has room for it; it
// says whether the line was in the turn.
func (o *origin) block(l *line, toward *origin) bool {
	if l.toward != nil {
		return false
	}
	l.toward = toward
	o.turn = slices.DeleteFunc(o.turn, func(other *line) bool { return other == l })
	return true
}

func (o *origin) unblock(l *line) {
	l.toward = nil
	o.turn = append(o.turn, l)
}

// repeatEvery is how often the turn is a repeated attempt's while first ones
// wait.
const repeatEvery = 4

// pop takes the oldest job of the integration whose turn it is. Repeated
// attempts have a turn of their own, so that they never keep first ones waiting
// for long.
func (o *origin) pop() job {
	o.beat++
	if o.repeats() > 0 && (len(o.turn) == 0 || o.beat%repeatEvery == 0) {
		return o.popAgain()
	}
	l := o.turn[0]
	j := l.jobs[l.head]
	l.jobs[l.head] = job{}
	l.head++
	o.waiting--
	o.bytes -= j.size()
	o.rotate(l)
	return j
}

func (o *origin) popAgain() job {
	j := o.again[o.againHead]
	o.again[o.againHead] = job{}
	o.againHead++
	if o.repeats() == 0 {
		o.again, o.againHead = o.again[:0], 0
	}
	o.bytes -= j.size()
	return j
}

// rotate sends a line to the back of the turn, or away when it is empty.
func (o *origin) rotate(l *line) {
	copy(o.turn, o.turn[1:])
	o.turn[len(o.turn)-1] = l
	if l.head == len(l.jobs) {
		o.turn = o.turn[:len(o.turn)-1]
		delete(o.lines, l.integration)
		return
	}
	if l.head > 256 && l.head > len(l.jobs)/2 {
		l.jobs, l.head = append([]job(nil), l.jobs[l.head:]...), 0
	}
}

// outcome is what became of a job.
type outcome struct {
	health health
	job    job
	over   bool // the delivery has ended
}

// health is what a job says about its origin.
type health uint8

const (
	silent   health = iota // no call was made
	well                   // the call succeeded
	declined               // the origin answered, and it is not its fault that the call failed
	ill
)

// note learns from a call: slots grow while the origin answers and all of them
// are in use, by two per answer, and shrink with every failure.
func (o *origin) note(h health) {
	full := o.active >= o.limit
	switch {
	case h == ill:
		o.limit = max(leastSlots, o.limit-1)
	case h != silent && full && o.ready():
		o.limit = min(mostSlots, o.limit+2)
	}
	switch h {
	case well:
		o.later.succeeded()
	case declined, ill:
		o.later.failed()
	}
}

// spill leaves a delivery to the store.
func (o *origin) spill(id int64) { o.newest = max(o.newest, id) }

func (o *origin) spilled() bool { return o.newest > 0 }

// caughtUp ends the spilling if nothing was left behind.
func (o *origin) caughtUp() bool {
	if o.reached < o.newest {
		return false
	}
	o.newest = 0
	return true
}
