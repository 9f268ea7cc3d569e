package app

import (
	"context"
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Simulated lets devices that live in this process act as those that hold a
// token of their own do. A principal names the device and, unless its product
// speaks for it, the user who claimed it.
type Simulated struct{ hub *Hub }

// simulatedFrom is the address that simulated devices are heard from.
const simulatedFrom = "127.0.0.1"

// Simulated gives the door of simulated devices.
func (h *Hub) Simulated() Simulated { return Simulated{h} }

// bear completes a principal as the device's token would.
func (s Simulated) bear(ctx context.Context, p *scope.Principal) (*scope.Principal, error) {
	born := *p
	return &born, fleet.NewDirectory(s.hub.store).Bear(ctx, &born)
}

// Publish publishes an event as a device. Errors: a fault NotFound or Forbidden
// for a device that is gone or may do nothing; those of publish.Service.
func (s Simulated) Publish(ctx context.Context, p *scope.Principal, in publish.Input) error {
	born, err := s.bear(ctx, p)
	if err != nil {
		return err
	}
	s.hub.presence.Heard(born, simulatedFrom)
	return s.hub.Publisher.Publish(ctx, born, in)
}

// Connect has a device online until leave is called. Errors: as Publish.
func (s Simulated) Connect(ctx context.Context, p *scope.Principal) (leave func(), err error) {
	born, err := s.bear(ctx, p)
	if err != nil {
		return nil, err
	}
	return s.hub.presence.Enter(born, simulatedFrom), nil
}

// ImportCounts takes over counts of days before today, UTC. Where there are
// counts they stay. Errors: a fault Invalid for a later day.
func (h *Hub) ImportCounts(ctx context.Context, counts []eventlog.Tally) error {
	today := eventlog.DayOf(time.Now().UnixMilli())
	for i := range counts {
		if counts[i].Day >= today {
			return fault.New(fault.Invalid, "Counts are imported for days before today only.")
		}
	}
	return h.store.FillTallies(ctx, counts)
}
