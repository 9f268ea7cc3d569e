package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/identity"
)

// listener collects what arrives on a stream.
type listener struct {
	resp   *http.Response
	cancel context.CancelFunc

	mu    sync.Mutex
	text  strings.Builder
	ended bool
}

// listen opens a stream with ann's token; edits change the request before.
func (h *hub) listen(path string, edits ...func(*http.Request)) *listener {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	h.t.Cleanup(cancel)
	r := h.request("GET", path, "", "").WithContext(ctx)
	for _, edit := range edits {
		edit(r)
	}
	resp, err := h.client.Do(r)
	h.must(err)
	l := &listener{resp: resp, cancel: cancel}
	go l.collect()
	return l
}

func (l *listener) collect() {
	defer l.resp.Body.Close()
	buf := make([]byte, 4096)
	for {
		n, err := l.resp.Body.Read(buf)
		l.mu.Lock()
		l.text.Write(buf[:n])
		l.ended = err != nil
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// got is what arrived since the last call, once nothing moves any more.
func (l *listener) got() (text string, ended bool) {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	text = l.text.String()
	l.text.Reset()
	return text, l.ended
}

func (l *listener) want(t *testing.T, when, want string) {
	t.Helper()
	if got, ended := l.got(); got != want || ended {
		t.Errorf("%s: got %q (ended %v), want %q", when, got, ended, want)
	}
}

func (l *listener) wantEnd(t *testing.T, when string) {
	t.Helper()
	if got, ended := l.got(); !ended {
		t.Errorf("%s: the stream goes on with %q, want its end", when, got)
	}
}

func as(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

// wire is the form of an event on the stream, with the time of the bubble.
func wire(seq int, name, data, coreid string) string {
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	return fmt.Sprintf("event: %s\ndata: {\"data\":%s,\"ttl\":60,\"published_at\":%q,\"coreid\":%q}\nid: %d\n\n", name, data, now, coreid, seq)
}

func TestStreamWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		l := h.listen("/v1/devices/events?nonce=0.123")
		for name, want := range map[string]string{
			"Content-Type": "text/event-stream", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*",
			"Content-Encoding": "", "Content-Length": "",
		} {
			if got := l.resp.Header.Get(name); got != want || l.resp.StatusCode != 200 {
				t.Errorf("got %d, %s %q, want 200, %q", l.resp.StatusCode, name, got, want)
			}
		}
		l.want(t, "at once", ":ok\n\n")
		h.send("POST", "/v1/devices/events", `{"name":"temp","data":"25"}`, 200)
		first := wire(1, "temp", `"25"`, "api")
		time.Sleep(99 * time.Millisecond)
		l.want(t, "in the quiet time", "")
		time.Sleep(time.Millisecond)
		l.want(t, "after the quiet time", first)
		h.send("POST", "/v1/devices/events", `{"name":"temp","data":"a\"b\n<é>"}`, 200)
		h.send("POST", "/v1/devices/events", `{"name":"temp/in"}`, 200)
		l.want(t, "live", wire(2, "temp", `"a\"b\n<é>"`, "api")+wire(3, "temp/in", "null", "api"))
		h.append(event.Event{Name: "a\r\nb", Data: "\xff", Device: "particle-internal", Owner: ann, TTL: 60, At: time.Now().UnixMilli(), Kind: event.HookResponse})
		l.want(t, "rendered name", wire(4, "a  b", "\"\uFFFD\"", "particle-internal"))
	})
}

func TestStreamKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		l := h.listen("/v1/devices/events")
		time.Sleep(9 * time.Second)
		l.want(t, "after 9 s", ":ok\n\n")
		time.Sleep(200 * time.Millisecond)
		l.want(t, "after 9.2 s", "\n")
		time.Sleep(5 * time.Second)
		h.send("POST", "/v1/devices/events", `{"name":"temp"}`, 200)
		l.want(t, "event", wire(1, "temp", "null", "api"))
		time.Sleep(8900 * time.Millisecond)
		l.want(t, "8.9 s after the event", "")
		time.Sleep(100 * time.Millisecond)
		l.want(t, "9 s after the event", "\n")
		time.Sleep(time.Hour)
		if got, ended := l.got(); got != strings.Repeat("\n", 400) || ended {
			t.Errorf("in an hour: got %d bytes (ended %v), want 400 line feeds", len(got), ended)
		}
	})
}

