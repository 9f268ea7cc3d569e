package eventlog

import "github.com/fieldhook/fieldhook/internal/event"

// audience finds the followers of an event by map look-ups, so that those whom
// an event does not concern cost it nothing, however many there are. It is not
// for concurrent use.
type audience struct {
	seats map[seat]*rows
	count int
}

// seat is what a filter asks of an event's owner and device; device "" = any.
type seat struct{ owner, device string }

// rows are the followers of one seat by the prefix of names they ask for.
type rows struct {
	by      map[string]map[*Follower]struct{}
	lengths map[int]int // how many prefixes have a length
}

func newAudience() audience { return audience{seats: map[seat]*rows{}} }

func seatOf(f *Filter) seat { return seat{f.Owner, f.Device} }

func (a *audience) add(f *Follower) {
	r := a.seats[seatOf(&f.filter)]
	if r == nil {
		r = &rows{by: map[string]map[*Follower]struct{}{}, lengths: map[int]int{}}
		a.seats[seatOf(&f.filter)] = r
	}
	prefix := f.filter.Prefix
	if r.by[prefix] == nil {
		r.by[prefix] = map[*Follower]struct{}{}
		r.lengths[len(prefix)]++
	}
	r.by[prefix][f] = struct{}{}
	a.count++
}

// remove takes a follower out and says whether it was there.
func (a *audience) remove(f *Follower) bool {
	r, prefix := a.seats[seatOf(&f.filter)], f.filter.Prefix
	if r == nil {
		return false
	}
	if _, ok := r.by[prefix][f]; !ok {
		return false
	}
	a.count--
	if delete(r.by[prefix], f); len(r.by[prefix]) > 0 {
		return true
	}
	delete(r.by, prefix)
	if r.lengths[len(prefix)]--; r.lengths[len(prefix)] == 0 {
		delete(r.lengths, len(prefix))
	}
	if len(r.by) == 0 {
		delete(a.seats, seatOf(&f.filter))
	}
	return true
}

// push hands an event to everybody whose filter it passes; see Filter.match.
func (a *audience) push(e *event.Event) {
	a.seats[seat{e.Owner, ""}].push(e)
	if e.Device != "" {
		a.seats[seat{e.Owner, e.Device}].push(e)
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

func (a *audience) all() []*Follower {
	fs := make([]*Follower, 0, a.count)
	for _, r := range a.seats {
		for _, set := range r.by {
			for f := range set {
				fs = append(fs, f)
			}
		}
	}
	return fs
}
