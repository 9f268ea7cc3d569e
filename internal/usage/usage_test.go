package usage_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/usage"
)

const (
	ann   = "aaaaaaaaaaaaaaaaaaaaaaaa"
	porch = "111111111111111111111111"
	attic = "222222222222222222222222"
)

// noon is a time of day 20000.
var noon = time.Unix(20_000*24*60*60+12*60*60, 0)

func now() time.Time { return noon }

func open(t *testing.T, s usage.Store, log usage.Log, block int) *usage.Meter {
	t.Helper()
	m, err := usage.Open(t.Context(), usage.Options{Store: s, Log: log, Block: block, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func published(device string, product int64, data string) *eventlog.Accept {
	return &eventlog.Accept{Event: event.Event{At: noon.UnixMilli(), Name: "temp", Data: data, Device: device, Owner: ann, Product: product}}
}

// commit stores a batch, and tells the meters of it.
func commit(t *testing.T, s *memory.Store, b *eventlog.Batch, meters ...*usage.Meter) {
	t.Helper()
	b.Seal()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for _, m := range meters {
		m.Committed(b)
	}
}

// device asks for the counts of a device.
func device(t *testing.T, m *usage.Meter, id string) usage.Count {
	t.Helper()
	rows, err := m.Usage(t.Context(), usage.Query{Scope: scope.Of(ann), From: 20_000, To: 20_000, Device: id, Product: -1, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var sum usage.Count
	for _, r := range rows {
		sum.Add(r.Count)
	}
	return sum
}

func TestPublishedEvents(t *testing.T) {
	for _, c := range []struct {
		block, bytes int
		want         int64
	}{
		{0, 0, 1}, {0, 16_384, 1}, {1024, 0, 1}, {1024, 1024, 1}, {1024, 1025, 2}, {1024, 16_384, 16}, {64, 65, 2},
	} {
		s := memory.New()
		m := open(t, s, s, c.block)
		commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{published(porch, 7, strings.Repeat("x", c.bytes))}}, m)
		want := usage.Count{Events: 1, Published: c.want}
		if got := device(t, m, porch); got != want {
			t.Errorf("%d bytes in blocks of %d: %+v, want %+v", c.bytes, c.block, got, want)
		}
	}
}

func TestEventsAreCountedOnceOverKills(t *testing.T) {
	s := memory.New()
	m := open(t, s, s, 0)
	want := usage.Count{}
	for i := range 12 {
		a := published(porch, 0, "1")
		commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a, published(attic, 0, "2")}}, m)
		old := &eventlog.Accept{Event: a.Event, Fixed: true, Old: true}
		old.Deliveries = []eventlog.Delivery{{Integration: "i"}}
		commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{old}}, m) // a replay is free
		want.Events, want.Published = want.Events+1, want.Published+1
		if i%3 == 0 {
			if err := m.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if i%4 == 3 {
			m = open(t, s, s, 0) // the earlier one was killed
		}
	}
	if got := device(t, open(t, s, s, 0), porch); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}

func TestManyEventsAreCaughtUpWith(t *testing.T) {
	s := memory.New()
	open(t, s, s, 0)
	for range 5 {
		b := &eventlog.Batch{}
		for range 500 {
			b.Accepts = append(b.Accepts, published(porch, 0, "1"))
		}
		commit(t, s, b)
	}
	if got := device(t, open(t, s, s, 0), porch); got.Events != 2500 {
		t.Errorf("counted %d events, want 2500", got.Events)
	}
}

func TestAStoreWithoutCountsBeginsNow(t *testing.T) {
	s := memory.New()
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{published(porch, 0, "1")}})
	m := open(t, s, s, 0)
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{published(porch, 0, "1")}}, m)
	if got := device(t, open(t, s, s, 0), porch); got.Events != 1 {
		t.Errorf("counted %d events, want the one behind the first start", got.Events)
	}
}

// A kill between the parts of a large flush leaves some shards ahead of the
// others.
func TestKillsWithinAFlush(t *testing.T) {
	const devices = 1000
	s := &moody{Store: memory.New()}
	m := open(t, s, s, 0)
	for round := range 4 {
		b := &eventlog.Batch{}
		for i := range devices {
			b.Accepts = append(b.Accepts, published(strconv.Itoa(i), 0, "1"))
		}
		commit(t, s.Store, b, m)
		s.parts, s.fail = 0, 1+round*60
		s.after = round%2 == 0
		s.before = !s.after
		if err := m.Flush(t.Context()); err == nil {
			t.Fatal("the flush was not interrupted")
		}
		s.before, s.after = false, false
		if round > 1 { // the earlier one was killed
			m = open(t, s, s, 0)
		}
	}
	for i := range devices {
		if got := device(t, m, strconv.Itoa(i)); got.Events != 4 {
			t.Fatalf("device %d: counted %d events, want 4", i, got.Events)
		}
	}
}

// moody fails when it is told to, before or after it has stored.
type moody struct {
	*memory.Store
	before, after bool
	fail          int // the part that fails; 0 = every one
	parts         int
}

var errMoody = errors.New("not now")

