package integration

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what an integration may ask of the queue.
const (
	MinAge      = time.Second         // of maxAge and retry.maxAge
	MaxAge      = 30 * 24 * time.Hour // of both
	MaxAttempts = 1000                // of retry.maxAttempts
	MaxPending  = 10_000_000          // of maxPending
)

// RetryPolicy says which deliveries are attempted again.
type RetryPolicy uint8

// The policies (webhook engine reference, section 11).
const (
	RetryDefault RetryPolicy = iota // not set: the hub's policy
	RetryNone                       // one attempt, whatever comes of it
	RetrySkipped                    // attempts that the throttle skipped
	RetryFailed                     // those, and calls that failed
)

// Retry is the retry setting. Its bounds are zero when the hub's apply, and
// may be set with RetryFailed only.
type Retry struct {
	Policy      RetryPolicy
	MaxAge      time.Duration // since the first attempt, 1s to 30d
	MaxAttempts int           // 1 to 1000
}

// ParseRetryPolicy reads "none", "skipped" or "failed".
func ParseRetryPolicy(text string) (policy RetryPolicy, ok bool) {
	switch text {
	case "none":
		return RetryNone, true
	case "skipped":
		return RetrySkipped, true
	case "failed":
		return RetryFailed, true
	}
	return RetryDefault, false
}

// String gives the word that ParseRetryPolicy reads, or "default".
func (p RetryPolicy) String() string {
	switch p {
	case RetryNone:
		return "none"
	case RetrySkipped:
		return "skipped"
	case RetryFailed:
		return "failed"
	}
	return "default"
}

// retry reads a policy, or an object of policy and bounds.
func (p *parser) retry() {
	m, set := p.set["retry"]
	if text, ok := m.text(); ok && strings.TrimSpace(text) == "" {
		delete(p.set, "retry")
		return
	} else if ok && !strings.HasPrefix(strings.TrimSpace(text), "{") {
		p.d.Retry.Policy = p.policy(m.key, m)
		return
	}
	if set && !m.mayBeObject() {
		p.fail(m.key, "must be none, skipped or failed, or an object.")
		return
	}
	all, m, set := p.fields("retry")
	if !set {
		return
	}
	policy, _ := find(all, "policy")
	p.d.Retry.Policy = p.policy(m.key+".policy", policy)
	for _, part := range all {
		p.retryBound(under(m.key, part.key), part)
	}
}

func (p *parser) policy(path string, m member) RetryPolicy {
	text, _ := m.text()
	policy, ok := ParseRetryPolicy(text)
	if !ok {
		p.fail(path, "must be none, skipped or failed.")
	}
	return policy
}

func (p *parser) retryBound(path string, m member) {
	switch {
	case m.key == "policy" || m.null():
	case m.key != "maxAge" && m.key != "maxAttempts":
		p.stranger(path)
	case p.d.Retry.Policy != RetryFailed:
		p.fail(path, "is used with the policy failed only.")
	case m.key == "maxAge":
		p.d.Retry.MaxAge = p.age(path, m)
	default:
		p.d.Retry.MaxAttempts = p.count(path, m, MaxAttempts)
	}
}

// delivery reads order and bounds of waiting deliveries.
func (p *parser) delivery() {
	value, m := p.optional("ordering")
	if !slices.Contains([]string{"", "none", "device"}, value) {
		p.fail(m.key, "must be none or device.")
	}
	p.d.Ordered = value == "device"
	if m, ok := p.present("maxPending"); ok {
		p.d.MaxPending = p.count(m.key, m, MaxPending)
	}
	if m, ok := p.present("maxAge"); ok {
		p.d.MaxAge = p.age(m.key, m)
	}
}

// present gives a setting unless it is absent or the empty text that forms send.
func (p *parser) present(name string) (m member, ok bool) {
	m, ok = p.set[name]
	if text, isText := m.text(); isText && strings.TrimSpace(text) == "" {
		delete(p.set, name)
		return m, false
	}
	return m, ok
}

// count reads a whole number from 1 to most; forms send it as text.
func (p *parser) count(path string, m member, most int) int {
	text, ok := m.text()
	if !ok {
		text = string(m.raw)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		p.fail(path, "must be a whole number from 1 to %d.", most)
		return 0
	}
	return n
}

func (p *parser) age(path string, m member) time.Duration {
	text, _ := m.text()
	d, ok := ParseDuration(text)
	if !ok || d < MinAge || d > MaxAge {
		p.fail(path, `must be from 1s to 30d, such as "90s", "15m", "24h" or "7d".`)
		return 0
	}
	return d
}

// ParseDuration reads a whole number of at most nine digits with a unit: s, m,
// h or d, such as "90s" or "7d".
func ParseDuration(text string) (d time.Duration, ok bool) {
	if len(text) < 2 || len(text) > 10 {
		return 0, false
	}
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	digits := text[:len(text)-1]
	n, err := strconv.ParseUint(digits, 10, 32)
	unit, ok := units[text[len(text)-1]]
	if err != nil || !ok || n > uint64(1<<63-1)/uint64(unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
