package eventlog

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/fieldhook/fieldhook/internal/event"
)

// Bounds of the live tail.
const (
	followerBuffer = 256     // events that wait for one follower at the most
	resumeRows     = 100_000 // events that one resume looks at, at the most
	resumePage     = 500
	liveQueue      = 8192 // committed events that wait for the tail at the most
)

// ErrClosed ends a follower whose hub is stopping or whose token was revoked.
var ErrClosed = errors.New("eventlog: stream closed")

// Filter chooses the events of a stream.
type Filter struct {
	Owner  string // user id; only events of this sandbox
	Device string // only events that this device published; "" = any
	Prefix string // of the name, bytewise; "" = any
	Token  string // id of the token that opened the stream, for Disconnect
}

func (f *Filter) match(e *event.Event) bool {
	return e.Owner == f.Owner && (f.Device == "" || e.Device == f.Device) && strings.HasPrefix(e.Name, f.Prefix)
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

	// mu guards the followers. It is taken before inbox, never after.
	mu        sync.Mutex
	followers map[string]map[*Follower]struct{} // by owner

	// inbox guards what the writer touches, so that a long look through the
	// followers never holds it up.
	inbox    sync.Mutex
	head     int64 // highest seq that was handed over
	queue    []*event.Event
	overflow bool
	count    int // of followers
	closed   bool
}

func newLive(engine Engine, head int64) *live {
	v := &live{engine: engine, head: head, followers: map[string]map[*Follower]struct{}{}, wake: make(chan struct{}, 1)}
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
		v.queue = append(v.queue, &a.Event)
	}
	for _, f := range b.Finishes {
		for i := range f.Events {
			v.queue = append(v.queue, &f.Events[i])
		}
	}
	if len(v.queue) > liveQueue {
		v.queue, v.overflow = nil, true
	}
	v.signal()
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
		v.overflow = false
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
		for f := range v.followers[e.Owner] {
			if f.filter.match(e) {
				f.push(e)
			}
		}
		v.mu.Unlock()
	}
}

func (v *live) all() (fs []*Follower) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, set := range v.followers {
		for f := range set {
			fs = append(fs, f)
		}
	}
	return fs
}

func (v *live) add(f *Follower) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.inbox.Lock()
	defer v.inbox.Unlock()
	if f.cursor < 0 {
		f.cursor, f.behind = v.head, false
	}
	if v.closed {
		f.end()
		return
	}
	if v.followers[f.filter.Owner] == nil {
		v.followers[f.filter.Owner] = map[*Follower]struct{}{}
	}
	v.followers[f.filter.Owner][f] = struct{}{}
	v.count++
}

func (v *live) remove(f *Follower) {
	v.mu.Lock()
	defer v.mu.Unlock()
	set := v.followers[f.filter.Owner]
	if _, ok := set[f]; !ok {
		return
	}
	delete(set, f)
	v.inbox.Lock()
	v.count--
	v.inbox.Unlock()
	if len(set) == 0 {
		delete(v.followers, f.filter.Owner)
	}
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

	mu     sync.Mutex
	buffer []event.Event
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
	for _, f := range l.live.all() {
		if f.filter.Token == token {
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

func (f *Follower) push(e *event.Event) {
	f.mu.Lock()
	if len(f.buffer) >= followerBuffer {
		f.buffer, f.behind = nil, true
	}
	if !f.behind {
		f.buffer = append(f.buffer, *e)
	}
	f.mu.Unlock()
	f.signal()
}

func (f *Follower) lag() {
	f.mu.Lock()
	f.buffer, f.behind = nil, true
	f.mu.Unlock()
	f.signal()
}

// Next blocks until there is at least one event (or a gap to report). Errors:
// the context's, ErrClosed, or the engine's when the log cannot be read.
func (f *Follower) Next(ctx context.Context) (Page, error) {
	for {
		f.mu.Lock()
		events, behind, ended := f.buffer, f.behind, f.ended
		f.buffer, f.behind = nil, false
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
	for f.read < resumeRows {
		events, err := f.live.engine.Events(ctx, f.cursor, resumePage)
		if err != nil {
			f.lag()
			return Page{}, err
		}
		page := f.sift(events)
		if len(events) < resumePage {
			f.read = 0
			return page, nil
		}
		f.read += len(events)
		if len(page.Events) > 0 {
			f.lag() // there is more to read
			return page, nil
		}
	}
	f.cursor, f.read = f.live.headSeq(), 0
	return Page{Skipped: true}, nil
}

// sift keeps the events that pass the filter and moves the cursor behind all.
func (f *Follower) sift(events []event.Event) (page Page) {
	for i := range events {
		f.cursor = events[i].Seq
		if f.filter.match(&events[i]) {
			page.Events = append(page.Events, events[i])
		}
	}
	return page
}
