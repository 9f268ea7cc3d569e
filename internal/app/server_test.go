package app

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener with one connection, in memory.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { close(p.conns); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestSlowClientsAreCutOff talks to the server as clients do that hold on to a
// connection: each sends something and then neither sends nor reads.
func TestSlowClientsAreCutOff(t *testing.T) {
	const post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n"
	tests := []struct {
		name, sent string
		within     time.Duration
	}{
		{"says nothing", "", 10 * time.Second},
		{"half a header", "GET / HTTP/1.1\r\nHost:", 10 * time.Second},
		{"half a body", post + "half", 90 * time.Second},
		{"does not read", post + "the whole", 90 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				large := strings.Repeat("x", 1<<20)
				server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					_, _ = io.WriteString(w, large)
				}), slog.New(slog.DiscardHandler))
				near, far := net.Pipe()
				l := pipes{make(chan net.Conn, 1)}
				l.conns <- far
				closed := make(chan time.Time, 1)
				server.ConnState = func(_ net.Conn, s http.ConnState) {
					if s == http.StateClosed {
						closed <- time.Now()
					}
				}
				go server.Serve(l)
				defer server.Close()
				start := time.Now()
				if _, err := io.WriteString(near, test.sent); err != nil {
					t.Fatal(err)
				}
				select {
				case at := <-closed:
					if took := at.Sub(start); took > test.within {
						t.Errorf("cut off after %v, want at most %v", took, test.within)
					}
				case <-time.After(time.Hour):
					t.Error("not cut off in an hour")
				}
				near.Close()
			})
		})
	}
}
