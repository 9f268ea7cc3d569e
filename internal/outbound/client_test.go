package outbound

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// loopbackClient reaches real servers on this machine.
func loopbackClient(t testing.TB, o Options) *Client {
	o.Allow = append(o.Allow, loopback...)
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

// pipeClient reaches, at any address, serve: called per connection with its
// number, from 0.
func pipeClient(t testing.TB, serve func(n int, c net.Conn)) *Client {
	var dials atomic.Int32
	var serving sync.WaitGroup
	t.Cleanup(serving.Wait)
	return loopbackClient(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		n := int(dials.Add(1)) - 1
		serving.Go(func() {
			defer far.Close()
			serve(n, far)
		})
		return near, nil
	}})
}

// get is a GET request for a URL.
func get(t testing.TB, address string) *render.Request {
	t.Helper()
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		t.Fatalf("%q is no URL", address)
	}
	host, target, _ := strings.Cut(rest, "/")
	return &render.Request{Method: http.MethodGet, Scheme: scheme, Host: host, Target: "/" + target}
}

// post is a POST request with a body.
func post(t testing.TB, address, body string) *render.Request {
	r := get(t, address)
	r.Method, r.Body, r.HasBody = http.MethodPost, []byte(body), true
	return r
}

// limit is a context with the time limit of a call.
func limit(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// readRequests answers every request on c with answer, as long as they come.
func readRequests(c net.Conn, answer string) {
	in := bufio.NewReader(c)
	for readOne(in) == nil {
		if _, err := io.WriteString(c, answer); err != nil {
			return
		}
	}
}

func readOne(in *bufio.Reader) error {
	r, err := http.ReadRequest(in)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err
}

// wantFailure checks cause, text and Wrote of an error.
func wantFailure(t *testing.T, err error, cause deliver.Cause, text string, wrote bool) {
	t.Helper()
	var e *deliver.CallError
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want a CallError %q", err, text)
	}
	if e.Cause != cause || e.Text != text || e.Wrote != wrote {
		t.Errorf("got cause %d, %q, wrote %v; want cause %d, %q, wrote %v (inside: %v)",
			e.Cause, e.Text, e.Wrote, cause, text, wrote, e.Err)
	}
}

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestSendPost(t *testing.T) {
	var body, header, host string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, header, host = string(b), r.Header.Get("X-Key"), r.Host
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "short and stout")
	}))
	defer server.Close()
	r := post(t, server.URL+"/pot?lid=1", `{"a":1}`)
	r.Header = []render.Field{{Name: "X-Key", Value: "k"}}
	got, err := loopbackClient(t, Options{}).Send(limit(t), r)
	if err != nil {
		t.Fatal(err)
	}
	if body != `{"a":1}` || header != "k" || host != r.Host {
		t.Errorf("the server got body %q, header %q, host %q", body, header, host)
	}
	if got.Status != 418 || got.Reason != "418 I'm a teapot" || string(got.Body) != "short and stout" ||
		got.Header.Get("X-Answer") != "yes" || got.Truncated {
		t.Errorf("answer = %+v", got)
	}
	if got.Timing.Connect <= 0 || got.Timing.FirstByte <= 0 || got.Timing.Total < got.Timing.FirstByte {
		t.Errorf("timing = %+v", got.Timing)
	}
	if got.Timing.DNS != 0 || got.Timing.TLS != 0 {
		t.Errorf("phases that did not happen: %+v", got.Timing)
	}
	if len(r.Header) != 1 {
		t.Errorf("the caller's header grew: %v", r.Header)
	}
}

func TestAcceptEncoding(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Join(r.Header["Accept-Encoding"], "|"))
	}))
	defer server.Close()
	c := loopbackClient(t, Options{})
	own := get(t, server.URL)
	own.Header = []render.Field{{Name: "accept-encoding", Value: "identity"}}
	for want, r := range map[string]*render.Request{"gzip": get(t, server.URL), "identity": own} {
		got, err := c.Send(limit(t), r)
		if err != nil || string(got.Body) != want {
			t.Errorf("Accept-Encoding = %q, %v; want %q", got.Body, err, want)
		}
	}
}

