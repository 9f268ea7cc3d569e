package eventlog

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/fieldhook/fieldhook/internal/event"
)

// ResumeRows is how many events one resume of a stream, or one search of what
// streams have shown, looks at, at the most (design, section 3, rule 10).
const ResumeRows = 100_000

// Bounds of the live tail.
const (
	followerBuffer = 256       // events that wait for one follower at the most
	followerBytes  = 256 << 10 // bytes of them, and of a page of a resume, about
	resumePage     = 250
	resumeReads    = 3        // pages read at once; more would only wait for each other and fill memory
	liveQueue      = 8192     // committed events that wait for the tail at the most
	liveBytes      = 16 << 20 // bytes of them, at the most
)

// sizeOf is about what an event in a buffer keeps in memory.
func sizeOf(e *event.Event) int { return 256 + len(e.Name) + len(e.Data) }

// ErrClosed ends a follower whose hub is stopping or whose token was revoked.
var ErrClosed = errors.New("eventlog: stream closed")

// Seat is whose events a stream carries: those of a sandbox, a product or an
// organization (one of the first three), all of them or one publisher's.
type Seat struct {
	Owner   string // user id: events of this sandbox
	Product int64  // events of this product's devices, and published into it
	Org     string // events of the organization's products, and published into it
	Direct  bool   // with Org: only what is published into the organization itself
	Device  string // only events that this device (or event.API, event.Internal) published; "" = any
}

func (s *Seat) match(e *event.Event) bool {
	if s.Device != "" && s.Device != e.Device {
		return false
	}
	switch {
	case s.Owner != "":
		return s.Owner == e.Owner
	case s.Product != 0:
		return s.Product == e.Product
	}
	return s.Org != "" && s.Org == e.Org && (!s.Direct || direct(e))
}

// direct says whether an event was published into an organization itself, for
// all of its products.
func direct(e *event.Event) bool { return e.Product == 0 && e.Kind == event.Published }

// Filter chooses the events of a stream: those that match a seat, each once
// however many it matches.
type Filter struct {
	Seats  []Seat // distinct; at least one
	Prefix string // of the name, bytewise; "" = any
	Token  string // id of the token that opened the stream, for Disconnect
	User   string // who opened it, for DisconnectMember; "" = not by the right of a member
}

// Match says whether a stream with the filter carries an event.
func (f *Filter) Match(e *event.Event) bool {
	if !strings.HasPrefix(e.Name, f.Prefix) {
		return false
	}
	for i := range f.Seats {
		if f.Seats[i].match(e) {
			return true
		}
	}
	return false
}

// Page is a piece of a stream.
type Page struct {
	Events  []event.Event
	Skipped bool // a resume had too much to read: events before these were left out
}

// live hands committed events to followers without ever holding up the writer:
// whoever cannot keep up reads from the log instead.
type live struct {
	engine Engine
	wake   chan struct{}
	reads  chan struct{} // holds a token for each page that is being read

	// mu guards the followers. It is taken before inbox, never after.
	mu        sync.Mutex
	followers audience

	// inbox guards what the writer touches, so that a long look through the
	// followers never holds it up.
	inbox    sync.Mutex
	head     int64 // highest seq that was handed over
	queue    []*event.Event
	bytes    int // of the queue
	overflow bool
	count    int // of followers
	closed   bool
}

func newLive(engine Engine, head int64) *live {
	v := &live{
		engine: engine, head: head, followers: newAudience(),
		wake: make(chan struct{}, 1), reads: make(chan struct{}, resumeReads),
	}
	go v.run()
	return v
}

// publish takes over the events of a committed batch. It runs on the writer's
// goroutine and costs next to nothing while nobody listens.
func (v *live) publish(b *Batch, head int64) {
	v.inbox.Lock()
	defer v.inbox.Unlock()
	v.head = head
	if v.count == 0 {
		return
	}
	for _, a := range b.Accepts {
		if !a.Old {
			v.enqueue(&a.Event)
		}
	}
	for _, r := range b.Results {
		for i := range r.Events {
			v.enqueue(&r.Events[i])
		}
	}
	v.signal()
}

// enqueue adds an event to the queue. When there are too many all are let go:
// the followers find them in the log.
func (v *live) enqueue(e *event.Event) {
	v.queue = append(v.queue, e)
	v.bytes += sizeOf(e)
	if len(v.queue) > liveQueue || v.bytes > liveBytes {
		v.queue, v.bytes, v.overflow = nil, 0, true
	}
}

func (v *live) signal() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// run gives the queued events to the followers they concern.
func (v *live) run() {
	var batch []*event.Event
	for range v.wake {
		v.inbox.Lock()
		batch, v.queue = v.queue, batch[:0]
		overflow, closed := v.overflow, v.closed
		v.overflow, v.bytes = false, 0
		v.inbox.Unlock()
		if closed {
			return
		}
		v.offer(batch, overflow)
		clear(batch)
	}
}

func (v *live) offer(events []*event.Event, overflow bool) {
	if overflow {
		for _, f := range v.all() {
			f.lag()
		}
		return
	}
	for _, e := range events {
		v.mu.Lock()
		v.followers.push(e)
		v.mu.Unlock()
	}
}

func (v *live) all() []*Follower {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.followers.all()
}

func (v *live) add(f *Follower) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.inbox.Lock()
	defer v.inbox.Unlock()
	if f.cursor < 0 || f.cursor > v.head {
		f.gap = f.cursor > v.head // a cursor of another store: what came before is unknown
		f.cursor, f.behind = v.head, false
	}
	if v.closed {
		f.end()
		return
	}
	v.followers.add(f)
	v.count++
}

