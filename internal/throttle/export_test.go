package throttle

// Known is how many hosts are in memory.
func (t *Throttle) Known() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.hosts)
}
