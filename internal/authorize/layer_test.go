package authorize_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/authorize"
	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
)

// fakeNames names every device after its id.
type fakeNames struct{}

func (fakeNames) DeviceName(_ context.Context, id string) (string, error) {
	if id == "broken" {
		return "", errors.New("the store is broken")
	}
	return "name of " + id, nil
}

func azureMessage(device, publisher, key string) *render.Request {
	return &render.Request{
		Method: "POST", Scheme: "https", Host: "my-hub.azure-devices.net", Target: "/devices/" + device + "/messages/events?api-version=2021-04-12",
		Header: []render.Field{{Name: "Authorization", Value: render.Pending}}, TLS: &render.TLS{CA: "ca"},
		Access: &render.Access{Scheme: integration.AzureSAS, ID: "policy", Secret: key, Device: device, Publisher: publisher},
	}
}

// calls are methods and paths, without the version.
func (f *fakeNext) calls() string {
	var all []string
	for _, r := range f.got {
		where, _, _ := strings.Cut(r.Target, "?")
		all = append(all, r.Method+" "+where)
	}
	f.got = nil
	return strings.Join(all, ", ")
}

// TestNothingToDo: requests that are ready go on as they are.
func TestNothingToDo(t *testing.T) {
	for _, access := range []*render.Access{nil, {Scheme: integration.KeyInURL, Secret: "k"}} {
		next := &fakeNext{}
		r := &render.Request{Method: "GET", Scheme: "http", Host: "h", Target: "/", Access: access}
		if _, err := authorize.New(authorize.Options{Next: next}).Send(t.Context(), r); err != nil || len(next.got) != 1 || len(next.got[0].Header) != 0 {
			t.Errorf("got %v, %+v", err, next.got)
		}
	}
}

