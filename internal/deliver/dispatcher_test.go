package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/respond"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// hub is a dispatcher between a memory store and a fake sender.
type hub struct {
	t       *testing.T
	store   *memory.Store
	d       *deliver.Dispatcher
	mu      sync.Mutex
	all     map[string]*integration.Integration
	results []*eventlog.Result
	hold    bool // results are not committed
}

// senderFunc is a Sender made of a function.
type senderFunc func(ctx context.Context, r *render.Request) (deliver.Answer, error)

func (f senderFunc) Send(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	return f(ctx, r)
}

func ok(context.Context, *render.Request) (deliver.Answer, error) {
	return deliver.Answer{Status: 200, Reason: "200 OK"}, nil
}

func newHub(t *testing.T, o deliver.Options) *hub {
	h := &hub{t: t, store: memory.New(), all: map[string]*integration.Integration{}}
	o.Integrations, o.Backlog, o.Responder = h, h.store, respond.New(time.Now)
	o.Unexpected = func(msg string, err error) { t.Errorf("%s: %v", msg, err) }
	h.d = deliver.New(o)
	if _, err := h.d.Start(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.d.Stop(context.Background()) })
	return h
}

func (h *hub) Lookup(id string) (*integration.Integration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	in, ok := h.all[id]
	return in, ok
}

func (h *hub) Finish(r *eventlog.Result) {
	h.mu.Lock()
	hold := h.hold
	h.results = append(h.results, r)
	h.mu.Unlock()
	if hold {
		return
	}
	b := &eventlog.Batch{Results: []*eventlog.Result{r}}
	b.Seal()
	h.mu.Lock()
	err := h.store.Commit(context.Background(), b)
	h.mu.Unlock()
	if err != nil {
		h.t.Error(err)
	}
	h.d.Committed(b)
}

func (h *hub) outcomes() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	count := map[string]int{}
	for _, r := range h.results {
		count[describe(r)]++
	}
	return fmt.Sprint(count)
}

// describe is an outcome, with the reason of a drop and what becomes of the
// delivery if it has not just ended.
func describe(r *eventlog.Result) string {
	text := r.Attempt.Outcome.String()
	if r.Attempt.Outcome == eventlog.Dropped {
		text += " " + r.Attempt.Text
	}
	switch {
	case r.Again != nil:
		text += " again"
	case r.Dead:
		text += " dead"
	}
	return text
}

// add saves an integration under an id.
func (h *hub) add(id, config string) {
	h.t.Helper()
	def, _, err := integration.Parse([]byte(config), scope.Sandbox)
	if err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[id] = &integration.Integration{ID: id, Scope: scope.Of("u"), Definition: def}
}

// publish commits events for one integration and hands them to the dispatcher.
func (h *hub) publish(id, origin string, data ...string) {
	h.t.Helper()
	h.d.Committed(h.commit(id, origin, data...))
}

func (h *hub) commit(id, origin string, data ...string) *eventlog.Batch {
	h.t.Helper()
	b := &eventlog.Batch{}
	for _, v := range data {
		b.Accepts = append(b.Accepts, &eventlog.Accept{
			Event:      event.Event{At: 1, Name: "temp", Data: v, Device: "d", Owner: "u"},
			Deliveries: []eventlog.Delivery{{Integration: id, Origin: origin}},
		})
	}
	b.Seal()
	if err := h.store.Commit(context.Background(), b); err != nil {
		h.t.Fatal(err)
	}
	return b
}

func config(url string) string {
	return fmt.Sprintf(`{"event":"temp","url":%q,"noDefaults":true,"body":"{{{PARTICLE_EVENT_VALUE}}}"}`, url)
}

func numbers(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(i))
	}
	return all
}

// gate is a sender that holds every call until it is let go.
type gate struct {
	mu    sync.Mutex
	seen  []string // bodies in order of arrival
	doors []chan int
}

