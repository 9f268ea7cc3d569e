package outbound

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// closing is a connection that only counts that it was closed.
type closing struct {
	net.Conn
	closed *int
}

func (c closing) Close() error { *c.closed++; return nil }

func idleConn(closed *int) *conn {
	c := closing{closed: closed}
	return newConn(c, c)
}

func TestPoolIsLastInFirstOut(t *testing.T) {
	var closed int
	p := newPool(4, time.Minute)
	defer p.close()
	a, b := idleConn(&closed), idleConn(&closed)
	here, there := target{host: "a", port: 80}, target{host: "a", port: 80, https: true}
	p.put(here, a)
	p.put(here, b)
	for i, want := range []*conn{b, a, nil} {
		if got := p.get(here, time.Now()); got != want {
			t.Errorf("get %d: %p, want %p", i, got, want)
		}
	}
	p.put(here, a)
	if p.get(there, time.Now()) != nil {
		t.Error("got the connection of another target")
	}
}

func TestPoolIsBounded(t *testing.T) {
	var closed int
	p := newPool(2, time.Minute)
	for range 3 {
		p.put(target{host: "a"}, idleConn(&closed))
	}
	if closed != 1 || p.count != 2 {
		t.Errorf("per target: %d closed, %d kept; want 1, 2", closed, p.count)
	}
	for i := range maxIdle {
		p.put(target{host: "b", port: uint16(i)}, idleConn(&closed))
	}
	if closed != 3 || p.count != maxIdle {
		t.Errorf("together: %d closed, %d kept; want 3, %d", closed, p.count, maxIdle)
	}
	p.close()
	p.put(target{host: "a"}, idleConn(&closed))
	if closed != maxIdle+4 {
		t.Errorf("%d closed in the end, want %d", closed, maxIdle+4)
	}
}

func TestPoolForgetsOldConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var closed int
		p := newPool(4, 90*time.Second)
		defer p.close()
		a, b := target{host: "a"}, target{host: "b"}
		p.put(a, idleConn(&closed))
		time.Sleep(50 * time.Second) // virtual time
		fresh := idleConn(&closed)
		p.put(a, fresh)
		p.put(b, idleConn(&closed))
		time.Sleep(85 * time.Second) // the sweeps at 45 s, 90 s and 135 s are over
		synctest.Wait()
		if closed != 1 || p.count != 2 {
			t.Errorf("%d closed, %d kept; want 1, 2", closed, p.count)
		}
		if p.get(a, time.Now()) != fresh {
			t.Error("the fresh connection is gone")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if closed != 2 || len(p.idle) != 0 || p.timer != nil {
			t.Errorf("%d closed, %d targets, timer %v; want everything gone", closed, len(p.idle), p.timer)
		}
	})
}

func TestPoolRefusesOldConnectionsBeforeTheSweep(t *testing.T) {
	var closed int
	p := newPool(4, time.Minute)
	defer p.close()
	p.put(target{}, idleConn(&closed))
	if p.get(target{}, time.Now().Add(time.Minute)) != nil || closed != 1 {
		t.Error("got a connection past its time")
	}
}

// A connection whose peer has closed it, or spoken unasked, is never given out.
func TestPoolNoticesThePeer(t *testing.T) {
	for name, act := range map[string]func(net.Conn){
		"closed": func(far net.Conn) { far.Close() },
		"spoke":  func(far net.Conn) { far.Write([]byte("HTTP/1.1 408 Request Timeout\r\n\r\n")) },
	} {
		t.Run(name, func(t *testing.T) {
			say := make(chan struct{})
			address, _ := listen(t, func(far net.Conn) {
				<-say
				act(far)
				io.Copy(io.Discard, far)
			})
			near, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			c := newConn(near, near)
			// An old deadline must not hide the connection's state.
			near.SetDeadline(time.Unix(1, 0))
			p := newPool(1, time.Minute)
			defer p.close()
			p.put(target{}, c)
			if p.get(target{}, time.Now()) != c {
				t.Fatal("the open connection was not given out")
			}
			p.put(target{}, c)
			near.SetDeadline(time.Time{})
			close(say)
			if err = c.control.Read(func(fd uintptr) bool { return !quiet(fd) }); err != nil {
				t.Fatal(err)
			}
			if p.get(target{}, time.Now()) != nil {
				t.Error("the connection was given out")
			}
			if err = near.SetDeadline(time.Time{}); err == nil {
				t.Error("the connection was not closed")
			}
		})
	}
}

// counter counts the client's own ends of its connections: the far ends may
// learn late that they are closed.
type counter struct{ open, most atomic.Int32 }

// counted is a connection that is counted until it is closed.
type counted struct {
	*net.TCPConn
	once sync.Once
	open *atomic.Int32
}

func (c *counted) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.TCPConn.Close()
}

func (c *counter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	made, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	n := c.open.Add(1)
	for m := c.most.Load(); n > m && !c.most.CompareAndSwap(m, n); m = c.most.Load() {
	}
	return &counted{TCPConn: made.(*net.TCPConn), open: &c.open}, nil
}

// Many calls at once on few connections.
func TestConcurrentCalls(t *testing.T) {
	address, _ := listen(t, func(c net.Conn) { readRequests(c, okAnswer) })
	var conns counter
	c := loopbackClient(t, Options{IdlePerOrigin: 4, Dial: conns.dial})
	var calls sync.WaitGroup
	for range 16 {
		calls.Go(func() {
			for range 20 {
				got, err := c.Send(limit(t), post(t, "http://"+address, strings.Repeat("x", 1000)))
				if err != nil || string(got.Body) != "ok" {
					t.Errorf("got %q, %v", got.Body, err)
				}
			}
		})
	}
	calls.Wait()
	if conns.most.Load() > 16+4 || c.idle.count > 4 || int(conns.open.Load()) != c.idle.count {
		t.Errorf("%d connections at once, %d kept, %d open in the end", conns.most.Load(), c.idle.count, conns.open.Load())
	}
}
