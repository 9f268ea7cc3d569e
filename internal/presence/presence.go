// Package presence knows which devices are online, and when they were heard
// last.
//
// A device is online while it holds an event stream of its own open. When that
// changes the hub publishes spark/status with the data online or offline, as an
// ordinary event of the device (cloud API reference, section 4.2). The status is
// stored before online is published and after offline was: if the hub died and
// never saw a device leave, offline comes right before the next online.
//
// Hearing of a device costs a publish one write in memory. The times are stored
// every few seconds; a kill forgets those of the last ones.
//
// A Tracker is safe for concurrent use. Who may connect as a device was decided
// before; nothing is decided by presence.
package presence

import (
	"context"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// The event of a change, and its data.
const (
	statusEvent = "spark/status"
	online      = "online"
	offline     = "offline"
)

// Heard is when a device was heard, and from where.
type Heard struct {
	Device string // device id
	At     int64  // Unix milliseconds
	IP     string // "" = unknown
}

// Status says whether a device is online.
type Status struct {
	Device string // device id
	Online bool
	Since  int64 // when it came online, Unix milliseconds; 0 if it went
}

// Store keeps what is known of devices.
type Store interface {
	// Online is the stored status; that of an unknown device is false.
	Online(ctx context.Context, device string) (bool, error)
	// SavePresence stores in one transaction; later times win, and unknown devices
	// are passed over.
	SavePresence(ctx context.Context, heard []Heard, statuses []Status) error
}

// Publisher publishes what the hub observed about a device.
type Publisher interface {
	System(ctx context.Context, device *scope.Principal, name, data string) error
}

// Options says what a Tracker works with; all are required.
type Options struct {
	Store     Store
	Publisher Publisher
	Now       func() time.Time
	Error     func(error) // told what could not be stored or published
}

// Tracker follows the devices of this hub.
type Tracker struct {
	Options
	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{}  // there is a status to store
	busy   sync.WaitGroup // changes that are being published
	ended  chan struct{}  // the flushing goroutine has

	mu       sync.Mutex
	heard    map[string]place    // by device, not stored yet
	statuses map[string]Status   // by device, not stored yet
	sessions map[string]*session // devices with streams
	round    *round              // of storing, the one to come
}

type place struct {
	at int64
	ip string
}

// session is a device with streams, or one whose last stream is ending.
type session struct {
	refs    int // streams that are open or ending; guarded by the Tracker's mu
	streams int // open ones; guarded by the Tracker's mu

	mu     sync.Mutex // held while a change is published
	online bool       // what was published
}

// round is one time of storing.
type round struct {
	done chan struct{}
	err  error // valid when done is closed
}

func newRound() *round { return &round{done: make(chan struct{})} }

// New makes a Tracker; Close ends it.
func New(o Options) *Tracker {
	t := &Tracker{
		Options: o, wake: make(chan struct{}, 1), ended: make(chan struct{}),
		heard: map[string]place{}, statuses: map[string]Status{}, sessions: map[string]*session{}, round: newRound(),
	}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	go t.run()
	return t
}

// Heard notes that something came from a device; other principals are passed
// over.
func (t *Tracker) Heard(p *scope.Principal, ip string) {
	if p.Device == "" {
		return
	}
	at := t.Now().UnixMilli()
	t.mu.Lock()
	t.heard[p.Device] = place{at, ip}
	t.mu.Unlock()
}

// Enter notes that a device opened an event stream; the caller calls leave at
// its end. Other principals are passed over. It does not wait for anything, but
// leave does until the change is published.
func (t *Tracker) Enter(p *scope.Principal, ip string) (leave func()) {
	if p.Device == "" {
		return func() {}
	}
	t.Heard(p, ip)
	s := t.join(p.Device)
	t.busy.Add(1)
	go func() {
		defer t.busy.Done()
		t.settle(p, s)
	}()
	return func() {
		t.mu.Lock()
		s.streams--
		t.mu.Unlock()
		t.settle(p, s)
		t.drop(p.Device, s)
	}
}

func (t *Tracker) join(device string) *session {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sessions[device]
	if s == nil {
		s = &session{}
		t.sessions[device] = s
	}
	s.streams++
	s.refs++
	return s
}

func (t *Tracker) drop(device string, s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.refs--; s.refs == 0 {
		delete(t.sessions, device)
	}
}

func (t *Tracker) streams(s *session) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return s.streams
}

// settle publishes the status of a device unless it is as published. It looks at
// what is, not at what changed: however streams come and go meanwhile, the last
// call has it right.
func (t *Tracker) settle(p *scope.Principal, s *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for now := t.streams(s) > 0; now != s.online; now = t.streams(s) > 0 {
		change := t.depart
		if now {
			change = t.arrive
		}
		err := change(p)
		if err == nil {
			s.online = now
			return
		}
		t.Error(err)
		select {
		case <-t.ctx.Done():
			return
		case <-time.After(again):
		}
	}
}

// again is when a change that could not be stored or published is tried again.
const again = time.Second

func (t *Tracker) arrive(p *scope.Principal) error {
	unseen, err := t.Store.Online(t.ctx, p.Device)
	if err != nil {
		return err
	}
	if err := t.save(Status{p.Device, true, t.Now().UnixMilli()}); err != nil {
		return err
	}
	if unseen {
		if err := t.Publisher.System(t.ctx, p, statusEvent, offline); err != nil {
			return err
		}
	}
	return t.Publisher.System(t.ctx, p, statusEvent, online)
}

func (t *Tracker) depart(p *scope.Principal) error {
	if err := t.Publisher.System(t.ctx, p, statusEvent, offline); err != nil {
		return err
	}
	return t.save(Status{Device: p.Device})
}

// Seen tells whether a device is online, and what was heard of it that is not
// stored yet (0 and "" if nothing was).
func (t *Tracker) Seen(device string) (online bool, heard int64, ip string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, h := t.sessions[device], t.heard[device]
	return s != nil && s.streams > 0, h.at, h.ip
}
