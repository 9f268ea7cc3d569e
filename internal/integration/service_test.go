package integration_test

import (
	"crypto/rand"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/template"
)

// more adds settings to a configuration.
func more(config, settings string) string {
	if settings == "" {
		return config
	}
	return strings.TrimSuffix(config, "}") + "," + settings + "}"
}

const (
	maps   = `{"integration_type":"GoogleMaps","api_key":"k"}`
	azure  = `{"integration_type":"AzureIotHub","event":"temp","hub_name":"My-Hub","policy_name":"p","policy_key":"a2V5"}`
	pubsub = `{"integration_type":"GoogleCloudPubSub","event":"temp","topic":"projects/p/topics/t","service_account":"{{{K}}}","secrets":["K"]}`
)

// TestServiceDefinitions: what a type knows by itself, and that a configuration
// comes back as it was saved.
func TestServiceDefinitions(t *testing.T) {
	tests := []struct {
		config                string
		url, origin, response string
		json                  string
	}{
		{maps, "https://www.googleapis.com/geolocation/v1/geolocate", "https://www.googleapis.com:443", "hook-response/{{PARTICLE_EVENT_NAME}}/{{PARTICLE_DEVICE_ID}}",
			`{"integration_type":"GoogleMaps","event":"deviceLocator","api_key":"k","disabled":false}`},
		{more(maps, `"event":"where","responseTopic":"here","responseTemplate":"x","endpoint":"http://127.0.0.1:9"`), "http://127.0.0.1:9/geolocation/v1/geolocate", "http://127.0.0.1:9", "here",
			`{"integration_type":"GoogleMaps","event":"where","endpoint":"http://127.0.0.1:9","api_key":"k","disabled":false,"responseTopic":"here","responseTemplate":"x"}`},
		{strings.Replace(azure, "AzureIotHub", "azureiothub", 1), "https://my-hub.azure-devices.net/devices/{{{PARTICLE_DEVICE_ID}}}/messages/events", "https://my-hub.azure-devices.net:443", "",
			`{"integration_type":"AzureIotHub","event":"temp","hub_name":"My-Hub","policy_name":"p","policy_key":"a2V5","disabled":false}`},
		{`{"integration_type":"AzureIotHub","event":"temp","endpoint":"https://hub.azure-devices.cn","policy_name":"p","policy_key":"a2V5","device":"d","retry":"failed"}`,
			"https://hub.azure-devices.cn/devices/d/messages/events", "https://hub.azure-devices.cn:443", "",
			`{"integration_type":"AzureIotHub","event":"temp","endpoint":"https://hub.azure-devices.cn","policy_name":"p","policy_key":"a2V5","device":"d","disabled":false,"retry":"failed"}`},
		{pubsub, "https://pubsub.googleapis.com/v1/projects/p/topics/t:publish", "https://pubsub.googleapis.com:443", "",
			`{"integration_type":"GoogleCloudPubSub","event":"temp","topic":"projects/p/topics/t","service_account":"{{{K}}}","disabled":false,"secrets":["K"]}`},
	}
	for _, test := range tests {
		d, warnings := parse(t, test.config, scope.Product)
		if d.URL() != test.url || d.Method != "POST" || string(d.JSON()) != test.json {
			t.Errorf("%s\ngot %s, %s\nwant %s, %s", test.config, d.URL(), d.JSON(), test.url, test.json)
		}
		var c template.Context
		if origin, err := d.Origin(&c); err != nil || origin != test.origin {
			t.Errorf("%s: origin %s, %v", test.config, origin, err)
		}
		response := ""
		if d.ResponseTopic != nil {
			response = d.ResponseTopic.Source()
		}
		if response != test.response || d.ErrorTopic == nil {
			t.Errorf("%s: topic %q, want %q", test.config, response, test.response)
		}
		again, _ := parse(t, string(d.JSON()), scope.Product)
		if string(again.JSON()) != string(d.JSON()) {
			t.Errorf("a second reading gives %s", again.JSON())
		}
		if http := strings.HasPrefix(test.url, "http:"); http != (len(warnings) > 0) {
			t.Errorf("%s: warnings %q", test.config, warnings)
		}
	}
}

