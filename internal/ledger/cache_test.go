package ledger

import (
	"strconv"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// TestCacheIsBounded puts in more than fits; the newest entry always does.
func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	text := strings.Repeat("x", MaxData)
	for i := range 3 * maxCached / MaxData {
		k := Key{Ledger: "a", Value: strconv.Itoa(i)}
		c.putText(k, text, 0)
		if _, _, ok := c.text(k); !ok || c.size > maxCached {
			t.Fatalf("after %d entries: there %v, %d bytes", i+1, ok, c.size)
		}
	}
	size := 0
	for range c.texts {
		size += perText + len(text)
	}
	if c.size != size || len(c.texts) < maxCached/(2*MaxData) {
		t.Errorf("%d entries are counted as %d bytes, want %d", len(c.texts), c.size, size)
	}
	for i := range maxOwners + 10 {
		c.putOwner(scope.Of(strconv.Itoa(i)), map[string]Definition{}, 0)
	}
	if len(c.owners) > maxOwners {
		t.Errorf("%d owners, want at most %d", len(c.owners), maxOwners)
	}
}
