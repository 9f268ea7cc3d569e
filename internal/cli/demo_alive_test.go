package cli

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The names that the example is known by.
const (
	hookHealthy = "Demo: temp to request bin"
	hookSlow    = "Demo: doors to a slow service"
	hookFailing = "Demo: counts to a failing service"
	hookFlaky   = "Demo: humidity to a flaky service"
	hookStrict  = "Demo: batteries to a strict service"
	hookOrdered = "Demo: counts in order, signed"
	hookArchive = "Climate of all products to the archive"
	hookBeds    = "Climate by bed"
	hookFrost   = "Frost warning"
)

// counted are the counts of an integration's day.
type counted struct {
	Date                                     string
	Attempts, Success, Error, Sleep, Retries int
	DeadLetters                              int                   `json:"dead_letters"`
	Latency                                  struct{ P50 float64 } `json:"latency_ms"`
}

// counters gives the counts of an integration's last 30 days.
func (d *liveDemo) counters(route string) []counted {
	d.t.Helper()
	var got struct {
		Days []counted `json:"counters"`
	}
	d.get(route+"/counters?days=30", &got)
	if len(got.Days) != 30 {
		d.t.Fatalf("%s: counts of %d days, want 30", route, len(got.Days))
	}
	return got.Days
}

// scopes gives the routes of the scopes that the example is in.
func (d *liveDemo) scopes() []string {
	d.t.Helper()
	all := []string{"/v1"}
	var orgs struct{ Organizations []struct{ Slug string } }
	d.get("/v1/orgs", &orgs)
	for _, o := range orgs.Organizations {
		all = append(all, "/v1/orgs/"+o.Slug)
	}
	var products struct{ Products []struct{ ID int } }
	d.get("/v1/products", &products)
	for _, p := range products.Products {
		all = append(all, fmt.Sprintf("/v1/products/%d", p.ID))
	}
	return all
}

// integrations gives the routes of all integrations by name.
func (d *liveDemo) integrations() map[string]string {
	d.t.Helper()
	routes := map[string]string{}
	for _, base := range d.scopes() {
		var list []struct{ ID, Name string }
		d.get(base+"/integrations", &list)
		for _, in := range list {
			if routes[in.Name] != "" {
				d.t.Errorf("there are two integrations %q", in.Name)
			}
			routes[in.Name] = base + "/integrations/" + in.ID
		}
	}
	return routes
}

// until waits for a condition that a busy machine takes a while for.
func (d *liveDemo) until(what string, is func() bool) {
	d.t.Helper()
	for end := time.Now().Add(50 * time.Second); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("%s is not to be seen\n%s", what, d.out)
		}
	}
}

// today waits for counts of the last day.
func (d *liveDemo) today(what, route string, is func(counted) bool) {
	d.t.Helper()
	d.until(what, func() bool { return is(d.counters(route)[29]) })
}

// TestDemoIsAlive looks for everything that a newcomer is promised, with what
// the console would ask the hub for.
func TestDemoIsAlive(t *testing.T) {
	folder := t.TempDir()
	first := startDemo(t, "--folder", folder)
	if got := first.signIn(first.code); got != 200 {
		t.Fatalf("the link's code is answered with %d", got)
	}
	routes := first.integrations()
	first.checkFates(routes)
	first.checkSample(routes)
	products := first.products()
	until := first.sampleUntil()
	if got := first.end(); got != 0 {
		t.Errorf("the first start ended with %d", got)
	}

	second := startDemo(t, "--folder", folder)
	second.signIn(second.code)
	if again := second.integrations(); !reflect.DeepEqual(again, routes) {
		t.Errorf("the second start has the integrations %v, the first had %v", again, routes)
	}
	if again := second.products(); !reflect.DeepEqual(again, products) {
		t.Errorf("the second start has the products %v, the first had %v", again, products)
	}
	if again := second.sampleUntil(); again != until {
		t.Errorf("the second start marks the days before %s, the first %s", again, until)
	}
	second.checkSample(routes)
}

