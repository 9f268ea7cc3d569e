package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
)

func TestGallery(t *testing.T) {
	s := newServer(t, nil)
	got := s.want(200, ask{method: "GET", path: "/v1/gallery", authorization: "-"})
	entries, _ := got.json["entries"].([]any)
	categories, _ := got.json["categories"].([]any)
	if len(entries) < 30 || len(categories) < 5 {
		t.Errorf("got %d entries and %d categories", len(entries), len(categories))
	}
	if len(got.text) > 150<<10 {
		t.Errorf("the list has %d bytes; clients load it before they show anything", len(got.text))
	}
	one := s.want(200, ask{method: "GET", path: "/v1/gallery/thingspeak", authorization: "-"})
	if one.json["name"] != "ThingSpeak" || !strings.Contains(one.text, `"api_key":"<<API_KEY>>"`) {
		t.Errorf("got %s", one.text)
	}
	for _, path := range []string{"/v1/gallery/nothing", "/v1/gallery/nothing/logo", "/v1/gallery/..%2Fthingspeak"} {
		if got := s.want(404, ask{method: "GET", path: path, authorization: "-"}); got.json["error"] != "not_found" {
			t.Errorf("%s: got %s", path, got.text)
		}
	}
}

// Logos can do nothing, even opened as a page.
func TestGalleryLogo(t *testing.T) {
	s := newServer(t, nil)
	got := s.want(200, ask{method: "GET", path: "/v1/gallery/datacake/logo", authorization: "-"})
	for name, want := range map[string]string{
		"Content-Type": "image/svg+xml", "Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if !strings.HasPrefix(got.text, "<svg") {
		t.Errorf("got %s", got.text)
	}
}

// Who has an answer already gets a short one.
func TestGalleryIsKept(t *testing.T) {
	s := newServer(t, nil)
	seen := map[string]bool{}
	for _, path := range []string{"/v1/gallery", "/v1/gallery/slack", "/v1/gallery/slack/logo"} {
		first := s.want(200, ask{method: "GET", path: path, authorization: "-"})
		tag := first.Header.Get("ETag")
		if tag == "" || seen[tag] || first.Header.Get("Cache-Control") != "public, no-cache" {
			t.Errorf("%s: got ETag %s, Cache-Control %s", path, tag, first.Header.Get("Cache-Control"))
		}
		seen[tag] = true
		again := s.want(304, ask{method: "GET", path: path, authorization: "-", header: http.Header{"If-None-Match": {tag}}})
		if again.text != "" {
			t.Errorf("%s: got %s", path, again.text)
		}
		s.want(200, ask{method: "GET", path: path, authorization: "-", header: http.Header{"If-None-Match": {`"another"`}}})
	}
}

func TestNoGallery(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.Gallery = nil })
	s.want(404, ask{method: "GET", path: "/v1/gallery"})
}
