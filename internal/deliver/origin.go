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
func (o *origin) ready() bool { return len(o.turn) > 0 }

func (o *origin) idle() bool { return o.active == 0 && o.waiting == 0 && !o.spilled() }

// push adds a job to its integration's line. New jobs have the highest ids and
// go to the end; older ones came back or moved here and go to their place.
func (o *origin) push(j job) {
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

// pop takes the oldest job of the integration whose turn it is.
func (o *origin) pop() job {
	l := o.turn[0]
	j := l.jobs[l.head]
	l.jobs[l.head] = job{}
	l.head++
	o.waiting--
	o.bytes -= j.size()
	o.rotate(l)
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

// verdict is what a job says about the health of its origin.
type verdict uint8

const (
	silent verdict = iota // no call was made
	well
	ill
)

// note learns from a call: slots grow while the origin answers and all of them
// are in use, by two per answer, and shrink with every failure.
func (o *origin) note(v verdict) {
	full := o.active >= o.limit
	switch {
	case v == ill:
		o.limit = max(leastSlots, o.limit-1)
	case v == well && full && o.waiting > 0:
		o.limit = min(mostSlots, o.limit+2)
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
