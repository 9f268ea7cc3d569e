package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/scope"
)

var ledgerChecks = []check{
	{"ledgers/definitions", ledgerDefinitions},
	{"ledgers/instances and versions", ledgerInstances},
	{"ledgers/a version follows the one before", ledgerConflicts},
	{"ledgers/pages", ledgerPages},
	{"ledgers/of an owner who leaves", ledgersDeleted},
}

// aLedger has members that differ from each other.
func aLedger(owner scope.Scope, name string) ledger.Definition {
	return ledger.Definition{Owner: owner, Name: name, Description: "é", Kind: ledger.OfDevice, Direction: ledger.Downstream, Created: at, Updated: at + 1}
}

func ledgerDefinitions(t *testing.T, s Store) {
	ann, org := scope.Of(id("aa", 1)), scope.OfOrganization(id("aa", 1))
	b, a, other := aLedger(ann, "b"), aLedger(ann, "a-1"), aLedger(org, "b")
	a.Kind, a.Direction = ledger.OfProduct, ledger.Cloud
	for _, d := range []ledger.Definition{b, a, other} {
		ok(t, s.InsertLedger(t.Context(), d))
	}
	refused(t, "a taken name", s.InsertLedger(t.Context(), b), fault.Conflict)
	b.Description, b.Updated, b.Archived = "new", at+2, at+2
	ok(t, s.UpdateLedger(t.Context(), b))
	refused(t, "an unknown ledger", s.UpdateLedger(t.Context(), aLedger(org, "a-1")), fault.NotFound)
	got, err := s.Ledgers(t.Context(), ann)
	ok(t, err)
	diff(t, "ledgers of ann by name", got, []ledger.Definition{a, b})
	got, err = s.Ledgers(t.Context(), org)
	ok(t, err)
	diff(t, "ledgers of the organization", got, []ledger.Definition{other})
}

// anInstance is a version of an instance.
func anInstance(k ledger.Key, version int64) ledger.Instance {
	return ledger.Instance{Key: k, Version: version, Data: `{"é":"\u0000","n":` + string(rune('0'+version)) + `.50}`, Created: at, Updated: at + version}
}

// replaced is what is kept of a version when the next one comes.
func replaced(in ledger.Instance) ledger.Instance {
	in.Replaced = in.Updated + 1
	return in
}

func ledgerInstances(t *testing.T, s Store) {
	ann := scope.Of(id("aa", 1))
	k := ledger.Key{Owner: ann, Ledger: "cfg", Value: id("de", 1)}
	neighbour := ledger.Key{Owner: ann, Ledger: "cfg", Value: id("de", 2)}
	ok(t, s.SaveLedgerInstance(t.Context(), anInstance(neighbour, 1), 2))
	ok(t, s.SaveLedgerInstance(t.Context(), anInstance(neighbour, 2), 2))
	for v := int64(1); v <= 4; v++ {
		ok(t, s.SaveLedgerInstance(t.Context(), anInstance(k, v), 2))
		got, err := s.LedgerInstance(t.Context(), k)
		ok(t, err)
		diff(t, "the newest version", got, anInstance(k, v))
	}
	got, err := s.LedgerVersions(t.Context(), k)
	ok(t, err)
	diff(t, "the two versions before", got, []ledger.Instance{replaced(anInstance(k, 3)), replaced(anInstance(k, 2))})

	ok(t, s.DeleteLedgerInstance(t.Context(), k))
	refused(t, "a second delete", s.DeleteLedgerInstance(t.Context(), k), fault.NotFound)
	_, err = s.LedgerInstance(t.Context(), k)
	refused(t, "a deleted instance", err, fault.NotFound)
	got, err = s.LedgerVersions(t.Context(), k)
	ok(t, err)
	diff(t, "versions of a deleted instance", len(got), 0)
	got, err = s.LedgerVersions(t.Context(), neighbour)
	ok(t, err)
	diff(t, "versions of another instance", got, []ledger.Instance{replaced(anInstance(neighbour, 1))})
}

