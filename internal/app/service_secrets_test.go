package app_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/fieldhook/fieldhook/internal/app"
)

// TestServiceCredentialsAppearNowhere has every type of integration use its
// credentials, has the services repeat and refuse them, and looks through all
// that the hub says and keeps.
func TestServiceCredentialsAppearNowhere(t *testing.T) {
	onEveryStore(t, serviceCredentialsAppearNowhere)
}

// echo stands for all services. It gives what is needed to get to the request
// itself, and refuses that with everything that was sent, wherever an answer has
// room.
type echo struct {
	t    *testing.T
	mu   sync.Mutex
	seen []string // credentials that came
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case r.URL.Path == "/token":
		_ = r.ParseForm()
		e.seen = append(e.seen, r.Form.Get("assertion"), "ya29.access-token-0123456789")
		_, _ = w.Write([]byte(`{"access_token":"ya29.access-token-0123456789","expires_in":3600}`))
		return
	case strings.HasPrefix(r.URL.Path, "/twins/") && r.Method == "GET":
		_, _ = w.Write([]byte(`{"properties":{"desired":{}}}`))
		return
	case strings.HasPrefix(r.URL.Path, "/twins/"):
		return
	}
	token := r.Header.Get("Authorization")
	for _, part := range strings.FieldsFunc(token, func(c rune) bool { return strings.ContainsRune(" &,", c) }) {
		if value, ok := strings.CutPrefix(part, "sig="); ok {
			e.seen = append(e.seen, value)
		}
		if value, ok := strings.CutPrefix(part, "Signature="); ok {
			e.seen = append(e.seen, value)
		}
	}
	said := token + " " + r.Header.Get("X-Amz-Security-Token") + " " + r.URL.Query().Get("key")
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		e.t.Error(err)
		return
	}
	defer conn.Close()
	body := said + " at " + r.RequestURI
	fmt.Fprintf(conn, "HTTP/1.1 403 no %s\r\nX-Echo: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", said, said, len(body), body)
}

// credentials are what the integrations below prove themselves by.
type credentials struct{ mapsKey, policyKey, account, awsSecret, awsSession string }

// configs are an integration of every type, with secrets or with what they stand
// for.
func (c *credentials) configs(bySecret bool) []map[string]any {
	value := func(name, value string) string {
		if bySecret {
			return "{{{" + name + "}}}"
		}
		return value
	}
	all := []map[string]any{
		{"integration_type": "GoogleMaps", "event": "temp", "api_key": value("MAPS_KEY", c.mapsKey)},
		{"integration_type": "AzureIotHub", "event": "temp", "hub_name": "my-hub", "policy_name": "p", "policy_key": value("POLICY_KEY", c.policyKey)},
		{"integration_type": "GoogleCloudPubSub", "event": "temp", "topic": "projects/p/topics/t", "service_account": value("ACCOUNT", c.account)},
		{"event": "temp", "url": "https://sqs.example.com/", "auth": map[string]any{"aws4": map[string]string{"access_key_id": "AKID", "region": "r", "service": "sqs",
			"secret_access_key": value("AWS_SECRET", c.awsSecret), "session_token": value("AWS_SESSION", c.awsSession)}}},
	}
	for _, config := range all {
		if config["retry"] = "failed"; bySecret {
			config["secrets"] = []string{"MAPS_KEY", "POLICY_KEY", "ACCOUNT", "AWS_SECRET", "AWS_SESSION"}
		}
	}
	return all
}

func serviceCredentialsAppearNowhere(t *testing.T, change func(*app.Options), kept func() string) {
	log, service := &notes{}, &echo{t: t}
	w := newWorldOf(t, func(o *app.Options) {
		change(o)
		o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Random = func() float64 { return 1 } // the throttle lets all calls pass
	})
	w.web.answer = service.ServeHTTP
	account, _ := newAccount(t)
	c := credentials{"maps/key+&0123456789", base64.StdEncoding.EncodeToString([]byte("policy-key-0123456789")), account, "aws/secret+0123456789", "aws-session-0123456789"}
	for name, value := range map[string]string{"MAPS_KEY": c.mapsKey, "POLICY_KEY": c.policyKey, "ACCOUNT": c.account, "AWS_SECRET": c.awsSecret, "AWS_SESSION": c.awsSession} {
		w.call(adminToken, "PUT", "/v1/secrets/"+name, map[string]any{"value": value}, nil)
	}
	var said strings.Builder
	for _, bySecret := range []bool{true, false} {
		if !bySecret {
			said.WriteString(kept()) // what is configured literally is kept as it is
		}
		for _, config := range c.configs(bySecret) {
			w.useService(&said, config, !bySecret)
		}
	}
	said.WriteString(log.String() + w.text("/v1/hosts"))
	for _, secret := range append(c.forms(t), service.seen...) {
		if i := strings.Index(said.String(), secret); i >= 0 {
			t.Errorf("the hub says …%.300s", said.String()[max(0, i-150):])
		}
	}
	if len(service.seen) < 10 || strings.Count(said.String(), "[[SENSITIVE]]") < 8 {
		t.Errorf("%d credentials came, %d texts are masked", len(service.seen), strings.Count(said.String(), "[[SENSITIVE]]"))
	}
}

// useService makes an integration, has it fail once by an event and once by a
// test, and notes all that is said about it. Its settings are not of interest
// when they hold the credentials as they are.
func (w *world) useService(said *strings.Builder, config map[string]any, literal bool) {
	w.t.Helper()
	id := w.integrate(config)
	events := w.stream("/v1/devices/events")
	w.publish(adminToken, "temp", accessPoints)
	e := awaitEvent(w.t, events, "hook-error/")
	if !strings.HasPrefix(e.Data, "error status 403 from ") {
		w.t.Errorf("%v: got %+v", config["integration_type"], e)
	}
	said.WriteString(e.Name + e.Data)
	w.past(id, 1)
	var report any
	w.call(adminToken, "POST", "/v1/integrations/"+id+"/test", map[string]any{"data": accessPoints}, &report)
	fmt.Fprint(said, report)
	if s := w.call(adminToken, "POST", "/v1/integrations/preview", map[string]any{"id": id, "event": map[string]any{"data": accessPoints}}, &report); s != 200 {
		w.t.Errorf("preview: status %d", s)
	}
	fmt.Fprint(said, report)
	for _, path := range []string{"/logs", "/logs?format=csv", "/dead-letters", "/counters"} {
		said.WriteString(w.text("/v1/integrations/" + id + path))
	}
	if !literal {
		said.WriteString(w.text("/v1/integrations/" + id))
	}
	w.call(adminToken, "DELETE", "/v1/integrations/"+id, nil, nil)
}

// forms are the credentials as they might be written, and what would give away a
// part of them.
func (c *credentials) forms(t *testing.T) (all []string) {
	var file struct {
		Key string `json:"private_key"`
	}
	if err := json.Unmarshal([]byte(c.account), &file); err != nil {
		t.Fatal(err)
	}
	plain, _ := base64.StdEncoding.DecodeString(c.policyKey)
	for _, v := range []string{c.mapsKey, c.policyKey, string(plain), c.awsSecret, c.awsSession, strings.Split(file.Key, "\n")[3]} {
		all = append(all, v, url.QueryEscape(v), strings.ReplaceAll(url.QueryEscape(v), "+", "%20"), base64.StdEncoding.EncodeToString([]byte(v)), hex.EncodeToString([]byte(v)))
	}
	return all
}
