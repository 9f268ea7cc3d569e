package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

func TestStreamReader(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"as the hub writes", ":ok\n\nevent: a\ndata: {\"x\":1}\nid: 7\n\n", `a 7 {"x":1}; `},
		{"other order and line ends", "data:{}\r\nid:1\r\nevent:a/b\r\n\r\n", `a/b 1 {}; `},
		{"keep-alives between", "\n\nevent: a\ndata: {}\n\n\n\n: words\n\nevent: b\ndata: {}\n\n", `a  {}; b  {}; `},
		{"data in lines", "event: a\ndata: {\ndata: }\n\n", "a  {\n}; "},
		{"no name, no JSON, no data", "data: {}\n\nevent: a\ndata: {\n\nevent: b\n\nevent: c\ndata: 1\n\n", "c  1; "},
		{"cut off", "event: a\ndata: {}\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newStreamReader(strings.NewReader(tt.text))
			var got strings.Builder
			for {
				e, err := r.next()
				if err != nil {
					if !errors.Is(err, io.ErrUnexpectedEOF) {
						t.Errorf("error %v", err)
					}
					break
				}
				fmt.Fprintf(&got, "%s %s %s; ", e.name, e.id, e.data)
			}
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got.String(), tt.want)
			}
		})
	}
}

func FuzzStreamReader(f *testing.F) {
	f.Add(":ok\n\nevent: a\ndata: {\"x\":1}\nid: 7\n\n")
	f.Add("data: {\n\ndata\n:\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := newStreamReader(strings.NewReader(text))
		for {
			e, err := r.next()
			if err != nil {
				return
			}
			if e.name == "" || len(e.line()) == 0 {
				t.Errorf("an event without name or line: %q", text)
			}
		}
	})
}

// event is one event as a hub writes it.
func wireEvent(name string, id int) string {
	return fmt.Sprintf("event: %s\ndata: {\"data\":\"%d\",\"coreid\":\"api\"}\nid: %d\n\n", name, id, id)
}

// fakeStream answers each connection with the next of its answers and notes
// where it was asked to go on.
type fakeStream struct {
	answers []func(http.ResponseWriter, *http.Request)
	resumed []string
}

func (f *fakeStream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.resumed = append(f.resumed, r.Header.Get("Last-Event-ID"))
	answer := f.answers[0]
	f.answers = f.answers[1:]
	answer(w, r)
}

// says answers with a text and ends.
func says(text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, ":ok\n\n"+text) }
}

// refuses answers with a status.
func refuses(status int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		fmt.Fprint(w, `{"error_description":"Not now."}`)
	}
}

// hangs says nothing more until the client goes.
func hangs(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, ":ok\n\n")
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// pipes is a listener whose connections are pipes, which work in virtual time.
type pipes chan net.Conn

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	p <- far
	return near, nil
}

// Accept implements net.Listener.
func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

// Close implements net.Listener.
func (p pipes) Close() error { close(p); return nil }

// Addr implements net.Listener.
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// runTail follows a fake stream in virtual time, so that only what hangs is
// silent, and gives the names of the events shown and the pauses between
// connections.
func runTail(t *testing.T, f *fakeStream, most int) (names []string, pauses []time.Duration, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { names, pauses, err = tailInPipes(t, f, most) })
	return names, pauses, err
}

func tailInPipes(t *testing.T, f *fakeStream, most int) (names []string, pauses []time.Duration, err error) {
	p, server := make(pipes), &http.Server{Handler: f}
	go server.Serve(p)
	defer server.Close()
	hub := newRemote("http://hub", "token")
	transport := &http.Transport{DialContext: p.dial}
	hub.http.Transport = transport
	defer transport.CloseIdleConnections()
	tl := &tail{
		remote: hub, path: "/v1/devices/events", most: most, silence: time.Second,
		wait: func(_ context.Context, d time.Duration) error {
			pauses = append(pauses, d)
			return nil
		},
		show: func(e streamed) error { names = append(names, e.name); return nil },
		note: func(string) {},
	}
	err = tl.run(t.Context())
	return names, pauses, err
}

// TestTailResumes breaks the stream in all the ways that it can break: each
// time it goes on behind the last event shown, and shows none twice.
func TestTailResumes(t *testing.T) {
	f := &fakeStream{answers: []func(http.ResponseWriter, *http.Request){
		says(wireEvent("a", 3) + wireEvent("b", 4)),
		says("event: half"),
		refuses(http.StatusServiceUnavailable),
		refuses(http.StatusTooManyRequests),
		hangs,
		says(wireEvent("b", 4) + wireEvent("c", 5) + wireEvent("d", 6)),
	}}
	names, pauses, err := runTail(t, f, 3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, names); diff != "" {
		t.Error("events", diff)
	}
	if diff := cmp.Diff([]string{"", "4", "4", "4", "4", "4"}, f.resumed); diff != "" {
		t.Error("resumed", diff)
	}
	if len(pauses) != 5 || pauses[2] != 7*time.Second || pauses[3] != 7*time.Second {
		t.Errorf("pauses %v, want five, those after refusals as long as the hub said", pauses)
	}
}

