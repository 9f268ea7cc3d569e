package eventlog_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store/sqlite"
)

// BenchmarkAppend publishes events of about 300 bytes with 64 publishers at once
// into a SQLite file, each event with one delivery and on disk before its
// publisher goes on. An operation is one event.
func BenchmarkAppend(b *testing.B) {
	const publishers = 64
	store, err := sqlite.Open(context.Background(), sqlite.Options{Path: filepath.Join(b.TempDir(), "hub.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	l, err := eventlog.Open(b.Context(), store, &fakeMatcher{target: "1f0000000000000000000001"}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close(context.Background())
	events := make(chan struct{}, publishers)
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range publishers {
		wg.Go(func() {
			for range events {
				if _, err := l.Append(b.Context(), sample); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for range b.N {
		events <- struct{}{}
	}
	close(events)
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// sample is an event as a fleet publishes them.
var sample = event.Event{
	At: 1_753_000_000_123, Name: "greenhouse/temperature", Device: "3f002b000000000000000001",
	Owner: "1e0000000000000000000001", TTL: event.DefaultTTL,
	Data: `{"temperature":21.5,"humidity":48,"battery":3.71,"note":"` +
		`0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"}`,
}
