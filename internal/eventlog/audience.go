package eventlog

import "github.com/fieldhook/fieldhook/internal/event"

// audience finds the followers of an event by map look-ups, so that those whom
// an event does not concern cost it nothing, however many there are. It is not
// for concurrent use.
type audience struct {
	seats map[Seat]*rows
	count int // of followers
}

// rows are the followers of one seat by the prefix of names they ask for.
type rows struct {
	by      map[string]map[*Follower]struct{}
	lengths map[int]int // how many prefixes have a length
}

func newAudience() audience { return audience{seats: map[Seat]*rows{}} }

func (a *audience) add(f *Follower) {
	for _, at := range f.filter.Seats {
		r := a.seats[at]
		if r == nil {
			r = &rows{by: map[string]map[*Follower]struct{}{}, lengths: map[int]int{}}
			a.seats[at] = r
		}
		r.add(f, f.filter.Prefix)
	}
	a.count++
}

func (r *rows) add(f *Follower, prefix string) {
	if r.by[prefix] == nil {
		r.by[prefix] = map[*Follower]struct{}{}
		r.lengths[len(prefix)]++
	}
	r.by[prefix][f] = struct{}{}
}

// remove takes a follower out and says whether it was there.
func (a *audience) remove(f *Follower) (was bool) {
	for _, at := range f.filter.Seats {
		r := a.seats[at]
		if r == nil || !r.remove(f, f.filter.Prefix) {
			continue
		}
		if was = true; len(r.by) == 0 {
			delete(a.seats, at)
		}
	}
	if was {
		a.count--
	}
	return was
}

func (r *rows) remove(f *Follower, prefix string) bool {
	if _, ok := r.by[prefix][f]; !ok {
		return false
	}
	if delete(r.by[prefix], f); len(r.by[prefix]) == 0 {
		delete(r.by, prefix)
		if r.lengths[len(prefix)]--; r.lengths[len(prefix)] == 0 {
			delete(r.lengths, len(prefix))
		}
	}
	return true
}

// push hands an event to everybody whose filter it passes; see Filter.Match.
func (a *audience) push(e *event.Event) {
	if e.Owner != "" {
		a.pushTo(Seat{Owner: e.Owner}, e)
	}
	if e.Product != 0 {
		a.pushTo(Seat{Product: e.Product}, e)
	}
	if e.Org != "" {
		a.pushTo(Seat{Org: e.Org}, e)
		if direct(e) {
			a.pushTo(Seat{Org: e.Org, Direct: true}, e)
		}
	}
}

// pushTo hands an event to a seat, and to the same seat for its device.
func (a *audience) pushTo(at Seat, e *event.Event) {
	a.seats[at].push(e)
	if e.Device != "" {
		at.Device = e.Device
		a.seats[at].push(e)
	}
}

func (r *rows) push(e *event.Event) {
	if r == nil {
		return
	}
	for n := range r.lengths {
		if n > len(e.Name) {
			continue
		}
		for f := range r.by[e.Name[:n]] {
			f.push(e)
		}
	}
}

// all gives every follower. One without a seat is not among them: it is never
// handed anything.
func (a *audience) all() []*Follower {
	fs := make([]*Follower, 0, a.count)
	for at, r := range a.seats {
		for _, set := range r.by {
			for f := range set {
				if f.filter.Seats[0] == at { // each one once
					fs = append(fs, f)
				}
			}
		}
	}
	return fs
}