func TestKeepAlive(t *testing.T) {
	tests := []struct {
		name   string
		answer string
		dials  int32
	}{
		{"length", okAnswer, 1},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 1},
		{"chunked with trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", 1},
		{"no content", "HTTP/1.1 204 No Content\r\n\r\n", 1},
		{"interim first", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + okAnswer, 1},
		{"HTTP/1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", 1},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 3},
		{"close", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", 3},
		{"surplus", okAnswer + "more", 3},
		{"both framings", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 3},
		{"large rest", "HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + strings.Repeat("x", 900_000), 3},
		{"small rest", "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("x", 200_000), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // a rest is read for half a second at most
				var dials atomic.Int32
				c := pipeClient(t, func(_ int, far net.Conn) {
					dials.Add(1)
					readRequests(far, test.answer)
				})
				for range 3 {
					if _, err := c.Send(limit(t), post(t, "http://127.0.0.1/", "x")); err != nil {
						t.Fatal(err)
					}
				}
				if got := dials.Load(); got != test.dials {
					t.Errorf("%d connections for 3 requests, want %d", got, test.dials)
				}
			})
		})
	}
}

// A slow rest beyond the kept part must not hold the call.
func TestSlowRestIsNotAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pipeClient(t, func(_ int, far net.Conn) {
			readOne(bufio.NewReader(far))
			io.WriteString(far, "HTTP/1.1 200 OK\r\nContent-Length: 102500\r\n\r\n"+strings.Repeat("x", 102_450))
			io.Copy(io.Discard, far)
		})
		start := time.Now()
		got, err := c.Send(limit(t), get(t, "http://127.0.0.1/"))
		if err != nil || !got.Truncated || len(got.Body) != deliver.MaxResponse {
			t.Fatalf("got %d bytes, truncated %v, %v", len(got.Body), got.Truncated, err)
		}
		if took := time.Since(start); took != maxDrainTime {
			t.Errorf("took %v, want %v", took, maxDrainTime)
		}
	})
}

// stale gives a client whose kept connection dies at its second request, as
// die says, and the number of requests that arrived.
func stale(t *testing.T, later func(n int, far net.Conn, in *bufio.Reader)) (*Client, *atomic.Int32) {
	var requests atomic.Int32
	c := pipeClient(t, func(n int, far net.Conn) {
		in := bufio.NewReader(far)
		if n == 0 {
			readOne(in)
			requests.Add(1)
			io.WriteString(far, okAnswer)
		}
		if readOne(in) == nil {
			requests.Add(1)
			later(n, far, in)
		}
	})
	if _, err := c.Send(limit(t), post(t, "http://127.0.0.1/", "x")); err != nil {
		t.Fatal(err)
	}
	return c, &requests
}

func TestStaleConnectionIsReplacedOnce(t *testing.T) {
	c, requests := stale(t, func(n int, far net.Conn, _ *bufio.Reader) {
		if n > 0 {
			io.WriteString(far, okAnswer)
		}
	})
	got, err := c.Send(limit(t), post(t, "http://127.0.0.1/", "x"))
	if err != nil || got.Status != 200 || requests.Load() != 3 {
		t.Errorf("status %d, %v after %d requests; want 200 after 3", got.Status, err, requests.Load())
	}
}

func TestFreshConnectionIsNotReplaced(t *testing.T) {
	c, requests := stale(t, func(int, net.Conn, *bufio.Reader) {})
	_, err := c.Send(limit(t), post(t, "http://127.0.0.1/", "x"))
	wantFailure(t, err, deliver.Reset, "read ECONNRESET", true)
	if requests.Load() != 3 {
		t.Errorf("%d requests, want 3: the first, the stale and one more", requests.Load())
	}
}

