package requestbin

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of a chosen answer.
const (
	maxDelay = 25_000  // ms, more than the time limit of a call
	maxSize  = 200_000 // bytes, more than what is kept of an answer
)

// ServeHTTP serves two routes:
//
//	ANY /bin/<name>            records the request
//	GET /bin/<name>/requests   gives the recorded requests, newest first
//
// Recording answers 200 with {"ok":true,"bin":name,"count":n}. The query chooses
// another answer: status (200 to 599), delay (ms, up to 25000), and either body
// (text) or size (that many bytes, up to 200000).
func (b *Bin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The bin shares its origin with the API: no browser may take an echoed body
	// for a page.
	w.Header().Set("X-Content-Type-Options", "nosniff")
	path, below := strings.CutPrefix(r.URL.Path, "/bin/")
	name, list := strings.CutSuffix(path, "/requests")
	switch {
	case !below || !validName(name):
		writeFault(w, http.StatusNotFound, fault.New(fault.NotFound,
			"A bin is at /bin/<name>; its name has 1 to 64 letters, digits, _ or -."))
	case !list:
		b.serveRecord(w, r, name)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		writeJSON(w, http.StatusOK, b.list(name))
	default:
		w.Header().Set("Allow", "GET, HEAD")
		writeFault(w, http.StatusMethodNotAllowed, fault.New(fault.Invalid, "The recorded requests can only be read."))
	}
}

func (b *Bin) serveRecord(w http.ResponseWriter, r *http.Request, name string) {
	chosen, err := parseChoice(r.URL.Query())
	if err != nil {
		writeFault(w, http.StatusBadRequest, fault.From(err))
		return
	}
	recorded, err := readRequest(r)
	if err != nil {
		writeFault(w, http.StatusBadRequest, fault.New(fault.Invalid, "The request body could not be read."))
		return
	}
	count := b.record(name, recorded)
	if !wait(r, chosen.delay) {
		return // the client has gone
	}
	if chosen.body == nil {
		writeJSON(w, chosen.status, map[string]any{"ok": true, "bin": name, "count": count})
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	write(w, chosen.status, chosen.body)
}

// choice is the answer that a request asks for.
type choice struct {
	status int
	delay  time.Duration
	body   []byte // nil = the usual one
}

func parseChoice(query url.Values) (choice, error) {
	var c choice
	var err error
	if c.status, err = number(query, "status", 200, 200, 599); err != nil {
		return c, err
	}
	delay, err := number(query, "delay", 0, 0, maxDelay)
	if err != nil {
		return c, err
	}
	c.delay = time.Duration(delay) * time.Millisecond
	size, err := number(query, "size", 0, 0, maxSize)
	switch {
	case err != nil:
		return c, err
	case query.Has("size") && query.Has("body"):
		return c, fault.Field("size", "Choose either body or size.")
	case query.Has("size"):
		c.body = filler(size)
	case query.Has("body"):
		c.body = []byte(query.Get("body"))
	}
	return c, nil
}

// number reads a whole number from the query, or gives the default.
func number(query url.Values, name string, missing, low, high int) (int, error) {
	if !query.Has(name) {
		return missing, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < low || n > high {
		return 0, fault.Field(name, "Give a whole number from %d to %d.", low, high)
	}
	return n, nil
}

// filler is a text of n bytes in lines of 64, so that a cut is easy to place.
func filler(n int) []byte {
	const line = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n"
	return []byte(strings.Repeat(line, n/len(line)+1)[:n])
}

// readRequest makes the record of r, reading its body to the bound.
func readRequest(r *http.Request) (Request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return Request{}, err
	}
	recorded := Request{
		Time:      time.Now().UTC().Truncate(time.Millisecond),
		Method:    r.Method,
		Target:    r.URL.RequestURI(),
		Header:    maskHeader(r.Header),
		Truncated: len(body) > maxBody,
	}
	if recorded.Truncated {
		body = wholeRunes(body[:maxBody])
	}
	if utf8.Valid(body) {
		recorded.Body = string(body)
	} else {
		recorded.Body, recorded.Base64 = base64.StdEncoding.EncodeToString(body), true
	}
	return recorded, nil
}

// wholeRunes drops the beginning of a character that was cut off, so that a
// long text stays a text.
func wholeRunes(body []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(body); i++ {
		tail := body[len(body)-i:]
		if utf8.RuneStart(tail[0]) && !utf8.FullRune(tail) {
			return body[:len(body)-i]
		}
	}
	return body
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

func writeFault(w http.ResponseWriter, status int, f *fault.Error) {
	writeJSON(w, status, map[string]any{
		"ok": false, "error": f.Code, "error_description": f.Text, "errors": []string{f.Text}, "info": f.Text,
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // forms are full of &, and people read this
	if err := e.Encode(v); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	write(w, status, bytes.TrimSuffix(body.Bytes(), []byte{'\n'}))
}

// write sends an answer; a client that has gone is not told.
func write(w http.ResponseWriter, status int, body []byte) {
	if status == http.StatusNoContent || status == http.StatusNotModified {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
