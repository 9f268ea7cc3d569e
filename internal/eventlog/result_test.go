package eventlog_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

var anAttempt = eventlog.Attempt{
	EventSeq: 9, Delivery: 7, N: 3, Integration: "0123456789abcdef01234567", At: 1_753_000_000_123,
	Outcome: eventlog.Failure, Text: "error status 503", Status: 503, Called: true, Timeout: true, Retry: true,
	Mark: eventlog.Replay, Next: 1_753_000_002_123,
	Timing: eventlog.Timing{DNS: time.Millisecond, Connect: 2 * time.Millisecond, TLS: 3 * time.Millisecond, FirstByte: 4 * time.Millisecond, Total: 5 * time.Millisecond},
}

func TestAttemptRecordRoundTrip(t *testing.T) {
	odd := anAttempt
	odd.Integration, odd.Text, odd.At = "not hex", "\x00\xff", -1
	twelve := anAttempt
	twelve.Integration = "000000000000" // as long as a packed id
	long := anAttempt
	long.Text = strings.Repeat("x", eventlog.MaxText)
	for _, want := range []eventlog.Attempt{anAttempt, odd, twelve, long, {EventSeq: 1, Delivery: 2, N: 1}} {
		got, err := eventlog.ParseAttempt(want.EventSeq, want.Delivery, want.N, want.AppendRecord(nil))
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("error %v (-want +got):\n%s", err, d)
		}
	}
}

func TestAttemptRecordIsCompact(t *testing.T) {
	if n := len(anAttempt.AppendRecord(nil)); n > 64 {
		t.Errorf("a record of a call that failed has %d bytes, want at most 64", n)
	}
}

func TestAttemptTextIsCut(t *testing.T) {
	r := &eventlog.Result{Delivery: &eventlog.Delivery{ID: 1, EventSeq: 2, Integration: "i"}, Attempt: anAttempt, Dead: true}
	r.Attempt.Text = strings.Repeat("x", 10*eventlog.MaxText)
	b := &eventlog.Batch{Results: []*eventlog.Result{r}}
	b.Seal()
	b.Number(10)
	got, err := eventlog.ParseAttempt(1, 2, 3, b.Attempts[0].Record)
	if err != nil || len(got.Text) != eventlog.MaxText || len(b.Dead[0].Text) != eventlog.MaxText {
		t.Errorf("%d bytes of text, %d of the dead letter's, error %v; want %d", len(got.Text), len(b.Dead[0].Text), err, eventlog.MaxText)
	}
}

func FuzzParseAttempt(f *testing.F) {
	f.Add(anAttempt.AppendRecord(nil))
	f.Add([]byte{1, 0xff, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := eventlog.ParseAttempt(1, 2, 3, b)
		if err != nil {
			return
		}
		again, err := eventlog.ParseAttempt(1, 2, 3, a.AppendRecord(nil))
		if err != nil || len(a.Text) <= eventlog.MaxText && again != a {
			t.Errorf("%+v became %+v, error %v", a, again, err)
		}
	})
}

func FuzzParseCallHead(f *testing.F) {
	c := eventlog.Call{Attempt: anAttempt, Event: &event.Event{Name: "temp", Device: "d"}, RequestCut: true}
	f.Add(c.AppendHead(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		var c eventlog.Call
		if c.ParseCallHead(b) == nil && c.Event == nil {
			t.Error("a call without an event")
		}
	})
}

func TestBucketsHoldWhatTheyBound(t *testing.T) {
	for i := range eventlog.Buckets - 1 {
		if got := eventlog.Bucket(eventlog.Bound(i)); got != i {
			t.Errorf("the bound of bucket %d falls into %d", i, got)
		}
		if got := eventlog.Bucket(eventlog.Bound(i) + eventlog.Bound(i)/100); got != i+1 {
			t.Errorf("1 %% above the bound of bucket %d falls into %d", i, got)
		}
	}
	if got := eventlog.Bucket(-time.Second); got != 0 {
		t.Errorf("a negative time falls into %d", got)
	}
	if got := eventlog.Bucket(1 << 62); got != eventlog.Buckets-1 {
		t.Errorf("a huge time falls into %d", got)
	}
	for range 1000 {
		d := time.Duration(rand.Int64N(int64(30 * time.Second)))
		if b := eventlog.Bound(eventlog.Bucket(d)); b < d || d > 100*time.Microsecond && float64(b) > 1.19*float64(d) {
			t.Fatalf("%v is bounded by %v", d, b)
		}
	}
}

// TestOldEventsAreNotStreamedAgain replays an event of the log.
func TestOldEventsAreNotStreamedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told deliveries
		l := open(t, memory.New(), &fakeMatcher{target: "hook"}, told.subscribe)
		defer l.Close(context.Background())
		publish(t, l, "one")
		f := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, -1)
		defer f.Close()
		old := &eventlog.Accept{
			Event: named("one"), Old: true, Fixed: true,
			Deliveries: []eventlog.Delivery{{Integration: "hook", Mark: eventlog.Replay}},
		}
		old.Event.Seq = told.all[0].EventSeq
		if _, err := l.AppendTo(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		publish(t, l, "two")
		page, err := f.Next(t.Context())
		if err != nil || len(page.Events) != 1 || page.Events[0].Name != "two" {
			t.Errorf("the stream gave %+v, error %v; want the new event only", page.Events, err)
		}
		if n := len(told.ids(t)); n != 3 {
			t.Errorf("%d deliveries were told, want 3", n)
		}
	})
}
