package tutorial

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
)

// Message is something that a session tells its page.
type Message struct {
	Name string // "start", "hook", "hookResponse" or "end"
	Data []byte // one line of JSON
}

// Session is one page's use of the demo. One goroutine at a time follows it.
type Session struct {
	server    *Server
	id, owner string

	mu       sync.Mutex
	token    string
	choice   Choice
	waiting  []Message
	size     int // bytes of waiting
	inFlight int
	hooks    int
	ended    bool
	idle     *time.Timer
	wake     chan struct{} // has one element when something changed
}

func newSession(s *Server, owner string) *Session {
	x := &Session{server: s, id: secretText(), owner: owner, token: secretText(), wake: make(chan struct{}, 1)}
	x.idle = time.AfterFunc(maxIdle, func() { x.end("limit") })
	x.put(message("start", struct {
		SessionID string `json:"sessionId"`
		URL       string `json:"url"`
		Token     string `json:"token"`
		ExpiresAt string `json:"expiresAt"`
	}{x.id, s.base + Below + x.id, x.token, event.FormatTime(s.now().Add(maxIdle).UnixMilli())}))
	return x
}

// ID is the session's id.
func (x *Session) ID() string { return x.id }

// message writes a value of ours, which always has a JSON form.
func message(name string, v any) Message {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // people read it
	_ = e.Encode(v)
	return Message{name, bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
}

// Next waits for the session's next message. Errors: io.EOF when the session
// has ended, the context's.
func (x *Session) Next(ctx context.Context) (Message, error) {
	for {
		if m, ok, ended := x.take(); ok {
			return m, nil
		} else if ended {
			return Message{}, io.EOF
		}
		select {
		case <-x.wake:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}

func (x *Session) take() (m Message, ok, ended bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.waiting) == 0 {
		return Message{}, false, x.ended
	}
	m, x.waiting[0] = x.waiting[0], Message{} // what was told is not kept
	x.waiting = x.waiting[1:]
	x.size -= len(m.Data)
	return m, true, false
}

// put hands a message to the page; x.mu is held.
func (x *Session) put(m Message) {
	x.waiting = append(x.waiting, m)
	x.size += len(m.Data)
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Close ends the session: its page has gone.
func (x *Session) Close() { x.end("closed") }

// end tells the page why the session is over. Later calls do nothing.
func (x *Session) end(reason string) {
	x.server.forget(x.id)
	x.idle.Stop()
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.ended {
		x.ended = true
		x.put(message("end", struct {
			Reason string `json:"reason"`
		}{reason}))
	}
}

// touch notes that the page was heard of, and gives the time of the session's
// end.
func (x *Session) touch() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.ended {
		x.idle.Reset(maxIdle)
	}
	return x.server.now().Add(maxIdle)
}

func (x *Session) choose(c Choice) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if c.Authorization != "" {
		x.token = c.token()
	}
	x.choice = c
}

// admits says whether a header carries the session's token.
func (x *Session) admits(authorization string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return subtle.ConstantTimeCompare([]byte(authorization), []byte("Bearer "+x.token)) == 1
}

// enter counts a request in and tells the page of it, under an id of its own.
// ok is false when the session is over, or has its hands full.
func (x *Session) enter(h *hook) (c Choice, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended || x.inFlight >= maxInFlight || x.size >= maxWaiting {
		return Choice{}, false
	}
	x.inFlight++
	x.hooks++
	h.HookID = x.hooks
	x.put(message("hook", h))
	return x.choice, true
}

// leave counts a request out and tells the page what became of it.
func (x *Session) leave(h *hookResponse) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.inFlight--
	if !x.ended {
		x.put(message("hookResponse", h))
	}
}
