package eventlog

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of the writer (design, section 3, rules 7 and 9).
const (
	groupRecords = 1024     // records that one transaction commits at the most
	groupBytes   = 1 << 20  // bytes of event data that one transaction commits, about
	queueAccepts = 4096     // events that wait for their commit at the most
	queueBytes   = 64 << 20 // bytes of event data that wait, at the most
	resultRoom   = 8192     // results that wait for their commit at the most
	resultBytes  = 16 << 20 // bytes of their events, at the most
	linger       = 5 * time.Millisecond
	backoff      = 100 * time.Millisecond
	patience     = 30 * time.Second // for the reads after an unknown outcome
)

// Matcher finds the deliveries of an event. It is called by many goroutines.
type Matcher interface {
	// Match appends a delivery per integration that e triggers and tells the
	// configuration version it looked at.
	Match(e *event.Event, into []Delivery) ([]Delivery, int64)
	// Refresh returns once Match sees everything that is stored by now.
	Refresh(ctx context.Context) error
}

// Subscriber is told of every committed batch, in order, on the writer's
// goroutine. It must not block and must not change the batch; it may keep
// pointers to the accepts and results, not to the batch.
type Subscriber func(b *Batch)

// Log is the hub's one way to write events. It is safe for concurrent use.
type Log struct {
	engine  Engine
	matcher Matcher
	logger  *slog.Logger
	subs    []Subscriber
	live    *live

	mu      sync.Mutex
	queue   []*group  // waiting for their commit, oldest first
	accepts load      // of all groups that are not settled
	results load      // of all groups that are not settled
	room    sync.Cond // signalled when results were committed
	closing bool      // no more events are accepted
	ended   bool      // no more results are either: the writer has gone, or is not to try again
	spare   Batch     // slices of an earlier batch, to be filled again

	wake chan struct{} // there is something new in the queue
	done chan struct{} // the writer has ended
}

// load is how much waits.
type load struct{ records, bytes int }

// group is what goes into one transaction.
type group struct {
	batch  Batch
	bytes  int
	oldest time.Time     // when its first result came
	tried  bool          // a commit of these results failed: nothing may join
	done   chan struct{} // closed when err is known
	err    error
}

// Open makes a log over an engine and starts its writer. Subscribers see every
// commit. Errors: the engine's.
func Open(ctx context.Context, engine Engine, matcher Matcher, logger *slog.Logger, subs ...Subscriber) (*Log, error) {
	head, err := engine.Head(ctx)
	if err != nil {
		return nil, err
	}
	l := &Log{
		engine: engine, matcher: matcher, logger: logger, live: newLive(engine, head),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	l.room.L = &l.mu
	l.subs = append(l.subs, subs...)
	go l.write(head)
	return l, nil
}

// Append matches an event and returns its seq once event and deliveries are on
// disk. Errors: fault Unavailable, either because the queue is full or the log
// is closing (the event was not accepted), or because the commit failed (it is
// unknown whether the event was accepted; repeating it may duplicate it).
func (l *Log) Append(ctx context.Context, e event.Event) (int64, error) {
	a := &Accept{Event: e}
	a.Deliveries, a.Version = l.matcher.Match(&a.Event, a.one[:0])
	return l.AppendTo(ctx, a)
}

// AppendTo appends an accept whose deliveries are known. Errors: as Append.
func (l *Log) AppendTo(_ context.Context, a *Accept) (int64, error) {
	a.seal()
	g, err := l.enqueue(a)
	if err != nil {
		return 0, err
	}
	<-g.done
	return a.Event.Seq, g.err
}

func (l *Log) enqueue(a *Accept) (*group, error) {
	size := len(a.record)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closing:
		return nil, unavailable("The hub is stopping; the event was not accepted.")
	case l.accepts.records >= queueAccepts || l.accepts.bytes+size > queueBytes:
		return nil, unavailable("Too many events are waiting for the disk; the event was not accepted.")
	}
	g := l.open(size)
	g.batch.Accepts = append(g.batch.Accepts, a)
	g.bytes += size
	l.accepts.records++
	l.accepts.bytes += size
	l.signal()
	return g, nil
}

func unavailable(text string) error {
	f := fault.New(fault.Unavailable, "%s", text)
	f.RetryAfter = 1
	return f
}

// open gives the group that a record of the given size joins.
func (l *Log) open(size int) *group {
	if n := len(l.queue); n > 0 {
		if g := l.queue[n-1]; !g.full(size) {
			return g
		}
	}
	g := &group{batch: l.spare, done: make(chan struct{})}
	l.spare = Batch{}
	l.queue = append(l.queue, g)
	return g
}

func (g *group) full(size int) bool {
	if g.tried {
		return true
	}
	n := len(g.batch.Accepts) + len(g.batch.Results)
	return n >= groupRecords || n > 0 && g.bytes+size > groupBytes
}

func (l *Log) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Finish commits what became of an attempt: the end of its delivery or, with
// Again, its postponement. It returns when the result has found room in the
// queue; the commit follows within a few milliseconds, and is retried for as
// long as the store fails.
func (l *Log) Finish(r *Result) {
	r.seal()
	size := r.size()
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.ended && !l.results.takes(size) {
		l.room.Wait()
	}
	if l.ended {
		return
	}
	g := l.open(size)
	if g.oldest.IsZero() {
		g.oldest = time.Now()
	}
	g.batch.Results = append(g.batch.Results, r)
	g.bytes += size
	l.results.records++
	l.results.bytes += size
	l.signal()
}

// takes says whether there is room for one more result.
func (r load) takes(size int) bool {
	return r.records == 0 || r.records < resultRoom && r.bytes+size <= resultBytes
}

// Close commits everything that is queued and ends the writer. Later appends
// are refused; later results are lost to this process and delivered again by
// the next one. When ctx ends, Close gives up: what is not committed by then is
// treated in the same way.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	l.signal()
	defer l.live.close()
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	l.ended = true
	l.room.Broadcast()
	l.mu.Unlock()
	l.signal()
	return ctx.Err()
}
