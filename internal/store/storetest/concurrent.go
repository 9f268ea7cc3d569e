package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

var concurrentChecks = []check{
	{"concurrent/readers see every event once and in order", tails},
	{"concurrent/configuration writes beside commits", configuring},
}

// tails commits events without deliveries, so that seqs have no gaps, while
// readers follow the log from their cursors.
func tails(t *testing.T, s Store) {
	const batches, size, readers = 60, 10, 3
	var wg sync.WaitGroup
	defer wg.Wait()
	for range readers {
		wg.Go(func() {
			if err := follow(t.Context(), s, batches*size); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range batches {
		b := &eventlog.Batch{}
		for j := range size {
			b.Accepts = append(b.Accepts, accept(fmt.Sprint("n", i*size+j+1)))
		}
		b.Seal()
		if err := s.Commit(t.Context(), b); err != nil {
			t.Errorf("commit: %v", err)
			return
		}
	}
}

func follow(ctx context.Context, s Store, last int64) error {
	for cursor := int64(0); cursor < last && ctx.Err() == nil; {
		es, err := s.Events(ctx, cursor, 7)
		if err != nil {
			return fmt.Errorf("events: %w", err)
		}
		for _, e := range es {
			cursor++
			if e.Seq != cursor || e.Name != fmt.Sprint("n", cursor) {
				return fmt.Errorf("at cursor %d came event %d %q", cursor, e.Seq, e.Name)
			}
		}
	}
	return ctx.Err()
}

func configuring(t *testing.T, s Store) {
	const changes = 30
	first := version(t, s)
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := range changes {
				if _, err := s.InsertIntegration(t.Context(), record(w*changes+i)); err != nil {
					t.Errorf("insert integration: %v", err)
				}
			}
		})
	}
	committed := 0
	for committed < 20 {
		b := &eventlog.Batch{Version: version(t, s), Accepts: []*eventlog.Accept{accept("a")}}
		b.Seal()
		err := s.Commit(t.Context(), b)
		if err != nil && !errors.Is(err, eventlog.ErrStale) {
			t.Fatalf("commit: %v", err)
		}
		if err == nil {
			committed++
		}
	}
	wg.Wait()
	if got := version(t, s); got != first+2*changes {
		t.Errorf("configuration version: got %d, want %d", got, first+2*changes)
	}
	if got := head(t, s); got != int64(committed) {
		t.Errorf("head: got %d, want %d", got, committed)
	}
}
