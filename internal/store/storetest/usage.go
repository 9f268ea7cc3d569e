package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// Usage is how data operations are counted and forgotten.
type Usage interface {
	usage.Store
	PruneUsage(ctx context.Context, day int64) error
}

var usageChecks = []check{
	{"usage/mark", usageMark},
	{"usage/adds up", usageAddsUp},
	{"usage/a part is added once", usageOnce},
	{"usage/pages of devices", usagePages},
	{"usage/pruned", usagePruned},
}

func usageMark(t *testing.T, s Store) {
	got, err := s.UsageMarks(t.Context())
	if err != nil || len(got) != 0 {
		t.Fatalf("marks of a new store: %+v, %v; want none", got, err)
	}
	first, second := usage.Mark{Shard: usage.Whole, Seq: 0, Part: 1}, usage.Mark{Shard: usage.Whole, Seq: 1 << 40, Part: 2}
	other := usage.Mark{Shard: 255, Seq: 7, Part: 3}
	for _, m := range []usage.Mark{first, second, other} {
		ok(t, s.AddUsage(t.Context(), nil, m))
	}
	got, err = s.UsageMarks(t.Context())
	ok(t, err)
	slices.SortFunc(got, func(a, b usage.Mark) int { return a.Shard - b.Shard })
	diff(t, "marks by shard", got, []usage.Mark{second, other})
}

// used makes a row with counts that differ from each other.
func used(owner, device string, product, day, n int64) usage.Row {
	return usage.Row{
		Key:   usage.Key{Owner: owner, Device: device, Product: product, Day: day},
		Count: usage.Count{Events: n, Published: 2 * n, Received: 3 * n, Refused: 4 * n, RefusedStreams: 5 * n},
	}
}

func addUsage(t *testing.T, s Store, rows ...usage.Row) {
	t.Helper()
	marks, err := s.UsageMarks(t.Context())
	ok(t, err)
	part := int64(1)
	for _, m := range marks {
		part = max(part, m.Part+1)
	}
	ok(t, s.AddUsage(t.Context(), rows, usage.Mark{Shard: usage.Whole, Seq: 1, Part: part}))
}

func usageAddsUp(t *testing.T, s Store) {
	ann, bob := id("aa", 1), id("aa", 2)
	addUsage(t, s, used(ann, "d1", 0, 10, 1), used(ann, "d1", 7, 10, 10), used(ann, "d2", 7, 11, 100), used(bob, "d1", 0, 10, 1000))
	addUsage(t, s, used(ann, "d1", 0, 10, 10_000), used(ann, "d3", 0, 12, 100_000))
	unclaimed, into := used("", "d4", 9, 10, 1), used("", "api", 0, 10, 2)
	unclaimed.Org, into.Org = "acme", "acme"
	claimed := used(bob, "d1", 9, 10, 4)
	claimed.Org = "acme"
	addUsage(t, s, unclaimed, into, claimed)
	addUsage(t, s, unclaimed)
	all := usage.Query{Scope: scope.Of(ann), From: 0, To: 100, Product: -1, Limit: 100}
	for name, c := range map[string]struct {
		change func(q *usage.Query)
		want   []usage.Row
	}{
		"days":               {func(*usage.Query) {}, []usage.Row{used("", "", 0, 10, 10_011), used("", "", 0, 11, 100), used("", "", 0, 12, 100_000)}},
		"some days":          {func(q *usage.Query) { q.From, q.To = 11, 11 }, []usage.Row{used("", "", 0, 11, 100)}},
		"devices":            {func(q *usage.Query) { q.By = usage.Device }, []usage.Row{used("", "d1", 0, 0, 10_011), used("", "d2", 0, 0, 100), used("", "d3", 0, 0, 100_000)}},
		"products":           {func(q *usage.Query) { q.By = usage.Product }, []usage.Row{used("", "", 0, 0, 110_001), used("", "", 7, 0, 110)}},
		"a device":           {func(q *usage.Query) { q.Device = "d1" }, []usage.Row{used("", "", 0, 10, 10_011)}},
		"a product":          {func(q *usage.Query) { q.Product = 7; q.By = usage.Device }, []usage.Row{used("", "d1", 0, 0, 10), used("", "d2", 0, 0, 100)}},
		"no product":         {func(q *usage.Query) { q.Product = 0 }, []usage.Row{used("", "", 0, 10, 10_001), used("", "", 0, 12, 100_000)}},
		"of a product":       {func(q *usage.Query) { q.Scope, q.By = scope.OfProduct(9), usage.Device }, []usage.Row{used("", "d1", 0, 0, 4), used("", "d4", 0, 0, 2)}},
		"of an organization": {func(q *usage.Query) { q.Scope, q.By = scope.OfOrganization("acme"), usage.Product }, []usage.Row{used("", "", 0, 0, 2), used("", "", 9, 0, 6)}},
		"of nobody":          {func(q *usage.Query) { q.Scope = scope.OfOrganization(ann) }, nil},
		"a large number":     {func(q *usage.Query) { q.Product = 1 << 40 }, nil},
		"a strange id":       {func(q *usage.Query) { q.Device = "\x00\xff" }, nil},
	} {
		q := all
		c.change(&q)
		got, err := s.Usage(t.Context(), q)
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%s: %v\n%s", name, err, d)
		}
	}
}

