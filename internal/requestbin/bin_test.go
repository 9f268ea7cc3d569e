package requestbin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// send sends a request to b and gives the answer.
func send(b *Bin, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// recorded reads the requests of a bin as a client does.
func recorded(t *testing.T, b *Bin, name string) []Request {
	t.Helper()
	w := send(b, "GET", "/bin/"+name+"/requests", "")
	var requests []Request
	if err := json.Unmarshal(w.Body.Bytes(), &requests); err != nil || w.Code != 200 {
		t.Fatalf("status %d, %v in %s", w.Code, err, w.Body)
	}
	return requests
}

// TestListIsReadable lists a form as it came: what encoding/json escapes for
// HTML would hide its ampersands.
func TestListIsReadable(t *testing.T) {
	b := New()
	send(b, "POST", "/bin/a?x=<1>", "event=door&data=1")
	got := send(b, "GET", "/bin/a/requests", "").Body.String()
	for _, want := range []string{`"target":"/bin/a?x=<1>"`, `"body":"event=door&data=1"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
}

func TestRecord(t *testing.T) {
	b := New()
	for i, method := range []string{"POST", "GET", "PUT", "DELETE", "PATCH"} {
		w := send(b, method, "/bin/first-Hook_1?x=y", "body "+method, "X-Own", "z")
		want := fmt.Sprintf(`{"bin":"first-Hook_1","count":%d,"ok":true}`, i+1)
		if w.Code != 200 || w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: got %d %s, want %s", method, w.Code, w.Body, want)
		}
	}
	got := recorded(t, b, "first-Hook_1")
	if len(got) != 5 || got[0].Method != "PATCH" || got[4].Method != "POST" {
		t.Fatalf("got %+v, want 5 requests, newest first", got)
	}
	if time.Since(got[4].Time) > time.Minute || got[4].Time.Location() != time.UTC {
		t.Errorf("time = %v", got[4].Time)
	}
	want := Request{Time: got[4].Time, Method: "POST", Target: "/bin/first-Hook_1?x=y",
		Header: http.Header{"X-Own": {"z"}}, Body: "body POST"}
	if diff := cmp.Diff(want, got[4]); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if empty := send(b, "GET", "/bin/other/requests", "").Body.String(); empty != "[]" {
		t.Errorf("an unused bin gives %s, want []", empty)
	}
}

func TestChosenAnswer(t *testing.T) {
	tests := []struct {
		query, body string
		status      int
	}{
		{"status=404", `{"bin":"a","count":1,"ok":true}`, 404},
		{"status=204", "", 204},
		{"body=hi%20there", "hi there", 200},
		{"body=", "", 200},
		{"status=500&body=%7B%22a%22:1%7D", `{"a":1}`, 500},
		{"size=0", "", 200},
		{"size=5", "01234", 200},
	}
	for _, test := range tests {
		w := send(New(), "POST", "/bin/a?"+test.query, "")
		if w.Code != test.status || w.Body.String() != test.body {
			t.Errorf("%s: got %d %q, want %d %q", test.query, w.Code, w.Body, test.status, test.body)
		}
	}
	if w := send(New(), "POST", "/bin/a?size=200000", ""); w.Body.Len() != 200_000 {
		t.Errorf("size: got %d bytes", w.Body.Len())
	}
}

// An echoed text must not become a page of the hub's own origin.
func TestEchoIsNoPage(t *testing.T) {
	w := send(New(), "GET", "/bin/a?body=%3Cscript%3E", "")
	if got := w.Header().Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type = %q", got)
	}
	if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options = %q", got)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		method, target string
		status         int
		inside         string
	}{
		{"POST", "/bin/", 404, "not_found"},
		{"POST", "/bin/a/b", 404, "not_found"},
		{"POST", "/bin/a.b", 404, "not_found"},
		{"POST", "/bin/" + strings.Repeat("a", 65), 404, "not_found"},
		{"POST", "/other/a", 404, "not_found"},
		{"GET", "/bin/caf%C3%A9/requests", 404, "not_found"},
		{"POST", "/bin/a/requests", 405, "invalid_request"},
		{"POST", "/bin/a?status=199", 400, "status: Give a whole number from 200 to 599."},
		{"POST", "/bin/a?status=x", 400, "status"},
		{"POST", "/bin/a?delay=25001", 400, "delay: Give a whole number from 0 to 25000."},
		{"POST", "/bin/a?delay=-1", 400, "delay"},
		{"POST", "/bin/a?size=200001", 400, "size: Give a whole number from 0 to 200000."},
		{"POST", "/bin/a?size=1&body=x", 400, "size: Choose either body or size."},
	}
	for _, test := range tests {
		b := New()
		w := send(b, test.method, test.target, "")
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.inside) {
			t.Errorf("%s %s: got %d %s, want %d with %q", test.method, test.target, w.Code, w.Body, test.status, test.inside)
		}
		if len(b.bins) != 0 {
			t.Errorf("%s %s was recorded", test.method, test.target)
		}
	}
}

func TestCredentialsAreMasked(t *testing.T) {
	b := New()
	requests, cancel := b.Watch("a")
	defer cancel()
	w := send(b, "POST", "/bin/a", "", "Authorization", "Basic c2VjcmV0", "Cookie", "a=secret", "Cookie", "b=secret", "X-Own", "z")
	want := http.Header{"Authorization": {masked}, "Cookie": {masked, masked}, "X-Own": {"z"}}
	if diff := cmp.Diff(want, recorded(t, b, "a")[0].Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, (<-requests).Header); diff != "" {
		t.Errorf("watched header (-want +got):\n%s", diff)
	}
	if strings.Contains(w.Body.String(), "secret") {
		t.Error("the answer tells a secret")
	}
}

func TestBodies(t *testing.T) {
	long := strings.Repeat("x", maxBody)
	tests := []struct {
		name, body, want  string
		base64, truncated bool
	}{
		{"empty", "", "", false, false},
		{"text", "caf\u00e9", "caf\u00e9", false, false},
		{"binary", "\xff\x00\x01", base64.StdEncoding.EncodeToString([]byte("\xff\x00\x01")), true, false},
		{"largest", long, long, false, false},
		{"too large", long + "y", long, false, true},
		{"cut character", long[1:] + "\u20ac", long[1:], false, true},
		{"last character whole", long[3:] + "\u20acy", long[3:] + "\u20ac", false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := New()
			send(b, "POST", "/bin/a", test.body)
			got := recorded(t, b, "a")[0]
			if got.Body != test.want || got.Base64 != test.base64 || got.Truncated != test.truncated {
				t.Errorf("got %d bytes, base64 %v, truncated %v", len(got.Body), got.Base64, got.Truncated)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	b := New()
	for i := range maxRequests + 3 {
		send(b, "POST", "/bin/busy", fmt.Sprint(i))
	}
	got := recorded(t, b, "busy")
	if len(got) != maxRequests || got[0].Body != "52" || got[maxRequests-1].Body != "3" {
		t.Errorf("%d requests from %q to %q", len(got), got[len(got)-1].Body, got[0].Body)
	}
	for i := range maxBins {
		send(b, "POST", fmt.Sprintf("/bin/b%d", i), "")
		send(b, "POST", "/bin/busy", "")
	}
	if len(b.bins) != maxBins || b.bins["busy"] == nil || b.bins["b0"] != nil || b.bins["b1"] == nil {
		t.Errorf("%d bins; the least recently used should be gone, and no other", len(b.bins))
	}
	if want := fmt.Sprintf(`"count":%d,`, maxRequests+3+maxBins+1); !strings.Contains(send(b, "POST", "/bin/busy", "").Body.String(), want) {
		t.Errorf("the count does not go on to %s", want)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	b := New()
	r := Request{Method: "POST", Target: "/bin/a", Body: strings.Repeat("x", maxBody)}
	for i := range 2 * maxBytes / maxBody {
		b.record(fmt.Sprintf("b%d", i/40), r)
		if b.bytes > maxBytes {
			t.Fatalf("%d bytes kept", b.bytes)
		}
	}
	total := 0
	for _, kept := range b.bins {
		for i := range kept.requests {
			total += kept.requests[i].size()
		}
	}
	if total != b.bytes || total < maxBytes/2 {
		t.Errorf("%d bytes kept, counted as %d", total, b.bytes)
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, start := New(), time.Now()
		if w := send(b, "POST", "/bin/a?delay=1500&status=503", ""); w.Code != 503 {
			t.Errorf("status %d, want 503", w.Code)
		}
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Errorf("took %v, want 1.5s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w := httptest.NewRecorder()
		b.ServeHTTP(w, httptest.NewRequest("POST", "/bin/a?delay=25000", nil).WithContext(ctx))
		if took := time.Since(start); took != 2500*time.Millisecond || w.Body.Len() != 0 {
			t.Errorf("a cancelled request ended after %v in all with %q, want 2.5s and nothing", took, w.Body)
		}
		if got := len(recorded(t, b, "a")); got != 2 {
			t.Errorf("%d requests recorded, want 2: recording does not wait", got)
		}
	})
}

func TestWatch(t *testing.T) {
	b := New()
	fast, stopFast := b.Watch("a")
	slow, stopSlow := b.Watch("a")
	for i := range watchBuffer + 5 {
		send(b, "POST", "/bin/a", fmt.Sprint(i))
		if got := (<-fast).Body; got != fmt.Sprint(i) {
			t.Errorf("got %q, want %d", got, i)
		}
	}
	send(b, "POST", "/bin/other", "")
	stopSlow()
	stopSlow()
	n := 0
	for range slow {
		n++
	}
	if n != watchBuffer {
		t.Errorf("the slow watcher got %d requests, want %d", n, watchBuffer)
	}
	stopFast()
	if r, open := <-fast; open {
		t.Errorf("got %+v after cancel", r)
	}
	if len(b.watchers) != 0 {
		t.Errorf("%d watchers remain", len(b.watchers))
	}
}

func TestBodyError(t *testing.T) {
	r := httptest.NewRequest("POST", "/bin/a", io.MultiReader(strings.NewReader("x"), brokenReader{}))
	b, w := New(), httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if w.Code != 400 || len(b.bins) != 0 {
		t.Errorf("status %d, %d bins; want 400, 0", w.Code, len(b.bins))
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestManySmallHeaderFieldsAreBounded: what a field takes is mostly not its
// text.
func TestManySmallHeaderFieldsAreBounded(t *testing.T) {
	b := New()
	before := heapInUse()
	for i := range 400 {
		header := make(http.Header)
		for j := range 5000 {
			header[fmt.Sprintf("%x", j)] = []string{""}
		}
		b.record(fmt.Sprint("bin", i%maxBins), Request{Header: header})
	}
	if got := heapInUse() - before; got > maxBytes*3/2 {
		t.Errorf("%d MiB kept, want at most about %d", got>>20, maxBytes>>20)
	}
	runtime.KeepAlive(b)
}

func heapInUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