// ledgerConflicts saves versions that do not follow the stored one; each is
// refused and changes nothing.
func ledgerConflicts(t *testing.T, s Store) {
	k := ledger.Key{Owner: scope.OfOrganization(id("0a", 1)), Ledger: "cfg", Value: "10001"}
	refused(t, "a second version without a first", s.SaveLedgerInstance(t.Context(), anInstance(k, 2), 9), fault.Conflict)
	ok(t, s.SaveLedgerInstance(t.Context(), anInstance(k, 1), 9))
	ok(t, s.SaveLedgerInstance(t.Context(), anInstance(k, 2), 9))
	for _, version := range []int64{1, 2, 4} {
		refused(t, "a version out of turn", s.SaveLedgerInstance(t.Context(), anInstance(k, version), 9), fault.Conflict)
	}
	got, err := s.LedgerInstance(t.Context(), k)
	ok(t, err)
	diff(t, "after the refusals", got, anInstance(k, 2))
	versions, err := s.LedgerVersions(t.Context(), k)
	ok(t, err)
	diff(t, "versions after the refusals", versions, []ledger.Instance{replaced(anInstance(k, 1))})
}

func ledgerPages(t *testing.T, s Store) {
	ann, bob := scope.Of(id("aa", 1)), scope.Of(id("aa", 2))
	var want []ledger.Instance
	for i := range 5 {
		in := anInstance(ledger.Key{Owner: ann, Ledger: "cfg", Value: id("de", i)}, 1)
		want = append(want, in)
		ok(t, s.SaveLedgerInstance(t.Context(), in, 9))
		in.Ledger = "other"
		ok(t, s.SaveLedgerInstance(t.Context(), in, 9))
		in.Owner, in.Ledger = bob, "cfg"
		ok(t, s.SaveLedgerInstance(t.Context(), in, 9))
	}
	for _, c := range []struct{ skip, limit, from, to int }{{0, 2, 0, 2}, {2, 2, 2, 4}, {4, 2, 4, 5}, {9, 2, 5, 5}, {0, 100, 0, 5}} {
		got, total, err := s.LedgerInstances(t.Context(), ann, "cfg", c.skip, c.limit)
		ok(t, err)
		if total != 5 {
			t.Errorf("%d in all, want 5", total)
		}
		diff(t, "a page", append([]ledger.Instance{}, got...), append([]ledger.Instance{}, want[c.from:c.to]...))
	}
}

func ledgersDeleted(t *testing.T, s Store) {
	ann, org := scope.Of(id("aa", 1)), scope.OfOrganization(id("aa", 1))
	for _, owner := range []scope.Scope{ann, org} {
		k := ledger.Key{Owner: owner, Ledger: "cfg", Value: id("de", 1)}
		ok(t, s.InsertLedger(t.Context(), aLedger(owner, "cfg")))
		ok(t, s.SaveLedgerInstance(t.Context(), anInstance(k, 1), 9))
		ok(t, s.SaveLedgerInstance(t.Context(), anInstance(k, 2), 9))
	}
	ok(t, s.DeleteLedgers(t.Context(), ann))
	ok(t, s.DeleteLedgers(t.Context(), ann))
	for owner, want := range map[scope.Scope]int{ann: 0, org: 1} {
		k := ledger.Key{Owner: owner, Ledger: "cfg", Value: id("de", 1)}
		defined, err := s.Ledgers(t.Context(), owner)
		ok(t, err)
		_, total, err := s.LedgerInstances(t.Context(), owner, "cfg", 0, 9)
		ok(t, err)
		versions, err := s.LedgerVersions(t.Context(), k)
		ok(t, err)
		diff(t, owner.Kind.String(), []int{len(defined), total, len(versions)}, []int{want, want, want})
	}
}
