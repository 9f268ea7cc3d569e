package tutorial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/fault"
)

const ann = "a00000000000000000000001"

// opened is a session with what its page was told first.
type opened struct {
	*Session
	t      *testing.T
	server *Server
	path   string
	token  string
}

func open(t *testing.T) *opened {
	t.Helper()
	s := New("https://hub.example.org", time.Now)
	x, err := s.Open(ann)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	o := &opened{Session: x, t: t, server: s}
	var start struct{ SessionID, URL, Token, ExpiresAt string }
	o.next("start", &start)
	if start.SessionID != x.ID() || start.URL != "https://hub.example.org/demo/hook/"+x.ID() || len(start.Token) != 32 || start.Token == x.ID() {
		t.Fatalf("start = %+v", start)
	}
	if x.size != 0 {
		t.Errorf("%d bytes wait after the first message", x.size)
	}
	o.path, o.token = Below+x.ID(), start.Token
	return o
}

// next wants a message of a name and decodes it.
func (o *opened) next(name string, v any) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	m, err := o.Next(ctx)
	if err != nil || m.Name != name {
		o.t.Fatalf("got %s %s, %v; want %s", m.Name, m.Data, err, name)
	}
	if err := json.Unmarshal(m.Data, v); err != nil {
		o.t.Fatal(err)
	}
}

// silent wants no message.
func (o *opened) silent() {
	o.t.Helper()
	ctx, cancel := context.WithCancel(o.t.Context())
	cancel()
	if m, err := o.Next(ctx); !errors.Is(err, context.Canceled) {
		o.t.Errorf("got %s %s, %v; want nothing", m.Name, m.Data, err)
	}
}

// send sends a request with the session's token, unless the header says
// otherwise.
func (o *opened) send(method, target, body string, header ...string) *httptest.ResponseRecorder {
	return o.sendFor(context.Background(), method, target, body, header...)
}

func (o *opened) sendFor(ctx context.Context, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body)).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer "+o.token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.server.ServeHTTP(w, r)
	return w
}

func (o *opened) choose(c Choice) {
	o.t.Helper()
	if _, err := o.server.Choose(ann, o.ID(), c); err != nil {
		o.t.Fatal(err)
	}
}

func text(s string) *string { return &s }

func TestRequestAndUsualAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		const body = `{"deviceId":"api","sensor":{"id":7,"t":25}}`
		w := o.send("POST", o.path+"?a=b&c", body, "Content-Type", "application/json", "Cookie", "fieldhook_session=secret")
		if w.Code != 200 || w.Body.String() != `{"ok":true,"id":7}` || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("got %d %s %v", w.Code, w.Body, w.Header())
		}
		var got hook
		o.next("hook", &got)
		want := hook{
			HookID: 1, ReceivedAt: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), Method: "POST", OriginalURL: o.path + "?a=b&c", Query: "a=b&c", Body: body,
			Headers: "Host: example.com\nAuthorization: Bearer " + o.token + "\nContent-Type: application/json\nCookie: [[SENSITIVE]]",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("hook (-want +got):\n%s", diff)
		}
		var answered hookResponse
		o.next("hookResponse", &answered)
		if diff := cmp.Diff(hookResponse{HookID: 1, StatusCode: 200, ContentType: "application/json", Body: `{"ok":true,"id":7}`}, answered); diff != "" {
			t.Errorf("hookResponse (-want +got):\n%s", diff)
		}
		o.silent()
	})
}

