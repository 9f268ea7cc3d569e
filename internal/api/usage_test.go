package api_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
)

func TestUsageAnswers(t *testing.T) {
	h := newHub(t)
	at := time.Now().UnixMilli()
	today := time.UnixMilli(at).UTC().Format(time.DateOnly)
	for _, device := range []string{annDevice, annDevice, event.API} {
		h.append(event.Event{At: at, Name: "temp", Data: "1", Device: device, Owner: ann})
	}
	h.append(event.Event{At: at, Name: "temp", Data: "1", Device: bobDevice, Owner: bob})
	const two = `"events":2,"published":2,"received":0,"operations":2,"refused_events":0,"refused_streams":0}`
	three := strings.ReplaceAll(two, "2", "3")
	for query, want := range map[string]string{
		"":                                       `"usage":[{"date":"` + today + `",` + three + `]`,
		"?by=day&device=" + annDevice:            `"usage":[{"date":"` + today + `",` + two + `]`,
		"?by=device&limit=1":                     `"next":"api"`,
		"?by=device&after=api":                   `"usage":[{"device_id":"` + annDevice + `",` + two,
		"?by=device&from=" + today:               `"usage":[{"device_id":"api"`,
		"?by=product":                            `"usage":[{"product_id":0,` + three + `]`,
		"?product=9":                             `"usage":[]`,
		"?device=" + bobDevice:                   `"usage":[]`,
		"?from=2016-01-01&to=2016-01-31":         `"from":"2016-01-01"`,
		"?to=2016-01-31":                         `"from":"2016-01-02"`,
		"?by=device&from=2016-01-01&to=" + today: `"total":{` + three,
		"?limit=1":                               `"publish_rate":{"limit":12.5}`,
		"?limit=2":                               `"streams":{"limit":50,"open":0}`,
	} {
		if got := h.send("GET", "/v1/usage"+query, "", 200); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	for query, field := range map[string]string{
		"?by=hour": "by", "?after=x": "after", "?product=-2": "product", "?limit=0": "limit", "?limit=1001": "limit",
		"?from=yesterday": "from", "?to=2016-02-30": "to", "?from=2016-01-02&to=2016-01-01": "from",
	} {
		if got := h.send("GET", "/v1/usage"+query, "", 400); !strings.Contains(got, field) {
			t.Errorf("%s: got %s, which does not name %s", query, got, field)
		}
	}
}

func TestStreamsOfAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		h.api.LimitStreams(1000)
		var all []*listener
		for range 50 {
			all = append(all, h.listen("/v1/devices/events"))
		}
		resp, text := h.do(h.request("GET", "/v1/devices/events", "", ""))
		if resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" || !strings.Contains(text, "This account holds 50") {
			t.Errorf("one more: got %d %s, want 429 with Retry-After", resp.StatusCode, text)
		}
		want := []string{`"refused_streams":1}`, `"streams":{"limit":50,"open":50}`}
		for _, w := range want {
			if got := h.send("GET", "/v1/usage", "", 200); !strings.Contains(got, w) {
				t.Errorf("usage: got %s, want %s", got, w)
			}
		}
		all[0].cancel()
		all[0].wantEnd(t, "hung up")
		h.listen("/v1/devices/events").want(t, "after one has gone", ":ok\n\n")
	})
}
