// Package tutorial is the server behind the interactive webhook demo of the
// console: a web service to point a first webhook at, which shows what arrives
// and answers as its visitor chooses.
//
// A page opens a session and follows it; the session has a URL that nobody can
// guess and a token that requests to it must carry. What arrives there goes to
// the page as a message "hook", and what was answered as "hookResponse". The
// page may choose another status, body or delay, so that errors, time-outs and
// long answers can be tried.
//
// Nothing is stored. A session lives as long as its page follows it, and ends
// half an hour after the page was last heard of. Sessions, requests in flight,
// bodies and messages that wait are all bounded.
//
// The firmware of the demo lies here, too; see Projects. The example fleet of
// fieldhook demo is another room.
package tutorial

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of a Server.
const (
	maxSessions = 100
	maxPerOwner = 4
	maxIdle     = 30 * time.Minute // a session that its page says nothing to ends
	maxInFlight = 16               // requests of a session
	maxBody     = 64 << 10         // bytes of a request or of a chosen answer
	maxWaiting  = 512 << 10        // bytes of messages that wait to be followed
	maxDelay    = 25_000           // ms, more than the time limit of a call
)

// Below is the beginning of the paths that a Server serves.
const Below = "/demo/hook/"

// Server holds the open sessions and serves their URLs (see ServeHTTP). It is
// safe for concurrent use.
type Server struct {
	base string
	now  func() time.Time

	mu       sync.Mutex
	sessions map[string]*Session
	closed   bool
}

// New makes a Server; base is how the hub is reached, such as
// "https://hub.example.org", and now gives the wall clock.
func New(base string, now func() time.Time) *Server {
	return &Server{base: base, now: now, sessions: make(map[string]*Session)}
}

// Open begins a session of a user. Errors: a fault Limited, or Unavailable when
// the hub has as many sessions as it may.
func (s *Server) Open(owner string) (*Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.room(owner); err != nil {
		err.RetryAfter = 10
		return nil, err
	}
	x := newSession(s, owner)
	s.sessions[x.id] = x
	return x, nil
}

func (s *Server) room(owner string) *fault.Error {
	own := 0
	for _, x := range s.sessions {
		if x.owner == owner {
			own++
		}
	}
	switch {
	case s.closed:
		return fault.New(fault.Unavailable, "The hub is stopping.")
	case own >= maxPerOwner:
		return fault.New(fault.Limited, "You have %d sessions of the demo open, which is the limit. Stop one first.", own)
	case len(s.sessions) >= maxSessions:
		return fault.New(fault.Unavailable, "The hub has %d sessions of the demo open, which is the limit.", len(s.sessions))
	}
	return nil
}

// find gives an open session, or nil.
func (s *Server) find(id string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

// own gives an open session of a user. Errors: a fault NotFound, which is the
// same for somebody else's.
func (s *Server) own(owner, id string) (*Session, error) {
	if x := s.find(id); x != nil && x.owner == owner {
		return x, nil
	}
	return nil, fault.New(fault.NotFound, "There is no such session of the demo, or it has ended. Start the demo again.")
}

// Ping keeps a user's session alive. Errors: as own.
func (s *Server) Ping(owner, id string) (ends time.Time, err error) {
	x, err := s.own(owner, id)
	if err != nil {
		return time.Time{}, err
	}
	return x.touch(), nil
}

// Choose sets how a user's session answers from now on, and keeps it alive.
// Errors: as own; faults Invalid that name the field.
func (s *Server) Choose(owner, id string, c Choice) (ends time.Time, err error) {
	x, err := s.own(owner, id)
	if err != nil {
		return time.Time{}, err
	}
	if err := c.check(); err != nil {
		return time.Time{}, err
	}
	x.choose(c)
	return x.touch(), nil
}

// Close ends all sessions, and lets no new one begin.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	var open []*Session
	for _, x := range s.sessions {
		open = append(open, x)
	}
	s.mu.Unlock()
	for _, x := range open {
		x.end("stopping")
	}
}

func (s *Server) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, id)
}

// secretText is a text that nobody can guess.
func secretText() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