// TestServiceFaults: what is missing, wrong or strange is refused by name.
func TestServiceFaults(t *testing.T) {
	without := func(config, name string) string { return more(config, `"`+name+`":null`) }
	const account = `{"type":"service_account","client_email":"e"}`
	tests := []struct{ config, field, text string }{
		{without(maps, "api_key"), "api_key", "missing"},
		{more(maps, `"api_key":" "`), "api_key", "missing"},
		{more(maps, `"api_key":7`), "api_key", "must be text"},
		{more(maps, `"api_key":"{{#x}}"`), "api_key", "line 1"},
		{without(azure, "event"), "event", "no event name"},
		{without(azure, "hub_name"), "hub_name", "missing"},
		{more(azure, `"hub_name":"my-hub.azure-devices.net"`), "hub_name", "endpoint"},
		{more(azure, `"hub_name":"{{{h}}}"`), "hub_name", "endpoint"},
		{without(azure, "policy_name"), "policy_name", "missing"},
		{without(azure, "policy_key"), "policy_key", "missing"},
		{more(azure, `"policy_key":"no key"`), "policy_key", "base64"},
		{without(pubsub, "topic"), "topic", "missing"},
		{more(pubsub, `"topic":"projects/p/topic/t"`), "topic", "projects/PROJECT/topics/NAME"},
		{without(pubsub, "service_account"), "service_account", "missing"},
		{more(pubsub, `"service_account":`+account), "service_account", "private_key"},
		{more(pubsub, `"service_account":`+quote(account)), "service_account", "private_key"},
		{more(pubsub, `"service_account":"text"`), "service_account", "not the JSON"},
		{more(pubsub, `"service_account":{"type":"authorized_user"}`), "service_account", "type"},
		{more(pubsub, `"service_account":["x"]`), "service_account", "must be text"},
		{more(maps, `"url":"https://h"`), "url", "not a setting of GoogleMaps"},
		{more(maps, `"method":"GET"`), "method", "not a setting of GoogleMaps"},
		{more(azure, `"responseTopic":"r"`), "responseTopic", "not a setting of AzureIotHub"},
		{more(azure, `"topic":"t"`), "topic", "not a setting of AzureIotHub"},
		{more(pubsub, `"servicekey":"x"`), "servicekey", "not a setting of GoogleCloudPubSub"},
		{more(maps, `"endpoint":"http://maps.example.com"`), "endpoint", "https"},
		{more(maps, `"endpoint":"maps.example.com"`), "endpoint", "https"},
		{more(maps, `"endpoint":"https://u:p@maps.example.com"`), "endpoint", "credentials"},
		{more(maps, `"endpoint":"https://maps.example.com?key=1"`), "endpoint", "query"},
		{more(maps, `"endpoint":"https://{{{h}}}"`), "endpoint", "https"},
		{more(maps, `"endpoint":"https://h/{{{x}}}"`), "endpoint", "variables"},
		{hook(`"auth":{"aws4":7}`), "auth.aws4", "object"},
		{hook(`"auth":{"aws4":{"access_key_id":"a","secret_access_key":"s","region":"r"}}`), "auth.aws4.service", "missing"},
		{hook(`"auth":{"aws4":{"access_key_id":"a","secret_access_key":"","region":"r","service":"s"}}`), "auth.aws4.secret_access_key", "missing"},
		{hook(`"auth":{"aws4":{"access_key_id":"a","secret_access_key":"s","region":"r","service":"s","token":"x"}}`), "auth.aws4.token", "not a setting"},
		{hook(`"auth":{"aws4":{"access_key_id":["a"],"secret_access_key":"s","region":"r","service":"s"}}`), "auth.aws4.access_key_id", "text"},
		{hook(`"auth":{"bearer":"b","aws4":{}}`), "auth", "either"},
	}
	for _, test := range tests {
		_, _, err := integration.Parse([]byte(test.config), scope.Sandbox)
		var f *fault.Error
		if !errors.As(err, &f) || f.Field != test.field || !strings.Contains(f.Text, test.text) {
			t.Errorf("%s\ngot %v\nwant field %s, ...%s...", test.config, err, test.field, test.text)
		}
		if _, err := integration.Check([]byte(test.config), scope.Sandbox); err != nil {
			t.Errorf("%s: a check says %v", test.config, err)
		}
	}
	c, err := integration.Check([]byte(`{"integration_type":"AzureIotHub","url":"https://h","colour":1}`), scope.Sandbox)
	if got := fields(c.Problems); err != nil || got != "colour url event hub_name policy_name policy_key" {
		t.Errorf("a check finds %s, %v", got, err)
	}
}

// TestWebhookLeavesServiceSettingsOut as it does with all that it does not know.
func TestWebhookLeavesServiceSettingsOut(t *testing.T) {
	d, warnings := parse(t, hook(`"api_key":"k","endpoint":"https://h"`), scope.Sandbox)
	if len(warnings) != 2 || strings.Contains(string(d.JSON()), "api_key") || strings.Contains(string(d.JSON()), "endpoint") {
		t.Errorf("got %s, %q", d.JSON(), warnings)
	}
}

