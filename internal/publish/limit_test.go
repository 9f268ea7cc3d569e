package publish

import (
	"fmt"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

func TestLimiterBoundsEachAccount(t *testing.T) {
	now := time.Unix(1000, 0)
	l := newLimiter(5, func() time.Time { return now })
	admitted := func(user string) (n int) {
		for range 200 {
			if l.admit(account{user: user}) == nil {
				n++
			}
		}
		return n
	}
	if n := admitted("ann"); n != 50 {
		t.Errorf("a burst of %d, want 50", n)
	}
	if err := l.admit(account{user: "ann"}); !fault.Is(err, fault.Limited) {
		t.Errorf("beyond the burst: %v, want a fault Limited", err)
	}
	if n := admitted("bob"); n != 50 {
		t.Errorf("another account: %d, want 50", n)
	}
	now = now.Add(2 * time.Second)
	if n := admitted("ann"); n != 10 {
		t.Errorf("after two seconds: %d, want 10", n)
	}
	for i := range 3 * mostBuckets {
		now = now.Add(time.Second)
		_ = l.admit(account{user: fmt.Sprint(i)})
	}
	if len(l.buckets) > mostBuckets {
		t.Errorf("%d buckets are kept, want at most %d", len(l.buckets), mostBuckets)
	}
	if n := (*limiter)(nil).admit(account{user: "ann"}); n != nil {
		t.Errorf("without a limit: %v", n)
	}
}

func TestAccountOf(t *testing.T) {
	user, nobody := &scope.Principal{User: "ann"}, &scope.Principal{}
	for _, c := range []struct {
		p    *scope.Principal
		by   stamp
		want account
	}{
		{user, stamp{owner: "ann"}, account{user: "ann"}},
		{user, stamp{product: 10000, org: "acme"}, account{user: "ann"}},
		{nobody, stamp{product: 10000, org: "acme"}, account{product: 10000}},
		{nobody, stamp{org: "acme"}, account{org: "acme"}},
	} {
		if got := accountOf(c.p, c.by); got != c.want {
			t.Errorf("%+v, %+v: got %+v, want %+v", c.p, c.by, got, c.want)
		}
	}
}
