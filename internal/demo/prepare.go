package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// BinName is the name of the request bin that the integration sends to.
const BinName = "demo"

// integrationName is how Connect finds the integration of an earlier start.
const integrationName = "Demo: temp to request bin"

// Devices registers devices; fleet.Service does. Registering a device again
// gives it back as it is.
type Devices interface {
	Register(ctx context.Context, owner, id, name string) (fleet.Device, error)
}

// Integrations keeps integrations; integration.Registry does.
type Integrations interface {
	List(sc scope.Scope) []*integration.Integration
	Create(ctx context.Context, sc scope.Scope, config []byte) (*integration.Integration, []string, error)
	Update(ctx context.Context, sc scope.Scope, id string, patch []byte) (*integration.Integration, []string, error)
}

// Register makes sure that the hub knows the fleet's devices as the owner's (a
// user id). It gives their names by id: what a person renamed stays renamed.
func Register(ctx context.Context, d Devices, owner string, f *Fleet) (map[string]string, error) {
	names := make(map[string]string, len(f.devices))
	for _, made := range f.devices {
		known, err := d.Register(ctx, owner, made.ID, made.Name)
		if err != nil {
			return nil, fmt.Errorf("register %s: %w", made.Name, err)
		}
		names[known.ID] = known.Name
	}
	return names, nil
}

// Connect makes sure that the owner's sandbox has the integration from temp
// events to the request bin of the hub at base (a URL without a path). One
// that is there is left as it is; only when the hub has moved to another
// address its URL follows.
func Connect(ctx context.Context, all Integrations, owner, base string) (*integration.Integration, error) {
	sc, config := scope.Of(owner), settings(base)
	for _, in := range all.List(sc) {
		if in.Definition.Name == integrationName {
			return repoint(ctx, all, in, config.URL)
		}
	}
	raw, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	in, _, err := all.Create(ctx, sc, raw)
	if err != nil {
		return nil, fmt.Errorf("create the integration: %w", err)
	}
	return in, nil
}

// repoint changes the URL of an integration that sends to the demo's bin at an
// address the hub has no more.
func repoint(ctx context.Context, all Integrations, in *integration.Integration, to string) (*integration.Integration, error) {
	old, err := url.Parse(in.Definition.URL())
	if err != nil || old.Path != "/bin/"+BinName || in.Definition.URL() == to {
		return in, nil
	}
	patch, err := json.Marshal(map[string]string{"url": to})
	if err != nil {
		return nil, err
	}
	moved, _, err := all.Update(ctx, in.Scope, in.ID, patch)
	if err != nil {
		return nil, fmt.Errorf("change the integration's URL: %w", err)
	}
	return moved, nil
}

// config is the integration's configuration, in the form that the API takes.
type config struct {
	Name        string `json:"name"`
	Event       string `json:"event"`
	URL         string `json:"url"`
	RequestType string `json:"requestType"`
	NoDefaults  bool   `json:"noDefaults"`
	JSON        body   `json:"json"`
	Query       query  `json:"query"`
}

// body is the request's body. Event carries the event's id, by which the live
// log knows which event a request belongs to.
type body struct {
	Celsius string `json:"celsius"`
	At      string `json:"at"`
	Device  string `json:"device"`
	Event   string `json:"event"`
}

// query asks the bin for an answer that shows what it got.
type query struct {
	Body string `json:"body"`
}

func settings(base string) config {
	return config{
		Name: integrationName, Event: "temp", URL: base + "/bin/" + BinName, RequestType: "POST", NoDefaults: true,
		JSON: body{
			Celsius: "{{{PARTICLE_EVENT_VALUE}}}", At: "{{{PARTICLE_PUBLISHED_AT}}}",
			Device: "{{{PARTICLE_DEVICE_ID}}}", Event: "{{{PARTICLE_EVENT_ID}}}",
		},
		Query: query{Body: `{"ok":true,"celsius":"{{{PARTICLE_EVENT_VALUE}}}"}`},
	}
}