func (g *gate) Send(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	door := make(chan int, 1)
	g.mu.Lock()
	g.seen = append(g.seen, string(r.Body))
	g.doors = append(g.doors, door)
	g.mu.Unlock()
	at, _ := ctx.Deadline()
	select {
	case status := <-door:
		return deliver.Answer{Status: status, Reason: fmt.Sprint(status)}, nil
	case <-time.After(time.Until(at)):
		return deliver.Answer{}, &deliver.CallError{Cause: deliver.AnswerTimeout, Text: "ESOCKETTIMEDOUT", Wrote: true, Err: context.DeadlineExceeded}
	}
}

// open answers every call that is held, and says how many there were.
func (g *gate) open(status int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, door := range g.doors {
		door <- status
	}
	n := len(g.doors)
	g.doors = nil
	return n
}

func (g *gate) held() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.doors)
}

func TestCallsAtOnceGrowWhileTheTargetAnswersWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g})
		h.add("a", config("http://a/"))
		h.publish("a", "http://a:80", numbers(2000)...)
		var waves []int
		for range 5 {
			synctest.Wait()
			waves = append(waves, g.open(200))
		}
		if got, want := fmt.Sprint(waves), "[20 60 128 128 128]"; got != want {
			t.Errorf("calls at once %v, want %v", got, want)
		}
		for range 40 {
			synctest.Wait()
			waves = append(waves, g.open(503))
		}
		if last := waves[len(waves)-1]; last != 4 {
			t.Errorf("calls at once after many failures: %d, want 4", last)
		}
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
	})
}

func TestHungHostsLeaveRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Calls: 64, Sender: senderFunc(func(ctx context.Context, r *render.Request) (deliver.Answer, error) {
			if strings.HasPrefix(r.Host, "hung") {
				return g.Send(ctx, r)
			}
			return ok(ctx, r)
		})})
		for i := range 40 {
			id := fmt.Sprint("hung", i)
			h.add(id, config("http://"+id+"/"))
			h.publish(id, "http://"+id+":80", numbers(30)...)
		}
		synctest.Wait()
		if g.held() > 64 {
			t.Fatalf("%d calls in flight, more than the node allows", g.held())
		}
		h.add("good", config("http://good/"))
		h.publish("good", "http://good:80", numbers(10)...)
		time.Sleep(21 * time.Second) // the hung calls time out and make room
		synctest.Wait()
		h.mu.Lock()
		good := 0
		for _, f := range h.results {
			if f.Delivery.Integration == "good" {
				good++
			}
		}
		h.mu.Unlock()
		if good != 10 {
			t.Errorf("%d of 10 deliveries to the good host", good)
		}
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
	})
}

func TestFewHungHostsDoNotDelayANeighbour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: senderFunc(func(ctx context.Context, r *render.Request) (deliver.Answer, error) {
			if strings.HasPrefix(r.Host, "hung") {
				return g.Send(ctx, r)
			}
			return ok(ctx, r)
		})})
		for i := range 10 {
			id := fmt.Sprint("hung", i)
			h.add(id, config("http://"+id+"/"))
			h.publish(id, "http://"+id+":80", numbers(500)...)
		}
		start := time.Now()
		h.add("good", config("http://good/"))
		h.publish("good", "http://good:80", numbers(10)...)
		synctest.Wait()
		if got := h.outcomes(); got != "map[success:10]" || time.Since(start) != 0 {
			t.Errorf("after %v: %s", time.Since(start), got)
		}
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
	})
}

func TestIntegrationsOfOneOriginTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, Calls: 16})
		h.add("a", config("http://x/a"))
		h.add("b", config("http://x/b"))
		h.publish("a", "http://x:80", strings.Split(strings.Repeat("a ", 100), " ")[:100]...)
		h.publish("b", "http://x:80", strings.Split(strings.Repeat("b ", 100), " ")[:100]...)
		for range 8 {
			synctest.Wait()
			g.open(200)
		}
		g.mu.Lock()
		later := strings.Join(g.seen[16:32], "")
		g.mu.Unlock()
		if n := strings.Count(later, "b"); n < 6 || n > 10 {
			t.Errorf("the second integration got %d of 16 calls: %s", n, later)
		}
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
	})
}

func TestAttemptsStartInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, Calls: 2}) // one call at once for one origin
		h.add("a", config("http://a/"))
		want := numbers(50)
		h.publish("a", "http://a:80", want...)
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
		if got := fmt.Sprint(g.seen); got != fmt.Sprint(want) {
			t.Errorf("order %v", got)
		}
	})
}

