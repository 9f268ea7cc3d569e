package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var startOfDemo = regexp.MustCompile(`^:ok\n\nevent: start\ndata: (\{.*\})\n\n$`)

// demo is what a page learns when it opens a session.
type demo struct{ SessionID, URL, Token string }

// openDemo opens a session of ann's.
func (h *hub) openDemo(edits ...func(*http.Request)) (*listener, demo) {
	h.t.Helper()
	l := h.listen("/demo/stream", edits...)
	text, _ := l.got()
	m := startOfDemo.FindStringSubmatch(text)
	if m == nil {
		h.t.Fatalf("the stream begins with %q", text)
	}
	var d demo
	h.must(json.Unmarshal([]byte(m[1]), &d))
	return l, d
}

// hit sends a request to a session's URL.
func (h *hub) hit(d demo, body string) *http.Response {
	h.t.Helper()
	r := h.request("POST", strings.TrimPrefix(d.URL, "https://hub.example.org"), "application/json", body)
	r.Header.Set("Authorization", "Bearer "+d.Token)
	resp, _ := h.do(r)
	return resp
}

func TestDemoSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		l, d := h.openDemo()
		if l.resp.Header.Get("Content-Type") != "text/event-stream" || l.resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers: %v", l.resp.Header)
		}
		if resp := h.hit(d, `{"sensor":{"id":5}}`); resp.StatusCode != 200 {
			t.Errorf("got %d", resp.StatusCode)
		}
		text, _ := l.got()
		if !strings.Contains(text, "event: hook\ndata: {\"hookId\":1,") || !strings.Contains(text, "\n\nevent: hookResponse\ndata: {\"hookId\":1,\"statusCode\":200,") || !strings.HasSuffix(text, "\n\n") {
			t.Errorf("the page was told %q", text)
		}
		h.send("POST", "/demo/control/"+d.SessionID, `{"op":"hookResponse","status":404,"body":"no","delay_ms":500}`, 200)
		start := time.Now()
		if resp := h.hit(d, "{}"); resp.StatusCode != 404 || time.Since(start) != 500*time.Millisecond {
			t.Errorf("got %d after %v, want the chosen 404 after 500ms", resp.StatusCode, time.Since(start))
		}
		l.got()
		time.Sleep(9 * time.Second)
		l.want(t, "after 9 s of silence", "\n")
		ends := h.send("POST", "/demo/control/"+d.SessionID, `{"op":"ping"}`, 200)
		if want := time.Now().Add(30 * time.Minute).UTC().Format("2006-01-02T15:04:05.000Z"); !strings.Contains(ends, want) {
			t.Errorf("ping: %s, want %s", ends, want)
		}
		l.cancel()
		synctest.Wait()
		if resp := h.hit(d, "{}"); resp.StatusCode != 404 {
			t.Errorf("after its page has gone, the session answers %d", resp.StatusCode)
		}
	})
}

func TestDemoControlRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		_, d := h.openDemo()
		for _, c := range []struct {
			body, field string
		}{
			{`{}`, "op"}, {`{"op":"x"}`, "op"}, {`{"op":"hookResponse","status":99}`, "status"}, {`{"op":"hookResponse","status":"x"}`, "status"},
			{`{"op":"hookResponse","delay_ms":25001}`, "delay_ms"}, {`{"op":"hookResponse","body":{}}`, "body"}, {`{"op":"hookResponse","authorization":"a b"}`, "authorization"},
		} {
			if got := h.send("POST", "/demo/control/"+d.SessionID, c.body, 400); !strings.Contains(got, `"field":"`+c.field+`"`) {
				t.Errorf("%s: got %s", c.body, got)
			}
		}
		if resp := h.hit(d, "{}"); resp.StatusCode != 200 {
			t.Errorf("a refused choice is in force: %d", resp.StatusCode)
		}
	})
}

func TestDemoEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		l, _ := h.openDemo()
		time.Sleep(30 * time.Minute)
		text, ended := l.got()
		if !strings.HasSuffix(text, "event: end\ndata: {\"reason\":\"limit\"}\n\n") || !ended {
			t.Errorf("after half an hour: ended %v with %q", ended, text)
		}
		l, d := h.openDemo(as(bobToken))
		resp, _ := h.do(h.request("POST", "/demo/control/"+d.SessionID, "application/json", `{"op":"ping"}`))
		if resp.StatusCode != 404 {
			t.Errorf("ann reaches bob's session: %d", resp.StatusCode)
		}
		h.must(h.api.Identity.Revoke(t.Context(), bobToken))
		h.hit(d, "{}")
		if text, ended := l.got(); !ended || text != "" {
			t.Errorf("after the token was revoked: ended %v with %q", ended, text)
		}
		l, _ = h.openDemo()
		h.api.Tutorial.Close()
		l.wantEnd(t, "when the hub stops")
	})
}

func TestDemoFirmware(t *testing.T) {
	s := newDescribed(t)
	got := s.want(200, ask{method: "GET", path: "/demo/firmware", authorization: "-"})
	if !strings.Contains(got.text, "PRODUCT_VERSION") {
		t.Errorf("got %.200s", got.text)
	}
	for query, file := range map[string]string{"": "src/webhook-demo.cpp", "?project=arduino": "webhook-demo/webhook-demo.ino"} {
		got := s.want(200, ask{method: "GET", path: "/demo/firmware.zip" + query, authorization: "-"})
		z, err := zip.NewReader(bytes.NewReader([]byte(got.text)), int64(len(got.text)))
		s.must(err)
		if _, err := z.Open(file); err != nil {
			t.Errorf("%q: %v", query, err)
		}
	}
	s.want(404, ask{method: "GET", path: "/demo/firmware.zip?project=none", authorization: "-"})
}
