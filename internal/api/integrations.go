package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/jsontext"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Tester sends one test event, in the name of a principal, to one integration
// and waits for the outcome. A call that fails is a report, not an error.
type Tester interface {
	Test(ctx context.Context, by *scope.Principal, in *integration.Integration, data string) (deliver.Report, error)
}

// The handlers below serve both families of routes over the same records: the
// older /v1/webhooks and the newer /v1/integrations. They differ only where
// clients depend on it (cloud API reference, section 6).

// createWebhook is POST /v1/webhooks, answered with 200.
func (a *API) createWebhook(w http.ResponseWriter, r *http.Request) error {
	return a.create(w, r, scopeOf(r), http.StatusOK)
}

// createIntegration is POST /v1/integrations, answered with 201.
func (a *API) createIntegration(w http.ResponseWriter, r *http.Request) error {
	return a.create(w, r, scopeOf(r), http.StatusCreated)
}

// integrationsPage is how many integrations a list shows at the most; old
// clients ask for no second page.
const integrationsPage = 1000

// listIntegrations is GET of both families: a bare array, as old clients need.
func (a *API) listIntegrations(w http.ResponseWriter, r *http.Request) error {
	return a.list(w, r, scopeOf(r))
}

// getIntegration is GET of one integration, in both families.
func (a *API) getIntegration(w http.ResponseWriter, r *http.Request) error {
	return a.get(w, r, scopeOf(r))
}

// updateIntegration is PUT of one integration: a merge at the top level.
func (a *API) updateIntegration(w http.ResponseWriter, r *http.Request) error {
	return a.update(w, r, scopeOf(r))
}

// deleteWebhook is DELETE /v1/webhooks/{id}. A 204 here would leave old clients
// hanging, so it has a body.
func (a *API) deleteWebhook(w http.ResponseWriter, r *http.Request) error {
	if err := a.remove(r); err != nil {
		return err
	}
	replyOK(w)
	return nil
}

// deleteIntegration is DELETE /v1/integrations/{id}, answered with 204.
func (a *API) deleteIntegration(w http.ResponseWriter, r *http.Request) error {
	if err := a.remove(r); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// remove deletes an integration, its replays and what is recorded of its calls.
func (a *API) remove(r *http.Request) error { return a.removeID(r, param(r, "id")) }

func (a *API) removeID(r *http.Request, id string) error {
	in, err := a.Integrations.Get(scopeOf(r), id)
	if err != nil {
		return err
	}
	if err := a.Replays.Forget(r.Context(), in.ID); err != nil { // first: the next start would go on with them
		return err
	}
	if err := a.Integrations.Delete(r.Context(), scopeOf(r), in.ID); err != nil {
		return err
	}
	a.forgetCalls(r.Context(), in.ID)
	return nil
}

// forgetCalls deletes what is recorded of an integration that is gone. What it
// fails to delete goes with its age: the integration is gone all the same.
func (a *API) forgetCalls(ctx context.Context, id string) {
	if err := a.History.Forget(ctx, id); err != nil {
		a.Log.WarnContext(ctx, "delete the history of a deleted integration", "integration", id, "error", err)
	}
}

// testIntegration is POST .../{id}/test, in both families.
func (a *API) testIntegration(w http.ResponseWriter, r *http.Request) error {
	return a.test(w, r, scopeOf(r))
}

func (a *API) create(w http.ResponseWriter, r *http.Request, sc scope.Scope, status int) error {
	config, err := readConfig(r)
	if err != nil {
		return err
	}
	in, warnings, err := a.Integrations.Create(r.Context(), sc, config)
	if err != nil {
		return err
	}
	a.replySaved(w, r, status, in, warnings)
	return nil
}

func (a *API) update(w http.ResponseWriter, r *http.Request, sc scope.Scope) error {
	patch, err := readConfig(r)
	if err != nil {
		return err
	}
	in, warnings, err := a.Integrations.Update(r.Context(), sc, param(r, "id"), patch)
	if err != nil {
		return err
	}
	a.replySaved(w, r, http.StatusOK, in, warnings)
	return nil
}

// readConfig is readObject for requests that make no sense without a body.
func readConfig(r *http.Request) ([]byte, error) {
	config, err := readObject(r)
	if err == nil && config == nil {
		err = fault.New(fault.Invalid, "The body is missing. Send the settings of the integration as a JSON object or a form.")
	}
	return config, err
}

func (a *API) list(w http.ResponseWriter, r *http.Request, sc scope.Scope) error {
	p, err := pageWithin(r, integrationsPage, integrationsPage)
	if err != nil {
		return err
	}
	masked, all := !a.mayEdit(r), a.Integrations.List(sc)
	if isWebhookRoute(r) { // old clients, which delete all of the list, know no other type
		all = slices.DeleteFunc(all, func(in *integration.Integration) bool { return in.Definition.Type != integration.Webhook })
	}
	all = all[min(p.offset(), len(all)):]
	if len(all) > p.size {
		a.linkNext(w, r, p)
	}
	dst := []byte{'['}
	for i, in := range all[:min(p.size, len(all))] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(a.appendMembers(append(dst, '{'), in, masked), '}')
	}
	replyBytes(w, http.StatusOK, append(dst, ']', '\n'))
	return nil
}

