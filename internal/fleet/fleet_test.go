package fleet_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

const (
	ann = "aaaaaaaaaaaaaaaaaaaaaaaa"
	bob = "bbbbbbbbbbbbbbbbbbbbbbbb"
	one = "111111111111111111111111"
	two = "222222222222222222222222"
	his = "333333333333333333333333"
)

// revoker notes whose tokens were ended.
type revoker struct {
	devices []string
	changed []string
	err     error
}

func (r *revoker) RevokeDevice(_ context.Context, user, device string) error {
	r.devices = append(r.devices, user+" "+device)
	return r.err
}

// DeviceChanged implements fleet.Credentials.
func (r *revoker) DeviceChanged(_ context.Context, device string, disconnect bool) error {
	r.changed = append(r.changed, device)
	return r.err
}

// newFleet has two devices of ann, "kitchen" and one without a name, and one of
// bob, "cellar".
func newFleet(t *testing.T) (*fleet.Service, *revoker) {
	t.Helper()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tokens := &revoker{}
	s := fleet.New(fleet.Options{Store: memory.New(), Tokens: tokens, RegisterOnImport: true, Now: func() time.Time { return now }})
	for _, d := range []fleet.Device{{ID: one, Name: "kitchen", Owner: ann}, {ID: two, Owner: ann}, {ID: his, Name: "cellar", Owner: bob}} {
		now = now.Add(time.Second)
		if _, err := s.Register(t.Context(), d.Owner, d.ID, d.Name); err != nil {
			t.Fatal(err)
		}
	}
	return s, tokens
}

func TestRegister(t *testing.T) {
	s, _ := newFleet(t)
	for _, c := range []struct {
		name, id, device string
		wantID, wantName string
		code             fault.Code
		field            string
	}{
		{name: "new", id: "444444444444444444444444", device: "Küche 2", wantID: "444444444444444444444444", wantName: "Küche 2"},
		{name: "upper case", id: "ABCDEFABCDEFABCDEFABCDEF", wantID: "abcdefabcdefabcdefabcdef"},
		{name: "own one again", id: one, device: "other", wantID: one, wantName: "kitchen"},
		{name: "somebody else's", id: his, code: fault.Forbidden},
		{name: "short id", id: "1234", code: fault.Invalid, field: "id"},
		{name: "no hex", id: strings.Repeat("z", 24), code: fault.Invalid, field: "id"},
		{name: "control character", device: "a\nb", code: fault.Invalid, field: "name"},
		{name: "not UTF-8", device: "\xff", code: fault.Invalid, field: "name"},
		{name: "long name", device: strings.Repeat("n", 129), code: fault.Invalid, field: "name"},
		{name: "name like an id", device: strings.ToUpper(his), code: fault.Invalid, field: "name"},
	} {
		got, err := s.Register(t.Context(), ann, c.id, c.device)
		if c.code != "" {
			checkFault(t, c.name, err, c.code, c.field)
			continue
		}
		if err != nil || got.ID != c.wantID || got.Name != c.wantName || got.Owner != ann {
			t.Errorf("%s: got %+v, %v, want id %s and name %q", c.name, got, err, c.wantID, c.wantName)
		}
	}
}

func checkFault(t *testing.T, name string, err error, code fault.Code, field string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Field != field {
		t.Errorf("%s: got %v, want a fault %s of field %q", name, err, code, field)
	}
}

func TestRegisterMakesAnID(t *testing.T) {
	s, _ := newFleet(t)
	a, errA := s.Register(t.Context(), ann, "", "")
	b, errB := s.Register(t.Context(), ann, "", "")
	if errA != nil || errB != nil || len(a.ID) != 24 || a.ID == b.ID {
		t.Errorf("got %q and %q (%v, %v), want two ids of 24 digits", a.ID, b.ID, errA, errB)
	}
}

func TestClaim(t *testing.T) {
	s, _ := newFleet(t)
	if d, err := s.Claim(t.Context(), fleet.Claim{Owner: ann, ID: one}); err != nil || d.ID != one {
		t.Errorf("own device: got %+v, %v", d, err)
	}
	_, err := s.Claim(t.Context(), fleet.Claim{Owner: ann, ID: his})
	if !fault.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "That belongs to someone else.") {
		t.Errorf("somebody else's: got %v, want the documented text", err)
	}
	_, err = s.Claim(t.Context(), fleet.Claim{Owner: ann, ID: "999999999999999999999999"})
	if !fault.Is(err, fault.NotFound) || err.Error() != "device not found" {
		t.Errorf("unknown: got %v, want the documented text", err)
	}
}

