package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// Local is the layer that answers requests to the hub itself in process, which
// the guard of a Client would refuse. A request goes to Handler when its origin
// is Origin and its path lies under one of Prefix; every other one goes to Next.
// Redirects are not followed.
type Local struct {
	Origin  string   // scheme://host:port, lower case
	Prefix  []string // such as "/bin/"
	Handler http.Handler
	Next    deliver.Sender
}

var _ deliver.Sender = (*Local)(nil)

// errEscape is what can be wrong with a rendered URL of the hub itself.
var errEscape = errors.New("the path has an invalid percent escape")

// Send implements deliver.Sender. A handler that does not return in time keeps
// its goroutine until it does; its context is cancelled.
func (l *Local) Send(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	if r.Origin() != l.Origin {
		return l.Next.Send(ctx, r)
	}
	req, err := http.NewRequest(r.Method, r.URL(), requestBody(r))
	if err != nil {
		return deliver.Answer{}, unsendable(errEscape) // err repeats the URL, which may hold a secret
	}
	if !l.serves(req.URL.Path) {
		return l.Next.Send(ctx, r)
	}
	if !r.HasBody {
		req.Body = http.NoBody
	}
	req.Host, req.RequestURI = r.Host, r.Target
	for _, f := range r.Header {
		req.Header.Add(f.Name, f.Value)
	}
	return l.serve(ctx, req)
}

// requestBody copies the body, because a late handler may still read it when
// the caller has it back.
func requestBody(r *render.Request) io.Reader {
	return bytes.NewReader(bytes.Clone(r.Body))
}

// serves says whether the decoded path lies under a prefix, also when dots in it
// are resolved.
func (l *Local) serves(decoded string) bool {
	clean := path.Clean(decoded)
	for _, p := range l.Prefix {
		if strings.HasPrefix(decoded, p) && strings.HasPrefix(clean, strings.TrimSuffix(p, "/")+"/") {
			return true
		}
	}
	return false
}

func (l *Local) serve(ctx context.Context, req *http.Request) (deliver.Answer, error) {
	cancel := context.CancelFunc(func() {})
	if deadline, ok := ctx.Deadline(); ok {
		ctx, cancel = context.WithDeadline(ctx, deadline) // Done may be nil in the caller's
	}
	defer cancel()
	start := time.Now()
	timing := func() deliver.Timing {
		d := time.Since(start)
		return deliver.Timing{FirstByte: d, Total: d}
	}
	done := make(chan served, 1)
	go func() { done <- handle(l.Handler, req.WithContext(ctx)) }()
	select {
	case s := <-done:
		if s.err != nil {
			return deliver.Answer{}, localFailure(s.err, timing())
		}
		s.answer.Timing = timing()
		return s.answer, nil
	case <-ctx.Done():
		return deliver.Answer{}, localFailure(ctx.Err(), timing())
	}
}

func localFailure(err error, timing deliver.Timing) error {
	e := &deliver.CallError{Cause: deliver.Reset, Text: textReset, Wrote: true, Timing: timing, Err: err}
	if timedOut(err) {
		e.Cause, e.Text = deliver.AnswerTimeout, textAnswerTimeout
	}
	return e
}

// served is what a handler did.
type served struct {
	answer deliver.Answer
	err    error
}

// handle runs h. A panic ends the answer, as it would on a connection.
func handle(h http.Handler, req *http.Request) (s served) {
	defer func() {
		if p := recover(); p != nil {
			s.err = fmt.Errorf("the handler panicked: %v", p)
		}
	}()
	w := &recorder{header: make(http.Header)}
	h.ServeHTTP(w, req)
	if err := req.Context().Err(); err != nil && w.status == 0 {
		return served{err: err} // it gave up without an answer
	}
	w.WriteHeader(http.StatusOK)
	return served{answer: w.answer()}
}

// recorder is a ResponseWriter that keeps a bounded answer.
type recorder struct {
	header    http.Header
	sent      http.Header // header as it was when the status was written
	status    int         // 0 = not written
	body      []byte
	truncated bool
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter; interim answers are skipped.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.status == http.StatusNoContent || w.status == http.StatusNotModified {
		return 0, http.ErrBodyNotAllowed
	}
	room := min(len(p), deliver.MaxResponse-len(w.body))
	w.body = append(w.body, p[:room]...)
	w.truncated = w.truncated || room < len(p)
	return len(p), nil
}

// Flush implements http.Flusher; the answer is read when the handler returns.
func (w *recorder) Flush() { w.WriteHeader(http.StatusOK) }

func (w *recorder) answer() deliver.Answer {
	reason := strings.TrimSpace(strconv.Itoa(w.status) + " " + http.StatusText(w.status))
	return deliver.Answer{
		Status: w.status, Reason: reason, Header: w.sent, Body: w.body, Truncated: w.truncated,
	}
}
