package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/jsontext"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Streams hands out followers of the log. after is the seq to resume behind;
// below 0 it means live events only.
type Streams interface {
	Follow(f eventlog.Filter, after int64) *eventlog.Follower
}

// streaming holds what the event streams need. The times come from section 5
// of the cloud API reference.
type streaming struct {
	hold       time.Duration // quiet time after the headers
	keepAlive  time.Duration // longest silence
	writeLimit time.Duration // how long one write may block
	open       *openStreams
}

func newStreaming(perAccount, most int) streaming {
	return streaming{
		open: newOpenStreams(perAccount, most),
		// Clients parse what comes with the headers before their caller can
		// listen, and lose it.
		hold: 100 * time.Millisecond,
		// Clients hang up after 13 s of silence.
		keepAlive:  9 * time.Second,
		writeLimit: 30 * time.Second,
	}
}

// streamEvents runs a stream of the seats until the client goes, the token
// expires or the follower is closed. The rest of the path is the prefix of
// names.
func (a *API) streamEvents(w http.ResponseWriter, r *http.Request, seats ...eventlog.Seat) error {
	after, err := resumeAfter(r)
	if err != nil {
		return err
	}
	p := caller(r)
	release, err := a.stream.open.enter(streamAccount(p), a.Address(r))
	if err != nil {
		a.Usage.RefusedStream(p)
		return err
	}
	defer release()
	defer a.Presence.Enter(p, a.Address(r))()
	ctx, cancel := tokenContext(r)
	defer cancel()
	f := eventlog.Filter{Seats: seats, Prefix: param(r, "*"), Token: p.Token}
	s := newStream(w, a.stream)
	if s.product = p.Device == "" && seats[0].Owner == ""; s.product {
		f.User = p.User
	}
	follower := a.Streams.Follow(f, after) // before the headers: from then on nothing is missed
	defer follower.Close()
	if err := a.still(w, r); err != nil {
		return err
	}
	s.wrote = func(events []event.Event) { a.Usage.Received(p, events) }
	if err := s.run(ctx, follower); err != nil {
		a.Log.WarnContext(ctx, "event stream ended", "error", err)
	}
	return nil // the answer has begun
}

// streamAccount is whose bound of open streams a principal's streams count
// against: its user's or, where there is none, its product's or organization's.
func streamAccount(p *scope.Principal) string {
	switch {
	case p.User != "":
		return streamsOf(p.Sandbox())
	case p.Product != 0:
		return streamsOf(scope.OfProduct(p.Product))
	}
	return streamsOf(p.Home)
}

// streamsOf is the name of a scope's account of open streams.
func streamsOf(sc scope.Scope) string { return sc.Kind.String() + " " + sc.ID }

// resumeAfter reads the seq that a client saw last, -1 if it names none.
// Browsers send it as a header; the query is for those that cannot.
func resumeAfter(r *http.Request) (int64, error) {
	field, last := "Last-Event-ID", r.Header.Get("Last-Event-ID")
	if last == "" {
		field, last = "last_event_id", r.URL.Query().Get("last_event_id")
	}
	if last == "" {
		return -1, nil
	}
	after, err := strconv.ParseUint(last, 10, 63)
	if err != nil {
		return 0, fault.Field(field, "It must be the id of an event of a stream: a whole number.")
	}
	return int64(after), nil
}

// tokenContext is the request's context, ending when the token expires.
func tokenContext(r *http.Request) (context.Context, context.CancelFunc) {
	if end := caller(r).Expires; end > 0 {
		return context.WithDeadline(r.Context(), time.UnixMilli(end))
	}
	return context.WithCancel(r.Context())
}

// stream writes one event stream.
type stream struct {
	streaming
	w       http.ResponseWriter
	conn    *http.ResponseController
	product bool // of a product or an organization: events tell more

	wrote func([]event.Event) // told of what the client was sent
}

// newStream makes a stream free of the server's general time limits.
func newStream(w http.ResponseWriter, settings streaming) *stream {
	return &stream{streaming: settings, w: w, conn: withoutTimeLimit(w), wrote: func([]event.Event) {}}
}

// withoutTimeLimit lifts the server's general time limits from a request whose
// answer takes long by its nature.
func withoutTimeLimit(w http.ResponseWriter) *http.ResponseController {
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Time{}) // a writer without deadlines needs none lifted
	_ = conn.SetWriteDeadline(time.Time{})
	return conn
}