func TestStreamChoice(t *testing.T) {
	tests := []struct {
		name, path, token string
		want              []string // names of the events that arrive
	}{
		{"everything of a user", "/v1/devices/events", annToken, []string{"temp/a", "temperature", "Temp", "other", "hook-response/x/0"}},
		{"firehose", "/v1/events", annToken, []string{"temp/a", "temperature", "Temp", "other", "hook-response/x/0"}},
		{"firehose with prefix", "/v1/events/temp", annToken, []string{"temp/a", "temperature"}},
		{"prefix", "/v1/devices/events/temp", annToken, []string{"temp/a", "temperature"}},
		{"prefix with slash", "/v1/devices/events/temp/a", annToken, []string{"temp/a"}},
		{"prefix with escaped slash", "/v1/devices/events/temp%2Fa", annToken, []string{"temp/a"}},
		{"prefix with escaped slash at its end", "/v1/devices/events/temp%2F", annToken, []string{"temp/a"}},
		{"trailing slash", "/v1/devices/events/", annToken, []string{"temp/a", "temperature", "Temp", "other", "hook-response/x/0"}},
		{"device", "/v1/devices/" + annDevice + "/events", annToken, []string{"temp/a", "Temp"}},
		{"device in capitals", "/v1/devices/" + strings.ToUpper(annDevice) + "/events", annToken, []string{"temp/a", "Temp"}},
		{"device by name", "/v1/devices/porch/events", annToken, []string{"temp/a", "Temp"}},
		{"device and prefix", "/v1/devices/porch/events/temp%2Fa", annToken, []string{"temp/a"}},
		{"another user", "/v1/devices/events", bobToken, []string{"secret"}},
		{"token of a device", "/v1/devices/events", annDeviceToken, []string{"temp/a", "temperature", "Temp", "other", "hook-response/x/0"}},
		{"token of a device, itself", "/v1/devices/" + annDevice + "/events", annDeviceToken, []string{"temp/a", "Temp"}},
	}
	events := []event.Event{
		{Name: "temp/a", Device: annDevice, Owner: ann},
		{Name: "temperature", Device: "api", Owner: ann},
		{Name: "secret", Device: bobDevice, Owner: bob},
		{Name: "Temp", Device: annDevice, Owner: ann},
		{Name: "other", Device: "api", Owner: ann},
		{Name: "hook-response/x/0", Device: event.Internal, Owner: ann, Kind: event.HookResponse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub(t)
				l := h.listen(tt.path, as(tt.token))
				for _, e := range events {
					h.append(e)
				}
				time.Sleep(100 * time.Millisecond)
				got, _ := l.got()
				var names []string
				for line := range strings.Lines(got) {
					if name, ok := strings.CutPrefix(line, "event: "); ok {
						names = append(names, strings.TrimSpace(name))
					}
				}
				if fmt.Sprint(names) != fmt.Sprint(tt.want) {
					t.Errorf("got %q, want %q", names, tt.want)
				}
			})
		})
	}
}