func TestGet(t *testing.T) {
	s, _ := newFleet(t)
	user, self := &scope.Principal{User: ann}, &scope.Principal{User: ann, Device: one}
	for _, c := range []struct {
		name string
		p    *scope.Principal
		ask  string
		want string // "" = unknown
	}{
		{"by id", user, two, two},
		{"by upper-case id", user, strings.ToUpper(one), one},
		{"by name", user, "kitchen", one},
		{"names have case", user, "Kitchen", ""},
		{"no name is not a name", user, "", ""},
		{"somebody else's id", user, his, ""},
		{"somebody else's name", user, "cellar", ""},
		{"itself", self, one, one},
		{"itself by name", self, "kitchen", one},
		{"its neighbour", self, two, ""},
		{"nobody", &scope.Principal{}, one, ""},
	} {
		got, err := s.Get(t.Context(), c.p, c.ask)
		if got.ID != c.want || (c.want == "") != fault.Is(err, fault.NotFound) {
			t.Errorf("%s: got %q, %v, want %q", c.name, got.ID, err, c.want)
		}
	}
}

// A device of somebody else must look exactly like a missing one.
func TestForeignLooksMissing(t *testing.T) {
	s, _ := newFleet(t)
	p := &scope.Principal{User: ann}
	const missing = "999999999999999999999999"
	for name, ask := range map[string]func(id string) error{
		"Get":    func(id string) error { _, err := s.Get(t.Context(), p, id); return err },
		"Update": func(id string) error { _, err := s.Update(t.Context(), p, id, named("mine")); return err },
		"Remove": func(id string) error { return s.Remove(t.Context(), p, id) },
	} {
		foreign, unknown := ask(his), ask(missing)
		if !fault.Is(foreign, fault.NotFound) || foreign.Error() != unknown.Error() {
			t.Errorf("%s: foreign %v, missing %v: want the same fault NotFound", name, foreign, unknown)
		}
	}
	if d, err := s.Get(t.Context(), &scope.Principal{User: bob}, his); err != nil || d.Name != "cellar" {
		t.Errorf("bob's device is now %+v, %v", d, err)
	}
}

func TestList(t *testing.T) {
	s, _ := newFleet(t)
	for _, c := range []struct {
		p    scope.Principal
		want string
	}{
		{scope.Principal{User: ann}, one + " " + two},
		{scope.Principal{User: bob}, his},
		{scope.Principal{User: "nobody"}, ""},
	} {
		list, err := s.List(t.Context(), &c.p, 10, 0)
		var ids []string
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		if got := strings.Join(ids, " "); got != c.want || err != nil {
			t.Errorf("%+v: got %q, %v, want %q", c.p, got, err, c.want)
		}
	}
}

func named(name string) fleet.Change { return fleet.Change{Name: &name} }

func TestRename(t *testing.T) {
	s, _ := newFleet(t)
	p := &scope.Principal{User: ann}
	if d, err := s.Update(t.Context(), p, "kitchen", named("attic")); err != nil || d.ID != one || d.Name != "attic" {
		t.Errorf("got %+v, %v", d, err)
	}
	if d, err := s.Get(t.Context(), p, "attic"); err != nil || d.ID != one {
		t.Errorf("by its new name: got %+v, %v", d, err)
	}
	_, err := s.Update(t.Context(), p, one, named("a\x00b"))
	checkFault(t, "control character", err, fault.Invalid, "name")
}

func TestRemove(t *testing.T) {
	s, tokens := newFleet(t)
	p := &scope.Principal{User: ann}
	tokens.err = errors.New("store is down")
	if err := s.Remove(t.Context(), p, one); !errors.Is(err, tokens.err) {
		t.Errorf("got %v, want the revoker's error", err)
	}
	if _, err := s.Get(t.Context(), p, one); err != nil {
		t.Errorf("the device is gone although its tokens are not: %v", err)
	}
	tokens.err, tokens.devices = nil, nil
	if err := s.Remove(t.Context(), p, "kitchen"); err != nil {
		t.Fatal(err)
	}
	if len(tokens.devices) != 1 || tokens.devices[0] != ann+" "+one {
		t.Errorf("revoked %v, want the tokens of the device", tokens.devices)
	}
	if _, err := s.Get(t.Context(), p, one); !fault.Is(err, fault.NotFound) {
		t.Errorf("after removing: got %v, want a fault NotFound", err)
	}
}

// Claiming an id that nobody knows registers it only if the operator wants that.
func TestClaimRegisters(t *testing.T) {
	const unknown = "ABCDEF999999999999999999"
	for _, registers := range []bool{false, true} {
		s := fleet.New(fleet.Options{Store: memory.New(), Tokens: &revoker{}, RegisterOnClaim: registers})
		d, err := s.Claim(t.Context(), fleet.Claim{Owner: ann, ID: unknown})
		if registers && (err != nil || d.ID != strings.ToLower(unknown) || d.Owner != ann) || !registers && !fault.Is(err, fault.NotFound) {
			t.Errorf("on is %v: got %+v, %v", registers, d, err)
		}
		if _, err := s.Claim(t.Context(), fleet.Claim{Owner: ann, ID: "WAT"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("no id, on is %v: got %v", registers, err)
		}
		p := newProduct(t, s, "lamp")
		got, err := s.Import(t.Context(), p, ann, []string{fresh(1)})
		if err != nil || len(got.Invalid) != 1 {
			t.Errorf("an import that may not register: got %+v, %v", got, err)
		}
	}
}
