// Package publish is the one door in: every event, whatever protocol brought
// it, passes here to be checked, stamped and appended to the log.
//
// Publish returns nil only after the event is durable. Who may publish was
// decided by the adapter that authenticated the principal; publish decides what
// may be published.
package publish

import (
	"context"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Input is an event as a publisher hands it in.
type Input struct {
	Name        string
	Data        string // any bytes
	NoData      bool   // there was no data at all
	TTL         int    // seconds; 0 = event.DefaultTTL
	ContentType string // "" = text
	Private     bool   // accepted for old clients; every event is private
}

// Log is where events go. Append returns after the event is on disk.
type Log interface {
	Append(ctx context.Context, e event.Event) (seq int64, err error)
}

// Service checks and stamps events. It is safe for concurrent use.
type Service struct {
	log   Log
	now   func() time.Time
	limit *limiter

	refused func(*scope.Principal)
}

// New makes the door in front of a log. now gives the wall clock.
func New(log Log, now func() time.Time) *Service { return &Service{log: log, now: now} }

// Limit bounds what each account may publish, in events per second; 0 = no
// bound. refused is told of each event that is beyond it. Limit must be called
// before the first Publish.
func (s *Service) Limit(perSecond float64, refused func(*scope.Principal)) {
	s.limit, s.refused = newLimiter(perSecond, s.now), refused
}

// Publish appends an event of the principal's sandbox. Errors: a fault
// Invalid for a bad name, reserved name or oversize data; Limited when the
// account publishes too fast; Unavailable when the log is full or cannot tell
// whether it committed.
func (s *Service) Publish(ctx context.Context, p *scope.Principal, in Input) error {
	if event.Reserved(in.Name) {
		return fault.Field("name", `The names spark and particle, and those behind spark/ and particle/, are the hub's own.`)
	}
	if err := s.limit.admit(p.User); err != nil {
		s.refused(p)
		return err
	}
	return s.append(ctx, p.User, p.Coreid(), in)
}

// System appends an event that the hub itself observed about a device, such as
// spark/status. Reserved names are allowed here.
func (s *Service) System(ctx context.Context, owner, device, name, data string) error {
	return s.append(ctx, owner, device, Input{Name: name, Data: data})
}

func (s *Service) append(ctx context.Context, owner, device string, in Input) error {
	if err := Check(in); err != nil {
		return err
	}
	ttl := in.TTL
	if ttl == 0 {
		ttl = event.DefaultTTL
	}
	_, err := s.log.Append(ctx, event.Event{
		At: s.now().UnixMilli(), Name: in.Name, Data: in.Data, NoData: in.NoData,
		Device: device, Owner: owner, ContentType: in.ContentType, TTL: ttl,
	})
	return err
}

// Check says what is wrong with the input, as a fault that names the field.
func Check(in Input) error {
	if why := event.ValidName(in.Name); why != "" {
		return fault.Field("name", "%s.", why)
	}
	if len(in.Data) > event.MaxData {
		return fault.Field("data", "Event data has at most %d bytes; this has %d.", event.MaxData, len(in.Data))
	}
	if in.TTL < 0 {
		return fault.Field("ttl", "The time to live is a number of seconds above 0.")
	}
	if len(in.ContentType) > 128 {
		return fault.Field("content_type", "A content type has at most 128 bytes.")
	}
	return nil
}
