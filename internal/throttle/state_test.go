package throttle_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/throttle"
)

func TestProbeAt(t *testing.T) {
	tests := []struct {
		script string
		want   time.Duration // from now; 0 = at once
	}{
		{"", 0},
		{"F9", 0},
		{"F10", 5 * time.Second},
		{"F10 +2s", 3 * time.Second},
		{"F10 +5s", 0},
		{"F10 -1h skip +2s", 3 * time.Second},
		{"F10 +5s probe +1s", 5 * time.Second},
		{"F10 +5s probe +3s F10 +53s F10 +2s", 2 * time.Second}, // the probe is lost soon
		{"F10 +5s probe PF", 5 * time.Second},
		{"F20 +5s probe PS", 0}, // the next may follow at once
		{"F10 +60s", 0},
	}
	for _, tt := range tests {
		t.Run(tt.script, func(t *testing.T) {
			f := newFake(throttle.Options{})
			f.play(t, tt.script)
			want := time.Time{}
			if tt.want != 0 {
				want = f.now.Add(tt.want)
			}
			if got := f.ProbeAt(host); !got.Equal(want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if got := f.State(host).ProbeAt; !got.Equal(want) {
				t.Errorf("State says %v, want %v", got, want)
			}
		})
	}
}

func TestReason(t *testing.T) {
	tests := []struct{ script, want string }{
		{"", "no call was rated in the last minute; all calls pass"},
		{"F10 +61s", "no call was rated in the last minute; all calls pass"},
		{"F1", "1 of 1 call rated in the last minute failed; all calls pass"},
		{"S12 F2", "2 of 14 calls rated in the last minute failed; all calls pass"},
		{"S2 F12", "12 of 14 calls rated in the last minute failed; 67 % of calls are skipped, and after 5 s without a failure one call is let through as a probe"},
		{"S2 F12 +5s", "12 of 14 calls rated in the last minute failed; 67 % of calls are skipped, and the next call is let through as a probe"},
		{"S2 F12 +5s probe", "12 of 14 calls rated in the last minute failed; 67 % of calls are skipped, and a probe is on its way"},
		{"F1000", "1000 of 1000 calls rated in the last minute failed; 99 % of calls are skipped, and after 5 s without a failure one call is let through as a probe"},
		{"S500 F501", "501 of 1001 calls rated in the last minute failed; 1 % of calls are skipped, and after 5 s without a failure one call is let through as a probe"},
	}
	for _, tt := range tests {
		t.Run(tt.script, func(t *testing.T) {
			f := newFake(throttle.Options{})
			f.play(t, tt.script)
			if got := f.State(host).Reason; got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestState(t *testing.T) {
	f := newFake(throttle.Options{})
	f.play(t, "S2 F11")
	f.Report(host, throttle.Pass, throttle.Failure, "error status 503 from example.com")
	failed := f.now
	f.play(t, "+5s probe")
	got := f.State(host)
	want := throttle.State{
		Key: host, Success: 2, Failure: 12, Skip: 10. / 15, Closed: true, Probing: true,
		LastFailure: failed, ProbeAt: f.now.Add(5 * time.Second),
		LastError: "error status 503 from example.com", Reason: got.Reason,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got, want := f.State("other"), (throttle.State{Key: "other", Reason: "no call was rated in the last minute; all calls pass"}); got != want {
		t.Errorf("unknown host: got  %+v\nwant %+v", got, want)
	}
}

// TestLastErrorIsShort keeps texts of a target's making from filling the memory.
func TestLastErrorIsShort(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"short", "ETIMEOUT", "ETIMEOUT"},
		{"long", strings.Repeat("x", 1000), strings.Repeat("x", 200)},
		{"cut within a character", "a" + strings.Repeat("é", 200), "a" + strings.Repeat("é", 99)},
		{"none", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(throttle.Options{})
			f.Report(host, throttle.Pass, throttle.Failure, "before")
			f.Report(host, throttle.Pass, throttle.Failure, tt.text)
			if got := f.State(host).LastError; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStatesAreSorted(t *testing.T) {
	f := newFake(throttle.Options{})
	for _, key := range []string{"b", "c", "a", "b"} {
		f.Report(key, throttle.Pass, throttle.Failure, "")
	}
	var got []string
	for _, s := range f.States() {
		if got = append(got, s.Key); s.Reason == "" {
			t.Errorf("%s has no reason", s.Key)
		}
	}
	if want := []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