func TestStreamRefused(t *testing.T) {
	tests := []struct {
		name, path, token, lastID string
		status                    int
		want                      string
	}{
		{"no token", "/v1/devices/events", "", "", 401, "The access token provided is invalid."},
		{"null token", "/v1/devices/events", "null", "", 401, "invalid_token"},
		{"foreign device", "/v1/devices/" + bobDevice + "/events", annToken, "", 404, "I didn't recognize that device name or ID"},
		{"foreign device by name", "/v1/devices/attic/events", annToken, "", 404, "I didn't recognize that device name or ID"},
		{"unknown device", "/v1/devices/d0000000000000000000000f/events", annToken, "", 404, "I didn't recognize that device name or ID"},
		{"another device with a device's token", "/v1/devices/" + bobDevice + "/events", annDeviceToken, "", 404, "I didn't recognize that device name or ID"},
		{"bad resume point", "/v1/devices/events", annToken, "abc", 400, "Last-Event-ID"},
		{"bad resume point in the query", "/v1/events/temp?last_event_id=1.5", annToken, "", 400, "last_event_id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHub(t)
			r := h.request("GET", tt.path, "", "")
			as(tt.token)(r)
			if tt.lastID != "" {
				r.Header.Set("Last-Event-ID", tt.lastID)
			}
			resp, text := h.do(r)
			if resp.StatusCode != tt.status || !strings.Contains(text, tt.want) || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
				t.Errorf("got %d %s %s, want %d with %q as JSON", resp.StatusCode, resp.Header.Get("Content-Type"), text, tt.status, tt.want)
			}
		})
	}
}

func TestStreamResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		for _, name := range []string{"one", "two", "three"} {
			h.send("POST", "/v1/devices/events", `{"name":"`+name+`"}`, 200)
		}
		want := ":ok\n\n" + wire(2, "two", "null", "api") + wire(3, "three", "null", "api")
		byHeader := h.listen("/v1/devices/events", func(r *http.Request) { r.Header.Set("Last-Event-ID", "1") })
		byQuery := h.listen("/v1/devices/events?last_event_id=1")
		live := h.listen("/v1/devices/events")
		time.Sleep(100 * time.Millisecond)
		byHeader.want(t, "by header", want)
		byQuery.want(t, "by query", want)
		live.want(t, "live only", ":ok\n\n")
		h.send("POST", "/v1/devices/events", `{"name":"four"}`, 200)
		byHeader.want(t, "live after the resume", wire(4, "four", "null", "api"))
	})
}

func TestStreamResumeTooFarBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		b := eventlog.Batch{Accepts: make([]*eventlog.Accept, 100_001)}
		for i := range b.Accepts {
			b.Accepts[i] = &eventlog.Accept{Event: event.Event{Name: "x", Owner: bob, Device: "api"}}
		}
		b.Seal()
		h.must(h.store.Commit(t.Context(), &b))
		l := h.listen("/v1/devices/events?last_event_id=0")
		time.Sleep(100 * time.Millisecond)
		got, ended := l.got()
		if !strings.HasPrefix(got, ":ok\n\n: skipped ") || !strings.HasSuffix(got, "\n\n") || ended {
			t.Errorf("got %q (ended %v), want a comment that says skipped", got, ended)
		}
	})
}

func TestStreamManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		data := strings.Repeat("x", event.MaxData)
		want := ":ok\n\n"
		l := h.listen("/v1/devices/events")
		for i := range 20 {
			h.append(event.Event{Name: "big", Data: data, Device: "api", Owner: ann, TTL: 60, At: time.Now().UnixMilli()})
			want += wire(i+1, "big", `"`+data+`"`, "api")
		}
		time.Sleep(100 * time.Millisecond)
		if got, _ := l.got(); got != want {
			t.Errorf("got %d bytes, want %d", len(got), len(want))
		}
	})
}

func TestStreamEnds(t *testing.T) {
	const hourToken = "token-for-one-hour-001"
	tests := []struct {
		name, token string
		end         func(h *hub)
	}{
		{"token revoked", annToken, func(h *hub) { h.send("DELETE", "/v1/access_tokens/current", "", 200) }},
		{"token expired", hourToken, func(*hub) { time.Sleep(time.Hour) }},
		{"hub stops", annToken, func(h *hub) { h.log.EndStreams() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub(t)
				h.token(hourToken, identity.Token{User: ann, Expires: time.Now().Add(time.Hour).UnixMilli()})
				l := h.listen("/v1/devices/events", as(tt.token))
				time.Sleep(time.Second)
				l.want(t, "before", ":ok\n\n")
				tt.end(h)
				l.wantEnd(t, "after")
			})
		})
	}
}

