package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/replay"
)

var replayChecks = []check{
	{"replay/put and delete", replayPut},
	{"replay/progress with an accept", replayProgress},
}

// aReplay is a job with members that differ from each other.
func aReplay(n int64) replay.Job {
	return replay.Job{
		ID: n, Integration: id("1f", 1), Kind: replay.Failures, Rate: 50, State: replay.Running,
		From: 10, Done: 11, To: 1 << 40, Accepted: 12, Missing: 13, Started: at,
	}
}

func wantReplays(t *testing.T, s Store, want ...replay.Job) {
	t.Helper()
	got, err := s.Replays(t.Context())
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("replays: %v\n%s", err, d)
	}
}

func replayPut(t *testing.T, s Store) {
	first, second := aReplay(1_753_000_000_123), aReplay(1_753_000_000_124)
	wantReplays(t, s)
	ok(t, s.PutReplay(t.Context(), second))
	ok(t, s.PutReplay(t.Context(), first))
	wantReplays(t, s, first, second)
	first.State, first.Done, first.Accepted, first.Missing, first.Ended = replay.Cancelled, 20, 21, 22, at+1
	ok(t, s.PutReplay(t.Context(), first))
	wantReplays(t, s, first, second)
	ok(t, s.DeleteReplays(t.Context(), []int64{first.ID, 5}))
	wantReplays(t, s, second)
	ok(t, s.DeleteReplays(t.Context(), nil))
}

func replayProgress(t *testing.T, s Store) {
	job := aReplay(7)
	ok(t, s.PutReplay(t.Context(), job))
	a := accept("a")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	again := func(job, done, accepted int64) *eventlog.Accept {
		return &eventlog.Accept{
			Event: a.Event, Old: true, Fixed: true, Deliveries: []eventlog.Delivery{{Integration: id("1f", 1), Job: job}},
			Progress: &eventlog.Progress{Job: job, Done: done, Accepted: accepted, Missing: 3},
		}
	}
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{again(7, 30, 1), again(8, 99, 9), again(7, 31, 2)}})
	job.Done, job.Accepted, job.Missing = 31, 2, 3
	wantReplays(t, s, job)
}
