package demo

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
)

const (
	greenhouse = "facade000000000000000001"
	door1      = "facade000000000000000002"
	hook       = "0123456789abcdef01234567"
)

// at is ms milliseconds after noon.
func at(ms int64) int64 { return noon.UnixMilli() + ms }

func newLog(columns int, colour bool) (*Log, *strings.Builder) {
	out := new(strings.Builder)
	look := Look{Width: func() int { return columns }, Colour: colour, Zone: time.UTC}
	return NewLog(out, look, Naming{
		Devices:     map[string]string{greenhouse: "greenhouse", door1: "door"},
		Integration: func(id string) string { return map[string]string{hook: "to the bin"}[id] },
	}), out
}

func appended(seq, ms int64, device, name, data string) *event.Event {
	return &event.Event{Seq: seq, At: at(ms), Device: device, Name: name, Data: data}
}

func hooked(seq, ms int64, kind event.Kind, cause int64, data string) *event.Event {
	return &event.Event{Seq: seq, At: at(ms), Kind: kind, Cause: cause, Integration: hook, Device: event.Internal, Data: data}
}

// request is what the demo's integration sends for an event.
func request(seq, ms int64) Request {
	e := event.Event{Seq: seq, At: at(0)}
	return Request{
		At: time.UnixMilli(at(ms)), Method: "POST", Path: "/bin/demo",
		Body: fmt.Sprintf(`{"celsius":"21.5","at":"%s","device":"%s","event":"%s"}`, event.FormatTime(at(0)), greenhouse, e.ID()),
	}
}

// play is a little of everything that a log has to show.
func play(l *Log) {
	l.Request(request(1, 2)) // before its event
	l.Event(appended(1, 0, greenhouse, "temp", "21.5"))
	l.Event(hooked(2, 3, event.HookSent, 1, "undefined"))
	l.Event(hooked(3, 3, event.HookResponse, 1, `{"ok":true,"celsius":"21.5"}`))
	l.Event(appended(4, 900, door1, "door", "open"))
	l.Event(appended(5, 1000, greenhouse, "temp", "21.6"))
	l.Event(appended(6, 1001, event.API, "a-name-that-is-far-too-long", strings.Repeat("0123456789", 20)))
	l.Event(hooked(7, 1400, event.HookError, 5, "error status 500 from 127.0.0.1"))
	l.Event(&event.Event{Seq: 8, At: at(1500), Device: door1, Name: "bell", NoData: true})
	l.Event(hooked(9, 21_000, event.HookResponse, 4, "late"))
	l.Request(Request{At: time.UnixMilli(at(22_000)), Method: "GET", Path: "/bin/demo"})
	l.Event(hooked(10, 23_000, event.HookResponse, 77_777, "of an earlier run\n\x1b[2J"))
	l.Failure(door1, "door", errors.New("the hub is busy"))
	l.Note("try something")
}

func TestLogGolden(t *testing.T) {
	tests := []struct {
		file    string
		columns int
		colour  bool
	}{{"plain80", 80, false}, {"plain120", 120, false}, {"colour80", 80, true}, {"narrow", 10, false}}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			l, out := newLog(tt.columns, tt.colour)
			play(l)
			golden(t, tt.file, out.String())
		})
	}
}

// update rewrites the golden files: go test ./internal/demo -update.
var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s\n%s", diff, got)
	}
}

func TestLogTotals(t *testing.T) {
	l, _ := newLog(80, false)
	play(l)
	want := Totals{Events: 5, Deliveries: 4, Errors: 2}
	if got := l.Totals(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestPartsOfAnAnswerAreOneDelivery because long answers come as several events.
func TestPartsOfAnAnswerAreOneDelivery(t *testing.T) {
	l, _ := newLog(80, false)
	l.Event(appended(1, 0, greenhouse, "temp", "21.5"))
	l.Event(hooked(2, 1, event.HookSent, 1, "undefined"))
	l.Event(hooked(3, 1, event.HookResponse, 1, "part 0"))
	l.Event(hooked(4, 1, event.HookResponse, 1, "part 1"))
	if got := l.Totals().Deliveries; got != 1 {
		t.Errorf("%d deliveries, want 1", got)
	}
	l.Event(hooked(5, 9, event.HookSent, 1, "undefined")) // a repeated attempt
	if got := l.Totals().Deliveries; got != 2 {
		t.Errorf("%d deliveries after another attempt, want 2", got)
	}
}

// TestHeldRequestsAreBounded because anybody may send bodies with ids of events
// that never come, of several or of one again and again.
func TestHeldRequestsAreBounded(t *testing.T) {
	for _, step := range []int64{1, 0} {
		l, out := newLog(80, false)
		for i := range int64(3 * heldRequests) {
			l.Request(request(1000+step*i, 0))
		}
		if got := strings.Count(out.String(), "\n"); got != 2*heldRequests {
			t.Errorf("%d lines, want %d", got, 2*heldRequests)
		}
	}
}

// TestForgottenEvent checks that a hook event of one that is no longer
// remembered is shown by the clock.
func TestForgottenEvent(t *testing.T) {
	l, out := newLog(80, false)
	for i := range int64(recentEvents + 1) {
		l.Event(appended(1+i, 0, greenhouse, "temp", "21.5"))
	}
	out.Reset()
	l.Event(hooked(9000, 5, event.HookResponse, 1, "x"))
	if got, want := out.String(), "12:00:00              ← hook-response  x\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
