package render_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

const (
	maps   = `{"integration_type":"GoogleMaps","api_key":"{{{K}}}","secrets":["K"]`
	azure  = `{"integration_type":"AzureIotHub","event":"temp","hub_name":"my-hub","policy_name":"policy","policy_key":"{{{K}}}","secrets":["K"]`
	pubsub = `{"integration_type":"GoogleCloudPubSub","event":"temp","topic":"projects/p:1/topics/t","service_account":"{{{K}}}","secrets":["K"]`
)

// serviceRequest renders an event for a type other than Webhook; the secret K is
// "k&1".
func serviceRequest(t *testing.T, config string, e *event.Event) (*render.Request, error) {
	t.Helper()
	d, _, err := integration.Parse([]byte(config), scope.Sandbox)
	if err != nil {
		t.Fatal(err)
	}
	var c template.Context
	c.Reset(e)
	c.SetSecrets([]string{"K"}, []string{"k&1"})
	r := render.Renderer{UserAgent: "agent"}
	return r.Request(d, &c)
}

// TestServiceRequests: what each service is sent, to the byte.
func TestServiceRequests(t *testing.T) {
	inProduct := func(data string) *event.Event {
		e := temp(data)
		e.Product, e.Firmware = 10001, 3
		return e
	}
	const json, at = "Accept: application/json\r\nContent-Type: application/json\r\n", "2017-02-01T21:08:05.763Z"
	tests := []struct {
		name, config string
		event        *event.Event
		want         string
	}{
		{"access points", maps + `}`, temp(`{"w":{"a":[{"m":"aa:bb:cc:dd:ee:ff","s":-45,"c":1}]}}`),
			"POST /geolocation/v1/geolocate?key=k%261 HTTP/1.1\r\nHost: www.googleapis.com\r\nUser-Agent: agent\r\n" + json + "Content-Length: 106\r\n\r\n" +
				`{"considerIp":false,"wifiAccessPoints":[{"macAddress":"aa:bb:cc:dd:ee:ff","signalStrength":-45,"channel":1}]}`},
		{"cells, elsewhere", maps + `,"endpoint":"https://maps.example.com/base/"}`, temp(`{"c":{"o":"AT&T","a":[{"i":1,"l":2,"c":310,"n":410}]}}`),
			"POST /base/geolocation/v1/geolocate?key=k%261 HTTP/1.1\r\nHost: maps.example.com\r\nUser-Agent: agent\r\n" + json + "Content-Length: 139\r\n\r\n" +
				`{"considerIp":false,"carrier":"AT\u0026T","cellTowers":[{"cellId":1,"locationAreaCode":2,"mobileCountryCode":310,"mobileNetworkCode":410}]}`},
		{"message to Azure", azure + `}`, temp(`7"0`),
			"POST /devices/" + device + "/messages/events?api-version=2021-04-12 HTTP/1.1\r\nHost: my-hub.azure-devices.net\r\nUser-Agent: agent\r\n" + json +
				"Authorization: [[SENSITIVE]]\r\nContent-Length: 124\r\n\r\n" +
				`{"data":"7\"0","device_id":"` + device + `","event":"temp","published_at":"` + at + `"}`},
		{"from a product's device, as another", azure + `,"device":"a/{{{PARTICLE_EVENT_NAME}}}"}`, inProduct("70"),
			"POST /devices/a%2Ftemp/messages/events?api-version=2021-04-12 HTTP/1.1\r\nHost: my-hub.azure-devices.net\r\nUser-Agent: agent\r\n" + json +
				"Authorization: [[SENSITIVE]]\r\nContent-Length: 139\r\n\r\n" +
				`{"data":"70","device_id":"` + device + `","event":"temp","published_at":"` + at + `","fw_version":"3"}`},
		{"message to Pub/Sub", pubsub + `}`, inProduct("7é"),
			"POST /v1/projects/p%3A1/topics/t:publish HTTP/1.1\r\nHost: pubsub.googleapis.com\r\nUser-Agent: agent\r\n" + json +
				"Authorization: [[SENSITIVE]]\r\nContent-Length: 168\r\n\r\n" +
				`{"messages":[{"data":"` + base64.StdEncoding.EncodeToString([]byte("7é")) + `","attributes":{"device_id":"` + device + `","event":"temp","published_at":"` + at + `","fw_version":"3"}}]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := serviceRequest(t, test.config, test.event)
			if err != nil {
				t.Fatal(err)
			}
			head, body, _ := strings.Cut(string(r.AppendWire(nil)), "\r\n\r\n")
			wantHead, wantBody, _ := strings.Cut(test.want, "\r\n\r\n")
			if cut := func(s string) string { s, _, _ = strings.Cut(s, "Content-Length"); return s }; cut(head) != cut(wantHead) || body != wantBody {
				t.Errorf("got\n%s\n\n%s\nwant\n%s\n\n%s", head, body, wantHead, wantBody)
			}
		})
	}
}

// TestServiceAccess: what the layer that authorizes is given.
func TestServiceAccess(t *testing.T) {
	r, err := serviceRequest(t, azure+`}`, temp("70"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (render.Access{Scheme: integration.AzureSAS, ID: "policy", Secret: "k&1", Device: device, Publisher: device}); *r.Access != want {
		t.Errorf("got %+v, want %+v", *r.Access, want)
	}
	aws := `{"event":"temp","url":"https://h","secrets":["K"],"headers":{"authorization":"mine"},"auth":{"aws4":{"access_key_id":"ID","secret_access_key":"{{{K}}}","session_token":"S","region":"r","service":"{{{PARTICLE_EVENT_NAME}}}"}}}`
	if r, err = serviceRequest(t, aws, temp("70")); err != nil {
		t.Fatal(err)
	}
	if want := (render.Access{Scheme: integration.AWS4, ID: "ID", Secret: "k&1", Session: "S", Region: "r", Service: "temp", Publisher: device}); *r.Access != want {
		t.Errorf("got %+v, want %+v", *r.Access, want)
	}
	if got := headerOf(r, "Authorization"); len(got) != 1 || got[0] != render.Pending {
		t.Errorf("Authorization %q", got)
	}
	if got := strings.Join(r.Access.Hidden(), " "); got != "k&1 S" {
		t.Errorf("hidden %q", got)
	}
	if r, err = serviceRequest(t, hook(""), temp("70")); err != nil || r.Access != nil || r.Access.Hidden() != nil {
		t.Errorf("a plain request has %+v, %v", r, err)
	}
}

// TestLocatorData: data of the device locator library becomes a request for a
// location, and other data none.
func TestLocatorData(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"cells and points", `{"c":{"o":"","a":[{"i":"7","l":2,"c":3,"n":4}]},"w":{"a":[{"m":"m1","s":-1,"c":2},{"m":"m2"}]}}`,
			`{"considerIp":false,"cellTowers":[{"cellId":7,"locationAreaCode":2,"mobileCountryCode":3,"mobileNetworkCode":4}],"wifiAccessPoints":[{"macAddress":"m1","signalStrength":-1,"channel":2},{"macAddress":"m2"}]}`},
		{"a cell that lacks something", `{"c":{"o":1,"a":[{"i":1,"l":2,"c":3},{"i":1,"l":2,"c":3,"n":4}]}}`,
			`{"considerIp":false,"cellTowers":[{"cellId":1,"locationAreaCode":2,"mobileCountryCode":3,"mobileNetworkCode":4}]}`},
		{"nothing seen", `{"w":{"a":[]}}`, ""},
		{"no address", `{"w":{"a":[{"s":-1,"c":2}]}}`, ""},
		{"other JSON", `[1,2]`, ""}, {"a number", `21`, ""}, {"text", `here`, ""}, {"nothing", ``, ""},
		{"texts for numbers", `{"c":{"a":[{"i":"x","l":2,"c":3,"n":4}]}}`, ""},
	}
	for _, test := range tests {
		r, err := serviceRequest(t, maps+`}`, temp(test.data))
		switch {
		case test.want == "" && (err == nil || err.Error() != "body: the event data is not a list of cells or access points"):
			t.Errorf("%s: got %v", test.name, err)
		case test.want != "" && (err != nil || string(r.Body) != test.want || !json.Valid(r.Body)):
			t.Errorf("%s: got %v, %s", test.name, err, r.Body)
		}
	}
	many := `{"w":{"a":[` + strings.TrimSuffix(strings.Repeat(`{"m":"aa"},`, 1000), ",") + `]}}`
	if r, err := serviceRequest(t, maps+`}`, temp(many)); err != nil || strings.Count(string(r.Body), "macAddress") != 64 {
		t.Errorf("many points: %v", err)
	}
}
