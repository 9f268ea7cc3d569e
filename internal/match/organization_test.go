package match_test

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// What is published into an organization is for each of its products.
func TestMatchAnOrganizationsProducts(t *testing.T) {
	x := match.New()
	for i, in := range []struct {
		id, org string
		product int64
	}{{"lamp", "acme", 1}, {"lawn", "acme", 2}, {"his", "", 3}, {"other", "other", 4}} {
		def, _, err := integration.Parse([]byte(`{"event":"temp","url":"http://a/"}`), scope.Product)
		if err != nil {
			t.Fatal(err)
		}
		x.Change(nil, &integration.Integration{ID: in.id, Scope: scope.OfProduct(in.product), Org: in.org, Created: int64(i), Definition: def}, 1)
	}
	for want, e := range map[string]event.Event{
		"lamp lawn": {Name: "temp", Org: "acme", Device: event.API},
		"lamp":      {Name: "temp", Org: "acme", Product: 1, Device: event.API},
		"his":       {Name: "temp", Product: 3, Device: event.API},
		"":          {Name: "temp", Org: "nobody", Device: event.API},
	} {
		if got := found(x, e); got != want {
			t.Errorf("%+v: got %q, want %q", e, got, want)
		}
	}
}
