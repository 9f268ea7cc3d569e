package history_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

const noon = 1_753_012_800_000 // 2025-07-20T12:00:00Z

func clock() time.Time { return time.UnixMilli(noon) }

// attempted commits an event and the results of attempts at its one delivery.
func attempted(t *testing.T, s *memory.Store, name string, attempts ...eventlog.Attempt) event.Event {
	t.Helper()
	a := &eventlog.Accept{
		Event:      event.Event{At: noon, Name: name, Device: "dev", Owner: "ann"},
		Deliveries: []eventlog.Delivery{{Integration: "in"}},
	}
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	for i, at := range attempts {
		d := a.Deliveries[0]
		d.Attempt = i
		r := &eventlog.Result{Delivery: &d, Attempt: at, Events: []event.Event{
			{At: noon, Name: "hook-sent/" + name, Owner: "ann", Kind: event.HookSent, Cause: a.Event.Seq, Integration: "in"},
		}}
		if i < len(attempts)-1 {
			r.Again = &eventlog.Again{Attempt: i + 1}
		}
		ring := eventlog.Successes
		if at.Outcome != eventlog.Success {
			ring = eventlog.Errors
		}
		n := a.Event.Seq*100 + int64(i)
		r.Call = &eventlog.Call{Integration: "in", Ring: ring, Slot: int(n), N: n, Event: &a.Event, Request: []byte("GET /" + name)}
		commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{r}})
	}
	return a.Event
}

