package usage

import (
	"context"
	"time"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// By says what rows of an answer are added up to.
type By uint8

// What counts are added up by.
const (
	Day     By = iota // a row per day
	Device            // a row per device
	Product           // a row per product
)

// Query asks for counts of an account, a product or an organization.
type Query struct {
	Scope    scope.Scope
	By       By
	From, To int64  // days since 1970-01-01, both included
	Device   string // only of this device; "" = of all
	Product  int64  // only of this product; below 0 = of all
	After    string // by Device: only devices behind this one
	Limit    int    // rows at the most
}

// Usage answers a query with what was counted until now; members of a row that
// the rows are added up over are 0. Rows are ascending by what
// they are added up by. Errors: the store's.
func (m *Meter) Usage(ctx context.Context, q Query) ([]Row, error) {
	if err := m.Flush(ctx); err != nil {
		return nil, err
	}
	return m.Store.Usage(ctx, q)
}

// Date is the key's day as 2016-11-21.
func (k *Key) Date() string { return time.Unix(k.Day*24*60*60, 0).UTC().Format(time.DateOnly) }
