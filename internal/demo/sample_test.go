package demo

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// pasts are the profiles of all examples.
func pasts() []profile {
	all := []profile{binPast, inOrganization(nil).past, inGreenhouse().past, inOrchard().past}
	for _, e := range inSandbox() {
		all = append(all, e.past)
	}
	return all
}

// byDay adds counts up by day.
func byDay(counts []eventlog.Tally) map[int64]*dayCounts {
	days := map[int64]*dayCounts{}
	for _, t := range counts {
		if days[t.Day] == nil {
			days[t.Day] = &dayCounts{}
		}
		days[t.Day][t.What] += t.N
	}
	return days
}

// TestSampleAddsUp because the console shows these numbers beside real ones.
func TestSampleAddsUp(t *testing.T) {
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i, p := range pasts() {
		days := byDay(sampleOf("id", p, nil, first, rand.New(rand.NewPCG(1, uint64(i)))))
		if len(days) != sampleDays {
			t.Errorf("profile %d has %d days, want %d", i, len(days), sampleDays)
		}
		for day, n := range days {
			if today := eventlog.DayOf(first.UnixMilli()); day >= today || day < today-sampleDays {
				t.Errorf("profile %d has a day %d, %d days before the first real one", i, day, today-day)
			}
			var calls int64
			for _, in := range n[eventlog.Latency:] {
				calls += in
			}
			attempts, failed := n[eventlog.Attempted], n[eventlog.Failed]
			if attempts == 0 || attempts != n[eventlog.Succeeded]+failed || calls != attempts || n[eventlog.TimedOut] > failed || n[eventlog.Retried] > failed || n[eventlog.DeadCount] > failed {
				t.Errorf("profile %d, day %d does not add up: %v", i, day, n[:10])
			}
		}
	}
}

func TestSampleOfProductsIsTheirSum(t *testing.T) {
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	sampled := func() []eventlog.Tally {
		return sampleOf("id", inOrganization(nil).past, []int64{10_001, 10_002}, first, rand.New(rand.NewPCG(1, 2)))
	}
	of := func(name string) []eventlog.Tally {
		return slices.DeleteFunc(sampled(), func(t eventlog.Tally) bool { return t.Integration != name })
	}
	parts := append(of("id/10001"), of("id/10002")...)
	if diff := cmp.Diff(byDay(of("id")), byDay(parts)); diff != "" || len(parts) == 0 {
		t.Error("the whole is not the sum of its parts", diff)
	}
}
