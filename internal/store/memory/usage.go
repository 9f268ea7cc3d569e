package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// UsageMarks implements usage.Store.
func (s *Store) UsageMarks(context.Context) ([]usage.Mark, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Collect(maps.Values(s.usageMarks)), nil
}

// AddUsage implements usage.Store.
func (s *Store) AddUsage(_ context.Context, rows []usage.Row, m usage.Mark) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.usageMarks[m.Shard]; ok && old.Part >= m.Part {
		return nil
	}
	for _, r := range rows {
		sum := s.usage[r.Key]
		sum.Add(r.Count)
		s.usage[r.Key] = sum
	}
	s.usageMarks[m.Shard] = m
	return nil
}

// Usage implements usage.Store.
func (s *Store) Usage(_ context.Context, q usage.Query) ([]usage.Row, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sums := map[usage.Key]usage.Count{}
	for k, c := range s.usage {
		if !asked(&q, &k) {
			continue
		}
		key := groupOf(&q, &k)
		sum := sums[key]
		sum.Add(c)
		sums[key] = sum
	}
	var out []usage.Row
	for k, c := range sums {
		out = append(out, usage.Row{Key: k, Count: c})
	}
	slices.SortFunc(out, func(a, b usage.Row) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Device, b.Device), cmp.Compare(a.Product, b.Product))
	})
	return out[:min(len(out), q.Limit)], nil
}

func asked(q *usage.Query, k *usage.Key) bool {
	return within(q.Scope, k) && k.Day >= q.From && k.Day <= q.To && k.Device > q.After &&
		(q.Device == "" || k.Device == q.Device) && (q.Product < 0 || k.Product == q.Product)
}

// within says whether a count is one of the scope's.
func within(sc scope.Scope, k *usage.Key) bool {
	switch sc.Kind {
	case scope.Product:
		return k.Product == sc.Number()
	case scope.Organization:
		return k.Org == sc.ID
	}
	return k.Owner == sc.ID
}

// groupOf is what a count is added up under.
func groupOf(q *usage.Query, k *usage.Key) usage.Key {
	var g usage.Key
	switch q.By {
	case usage.Day:
		g.Day = k.Day
	case usage.Device:
		g.Device = k.Device
	case usage.Product:
		g.Product = k.Product
	}
	return g
}

// PruneUsage deletes what was used on days before day.
func (s *Store) PruneUsage(_ context.Context, day int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.usage {
		if k.Day < day {
			delete(s.usage, k)
		}
	}
	return nil
}