func TestUsualAnswerRepeatsTheID(t *testing.T) {
	for body, want := range map[string]string{
		`{"sensor":{"id":482913,"t":21.5}}`:                   `{"ok":true,"id":482913}`,
		`{"sensor":{"id":"a<b"}}`:                             `{"ok":true,"id":"a\u003cb"}`,
		`{"sensor":{"id":-1.50}}`:                             `{"ok":true,"id":-1.50}`,
		`{"sensor":{"id":"` + strings.Repeat("x", 63) + `"}}`: `{"ok":true,"id":null}`,
		`{"sensor":{}}`:                                       `{"ok":true,"id":null}`,
		`{"sensor":"25"}`:                                     `{"ok":true,"id":null}`,
		`{"sensor":{"id":`:                                    `{"ok":true,"id":null}`,
		"":                                                    `{"ok":true,"id":null}`,
	} {
		if got := string(usual([]byte(body))); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
}

func TestChosenAnswer(t *testing.T) {
	o := open(t)
	long := `{"text":"` + strings.Repeat("x", 2048-11) + `"}`
	for _, test := range []struct {
		choice            Choice
		status            int
		body, contentType string
	}{
		{Choice{Status: 404}, 404, `{"ok":true,"id":3}`, isJSON},
		{Choice{Status: 500, Body: text("broken")}, 500, "broken", isText},
		{Choice{Body: text(long)}, 200, long, isJSON},
		{Choice{Body: text("<script>alert(1)</script>")}, 200, "<script>alert(1)</script>", isText},
		{Choice{Body: text("")}, 200, "", isText},
		{Choice{Status: 204, Body: text("x")}, 204, "", ""},
		{Choice{}, 200, `{"ok":true,"id":3}`, isJSON},
	} {
		o.choose(test.choice)
		w := o.send("PUT", o.path, `{"sensor":{"id":3}}`)
		if w.Code != test.status || w.Body.String() != test.body || w.Header().Get("Content-Type") != test.contentType {
			t.Errorf("%+v: got %d %q %s", test.choice, w.Code, w.Body, w.Header().Get("Content-Type"))
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Error("a browser may take the answer for a page")
		}
		o.next("hook", &hook{})
		var answered hookResponse
		o.next("hookResponse", &answered)
		if answered.StatusCode != test.status || answered.Body != test.body || answered.ContentType != test.contentType || answered.Unsent {
			t.Errorf("%+v: the page was told %+v", test.choice, answered)
		}
	}
}

func TestToken(t *testing.T) {
	o := open(t)
	refused := func(authorization string) {
		t.Helper()
		w := o.send("POST", o.path, "{}", "Authorization", authorization)
		if w.Code != 401 || !strings.Contains(w.Body.String(), "invalid_token") {
			t.Errorf("%q: got %d %s, want 401", authorization, w.Code, w.Body)
		}
		var h hook
		o.next("hook", &h)
		if !strings.Contains(h.Headers, "Authorization: "+masked) {
			t.Errorf("%q: the page was told %q", authorization, h.Headers)
		}
		var answered hookResponse
		o.next("hookResponse", &answered)
		if answered.StatusCode != 401 {
			t.Errorf("the page was told %+v", answered)
		}
	}
	for _, wrong := range []string{"", "Bearer", "Bearer ", "Bearer x" + o.token[1:], "Bearer " + o.token + "x", "bearer " + o.token, "Basic " + o.token} {
		refused(wrong)
	}
	o.choose(Choice{Authorization: "another", DelayMS: 20_000}) // a refusal does not wait
	refused("Bearer " + o.token)
	for _, spelled := range []string{"another", "Bearer another"} {
		o.choose(Choice{Authorization: spelled})
		if w := o.send("DELETE", o.path, "", "Authorization", "Bearer another"); w.Code != 200 {
			t.Errorf("%q: got %d", spelled, w.Code)
		}
	}
	o.choose(Choice{Status: 201})
	if w := o.send("GET", o.path, "", "Authorization", "Bearer another"); w.Code != 201 {
		t.Errorf("the token did not stay: got %d", w.Code)
	}
}

func TestRefusals(t *testing.T) {
	o := open(t)
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"POST", Below, 404}, {"POST", Below + "other", 404}, {"POST", o.path + "/", 404}, {"POST", o.path + "/x", 404}, {"POST", "/bin/" + o.ID(), 404},
		{"PATCH", o.path, 405}, {"HEAD", o.path, 405},
	} {
		if w := o.send(test.method, test.path, ""); w.Code != test.status {
			t.Errorf("%s %s: got %d, want %d", test.method, test.path, w.Code, test.status)
		}
	}
	for field, c := range map[string]Choice{
		"status":        {Status: 199},
		"status:":       {Status: 600},
		"delay_ms":      {DelayMS: -1},
		"delay_ms:":     {DelayMS: 25_001},
		"body":          {Body: text(strings.Repeat("x", maxBody+1))},
		"authorization": {Authorization: "two words"},
		"authorizatio":  {Authorization: "Bearer "},
		"authorizati":   {Authorization: strings.Repeat("x", 129)},
		"authorizat":    {Authorization: "Küche"},
	} {
		if _, err := o.server.Choose(ann, o.ID(), c); !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: got %v", field, err)
		}
	}
	for _, err := range []error{
		second(o.server.Ping("bob", o.ID())), second(o.server.Choose("bob", o.ID(), Choice{})),
		second(o.server.Ping(ann, "other")), second(o.server.Choose(ann, "other", Choice{})),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a session that is not one's own: %v", err)
		}
	}
	o.silent()
}

func second[T any](_ T, err error) error { return err }

