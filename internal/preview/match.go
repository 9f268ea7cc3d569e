package preview

import (
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Matches says whether an event would trigger an integration and, if not, why
// not in a full sentence. The index of the corridor decides.
func Matches(in *integration.Integration, e *event.Event) (matches bool, whyNot string) {
	index := match.New()
	index.Change(nil, in, 1)
	if hits, _ := index.Match(e, nil); len(hits) > 0 {
		return true, ""
	}
	return false, reason(in, e)
}

// reason is the first condition that an event does not meet.
func reason(in *integration.Integration, e *event.Event) string {
	d := in.Definition
	switch {
	case d.Disabled:
		return "The integration is disabled."
	case !e.Triggers():
		return "Events of the hub itself, and those whose names begin with hook-sent, hook-response or hook-error, never trigger an integration."
	case !strings.HasPrefix(e.Name, d.Event):
		return "The event's name does not begin with " + d.Event + "."
	case !concerns(in, e):
		return "The event does not belong to this " + in.Scope.Kind.String() + "."
	case d.DeviceID != "" && d.DeviceID != e.Device:
		return "The integration is for the device " + d.DeviceID + " only."
	case in.Scope.Kind == scope.Organization && e.Product != 0 && !slices.Contains(d.Products, e.Product):
		return "The event's product is not in the integration's list of products."
	}
	return "The event does not meet the conditions of the filter."
}

// concerns says whether an event belongs to the integration's scope.
func concerns(in *integration.Integration, e *event.Event) bool {
	switch in.Scope.Kind {
	case scope.Product:
		return e.Product == in.Scope.Number() || e.Product == 0 && in.Org != "" && e.Org == in.Org
	case scope.Organization:
		return e.Org == in.Scope.ID
	}
	return e.Owner == in.Scope.ID
}