func (v *live) remove(f *Follower) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.followers.remove(f) {
		return
	}
	v.inbox.Lock()
	v.count--
	v.inbox.Unlock()
}

func (v *live) close() {
	v.inbox.Lock()
	v.closed = true
	v.inbox.Unlock()
	for _, f := range v.all() {
		f.end()
	}
	v.signal()
}

// page reads events behind a cursor.
func (v *live) page(ctx context.Context, after int64) ([]event.Event, error) {
	select {
	case v.reads <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-v.reads }()
	return v.engine.Events(ctx, after, resumePage)
}

func (v *live) headSeq() int64 {
	v.inbox.Lock()
	defer v.inbox.Unlock()
	return v.head
}

// Follower is one subscriber's place in the log. Its methods are for one
// goroutine, but for Close, which any may call.
type Follower struct {
	live   *live
	filter Filter
	cursor int64 // seq up to which everything was looked at
	read   int   // rows that the resume in progress has looked at
	gap    bool  // events before those to come may be missing; not yet told

	mu     sync.Mutex
	pushed int64 // seq of the last event that was handed over
	buffer []event.Event
	bytes  int  // of the buffer
	behind bool // the buffer is of no use: read the log from cursor
	ended  bool
	wake   chan struct{}
}

// Follow opens a stream of the committed events that pass the filter: those
// with a seq above after, or, when after is negative, those from now on.
func (l *Log) Follow(f Filter, after int64) *Follower {
	fo := &Follower{live: l.live, filter: f, cursor: after, behind: true, wake: make(chan struct{}, 1)}
	l.live.add(fo)
	return fo
}

// Disconnect ends the streams that a token opened.
func (l *Log) Disconnect(token string) {
	l.live.endWhere(func(f *Filter) bool { return f.Token == token })
}

// DisconnectMember ends the streams that a user opened by the right of a member
// of something: that right has changed. Whoever still has it opens them again.
func (l *Log) DisconnectMember(user string) {
	l.live.endWhere(func(f *Filter) bool { return user != "" && f.User == user })
}

func (v *live) endWhere(which func(*Filter) bool) {
	for _, f := range v.all() {
		if which(&f.filter) {
			f.end()
		}
	}
}

// EndStreams ends all streams; new ones end at once.
func (l *Log) EndStreams() { l.live.close() }

// Close gives up the follower's place.
func (f *Follower) Close() {
	f.live.remove(f)
	f.end()
}

func (f *Follower) end() {
	f.mu.Lock()
	f.ended = true
	f.mu.Unlock()
	f.signal()
}

func (f *Follower) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// push hands over an event, in order of seq; one that a second seat brings
// again is left out.
func (f *Follower) push(e *event.Event) {
	f.mu.Lock()
	if e.Seq == f.pushed {
		f.mu.Unlock()
		return
	}
	f.pushed = e.Seq
	if len(f.buffer) >= followerBuffer || f.bytes >= followerBytes {
		f.buffer, f.bytes, f.behind = nil, 0, true
	}
	if !f.behind {
		f.buffer = append(f.buffer, *e)
		f.bytes += sizeOf(e)
	}
	f.mu.Unlock()
	f.signal()
}

func (f *Follower) lag() {
	f.mu.Lock()
	f.buffer, f.bytes, f.behind = nil, 0, true
	f.mu.Unlock()
	f.signal()
}

// Next blocks until there is at least one event (or a gap to report). Errors:
// the context's, ErrClosed, or the engine's when the log cannot be read.
func (f *Follower) Next(ctx context.Context) (Page, error) {
	if f.gap {
		f.gap = false
		return Page{Skipped: true}, nil
	}
	for {
		f.mu.Lock()
		events, behind, ended := f.buffer, f.behind, f.ended
		f.buffer, f.bytes, f.behind = nil, 0, false
		f.mu.Unlock()
		switch {
		case ended:
			return Page{}, ErrClosed
		case behind:
			if page, err := f.resume(ctx); err != nil || page.Skipped || len(page.Events) > 0 {
				return page, err
			}
			continue
		}
		if page := f.unseen(events); len(page.Events) > 0 {
			return page, nil
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return Page{}, ctx.Err()
		}
	}
}

// unseen leaves out what a resume has already read from the log.
func (f *Follower) unseen(events []event.Event) Page {
	for len(events) > 0 && events[0].Seq <= f.cursor {
		events = events[1:]
	}
	if n := len(events); n > 0 {
		f.cursor = events[n-1].Seq
	}
	return Page{Events: events}
}

// resume reads on from the cursor until a page has hits, the log has no more or
// the resume has looked at too much. Live events collect in the buffer
// meanwhile, so that nothing falls between the two.
func (f *Follower) resume(ctx context.Context) (Page, error) {
	for f.read < ResumeRows {
		events, err := f.live.page(ctx, f.cursor)
		if err != nil {
			f.lag()
			return Page{}, err
		}
		page, looked := f.sift(events)
		if looked == len(events) && looked < resumePage {
			f.read = 0
			return page, nil
		}
		f.read += looked
		if len(page.Events) > 0 {
			f.lag() // there is more to read
			return page, nil
		}
	}
	f.cursor, f.read = f.live.headSeq(), 0
	return Page{Skipped: true}, nil
}

// sift keeps the events that pass the filter, until they are many bytes, and
// moves the cursor behind those it looked at.
func (f *Follower) sift(events []event.Event) (page Page, looked int) {
	bytes := 0
	for i := range events {
		if bytes >= followerBytes {
			return page, i
		}
		f.cursor = events[i].Seq
		if f.filter.Match(&events[i]) {
			page.Events = append(page.Events, events[i])
			bytes += sizeOf(&events[i])
		}
	}
	return page, len(events)
}
