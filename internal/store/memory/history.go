package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store"
)

type attemptKey struct {
	event, delivery int64
	n               int
}

type tallyKey struct {
	integration string
	day         int64
	what        eventlog.What
}

type callKey struct {
	integration string
	ring        eventlog.Ring
	slot        int
}

// keepHistory writes what a batch says of attempts.
func (s *Store) keepHistory(b *eventlog.Batch) error {
	for _, a := range b.Attempts {
		key := attemptKey{a.EventSeq, a.Delivery, a.N}
		if _, ok := s.attempts[key]; !ok {
			s.attempts[key] = bytes.Clone(a.Record)
		}
	}
	for _, t := range b.Tallies {
		s.tallies[tallyKey{t.Integration, t.Day, t.What}] += t.N
	}
	for _, c := range b.Calls {
		kept := *c
		e := *c.Event
		kept.Event, kept.Request, kept.Response = &e, bytes.Clone(c.Request), bytes.Clone(c.Response)
		s.calls[callKey{c.Integration, c.Ring, c.Slot}] = kept
	}
	for _, l := range b.Dead {
		s.dead[eventlog.DeadKey{Integration: l.Integration, ID: l.ID}] = l
	}
	for _, key := range b.Revived {
		delete(s.dead, key)
	}
	for _, p := range b.Progress {
		s.progressed(p)
	}
	return nil
}

// Attempts gives the attempts of the events from one seq to another, ascending
// by event, delivery and number.
func (s *Store) Attempts(_ context.Context, fromSeq, toSeq int64, limit int) ([]eventlog.Attempt, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var keys []attemptKey
	for k := range s.attempts {
		if k.event >= fromSeq && k.event <= toSeq {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b attemptKey) int {
		return cmp.Or(cmp.Compare(a.event, b.event), cmp.Compare(a.delivery, b.delivery), cmp.Compare(a.n, b.n))
	})
	var out []eventlog.Attempt
	for _, k := range keys[:min(len(keys), limit)] {
		a, err := eventlog.ParseAttempt(k.event, k.delivery, k.n, s.attempts[k])
		if err != nil {
			return nil, fmt.Errorf("attempt %d of delivery %d: %w", k.n, k.delivery, err)
		}
		out = append(out, a)
	}
	return out, nil
}

// Tallies gives an integration's counts from a day on, ascending.
func (s *Store) Tallies(_ context.Context, integration string, fromDay int64) ([]eventlog.Tally, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []eventlog.Tally
	for k, n := range s.tallies {
		if k.integration == integration && k.day >= fromDay {
			out = append(out, eventlog.Tally{Integration: k.integration, Day: k.day, What: k.what, N: n})
		}
	}
	slices.SortFunc(out, func(a, b eventlog.Tally) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.What, b.What))
	})
	return out, nil
}

// TalliesOf gives the counts of several integrations from a day on: each
// one's ascending, together.
func (s *Store) TalliesOf(ctx context.Context, integrations []string, fromDay int64) (all []eventlog.Tally, err error) {
	for _, integration := range slices.Compact(slices.Sorted(slices.Values(integrations))) {
		of, err := s.Tallies(ctx, integration, fromDay)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

// FillTallies stores counts where there are none; what is there stays.
func (s *Store) FillTallies(_ context.Context, counts []eventlog.Tally) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range counts {
		key := tallyKey{t.Integration, t.Day, t.What}
		if _, ok := s.tallies[key]; !ok {
			s.tallies[key] = t.N
		}
	}
	return nil
}

// CallHeads gives an integration's recorded calls, newest first, without their
// texts and with the seq, name and device of their events only.
func (s *Store) CallHeads(_ context.Context, integration string) ([]eventlog.Call, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []eventlog.Call
	for k, c := range s.calls {
		if k.integration == integration {
			c.Event = &event.Event{Seq: c.Event.Seq, Name: c.Event.Name, Device: c.Event.Device}
			c.Request, c.Response = nil, nil
			out = append(out, c)
		}
	}
	slices.SortFunc(out, newestFirst)
	return out, nil
}

func newestFirst(a, b eventlog.Call) int {
	return cmp.Or(cmp.Compare(b.Attempt.At, a.Attempt.At), cmp.Compare(a.Ring, b.Ring), cmp.Compare(b.N, a.N))
}

// Call gives a recorded call as a whole. Errors: fault NotFound, also when a
// later call has its slot.
func (s *Store) Call(_ context.Context, integration string, ring eventlog.Ring, slot int, n int64) (eventlog.Call, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.calls[callKey{integration, ring, slot}]
	if !ok || c.N != n {
		return eventlog.Call{}, store.Missing("call")
	}
	e := *c.Event
	c.Event, c.Request, c.Response = &e, bytes.Clone(c.Request), bytes.Clone(c.Response)
	return c, nil
}

// RingHeads implements deliver.Rings.
func (s *Store) RingHeads(_ context.Context, integration string) (successes, errors int64, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	heads := map[eventlog.Ring]int64{}
	for k, c := range s.calls {
		if k.integration == integration {
			heads[k.ring] = max(heads[k.ring], c.N)
		}
	}
	return heads[eventlog.Successes], heads[eventlog.Errors], nil
}

// DeadLetters gives at most limit dead letters with id > after, ascending.
func (s *Store) DeadLetters(_ context.Context, integration string, after int64, limit int) ([]eventlog.DeadLetter, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []eventlog.DeadLetter
	for k, l := range s.dead {
		if k.Integration == integration && k.ID > after {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b eventlog.DeadLetter) int { return cmp.Compare(a.ID, b.ID) })
	return out[:min(len(out), limit)], nil
}

// DeleteDeadLetters deletes dead letters and tells how many there were.
func (s *Store) DeleteDeadLetters(_ context.Context, integration string, ids []int64) (deleted int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.dead)
	for _, id := range ids {
		delete(s.dead, eventlog.DeadKey{Integration: integration, ID: id})
	}
	return int64(before - len(s.dead)), nil
}

