package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
)

// Columns of the live log.
const (
	clockWidth = 8  // 15:04:05, or the time since the publish
	nameWidth  = 15 // ← hook-response
	leastWidth = 60 // a narrower terminal has its lines wrapped
)

// Bounds of what a Log remembers.
const (
	recentEvents = 1024 // events whose hook lines are still recognized
	heldRequests = 64   // requests that came before their event
)

// Look is how output is to look.
type Look struct {
	Width  func() int // columns of the terminal, asked for each line
	Colour bool       // with ANSI codes
	Zone   *time.Location
}

// Request is a request that the request bin received.
type Request struct {
	At     time.Time
	Method string
	Path   string // without the query
	Body   string
}

// Totals counts what a Log has shown.
type Totals struct {
	Events     int // published by the fleet or anybody else
	Deliveries int // attempts that ended, well or not
	Errors     int // hook-errors, and publishes that were refused
}

// Log writes events, and below each what the hub did about it, as lines of
// columns. Its methods may be called by any number of goroutines.
type Log struct {
	out    io.Writer
	look   Look
	naming Naming
	names  int // width of the column of devices

	mu     sync.Mutex
	recent [recentEvents]published // by seq modulo recentEvents
	from   int64                   // seq of the first event that was seen
	head   int64                   // highest seq seen
	shown  int64                   // seq of the event that the last line is about
	ended  attempt                 // the attempt counted last
	held   map[int64][]Request     // by the seq of the event that is awaited
	holds  int                     // requests in held
	totals Totals
}

// published is what hook lines need to know about their event.
type published struct {
	seq, at int64
	device  string // name
}

// attempt names a delivery of which hook events tell.
type attempt struct {
	cause       int64
	integration string
}

// Naming gives the names that people know things by.
type Naming struct {
	Devices     map[string]string      // by id
	Hidden      map[string]bool        // ids of devices whose events are not shown
	Integration func(id string) string // "" = it has none
}

// NewLog makes a Log that writes to out. What out refuses is lost: there is
// nobody else to tell.
func NewLog(out io.Writer, look Look, naming Naming) *Log {
	l := &Log{out: out, look: look, naming: naming, names: len("api"), held: map[int64][]Request{}}
	for _, name := range naming.Devices {
		_, used := fit(name, 16)
		l.names = max(l.names, used)
	}
	return l
}

// Event shows a committed event. Events must come in the order of their seq. What
// comes of events that are older than the first one, or of those of hidden
// devices, is not shown.
func (l *Log) Event(e *event.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.from == 0 {
		l.from = e.Seq
	}
	l.head = max(l.head, e.Seq)
	switch {
	case e.Kind != event.Published && !l.hides(e):
		l.hook(e)
		return
	case e.Kind != event.Published, l.naming.Hidden[e.Device]:
		return
	}
	l.totals.Events++
	p := published{e.Seq, e.At, l.deviceName(e.Device)}
	l.recent[e.Seq%recentEvents] = p
	data := plain.of(e.Data)
	if e.NoData {
		data = dim.of("(no data)")
	}
	l.line(l.clock(e.At), cell{p.device, cyan, l.names}, cell{e.Name, bold, nameWidth}, data)
	l.shown = e.Seq
	for _, r := range l.held[e.Seq] {
		l.request(r, p)
	}
	l.holds -= len(l.held[e.Seq])
	delete(l.held, e.Seq)
}

// hides says whether a hook event is of no event that was shown.
func (l *Log) hides(e *event.Event) bool {
	return e.Cause < l.from || e.Product != 0 && l.find(e.Cause).seq == 0
}

// Request shows a request below the event it was made of. One that comes
// before its event waits for it.
func (l *Log) Request(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seq := causeOf(r.Body)
	if seq != 0 && seq < l.from {
		return
	}
	if seq > l.head && l.holds < heldRequests {
		l.holds++
		l.held[seq] = append(l.held[seq], r)
		return
	}
	l.request(r, l.find(seq))
}

// causeOf gives the seq of the event that the demo's integration made a request
// of, or 0: other requests come to the bin, too.
func causeOf(request string) int64 {
	var sent body
	if json.Unmarshal([]byte(request), &sent) != nil {
		return 0
	}
	seq, _ := event.SeqOf(sent.Event)
	return seq
}

// find gives a recent event, or the zero value.
func (l *Log) find(seq int64) published {
	if p := l.recent[uint64(seq)%recentEvents]; p.seq == seq {
		return p
	}
	return published{}
}

func (l *Log) request(r Request, cause published) {
	rest := plain.of(r.Path)
	if r.Body != "" {
		rest.text += " " + r.Body
	}
	l.below(cause, r.At.UnixMilli(), cell{"→ " + r.Method, magenta, nameWidth}, rest)
}

// hook shows an event that the hub made.
func (l *Log) hook(e *event.Event) {
	if this := (attempt{e.Cause, e.Integration}); e.Kind == event.HookSent || this != l.ended {
		l.totals.Deliveries++
		l.ended = this
	}
	name, rest := cell{"← hook-response", green, nameWidth}, plain.of(e.Data)
	switch e.Kind {
	case event.HookSent:
		name, rest = cell{"· hook-sent", dim, nameWidth}, dim.of(l.naming.Integration(e.Integration))
	case event.HookError:
		l.totals.Errors++
		name, rest = cell{"× hook-error", red, nameWidth}, red.of(e.Data)
	}
	l.below(l.find(e.Cause), e.At, name, rest)
}

// below writes a line that belongs to an event. Right below the event's own it
// needs no device; elsewhere the device tells which event is meant.
func (l *Log) below(cause published, at int64, name, rest cell) {
	when, device := l.clock(at), cell{"", dim, l.names}
	if cause.seq != 0 {
		when.text = padLeft(since(at-cause.at), clockWidth)
		if l.shown != cause.seq {
			device.text = cause.device
		}
	}
	l.line(when, device, name, rest)
	l.shown = cause.seq
}

// since writes milliseconds in at most 8 columns.
func since(ms int64) string {
	if ms < 10_000 {
		return fmt.Sprintf("+%d ms", max(0, ms))
	}
	return fmt.Sprintf("+%d s", ms/1000)
}

// Failure shows that the hub refused an event of a device (its id).
func (l *Log) Failure(device, name string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.totals.Errors++
	l.line(cell{width: clockWidth}, cell{l.deviceName(device), cyan, l.names}, cell{name, bold, nameWidth}, red.of("not published: "+err.Error()))
	l.shown = 0
}

// Note shows a sentence about the demo itself. Further lines are written whole,
// however wide the terminal is: they are to be copied.
func (l *Log) Note(text ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line(cell{"hint", magenta, clockWidth}, plain.of(text[0]))
	for _, more := range text[1:] {
		style := cyan
		if !l.look.Colour {
			style = plain
		}
		_, _ = io.WriteString(l.out, "  "+style.paint(more)+"\n")
	}
	l.shown = 0
}

// Totals gives the counts so far.
func (l *Log) Totals() Totals {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.totals
}

func (l *Log) clock(ms int64) cell {
	return cell{time.UnixMilli(ms).In(l.look.Zone).Format(time.TimeOnly), dim, clockWidth}
}

func (l *Log) deviceName(id string) string {
	if name := l.naming.Devices[id]; name != "" {
		return name
	}
	return id
}

func (l *Log) line(cells ...cell) {
	columns := max(leastWidth, l.look.Width())
	_, _ = io.WriteString(l.out, compose(cells, columns, l.look.Colour)+"\n")
}
