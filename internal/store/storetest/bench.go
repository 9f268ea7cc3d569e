package storetest

import (
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Bench commits batches of 64 accepts, each with a record of about 300 bytes
// and one delivery, together with the finishes of the batch before, each with
// one hook event. It reports events/s, ns/event and cpu-ns/event (of this process
// only, user and system), where an event stands for an accept, its delivery, its
// finish and its hook event together.
func Bench(b *testing.B, s Store) {
	const size = 64
	batches := benchBatches(size)
	b.ReportAllocs()
	before := cpuTime()
	for n := 0; b.Loop(); n++ {
		if err := s.Commit(b.Context(), batches[n%2]); err != nil {
			b.Fatal(err)
		}
	}
	events := float64(b.N * size)
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/events, "cpu-ns/event")
	b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/events, "ns/event")
}

// benchBatches makes two batches, each of which finishes the deliveries of the
// other. Numbering makes them new each time.
func benchBatches(size int) [2]*eventlog.Batch {
	var batches [2]*eventlog.Batch
	for i := range batches {
		batches[i] = &eventlog.Batch{}
		for range size {
			a := accept("greenhouse/temperature", "https://hooks.example.org:443")
			a.Event.Data = `{"temperature":21.5,"note":"` + strings.Repeat("x", 190) + `"}`
			batches[i].Accepts = append(batches[i].Accepts, a)
		}
	}
	for i, b := range batches {
		for _, a := range batches[1-i].Accepts {
			name := a.Event.Device + "/hook-response/greenhouse/temperature/0"
			b.Results = append(b.Results, finish(&a.Deliveries[0], name))
		}
		b.Seal()
	}
	return batches
}