// A browser's session opens a stream, resumes it as EventSource does and hears
// many events in few pieces; a stream ends with the session it was opened in.
func TestStreamInABrowser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		h.token("token-of-a-session-0001", identity.Token{User: ann, Kind: identity.Session, Created: time.Now().UnixMilli(), Expires: time.Now().AddDate(0, 0, 30).UnixMilli()})
		browser := func(r *http.Request) {
			r.Header.Del("Authorization")
			r.AddCookie(&http.Cookie{Name: "fieldhook_session", Value: "token-of-a-session-0001"})
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		h.append(event.Event{Name: "one", Device: "api", Owner: ann, TTL: 60, At: time.Now().UnixMilli()})
		l := h.listen("/v1/devices/events", browser, func(r *http.Request) { r.Header.Set("Last-Event-ID", "0") })
		l.want(t, "at once", ":ok\n\n")
		one := wire(1, "one", `""`, "api")
		time.Sleep(100 * time.Millisecond)
		l.want(t, "resumed", one)
		want := ""
		for i := range 200 {
			h.append(event.Event{Name: "many", Data: "x", Device: "api", Owner: ann, TTL: 60, At: time.Now().UnixMilli()})
			want += wire(i+2, "many", `"x"`, "api")
		}
		l.want(t, "200 at once", want)
		r := h.request("DELETE", "/v1/session", "", "")
		browser(r)
		if resp, text := h.do(r); resp.StatusCode != 200 {
			t.Fatalf("got %d %s", resp.StatusCode, text)
		}
		l.wantEnd(t, "after the session")
	})
}

// TestStreamSlowClient checks that a client that stops reading is cut off once
// a write has blocked for 30 s.
func TestStreamSlowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		conn, in := h.rawStream()
		defer conn.Close()
		time.Sleep(time.Second)
		h.send("POST", "/v1/devices/events", `{"name":"temp"}`, 200) // its write blocks
		time.Sleep(29 * time.Second)
		if _, err := in.Peek(1); err != nil {
			t.Fatalf("cut off after 29 s: %v", err)
		}
		h.send("POST", "/v1/devices/events", `{"name":"temp","data":"`+strings.Repeat("x", 10_000)+`"}`, 200)
		time.Sleep(31 * time.Second)
		rest, _ := io.ReadAll(in)
		if strings.Count(string(rest), "event: temp") != 1 || strings.Contains(string(rest), "xxx") {
			t.Errorf("got %q, want the first event only", rest)
		}
	})
}

// rawStream opens a stream on a connection of its own and reads the answer up
// to the first comment.
func (h *hub) rawStream() (net.Conn, *bufio.Reader) {
	h.t.Helper()
	conn, err := h.pipes.dial(h.t.Context(), "", "")
	h.must(err)
	_, err = io.WriteString(conn, "GET /v1/devices/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer "+annToken+"\r\n\r\n")
	h.must(err)
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		h.must(err)
		if strings.HasPrefix(line, ":ok") {
			break
		}
	}
	_, err = in.Discard(len("\n\r\n")) // the rest of the comment and of its chunk
	h.must(err)
	return conn, in
}

func TestStreamLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		h.api.LimitStreams(2)
		first := h.listen("/v1/devices/events")
		h.listen("/v1/events/a")
		resp, text := h.do(h.request("GET", "/v1/devices/events", "", ""))
		if resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" || !strings.Contains(text, "too_many_requests") {
			t.Errorf("third stream: got %d %s, want 429 with Retry-After", resp.StatusCode, text)
		}
		first.cancel()
		first.wantEnd(t, "hung up")
		h.listen("/v1/devices/events").want(t, "third stream, after one has gone", ":ok\n\n")
	})
}