// Forget deletes counts, recorded calls and dead letters of an integration that
// is gone.
func (s *Store) Forget(_ context.Context, integration string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.tallies {
		if id, _, _ := strings.Cut(k.integration, "/"); id == integration { // counts for products, too
			delete(s.tallies, k)
		}
	}
	for k := range s.calls {
		if k.integration == integration {
			delete(s.calls, k)
		}
	}
	for k := range s.dead {
		if k.Integration == integration {
			delete(s.dead, k)
		}
	}
	return nil
}

// EventAt gives an event by its seq. Errors: fault NotFound.
func (s *Store) EventAt(_ context.Context, seq int64) (event.Event, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, ok := slices.BinarySearchFunc(s.rows, seq, compareSeq); !ok {
		return event.Event{}, store.Missing("event")
	}
	e, err := s.event(seq)
	if err != nil {
		return event.Event{}, err
	}
	return *e, nil
}

// Prune deletes at most limit events from one seq to another with their
// attempts and dead letters, but not the newest event and none with unfinished
// deliveries. It tells where to go on, 0 = nowhere, and how many bytes of
// records it deleted.
func (s *Store) Prune(_ context.Context, fromSeq, toSeq int64, limit int) (next, freed int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	busy := map[int64]bool{}
	for _, d := range s.pending {
		busy[d.EventSeq] = true
	}
	if n := len(s.rows); n > 0 {
		busy[s.rows[n-1].Seq] = true
	}
	looked := 0
	gone := map[int64]bool{}
	for _, r := range s.rows {
		if r.Seq < fromSeq || r.Seq > toSeq {
			continue
		}
		if looked++; looked > limit {
			next = r.Seq
			break
		}
		if !busy[r.Seq] {
			gone[r.Seq] = true
			freed += int64(len(r.Record))
		}
	}
	s.forgetEvents(gone)
	return next, freed, nil
}

func (s *Store) forgetEvents(gone map[int64]bool) {
	s.rows = slices.DeleteFunc(s.rows, func(r eventlog.Row) bool { return gone[r.Seq] })
	for k := range s.attempts {
		if gone[k.event] {
			delete(s.attempts, k)
		}
	}
	for k, l := range s.dead {
		if gone[l.EventSeq] {
			delete(s.dead, k)
		}
	}
}

// EventBytes is the size of all events' records.
func (s *Store) EventBytes(context.Context) (bytes int64, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, r := range s.rows {
		bytes += int64(len(r.Record))
	}
	return bytes, nil
}

// PruneHistory deletes counts of days before day and calls before at, Unix
// milliseconds.
func (s *Store) PruneHistory(_ context.Context, day, at int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.tallies {
		if k.day < day {
			delete(s.tallies, k)
		}
	}
	for k, c := range s.calls {
		if c.Attempt.At < at {
			delete(s.calls, k)
		}
	}
	return nil
}
