package deliver

// Load is how busy a dispatcher is: calls in flight, deliveries and bytes
// queued in memory.
type Load struct{ Active, Waiting, Memory int }

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