// TestEndpoints: credentials go over http to no address of the internet.
func TestEndpoints(t *testing.T) {
	for address, want := range map[string]bool{
		"https://example.com": true, "https://example.com/base": true, "https://192.0.2.1:8443": true,
		"http://127.0.0.1:8085": true, "http://[::1]:8085": true, "http://10.1.2.3": true, "http://localhost:8085": true, "http://emulator:8085/x": true,
		"http://example.com": false, "http://192.0.2.1": false, "http://8.8.8.8": false, "http://example.com.": false, "http://[2001:db8::1]": false,
		"ftp://example.com": false, "//example.com": false, "": false, "https://": false, "https://h/?x": false, "https://h/#x": false, "https://u@h": false,
	} {
		if _, err := integration.ParseEndpoint(address); (err == nil) != want {
			t.Errorf("%s: got %v, want it to be accepted: %v", address, err, want)
		}
	}
}

// TestServiceSettingsTravel: changes, copies and moves keep what a type needs.
func TestServiceSettingsTravel(t *testing.T) {
	r, sandbox := newRegistry(t, memory.New(), &fakeIndex{}), scope.Of("u")
	for _, config := range []string{more(maps, `"endpoint":"https://h"`), more(azure, `"device":"d"`), pubsub,
		hook(`"auth":{"aws4":{"access_key_id":"a","secret_access_key":"s","session_token":"t","region":"r","service":"s"}}`)} {
		saved, _, err := r.Create(t.Context(), sandbox, []byte(config))
		if err != nil {
			t.Fatal(err)
		}
		changed, _, err := r.Update(t.Context(), sandbox, saved.ID, []byte(`{"name":"N"}`))
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Replace(string(saved.Definition.JSON()), `{`, `{"name":"N",`, 1)
		if got := string(changed.Definition.JSON()); got != want {
			t.Errorf("changed to %s\nwant %s", got, want)
		}
		fresh, _, err := r.Copy(t.Context(), sandbox, saved.ID, integration.Target{Scope: scope.OfProduct(10001)}, true)
		if err != nil || string(fresh.Definition.JSON()) != want {
			t.Errorf("copied to %v, %v\nwant %s", fresh, err, want)
		}
		moved, _, err := r.Move(t.Context(), scope.OfProduct(10001), fresh.ID, integration.Target{Scope: sandbox})
		if err != nil || string(moved.Definition.JSON()) != want {
			t.Errorf("moved to %v, %v\nwant %s", moved, err, want)
		}
		if _, _, err := r.Update(t.Context(), sandbox, moved.ID, []byte(`{"integration_type":"Other"}`)); !fault.Is(err, fault.Invalid) {
			t.Errorf("another type: got %v", err)
		}
	}
}

// TestReadServiceAccount: a key file is read, and an error says what it lacks and
// nothing of what it holds.
func TestReadServiceAccount(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "client_email", `{"client_email":"e"}`: "private_key", `[`: "JSON",
		`{"client_email":"e","private_key":"hidden"}`:                           "RSA",
		`{"client_email":"e","private_key":` + quote(privateKey) + `}`:          "RSA",
		`{"type":"external_account","client_email":"e","private_key":"hidden"}`: "type",
	} {
		_, err := integration.ReadServiceAccount(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: got %v, want ...%s...", text, err, want)
		}
	}
}

// TestLargeKeysAreRefused before they cost anything: a signature with such a key
// takes minutes of a processor.
func TestLargeKeysAreRefused(t *testing.T) {
	for _, bits := range []uint{5000, 40_000} {
		account := `{"client_email":"e","private_key":` + quote(keyOf(t, bits)) + `}`
		if _, err := integration.ReadServiceAccount(account); err == nil || !strings.Contains(err.Error(), "4096 bits") {
			t.Errorf("%d bits: got %v", bits, err)
		}
	}
}

// keyOf makes what reads as an RSA key of so many bits. Its factors are no
// primes, which would take long to find.
func keyOf(t *testing.T, bits uint) string {
	t.Helper()
	one, e := big.NewInt(1), big.NewInt(65537)
	odd := func() *big.Int {
		n, err := rand.Int(rand.Reader, new(big.Int).Lsh(one, bits/2))
		if err != nil {
			t.Fatal(err)
		}
		return n.SetBit(n.SetBit(n, 0, 1), int(bits/2-1), 1)
	}
	for {
		p, q := odd(), odd()
		p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
		d, inverse := new(big.Int).ModInverse(e, new(big.Int).Mul(p1, q1)), new(big.Int).ModInverse(q, p)
		if d == nil || inverse == nil {
			continue
		}
		der, err := asn1.Marshal(struct {
			Version                  int
			N                        *big.Int
			E                        int
			D, P, Q, Dp, Dq, Inverse *big.Int
		}{0, new(big.Int).Mul(p, q), 65537, d, p, q, new(big.Int).Mod(d, p1), new(big.Int).Mod(d, q1), inverse})
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: der}))
	}
}
