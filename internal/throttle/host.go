package throttle

import (
	"container/list"
	"strings"
	"time"
)

// cooldown is how long a closed host must not have failed before a probe.
const cooldown = 5 * time.Second

// host is what is known of one key. The throttle's lock guards it; its times are
// those of the throttle's clock.
type host struct {
	key    string
	place  *list.Element // in the throttle's order
	window window
	seen   time.Duration // when a call was counted last
	failed time.Duration // when a call failed last; 0 = never
	text   string        // why it failed
	probe  time.Duration // when the probe in flight was let through; 0 = none is
}

// forgotten says whether the host was idle for so long that it counts as gone,
// swept or not.
func (h *host) forgotten(now time.Duration) bool { return now-h.seen >= idle }

// probing says whether a probe is in flight and not given up as lost.
func (h *host) probing(now, lost time.Duration) bool {
	return h.probe != 0 && now-h.probe < lost
}

// nextProbe tells from when on a closed host's probe may pass. While one is in
// flight, this is when the next one may pass if the first fails this instant: it
// cannot be earlier but for good news, which Report's result brings.
func (h *host) nextProbe(now, lost time.Duration) time.Duration {
	if h.probing(now, lost) {
		return min(h.probe+lost, now+cooldown)
	}
	return h.failed + cooldown
}

// release ends the probe in flight and says whether there was one. The report
// of a probe that was given up as lost may end the one that took its place: then
// one more passes early, which is harmless.
func (h *host) release() bool {
	was := h.probe != 0
	h.probe = 0
	return was
}

// fail counts a failed call.
func (h *host) fail(now time.Duration, v Verdict, text string) {
	if v == Probe {
		h.release()
	}
	h.window.current(now).failure++
	h.failed = now
	if text != h.text {
		h.text = shorten(text)
	}
}

// succeed counts a call that succeeded and says whether it made up for failures.
func (h *host) succeed(now time.Duration, v Verdict) (letGo bool) {
	h.window.current(now).success++
	letGo = h.window.troubled()
	if v == Probe {
		h.release()
		h.window.halve()
	}
	return letGo
}

// shorten gives at most maxText bytes of a text, in memory of their own and
// without a broken character at the end.
func shorten(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return strings.Clone(text)
}
