package identity

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// try makes one login with the given outcome and says whether it was let pass.
func try(l *limiter, address string, now time.Time, o outcome) bool {
	if l.begin(address, now) != nil {
		return false
	}
	l.end(address, now, o)
	return true
}

func TestTenFailuresLockAnAddress(t *testing.T) {
	l := newLimiter(10)
	for i := range maxFailures {
		if !try(l, "192.0.2.1", start, refused) {
			t.Fatalf("failure %d was not let pass", i+1)
		}
	}
	err := l.begin("192.0.2.1", start.Add(time.Minute))
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Limited || f.RetryAfter != 29*60 {
		t.Errorf("after ten failures got %v, want a fault Limited with 1740 s to wait", err)
	}
	if !try(l, "192.0.2.2", start, refused) {
		t.Error("another address is locked too")
	}
	if try(l, "192.0.2.1", start.Add(lockTime-time.Second), succeeded) {
		t.Error("the lock ended early")
	}
	if !try(l, "192.0.2.1", start.Add(lockTime), succeeded) {
		t.Error("the lock did not end")
	}
}

func TestSuccessForgivesFailures(t *testing.T) {
	l := newLimiter(10)
	for range maxFailures - 1 {
		try(l, "127.0.0.1", start, refused)
	}
	try(l, "127.0.0.1", start, succeeded)
	for i := range maxFailures - 1 {
		if !try(l, "127.0.0.1", start, refused) {
			t.Fatalf("failure %d after a success was not let pass", i+1)
		}
	}
}

func TestLoginsAtOnceCannotPassTheLimit(t *testing.T) {
	l := newLimiter(10)
	for range maxFailures {
		if err := l.begin("192.0.2.1", start); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.begin("192.0.2.1", start); !fault.Is(err, fault.Limited) {
		t.Errorf("eleven logins at once: got %v, want a fault Limited", err)
	}
	l.end("192.0.2.1", start, unknown)
	if err := l.begin("192.0.2.1", start); err != nil {
		t.Errorf("after one ended without an outcome: got %v, want nil", err)
	}
}

func TestRequestsPerWindow(t *testing.T) {
	for _, c := range []struct {
		address string
		want    bool // passes beyond the limit
	}{
		{"192.0.2.1", false}, {"2001:db8::1", false}, {"somewhere", false},
		{"127.0.0.1", true}, {"127.8.9.1", true}, {"::1", true}, {"::ffff:127.0.0.1", true},
	} {
		l := newLimiter(10)
		for i := range maxRequests {
			if !try(l, c.address, start, succeeded) {
				t.Fatalf("%s: request %d was not let pass", c.address, i+1)
			}
		}
		if got := try(l, c.address, start.Add(window-1), succeeded); got != c.want {
			t.Errorf("%s: request %d let pass = %v, want %v", c.address, maxRequests+1, got, c.want)
		}
		if !try(l, c.address, start.Add(window), succeeded) {
			t.Errorf("%s: the next window is closed", c.address)
		}
	}
}

func TestAddressesOfOneHostCountTogether(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8::1", "2001:db8::ffff:2", true},
		{"2001:db8:0:1::1", "2001:db8:0:2::1", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
	} {
		a, _ := addressKey(c.a)
		b, _ := addressKey(c.b)
		if (a == b) != c.same {
			t.Errorf("%s counts under %q, %s under %q; want same = %v", c.a, a, c.b, b, c.same)
		}
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := newLimiter(3)
	for i := range 10 {
		try(l, "192.0.2.1", start, succeeded) // seen again and again: stays
		try(l, fmt.Sprintf("198.51.100.%d", i), start, refused)
	}
	if len(l.known) != 3 || l.order.Len() != 3 {
		t.Errorf("got %d and %d visitors, want 3", len(l.known), l.order.Len())
	}
	if got := l.known["192.0.2.1"]; got == nil || got.Value.(*visitor).requests != 10 {
		t.Error("the address seen last was forgotten")
	}
}

func TestEndAfterBeingForgotten(t *testing.T) {
	l := newLimiter(1)
	if err := l.begin("192.0.2.1", start); err != nil {
		t.Fatal(err)
	}
	try(l, "192.0.2.2", start, refused)
	l.end("192.0.2.1", start, refused)
	if got := l.visit("192.0.2.1"); got.pending != 0 || got.failures != 1 {
		t.Errorf("got %d pending and %d failures, want 0 and 1", got.pending, got.failures)
	}
}
