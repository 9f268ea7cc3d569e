package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

func publish(t *testing.T, l *eventlog.Log, names ...string) (last int64) {
	t.Helper()
	for _, name := range names {
		seq, err := l.Append(t.Context(), named(name))
		if err != nil {
			t.Fatal(err)
		}
		last = seq
	}
	return last
}

// collect reads until n events came.
func collect(t *testing.T, f *eventlog.Follower, n int) (names []string) {
	t.Helper()
	for len(names) < n {
		page, err := f.Next(t.Context())
		if err != nil {
			t.Fatalf("after %d of %d events: %v", len(names), n, err)
		}
		for _, e := range page.Events {
			names = append(names, e.Name)
		}
	}
	return names
}

func TestFollowFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, memory.New(), &fakeMatcher{})
		defer l.Close(context.Background())
		cases := []struct {
			filter eventlog.Filter
			want   string
		}{
			{eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, "[temp temperature high_temp]"},
			{eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Prefix: "temp"}, "[temp temperature]"},
			{eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Prefix: "tempe"}, "[temperature]"},
			{eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u", Device: "api"}}, Prefix: "high"}, "[high_temp]"},
		}
		followers := make([]*eventlog.Follower, len(cases))
		for i, c := range cases {
			followers[i] = l.Follow(c.filter, -1)
		}
		foreign := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "somebody"}}}, -1)
		publish(t, l, "temp", "temperature", "high_temp")
		for i, c := range cases {
			got := collect(t, followers[i], len(splitNames(c.want)))
			if fmt.Sprint(got) != c.want {
				t.Errorf("%+v: got %v, want %v", c.filter, got, c.want)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if page, err := foreign.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a foreign stream got %+v, %v", page, err)
		}
	})
}

func splitNames(list string) (names []string) {
	var name string
	for _, c := range list[1 : len(list)-1] {
		if c == ' ' {
			names, name = append(names, name), ""
			continue
		}
		name += string(c)
	}
	return append(names, name)
}

func TestFollowResumesFromTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, memory.New(), &fakeMatcher{})
		defer l.Close(context.Background())
		publish(t, l, "a")
		after := publish(t, l, "b")
		publish(t, l, "c", "d")
		f := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, after)
		publish(t, l, "e")
		if got := fmt.Sprint(collect(t, f, 3)); got != "[c d e]" {
			t.Errorf("resumed with %v", got)
		}
	})
}

// TestSlowFollowerMissesNothing lets far more events pass than its buffer
// holds: it is cut off from the live tail and reads the log instead.
func TestSlowFollowerMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, memory.New(), &fakeMatcher{})
		defer l.Close(context.Background())
		f := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Prefix: "x"}, -1)
		var want []string
		for i := range 2000 {
			want = append(want, fmt.Sprint("x", i))
			publish(t, l, want[i], "y")
		}
		synctest.Wait()
		got := collect(t, f, len(want))
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("event %d is %s, want %s", i, got[i], want[i])
			}
		}
		publish(t, l, "x-live")
		if got := collect(t, f, 1); got[0] != "x-live" {
			t.Errorf("after catching up: %v", got)
		}
	})
}

func TestResumeGivesUpAfterTooManyRows(t *testing.T) {
	engine := memory.New()
	b := &eventlog.Batch{}
	for range 100_600 {
		b.Accepts = append(b.Accepts, &eventlog.Accept{Event: event.Event{At: 1, Name: "noise", Owner: "u", Device: "api"}})
	}
	b.Seal()
	if err := engine.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	l := open(t, engine, &fakeMatcher{})
	defer l.Close(context.Background())
	f := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Prefix: "rare"}, 0)
	page, err := f.Next(t.Context())
	if err != nil || !page.Skipped {
		t.Fatalf("page %+v, %v", page, err)
	}
	publish(t, l, "rare")
	if got := collect(t, f, 1); got[0] != "rare" {
		t.Errorf("after the gap: %v", got)
	}
}

func TestDisconnectAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, memory.New(), &fakeMatcher{})
		defer l.Close(context.Background())
		a := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Token: "a"}, -1)
		b := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Token: "b"}, -1)
		l.Disconnect("a")
		if _, err := a.Next(t.Context()); !errors.Is(err, eventlog.ErrClosed) {
			t.Errorf("revoked stream: %v", err)
		}
		publish(t, l, "x")
		if got := collect(t, b, 1); got[0] != "x" {
			t.Errorf("other stream: %v", got)
		}
		l.EndStreams()
		if _, err := b.Next(t.Context()); !errors.Is(err, eventlog.ErrClosed) {
			t.Errorf("ended stream: %v", err)
		}
		late := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, -1)
		if _, err := late.Next(t.Context()); !errors.Is(err, eventlog.ErrClosed) {
			t.Errorf("stream after the end: %v", err)
		}
	})
}

// TestCursorOfAnotherStore resumes behind the log's head, as a client does
// whose hub lost its store.
func TestCursorOfAnotherStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, memory.New(), &fakeMatcher{})
		defer l.Close(context.Background())
		publish(t, l, "old")
		f := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, 1<<62)
		if page, err := f.Next(t.Context()); err != nil || !page.Skipped {
			t.Fatalf("page %+v, %v", page, err)
		}
		publish(t, l, "new")
		if got := collect(t, f, 1); got[0] != "new" {
			t.Errorf("got %v", got)
		}
	})
}