// TestStreamLimitByAddress holds streams open behind a reverse proxy, which is
// the peer of every client.
func TestStreamLimitByAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		h.api.Address = func(r *http.Request) string { return r.Header.Get("X-Real-Ip") }
		h.api.LimitStreams(1)
		from := func(address string) func(*http.Request) {
			return func(r *http.Request) { r.Header.Set("X-Real-Ip", address) }
		}
		h.listen("/v1/devices/events", from("192.0.2.1")).want(t, "first address", ":ok\n\n")
		h.listen("/v1/devices/events", from("192.0.2.2")).want(t, "second address", ":ok\n\n")
		again := h.request("GET", "/v1/devices/events", "", "")
		from("192.0.2.1")(again)
		if resp, text := h.do(again); resp.StatusCode != 429 {
			t.Errorf("first address again: got %d %s, want 429", resp.StatusCode, text)
		}
	})
}

// TestPublishRequests sends what the known clients send.
func TestPublishRequests(t *testing.T) {
	form := url.Values{"name": {"temp"}, "data": {"25 °C"}, "private": {"true"}, "ttl": {"60"}}
	tests := []struct {
		name, contentType, body, path string
		status                        int
		want                          string
	}{
		{"older command line tool", "application/json", `{"name":"temp","data":"25","private":true}`, "/v1/devices/events", 200, `{"ok":true}`},
		{"newer command line tool", "application/json", `{"name":"temp","data":"25"}`, "/v1/devices/events", 200, `{"ok":true}`},
		{"object from a script", "application/json", `{"name":"temp","data":{"t":25}}`, "/v1/devices/events", 200, `{"ok":true}`},
		{"mobile client", "application/x-www-form-urlencoded", form.Encode(), "/v1/devices/events", 200, `{"ok":true}`},
		{"base URL with a slash", "application/json", `{"name":"temp"}`, "//v1/devices/events/", 200, `{"ok":true}`},
		{"no name", "application/json", `{"data":"25"}`, "/v1/devices/events", 400, `"field":"name"`},
		{"no body", "", "", "/v1/devices/events", 400, `"field":"name"`},
		{"reserved name", "application/json", `{"name":"spark/status"}`, "/v1/devices/events", 400, `"field":"name"`},
		{"long name", "application/json", `{"name":"` + strings.Repeat("n", 65) + `"}`, "/v1/devices/events", 400, `"field":"name"`},
		{"long data", "application/json", `{"name":"temp","data":"` + strings.Repeat("x", 16_385) + `"}`, "/v1/devices/events", 400, `"field":"data"`},
		{"longest data", "application/json", `{"name":"temp","data":"` + strings.Repeat("x", 16_384) + `"}`, "/v1/devices/events", 200, `{"ok":true}`},
		{"huge body", "application/json", strings.Repeat(" ", 1<<20) + "{}", "/v1/devices/events", 413, `"too_large"`},
		{"malformed", "application/json", `{"name":`, "/v1/devices/events", 400, "line 1, column 8"},
		{"text", "text/plain", "temp", "/v1/devices/events", 400, "Content-Type"},
	}
	h := newHub(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, text := h.do(h.request("POST", tt.path, tt.contentType, tt.body))
			if resp.StatusCode != tt.status || !strings.Contains(text, tt.want) {
				t.Errorf("got %d %s, want %d with %s", resp.StatusCode, text, tt.status, tt.want)
			}
			if tt.status == 200 && (resp.ContentLength != 11 || text != tt.want) {
				t.Errorf("got length %d of %q, want 11", resp.ContentLength, text)
			}
		})
	}
}

func TestPublishWithFormToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		l := h.listen("/v1/devices/events")
		r := h.request("POST", "/v1/devices/events", "application/x-www-form-urlencoded", "name=temp&access_token="+annDeviceToken+"&data=a%26b")
		r.Header.Del("Authorization")
		if resp, text := h.do(r); resp.StatusCode != 200 {
			t.Fatalf("got %d %s", resp.StatusCode, text)
		}
		want := ":ok\n\n" + wire(1, "temp", `"a&b"`, annDevice)
		time.Sleep(time.Second)
		if got, _ := l.got(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
