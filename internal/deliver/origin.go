package deliver

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
	turn    []*line          // the order in which integrations are served
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

// line is one integration's jobs at an origin, first in, first out.
type line struct {
	integration string
	jobs        []job
	head        int
}

func newOrigin(key string) *origin {
	return &origin{key: key, lines: map[string]*line{}, limit: firstSlots}
}

func (o *origin) idle() bool { return o.active == 0 && o.waiting == 0 && !o.spilled() }

func (o *origin) push(j job) {
	l := o.lines[j.d.Integration]
	if l == nil {
		l = &line{integration: j.d.Integration}
		o.lines[j.d.Integration] = l
		o.turn = append(o.turn, l)
	}
	l.jobs = append(l.jobs, j)
	o.waiting++
	o.bytes += j.size()
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

// note learns from a call: slots grow while the origin answers and all of them
// are in use, by two per answer, and shrink with every failure.
func (o *origin) note(ok bool) {
	full := o.active >= o.limit
	switch {
	case !ok:
		o.limit = max(leastSlots, o.limit-1)
	case full && o.waiting > 0:
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
