package tutorial

import (
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// methods are those that a webhook may use.
var methods = []string{http.MethodPost, http.MethodGet, http.MethodPut, http.MethodDelete}

// masked replaces the values of credentials that are none of the demo's.
const masked = "[[SENSITIVE]]"

// maxHeader is how many bytes of a request's header the page is told.
const maxHeader = 16 << 10

// hook is the message that a request arrived.
type hook struct {
	HookID      int    `json:"hookId"`
	ReceivedAt  string `json:"receivedAt"`
	Method      string `json:"method"`
	OriginalURL string `json:"originalUrl"`
	Headers     string `json:"headers"` // a line each
	Query       string `json:"query"`
	Body        string `json:"body"`
	Base64      bool   `json:"base64,omitempty"`    // Body is base64: the bytes are no text
	Truncated   bool   `json:"truncated,omitempty"` // there was more
}

// hookResponse is the message of what was answered.
type hookResponse struct {
	HookID      int    `json:"hookId"`
	StatusCode  int    `json:"statusCode"`
	ContentType string `json:"contentType"`
	Body        string `json:"body"`
	ElapsedMS   int64  `json:"elapsedMs"`
	Unsent      bool   `json:"unsent,omitempty"` // whoever asked had gone before the answer was due
}

// ServeHTTP serves the URLs of sessions, /demo/hook/<session>. A request takes
// the session's token and gets the answer that was chosen.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The demo shares its origin with the console: no browser may take an answer
	// for a page.
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	id, below := strings.CutPrefix(r.URL.Path, Below)
	x := s.find(id)
	switch {
	case !below || x == nil:
		write(w, refusal(http.StatusNotFound, fault.New(fault.NotFound,
			"There is no such session of the webhook demo, or it has ended. Start the demo again, and use its new URL.")))
	case !slices.Contains(methods, r.Method):
		w.Header().Set("Allow", strings.Join(methods, ", "))
		write(w, refusal(http.StatusMethodNotAllowed, fault.New(fault.Invalid, "A webhook of the demo uses one of %s.", strings.Join(methods, ", "))))
	default:
		x.serve(w, r)
	}
}

func (x *Session) serve(w http.ResponseWriter, r *http.Request) {
	start, admitted := time.Now(), x.admits(r.Header.Get("Authorization"))
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		write(w, refusal(http.StatusBadRequest, fault.New(fault.Invalid, "The request body could not be read.")))
		return
	}
	h := describe(r, body, x.server.now(), admitted)
	choice, ok := x.enter(h)
	if !ok {
		w.Header().Set("Retry-After", "10")
		write(w, refusal(http.StatusServiceUnavailable, fault.New(fault.Unavailable, "This session of the demo has more requests in hand than it can show.")))
		return
	}
	a, delay := choice.answer(h, body, admitted)
	sent := wait(r, delay)
	if sent {
		write(w, a)
	}
	x.leave(&hookResponse{h.HookID, a.status, a.contentType, string(a.body), time.Since(start).Milliseconds(), !sent})
}

// answer decides what a request gets, and when. A refusal does not wait.
func (c *Choice) answer(h *hook, body []byte, admitted bool) (answer, time.Duration) {
	switch {
	case !admitted:
		return refusal(http.StatusUnauthorized, fault.New(fault.Unauthenticated,
			"The Authorization header must hold the token of this session of the demo.")), 0
	case h.Truncated:
		return refusal(http.StatusRequestEntityTooLarge, fault.New(fault.TooLarge, "The demo takes a body of at most %d bytes.", maxBody)), 0
	}
	return c.answerTo(body), time.Duration(c.DelayMS) * time.Millisecond
}

// describe makes the message of a request.
func describe(r *http.Request, body []byte, at time.Time, admitted bool) *hook {
	h := &hook{
		ReceivedAt: event.FormatTime(at.UnixMilli()), Method: r.Method, OriginalURL: r.URL.RequestURI(),
		Headers: headerText(r, admitted), Query: r.URL.RawQuery, Truncated: len(body) > maxBody,
	}
	if h.Truncated {
		body = body[:maxBody]
	}
	if h.Truncated || utf8.Valid(body) {
		h.Body = strings.ToValidUTF8(string(body), "\uFFFD")
	} else {
		h.Body, h.Base64 = base64.StdEncoding.EncodeToString(body), true
	}
	return h
}

// headerText is the header in lines, sorted. Credentials other than the
// session's own token are masked: a browser may have sent its cookie.
func headerText(r *http.Request, admitted bool) string {
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("Host: " + r.Host)
	for _, name := range names {
		for _, value := range r.Header[name] {
			if secret(name) && (name != "Authorization" || !admitted) {
				value = masked
			}
			b.WriteString("\n" + name + ": " + value)
		}
	}
	text := b.String()
	return strings.ToValidUTF8(text[:min(len(text), maxHeader)], "\uFFFD")
}

// secret says whether a header field, in its canonical spelling, holds a
// credential.
func secret(name string) bool {
	return name == "Authorization" || name == "Cookie" || name == "Proxy-Authorization"
}

// wait lets d pass; false means that the request was given up meanwhile.
func wait(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// write sends an answer; a client that has gone is not told.
func write(w http.ResponseWriter, a answer) {
	if a.contentType == "" {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
