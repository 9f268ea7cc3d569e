package api

import (
	"net/http"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// Hosts tells how the throttle rates the hosts that calls went to.
type Hosts interface {
	State(host string) throttle.State
	States() []throttle.State
}

// hostJSON is a host's rating of the last minute.
type hostJSON struct {
	Host        string  `json:"host"`
	Account     string  `json:"account,omitempty"` // where each account rates hosts for itself
	State       string  `json:"state"`             // "open", or "sleeping": some calls are skipped
	Reason      string  `json:"reason"`
	Success     int     `json:"success"`
	Error       int     `json:"error"`
	Skip        float64 `json:"skip"` // share of calls that is skipped, 0 to 1
	LastError   string  `json:"last_error,omitempty"`
	LastErrorAt string  `json:"last_error_at,omitempty"`
	ProbeAt     string  `json:"probe_at,omitempty"` // when one call is let through to try
}

// listHosts handles GET .../hosts: those that the integrations of the scope
// name. In its sandbox an administrator sees every rated host.
func (a *API) listHosts(w http.ResponseWriter, r *http.Request) error {
	states, sc := []throttle.State(nil), scopeOf(r)
	if caller(r).Admin && sc.Kind == scope.Sandbox {
		states = a.Hosts.States()
	} else {
		states = a.hostStates(sc)
	}
	hosts := []hostJSON{}
	for _, s := range states {
		hosts = append(hosts, hostOf(s))
	}
	reply(w, http.StatusOK, map[string]any{"hosts": hosts})
	return nil
}

func (a *API) hostStates(sc scope.Scope) (states []throttle.State) {
	seen := map[string]bool{}
	for _, in := range a.Integrations.List(sc) {
		if in.Definition.Address.Host == "" { // a template names it
			continue
		}
		host := integration.HostOf(in.Definition.Address.Origin())
		if !seen[host] {
			seen[host] = true
			if a.RatePerAccount {
				host = throttle.Key(sc.ID, host)
			}
			states = append(states, a.Hosts.State(host))
		}
	}
	return states
}

func hostOf(s throttle.State) hostJSON {
	account, host := throttle.SplitKey(s.Key)
	h := hostJSON{
		Host: host, Account: account, State: "open", Reason: s.Reason, Success: s.Success, Error: s.Failure, Skip: s.Skip,
		LastError: s.LastError, LastErrorAt: stamp(s.LastFailure), ProbeAt: stamp(s.ProbeAt),
	}
	if s.Closed {
		h.State = "sleeping"
	}
	return h
}

// stamp is a time on the wire; "" for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return event.FormatTime(t.UnixMilli())
}
