package demo

import "time"

// example is an integration that the demo makes, and what its days were like.
type example struct {
	settings map[string]any // as the API takes them
	past     profile
}

// name is how an example is found again.
func (e *example) name() string { return e.settings["name"].(string) }

// Names of secrets and ledgers of the examples.
const (
	signingSecret = "SIGNING_KEY"
	bedLedger     = "beds"
)

// Variables of templates.
const (
	value    = "{{{PARTICLE_EVENT_VALUE}}}"
	moment   = "{{{PARTICLE_PUBLISHED_AT}}}"
	deviceID = "{{{PARTICLE_DEVICE_ID}}}"
	eventID  = "{{{PARTICLE_EVENT_ID}}}"
)

// webhook makes settings of a webhook that sends JSON.
func webhook(name, event, url string, json map[string]any) map[string]any {
	return map[string]any{"name": name, "event": event, "url": url, "requestType": "POST", "noDefaults": true, "json": json}
}

// with adds settings to others.
func with(settings, more map[string]any) map[string]any {
	for key, v := range more {
		settings[key] = v
	}
	return settings
}

// binPast is the past of the integration that Connect makes.
var binPast = profile{calls: 820, failed: 0.004, median: 35 * time.Millisecond, spread: 0.5}

// inSandbox are the examples of the sandbox, one for each fate that a delivery
// may have.
func inSandbox() []example {
	reading := func(key string) map[string]any {
		return map[string]any{"device": deviceID, key: value, "at": moment, "event": eventID}
	}
	counted := map[string]any{"device": deviceID, "total": "{{{counter}}}", "new": "{{{new}}}", "at": moment}
	return []example{
		{webhook("Demo: doors to a slow service", "door", slowHost+"/doors", reading("door")),
			profile{calls: 540, failed: 0.02, timeouts: 0.8, outage: 9, median: 2 * time.Second, spread: 0.35}},
		{webhook("Demo: counts to a failing service", "count", failingHost+"/counts", counted),
			profile{calls: 190, failed: 0.97, slept: 2.1, median: 60 * time.Millisecond, spread: 0.6}},
		{with(webhook("Demo: humidity to a flaky service", "humidity", flakyHost+"/humidity", reading("percent")),
			map[string]any{"retry": map[string]any{"policy": "failed", "maxAge": "1h"}}),
			profile{calls: 610, failed: 0.22, retried: 0.9, outage: 16, median: 120 * time.Millisecond, spread: 0.7}},
		{with(webhook("Demo: batteries to a strict service", "battery", strictHost+"/batteries", reading("charge")),
			map[string]any{"retry": map[string]any{"policy": "failed", "maxAttempts": 2}}),
			profile{calls: 260, failed: 0.18, retried: 0.5, dead: 0.5, median: 80 * time.Millisecond, spread: 0.4}},
		{with(webhook("Demo: counts in order, signed", "count", healthyHost+"/counts", counted), map[string]any{
			"ordering": "device", "responseTopic": "", "secrets": []string{signingSecret},
			"signature": map[string]any{"keys": []string{"{{{" + signingSecret + "}}}"}},
		}), profile{calls: 480, failed: 0.006, median: 45 * time.Millisecond, spread: 0.5}},
	}
}

// inOrganization is the example over several products.
func inOrganization(products []int64) example {
	return example{with(webhook("Climate of all products to the archive", "climate", healthyHost+"/archive", map[string]any{
		"product": "{{{PRODUCT_ID}}}", "device": deviceID, "celsius": "{{{t}}}", "humidity": "{{{rh}}}", "at": moment,
	}), map[string]any{"product_ids": products}),
		profile{calls: 700, failed: 0.01, outage: 4, median: 90 * time.Millisecond, spread: 0.6}}
}

// inGreenhouse and inOrchard are the examples of the products.
func inGreenhouse() example {
	return example{map[string]any{
		"name": "Climate by bed", "event": "climate", "url": healthyHost + "/beds", "requestType": "POST", "noDefaults": true,
		"headers": map[string]string{"Content-Type": "application/json"},
		"body": `{"bed":"{{{LEDGER.` + bedLedger + `.bed}}}","crop":"{{{LEDGER.` + bedLedger + `.crop}}}",` +
			`"celsius":{{{JSON:t}}},"humidity":{{{JSON:rh}}},"at":"` + moment + `"}`,
		"responseTopic": deviceID + "/hook-response/{{{PARTICLE_EVENT_NAME}}}", "errorResponseTopic": deviceID + "/hook-error/{{{PARTICLE_EVENT_NAME}}}",
	}, profile{calls: 520, failed: 0.008, median: 70 * time.Millisecond, spread: 0.5}}
}

func inOrchard() example {
	return example{with(webhook("Frost warning", "climate", healthyHost+"/frost", map[string]any{
		"text": "{{{t}}} °C at " + deviceID, "at": moment,
	}), map[string]any{"filter": map[string]any{"data": []any{map[string]any{"path": "t", "op": "<", "value": frost}}}}),
		profile{calls: 60, failed: 0.01, median: 70 * time.Millisecond, spread: 0.5}}
}
