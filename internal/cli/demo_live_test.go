package cli

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// liveDemo is a demo that runs while the test looks at its hub.
type liveDemo struct {
	t      *testing.T
	base   string // URL of the hub
	code   string // of the sign-in link
	client *http.Client
	cookie *http.Cookie
	out    *screen
	end    func() int // stops it and gives its exit code
}

var signInLink = regexp.MustCompile(`(http://[0-9.:]+)/login#code=([A-Za-z0-9_-]{43})\n`)

// startDemo starts the demo on a free port and waits until it shows its link.
func startDemo(t *testing.T, args ...string) *liveDemo {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	opened, ended := make(chan struct{}), make(chan int, 1)
	out, errs := &screen{want: "Ctrl-C", seen: func() { close(opened) }}, new(screen)
	go func() {
		ended <- Main(ctx, append([]string{"demo", "--listen", "127.0.0.1:0"}, args...), Streams{Out: out, Err: errs})
	}()
	d := &liveDemo{t: t, client: &http.Client{Timeout: 20 * time.Second}, out: out}
	d.end = func() int {
		cancel()
		code := <-ended
		ended <- code // a second end gets it, too
		return code
	}
	t.Cleanup(func() { d.end() })
	select {
	case <-opened:
	case code := <-ended:
		ended <- code
		t.Fatalf("the demo ended with code %d\n%s\n%s", code, out, errs)
	case <-time.After(time.Minute):
		t.Fatalf("the demo shows no page:\n%s\n%s", out, errs)
	}
	link := signInLink.FindStringSubmatch(out.String())
	if link == nil {
		t.Fatalf("no sign-in link in\n%s", out)
	}
	d.base, d.code = link[1], link[2]
	return d
}

// signIn does what the console does with the link's code.
func (d *liveDemo) signIn(code string) int {
	d.t.Helper()
	answer, err := d.client.Post(d.base+"/v1/session", "application/json", strings.NewReader(`{"code":"`+code+`"}`))
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	if cookies := answer.Cookies(); len(cookies) == 1 {
		d.cookie = cookies[0]
	}
	return answer.StatusCode
}

// get reads a route of the API as the browser that signed in.
func (d *liveDemo) get(path string, into any) {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), "GET", d.base+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if d.cookie != nil {
		r.AddCookie(d.cookie)
	}
	answer, err := d.client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		d.t.Fatalf("GET %s: %d %s, %v", path, answer.StatusCode, body, err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		d.t.Fatalf("GET %s: %v in %s", path, err, body)
	}
}

// TestDemoSignsIn follows the link that is printed first.
func TestDemoSignsIn(t *testing.T) {
	folder := t.TempDir()
	first := startDemo(t, "--folder", folder)
	if before, _, _ := strings.Cut(first.out.String(), "Login "); !strings.Contains(before, "/login#code=") {
		t.Errorf("the link is not above the password:\n%s", first.out)
	}
	for range 2 {
		if got := first.signIn(first.code); got != 200 {
			t.Fatalf("the link's code is answered with %d", got)
		}
	}
	var who struct{ Username string }
	if first.get("/v1/session", &who); who.Username != "admin" {
		t.Errorf("signed in as %q", who.Username)
	}
	first.end()
	second := startDemo(t, "--folder", folder)
	if second.code == first.code {
		t.Error("the code is the one of the earlier start")
	}
	if got := second.signIn(first.code); got != 400 {
		t.Errorf("the earlier start's code is answered with %d", got)
	}
}