// get answers with the wrapper of the route's family and, for clients of the
// other one, the same members at the top level.
func (a *API) get(w http.ResponseWriter, r *http.Request, sc scope.Scope) error {
	in, err := a.Integrations.Get(sc, param(r, "id"))
	if err != nil {
		return err
	}
	wrapper := "integration"
	if isWebhookRoute(r) {
		wrapper = "webhook"
	}
	masked := !a.mayEdit(r)
	record, err := a.appendHistory(r.Context(), a.appendMembers(nil, in, masked), in, masked)
	if err != nil {
		return err
	}
	dst := append([]byte(`{"ok":true,"`), wrapper...)
	dst = append(append(append(dst, `":{`...), record...), "},"...)
	dst = append(append(dst, record...), "}\n"...)
	replyBytes(w, http.StatusOK, dst)
	return nil
}

// appendHistory appends the counts of the last days and the last calls.
func (a *API) appendHistory(ctx context.Context, dst []byte, in *integration.Integration, masked bool) ([]byte, error) {
	counters, err := a.counters(ctx, in.ID, history.Kept)
	if err != nil {
		return nil, err
	}
	products, err := a.productCounters(ctx, in, history.Kept)
	if err != nil {
		return nil, err
	}
	logs, err := a.recentLogs(ctx, in.ID, masked)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(struct {
		Counters []dayJSON     `json:"counters"`
		Products []productJSON `json:"products,omitempty"`
		Logs     []logJSON     `json:"logs"`
	}{counters, products, logs})
	if err != nil {
		return nil, err
	}
	return append(append(dst, ','), text[1:len(text)-1]...), nil
}

// isWebhookRoute tells the older family of routes.
func isWebhookRoute(r *http.Request) bool {
	return strings.Contains(routeOf(r)+"/", "/webhooks/")
}

// replySaved answers a create or an edit with one object for the clients of
// both families. It must have no "error" member.
func (a *API) replySaved(w http.ResponseWriter, r *http.Request, status int, in *integration.Integration, warnings []string) {
	a.replyMade(w, r, status, in, warnings, false)
}

// replyMade is replySaved for who may perhaps not see headers and credentials.
func (a *API) replyMade(w http.ResponseWriter, r *http.Request, status int, in *integration.Integration, warnings []string, masked bool) {
	warnings = append(warnings, a.secretWarnings(r, in)...)
	warnings = append(warnings, a.ledgerWarnings(r, in)...)
	warnings = append(warnings, a.fanOutWarnings(r.Context(), in)...)
	dst := a.appendMembers([]byte(`{"ok":true,`), in, masked)
	if len(warnings) > 0 {
		dst = append(dst, `,"warnings":[`...)
		for i, text := range warnings {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = jsontext.AppendString(dst, text)
		}
		dst = append(dst, ']')
	}
	replyBytes(w, status, append(dst, '}', '\n'))
}

// appendMembers appends the members of an integration as the API shows it: its
// settings as they were saved, with headers and credentials masked for those who
// may not edit it, and what the hub adds.
func (a *API) appendMembers(dst []byte, in *integration.Integration, masked bool) []byte {
	dst = jsontext.AppendString(append(dst, `"id":`...), in.ID)
	config := in.Definition.JSON()
	if masked {
		config = maskSettings(config)
	}
	dst = appendSettings(dst, config)
	dst = append(dst, `,"created_at":"`...)
	dst = event.AppendTime(dst, in.Created)
	dst = append(dst, `","updated_at":"`...)
	dst = event.AppendTime(dst, in.Updated)
	dst = append(dst, `","hookUrl":`...)
	return jsontext.AppendString(dst, strings.TrimRight(a.BaseURL, "/")+pathOf(in)+in.ID)
}

// pathOf is the path of the integrations of a scope.
func pathOf(in *integration.Integration) string {
	switch in.Scope.Kind {
	case scope.Product:
		return "/v1/products/" + in.Scope.ID + "/webhooks/"
	case scope.Organization:
		return "/v1/orgs/" + in.Scope.ID + "/integrations/"
	}
	return "/v1/webhooks/"
}

