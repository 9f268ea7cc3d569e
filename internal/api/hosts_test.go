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
