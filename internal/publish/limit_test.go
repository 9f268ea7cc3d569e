package publish

import (
	"fmt"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
)

func TestLimiterBoundsEachAccount(t *testing.T) {
	now := time.Unix(1000, 0)
	l := newLimiter(5, func() time.Time { return now })
	admitted := func(account string) (n int) {
		for range 200 {
			if l.admit(account) == nil {
				n++
			}
		}
		return n
	}
	if n := admitted("ann"); n != 50 {
		t.Errorf("a burst of %d, want 50", n)
	}
	if err := l.admit("ann"); !fault.Is(err, fault.Limited) {
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
		_ = l.admit(fmt.Sprint(i))
	}
	if len(l.buckets) > mostBuckets {
		t.Errorf("%d buckets are kept, want at most %d", len(l.buckets), mostBuckets)
	}
	if n := (*limiter)(nil).admit("ann"); n != nil {
		t.Errorf("without a limit: %v", n)
	}
}
