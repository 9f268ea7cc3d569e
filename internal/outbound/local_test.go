package outbound

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

var errNext = errors.New("went on")

// next is the sender behind Local.
type next struct{}

func (next) Send(context.Context, *render.Request) (deliver.Answer, error) {
	return deliver.Answer{}, errNext
}

func local(h http.HandlerFunc) *Local {
	return &Local{Origin: "http://hub.example:8080", Prefix: []string{"/bin/"}, Handler: h, Next: next{}}
}

func TestLocalChooses(t *testing.T) {
	l := local(func(w http.ResponseWriter, r *http.Request) {})
	tests := []struct {
		address string
		here    bool
	}{
		{"http://hub.example:8080/bin/a", true},
		{"http://HUB.example:8080/bin/a?b=c", true},
		{"http://hub.example:8080/bin/a/../b", true},
		{"https://hub.example:8080/bin/a", false},
		{"http://hub.example/bin/a", false},
		{"http://other.example:8080/bin/a", false},
		{"http://hub.example:8080/v1/devices", false},
		{"http://hub.example:8080/", false},
		{"http://hub.example:8080/binary", false},
		{"http://hub.example:8080/bin/../v1/devices", false},
		{"http://hub.example:8080/bin/%2e%2e/v1/devices", false},
		{"http://hub.example:8080/bin/..%2fv1/devices", false},
	}
	for _, test := range tests {
		_, err := l.Send(limit(t), get(t, test.address))
		if here := err == nil; here != test.here {
			t.Errorf("%s: handled here: %v, want %v (%v)", test.address, here, test.here, err)
		}
	}
}

func TestLocalRequestAndAnswer(t *testing.T) {
	l := local(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Saw", strings.Join([]string{r.Method, r.Host, r.RequestURI, r.Header.Get("X-Own")}, " "))
		w.WriteHeader(103)
		w.WriteHeader(404)
		w.WriteHeader(500)
		w.Header().Set("X-Late", "1")
		w.Write(body)
	})
	r := post(t, "http://Hub.example:8080/bin/a?b=c", "hello")
	r.Header = []render.Field{{Name: "x-own", Value: "mine"}}
	got, err := l.Send(limit(t), r)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != 404 || got.Reason != "404 Not Found" || string(got.Body) != "hello" || got.Truncated {
		t.Errorf("answer = %+v", got)
	}
	if saw := got.Header.Get("X-Saw"); saw != "POST Hub.example:8080 /bin/a?b=c mine" {
		t.Errorf("the handler saw %q", saw)
	}
	if got.Header.Get("X-Late") != "" {
		t.Error("a header set after the status was sent")
	}
}

func TestLocalBoundsTheBody(t *testing.T) {
	l := local(func(w http.ResponseWriter, r *http.Request) {
		for range 300 {
			if n, err := w.Write(make([]byte, 1000)); n != 1000 || err != nil {
				t.Errorf("Write = %d, %v", n, err)
			}
		}
	})
	got, err := l.Send(limit(t), get(t, "http://hub.example:8080/bin/a"))
	if err != nil || got.Status != 200 || len(got.Body) != deliver.MaxResponse || !got.Truncated {
		t.Errorf("status %d, %d bytes, truncated %v, %v", got.Status, len(got.Body), got.Truncated, err)
	}
}

func TestLocalTimeouts(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"patient": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"deaf":    func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Minute) }, // virtual time
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx := deadlineOnly{context.Background(), start.Add(20 * time.Second)}
				_, err := local(handler).Send(ctx, get(t, "http://hub.example:8080/bin/a"))
				wantFailure(t, err, deliver.AnswerTimeout, "ESOCKETTIMEDOUT", true)
				if took := time.Since(start); took != 20*time.Second {
					t.Errorf("took %v, want 20s", took)
				}
				time.Sleep(time.Minute) // the handler ends
			})
		})
	}
}

func TestLocalPanic(t *testing.T) {
	l := local(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := l.Send(limit(t), get(t, "http://hub.example:8080/bin/a"))
	wantFailure(t, err, deliver.Reset, "read ECONNRESET", true)
}

// TestLocalRefusesBadEscape: the text is published, and the URL may hold a
// secret.
func TestLocalRefusesBadEscape(t *testing.T) {
	l := local(func(http.ResponseWriter, *http.Request) { t.Error("handled") })
	for _, path := range []string{"/bin/%zz?key=secret", "/bin/a%?key=secret", "/%zz?key=secret"} {
		_, err := l.Send(limit(t), get(t, "http://hub.example:8080"+path))
		wantFailure(t, err, deliver.Unsendable, "invalid request: the path has an invalid percent escape", false)
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats the URL: %v", err)
		}
	}
	if _, err := l.Send(limit(t), get(t, "http://other.example:8080/bin/%zz")); !errors.Is(err, errNext) {
		t.Errorf("another origin's: %v", err)
	}
}
