package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// datacake is the webhook of the Datacake guide with its custom JSON array. The
// serial comes from a ledger with an instance per device, where the guide has it
// in the firmware.
var datacake = map[string]any{
	"name": "Datacake", "event": "datacake-data", "url": "https://api.datacake.co/integrations/api/1c9e2fa6/", "requestType": "POST", "noDefaults": true,
	"json": `[
    {
        "device":"{{{LEDGER.datacake.serial}}}",
        "field": "COUNTER",
        "value": {{{counter}}}
    }
]`,
}

// measured is an element of the body that Datacake's decoder gets.
type measured struct {
	Device, Field string
	Value         int
}

func readMeasured(t *testing.T, body string) measured {
	t.Helper()
	var all []measured
	if err := json.Unmarshal([]byte(body), &all); err != nil || len(all) != 1 {
		t.Fatalf("the body is no array of one: %v: %s", err, body)
	}
	return all[0]
}

// TestDatacakeSerialFromALedger has the webhook in the sandbox, and in a product
// as the guide has it.
func TestDatacakeSerialFromALedger(t *testing.T) {
	t.Run("sandbox", func(t *testing.T) {
		w := newWorld(t, nil)
		hook, serials := datacakeSerial(t, w, "/v1", func(string) {})
		for device, serial := range serials {
			var report struct{ Request string }
			w.call(adminToken, "POST", "/v1/integrations/"+hook+"/test", map[string]any{"deviceID": device, "data": `{"counter":1}`}, &report)
			if !strings.Contains(report.Request, `"device":"`+serial+`"`) {
				t.Errorf("the test for device %s sent %s", device, report.Request)
			}
		}
	})
	t.Run("product", func(t *testing.T) {
		w := newWorld(t, nil)
		var made struct{ Product struct{ ID int64 } }
		w.call(adminToken, "POST", "/v1/products", map[string]any{"product": map[string]any{"name": "Lamp", "platform_id": 13}}, &made)
		product := fmt.Sprintf("/v1/products/%d", made.Product.ID)
		datacakeSerial(t, w, product, func(device string) {
			var added struct{ Updated int }
			if w.call(adminToken, "POST", product+"/devices", map[string]string{"id": device}, &added); added.Updated != 1 {
				t.Fatalf("device %s was not added to the product", device)
			}
		})
	})
}

// datacakeSerial publishes from two devices, the firmware of neither of which
// knows its serial at Datacake. The webhook is made below base; enrol puts a
// device where it belongs. It gives the webhook's id and the serials by device.
func datacakeSerial(t *testing.T, w *world, base string, enrol func(device string)) (hook string, serials map[string]string) {
	t.Helper()
	serials = map[string]string{
		"3f002b000000000000000001": "6beacdd3-c2a3-43b7-9ece-0da82687775e",
		"3f002b000000000000000002": "0a2cf8b4-5a1e-4d0c-8e56-7f2f6f1c9b3d",
	}
	if s := w.call(adminToken, "POST", "/v1/ledgers", map[string]any{"ledger": map[string]string{
		"name": "datacake", "description": "Serials at Datacake", "scope": "Device", "direction": "Downstream",
	}}, nil); s != 201 {
		t.Fatalf("define the ledger: status %d", s)
	}
	var made struct{ ID string }
	if s := w.call(adminToken, "POST", base+"/integrations", datacake, &made); s != 201 {
		t.Fatalf("create the webhook: status %d", s)
	}
	tokens := map[string]string{}
	for device, serial := range serials {
		tokens[device] = w.device(device)
		enrol(device)
		w.putSerial(device, serial)
	}
	sent := w.stream("/v1/devices/events/hook-sent")
	counter := 0
	for range 2 {
		for device, serial := range serials {
			counter++
			w.publish(tokens[device], "datacake-data", fmt.Sprintf(`{"counter":%d,"LEDGER":{"datacake":{"serial":"forged"}}}`, counter))
			next(t, sent)
			got := readMeasured(t, w.lastBody())
			if want := (measured{serial, "COUNTER", counter}); got != want {
				t.Errorf("device %s: got %+v, want %+v", device, got, want)
			}
			serials[device] = "changed-" + serial // the next event has the new one
			w.putSerial(device, serials[device])
		}
	}
	const silent = "3f002b000000000000000003" // nobody gave it a serial
	stranger := w.device(silent)
	enrol(silent)
	w.publish(stranger, "datacake-data", `{"counter":9}`)
	next(t, sent)
	if got := readMeasured(t, w.lastBody()); got != (measured{"", "COUNTER", 9}) {
		t.Errorf("a device without a serial: got %+v", got)
	}
	return made.ID, serials
}