func commit(t *testing.T, s *memory.Store, b *eventlog.Batch) {
	t.Helper()
	b.Seal()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func success(at int64, took time.Duration) eventlog.Attempt {
	return eventlog.Attempt{At: at, Outcome: eventlog.Success, Status: 200, Called: true, Timing: eventlog.Timing{Total: took}}
}

func failure(at int64, status int) eventlog.Attempt {
	return eventlog.Attempt{At: at, Outcome: eventlog.Failure, Status: status, Called: true, Timeout: status == 0}
}

func TestDaysAreThoseOfUTC(t *testing.T) {
	s := memory.New()
	const day = 24 * 60 * 60 * 1000
	midnight := int64(noon - day/2)
	attempted(t, s, "a", failure(midnight-1, 500), success(midnight, time.Millisecond))
	attempted(t, s, "a", failure(midnight, 0))
	attempted(t, s, "a", eventlog.Attempt{At: midnight, Outcome: eventlog.Sleep})
	attempted(t, s, "a", failure(midnight-40*day, 500)) // too old
	days, err := history.New(s, clock).Days(t.Context(), "in", history.Kept)
	if err != nil || len(days) != 30 {
		t.Fatalf("%d days, error %v; want 30", len(days), err)
	}
	today, yesterday, rest := days[29], days[28], days[:28]
	if got, want := fmt.Sprint(today.Date(), " ", today.Attempts, today.Success, today.Error, today.Timeout, today.Sleep), "2025-07-20 2 1 1 1 1"; got != want {
		t.Errorf("today: got %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(yesterday.Date(), " ", yesterday.Attempts, yesterday.Error), "2025-07-19 1 1"; got != want {
		t.Errorf("yesterday: got %s, want %s", got, want)
	}
	for _, d := range rest {
		if d.Attempts != 0 {
			t.Errorf("%s has %d attempts, want none", d.Date(), d.Attempts)
		}
	}
}

func TestQuantilesAreWithinABucket(t *testing.T) {
	s := memory.New()
	var all []time.Duration
	for range 500 {
		took := time.Duration(rand.Int64N(int64(10*time.Second))) + time.Millisecond
		all = append(all, took)
		attempted(t, s, "a", success(noon, took))
	}
	slices.Sort(all)
	days, err := history.New(s, clock).Days(t.Context(), "in", 1)
	if err != nil {
		t.Fatal(err)
	}
	l := days[0].Latency
	for percent, got := range map[int]time.Duration{50: l.P50, 95: l.P95, 99: l.P99, 100: l.Max} {
		want := all[(len(all)*percent+99)/100-1]
		if got < want || float64(got) > 1.2*float64(want) {
			t.Errorf("p%d: got %v, want at least %v and at most a fifth more", percent, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	s := memory.New()
	attempted(t, s, "temp", success(noon-3000, 0))
	attempted(t, s, "temperature", failure(noon-2000, 503))
	attempted(t, s, "door", failure(noon-1000, 404))
	attempted(t, s, "old", success(noon-31*24*60*60*1000, 0))
	for _, c := range []struct {
		name string
		q    history.Query
		want string
	}{
		{"all, newest first", history.Query{}, "[door temperature temp]"},
		{"errors", history.Query{Ring: eventlog.Errors}, "[door temperature]"},
		{"status", history.Query{Status: 404}, "[door]"},
		{"class of status", history.Query{Status: 5}, "[temperature]"},
		{"event", history.Query{Event: "temp"}, "[temperature temp]"},
		{"device", history.Query{Device: "other"}, "[]"},
		{"time", history.Query{From: noon - 2500, To: noon - 1000}, "[temperature]"},
	} {
		heads, err := history.New(s, clock).Find(t.Context(), "in", c.q)
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, h := range heads {
			names = append(names, h.Event.Name)
		}
		if got := fmt.Sprint(names); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	whole, err := history.New(s, clock).Recent(t.Context(), "in", eventlog.Errors, 1)
	if err != nil || len(whole) != 1 || string(whole[0].Request) != "GET /door" {
		t.Errorf("recent errors: %+v, error %v; want the newest as a whole", whole, err)
	}
}

// all shows every attempt.
func all(*event.Event, string) bool { return true }

// at is the filter of a stream with some seats.
func at(seats ...eventlog.Seat) eventlog.Filter { return eventlog.Filter{Seats: seats} }

func TestPathIsOfAScope(t *testing.T) {
	s := memory.New()
	a := &eventlog.Accept{Event: event.Event{At: noon, Name: "temp", Owner: "ann", Product: 10001, Org: "acme"}}
	b := &eventlog.Batch{Accepts: []*eventlog.Accept{a}}
	b.Seal()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	r := history.New(s, clock)
	for _, f := range []eventlog.Filter{anns, at(eventlog.Seat{Product: 10001}), at(eventlog.Seat{Product: 10002}, eventlog.Seat{Org: "acme"})} {
		if p, err := r.Path(t.Context(), f, a.Event.ID(), all); err != nil || p.Event.Name != "temp" {
			t.Errorf("%+v: got %+v, %v", f, p, err)
		}
	}
	for _, f := range []eventlog.Filter{at(eventlog.Seat{Owner: "acme"}), at(eventlog.Seat{Product: 10002}), at(eventlog.Seat{Org: "ann"}), at(eventlog.Seat{Org: "acme", Direct: true}), at(eventlog.Seat{}), {}} {
		if _, err := r.Path(t.Context(), f, a.Event.ID(), all); !fault.Is(err, fault.NotFound) {
			t.Errorf("%+v: got %v, want not found", f, err)
		}
	}
	hidden := attempted(t, s, "temp", success(noon, 0))
	none := func(*event.Event, string) bool { return false }
	if p, err := r.Path(t.Context(), anns, hidden.ID(), none); err != nil || len(p.Attempts) != 0 {
		t.Errorf("attempts of others: got %+v, %v", p.Attempts, err)
	}
}

func TestPathTellsEveryAttempt(t *testing.T) {
	s := memory.New()
	e := attempted(t, s, "temp", failure(noon, 500), success(noon+2000, time.Second))
	attempted(t, s, "other", success(noon, 0))
	r := history.New(s, clock)
	p, err := r.Path(t.Context(), anns, e.ID(), all)
	if err != nil || len(p.Attempts) != 2 || len(p.Caused) != 2 || p.Partial {
		t.Fatalf("path %+v, error %v; want two attempts and two events", p, err)
	}
	if p.Attempts[1].N != 2 || p.Caused[0].Name != "hook-sent/temp" {
		t.Errorf("path %+v", p)
	}
	for _, id := range []string{"", "nonsense", "0198a000-0000-7000-8000-000000000000"} {
		if _, err := r.Path(context.Background(), anns, id, all); !fault.Is(err, fault.NotFound) {
			t.Errorf("id %q: got %v, want not found", id, err)
		}
	}
	if _, err := r.Path(t.Context(), at(eventlog.Seat{Owner: "bob"}), e.ID(), all); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's event: got %v, want not found", err)
	}
}
