package throttle_test

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/throttle"
)

// BenchmarkHealthyHost is what every call pays: Admit and Report of a success.
func BenchmarkHealthyHost(b *testing.B) {
	th := throttle.New(throttle.Options{})
	b.ReportAllocs()
	for b.Loop() {
		th.Report(host, th.Admit(host), throttle.Success, "")
	}
}

// BenchmarkHealthyHostInParallel has every processor call the same host.
func BenchmarkHealthyHostInParallel(b *testing.B) {
	th := throttle.New(throttle.Options{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			th.Report(host, th.Admit(host), throttle.Success, "")
		}
	})
}

// BenchmarkClosedHost is what a skipped call pays.
func BenchmarkClosedHost(b *testing.B) {
	th := throttle.New(throttle.Options{})
	for range 1000 {
		th.Report(host, throttle.Pass, throttle.Failure, "ETIMEOUT")
	}
	b.ReportAllocs()
	for b.Loop() {
		th.Admit(host)
	}
}
