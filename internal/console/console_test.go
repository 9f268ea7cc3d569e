package console_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fieldhook/fieldhook/internal/console"
)

const browser = "text/html,application/xhtml+xml,*/*;q=0.8"

func small() fstest.MapFS {
	return fstest.MapFS{
		"index.html":       {Data: []byte("<!doctype html><title>page</title>")},
		"favicon.svg":      {Data: []byte("<svg/>")},
		"assets/app-1a.js": {Data: []byte(strings.Repeat("let a = 1;\n", 100))},
		".gitkeep":         {},
	}
}

func TestComplete(t *testing.T) {
	if !console.Of(small()).Complete() || console.Of(fstest.MapFS{".gitkeep": {}}).Complete() {
		t.Error("a console is there with its page, and not without")
	}
}

func TestAnswers(t *testing.T) {
	c := console.Of(small())
	for _, try := range []struct {
		method, path, accept string
		want                 bool
	}{
		{"GET", "/", browser, true},
		{"GET", "/products/greenhouse/integrations", browser, true},
		{"HEAD", "/events", browser, true},
		{"GET", "/events", "application/json", false},
		{"GET", "/events", "*/*", false}, // curl and API clients are told of a wrong path
		{"POST", "/events", browser, false},
		{"GET", "/assets/app-1a.js", "*/*", true},
		{"GET", "/assets/gone.js", browser, false},
		{"GET", "/favicon.svg", "image/*", true},
		{"GET", "/.gitkeep", "*/*", false},
		{"GET", "/v1/nothing", browser, false},
		{"GET", "/oauth/nothing", browser, false},
	} {
		r := httptest.NewRequest(try.method, try.path, nil)
		r.Header.Set("Accept", try.accept)
		if got := c.Answers(r); got != try.want {
			t.Errorf("%s %s for %s: %v, want %v", try.method, try.path, try.accept, got, try.want)
		}
	}
}

func get(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept", browser)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestFilesAndPages(t *testing.T) {
	c := console.Of(small())
	script := get(t, c, "/assets/app-1a.js")
	if got := script.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("a file with a hash in its name: Cache-Control %q", got)
	}
	z, err := gzip.NewReader(script.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(z); !strings.HasPrefix(string(text), "let a = 1;") {
		t.Errorf("the script is %.20q", text)
	}
	for _, path := range []string{"/", "/index.html", "/integrations/webhooks/1"} {
		page := get(t, c, path)
		text, _ := io.ReadAll(page.Body)
		if !strings.Contains(string(text), "<title>page</title>") || page.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %q, Cache-Control %q", path, text, page.Header.Get("Cache-Control"))
		}
		if p := page.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'self'") {
			t.Errorf("%s: Content-Security-Policy %q", path, p)
		}
	}
}

func TestWithoutBuildSaysHow(t *testing.T) {
	text, _ := io.ReadAll(get(t, console.Of(fstest.MapFS{}), "/events").Body)
	if !strings.Contains(string(text), "make build") {
		t.Errorf("got %.200q", text)
	}
}
