package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/secret"
)

var secretChecks = []check{{"secrets", secrets}}

func secrets(t *testing.T, s Store) {
	ann, bob := scope.Of(id("aa", 1)), scope.Of(id("aa", 2))
	b := secret.Record{Scope: ann, Name: "B", Sealed: []byte{1, 0, 255}, Created: 1, Updated: 2}
	a := secret.Record{Scope: ann, Name: "A", Sealed: []byte{0}, Created: 3, Updated: 3}
	other := secret.Record{Scope: bob, Name: "A", Sealed: []byte("x"), Created: 4, Updated: 4}
	has, err := s.HasSecrets(t.Context())
	ok(t, err)
	diff(t, "an empty store has secrets", has, false)
	for _, r := range []secret.Record{b, a, other} {
		ok(t, s.PutSecret(t.Context(), r))
	}
	has, err = s.HasSecrets(t.Context())
	ok(t, err)
	diff(t, "the store has secrets", has, true)
	b.Sealed, b.Updated, b.LastUsed = []byte("new"), 5, 6
	ok(t, s.PutSecret(t.Context(), b))
	got, err := s.Secrets(t.Context(), ann)
	ok(t, err)
	diff(t, "secrets of ann", got, []secret.Record{a, b})
	ok(t, s.DeleteSecret(t.Context(), ann, "A"))
	refused(t, "delete again", s.DeleteSecret(t.Context(), ann, "A"), fault.NotFound)
	got, err = s.Secrets(t.Context(), bob)
	ok(t, err)
	diff(t, "secrets of bob", got, []secret.Record{other})
}