func (s *moody) AddUsage(ctx context.Context, rows []usage.Row, m usage.Mark) error {
	s.parts++
	now := s.fail == 0 || s.parts == s.fail
	if now && s.before {
		return errMoody
	}
	err := s.Store.AddUsage(ctx, rows, m)
	if now && s.after {
		return errMoody
	}
	return err
}

func TestFailedFlushesAreNeitherLostNorRepeated(t *testing.T) {
	s := &moody{Store: memory.New()}
	m := open(t, s, s, 0)
	rounds := []struct{ before, after bool }{{true, false}, {false, true}, {false, true}, {true, false}, {false, false}}
	for _, r := range rounds {
		s.before, s.after = r.before, r.after
		commit(t, s.Store, &eventlog.Batch{Accepts: []*eventlog.Accept{published(porch, 0, "1")}}, m)
		if err := m.Flush(t.Context()); (err != nil) != (r.before || r.after) {
			t.Fatalf("%+v: %v", r, err)
		}
	}
	if got := device(t, m, porch); got.Events != int64(len(rounds)) {
		t.Errorf("counted %d events, want %d", got.Events, len(rounds))
	}
}

// TestAnswersThatADeviceReceives has the figures of the webhook engine
// reference, section 13.
func TestAnswersThatADeviceReceives(t *testing.T) {
	answer := func(bytes, part int) (events []event.Event) {
		for bytes > 0 {
			n := min(bytes, part)
			events = append(events, event.Event{Kind: event.HookResponse, Data: strings.Repeat("x", n)})
			bytes -= n
		}
		return events
	}
	of := func(kind event.Kind, data string) []event.Event { return []event.Event{{Kind: kind, Data: data}} }
	for name, c := range map[string]struct {
		events []event.Event
		want   int64
	}{
		"5 KB":               {answer(5000, 512), 10},
		"over 4 KB":          {answer(4100, 512), 9},
		"38,617 bytes":       {answer(38_617, 512), 76},
		"in one piece":       {answer(2049, 16_384), 3},
		"no body":            {of(event.HookResponse, ""), 1},
		"an error":           {of(event.HookError, "500"), 1},
		"hook-sent":          {of(event.HookSent, ""), 0},
		"of another device":  {of(event.Published, "21.5"), 0},
		"nothing whatsoever": {nil, 0},
	} {
		s := memory.New()
		m := open(t, s, s, 0)
		m.Received(&scope.Principal{User: ann, Device: porch}, c.events)
		m.Received(&scope.Principal{User: ann}, c.events) // a person's stream is free
		want := usage.Count{Received: c.want}
		if got := device(t, m, porch); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if got := device(t, m, event.API); got != (usage.Count{}) {
			t.Errorf("%s, to a person: %+v", name, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := memory.New()
	m := open(t, s, s, 0)
	p := &scope.Principal{User: ann, Device: porch}
	m.Refused(p)
	m.Refused(p)
	m.RefusedStream(p)
	want := usage.Count{Refused: 2, RefusedStreams: 1}
	if got := device(t, m, porch); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestCountsOfScopes(t *testing.T) {
	s := memory.New()
	m := open(t, s, s, 0)
	stamped := func(owner, device string, product int64, org string) *eventlog.Accept {
		return &eventlog.Accept{Event: event.Event{At: noon.UnixMilli(), Name: "temp", Device: device, Owner: owner, Product: product, Org: org}}
	}
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{
		stamped(ann, porch, 7, "acme"), stamped("", attic, 7, "acme"), stamped("", event.API, 7, "acme"), stamped("", event.API, 0, "acme"), stamped("", attic, 8, ""),
	}}, m)
	m.Received(&scope.Principal{Device: attic, Product: 7, Org: "acme"}, []event.Event{{Kind: event.HookResponse, Data: "x"}})
	m.Refused(&scope.Principal{Home: scope.OfProduct(7)})
	m.Refused(&scope.Principal{Home: scope.OfOrganization("acme")})
	for sc, want := range map[scope.Scope]usage.Count{
		scope.Of(ann):                 {Events: 1, Published: 1},
		scope.OfProduct(7):            {Events: 3, Published: 3, Received: 1, Refused: 1},
		scope.OfProduct(8):            {Events: 1, Published: 1},
		scope.OfOrganization("acme"):  {Events: 4, Published: 4, Received: 1, Refused: 1},
		scope.OfOrganization("other"): {},
	} {
		rows, err := m.Usage(t.Context(), usage.Query{Scope: sc, From: 20_000, To: 20_000, Product: -1, Limit: 10})
		var sum usage.Count
		for _, r := range rows {
			sum.Add(r.Count)
		}
		if err != nil || sum != want {
			t.Errorf("%s %s: %+v, %v, want %+v", sc.Kind, sc.ID, sum, err, want)
		}
	}
}

func TestRunStoresManyCountsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		m := open(t, s, s, 0)
		go m.Run(t.Context(), func(err error) { t.Error(err) })
		for i := range 50_000 {
			m.Refused(&scope.Principal{User: ann, Device: strconv.Itoa(i)})
		}
		synctest.Wait() // no time goes by: the ticker, which stores what is few, does not come
		if marks, err := s.UsageMarks(t.Context()); err != nil || len(marks) != 257 {
			t.Errorf("%d marks are stored, %v; want one of each part", len(marks), err)
		}
	})
}
