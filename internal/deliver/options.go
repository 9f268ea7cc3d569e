package deliver

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/fieldhook/fieldhook/internal/integration"
)

// Options says what a dispatcher works with.
type Options struct {
	Integrations Integrations
	Backlog      Backlog
	Sender       Sender
	Responder    Responder
	Throttle     Throttle // nil = every call passes
	PerAccount   bool     // each account's calls rate a host for themselves
	Secrets      Secrets  // nil = there are none
	Ledgers      Ledgers  // nil = there are none
	Rings        Rings    // nil = calls are not recorded
	UserAgent    string

	Timeout    time.Duration           // of a whole call; 0 = 20 s
	Calls      int                     // calls at once on this node; 0 = 1,024
	Memory     int                     // bytes of queued deliveries; 0 = 64 MiB
	Retry      integration.RetryPolicy // of integrations that name none; default: RetryNone
	RetryAge   time.Duration           // how long failed deliveries are repeated; 0 = 24 h
	MaxPending int                     // unfinished deliveries of an integration; 0 = no bound
	MaxAge     time.Duration           // how long a delivery may wait for its first attempt; 0 = no bound
	Line       int                     // deliveries of a device that wait with ordering: device; 0 = 10,000

	RecentCalls int // successes, and errors, that are recorded per integration; 0 = 50

	Now        func() time.Time            // wall clock; nil = time.Now
	Random     func() float64              // of [0,1), for the backoff, called by many goroutines; nil = a source of its own
	Unexpected func(msg string, err error) // told of errors that no caller can be told of
}

func (o *Options) defaults() {
	o.limits()
	if o.Throttle == nil {
		o.Throttle = open{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.Unexpected == nil {
		o.Unexpected = func(string, error) {}
	}
}

func (o *Options) limits() {
	o.Timeout = cmp.Or(o.Timeout, 20*time.Second)
	o.Calls = cmp.Or(o.Calls, 1024)
	o.Memory = cmp.Or(o.Memory, 64<<20)
	o.RetryAge = cmp.Or(o.RetryAge, retryAge)
	o.Line = cmp.Or(o.Line, 10_000)
	o.RecentCalls = cmp.Or(o.RecentCalls, 50)
}
