package deliver

import (
	"context"
	"time"
)

// deadline is a context that has a deadline and no Done channel: senders turn
// it into deadlines of connections, so that a call costs no timer and no
// goroutine of ours. A call in flight is not cancelled at the stop; the process
// ends without it, and the next one delivers again.
type deadline struct {
	context.Context // never ends
	at              time.Time
}

// Deadline implements context.Context.
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

// Err implements context.Context.
func (d *deadline) Err() error {
	if time.Now().Before(d.at) {
		return nil
	}
	return context.DeadlineExceeded
}