// run sends the headers and then what the follower finds. It returns nil when
// the stream ended for an ordinary reason.
func (s *stream) run(ctx context.Context, follower *eventlog.Follower) error {
	if !s.begin() || !pause(ctx, s.hold) {
		return nil
	}
	for {
		page, err := s.next(ctx, follower)
		switch {
		case ctx.Err() != nil, errors.Is(err, eventlog.ErrClosed):
			return nil
		case errors.Is(err, context.DeadlineExceeded):
			if !s.write([]byte("\n")) {
				return nil
			}
		case err != nil:
			return err
		case !s.writePage(page):
			return nil
		}
	}
}

// begin sends the headers and a first comment; false means that the client is
// gone.
func (s *stream) begin() bool {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	h.Set("Connection", "close")     // the write deadlines must not outlive the stream
	return s.write([]byte(":ok\n\n"))
}

// next waits for events, at most until a keep-alive is due.
func (s *stream) next(ctx context.Context, follower *eventlog.Follower) (eventlog.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, s.keepAlive)
	defer cancel()
	return follower.Next(ctx)
}

// pause waits; false means that ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// flushAt is how many bytes of events are gathered before a write.
const flushAt = 32 << 10

// writePage writes the events of a page with as few writes as is sensible. The
// buffer is borrowed, so that a silent stream holds none.
func (s *stream) writePage(page eventlog.Page) bool {
	b := bodies.Get().(*body)
	defer b.free()
	b.data = b.data[:0]
	if page.Skipped {
		b.data = append(b.data, ": skipped some events: the resume point is too far back; continuing with live events\n\n"...)
	}
	for i := range page.Events {
		b.data = appendEvent(b.data, &page.Events[i], s.product)
		if len(b.data) >= flushAt {
			if !s.write(b.data) {
				return false
			}
			b.data = b.data[:0]
		}
	}
	if len(b.data) > 0 && !s.write(b.data) {
		return false
	}
	s.wrote(page.Events)
	return true
}

// write sends bytes at once; false means that the client is gone or takes too
// long. A client that is cut off can resume behind the last id it saw.
func (s *stream) write(p []byte) bool {
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.writeLimit)) // not every writer has deadlines
	if _, err := s.w.Write(p); err != nil {
		return false
	}
	return s.conn.Flush() == nil
}

// appendEvent appends an event in the wire format of streams; those of products
// and organizations tell more.
func appendEvent(dst []byte, e *event.Event, product bool) []byte {
	dst = append(dst, "event: "...)
	dst = appendLine(dst, e.Name)
	dst = append(dst, "\ndata: {"...)
	dst = appendEventMembers(dst, e)
	if product {
		dst = appendProductMembers(dst, e)
	}
	dst = append(dst, "}\nid: "...)
	dst = strconv.AppendInt(dst, e.Seq, 10)
	return append(dst, "\n\n"...)
}

// appendLine appends a name with line breaks made spaces: the names of hook
// events are rendered from templates.
func appendLine(dst []byte, name string) []byte {
	start := len(dst)
	dst = append(dst, name...)
	for i, c := range dst[start:] {
		if c == '\r' || c == '\n' {
			dst[start+i] = ' '
		}
	}
	return dst
}

// appendEventMembers appends the JSON members of an event in the order that
// clients print.
func appendEventMembers(dst []byte, e *event.Event) []byte {
	dst = append(dst, `"data":`...)
	if e.NoData {
		dst = append(dst, "null"...)
	} else {
		dst = jsontext.AppendString(dst, e.Data)
	}
	dst = append(dst, `,"ttl":`...)
	dst = strconv.AppendInt(dst, int64(e.TTL), 10)
	dst = append(dst, `,"published_at":"`...)
	dst = event.AppendTime(dst, e.At)
	dst = append(dst, `","coreid":`...)
	return jsontext.AppendString(dst, e.Device)
}

// appendProductMembers appends what streams of products and organizations tell
// in addition (cloud API reference, section 5); what is unknown is left out.
func appendProductMembers(dst []byte, e *event.Event) []byte {
	if e.Owner != "" {
		dst = jsontext.AppendString(append(dst, `,"userid":`...), e.Owner)
	}
	if e.Firmware != 0 {
		dst = strconv.AppendInt(append(dst, `,"version":`...), int64(e.Firmware), 10)
	}
	dst = append(dst, `,"public":false`...)
	if e.Product != 0 {
		dst = strconv.AppendInt(append(dst, `,"productID":`...), e.Product, 10)
	}
	return dst
}
