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
	Data        string // any bytes; of a binary content type: base64, or a data URL
	NoData      bool   // there was no data at all
	TTL         int    // seconds; 0 = event.DefaultTTL
	ContentType string // name, number or media type; see event.ContentType
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

// Publish appends an event of the principal's sandbox, or, for a device's
// token, of the device: its owner's, its product's and its organization's, as
// the principal tells. Errors: a fault Forbidden for a principal without a
// sandbox or device; Invalid for a bad name, reserved name or oversize data;
// Limited when the account publishes too fast; Unavailable when the log is full
// or cannot tell whether it committed.
func (s *Service) Publish(ctx context.Context, p *scope.Principal, in Input) error {
	if p.User == "" && p.Device == "" {
		return fault.New(fault.Forbidden, "Permission denied: this token publishes in its product or organization only.")
	}
	return s.publish(ctx, p, stampOf(p), in)
}

// PublishIn appends an event that the principal publishes into a product, with
// the organization that owns it ("" = none), or into an organization (product
// 0). It has no owner: it is in nobody's sandbox. Errors: as Publish.
func (s *Service) PublishIn(ctx context.Context, p *scope.Principal, product int64, org string, in Input) error {
	return s.publish(ctx, p, stamp{device: event.API, product: product, org: org}, in)
}

func (s *Service) publish(ctx context.Context, p *scope.Principal, by stamp, in Input) error {
	if event.Reserved(in.Name) {
		return fault.Field("name", `The names spark and particle, and those behind spark/ and particle/, are the hub's own.`)
	}
	if err := s.limit.admit(accountOf(p, by)); err != nil {
		s.refused(p)
		return err
	}
	return s.append(ctx, by, in)
}

// System appends an event that the hub itself observed about a device, such as
// spark/status. The principal is the device's: who owns it, and what it is in.
// Reserved names are allowed here. Errors: as Publish.
func (s *Service) System(ctx context.Context, device *scope.Principal, name, data string) error {
	return s.append(ctx, stampOf(device), Input{Name: name, Data: data})
}

// stamp says whose an event is; see event.Event.
type stamp struct {
	device, owner string
	product       int64
	org           string
	firmware      int
}

// stampOf is the stamp of what a principal publishes in its own name.
func stampOf(p *scope.Principal) stamp {
	return stamp{device: p.Coreid(), owner: p.User, product: p.Product, org: p.Org, firmware: p.Firmware}
}

func (s *Service) append(ctx context.Context, by stamp, in Input) error {
	if err := Check(in); err != nil {
		return err
	}
	in, err := typed(in)
	if err != nil {
		return err
	}
	ttl := in.TTL
	if ttl == 0 {
		ttl = event.DefaultTTL
	}
	_, err = s.log.Append(ctx, event.Event{
		At: s.now().UnixMilli(), Name: in.Name, Data: in.Data, NoData: in.NoData, ContentType: in.ContentType, TTL: ttl,
		Device: by.device, Owner: by.owner, Product: by.product, Org: by.org, Firmware: by.firmware,
	})
	return err
}

// Check says what is wrong with the input, whatever its content type, as a fault
// that names the field.
func Check(in Input) error {
	if why := event.ValidName(in.Name); why != "" {
		return fault.Field("name", "%s.", why)
	}
	if in.TTL < 0 {
		return fault.Field("ttl", "The time to live is a number of seconds above 0.")
	}
	if len(in.ContentType) > 128 {
		return fault.Field("content_type", "A content type has at most 128 bytes.")
	}
	return nil
}
