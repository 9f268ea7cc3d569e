package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/throttle"
)

func TestHostsTellsOnlyWhereOnesOwnIntegrationsSend(t *testing.T) {
	h := newHub(t)
	for range 12 {
		h.throttle.Report("sleepy.example.com", throttle.Pass, throttle.Failure, "error status 503")
	}
	h.throttle.Report("of-bob.example.com", throttle.Pass, throttle.Success, "")
	h.create(`{"event":"a","url":"http://Sleepy.example.com:8080/x"}`)
	h.create(`{"event":"b","url":"https://sleepy.example.com/y"}`)
	h.create(`{"event":"c","url":"https://{{{host}}}/"}`)

	var got struct {
		Hosts []struct {
			Host, State, Reason string
			Success, Error      int
			Skip                float64
			LastError           string `json:"last_error"`
			ProbeAt             string `json:"probe_at"`
		}
	}
	h.must(json.Unmarshal([]byte(h.send("GET", "/v1/hosts", "", 200)), &got))
	if len(got.Hosts) != 1 {
		t.Fatalf("hosts %+v, want the one that ann's integrations name", got.Hosts)
	}
	g := got.Hosts[0]
	if g.Host != "sleepy.example.com" || g.State != "sleeping" || g.Error != 12 || g.Skip < 0.9 || g.LastError != "error status 503" || g.ProbeAt == "" {
		t.Errorf("host %+v, want it asleep after 12 errors", g)
	}
	if !strings.Contains(g.Reason, "12 of 12") {
		t.Errorf("reason %q does not tell the figures", g.Reason)
	}
}

// The members of a product or an organization see the hosts that its
// integrations name.
func TestHostsOfScopes(t *testing.T) {
	a := newAcme(t)
	for range 12 {
		a.throttle.Report("sleepy.example.com", throttle.Pass, throttle.Failure, "error status 503")
	}
	a.send("POST", "/v1/products/lamps/integrations", `{"event":"a","url":"http://sleepy.example.com/"}`, 201)
	a.send("POST", "/v1/orgs/acme/integrations", `{"event":"a","url":"https://awake.example.com/","product_ids":[]}`, 201)
	for path, want := range map[string]string{
		"/v1/products/lamps/hosts": "sleepy.example.com sleeping", "/v1/products/lawns/hosts": "", "/v1/orgs/acme/hosts": "awake.example.com open", "/v1/hosts": "",
	} {
		var got struct {
			Hosts []struct{ Host, State string }
		}
		a.must(json.Unmarshal([]byte(a.send("GET", path, "", 200)), &got))
		text := ""
		for _, h := range got.Hosts {
			text += h.Host + " " + h.State
		}
		if text != want {
			t.Errorf("%s: got %q, want %q", path, text, want)
		}
	}
}