func TestBegunAnswerIsNotRepeated(t *testing.T) {
	c, requests := stale(t, func(_ int, far net.Conn, _ *bufio.Reader) { io.WriteString(far, "H") })
	_, err := c.Send(limit(t), post(t, "http://127.0.0.1/", "x"))
	wantFailure(t, err, deliver.Reset, "read ECONNRESET", true)
	if requests.Load() != 2 {
		t.Errorf("%d requests, want 2", requests.Load())
	}
}

func TestTimeoutOnKeptConnectionIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, requests := stale(t, func(_ int, far net.Conn, in *bufio.Reader) { readOne(in) })
		_, err := c.Send(limit(t), post(t, "http://127.0.0.1/", "x"))
		wantFailure(t, err, deliver.AnswerTimeout, "ESOCKETTIMEDOUT", true)
		if requests.Load() != 2 {
			t.Errorf("%d requests, want 2", requests.Load())
		}
	})
}

// listen serves raw connections on loopback until the test ends.
func listen(t testing.TB, serve func(net.Conn)) (address string, dials *atomic.Int32) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	dials = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			dials.Add(1)
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return l.Addr().String(), dials
}

func TestCancelAborts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := pipeClient(t, func(_ int, far net.Conn) {
		in := bufio.NewReader(far)
		readOne(in)
		cancel()
		readOne(in) // until the connection is closed
	})
	_, err := c.Send(ctx, get(t, "http://127.0.0.1/"))
	wantFailure(t, err, deliver.AnswerTimeout, "ESOCKETTIMEDOUT", true)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want it to wrap context.Canceled", err)
	}
	if _, err = c.Send(ctx, get(t, "http://127.0.0.1/")); !errors.Is(err, context.Canceled) {
		t.Errorf("error of a call cancelled before = %v", err)
	}
	wantFailure(t, err, deliver.ConnectTimeout, "ETIMEOUT", false)
}

// deadlineOnly is a context that cannot be cancelled.
type deadlineOnly struct {
	context.Context
	at time.Time
}

func (d deadlineOnly) Deadline() (time.Time, bool) { return d.at, true }

func TestDeadlineWithoutDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pipeClient(t, func(_ int, far net.Conn) { io.Copy(io.Discard, far) })
		ctx := deadlineOnly{context.Background(), time.Now().Add(time.Second)}
		_, err := c.Send(ctx, get(t, "http://127.0.0.1/"))
		wantFailure(t, err, deliver.AnswerTimeout, "ESOCKETTIMEDOUT", true)
	})
}

func TestPartialWrite(t *testing.T) {
	c := pipeClient(t, func(_ int, far net.Conn) { io.ReadFull(far, make([]byte, 100)) })
	_, err := c.Send(limit(t), post(t, "http://127.0.0.1/", strings.Repeat("x", 1<<20)))
	wantFailure(t, err, deliver.Reset, "read ECONNRESET", false)
}

// refusing is a connection whose peer closed it for writing.
type refusing struct{ net.Conn }

func (refusing) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// A server may refuse a large body, answer, and close.
func TestAnswerToRefusedBody(t *testing.T) {
	near, far := net.Pipe()
	go func() {
		io.WriteString(far, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
		far.Close()
	}()
	c := loopbackClient(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) {
		return refusing{near}, nil
	}})
	got, err := c.Send(limit(t), post(t, "http://127.0.0.1/", "x"))
	if err != nil || got.Status != 413 {
		t.Errorf("got %d, %v; want 413", got.Status, err)
	}
	if c.idle.count != 0 {
		t.Error("the connection was kept")
	}
}

func TestCloseEndsKeeping(t *testing.T) {
	var dials atomic.Int32
	c := pipeClient(t, func(_ int, far net.Conn) {
		dials.Add(1)
		readRequests(far, okAnswer)
	})
	c.Close()
	for range 2 {
		if _, err := c.Send(limit(t), get(t, "http://127.0.0.1/")); err != nil {
			t.Fatal(err)
		}
	}
	if dials.Load() != 2 || c.idle.count != 0 {
		t.Errorf("%d connections, %d kept; want 2, 0", dials.Load(), c.idle.count)
	}
}
