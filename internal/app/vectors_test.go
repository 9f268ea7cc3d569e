package app_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// vector is one worked example of the webhook engine reference, section 14.
type vector struct {
	Name        string
	Integration map[string]any
	Event       struct {
		Name, Data, Coreid string
		PublishedAt        time.Time `json:"published_at"`
		User               string    `json:"user_id"`
		Firmware           int       `json:"fw_version"`
	}
	Request *struct {
		Method, URL string
		Headers     map[string]string
		Body        string
	}
	AbsentHeaders []string
	Response      *struct {
		Status     int
		Headers    map[string]string
		Body       string
		BodyBase64 string
	}
	Events  []streamed
	Compare struct{ URL, Body, Events, EventData string }

	Precondition struct{ ThrottleClosedFor string }
}

// TestVectors runs the worked examples through the real HTTP handlers, a real
// receiving server and a real event stream.
func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("../render/testdata/webhook-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Name, v.run)
	}
}

// fence is an event that follows the vector's, to know when nothing more comes.
const fence = "zz-fence"

func (v *vector) run(t *testing.T) {
	store := memory.New()
	w := newWorldOf(t, func(o *app.Options) { o.Store, o.Now = store, func() time.Time { return v.Event.PublishedAt } })
	w.web.answer = v.respond
	base, events := "/v1", "/v1/devices/events"
	if v.Integration["scope"] == "product" {
		base = fmt.Sprint("/v1/products/", w.product("lamps").ID)
		events = base + "/events"
	}
	w.integrateIn(base, v.Integration)
	w.integrateIn(base, map[string]any{"event": fence, "url": "http://fence.example/fence", "requestType": "GET", "noDefaults": true})
	if host := v.Precondition.ThrottleClosedFor; host != "" {
		for range 10 {
			w.hub.Throttle.Report(host, throttle.Pass, throttle.Failure, "error status 503")
		}
	}
	stream := w.stream(events)
	v.publish(w)
	var got []streamed
	for len(got) < len(v.Events) {
		if e := next(t, stream); e.Name != v.Event.Name || e.Coreid == event.Internal && v.Event.Coreid != event.Internal {
			got = append(got, e)
		}
		if v.Compare.Events == "contains" && slices.Contains(got, v.Events[0]) {
			break
		}
	}
	w.publishTo(adminToken, events, fence, "")
	for {
		e := next(t, stream)
		if e.Name == "hook-sent/"+fence {
			break
		}
		if e.Name != fence && e.Name != v.Event.Name {
			got = append(got, e)
		}
	}
	waitUntil(t, func() bool { // the fence may be faster than what was published before it
		left, err := store.Pending(t.Context(), 0, true, "", 1)
		return err == nil && len(left) == 0
	})
	v.checkRequest(t, w.web.requests())
	v.checkEvents(t, got)
}

// publish sends the vector's event as its publisher would.
func (v *vector) publish(w *world) {
	w.t.Helper()
	switch {
	case v.Integration["scope"] == "product":
		p := &scope.Principal{User: v.Event.User, Device: v.Event.Coreid, Product: w.product("lamps").ID, Firmware: v.Event.Firmware}
		if err := w.hub.Publisher.Publish(w.t.Context(), p, publish.Input{Name: v.Event.Name, Data: v.Event.Data}); err != nil {
			w.t.Fatal(err)
		}
	case event.Reserved(v.Event.Name):
		owner, err := w.hub.Identity.Authenticate(w.t.Context(), adminToken)
		if err != nil {
			w.t.Fatal(err)
		}
		if err := w.hub.Publisher.System(w.t.Context(), &scope.Principal{User: owner.User, Device: v.Event.Coreid}, v.Event.Name, v.Event.Data); err != nil {
			w.t.Fatal(err)
		}
	case event.IsID(v.Event.Coreid):
		w.publish(w.device(v.Event.Coreid), v.Event.Name, v.Event.Data)
	default:
		w.publish(adminToken, v.Event.Name, v.Event.Data)
	}
}

func (v *vector) respond(w http.ResponseWriter, r *http.Request) {
	if v.Response == nil || r.URL.Path == "/fence" {
		return
	}
	for name, value := range v.Response.Headers {
		w.Header().Set(name, value)
	}
	if v.Response.Headers["content-type"] == "" {
		w.Header()["Content-Type"] = nil
	}
	w.WriteHeader(v.Response.Status)
	body := []byte(v.Response.Body)
	if v.Response.BodyBase64 != "" {
		body, _ = base64.StdEncoding.DecodeString(v.Response.BodyBase64)
	}
	_, _ = w.Write(body)
}

func (v *vector) checkRequest(t *testing.T, all []received) {
	var got []received
	for _, r := range all {
		if !strings.HasSuffix(r.URL, "/fence") {
			got = append(got, r)
		}
	}
	if v.Request == nil {
		if len(got) > 0 {
			t.Errorf("nothing may be sent, but this was: %+v", got)
		}
		return
	}
	if len(got) != 1 {
		t.Fatalf("%d requests, want 1", len(got))
	}
	g := got[0]
	if g.Method != v.Request.Method {
		t.Errorf("method %s, want %s", g.Method, v.Request.Method)
	}
	if !sameURL(g.URL, v.Request.URL, v.Compare.URL) {
		t.Errorf("url\n%s, want\n%s", g.URL, v.Request.URL)
	}
	for name, want := range v.Request.Headers {
		if have := g.Header.Get(name); have != want {
			t.Errorf("header %s is %q, want %q", name, have, want)
		}
	}
	for _, name := range v.AbsentHeaders {
		if have := g.Header.Get(name); have != "" {
			t.Errorf("header %s is %q, want none", name, have)
		}
	}
	if !sameBody(g.Body, v.Request.Body, v.Compare.Body) {
		t.Errorf("body\n%s, want\n%s", g.Body, v.Request.Body)
	}
}

func sameURL(got, want, rule string) bool {
	if rule != "query-unordered" {
		return got == want
	}
	g, gq, _ := strings.Cut(got, "?")
	w, wq, _ := strings.Cut(want, "?")
	return g == w && sortedParts(gq) == sortedParts(wq)
}

func sortedParts(query string) string {
	parts := strings.Split(query, "&")
	sort.Strings(parts)
	return strings.Join(parts, "&")
}

func sameBody(got, want, rule string) bool {
	switch rule {
	case "json":
		var g, w any
		return json.Unmarshal([]byte(got), &g) == nil && json.Unmarshal([]byte(want), &w) == nil && reflect.DeepEqual(g, w)
	case "form":
		g, gerr := url.ParseQuery(got)
		w, werr := url.ParseQuery(want)
		return gerr == nil && werr == nil && reflect.DeepEqual(g, w)
	}
	return got == want
}

func (v *vector) checkEvents(t *testing.T, got []streamed) {
	switch {
	case len(v.Events) == 0:
		return
	case v.Compare.Events == "contains":
		for _, want := range v.Events {
			if !slices.Contains(got, want) {
				t.Errorf("events %+v lack %+v", got, want)
			}
		}
		return
	case v.Compare.Events == "unordered-after-first":
		byName := func(list []streamed) { sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name }) }
		byName(got[1:])
		byName(v.Events[1:])
	}
	if fmt.Sprint(got) != fmt.Sprint(v.Events) {
		t.Errorf("events\n%+v, want\n%+v", got, v.Events)
	}
}
