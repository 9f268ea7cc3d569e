package api_test

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
)

// What a page shows before anybody has logged in.
func TestHub(t *testing.T) {
	plain := newServer(t, nil).want(200, ask{method: "GET", path: "/v1/hub", authorization: "-"})
	want := map[string]any{
		"ok": true, "name": "Fieldhook", "version": "1.2.3", "base_url": "https://hub.example.org", "sign_up": "closed",
		"request_bin": nil, "demo": false, "sample_until": nil,
	}
	for name, value := range want {
		if got, ok := plain.json[name]; !ok || !reflect.DeepEqual(got, value) {
			t.Errorf("%s: got %v, want %v", name, got, value)
		}
	}
	limits, _ := plain.json["limits"].(map[string]any)
	if limits["event_name"] != 64.0 || limits["event_data"] != 16384.0 || limits["response_part"] != 512.0 {
		t.Errorf("got limits %v", limits)
	}
	s := newServer(t, func(d *api.Deps) {
		d.Bin, d.SignUp, d.Demo, d.SampleUntil, d.PublishRate = http.NotFoundHandler(), api.SignUpInvite, true, "2026-03-01", 2.5
	})
	full := s.want(200, ask{method: "GET", path: "/v1/hub", authorization: "-"}).json
	if full["request_bin"] != "https://hub.example.org/bin/" || full["sign_up"] != "invite" || full["demo"] != true || full["sample_until"] != "2026-03-01" {
		t.Errorf("got %v", full)
	}
	if limits, _ := full["limits"].(map[string]any); limits["publish_rate"] != 2.5 {
		t.Errorf("got publish rate %v", limits["publish_rate"])
	}
}