// putSerial gives a device its serial.
func (w *world) putSerial(device, serial string) {
	w.t.Helper()
	body := map[string]any{"instance": map[string]any{"data": map[string]string{"serial": serial}}}
	if s := w.call(adminToken, "PUT", "/v1/ledgers/datacake/instances/"+device+"?set_mode=Merge", body, nil); s != 200 {
		w.t.Fatalf("set the serial of %s: status %d", device, s)
	}
}

// lastBody is the body of the last request that the web service got.
func (w *world) lastBody() string {
	w.t.Helper()
	all := w.web.requests()
	if len(all) == 0 {
		w.t.Fatal("no request was sent")
	}
	return all[len(all)-1].Body
}

// TestLedgersInEveryTemplate uses ledgers of all three kinds, in the URL's host,
// in what is sent, and in the names and data of the response events.
func TestLedgersInEveryTemplate(t *testing.T) {
	store := memory.New()
	w := newWorldOf(t, func(o *app.Options) { o.Store = store })
	var me struct{ ID string }
	w.call(adminToken, "GET", "/v1/user", nil, &me)
	product, err := store.InsertProduct(t.Context(), fleet.Product{Slug: "lamp", Name: "Lamp", Owner: scope.Of(me.ID)})
	if err != nil {
		t.Fatal(err)
	}
	const device = "3f002b000000000000000001"
	token := w.device(device)
	for name, c := range map[string]struct{ kind, value, data string }{
		"dev": {"Device", device, `{"room":"cellar"}`}, "line": {"Product", fmt.Sprint(product.ID), `{"model":"L-2"}`}, "site": {"Owner", me.ID, `{"host":"h.example.com","tags":["a","b"]}`},
	} {
		w.call(adminToken, "POST", "/v1/ledgers", map[string]string{"name": name, "scope": c.kind}, nil)
		if s := w.call(adminToken, "PUT", "/v1/ledgers/"+name+"/instances/"+c.value, map[string]any{"data": json.RawMessage(c.data)}, nil); s != 200 {
			t.Fatalf("ledger %s: status %d", name, s)
		}
	}
	sandbox := `{"event":"temp","url":"https://{{LEDGER.site.host}}/{{LEDGER.dev.room}}","noDefaults":true,"responseTopic":"answer/{{LEDGER.site.tags.1}}",
		"responseTemplate":"{{{LEDGER.dev.room}}}","headers":{"X-Tags":"{{#LEDGER.site.tags}}{{.}};{{/LEDGER.site.tags}}"},"body":"{{{LEDGER.line.model}}}"}`
	ofProduct := `{"event":"temp","url":"https://p.example.com/","noDefaults":true,"responseTopic":"","body":"{{{LEDGER.site.host}}} {{{LEDGER.line.model}}} {{{LEDGER.dev.room}}}"}`
	for sc, config := range map[scope.Scope]string{scope.Of(me.ID): sandbox, scope.OfProduct(product.ID): ofProduct} {
		if _, _, err := w.hub.Integrations.Create(t.Context(), sc, []byte(config)); err != nil {
			t.Fatal(err)
		}
	}
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, `{"LEDGER":{"dev":{"room":"forged"}}}`) }
	events := w.stream("/v1/devices/events/answer")
	w.publish(token, "temp", "1")
	if e := next(t, events); e.Name != "answer/b/0" || e.Data != "cellar" {
		t.Errorf("response event %+v", e)
	}
	got := w.web.requests()
	if len(got) != 1 || got[0].URL != "https://h.example.com/cellar" || got[0].Body != "" || got[0].Header.Get("X-Tags") != "a;b;" {
		t.Errorf("requests of the sandbox %+v", got)
	}
	sent := w.stream(fmt.Sprintf("/v1/products/%d/events/hook-sent", product.ID))
	if s := w.call(adminToken, "POST", fmt.Sprintf("/v1/products/%d/events", product.ID), map[string]string{"name": "temp", "data": "1"}, nil); s != 200 {
		t.Fatalf("publish to the product: status %d", s)
	}
	next(t, sent)
	if body := w.lastBody(); body != "h.example.com L-2 " {
		t.Errorf("request of the product's integration %q", body)
	}
}

// TestLedgersGoWithTheirOwner deletes an account that has a ledger.
func TestLedgersGoWithTheirOwner(t *testing.T) {
	store := memory.New()
	w := newWorldOf(t, func(o *app.Options) { o.Store = store })
	bob := identity.User{ID: "b00000000000000000000002", Username: "bob"}
	if err := store.SaveUser(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	if _, err := w.hub.Ledgers.Create(t.Context(), ledger.Definition{Owner: scope.Of(bob.ID), Name: "own", Kind: ledger.OfOwner}); err != nil {
		t.Fatal(err)
	}
	if err := w.hub.Identity.DeleteUser(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	if left, err := w.hub.Ledgers.List(t.Context(), scope.Of(bob.ID)); err != nil || len(left) != 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}