func TestBodies(t *testing.T) {
	largest := strings.Repeat("x", maxBody)
	for name, test := range map[string]struct {
		body, want        string
		base64, truncated bool
		status            int
	}{
		"empty":     {"", "", false, false, 200},
		"binary":    {"\xff\x00", "/wA=", true, false, 200},
		"largest":   {largest, largest, false, false, 200},
		"too large": {largest + "y", largest, false, true, 413},
		"cut":       {largest[1:] + "\u20ac", largest[1:] + "\uFFFD", false, true, 413},
	} {
		o := open(t)
		if w := o.send("POST", o.path, test.body); w.Code != test.status {
			t.Errorf("%s: got %d, want %d", name, w.Code, test.status)
		}
		var got hook
		o.next("hook", &got)
		if got.Body != test.want || got.Base64 != test.base64 || got.Truncated != test.truncated {
			t.Errorf("%s: got %d bytes, base64 %v, truncated %v", name, len(got.Body), got.Base64, got.Truncated)
		}
	}
	o := open(t)
	r := httptest.NewRequest("POST", o.path, io.MultiReader(strings.NewReader("x"), brokenReader{}))
	w := httptest.NewRecorder()
	if o.server.ServeHTTP(w, r); w.Code != 400 {
		t.Errorf("a body that breaks off: got %d", w.Code)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, start := open(t), time.Now()
		o.choose(Choice{DelayMS: 1500, Status: 503})
		if w := o.send("POST", o.path, ""); w.Code != 503 || time.Since(start) != 1500*time.Millisecond {
			t.Errorf("got %d after %v", w.Code, time.Since(start))
		}
		var h hook
		var answered hookResponse
		o.next("hook", &h)
		o.next("hookResponse", &answered)
		if answered.ElapsedMS != 1500 || answered.Unsent {
			t.Errorf("the page was told %+v", answered)
		}
		o.choose(Choice{DelayMS: maxDelay})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		start = time.Now()
		w := o.sendFor(ctx, "POST", o.path, "")
		if took := time.Since(start); took != 20*time.Second || w.Body.Len() != 0 {
			t.Errorf("an impatient request got %q after %v", w.Body, took)
		}
		o.next("hook", &h)
		o.next("hookResponse", &answered)
		if answered.HookID != 2 || h.HookID != 2 || answered.ElapsedMS != 20_000 || !answered.Unsent {
			t.Errorf("the page was told %+v", answered)
		}
	})
}

func TestSessionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		time.Sleep(29 * time.Minute)
		ends, err := o.server.Ping(ann, o.ID())
		if want := time.Now().Add(30 * time.Minute); err != nil || !ends.Equal(want) {
			t.Errorf("ping: ends %v, %v; want %v", ends, err, want)
		}
		time.Sleep(29 * time.Minute)
		o.choose(Choice{})
		time.Sleep(30*time.Minute - time.Millisecond)
		synctest.Wait()
		if w := o.send("POST", o.path, ""); w.Code != 200 {
			t.Errorf("before the end: got %d", w.Code)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if w := o.send("POST", o.path, ""); w.Code != 404 {
			t.Errorf("after the end: got %d", w.Code)
		}
		o.next("hook", &hook{})
		o.next("hookResponse", &hookResponse{})
		var end struct{ Reason string }
		if o.next("end", &end); end.Reason != "limit" {
			t.Errorf("ended because of %q", end.Reason)
		}
		if _, err := o.Next(t.Context()); err != io.EOF {
			t.Errorf("behind the end: %v", err)
		}
		if _, err := o.server.Ping(ann, o.ID()); !fault.Is(err, fault.NotFound) {
			t.Errorf("a ping after the end: %v", err)
		}
	})
}

func TestRequestInFlightOutlivesItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		o.choose(Choice{DelayMS: 1000})
		go o.send("POST", o.path, "")
		synctest.Wait()
		o.Close()
		time.Sleep(time.Second)
		synctest.Wait()
		o.next("hook", &hook{})
		o.next("end", &struct{}{})
		if m, err := o.Next(t.Context()); err != io.EOF {
			t.Errorf("behind the end: %v, %v", m, err)
		}
	})
}

func TestBoundOfSessions(t *testing.T) {
	s := New("http://hub", time.Now)
	var mine []*Session
	for range maxPerOwner {
		x, err := s.Open(ann)
		if err != nil {
			t.Fatal(err)
		}
		mine = append(mine, x)
	}
	if _, err := s.Open(ann); !fault.Is(err, fault.Limited) {
		t.Errorf("one more of ann's: %v", err)
	}
	mine[0].Close()
	mine[0].Close()
	if _, err := s.Open(ann); err != nil {
		t.Errorf("after one ended: %v", err)
	}
	for i := range maxSessions - maxPerOwner {
		if _, err := s.Open(fmt.Sprint("user ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Open("bob"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("one more of all: %v", err)
	}
	s.Close()
	if len(s.sessions) != 0 {
		t.Errorf("%d sessions after the end", len(s.sessions))
	}
	if _, err := s.Open("bob"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("after the end: %v", err)
	}
}

func TestBoundOfRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		o.choose(Choice{DelayMS: 1000})
		for range maxInFlight {
			go o.send("POST", o.path, "")
		}
		synctest.Wait()
		if w := o.send("POST", o.path, ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("one more: got %d", w.Code)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		o.choose(Choice{})
		large, sent := strings.Repeat("x", maxBody), 0
		for o.send("POST", o.path, large).Code == http.StatusOK {
			sent++
		}
		if o.size > maxWaiting+2*maxBody || sent < 7 || sent > 8 {
			t.Errorf("%d bytes wait after %d requests", o.size, sent)
		}
		for o.size > 0 {
			if _, err := o.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if w := o.send("POST", o.path, large); w.Code != 200 {
			t.Errorf("after the page has caught up: got %d", w.Code)
		}
	})
}