// appendSettings appends the members of a definition, each behind a comma, and
// those that clients count on even when they were never set.
func appendSettings(dst, config []byte) []byte {
	var named, disabled bool
	m, _ := objectOf(config) // a definition's JSON is an object
	for m.next() {
		named = named || string(m.name) == "name"
		disabled = disabled || string(m.name) == "disabled"
		dst = append(jsontext.AppendString(append(dst, ','), string(m.name)), ':')
		dst = append(dst, m.value...)
	}
	if !named {
		dst = append(dst, `,"name":null`...)
	}
	if !disabled {
		dst = append(dst, `,"disabled":false`...)
	}
	return dst
}

// testData is what a test sends when the request names no data.
const testData = "test-event"

// testPatience is how long a test waits for its outcome: a call has 20 s unless
// --call-timeout says otherwise, and its origin may be busy before.
const testPatience = 60 * time.Second

func (a *API) test(w http.ResponseWriter, r *http.Request, sc scope.Scope) error {
	in, err := a.Integrations.Get(sc, param(r, "id"))
	if err != nil {
		return err
	}
	data, device, err := readTest(r)
	if err != nil {
		return err
	}
	by, err := a.testPublisher(r, device)
	if err != nil {
		return err
	}
	withoutTimeLimit(w)
	ctx, cancel := context.WithTimeout(r.Context(), testPatience)
	defer cancel()
	report, err := a.Tester.Test(ctx, by, in, data)
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, "The test was accepted, but it has no outcome after %d seconds.", testPatience/time.Second)
	}
	if err != nil {
		return err
	}
	if !a.mayEdit(r) {
		report.Request = maskRequest(report.Request)
	}
	replyBytes(w, http.StatusOK, appendReport(nil, report))
	return nil
}

// readTest reads the data and the device of a test; both may be left out.
func readTest(r *http.Request) (data, device string, err error) {
	object, err := readObject(r)
	if err != nil || object == nil {
		return testData, "", err
	}
	data = testData
	m, _ := objectOf(object) // readObject checked it
	for m.next() {
		name := string(m.name)
		if m.value[0] == 'n' { // null is absent
			continue
		}
		switch name {
		case "data":
			data = jsonText(m.value)
		case "deviceID", "deviceId", "deviceid", "coreid":
			if m.value[0] != '"' {
				return "", "", fault.Field(name, "It must be the id of a device, or empty.")
			}
			device = unquote(m.value)
		}
	}
	return data, device, nil
}

// testPublisher is who a test publishes as: the API, or a device of the scope.
// Nobody may speak for a device that is not theirs.
func (a *API) testPublisher(r *http.Request, device string) (*scope.Principal, error) {
	at := callOf(r).place
	by := &scope.Principal{Product: at.product.ID, Org: at.org()}
	if at.scope.Kind == scope.Sandbox {
		by.User = caller(r).User
	}
	switch {
	case device == "" || device == event.API:
		return by, nil
	case at.scope.Kind == scope.Organization:
		return nil, fault.Field("deviceID", "A test of an organization's integration is published by the API.")
	case at.scope.Kind == scope.Product:
		d, err := a.Fleet.Member(r.Context(), at.product.ID, device)
		by.User, by.Device, by.Firmware = d.Owner, d.ID, d.Firmware
		return by, err
	}
	d, err := a.Fleet.Get(r.Context(), caller(r), device)
	by.Device = d.ID
	return by, err
}

// appendReport appends the outcome of a test: the call as text and the events
// that it caused.
func appendReport(dst []byte, report deliver.Report) []byte {
	dst = append(dst, `{"ok":`...)
	dst = strconv.AppendBool(dst, report.OK)
	dst = append(dst, `,"status":`...)
	dst = strconv.AppendInt(dst, int64(report.Status), 10)
	if report.Error != "" {
		dst = jsontext.AppendString(append(dst, `,"error":`...), report.Error)
	}
	dst = jsontext.AppendString(append(dst, `,"request":`...), report.Request)
	dst = jsontext.AppendString(append(dst, `,"response":`...), report.Response)
	dst = append(dst, `,"events":[`...)
	for i := range report.Events {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendEventMembers(append(dst, '{'), &report.Events[i])
		dst = append(jsontext.AppendString(append(dst, `,"name":`...), report.Events[i].Name), '}')
	}
	dst = append(dst, ']')
	if report.Timing != (deliver.Timing{}) {
		timing, _ := json.Marshal(timingOf(&report.Timing)) // numbers only: it cannot fail
		dst = append(append(dst, `,"timing_ms":`...), timing...)
	}
	return append(dst, "}\n"...)
}
