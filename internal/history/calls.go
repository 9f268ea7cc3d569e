package history

import (
	"context"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// Query chooses recorded calls. The zero value of a field chooses all.
type Query struct {
	Ring     eventlog.Ring
	Device   string
	Event    string // beginning of the name
	Status   int    // of the answer; 1 to 5 stand for 1xx to 5xx
	From, To int64  // when the call began, Unix milliseconds; To is exclusive
}

func (q *Query) match(c *eventlog.Call) bool {
	at := c.Attempt.At
	return (q.Ring == 0 || q.Ring == c.Ring) &&
		(q.Device == "" || q.Device == c.Event.Device) &&
		strings.HasPrefix(c.Event.Name, q.Event) &&
		(q.Status == 0 || q.Status == c.Attempt.Status || q.Status == c.Attempt.Status/100) &&
		at >= q.From && (q.To == 0 || at < q.To)
}

// Find gives the heads of the calls of the last Kept days that a query chooses,
// newest first. A head has no texts, and of its event only seq, name and device.
func (r *Reader) Find(ctx context.Context, integration string, q Query) ([]eventlog.Call, error) {
	heads, err := r.CallHeads(ctx, integration)
	if err != nil {
		return nil, err
	}
	q.From = max(q.From, r.now().Add(-Kept*24*time.Hour).UnixMilli())
	found := heads[:0]
	for i := range heads {
		if q.match(&heads[i]) {
			found = append(found, heads[i])
		}
	}
	return found, nil
}

// Whole gives the calls of some heads with their texts, without those that were
// replaced by newer ones meanwhile.
func (r *Reader) Whole(ctx context.Context, heads []eventlog.Call) ([]eventlog.Call, error) {
	whole := make([]eventlog.Call, 0, len(heads))
	for i := range heads {
		h := &heads[i]
		c, err := r.Call(ctx, h.Integration, h.Ring, h.Slot, h.N)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		whole = append(whole, c)
	}
	return whole, nil
}

// Recent gives the newest calls of a ring, whole.
func (r *Reader) Recent(ctx context.Context, integration string, ring eventlog.Ring, n int) ([]eventlog.Call, error) {
	heads, err := r.Find(ctx, integration, Query{Ring: ring})
	if err != nil {
		return nil, err
	}
	return r.Whole(ctx, heads[:min(n, len(heads))])
}

// Numbered gives the call of a ring that has a number. Errors: fault NotFound.
func (r *Reader) Numbered(ctx context.Context, integration string, ring eventlog.Ring, n int64) (eventlog.Call, error) {
	heads, err := r.Find(ctx, integration, Query{Ring: ring})
	if err != nil {
		return eventlog.Call{}, err
	}
	for i := range heads {
		if heads[i].N == n {
			return r.Call(ctx, integration, ring, heads[i].Slot, n)
		}
	}
	return eventlog.Call{}, fault.New(fault.NotFound, "No recorded call has this id; newer ones may have taken its place.")
}
