package outbound

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// redirector sends /<code>/<n> to /<code>/<n-1>, and ends at 0.
func redirector(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/302/0":
			io.WriteString(w, "end")
		case "/302/1":
			w.Header().Set("Location", "0")
			w.WriteHeader(302)
		case "/307/1", "/301/1", "/303/1", "/308/1":
			http.Redirect(w, r, "/302/0", map[byte]int{'7': 307, '1': 301, '3': 303, '8': 308}[r.URL.Path[3]])
		case "/302/5":
			http.Redirect(w, r, "/302/4", 302)
		default:
			n := r.URL.Path[len(r.URL.Path)-1]
			http.Redirect(w, r, "/302/"+string(n-1), 302)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func TestRedirects(t *testing.T) {
	server := redirector(t)
	c := loopbackClient(t, Options{})
	tests := []struct {
		method, path string
		status       int
	}{
		{"GET", "/302/0", 200}, {"GET", "/302/1", 200}, {"GET", "/302/5", 200}, {"GET", "/302/6", 302},
		{"GET", "/301/1", 200}, {"GET", "/303/1", 200}, {"GET", "/307/1", 200}, {"GET", "/308/1", 200},
		{"POST", "/302/1", 302}, {"PUT", "/307/1", 307}, {"DELETE", "/308/1", 308},
	}
	for _, test := range tests {
		r := get(t, server.URL+test.path)
		r.Method = test.method
		got, err := c.Send(limit(t), r)
		if err != nil || got.Status != test.status {
			t.Errorf("%s %s: got %d, %v; want %d", test.method, test.path, got.Status, err, test.status)
		}
	}
}

func TestRedirectedRequest(t *testing.T) {
	r := &render.Request{Method: "GET", Scheme: "https", Host: "a.example", Target: "/b/c?d=e", Insecure: true, Header: []render.Field{
		{Name: "authorization", Value: "Basic x"}, {Name: "COOKIE", Value: "y"}, {Name: "X-Own", Value: "z"}, {Name: "User-Agent", Value: "u"}}}
	own := r.Header[3:]
	tests := []struct {
		location, scheme, host, target string
		header                         []render.Field
	}{
		{"f", "https", "a.example", "/b/f", r.Header},
		{"/f?g#h", "https", "a.example", "/f?g", r.Header},
		{"?g", "https", "a.example", "/b/c?g", r.Header},
		{"https://A.example:443/f", "https", "A.example:443", "/f", r.Header},
		{"http://a.example/f", "http", "a.example", "/f", own},
		{"https://a.example:8443/", "https", "a.example:8443", "/", own},
		{"//b.example", "https", "b.example", "/", own},
		{"https://user:pass@b.example/", "https", "b.example", "/", own},
		{"/a b?c d\u00e9", "https", "a.example", "/a%20b?c%20d%C3%A9", r.Header},
	}
	for _, test := range tests {
		got, ok := redirected(r, test.location)
		if !ok {
			t.Errorf("%s: not followed", test.location)
			continue
		}
		want := *r
		want.Scheme, want.Host, want.Target, want.Header = test.scheme, test.host, test.target, test.header
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.location, diff)
		}
	}
	for _, location := range []string{"", "ftp://a.example/", "javascript:alert(1)", "http:opaque", "https://", "://", "https://caf\u00e9.example/",
		"https://a.example:99999/", "%zz", "http://[::1"} {
		if got, ok := redirected(r, location); ok {
			t.Errorf("%q: followed to %s", location, got.URL())
		}
	}
}

// A public target must not lead into the private network.
func TestRedirectIsGuarded(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/latest/meta-data", 302))
	defer server.Close()
	_, err := loopbackClient(t, Options{}).Send(limit(t), get(t, server.URL))
	wantFailure(t, err, deliver.Blocked, "connect EACCES 169.254.169.254: private targets are not allowed", true)
}

func TestCredentialsStayWithTheirOrigin(t *testing.T) {
	seen := make(chan string, 3)
	note := func(w http.ResponseWriter, r *http.Request) {
		seen <- strings.Join([]string{r.Header.Get("Authorization"), r.Header.Get("Cookie"), r.Header.Get("X-Own")}, " ")
	}
	other := httptest.NewServer(http.HandlerFunc(note))
	defer other.Close()
	mux := http.NewServeMux()
	first := httptest.NewServer(mux)
	defer first.Close()
	mux.HandleFunc("/one", func(w http.ResponseWriter, r *http.Request) {
		note(w, r)
		http.Redirect(w, r, "/two", 302)
	})
	mux.HandleFunc("/two", func(w http.ResponseWriter, r *http.Request) {
		note(w, r)
		http.Redirect(w, r, other.URL, 302)
	})
	r := get(t, first.URL+"/one")
	r.Header = []render.Field{{Name: "Authorization", Value: "secret"}, {Name: "Cookie", Value: "c=1"}, {Name: "X-Own", Value: "z"}}
	if _, err := loopbackClient(t, Options{}).Send(limit(t), r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"secret c=1 z", "secret c=1 z", "  "} {
		if got := <-seen; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