func usageOnce(t *testing.T, s Store) {
	ann := id("aa", 1)
	m := usage.Mark{Shard: 3, Seq: 9, Part: 2}
	for _, row := range []usage.Row{used(ann, "d1", 0, 10, 1), used(ann, "d1", 0, 10, 10)} {
		ok(t, s.AddUsage(t.Context(), []usage.Row{row}, m))
	}
	m.Part = 1
	ok(t, s.AddUsage(t.Context(), []usage.Row{used(ann, "d1", 0, 10, 100)}, m))
	got, err := s.Usage(t.Context(), usage.Query{Scope: scope.Of(ann), To: 100, Product: -1, Limit: 100})
	ok(t, err)
	diff(t, "a repeated and an older part", got, []usage.Row{used("", "", 0, 10, 1)})
	marks, err := s.UsageMarks(t.Context())
	ok(t, err)
	diff(t, "the mark", marks, []usage.Mark{{Shard: 3, Seq: 9, Part: 2}})
}

func usagePages(t *testing.T, s Store) {
	ann := id("aa", 1)
	var rows []usage.Row
	for i := range 253 {
		rows = append(rows, used(ann, fmt.Sprintf("d%04d", i), 0, 10, 1), used(ann, fmt.Sprintf("d%04d", i), 7, 10, 1))
	}
	addUsage(t, s, rows...)
	q := usage.Query{Scope: scope.Of(ann), By: usage.Device, From: 10, To: 10, Product: -1, Limit: 100}
	seen := 0
	for _, want := range []int{100, 100, 53, 0} {
		page, err := s.Usage(t.Context(), q)
		if err != nil || len(page) != want {
			t.Fatalf("a page of %d, %v; want %d", len(page), err, want)
		}
		for _, r := range page {
			if r.Device != fmt.Sprintf("d%04d", seen) || r.Events != 2 {
				t.Errorf("row %d: %+v", seen, r)
			}
			seen, q.After = seen+1, r.Device
		}
	}
}

func usagePruned(t *testing.T, s Store) {
	ann := id("aa", 1)
	addUsage(t, s, used(ann, "d1", 0, 10, 1), used(ann, "d1", 0, 11, 10))
	if err := s.PruneUsage(t.Context(), 11); err != nil {
		t.Fatal(err)
	}
	got, err := s.Usage(t.Context(), usage.Query{Scope: scope.Of(ann), To: 100, Product: -1, Limit: 100})
	if d := cmp.Diff([]usage.Row{used("", "", 0, 11, 10)}, got); err != nil || d != "" {
		t.Errorf("after pruning: %v\n%s", err, d)
	}
}