// TestQueueBeyondMemoryIsReadFromTheStore gives memory room for a fraction of
// the backlog: all of it arrives, once and in order.
func TestQueueBeyondMemoryIsReadFromTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, Calls: 2, Memory: 20 << 10})
		h.add("a", config("http://a/"))
		want := numbers(3000)
		h.publish("a", "http://a:80", want[:1500]...)
		if m := h.d.Load().Memory; m > 20<<10 {
			t.Errorf("%d bytes queued, more than allowed", m)
		}
		for i := 0; ; i++ {
			synctest.Wait()
			if g.open(200) == 0 {
				break
			}
			if i == 700 {
				h.publish("a", "http://a:80", want[1500:]...)
			}
		}
		if got := fmt.Sprint(g.seen); got != fmt.Sprint(want) {
			t.Errorf("%d calls, want %d in order", len(g.seen), len(want))
		}
		if p, _ := h.store.Pending(t.Context(), 0, true, "", 1); len(p) != 0 {
			t.Errorf("left over: %+v", p)
		}
	})
}

func TestStartDeliversWhatWasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g})
		h.add("a", config("http://a/"))
		b := &eventlog.Batch{}
		for i := range 2500 {
			b.Accepts = append(b.Accepts, &eventlog.Accept{
				Event:      event.Event{At: 1, Name: "temp", Data: fmt.Sprint(i), Device: "d", Owner: "u"},
				Deliveries: []eventlog.Delivery{{Integration: "a", Origin: "http://a:80"}},
			})
		}
		b.Seal()
		if err := h.store.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		queued, err := h.d.Start(t.Context(), h)
		if err != nil || queued != 2500 {
			t.Fatalf("queued %d, %v", queued, err)
		}
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
		if got := h.outcomes(); got != "map[success:2500]" {
			t.Errorf("outcomes %s", got)
		}
	})
}

func TestOutcomes(t *testing.T) {
	reset := &deliver.CallError{Cause: deliver.Reset, Text: "read ECONNRESET", Wrote: true}
	refused := &deliver.CallError{Cause: deliver.Refused, Text: "connect ECONNREFUSED a"}
	cases := []struct {
		name   string
		config string // "" = the integration does not exist
		answer deliver.Answer
		err    error
		want   string // outcome and events
	}{
		{"success", config("http://a/"), deliver.Answer{Status: 200, Body: []byte("hi")}, nil, "success hook-sent/temp=undefined hook-response/temp/0=hi"},
		{"no content", config("http://a/"), deliver.Answer{Status: 204}, nil, "success hook-sent/temp=undefined"},
		{"redirect of a post", config("http://a/"), deliver.Answer{Status: 302, Body: []byte("moved")}, nil, "success hook-sent/temp=undefined hook-response/temp/0=moved"},
		{"not found", config("http://a/"), deliver.Answer{Status: 404, Body: []byte("no")}, nil, "error hook-sent/temp=undefined hook-error/temp/0=error status 404 from a"},
		{"cut", config("http://a/"), deliver.Answer{}, reset, "error hook-sent/temp=undefined hook-error/temp/0=read ECONNRESET"},
		{"refused", config("http://a/"), deliver.Answer{}, refused, "error hook-error/temp/0=connect ECONNREFUSED a"},
		{"unknown failure", config("http://a/"), deliver.Answer{}, errors.New("secret detail"), "error hook-error/temp/0=request failed"},
		{"deleted", "", deliver.Answer{}, nil, "dropped deleted"},
		{"disabled", `{"event":"temp","url":"http://a/","disabled":true}`, deliver.Answer{}, nil, "dropped disabled"},
		{"unrenderable", config("{{{PARTICLE_EVENT_VALUE}}}"), deliver.Answer{}, nil, "error hook-error/temp/0=invalid request: url is not an absolute http or https address"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub(t, deliver.Options{Sender: senderFunc(func(context.Context, *render.Request) (deliver.Answer, error) {
					return c.answer, c.err
				})})
				if c.config != "" {
					h.add("a", c.config)
				}
				h.publish("a", "http://a:80", "1")
				synctest.Wait()
				if len(h.results) != 1 {
					t.Fatalf("%d results", len(h.results))
				}
				f := h.results[0]
				got := describe(f)
				for _, e := range f.Events {
					got += " " + e.Name + "=" + e.Data
				}
				if got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

func TestChangedOriginMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var host string
		h := newHub(t, deliver.Options{Sender: senderFunc(func(ctx context.Context, r *render.Request) (deliver.Answer, error) {
			host = r.Host
			return ok(ctx, r)
		})})
		h.add("a", config("http://new:81/"))
		h.publish("a", "http://old:80", "1")
		synctest.Wait()
		if host != "new:81" || h.outcomes() != "map[success:1]" {
			t.Errorf("sent to %q, outcomes %s", host, h.outcomes())
		}
	})
}

func TestStopGivesUpWithoutAResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g})
		h.add("a", config("http://a/"))
		h.publish("a", "http://a:80", numbers(30)...)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		h.d.Stop(ctx)
		synctest.Wait()
		if got := h.outcomes(); got != "map[]" {
			t.Errorf("outcomes %s", got)
		}
		if p, _ := h.store.Pending(context.Background(), 0, true, "", 100); len(p) != 30 {
			t.Errorf("%d deliveries left for the next start, want 30", len(p))
		}
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
	})
}

func TestCallTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, deliver.Options{Sender: &gate{}})
		h.add("a", config("http://a/"))
		start := time.Now()
		h.publish("a", "http://a:80", "1")
		time.Sleep(20*time.Second + time.Millisecond)
		synctest.Wait()
		if got := h.outcomes(); got != "map[error:1]" {
			t.Errorf("after %v: %s", time.Since(start), got)
		}
	})
}

// appender lets the tester publish into the hub.
type appender struct{ h *hub }

func (a appender) AppendTo(_ context.Context, accept *eventlog.Accept) (int64, error) {
	b := &eventlog.Batch{Accepts: []*eventlog.Accept{accept}}
	b.Seal()
	if err := a.h.store.Commit(context.Background(), b); err != nil {
		return 0, err
	}
	a.h.d.Committed(b)
	return accept.Event.Seq, nil
}

func TestTestReportsTheWholeCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, deliver.Options{Sender: senderFunc(func(context.Context, *render.Request) (deliver.Answer, error) {
			return deliver.Answer{Status: 200, Reason: "200 OK", Header: http.Header{"Set-Cookie": {"s=1"}}, Body: []byte("done"), Timing: deliver.Timing{Total: time.Second}}, nil
		})})
		h.add("a", `{"event":"temp","url":"http://a/x","noDefaults":true,"body":"{{{PARTICLE_EVENT_VALUE}}} by {{{PARTICLE_DEVICE_ID}}}","auth":{"username":"u","password":"hunter2"}}`)
		in, _ := h.Lookup("a")
		tester := &deliver.Tester{Log: appender{h}, Now: time.Now}
		r, err := tester.Test(t.Context(), &scope.Principal{User: "u"}, in, "test-event")
		if err != nil || !r.OK || r.Status != 200 || len(r.Events) != 2 || r.Timing.Total != time.Second {
			t.Fatalf("report %+v, %v", r, err)
		}
		for _, want := range []string{"POST /x HTTP/1.1\r\nHost: a\r\n", "Authorization: [[SENSITIVE]]", "\r\n\r\ntest-event by api"} {
			if !strings.Contains(r.Request, want) {
				t.Errorf("request lacks %q:\n%s", want, r.Request)
			}
		}
		if want := "HTTP/1.1 200 OK\r\nSet-Cookie: [[SENSITIVE]]\r\n\r\ndone"; r.Response != want {
			t.Errorf("response %q, want %q", r.Response, want)
		}
		h.add("a", `{"event":"temp","url":"http://a/x","disabled":true}`)
		if r, err = tester.Test(t.Context(), &scope.Principal{User: "u"}, in, "x"); err != nil || r.OK || r.Error == "" {
			t.Errorf("disabled: %+v, %v", r, err)
		}
	})
}
