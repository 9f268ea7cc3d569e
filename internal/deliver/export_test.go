package deliver

// Load is how busy a dispatcher is: calls in flight, deliveries and bytes
// queued in memory.
type Load struct{ Active, Waiting, Memory int }

// Kept is how much a dispatcher remembers of deliveries whose end is not
// committed, and of the order of devices.
func (d *Dispatcher) Kept() (settling, chains int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.settling), len(d.chains)
}

// Load tells how busy the dispatcher is now.
func (d *Dispatcher) Load() Load {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := Load{Active: d.active, Memory: d.memory}
	for _, o := range d.origins {
		l.Waiting += o.waiting
	}
	return l
}
