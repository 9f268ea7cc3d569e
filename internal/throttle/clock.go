package throttle

import "time"

// clock turns readings of an outer clock into a time that never goes back: a
// step back counts as no time at all, and later readings go on from there. So no
// host waits for the outer clock to come to where it once was.
type clock struct {
	now     func() time.Time
	last    time.Time     // the latest reading
	elapsed time.Duration // at that reading
}

// startClock begins at one window's length, so that 0 is a time that never was.
func startClock(now func() time.Time) clock {
	return clock{now: now, last: now(), elapsed: span}
}

// read reads the outer clock. A step ahead counts for no more than the time
// after which everything is forgotten anyway.
func (c *clock) read() time.Duration {
	now := c.now()
	if d := now.Sub(c.last); d > 0 {
		c.elapsed += min(d, idle)
	}
	c.last = now
	return c.elapsed
}

// outer tells what the outer clock shows at a time, as seen from its latest
// reading.
func (c *clock) outer(at time.Duration) time.Time {
	return c.last.Add(at - c.elapsed)
}
