package app_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/store/postgres/pgtest"
)

// The faults of a target, each for some seconds, with a kill of the hub in the
// middle. FAULT_SECONDS says how long; docs/reliability.md has a table of it.
// With retry: failed and ordering: device nothing may be lost, and no device's
// events may overtake each other.
func TestFaultsSQLite(t *testing.T) {
	faultSuite(t, func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "hub.db") })
}

func TestFaultsPostgres(t *testing.T) {
	if os.Getenv("FAULT_SECONDS") == "" {
		t.Skip("the long form only: make faults")
	}
	faultSuite(t, func(t *testing.T) string { return pgtest.New(t) })
}

const faultDevices = 8

// faults are what a target does to a connection on which a request came.
var faults = []struct {
	name string
	do   func(c net.Conn)
}{
	{"status 500", func(c net.Conn) { answerWith(c, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n") }},
	{"hang", func(c net.Conn) { time.Sleep(3 * time.Second) }},
	{"reset", func(c net.Conn) { reset(c) }},
	{"garbage", func(c net.Conn) { answerWith(c, "banana\x00\r\n\r\n") }},
	{"slow drip", func(c net.Conn) { drip(c) }},
	{"redirect to a private address", func(c net.Conn) {
		answerWith(c, "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n")
	}},
	{"TLS failure", func(c net.Conn) {}},
}

func answerWith(c net.Conn, text string) { _, _ = io.WriteString(c, text) }

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

func drip(c net.Conn) {
	for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") {
		if _, err := c.Write([]byte{b}); err != nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func faultSuite(t *testing.T, store func(t *testing.T) string) {
	seconds := 2
	if n, err := strconv.Atoi(os.Getenv("FAULT_SECONDS")); err == nil {
		seconds = n
	}
	for i := range faults {
		t.Run(faults[i].name, func(t *testing.T) { faultRound(t, store(t), i, time.Duration(seconds)*time.Second) })
	}
}

func faultRound(t *testing.T, store string, fault int, length time.Duration) {
	target := newFaultyTarget(t, faults[fault].do, faults[fault].name == "TLS failure")
	p := newProcess(t, store)
	p.args = append(p.args, "--call-timeout", "1s")
	p.start()
	tokens := p.devices(faultDevices)
	config := fmt.Sprintf(`{"event":"f","url":%q,"requestType":"GET","noDefaults":true,"query":{"m":"{{{PARTICLE_EVENT_VALUE}}}"},`+
		`"rejectUnauthorized":false,"retry":"failed","ordering":"device"}`, target.url())
	if s := p.post(t.Context(), "/v1/integrations", config); s != 201 {
		t.Fatalf("create: status %d", s)
	}
	stop := p.publishAll(tokens, target)
	target.more(t, 2*faultDevices) // healthy at first
	target.faulty.Store(true)
	time.Sleep(length / 2)
	target.failing(t, faultDevices)
	p.stop(syscall.SIGKILL)
	p.start()
	time.Sleep(length / 2)
	target.more(t, faultDevices)
	target.faulty.Store(false)
	healthy := time.Now()
	target.more(t, 2*faultDevices)
	stop()
	waitUntil(t, func() bool { return target.missing() == 0 })
	r := target.result()
	t.Logf("| %s | %d | %d | %d | %d | %d | %.1f | %.1f |", faults[fault].name,
		r.accepted, r.delivered, r.doubled, target.missing(), r.inversions, r.stall.Seconds(), time.Since(healthy).Seconds())
	if r.inversions > 0 {
		t.Errorf("%d inversions in %d events", r.inversions, r.accepted)
	}
	p.stop(syscall.SIGTERM)
}

// devices registers devices and gives their tokens.
func (p *process) devices(n int) (tokens []string) {
	for i := range n {
		id := fmt.Sprintf("%024x", 0xd00+i)
		p.ask(adminToken, "POST", "/v1/devices", `{"register":true,"id":"`+id+`"}`, nil)
		var issued struct{ Token string }
		p.ask(adminToken, "POST", "/v1/devices/"+id+"/tokens", "{}", &issued)
		tokens = append(tokens, issued.Token)
	}
	return tokens
}

// ask sends JSON with a token, decodes the answer and gives the status; 0 when
// there was no answer.
func (p *process) ask(token, method, path, body string, out any) int {
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && out != nil {
		_ = json.Unmarshal(raw, out)
	}
	return res.StatusCode
}

// publishAll has each device publish numbered events until the returned function
// is called. An event without an answer is published under a new number, for it
// may have been accepted.
func (p *process) publishAll(tokens []string, target *faultyTarget) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for device, token := range tokens {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				mark := fmt.Sprintf("%d.%d", device, n)
				if p.ask(token, "POST", "/v1/devices/events", fmt.Sprintf(`{"name":"f","data":%q}`, mark), nil) == 200 {
					target.accept(mark)
				}
				time.Sleep(40 * time.Millisecond)
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

// faultyTarget is a web service that goes through a fault.
type faultyTarget struct {
	listener net.Listener
	secure   *tls.Config // nil = plain
	fault    func(net.Conn)
	faulty   atomic.Bool
	failed   atomic.Int64 // calls that met the fault

	mu       sync.Mutex
	accepted map[string]bool
	got      map[string]bool // answered well
	doubled  int
	last     map[string]int // highest number by device
	inverted int
	arrived  time.Time
	stall    time.Duration // longest time between two arrivals
}

func newFaultyTarget(t *testing.T, fault func(net.Conn), secure bool) *faultyTarget {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &faultyTarget{listener: l, fault: fault, accepted: map[string]bool{}, got: map[string]bool{}, last: map[string]int{}}
	if secure {
		f.secure = &tls.Config{GetCertificate: newAuthority(t).issue}
	}
	t.Cleanup(func() { l.Close() })
	go f.serve()
	return f
}

func (f *faultyTarget) url() string {
	if f.secure != nil {
		return "https://" + f.listener.Addr().String() + "/"
	}
	return "http://" + f.listener.Addr().String() + "/"
}

func (f *faultyTarget) serve() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return
		}
		go f.talk(c)
	}
}

// talk answers the requests of a connection.
func (f *faultyTarget) talk(c net.Conn) {
	defer c.Close()
	top := c
	if f.secure != nil {
		if f.faulty.Load() {
			f.failed.Add(1)
			return // in the middle of the handshake
		}
		top = tls.Server(c, f.secure)
	}
	in := bufio.NewReader(top)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if f.faulty.Load() {
			f.failed.Add(1)
			f.fault(c)
			return
		}
		f.receive(r.URL.Query().Get("m"))
		if _, err := io.WriteString(top, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil {
			return
		}
	}
}

func (f *faultyTarget) receive(mark string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.arrived.IsZero() {
		f.stall = max(f.stall, time.Since(f.arrived))
	}
	f.arrived = time.Now()
	if f.got[mark] {
		f.doubled++
		return
	}
	f.got[mark] = true
	device, number, _ := strings.Cut(mark, ".")
	n, _ := strconv.Atoi(number)
	if n < f.last[device] {
		f.inverted++
	}
	f.last[device] = max(f.last[device], n)
}

func (f *faultyTarget) accept(mark string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accepted[mark] = true
}

func (f *faultyTarget) missing() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for mark := range f.accepted {
		if !f.got[mark] {
			n++
		}
	}
	return n
}

// more waits until n more events are accepted, however slow the disk is.
func (f *faultyTarget) more(t *testing.T, n int) {
	t.Helper()
	want := f.result().accepted + n
	waitUntil(t, func() bool { return f.result().accepted >= want })
}

// failing waits until n calls met the fault.
func (f *faultyTarget) failing(t *testing.T, n int64) {
	t.Helper()
	waitUntil(t, func() bool { return f.failed.Load() >= n })
}

// faultResult is a row of the report.
type faultResult struct {
	accepted, delivered, doubled, inversions int
	stall                                    time.Duration
}

func (f *faultyTarget) result() faultResult {
	f.mu.Lock()
	defer f.mu.Unlock()
	return faultResult{len(f.accepted), len(f.got), f.doubled, f.inverted, f.stall}
}

// TestFaultsWithoutRetry kills the hub while its target fails and nothing is
// repeated: every accepted event must have an outcome on record.
func TestFaultsWithoutRetry(t *testing.T) {
	target := newFaultyTarget(t, faults[0].do, false)
	p := newProcess(t, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"))
	p.start()
	tokens := p.devices(faultDevices)
	var made struct{ ID string }
	p.ask(adminToken, "POST", "/v1/integrations", fmt.Sprintf(
		`{"event":"f","url":%q,"requestType":"GET","noDefaults":true,"query":{"m":"{{{PARTICLE_EVENT_VALUE}}}"}}`, target.url()), &made)
	stop := p.publishAll(tokens, target)
	target.more(t, faultDevices)
	target.faulty.Store(true)
	target.failing(t, faultDevices+1) // of one at least its publisher knows that it was accepted
	p.stop(syscall.SIGKILL)
	p.start()
	target.more(t, faultDevices)
	stop()
	accepted := target.result().accepted
	var counts struct{ Success, Error, Sleep int }
	waitUntil(t, func() bool {
		var got struct {
			Counters []struct{ Success, Error, Sleep int }
		}
		p.ask(adminToken, "GET", "/v1/integrations/"+made.ID+"/counters?days=2", "{}", &got)
		counts.Success, counts.Error, counts.Sleep = 0, 0, 0
		for _, day := range got.Counters { // midnight may have passed
			counts.Success, counts.Error, counts.Sleep = counts.Success+day.Success, counts.Error+day.Error, counts.Sleep+day.Sleep
		}
		return counts.Success+counts.Error+counts.Sleep >= accepted
	})
	missing := target.missing()
	t.Logf("%d accepted, %d not delivered; on record: %+v", accepted, missing, counts)
	if missing == 0 || counts.Error+counts.Sleep < missing {
		t.Errorf("%d events were not delivered, and %d errors and sleeps are on record", missing, counts.Error+counts.Sleep)
	}
	p.stop(syscall.SIGTERM)
}

// TestClockJumpsLoseNothing lets the wall clock jump by an hour, ahead and back,
// while deliveries wait for a target to recover.
func TestClockJumpsLoseNothing(t *testing.T) {
	var offset atomic.Int64
	w := newWorld(t, func() time.Time { return time.Now().Add(time.Duration(offset.Load())) })
	var healthy atomic.Bool
	var good atomic.Int64
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) {
		if !healthy.Load() {
			rw.WriteHeader(503)
			return
		}
		good.Add(1)
	}
	w.integrate(map[string]any{"event": "temp", "url": "http://web.example.com/", "retry": "failed"})
	published := 0
	for _, jump := range []time.Duration{0, time.Hour, -time.Hour, 0} {
		offset.Store(int64(jump))
		for range 2 {
			w.publish(adminToken, "temp", fmt.Sprint(published))
			published++
		}
		time.Sleep(200 * time.Millisecond)
	}
	healthy.Store(true)
	waitUntil(t, func() bool { return good.Load() == int64(published) })
	if n := good.Load(); n != int64(published) {
		t.Errorf("%d of %d events arrived", n, published)
	}
}
