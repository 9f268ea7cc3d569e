package deliver

import (
	"cmp"
	"slices"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
)

// chain is the line of one device's unfinished deliveries to an integration
// with ordering: device. Only the first is attempted; the others are held until
// it has ended, through its retries. Entries ascend by id, and those that have
// ended stay until their end is committed: so a read of the backlog knows that
// the chain has them.
type chain struct {
	key     chainKey
	entries []link
	current int // index of the first that has not ended
}

type chainKey struct{ integration, device string }

// link is a delivery in a chain.
type link struct {
	id  int64
	job job // empty for one that is queued, or that memory had no room for
}

func keyOf(j job) chainKey { return chainKey{j.d.Integration, j.e.Device} }

func (c *chain) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(c.entries, id, func(l link, id int64) int { return cmp.Compare(l.id, id) })
}

// held is how many wait for the first to end.
func (c *chain) held() int { return max(0, len(c.entries)-c.current-1) }

// ordered says whether a delivery that is read from the store is to keep its
// place; what match does for those that are committed.
func ordered(in *integration.Integration, p *eventlog.Pending) bool {
	return in.Definition.Ordered && p.Event.Device != event.API && p.Mark == eventlog.Ordinary
}

// chained says whether a chain has the job.
func (d *Dispatcher) chained(j job) bool {
	c := d.chains[keyOf(j)]
	if c == nil {
		return false
	}
	_, ok := c.find(j.d.ID)
	return ok
}

// link adds a new job to its chain and says whether it is the first there.
func (d *Dispatcher) link(j job) (first bool) {
	key := keyOf(j)
	c := d.chains[key]
	if c == nil {
		c = &chain{key: key}
		d.chains[key] = c
	}
	l := link{id: j.d.ID}
	if first = c.current == len(c.entries); !first && d.memory+j.size() <= d.Memory {
		l.job = j
		d.memory += j.size()
	}
	c.entries = append(c.entries, l)
	return first
}

// full says whether the chain of a new job may hold no more.
func (d *Dispatcher) full(j job) bool {
	c := d.chains[keyOf(j)]
	return c != nil && c.held() >= d.Line
}

// ending notes that a delivery's end goes to the log, which may commit it before
// the worker comes back: its place in the chain is free once that is done.
func (d *Dispatcher) ending(j job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.chains[keyOf(j)]; c != nil {
		d.settling[j.d.ID] = c
	}
}

// ended lets the delivery behind one that has ended go on.
func (d *Dispatcher) ended(j job) {
	c := d.chains[keyOf(j)]
	if c == nil {
		return
	}
	if i, ok := c.find(j.d.ID); ok { // else its end is committed already
		if i != c.current {
			return
		}
		c.current++
	}
	if c.current == len(c.entries) {
		return
	}
	next := &c.entries[c.current]
	if next.job.d == nil {
		d.wait(d.origin(j.d.Origin), wait{d.clock(), next.id}, false)
		return
	}
	d.memory -= next.job.size()
	o := d.origin(next.job.d.Origin)
	d.keep(o, next.job)
	next.job = job{}
	d.staff(o)
}

// settled forgets a delivery whose end is committed.
func (d *Dispatcher) settled(id int64) {
	c := d.settling[id]
	delete(d.settling, id)
	if c == nil { // a refused one
		return
	}
	if i, ok := c.find(id); ok {
		c.entries = slices.Delete(c.entries, i, i+1)
		if i < c.current {
			c.current--
		}
	}
	if len(c.entries) == 0 {
		delete(d.chains, c.key)
	}
}
