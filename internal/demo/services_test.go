package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ask sends a body to a stand-in and gives the status and how long that took.
func ask(t *testing.T, service http.Handler, body string) (status int, took time.Duration) {
	t.Helper()
	start, w := time.Now(), httptest.NewRecorder()
	service.ServeHTTP(w, httptest.NewRequest("POST", "/x", strings.NewReader(body)))
	if !strings.HasPrefix(w.Body.String(), "{") || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("the answer is %q of type %q", w.Body, w.Header().Get("Content-Type"))
	}
	return w.Code, time.Since(start)
}

func TestServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := Services(time.Now)
		for range 20 {
			if got, took := ask(t, all[healthyHost], "{}"); got != 200 || took < quick || took > 5*quick {
				t.Errorf("healthy: %d after %s", got, took)
			}
			if got, _ := ask(t, all[failingHost], "{}"); got != 500 {
				t.Errorf("failing: %d", got)
			}
			if got, took := ask(t, all[slowHost], "{}"); got != 200 || took != slowness {
				t.Errorf("slow: %d after %s", got, took)
			}
		}
	})
}

func TestFlakyServiceRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(3 * time.Second) // its clock begins with the first request
		flaky := Services(time.Now)[flakyHost]
		var seen []int
		for range 2 * int(cycle/time.Second) {
			status, took := ask(t, flaky, "{}")
			if n := len(seen); n == 0 || seen[n-1] != status {
				seen = append(seen, status)
			}
			time.Sleep(time.Second - took)
		}
		if len(seen) != 4 || seen[0] != 503 || seen[1] != 200 || seen[2] != 503 || seen[3] != 200 {
			t.Errorf("in two cycles its answers change as in %v", seen)
		}
	})
}

func TestStrictServiceIsConsistent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		strict := Services(time.Now)[strictHost]
		event := func(i int) string {
			return `{"event":"01a214c3-076b-7000-8000-` + strings.Repeat("0", 8) + string(rune('a'+i%26)) + `bc` + string(rune('0'+i/26)) + `"}`
		}
		first := map[int]int{}
		refused := 0
		for round := range 2 {
			for i := range 260 {
				got, _ := ask(t, strict, event(i))
				switch {
				case round == 0 && got != 200 && got != 422:
					t.Fatalf("event %d: %d", i, got)
				case round == 0:
					first[i] = got
				case got != first[i]:
					t.Errorf("event %d is answered with %d, then with %d", i, first[i], got)
				}
				if got == 422 {
					refused++
				}
			}
		}
		if first[0] != 422 || refused < 10 || refused > 260 {
			t.Errorf("the first event: %d; %d of 520 refused", first[0], refused)
		}
		if got, _ := ask(t, strict, "no JSON"); got != 422 {
			t.Errorf("a body that is no JSON: %d", got)
		}
	})
}