func TestTailEndsWhenRefused(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound} {
		f := &fakeStream{answers: []func(http.ResponseWriter, *http.Request){refuses(status)}}
		_, pauses, err := runTail(t, f, 0)
		if !refused(err, status) || len(pauses) != 0 {
			t.Errorf("%d: error %v after pauses %v, want the refusal at once", status, err, pauses)
		}
	}
}

// TestTailOfNothing: an address where no hub is, is probably a wrong one.
func TestTailOfNothing(t *testing.T) {
	tl := &tail{remote: newRemote("http://127.0.0.1:1", "token"), silence: time.Minute, wait: wait, note: func(string) {}}
	if err := tl.run(t.Context()); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("error %v", err)
	}
}

func TestBackOff(t *testing.T) {
	for failures, most := range map[int]time.Duration{0: firstWait, 1: 2 * firstWait, 3: 8 * firstWait, 60: lastWait} {
		for range 20 {
			if d := backOff(failures); d < most/2 || d > most {
				t.Errorf("after %d failures: %v, want at most %v and at least half of it", failures, d, most)
			}
		}
	}
}

// TestTailOfAHub watches a real hub: nothing is missed from the moment on in
// which the command says that it is connected.
func TestTailOfAHub(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef01234567"
	hub, err := app.New(t.Context(), app.Options{
		Settings: app.Settings{Listen: "127.0.0.1:0", AdminToken: token, CallTimeout: time.Second, MaxCalls: 16, StopTimeout: time.Second, RecentCalls: 50},
		Store:    memory.New(),
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"all", []string{"--max", "2"}, []string{"  temp/in  21.5\n", "  door  \n"}},
		{"prefix", []string{"do", "--max", "1"}, []string{"  door  \n"}},
		{"from the beginning", []string{"--after", "0", "--max", "1", "--json"}, []string{`"name":"temp/in","id":"1"}`}},
		{"JSON", []string{"temp", "--json", "--max", "1"}, []string{`{"data":"21.5","ttl":60,`, `"coreid":"api","name":"temp/in","id":"`}},
	}
	work := func(ctx context.Context) error {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) { tailWhilePublishing(t, hub.URL(), token, tt.args, tt.want) })
		}
		return nil
	}
	if err := serveWhile(t.Context(), hub, work); err != nil {
		t.Error(err)
	}
}

func tailWhilePublishing(t *testing.T, url, token string, args, want []string) {
	as := []string{"--server", url, "--token", token}
	var publishing sync.WaitGroup
	defer publishing.Wait()
	errs := &screen{want: connected, seen: func() {
		publishing.Go(func() {
			for _, event := range [][]string{{"publish", "temp/in", "21.5"}, {"publish", "door"}} {
				if code := Main(t.Context(), append(event, as...), Streams{Out: io.Discard, Err: io.Discard}); code != 0 {
					t.Errorf("%v: exit code %d", event, code)
				}
			}
		})
	}}
	out := new(screen)
	code := Main(t.Context(), append(append([]string{"events", "tail"}, args...), as...), Streams{Out: out, Err: errs})
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	for _, text := range want {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is not in\n%s", text, out)
		}
	}
}

func TestTailRoutes(t *testing.T) {
	tests := []struct {
		c    eventsTail
		want string
	}{
		{eventsTail{}, "/v1/devices/events"},
		{eventsTail{Prefix: "temp/a"}, "/v1/devices/events/temp%2Fa"},
		{eventsTail{Device: "0123456789abcdef01234567"}, "/v1/devices/0123456789abcdef01234567/events"},
		{eventsTail{place: place{Product: "g h"}}, "/v1/products/g%20h/events"},
		{eventsTail{place: place{Product: "g"}, Device: "d", Prefix: "p"}, "/v1/products/g/devices/d/events/p"},
		{eventsTail{place: place{Org: "acme"}}, "/v1/orgs/acme/events"},
	}
	for _, tt := range tests {
		if got := tt.c.route(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestPrintEvent(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"temp", `{"data":"21.5","coreid":"abc"}`, "\x1b[36mtemp\x1b[0m  21.5\n"},
		{"hook-sent/temp", `{"data":"undefined"}`, "\x1b[90mhook-sent/temp\x1b[0m  undefined\n"},
		{"dev/hook-response/temp/0", `{"data":"ok"}`, "\x1b[32mdev/hook-response/temp/0\x1b[0m  ok\n"},
		{"hook-error/temp/0", `{"data":"ETIMEOUT"}`, "\x1b[31mhook-error/temp/0\x1b[0m  ETIMEOUT\n"},
		{"spark/status", `{"data":"online"}`, "\x1b[33mspark/status\x1b[0m  online\n"},
		{"te\x1bmp", `{"data":"\u001b[2Jgone\nx"}`, "\x1b[36mte\uFFFDmp\x1b[0m  \uFFFD[2Jgone\uFFFDx\n"},
		{"odd", `[1]`, "\x1b[36modd\x1b[0m  \n"},
		{"none", `{"data":null}`, "\x1b[36mnone\x1b[0m  \n"},
	}
	for _, tt := range tests {
		var b strings.Builder
		if err := (&streamed{name: tt.name, data: []byte(tt.data)}).print(&b, true); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(b.String(), tt.want) {
			t.Errorf("got %q, want the end %q", b.String(), tt.want)
		}
	}
}