// checkFates waits for each fate that a delivery may have.
func (d *liveDemo) checkFates(routes map[string]string) {
	d.t.Helper()
	d.today("a healthy integration's success", routes[hookHealthy], func(c counted) bool { return c.Success > 0 && c.Error == 0 })
	d.today("a slow integration's latency", routes[hookSlow], func(c counted) bool { return c.Success > 0 && c.Latency.P50 >= 2000 })
	d.today("an error", routes[hookFailing], func(c counted) bool { return c.Error > 0 })
	d.today("a sleep", routes[hookFailing], func(c counted) bool { return c.Sleep > 0 })
	d.today("a retry", routes[hookFlaky], func(c counted) bool { return c.Retries > 0 })
	d.today("a dead letter", routes[hookStrict], func(c counted) bool { return c.DeadLetters > 0 })
	for _, name := range []string{hookOrdered, hookArchive, hookBeds, hookFrost} {
		d.today("a success of "+name, routes[name], func(c counted) bool { return c.Success > 0 })
	}
	d.until("a sleeping host", func() bool {
		var got struct {
			Hosts []struct{ Host, State string }
		}
		d.get("/v1/hosts", &got)
		for _, h := range got.Hosts {
			if h.Host == "failing.demo.localhost" && h.State == "sleeping" {
				return true
			}
		}
		return false
	})
	d.until("a recovery after repeated calls", func() bool { return d.counters(routes[hookFlaky])[29].Success > 0 })
	var letters struct {
		Letters []struct{ Attempts int } `json:"dead_letters"`
	}
	if d.get(routes[hookStrict]+"/dead-letters", &letters); len(letters.Letters) == 0 || letters.Letters[0].Attempts != 2 {
		d.t.Errorf("dead letters %+v", letters.Letters)
	}
	d.checkRequest(routes[hookBeds], `"crop":"`) // from the ledger
	d.checkRequest(routes[hookOrdered], "webhook-signature: ")
}

// checkRequest looks for a text in the recorded requests of an integration.
func (d *liveDemo) checkRequest(route, part string) {
	d.t.Helper()
	var got any
	d.get(route+"/logs", &got)
	if text := strings.ReplaceAll(fmt.Sprint(got), `\"`, `"`); !strings.Contains(text, part) {
		d.t.Errorf("%s: %q is in none of the requests\n%s", route, part, text)
	}
}

// checkSample holds the made-up days to their mark: all of them are before it,
// and every integration of the example has them.
func (d *liveDemo) checkSample(routes map[string]string) {
	d.t.Helper()
	for _, name := range []string{hookHealthy, hookSlow, hookFailing, hookFlaky, hookStrict, hookOrdered, hookArchive, hookBeds, hookFrost} {
		days := 0
		for _, c := range d.counters(routes[name]) {
			if c.Attempts > 0 && c.Date < d.sampleUntil() {
				days++
			}
		}
		if days < 28 { // one less when the day changed since
			d.t.Errorf("%q has counts of %d days before the first start", name, days)
		}
	}
}

// sampleUntil is what the hub says about made-up counts.
func (d *liveDemo) sampleUntil() string {
	d.t.Helper()
	var hub struct {
		Demo        bool
		SampleUntil string `json:"sample_until"`
	}
	if d.get("/v1/hub", &hub); !hub.Demo || len(hub.SampleUntil) != len(time.DateOnly) {
		d.t.Fatalf("the hub says %+v", hub)
	}
	return hub.SampleUntil
}

// products gives how many devices each product has, and waits until one of them
// is online.
func (d *liveDemo) products() map[string]int {
	d.t.Helper()
	var got struct {
		Products []struct {
			ID      int
			Name    string
			Devices int `json:"device_count"`
		}
	}
	d.get("/v1/products", &got)
	all := map[string]int{}
	for _, p := range got.Products {
		all[p.Name] += p.Devices
		d.until("a device online in "+p.Name, func() bool {
			var list struct{ Devices []struct{ Online bool } }
			d.get(fmt.Sprintf("/v1/products/%d/devices", p.ID), &list)
			for _, one := range list.Devices {
				if one.Online {
					return true
				}
			}
			return false
		})
	}
	if len(all) != 2 || all["Greenhouse"] != 12 || all["Orchard"] != 4 {
		d.t.Errorf("the products have the devices %v", all)
	}
	return all
}
