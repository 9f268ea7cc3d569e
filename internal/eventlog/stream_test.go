package eventlog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// TestManyFollowersSeeEveryEventOnce runs 2,000 followers beside publishers.
// Some follow from the start, some resume, some hang up and come back behind the
// last event they saw, some are slow: all see the same events.
func TestManyFollowersSeeEveryEventOnce(t *testing.T) {
	const followers, publishers, each = 2000, 8, 50          // more events than a follower's buffer holds
	l := open(t, memory.New(), &fakeMatcher{target: "hook"}) // gaps in the seqs
	defer l.Close(context.Background())
	before := publish(t, l, "x", "x", "x")
	seen := make([][]int64, followers)
	var watching, publishing sync.WaitGroup
	for i := range followers {
		f := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Prefix: "x"}, []int64{-1, 0, before}[i%3])
		watching.Go(func() { seen[i] = watch(t, l, f, i, publishers*each) })
	}
	for range publishers {
		publishing.Go(func() {
			for range each {
				if _, err := l.Append(context.Background(), named("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	publishing.Wait()
	watching.Wait()
	for i := range seen {
		if got, want := fmt.Sprint(seen[i]), fmt.Sprint(seen[0]); got != want {
			t.Fatalf("follower %d saw %s, the first one %s", i, got, want)
		}
	}
}

// watch reads until it has seen n events behind the first three, and gives their
// seqs. A follower whose number is divisible by five reconnects now and then.
func watch(t *testing.T, l *eventlog.Log, f *eventlog.Follower, number, n int) (seqs []int64) {
	random := rand.New(rand.NewPCG(1, uint64(number)))
	skip := 0
	if number%3 == 1 {
		skip = 3
	}
	for len(seqs) < n+skip {
		page, err := f.Next(t.Context())
		if err != nil || page.Skipped {
			t.Errorf("follower %d after %d events: %+v, %v", number, len(seqs), page, err)
			break
		}
		for _, e := range page.Events {
			seqs = append(seqs, e.Seq)
		}
		if number%5 == 0 && random.IntN(4) == 0 {
			f.Close()
			f = l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}, Prefix: "x"}, seqs[len(seqs)-1])
		}
	}
	f.Close()
	return seqs[min(skip, len(seqs)):]
}

// TestFollowersHoldBoundedBytes lets large events pass followers that do not
// read: neither their buffers nor a page of a resume grow beyond 256 KiB by
// more than one event.
func TestFollowersHoldBoundedBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, limit = 16 << 10, 256 << 10
		l := open(t, memory.New(), &fakeMatcher{})
		defer l.Close(context.Background())
		live := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, -1)
		resumed := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, 0)
		data := strings.Repeat("x", size)
		for range 100 {
			if _, err := l.Append(t.Context(), event.Event{Name: "x", Data: data, Owner: "u"}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		for name, f := range map[string]*eventlog.Follower{"live": live, "resumed": resumed} {
			last := int64(0)
			for got := 0; got < 100; {
				page, err := f.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if n := len(page.Events) * size; n > limit+size {
					t.Errorf("%s: a page of %d bytes", name, n)
				}
				for _, e := range page.Events {
					if e.Seq != last+1 {
						t.Fatalf("%s: event %d after %d", name, e.Seq, last)
					}
					last = e.Seq
					got++
				}
			}
		}
	})
}
