package storetest

import (
	"crypto/sha256"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

var identityChecks = []check{
	{"users/save and find", usersSaveAndFind},
	{"users/names are unique", usersUnique},
	{"users/unknown", usersUnknown},
	{"users/kinds and homes", usersKinds},
	{"users/delete", usersDelete},
	{"clients/save, list, delete", clients},
	{"tokens/insert and find", tokensInsertAndFind},
	{"tokens/list", tokensList},
	{"tokens/delete", tokensDelete},
	{"tokens/an insert clears away what has expired", tokensExpired},
	{"tokens/spend and extend", tokensSpendAndExtend},
}

func user(n int, name string) identity.User {
	return identity.User{ID: id("aa", n), Username: name, PasswordHash: "$argon2id$v=19$x", Created: at}
}

func token(n int, owner string) identity.Token {
	return identity.Token{
		Hash: sha256.Sum256([]byte{byte(n)}), User: owner, Client: "particle", Created: at + int64(n), Expires: at + 1000, Last4: "beef",
	}
}

func tokensExpired(t *testing.T, s Store) {
	ann, bob := id("aa", 1), id("aa", 2)
	eternal, past, future := token(1, ann), token(2, bob), token(3, bob)
	eternal.Expires, past.Expires, future.Expires = 0, at+10, at+11
	for _, tok := range []identity.Token{eternal, past, future} {
		ok(t, s.InsertToken(t.Context(), tok))
	}
	ok(t, s.InsertToken(t.Context(), token(10, ann)))
	got, err := s.TokensOf(t.Context(), bob)
	ok(t, err)
	diff(t, "bob's tokens", got, []identity.Token{future})
	got, err = s.TokensOf(t.Context(), ann)
	ok(t, err)
	diff(t, "ann's tokens", got, []identity.Token{eternal, token(10, ann)})
}

func usersSaveAndFind(t *testing.T, s Store) {
	u := user(1, "Ann.Élan@Example.org")
	u.Admin = true
	ok(t, s.SaveUser(t.Context(), u))
	for _, name := range []string{"Ann.Élan@Example.org", "ann.élan@example.org", "ANN.ÉLAN@EXAMPLE.ORG"} {
		got, err := s.UserByName(t.Context(), name)
		ok(t, err)
		diff(t, name, got, u)
	}
	u.Username, u.PasswordHash, u.Admin = "ann", "$argon2id$v=19$y", false
	ok(t, s.SaveUser(t.Context(), u))
	got, err := s.UserByID(t.Context(), u.ID)
	ok(t, err)
	diff(t, "after the second save", got, u)
	_, err = s.UserByName(t.Context(), "ann.élan@example.org")
	refused(t, "the old name", err, fault.NotFound)
}

func usersUnique(t *testing.T, s Store) {
	ok(t, s.SaveUser(t.Context(), user(1, "Ann")))
	ok(t, s.SaveUser(t.Context(), user(2, "Bob")))
	refused(t, "a second ann", s.SaveUser(t.Context(), user(3, "aNN")), fault.Conflict)
	refused(t, "bob renamed to ann", s.SaveUser(t.Context(), user(2, "ann")), fault.Conflict)
	got, err := s.UserByID(t.Context(), id("aa", 2))
	ok(t, err)
	diff(t, "bob after the refusal", got, user(2, "Bob"))
}

func usersKinds(t *testing.T, s Store) {
	lamps, acme := scope.OfProduct(10001), scope.OfOrganization(id("0a", 1))
	customer := func(n int, name string, home scope.Scope) identity.User {
		u := user(n, name)
		u.Kind, u.Home, u.Info = identity.Customer, home, `{"é":1}`
		return u
	}
	robot := user(5, "robot+x@api.example.org")
	robot.Kind, robot.Home, robot.Actions = identity.Programmatic, acme, []string{"devices:list", "events:publish"}
	ann, zoe := user(1, "Ann@example.org"), user(2, "zoe")
	a, b, c := customer(3, "ann@Example.org", lamps), customer(4, "bob@example.org", lamps), customer(6, "ann@example.org", scope.OfProduct(10002))
	for _, u := range []identity.User{zoe, ann, b, a, c, robot} {
		ok(t, s.SaveUser(t.Context(), u))
	}
	refused(t, "a second ann of the product", s.SaveUser(t.Context(), customer(7, "ANN@example.org", lamps)), fault.Conflict)
	got, err := s.UserByName(t.Context(), "10001/ANN@example.org")
	ok(t, err)
	diff(t, "a customer by key", got, a)
	for _, c := range []struct {
		kind          identity.Kind
		home          scope.Scope
		offset, limit int
		want          []identity.User
		count         int
	}{
		{identity.Person, scope.Scope{}, 0, 10, []identity.User{ann, zoe}, 2},
		{identity.Customer, lamps, 0, 10, []identity.User{a, b}, 2},
		{identity.Customer, lamps, 1, 1, []identity.User{b}, 2},
		{identity.Customer, lamps, 2, 1, nil, 2},
		{identity.Programmatic, acme, 0, 10, []identity.User{robot}, 1},
		{identity.Programmatic, lamps, 0, 10, nil, 0},
	} {
		got, err := s.UsersOf(t.Context(), c.kind, c.home, c.offset, c.limit)
		ok(t, err)
		n, err := s.CountUsers(t.Context(), c.kind, c.home)
		ok(t, err)
		if len(got) != len(c.want) || n != c.count {
			t.Errorf("kind %d of %v: got %v, %d in all, want %v, %d", c.kind, c.home, got, n, c.want, c.count)
			continue
		}
		for i := range got {
			diff(t, "a user of the page", got[i], c.want[i])
		}
	}
}

func usersDelete(t *testing.T, s Store) {
	u, org := user(1, "ann"), scope.OfOrganization(id("0a", 1))
	ok(t, s.SaveUser(t.Context(), u))
	ok(t, s.InsertToken(t.Context(), token(1, u.ID)))
	ok(t, s.InsertToken(t.Context(), token(2, id("aa", 2))))
	ok(t, s.SaveMember(t.Context(), team.Member{Scope: org, User: u.ID, Role: team.Owner, Created: at}))
	ok(t, s.DeleteUser(t.Context(), u.ID))
	refused(t, "a second delete", s.DeleteUser(t.Context(), u.ID), fault.NotFound)
	_, err := s.TokenByHash(t.Context(), token(1, "").Hash)
	refused(t, "the user's token", err, fault.NotFound)
	_, err = s.TokenByHash(t.Context(), token(2, "").Hash)
	ok(t, err)
	role, err := s.RoleOf(t.Context(), org, u.ID)
	ok(t, err)
	diff(t, "the user's role", role, team.None)
}

func clients(t *testing.T, s Store) {
	lamps := scope.OfProduct(10001)
	client := func(key string, created int64) identity.Client {
		return identity.Client{
			ID: key, Name: "é", Type: "web", Owner: lamps, Secret: sha256.Sum256([]byte(key)), Redirect: "https://x", Rights: identity.CreateCustomers, Created: created,
		}
	}
	first, second, other := client("b-1", at), client("a-2", at+1), client("c-3", at)
	other.Owner = scope.Of(id("aa", 1))
	for _, c := range []identity.Client{second, first, other} {
		ok(t, s.SaveClient(t.Context(), c))
	}
	second.Name, second.Rights = "new", ""
	ok(t, s.SaveClient(t.Context(), second))
	got, err := s.ClientsOf(t.Context(), lamps)
	ok(t, err)
	diff(t, "by creation", got, []identity.Client{first, second})
	ok(t, s.InsertToken(t.Context(), token(1, second.ID)))
	ok(t, s.DeleteClient(t.Context(), second.ID))
	_, err = s.TokenByHash(t.Context(), token(1, "").Hash)
	refused(t, "the client's token", err, fault.NotFound)
	refused(t, "a second delete", s.DeleteClient(t.Context(), second.ID), fault.NotFound)
	for _, unknown := range []string{second.ID, "", "a\x00b"} {
		_, err = s.ClientByID(t.Context(), unknown)
		refused(t, "client "+unknown, err, fault.NotFound)
	}
}

func tokensSpendAndExtend(t *testing.T, s Store) {
	tok := token(1, id("aa", 1))
	ok(t, s.InsertToken(t.Context(), tok))
	ok(t, s.SpendToken(t.Context(), tok.Hash))
	refused(t, "a second time", s.SpendToken(t.Context(), tok.Hash), fault.NotFound)
	ok(t, s.ExtendToken(t.Context(), tok.Hash, at+5000))
	tok.Spent, tok.Expires = true, at+5000
	got, err := s.TokenByHash(t.Context(), tok.Hash)
	ok(t, err)
	diff(t, "token", got, tok)
	refused(t, "an unknown one", s.SpendToken(t.Context(), [32]byte{}), fault.NotFound)
	refused(t, "an unknown one", s.ExtendToken(t.Context(), [32]byte{}, at), fault.NotFound)
}

func usersUnknown(t *testing.T, s Store) {
	for _, name := range []string{"", "nobody", "no\x00body", "\xff", "' OR 1=1 --"} {
		_, err := s.UserByName(t.Context(), name)
		refused(t, "name "+name, err, fault.NotFound)
		_, err = s.UserByID(t.Context(), name)
		refused(t, "id "+name, err, fault.NotFound)
	}
}

func tokensInsertAndFind(t *testing.T, s Store) {
	want := token(1, id("aa", 1))
	want.Device, want.Expires, want.Kind, want.Family = id("de", 1), 0, identity.Refresh, "f"
	ok(t, s.InsertToken(t.Context(), want))
	got, err := s.TokenByHash(t.Context(), want.Hash)
	ok(t, err)
	diff(t, "token", got, want)
	refused(t, "the same token again", s.InsertToken(t.Context(), want), fault.Conflict)
	_, err = s.TokenByHash(t.Context(), [32]byte{})
	refused(t, "an unknown token", err, fault.NotFound)
}

func tokensList(t *testing.T, s Store) {
	ann, bob := id("aa", 1), id("aa", 2)
	for _, tok := range []identity.Token{token(3, ann), token(1, ann), token(2, bob)} {
		ok(t, s.InsertToken(t.Context(), tok))
	}
	got, err := s.TokensOf(t.Context(), ann)
	ok(t, err)
	diff(t, "ann's tokens by creation", got, []identity.Token{token(1, ann), token(3, ann)})
	got, err = s.TokensOf(t.Context(), "no\x00body")
	ok(t, err)
	diff(t, "nobody's tokens", len(got), 0)
}

func tokensDelete(t *testing.T, s Store) {
	ann := id("aa", 1)
	for i := range 4 {
		ok(t, s.InsertToken(t.Context(), token(i, ann)))
	}
	ok(t, s.DeleteTokens(t.Context(), nil))
	ok(t, s.DeleteTokens(t.Context(), [][32]byte{token(0, ann).Hash, {}, token(2, ann).Hash}))
	got, err := s.TokensOf(t.Context(), ann)
	ok(t, err)
	diff(t, "what is left", got, []identity.Token{token(1, ann), token(3, ann)})
}
