// Package match finds the integrations that an event triggers: by the prefix of
// its name, and then by the integration's own filter.
//
// The index holds the trigger prefixes of each scope by length, so that a
// lookup costs one map access per distinct prefix length of that scope (at most
// 64), however many integrations exist. An event concerns up to three scopes:
// its owner's sandbox, its product and its product's organization. Lookups run
// concurrently; changes are seen by every lookup that starts after them. The
// rules are those of the webhook engine reference, section 2.
package match

import (
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// Index finds integrations by event. The zero value is not usable; see New.
type Index struct {
	contexts sync.Pool // *template.Context, for filters and origins that need the event's data

	mu      sync.RWMutex
	version int64
	spots   map[spot]*prefixes
}

// spot is where integrations wait for events: a user's sandbox, a product, or a
// product as the organization lists it. What is published on an organization's
// own endpoint is for all of its integrations (product 0) and for those of all
// of its products (kind Product, with the organization's id).
type spot struct {
	kind    scope.Kind
	id      string // user or organization; "" for one product
	product int64
}

// prefixes are the enabled integrations of one spot.
type prefixes struct {
	lengths uint64             // bit n-1 is set when some prefix has n bytes
	count   [event.MaxName]int // how many prefixes have n+1 bytes
	by      map[string][]*integration.Integration
}

// New makes an empty index.
func New() *Index {
	return &Index{
		contexts: sync.Pool{New: func() any { return new(template.Context) }},
		spots:    map[spot]*prefixes{},
	}
}

// Match appends one delivery per integration that the event triggers, oldest
// integration first, and tells the configuration version it looked at.
func (x *Index) Match(e *event.Event, into []eventlog.Delivery) ([]eventlog.Delivery, int64) {
	var found [8]*integration.Integration
	hits, version := x.find(e, found[:0])
	if len(hits) == 0 {
		return into, version
	}
	slices.SortFunc(hits, byCreation)
	c := x.contexts.Get().(*template.Context)
	defer x.contexts.Put(c)
	c.Reset(e)
	for _, in := range hits {
		if f := in.Definition.Filter; f == nil || f.Match(e, c) {
			into = append(into, delivery(in.ID, in.Definition, e, c))
		}
	}
	c.Reset(nil) // keeps nothing of the event
	return into, version
}

// delivery makes the delivery of e to the integration with that id. The API is
// not a device, so its events need no order.
func delivery(id string, d *integration.Definition, e *event.Event, c *template.Context) eventlog.Delivery {
	return eventlog.Delivery{Integration: id, Origin: origin(d, c), Ordered: d.Ordered && e.Device != event.API}
}

func byCreation(a, b *integration.Integration) int {
	if a.Created != b.Created {
		return int(a.Created - b.Created)
	}
	return strings.Compare(a.ID, b.ID)
}

func (x *Index) find(e *event.Event, hits []*integration.Integration) ([]*integration.Integration, int64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if !e.Triggers() {
		return hits, x.version
	}
	if e.Owner != "" {
		hits = x.spots[spot{kind: scope.Sandbox, id: e.Owner}].find(e, hits)
	}
	if e.Product != 0 {
		hits = x.spots[spot{kind: scope.Product, product: e.Product}].find(e, hits)
	}
	if e.Org != "" {
		hits = x.spots[spot{scope.Organization, e.Org, e.Product}].find(e, hits)
		if e.Product == 0 {
			hits = x.spots[spot{kind: scope.Product, id: e.Org}].find(e, hits)
		}
	}
	return hits, x.version
}

func (p *prefixes) find(e *event.Event, hits []*integration.Integration) []*integration.Integration {
	if p == nil {
		return hits
	}
	for rest := p.lengths; rest != 0; rest &= rest - 1 {
		n := bits.TrailingZeros64(rest) + 1
		if n > len(e.Name) {
			break
		}
		for _, in := range p.by[e.Name[:n]] {
			if d := in.Definition.DeviceID; d == "" || d == e.Device {
				hits = append(hits, in)
			}
		}
	}
	return hits
}

// originWork bounds what a publisher waits for while one URL's origin is
// rendered, in steps of template.Context.Limit. The attempt has more.
const originWork = 1 << 15

// origin renders where the request will go, or "" if the URL cannot be
// rendered: the attempt will say why. Secrets are empty here, so that data
// cannot stand in for them; an origin that holds one is known at the attempt.
func origin(d *integration.Definition, c *template.Context) string {
	c.Limit(originWork)
	c.SetSecrets(d.Secrets, nil)
	origin, err := d.Origin(c)
	if err != nil {
		return ""
	}
	return origin
}

// Change takes out the old definition of an integration and puts in the new
// one, and a branch that was made of it; nil stands for none, and an old one
// that is not there is no error. No lookup sees one step without the others.
func (x *Index) Change(old, in *integration.Integration, version int64, branch ...*integration.Integration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.version = version
	if old != nil {
		x.remove(old)
	}
	if in != nil {
		x.add(in)
	}
	for _, b := range branch {
		x.add(b)
	}
}

// spotsOf gives the places where an integration waits for events.
func spotsOf(in *integration.Integration) []spot {
	switch in.Scope.Kind {
	case scope.Product:
		all := []spot{{kind: scope.Product, product: in.Scope.Number()}}
		if in.Org != "" {
			all = append(all, spot{kind: scope.Product, id: in.Org})
		}
		return all
	case scope.Organization:
		all := []spot{{kind: scope.Organization, id: in.Scope.ID}}
		for _, product := range in.Definition.Products {
			all = append(all, spot{scope.Organization, in.Scope.ID, product})
		}
		return all
	}
	return []spot{{kind: in.Scope.Kind, id: in.Scope.ID}}
}

func (x *Index) add(in *integration.Integration) {
	trigger := in.Definition.Event
	if in.Definition.Disabled || trigger == "" || len(trigger) > event.MaxName {
		return
	}
	for _, at := range spotsOf(in) {
		p := x.spots[at]
		if p == nil {
			p = &prefixes{by: map[string][]*integration.Integration{}}
			x.spots[at] = p
		}
		p.add(trigger, in)
	}
}

func (p *prefixes) add(trigger string, in *integration.Integration) {
	if p.by[trigger] == nil {
		p.count[len(trigger)-1]++
		p.lengths |= 1 << (len(trigger) - 1)
	}
	p.by[trigger] = append(p.by[trigger], in)
}

func (x *Index) remove(in *integration.Integration) {
	for _, at := range spotsOf(in) {
		p := x.spots[at]
		if p == nil {
			continue
		}
		if p.remove(in.Definition.Event, in.ID); len(p.by) == 0 {
			delete(x.spots, at)
		}
	}
}

func (p *prefixes) remove(trigger, id string) {
	if _, ok := p.by[trigger]; !ok {
		return // a disabled one was never put in
	}
	p.by[trigger] = slices.DeleteFunc(p.by[trigger], func(o *integration.Integration) bool { return o.ID == id })
	if len(p.by[trigger]) == 0 {
		p.forget(trigger)
	}
}

// forget drops a prefix that no integration has any more.
func (p *prefixes) forget(trigger string) {
	delete(p.by, trigger)
	n := len(trigger) - 1
	if p.count[n]--; p.count[n] == 0 {
		p.lengths &^= 1 << n
	}
}

// Reset replaces the whole index.
func (x *Index) Reset(all []*integration.Integration, version int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.version, x.spots = version, map[spot]*prefixes{}
	for _, in := range all {
		x.add(in)
	}
}