// TestAzureIdentity: which requests come before a message.
func TestAzureIdentity(t *testing.T) {
	status := map[string]int{}
	body := `{"properties":{"desired":{}}}`
	next := &fakeNext{}
	next.answer = func(r *render.Request) (deliver.Answer, error) {
		s := status[r.Method+" "+strings.Split(r.Target, "/")[1]]
		if s == 0 {
			s = 200
		}
		return deliver.Answer{Status: s, Body: []byte(body)}, nil
	}
	const key = "cG9saWN5LWtleQ=="
	tests := []struct {
		name, device, publisher string
		status                  map[string]int
		body                    string
		want, wantErr           string
	}{
		{"known, without a name", "d1", "d1", nil, body, "GET /twins/d1, PATCH /twins/d1, POST /devices/d1/messages/events", ""},
		{"known, with a name", "d1", "d1", nil, `{"properties":{"desired":{"deviceName":"x"}}}`, "GET /twins/d1, POST /devices/d1/messages/events", ""},
		{"named by its owner as nothing", "d1", "d1", nil, `{"properties":{"desired":{"deviceName":""}}}`, "GET /twins/d1, POST /devices/d1/messages/events", ""},
		{"unknown", "d1", "d1", map[string]int{"GET twins": 404}, body, "GET /twins/d1, PUT /devices/d1, PATCH /twins/d1, POST /devices/d1/messages/events", ""},
		{"made by somebody else meanwhile", "d1", "d1", map[string]int{"GET twins": 404, "PUT devices": 409}, body, "GET /twins/d1, PUT /devices/d1, PATCH /twins/d1, POST /devices/d1/messages/events", ""},
		{"chosen by event data", "d2", "d1", map[string]int{"GET twins": 404}, body, "GET /twins/d2, PUT /devices/d2, POST /devices/d2/messages/events", ""},
		{"no right to read", "d1", "d1", map[string]int{"GET twins": 401}, body, "GET /twins/d1", "device identity: error status 401 from my-hub.azure-devices.net"},
		{"no right to register", "d1", "d1", map[string]int{"GET twins": 404, "PUT devices": 403}, body, "GET /twins/d1, PUT /devices/d1", "device identity: error status 403 from my-hub.azure-devices.net"},
		{"no right to name", "d1", "d1", map[string]int{"PATCH twins": 403}, body, "GET /twins/d1, PATCH /twins/d1", "device identity: error status 403 from my-hub.azure-devices.net"},
		{"no twin in the answer", "d1", "d1", nil, "<html>", "GET /twins/d1", "device identity: no twin in the answer of my-hub.azure-devices.net"},
		{"no name to be had", "broken", "broken", nil, body, "GET /twins/broken", "device identity failed"},
		{"steps in the path", "..", "..", nil, body, "", "invalid request: device is not an id that an IoT Hub can have"},
		{"no id of a device", "a/b", "a/b", nil, body, "", "invalid request: device is not an id that an IoT Hub can have"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body = test.status, test.body
			layer := authorize.New(authorize.Options{Next: next, Names: fakeNames{}, UserAgent: "agent"})
			_, err := layer.Send(t.Context(), azureMessage(test.device, test.publisher, key))
			if got := text(err); got != test.wantErr {
				t.Errorf("got error %q, want %q", got, test.wantErr)
			}
			for _, r := range next.got {
				if !strings.HasPrefix(field(&r, "Authorization"), "SharedAccessSignature sr=my-hub.azure-devices.net&sig=") || r.TLS == nil {
					t.Errorf("%s %s: got %v", r.Method, r.Target, r.Header)
				}
			}
			if got := next.calls(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestTransportFailures: what happened on the way to the service keeps its
// meaning; what happened on the way to another host says nothing of the service.
func TestTransportFailures(t *testing.T) {
	const account = `{"client_email":"e","private_key":"x"}`
	failed := func(cause deliver.Cause, text string) func(*render.Request) (deliver.Answer, error) {
		return func(*render.Request) (deliver.Answer, error) {
			return deliver.Answer{}, &deliver.CallError{Cause: cause, Text: text, Wrote: true}
		}
	}
	next := &fakeNext{answer: failed(deliver.ConnectTimeout, "ETIMEOUT")}
	_, err := authorize.New(authorize.Options{Next: next}).Send(t.Context(), azureMessage("d1", "d1", "cG9saWN5LWtleQ=="))
	var ce *deliver.CallError
	if !errors.As(err, &ce) || ce.Cause != deliver.ConnectTimeout || ce.Text != "device identity: ETIMEOUT" || ce.Wrote {
		t.Errorf("got %+v", ce)
	}
	r := &render.Request{Scheme: "https", Host: "pubsub.googleapis.com", Target: "/", Access: &render.Access{Scheme: integration.GoogleToken, Secret: account}}
	_, err = authorize.New(authorize.Options{Next: next, Now: time.Now}).Send(t.Context(), r)
	if !errors.As(err, &ce) || ce.Cause != deliver.Unsendable || ce.Text != "access token: invalid request: service_account has a private_key that is not an RSA key in PEM" {
		t.Errorf("got %+v", ce)
	}
	_, err = authorize.New(authorize.Options{Next: next}).Send(t.Context(), azureMessage("d1", "d1", "not base64!"))
	if text(err) != "invalid request: policy_key is not valid base64" {
		t.Errorf("got %v", err)
	}
}

// TestAzureBehindAPath: hubs behind one gateway are told apart by their paths,
// whatever these are.
func TestAzureBehindAPath(t *testing.T) {
	next := &fakeNext{answer: func(*render.Request) (deliver.Answer, error) {
		return deliver.Answer{Status: 200, Body: []byte(`{}`)}, nil
	}}
	layer := authorize.New(authorize.Options{Next: next})
	for _, base := range []string{"/one", "/devices/two", "/devices"} {
		r := azureMessage("devices", "d1", "cG9saWN5LWtleQ==")
		r.Target = base + r.Target
		_, err := layer.Send(t.Context(), r)
		if got, want := next.calls(), "GET "+base+"/twins/devices, POST "+base+"/devices/devices/messages/events"; got != want || err != nil {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
}

// TestRememberedFailures: a failure that is told again, without asking, took no
// time and says nothing new of the host.
func TestRememberedFailures(t *testing.T) {
	next := &fakeNext{answer: func(*render.Request) (deliver.Answer, error) {
		return deliver.Answer{Status: 401, Timing: deliver.Timing{Total: time.Second}}, nil
	}}
	layer := authorize.New(authorize.Options{Next: next})
	for i, want := range []deliver.CallError{{Cause: deliver.NoIdentity, Timing: deliver.Timing{Total: time.Second}}, {Cause: deliver.Remembered}} {
		_, err := layer.Send(t.Context(), azureMessage("d1", "d1", "cG9saWN5LWtleQ=="))
		var ce *deliver.CallError
		if !errors.As(err, &ce) || ce.Cause != want.Cause || ce.Timing != want.Timing || ce.Text != "device identity: error status 401 from my-hub.azure-devices.net" {
			t.Errorf("attempt %d: got %+v", i+1, ce)
		}
	}
	if got := next.calls(); got != "GET /twins/d1" {
		t.Errorf("calls %s", got)
	}
}
