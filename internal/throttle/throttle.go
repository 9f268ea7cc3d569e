// Package throttle spares hosts that fail: the more of a host's calls failed in
// the last minute, the more of the next ones are skipped, which is what people
// see as sleep.
//
// The rating is that of the webhook engine reference, section 10:
//
//   - A window of 60 s, in buckets of 10 s, holds the successes S and failures E
//     of calls that were made.
//   - The host is closed when S+E is at least 10 and E exceeds S. Then a call is
//     skipped with the probability (E-S)/(S+E+1): 0 when half of the calls
//     succeed, near 1 when all of them fail. The others pass.
//   - A closed host that has not failed for 5 s gets one probe, and no second
//     one before the first has ended. A probe that succeeds halves E, and the
//     next may follow at once; one that fails begins the 5 s anew.
//
// Whoever makes a call asks Admit before it and tells Report how it ended. The
// throttle keeps everything in memory, restarts empty, and forgets keys that had
// no call for 10 minutes. Keys are opaque: a host name in lower case, or one with
// a prefix where each account is to have a rating of its own.
package throttle

import (
	"container/list"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

const (
	idle     = 10 * time.Minute // keys without a counted call for so long are forgotten
	maxKeys  = 65_536
	maxText  = 200              // bytes of a failure's text
	lostTime = 60 * time.Second // default of Options.Lost
)

// Verdict is what Admit decides about one call.
type Verdict uint8

// The verdicts.
const (
	Pass  Verdict = iota // make the call, then Report
	Probe                // make the call, which decides for others; then Report, however it ends
	Skip                 // do not make the call: the host sleeps
)

// Result is how a call that was let through ended.
type Result uint8

// The results.
const (
	Neutral Result = iota // says nothing about the host, or was not made after all
	Success
	Failure
)

// Options says how a throttle rates. The zero value is ready for use.
type Options struct {
	Now     func() time.Time // nil = time.Now; called by one goroutine at a time
	Random  func() float64   // in [0,1); nil = a source of its own; called by one goroutine at a time
	Lenient bool             // answers 4xx other than 408 and 429 do not count
	Lost    time.Duration    // a probe unreported for so long frees its place, so longer than a call may take; 0 = 60 s
}

func (o *Options) defaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.Lost <= 0 {
		o.Lost = lostTime
	}
}

// Throttle rates hosts. It is safe for concurrent use; no method blocks for
// longer than a few memory accesses take. The zero value is not usable; see New.
type Throttle struct {
	options Options

	mu    sync.Mutex
	clock clock
	hosts map[string]*host
	order *list.List // of *host, the one whose call was counted last in front
}

// Key names the host for an account where each has a rating of its own.
func Key(account, host string) string { return account + "/" + host }

// SplitKey takes apart what Key made; the account of any other key is "".
func SplitKey(key string) (account, host string) {
	if account, host, ok := strings.Cut(key, "/"); ok {
		return account, host
	}
	return "", key
}

// New makes a throttle in which every host is open.
func New(o Options) *Throttle {
	o.defaults()
	return &Throttle{
		options: o,
		clock:   startClock(o.Now),
		hosts:   map[string]*host{},
		order:   list.New(),
	}
}

// Rate classifies a call by the status of its answer. Status 0 means that none
// came: a timeout, or a connection that could not be made or was cut. For a call
// that was not made (the guard refused the target, the request could not be
// rendered) report Neutral instead.
func (t *Throttle) Rate(status int) Result {
	switch {
	case status <= 0 || status >= 500 || status == 408 || status == 429:
		return Failure
	case status < 400:
		return Success
	case t.options.Lenient:
		return Neutral
	}
	return Failure
}

// Admit decides about one call to the host of key. Every Pass and Probe wants
// its Report.
func (t *Throttle) Admit(key string) Verdict {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[key]
	if h == nil || !h.window.troubled() {
		return Pass // the usual case asks no clock
	}
	now := t.clock.read()
	r := h.window.rating(now)
	switch {
	case !r.closed():
		return Pass
	case h.nextProbe(now, t.options.Lost) <= now:
		h.probe = now
		return Probe
	case t.options.Random() >= r.skip():
		return Pass
	}
	return Skip
}

// Report tells how a call ended that Admit had let through with v; a Skip has no
// end and is ignored. The text says why the call failed, as people may see it;
// its first 200 bytes are kept with a Failure. A key that was forgotten meanwhile
// begins a new rating.
//
// The result is true when it is worth asking Admit again for calls that wait: a
// success made up for some of the failures in the window, or a closed host's
// probe was given back unused.
func (t *Throttle) Report(key string, v Verdict, r Result, text string) (letGo bool) {
	if v == Skip {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.read()
	t.sweep(now)
	if r == Neutral {
		h := t.hosts[key]
		return h != nil && v == Probe && h.release() && h.window.rating(now).closed()
	}
	h := t.host(key)
	h.seen = now
	if r == Failure {
		h.fail(now, v, text)
		return false
	}
	return h.succeed(now, v)
}

// host finds the host of key or makes it, and puts it in front.
func (t *Throttle) host(key string) *host {
	if h := t.hosts[key]; h != nil {
		t.order.MoveToFront(h.place)
		return h
	}
	if len(t.hosts) >= maxKeys {
		t.forget(t.order.Back())
	}
	h := &host{key: strings.Clone(key)} // the caller's may be part of a whole request
	h.place = t.order.PushFront(h)
	t.hosts[h.key] = h
	return h
}

// sweep forgets the two hosts that were idle longest if their time is up. It is
// two because a report adds at most one: so idle hosts leave faster than others
// come, and no report has to wait for a long sweep.
func (t *Throttle) sweep(now time.Duration) {
	for range 2 {
		last := t.order.Back()
		if last == nil || !last.Value.(*host).forgotten(now) {
			return
		}
		t.forget(last)
	}
}

func (t *Throttle) forget(place *list.Element) {
	h := t.order.Remove(place).(*host)
	delete(t.hosts, h.key)
}
