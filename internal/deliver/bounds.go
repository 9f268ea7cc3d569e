package deliver

import (
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
)

// overflows says whether a new job is one too many for its integration or for
// its device's chain.
func (d *Dispatcher) overflows(in *integration.Integration, j job) bool {
	if j.d.Mark != eventlog.Ordinary { // one test, and as many replays as Replaying lets a job accept
		return false
	}
	most := d.MaxPending
	if in != nil && in.Definition.MaxPending > 0 {
		most = in.Definition.MaxPending
	}
	return most > 0 && d.pending[j.d.Integration] >= most || j.d.Ordered && d.full(j)
}

// expired says whether a delivery has waited for too long for its first
// attempt. A replay is of an old event, and on purpose.
func (d *Dispatcher) expired(in *integration.Integration, j job) bool {
	most := d.MaxAge
	if in.Definition.MaxAge > 0 {
		most = in.Definition.MaxAge
	}
	return most > 0 && j.d.Since == 0 && j.d.Mark == eventlog.Ordinary &&
		d.Now().UnixMilli()-j.e.At > most.Milliseconds()
}

// refuse drops a new job. The log is told by a goroutine of its own, because
// new jobs come on the goroutine of its writer, which must not wait for itself.
func (d *Dispatcher) refuse(j job) {
	d.settling[j.d.ID] = nil
	d.refused = append(d.refused, j)
	if !d.dropping {
		d.dropping = true
		go d.drop()
	}
}

// drop ends the refused jobs as dropped until there are none.
func (d *Dispatcher) drop() {
	for jobs := d.takeRefused(); len(jobs) > 0; jobs = d.takeRefused() {
		for _, j := range jobs {
			in, _ := d.Integrations.Lookup(j.d.Integration)
			d.results.Finish(dropped(in, j, eventlog.Overflow, d.Now()))
		}
	}
}

func (d *Dispatcher) takeRefused() []job {
	d.mu.Lock()
	defer d.mu.Unlock()
	jobs := d.refused
	d.refused, d.dropping = nil, len(jobs) > 0
	return jobs
}

// count and uncount keep the number of unfinished deliveries per integration,
// those of replays apart: they must not crowd out what devices publish.
func (d *Dispatcher) count(j job) { d.counts(j)[j.d.Integration]++ }

func (d *Dispatcher) uncount(j job) {
	counts := d.counts(j)
	if n := counts[j.d.Integration] - 1; n > 0 {
		counts[j.d.Integration] = n
		return
	}
	delete(counts, j.d.Integration)
}

func (d *Dispatcher) counts(j job) map[string]int {
	if j.d.Mark == eventlog.Replay {
		return d.replaying
	}
	return d.pending
}

// Replaying is how many replayed deliveries of an integration are unfinished.
func (d *Dispatcher) Replaying(integration string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.replaying[integration]
}
