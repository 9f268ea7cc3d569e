package match_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const device = "3f002b000000000000000000"

func saved(t testing.TB, id, owner string, created int64, config string) *integration.Integration {
	t.Helper()
	def, _, err := integration.Parse([]byte(config), scope.Sandbox)
	if err != nil {
		t.Fatal(err)
	}
	return &integration.Integration{ID: id, Scope: scope.Of(owner), Created: created, Definition: def}
}

func found(x *match.Index, e event.Event) string {
	ds, _ := x.Match(&e, nil)
	var ids []string
	for _, d := range ds {
		ids = append(ids, d.Integration)
	}
	return strings.Join(ids, " ")
}

func TestMatch(t *testing.T) {
	x := match.New()
	for i, in := range []struct{ id, owner, config string }{
		{"temp", "u", `{"event":"temp","url":"http://a/"}`},
		{"temperature", "u", `{"event":"temperature","url":"http://a/"}`},
		{"same", "u", `{"event":"temp","url":"http://b/"}`},
		{"off", "u", `{"event":"temp","url":"http://a/","disabled":true}`},
		{"device", "u", `{"event":"temp","url":"http://a/","deviceID":"` + device + `"}`},
		{"foreign", "v", `{"event":"temp","url":"http://a/"}`},
		{"hook", "u", `{"event":"hook","url":"http://a/"}`},
		{"status", "u", `{"event":"spark/status","url":"http://a/"}`},
	} {
		x.Change(nil, saved(t, in.id, in.owner, int64(i), in.config), 1)
	}
	cases := []struct {
		name string
		e    event.Event
		want string
	}{
		{"exact", event.Event{Name: "temp", Owner: "u", Device: "api"}, "temp same"},
		{"prefix, oldest first", event.Event{Name: "temperature/basement", Owner: "u", Device: device}, "temp temperature same device"},
		{"not inside", event.Event{Name: "high_temp", Owner: "u"}, ""},
		{"shorter", event.Event{Name: "tem", Owner: "u"}, ""},
		{"case", event.Event{Name: "Temp", Owner: "u"}, ""},
		{"other owner", event.Event{Name: "temp", Owner: "v"}, "foreign"},
		{"no owner", event.Event{Name: "temp"}, ""},
		{"system event", event.Event{Name: "spark/status", Owner: "u"}, "status"},
		{"ordinary name beginning with hook", event.Event{Name: "hooked", Owner: "u"}, "hook"},
		{"no chain by name", event.Event{Name: "hook-response/temp/0", Owner: "u"}, ""},
		{"no chain behind a device id", event.Event{Name: device + "/hook-error/x", Owner: "u"}, ""},
		{"no chain by kind", event.Event{Name: "temp", Owner: "u", Kind: event.HookResponse}, ""},
		{"no chain by publisher", event.Event{Name: "temp", Owner: "u", Device: event.Internal}, ""},
	}
	for _, c := range cases {
		if got := found(x, c.e); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// in is saved for a scope of another kind.
func in(t testing.TB, id string, sc scope.Scope, created int64, config string) *integration.Integration {
	t.Helper()
	def, _, err := integration.Parse([]byte(config), sc.Kind)
	if err != nil {
		t.Fatal(err)
	}
	return &integration.Integration{ID: id, Scope: sc, Created: created, Definition: def}
}

func TestScopes(t *testing.T) {
	x := match.New()
	of := scope.OfOrganization("acme")
	const plain = `{"event":"t","url":"http://a/"}`
	list := func(products string) string { return `{"event":"t","url":"http://a/","product_ids":` + products + `}` }
	both := in(t, "both", of, 2, list("[10001,10002]"))
	for _, each := range []*integration.Integration{
		in(t, "sandbox", scope.Of("u"), 5, plain),
		in(t, "lamps", scope.OfProduct(10001), 4, plain),
		in(t, "lawns", scope.OfProduct(10002), 3, plain),
		both,
		in(t, "first", of, 1, list("[10001]")),
		in(t, "none", of, 0, list("[]")),
		in(t, "other", scope.OfOrganization("other"), 6, list("[10001]")),
	} {
		x.Change(nil, each, 1)
	}
	claimed := event.Event{Name: "temp", Owner: "u", Product: 10001, Org: "acme", Device: device}
	for _, c := range []struct {
		name string
		e    event.Event
		want string
	}{
		{"claimed product device, oldest first", claimed, "first both lamps sandbox"},
		{"unclaimed product device", event.Event{Name: "temp", Product: 10001, Org: "acme", Device: device}, "first both lamps"},
		{"another product", event.Event{Name: "temp", Product: 10002, Org: "acme", Device: device}, "both lawns"},
		{"a product in no list", event.Event{Name: "temp", Product: 10003, Org: "acme", Device: device}, ""},
		{"product without organization", event.Event{Name: "temp", Product: 10001, Device: device}, "lamps"},
		{"published on the organization's endpoint", event.Event{Name: "temp", Org: "acme", Device: event.API}, "none first both"},
		{"claimed, in no product", event.Event{Name: "temp", Owner: "u", Device: device}, "sandbox"},
		{"ids of other kinds", event.Event{Name: "temp", Owner: "acme", Org: "u", Device: device}, ""},
		{"no chain", event.Event{Name: "temp", Product: 10001, Org: "acme", Device: event.Internal}, ""},
	} {
		if got := found(x, c.e); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	x.Change(both, in(t, "both", of, 2, list("[10002]")), 2)
	if got := found(x, claimed); got != "first lamps sandbox" {
		t.Errorf("after the product left the list: got %q", got)
	}
	x.Change(both, nil, 3)
	if got := found(x, event.Event{Name: "temp", Org: "acme"}); got != "none first" {
		t.Errorf("after the integration went: got %q", got)
	}
}

func TestChanges(t *testing.T) {
	x := match.New()
	a := saved(t, "a", "u", 1, `{"event":"temp","url":"http://a/"}`)
	b := saved(t, "b", "u", 2, `{"event":"temp","url":"http://a/"}`)
	off := saved(t, "c", "u", 3, `{"event":"temp","url":"http://a/","disabled":true}`)
	e := event.Event{Name: "temp", Owner: "u"}
	steps := []struct {
		do   func()
		want string
	}{
		{func() { x.Change(nil, a, 2) }, "a"},
		{func() { x.Change(nil, b, 3) }, "a b"},
		{func() { x.Change(nil, off, 4) }, "a b"},
		{func() { x.Change(off, nil, 5) }, "a b"},
		{func() { x.Change(a, nil, 6) }, "b"},
		{func() { x.Change(a, nil, 7) }, "b"},
		{func() { x.Change(b, nil, 8) }, ""},
		{func() { x.Change(b, nil, 9) }, ""},
		{func() { x.Reset([]*integration.Integration{a, b}, 10) }, "a b"},
		{func() { x.Change(a, saved(t, "a", "u", 1, `{"event":"te","url":"http://a/"}`), 11) }, "a b"},
		{func() { x.Change(b, off, 12) }, "a"},
	}
	for i, s := range steps {
		s.do()
		if got := found(x, e); got != s.want {
			t.Errorf("step %d: got %q, want %q", i, got, s.want)
		}
		if _, version := x.Match(&e, nil); version != int64(i+2) {
			t.Errorf("step %d: version %d", i, version)
		}
	}
}

func TestOrigin(t *testing.T) {
	x := match.New()
	x.Change(nil, saved(t, "a", "u", 1, `{"event":"t","url":"https://Example.com/{{{x}}}"}`), 1)
	x.Change(nil, saved(t, "b", "u", 2, `{"event":"t","url":"http://{{{host}}}:81/"}`), 1)
	x.Change(nil, saved(t, "c", "u", 3, `{"event":"t","url":"http://{{{missing}}}/"}`), 1)
	ds, _ := x.Match(&event.Event{Name: "t", Owner: "u", Data: `{"host":"h1"}`}, nil)
	want := []string{"https://example.com:443", "http://h1:81", ""}
	for i, d := range ds {
		if d.Origin != want[i] {
			t.Errorf("%s: origin %q, want %q", d.Integration, d.Origin, want[i])
		}
	}
}

// BenchmarkMatch looks one event up among n integrations, most of which have
// other prefixes or owners.
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := match.New()
			x.Change(nil, saved(b, "hit", "u", 0, `{"event":"temp","url":"http://127.0.0.1:9900/"}`), 1)
			for i := range n - 1 {
				owner := "u"
				if i%2 == 0 {
					owner = fmt.Sprint("user", i%100)
				}
				x.Change(nil, saved(b, fmt.Sprint(i), owner, int64(i), fmt.Sprintf(`{"event":"other%0*d","url":"http://h/"}`, i%8+1, i)), 1)
			}
			e := event.Event{Name: "temp/kitchen", Owner: "u", Device: "api", Data: "21.5"}
			var room [1]eventlog.Delivery
			b.ReportAllocs()
			for b.Loop() {
				if ds, _ := x.Match(&e, room[:0]); len(ds) != 1 {
					b.Fatal("no match")
				}
			}
		})
	}
}
