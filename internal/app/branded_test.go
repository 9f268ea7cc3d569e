package app_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
)

// The stand-ins below check what they are sent as their services do, with code
// of their own, and answer as these services answer.

// locator answers as Google's geolocation service.
func locator(t *testing.T, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			ConsiderIP *bool `json:"considerIp"`
			Cells      []struct{ CellID, LocationAreaCode, MobileCountryCode, MobileNetworkCode *int }
			Points     []struct{ MacAddress string } `json:"wifiAccessPoints"`
		}
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.Host != "www.googleapis.com" || r.Method != "POST" || r.URL.Path != "/geolocation/v1/geolocate" || r.TLS == nil:
			t.Errorf("locator: %s %s%s", r.Method, r.Host, r.URL)
		case r.URL.Query().Get("key") != key:
			http.Error(w, `{"error":{"code":400,"message":"API key not valid."}}`, 400)
			return
		case json.Unmarshal(body, &asked) != nil || asked.ConsiderIP == nil || *asked.ConsiderIP:
			t.Errorf("locator: body %s", body)
		}
		if strings.Contains(string(body), "00:00:00:00:00:00") {
			http.Error(w, `{"error":{"code":404,"message":"notFound"}}`, 404)
			return
		}
		_, _ = io.WriteString(w, `{"location":{"lat":51.5,"lng":-0.1275},"accuracy":1200.25}`)
	}
}

const accessPoints = `{"w":{"a":[{"m":"aa:bb:cc:dd:ee:01","s":-45,"c":1},{"m":"aa:bb:cc:dd:ee:02","s":-60,"c":11}]}}`

// TestGoogleMaps: a device asks where it is and gets the answer under the name
// that the device library listens to.
func TestGoogleMaps(t *testing.T) {
	const key = "maps-key-0123456789"
	w := newWorld(t, nil)
	w.web.answer = locator(t, key)
	w.call(adminToken, "PUT", "/v1/secrets/MAPS_KEY", map[string]any{"value": key}, nil)
	id := w.integrate(map[string]any{"integration_type": "googlemaps", "api_key": "{{{MAPS_KEY}}}", "secrets": []string{"MAPS_KEY"}})
	device := "0123456789abcdef01234567"
	token := w.device(device)
	events := w.stream("/v1/devices/events")

	w.publish(token, "deviceLocator", accessPoints)
	e := awaitEvent(t, events, "hook-response/")
	if e.Name != "hook-response/deviceLocator/"+device+"/0" || e.Data != "51.5,-0.1275,1200.25" {
		t.Errorf("got %+v", e)
	}
	want := `{"considerIp":false,"wifiAccessPoints":[{"macAddress":"aa:bb:cc:dd:ee:01","signalStrength":-45,"channel":1},{"macAddress":"aa:bb:cc:dd:ee:02","signalStrength":-60,"channel":11}]}`
	if got := w.web.requests()[0]; got.Body != want || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %s", got.Body)
	}

	w.publish(token, "deviceLocator", `{"w":{"a":[{"m":"00:00:00:00:00:00","s":-45,"c":1}]}}`)
	if e := awaitEvent(t, events, "hook-error/"); e.Data != "error status 404 from www.googleapis.com" {
		t.Errorf("an unknown place: %+v", e)
	}
	w.publish(token, "deviceLocator", "somewhere")
	if e := awaitEvent(t, events, "hook-error/"); e.Data != "invalid request: body: the event data is not a list of cells or access points" {
		t.Errorf("other data: %+v", e)
	}
	w.past(id, 3)
	if said := w.text("/v1/integrations/" + id + "/logs"); strings.Contains(said, key) || !strings.Contains(said, "key=%5B%5BSENSITIVE%5D%5D") {
		t.Errorf("recorded: %s", said)
	}
}

// TestLiteralKeysAreMasked: a key that stands in the configuration is shown to
// those who may edit it, and in no record.
func TestLiteralKeysAreMasked(t *testing.T) {
	const key = "maps-key-0123456789"
	w := newWorld(t, nil)
	w.web.answer = func(rw http.ResponseWriter, r *http.Request) { http.Error(rw, "no "+r.URL.Query().Get("key"), 403) }
	id := w.integrate(map[string]any{"integration_type": "GoogleMaps", "api_key": key})
	w.publish(adminToken, "deviceLocator", accessPoints)
	w.past(id, 1)
	var report any
	w.call(adminToken, "POST", "/v1/integrations/"+id+"/test", map[string]any{"data": accessPoints}, &report)
	said := w.text("/v1/integrations/"+id+"/logs") + fmt.Sprint(report)
	if strings.Contains(said, key) || strings.Count(said, "[[SENSITIVE]]") < 2 {
		t.Errorf("the hub says %s", said)
	}
	if !strings.Contains(w.text("/v1/integrations/"+id), `"api_key":"`+key+`"`) {
		t.Error("the setting is not shown as it was saved")
	}
}

// azureHub answers as an IoT Hub.
type azureHub struct {
	t     *testing.T
	key   []byte
	clock func() time.Time

	mu      sync.Mutex
	devices map[string]bool
	names   map[string]string // deviceName of twins
	calls   []string
	bodies  []string
	lazy    bool // registration fails
}

func (h *azureHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	h.calls = append(h.calls, r.Method+" "+r.URL.Path)
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Host != "my-hub.azure-devices.net" || r.URL.Query().Get("api-version") == "" || len(parts) < 2:
		h.t.Errorf("hub: %s %s%s", r.Method, r.Host, r.URL)
	case !h.admits(r.Header.Get("Authorization")):
		http.Error(w, `{"Message":"ErrorCode:IotHubUnauthorizedAccess"}`, 401)
	case parts[0] == "twins":
		h.twin(w, r.Method, parts[1], body)
	case len(parts) == 2 && r.Method == "PUT":
		h.register(w, parts[1], body)
	case len(parts) == 4 && r.Method == "POST" && !h.devices[parts[1]]:
		http.Error(w, `{"Message":"ErrorCode:DeviceNotFound"}`, 404)
	case len(parts) == 4 && r.Method == "POST":
		h.bodies = append(h.bodies, string(body))
		w.WriteHeader(204)
	default:
		h.t.Errorf("hub: %s %s", r.Method, r.URL)
	}
}

// admits checks a shared access signature.
func (h *azureHub) admits(token string) bool {
	rest, ok := strings.CutPrefix(token, "SharedAccessSignature ")
	fields := map[string]string{}
	for _, field := range strings.Split(rest, "&") {
		name, value, _ := strings.Cut(field, "=")
		fields[name] = value
	}
	mac := hmac.New(sha256.New, h.key)
	fmt.Fprintf(mac, "%s\n%s", fields["sr"], fields["se"])
	signature, _ := url.QueryUnescape(fields["sig"])
	expiry, err := strconv.ParseInt(fields["se"], 10, 64)
	return ok && err == nil && fields["skn"] == "fieldhook" && fields["sr"] == "my-hub.azure-devices.net" && expiry > h.clock().Unix() &&
		signature == base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (h *azureHub) twin(w http.ResponseWriter, method, id string, body []byte) {
	var patch struct {
		Properties struct{ Desired struct{ DeviceName string } }
	}
	switch {
	case !h.devices[id]:
		http.Error(w, `{"Message":"ErrorCode:DeviceNotFound"}`, 404)
		return
	case method == "PATCH" && json.Unmarshal(body, &patch) == nil:
		h.names[id] = patch.Properties.Desired.DeviceName
	case method != "GET":
		h.t.Errorf("hub: %s of a twin with %s", method, body)
	}
	desired := map[string]any{"$version": 1}
	if name, ok := h.names[id]; ok {
		desired["deviceName"] = name
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"deviceId": id, "properties": map[string]any{"desired": desired}})
}

func (h *azureHub) register(w http.ResponseWriter, id string, body []byte) {
	var device struct {
		ID     string `json:"deviceId"`
		Status string
	}
	switch {
	case h.lazy:
		http.Error(w, `{"Message":"ErrorCode:ThrottlingException"}`, 429)
	case h.devices[id]:
		http.Error(w, `{"Message":"ErrorCode:DeviceAlreadyExists"}`, 409)
	case json.Unmarshal(body, &device) != nil || device.ID != id || device.Status != "enabled":
		h.t.Errorf("hub: register %s with %s", id, body)
	default:
		h.devices[id] = true
		_, _ = w.Write(body)
	}
}

// seen gives the calls so far and forgets them.
func (h *azureHub) seen() (calls, bodies []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	calls, bodies = h.calls, h.bodies
	h.calls, h.bodies = nil, nil
	return calls, bodies
}

// azureWorld is a hub with an IoT Hub behind it, and an integration to that.
func azureWorld(t *testing.T, more map[string]any) (*world, *azureHub, string) {
	const key = "cG9saWN5LWtleS0wMTIzNDU2Nzg5" // policy-key-0123456789
	clock := fromNoon()
	w := newWorld(t, clock)
	hub := &azureHub{t: t, key: []byte("policy-key-0123456789"), clock: clock, devices: map[string]bool{}, names: map[string]string{}}
	w.web.answer = hub.ServeHTTP
	w.call(adminToken, "PUT", "/v1/secrets/POLICY_KEY", map[string]any{"value": key}, nil)
	config := map[string]any{
		"integration_type": "AzureIotHub", "event": "temp", "hub_name": "My-Hub", "policy_name": "fieldhook", "policy_key": "{{{POLICY_KEY}}}",
		"secrets": []string{"POLICY_KEY"},
	}
	for name, value := range more {
		config[name] = value
	}
	return w, hub, w.integrate(config)
}

// TestAzureIotHub: the first message of a device makes its identity, later ones
// are messages only.
func TestAzureIotHub(t *testing.T) {
	w, hub, id := azureWorld(t, nil)
	device := "0123456789abcdef01234567"
	token := w.device(device)
	w.call(adminToken, "PUT", "/v1/devices/"+device, map[string]any{"name": "kitchen"}, nil)

	w.publish(token, "temp", `70 "F"`)
	w.past(id, 1)
	calls, bodies := hub.seen()
	twin, message := "/twins/"+device, "POST /devices/"+device+"/messages/events"
	if want := []string{"GET " + twin, "PUT /devices/" + device, "PATCH " + twin, message}; !slices.Equal(calls, want) {
		t.Fatalf("first message: calls %q, want %q", calls, want)
	}
	if hub.names[device] != "kitchen" {
		t.Errorf("name %q", hub.names[device])
	}
	var got map[string]string // all text
	if err := json.Unmarshal([]byte(bodies[0]), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got["data"] != `70 "F"` || got["device_id"] != device || got["event"] != "temp" || !strings.HasSuffix(got["published_at"], "Z") {
		t.Errorf("message %v", got)
	}

	w.call(adminToken, "PUT", "/v1/devices/"+device, map[string]any{"name": "attic"}, nil)
	w.publish(token, "temp", "71")
	w.past(id, 2)
	if calls, _ := hub.seen(); !slices.Equal(calls, []string{message}) {
		t.Errorf("second message: calls %q", calls)
	}

	hub.mu.Lock() // somebody deletes the identity, and its twin with it
	delete(hub.devices, device)
	delete(hub.names, device)
	hub.mu.Unlock()
	w.publish(token, "temp", "72")
	w.past(id, 3)
	if calls, _ := hub.seen(); !slices.Equal(calls, []string{message, "GET " + twin, "PUT /devices/" + device, "PATCH " + twin, message}) {
		t.Errorf("after the identity was deleted: calls %q", calls)
	}
}

// TestAzureKnownDevice: a device that the hub knows keeps the name that it has
// there.
func TestAzureKnownDevice(t *testing.T) {
	w, hub, id := azureWorld(t, nil)
	device := "0123456789abcdef01234567"
	token := w.device(device)
	w.call(adminToken, "PUT", "/v1/devices/"+device, map[string]any{"name": "kitchen"}, nil)
	hub.mu.Lock()
	hub.devices[device], hub.names[device] = true, "north wing"
	hub.mu.Unlock()
	w.publish(token, "temp", "70")
	w.past(id, 1)
	if calls, _ := hub.seen(); !slices.Equal(calls, []string{"GET /twins/" + device, "POST /devices/" + device + "/messages/events"}) || hub.names[device] != "north wing" {
		t.Errorf("calls %q, name %q", calls, hub.names[device])
	}
}

// TestAzureFailures: what goes wrong before the message is told in words, with
// no credential in them.
func TestAzureFailures(t *testing.T) {
	t.Run("wrong key", func(t *testing.T) {
		w, hub, id := azureWorld(t, map[string]any{"policy_key": "d3Jvbmcta2V5LTAxMjM0NTY3ODk="})
		events := w.stream("/v1/devices/events")
		w.publish(adminToken, "temp", "1")
		if e := awaitEvent(t, events, "hook-error/"); e.Data != "device identity: error status 401 from my-hub.azure-devices.net" {
			t.Errorf("got %+v", e)
		}
		w.past(id, 1)
		if said := w.text("/v1/integrations/" + id + "/logs"); strings.Contains(said, "sig=") || !strings.Contains(said, "Authorization: [[SENSITIVE]]") {
			t.Errorf("recorded: %s", said)
		}
		if calls, _ := hub.seen(); len(calls) != 1 {
			t.Errorf("calls %q", calls)
		}
	})
	t.Run("no identity", func(t *testing.T) {
		w, hub, _ := azureWorld(t, map[string]any{"device": "gateway-{{{PARTICLE_EVENT_NAME}}}"})
		hub.lazy = true
		events := w.stream("/v1/devices/events")
		w.publish(adminToken, "temp", "1")
		if e := awaitEvent(t, events, "hook-error/"); e.Data != "device identity: error status 429 from my-hub.azure-devices.net" {
			t.Errorf("got %+v", e)
		}
		if calls, _ := hub.seen(); !slices.Contains(calls, "PUT /devices/gateway-temp") {
			t.Errorf("calls %q", calls)
		}
	})
}

// pubSub answers as Google's token service and as Pub/Sub.
type pubSub struct {
	t      *testing.T
	public *rsa.PublicKey
	clock  func() time.Time

	mu       sync.Mutex
	tokens   map[string]time.Time // ends of what was handed out
	asked    int
	messages []string // bodies
	shut     bool     // the token service refuses
}

// counts tells how often a token was asked for, and how many messages came.
func (p *pubSub) counts() (asked, messages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, len(p.messages)
}

const pubSubAccount = "hub@project-1.iam.gserviceaccount.com"

func (p *pubSub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.Host == "oauth2.googleapis.com" && r.URL.Path == "/token" && r.Method == "POST":
		p.token(w, r)
	case r.Host == "pubsub.googleapis.com" && r.URL.Path == "/v1/projects/project-1/topics/readings:publish" && r.Method == "POST":
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if end, known := p.tokens[token]; !ok || !known || !p.clock().Before(end) {
			http.Error(w, `{"error":{"code":401,"status":"UNAUTHENTICATED"}}`, 401)
			return
		}
		body, _ := io.ReadAll(r.Body)
		p.messages = append(p.messages, string(body))
		_, _ = io.WriteString(w, `{"messageIds":["1"]}`)
	default:
		p.t.Errorf("google: %s %s%s", r.Method, r.Host, r.URL)
	}
}

// token changes an assertion for a token that is valid for an hour.
func (p *pubSub) token(w http.ResponseWriter, r *http.Request) {
	p.asked++
	w.Header().Set("Content-Type", "application/json")
	if r.ParseForm() != nil || r.Form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || p.shut || !p.signed(r.Form.Get("assertion")) {
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"Invalid JWT Signature: `+r.Form.Get("assertion")+`"}`)
		return
	}
	token := fmt.Sprintf("ya29.token-%d-0123456789", p.asked)
	p.tokens[token] = p.clock().Add(time.Hour)
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "expires_in": 3599, "token_type": "Bearer"})
}

// signed checks an assertion with the account's public key.
func (p *pubSub) signed(assertion string) bool {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return false
	}
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(p.public, crypto.SHA256, digest[:], signature) != nil {
		return false
	}
	var head struct{ Alg, Typ, Kid string }
	var claims struct {
		Iss, Scope, Aud string
		Iat, Exp        int64
	}
	for i, to := range []any{&head, &claims} {
		text, _ := base64.RawURLEncoding.DecodeString(parts[i])
		if json.Unmarshal(text, to) != nil {
			return false
		}
	}
	now := p.clock().Unix()
	return head.Alg == "RS256" && head.Typ == "JWT" && head.Kid == "key-1" && claims.Iss == pubSubAccount && claims.Scope == "https://www.googleapis.com/auth/pubsub" &&
		claims.Aud == "https://oauth2.googleapis.com/token" && claims.Iat <= now && claims.Exp > now && claims.Exp-claims.Iat <= 3600
}

// newAccount makes a service account's key file.
func newAccount(t *testing.T) (file string, public *rsa.PublicKey) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "project-1", "private_key_id": "key-1", "client_email": pubSubAccount,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": "https://oauth2.googleapis.com/token",
	})
	return string(text), &key.PublicKey
}

// pubSubWorld is a hub with Google behind it, an integration, and a clock.
func pubSubWorld(t *testing.T, account string, public *rsa.PublicKey, clock func() time.Time) (*world, *pubSub, string) {
	w := newWorldOf(t, func(o *app.Options) { o.Now = clock })
	google := &pubSub{t: t, public: public, clock: clock, tokens: map[string]time.Time{}}
	w.web.answer = google.ServeHTTP
	w.call(adminToken, "PUT", "/v1/secrets/GOOGLE_KEY", map[string]any{"value": account}, nil)
	return w, google, w.integrate(map[string]any{
		"integration_type": "GoogleCloudPubSub", "event": "temp", "topic": "projects/project-1/topics/readings",
		"service_account": "{{{GOOGLE_KEY}}}", "secrets": []string{"GOOGLE_KEY"}, "ordering": "device",
	})
}

// ticking is a clock that a test sets.
type ticking struct {
	mu sync.Mutex
	at time.Time
}

func (c *ticking) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *ticking) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// TestGoogleCloudPubSub: one token serves until shortly before its end, and one
// that is refused earlier is replaced.
func TestGoogleCloudPubSub(t *testing.T) {
	clock := &ticking{at: time.Now()}
	account, public := newAccount(t)
	w, google, id := pubSubWorld(t, account, public, clock.now)
	device := "0123456789abcdef01234567"
	token := w.device(device)
	sent := int64(0)
	send := func(data string, wantAsked int) {
		t.Helper()
		sent++
		w.publish(token, "temp", data)
		w.past(id, sent)
		google.mu.Lock()
		defer google.mu.Unlock()
		if int64(len(google.messages)) != sent || google.asked != wantAsked {
			t.Fatalf("after %d events: %d messages with %d tokens, want %d tokens", sent, len(google.messages), google.asked, wantAsked)
		}
	}
	send("70", 1)
	var got struct {
		Messages []struct {
			Data       []byte
			Attributes map[string]string
		}
	}
	if err := json.Unmarshal([]byte(google.messages[0]), &got); err != nil || len(got.Messages) != 1 {
		t.Fatalf("%v in %s", err, google.messages[0])
	}
	m := got.Messages[0]
	if string(m.Data) != "70" || len(m.Attributes) != 3 || m.Attributes["device_id"] != device || m.Attributes["event"] != "temp" || m.Attributes["published_at"] == "" {
		t.Errorf("message %+v", m)
	}
	send("71", 1)
	clock.advance(58 * time.Minute)
	send("72", 1)
	clock.advance(90 * time.Second) // half a minute before its end
	send("73", 2)
	google.mu.Lock()
	clear(google.tokens) // revoked
	google.mu.Unlock()
	send("74", 3)
	said := w.text("/v1/integrations/"+id+"/logs") + w.text("/v1/integrations/"+id)
	if strings.Contains(said, "ya29") || !strings.Contains(said, "Authorization: [[SENSITIVE]]") {
		t.Errorf("recorded: %s", said)
	}
}

// TestPubSubFailures: without a token nothing is sent to Pub/Sub, and its host
// is not blamed.
func TestPubSubFailures(t *testing.T) {
	clock := &ticking{at: time.Now()}
	account, _ := newAccount(t)
	_, other := newAccount(t)
	w, google, id := pubSubWorld(t, account, other, clock.now) // signed by nobody that Google knows
	events := w.stream("/v1/devices/events")
	for range 12 {
		w.publish(adminToken, "temp", "1")
		if e := awaitEvent(t, events, "hook-"); e.Name != "hook-error/temp/0" || e.Data != "access token: error status 400 from oauth2.googleapis.com (invalid_grant)" {
			t.Fatalf("got %+v", e)
		}
	}
	if asked, _ := google.counts(); asked != 1 {
		t.Errorf("the token service was asked %d times at once", asked)
	}
	w.past(id, 12)
	if said := w.text("/v1/hosts"); strings.Contains(said, "pubsub.googleapis.com") && !strings.Contains(said, `"error":0`) {
		t.Errorf("hosts %s", said)
	}
	clock.advance(time.Minute)
	w.publish(adminToken, "temp", "1")
	awaitEvent(t, events, "hook-error/")
	if asked, messages := google.counts(); asked != 2 || messages != 0 {
		t.Errorf("asked %d times, %d messages", asked, messages)
	}
}

// awsSignature computes Signature Version 4 from what a server received, with
// nothing of the hub's code.
func awsSignature(r *http.Request, body []byte, secret string) (want, got string) {
	authorization := r.Header.Get("Authorization")
	part := func(name string) string {
		_, rest, _ := strings.Cut(authorization, name+"=")
		value, _, _ := strings.Cut(rest, ",")
		return value
	}
	scope := strings.SplitN(part("Credential"), "/", 2)[1]
	var head strings.Builder
	for _, name := range strings.Split(part("SignedHeaders"), ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		head.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	query := strings.Split(r.URL.RawQuery, "&")
	slices.Sort(query)
	hash := func(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }
	text := r.Method + "\n" + strings.ReplaceAll(r.URL.EscapedPath(), "%", "%25") + "\n" + strings.Join(query, "&") + "\n" +
		head.String() + "\n" + part("SignedHeaders") + "\n" + hash(body)
	text = "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + scope + "\n" + hash([]byte(text))
	key := []byte("AWS4" + secret)
	for _, s := range append(strings.Split(scope, "/"), text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(s))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key), part("Signature")
}

// TestAWS4: a queue that checks signatures takes the message of an ordinary
// webhook; with another key it does not.
func TestAWS4(t *testing.T) {
	const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	for _, test := range []struct{ name, key, want string }{
		{"right key", secret, "hook-response/temp/0"},
		{"wrong key", secret + "x", "hook-error/temp/0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			clock := fromNoon()
			w := newWorld(t, clock)
			w.web.answer = func(rw http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				want, got := awsSignature(r, body, secret)
				at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
				if want != got || err != nil || clock().Sub(at).Abs() > 15*time.Minute || r.Header.Get("X-Amz-Security-Token") != "session-token-0123" {
					http.Error(rw, `{"__type":"InvalidSignatureException","echo":"`+r.Header.Get("Authorization")+r.Header.Get("X-Amz-Security-Token")+`"}`, 403)
					return
				}
				_, _ = io.WriteString(rw, `{"MessageId":"1"}`)
			}
			w.call(adminToken, "PUT", "/v1/secrets/AWS_KEY", map[string]any{"value": test.key}, nil)
			w.call(adminToken, "PUT", "/v1/secrets/AWS_SESSION", map[string]any{"value": "session-token-0123"}, nil)
			id := w.integrate(map[string]any{
				"event": "temp", "url": "https://sqs.eu-west-1.amazonaws.com/a path/{{{PARTICLE_EVENT_NAME}}}", "noDefaults": true,
				"headers": map[string]string{"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0", "X-Amz-Content-Sha256": "{{{AWS_SESSION}}}"},
				"query":   map[string]string{"b": "2 + 2", "a": "{{{PARTICLE_EVENT_VALUE}}}"},
				"json":    map[string]string{"MessageBody": "{{{PARTICLE_EVENT_JSON}}}"}, "secrets": []string{"AWS_KEY", "AWS_SESSION"},
				"auth": map[string]any{"aws4": map[string]string{
					"access_key_id": "AKIDEXAMPLE", "secret_access_key": "{{{AWS_KEY}}}", "session_token": "{{{AWS_SESSION}}}", "region": "eu-west-1", "service": "sqs"}},
			})
			events := w.stream("/v1/devices/events")
			w.publish(adminToken, "temp", "21 °C")
			for e := awaitEvent(t, events, "hook-"); e.Name != test.want; e = awaitEvent(t, events, "hook-") {
				if e.Name != "hook-sent/temp" {
					t.Fatalf("got %+v, want %s", e, test.want)
				}
			}
			w.past(id, 1)
			said := w.text("/v1/integrations/" + id + "/logs")
			if strings.Contains(said, "Signature=") || strings.Contains(said, "session-token-0123") || !strings.Contains(said, "X-Amz-Date: 20") || !strings.Contains(said, "Authorization: [[SENSITIVE]]") {
				t.Errorf("recorded: %s", said)
			}
		})
	}
}

// awaitEvent waits for the next event whose name begins so.
func awaitEvent(t *testing.T, events <-chan streamed, prefix string) streamed {
	t.Helper()
	for {
		if e := next(t, events); strings.HasPrefix(e.Name, prefix) {
			return e
		}
	}
}

// TestTokenServiceIsGuarded: where a service account says that tokens are to be
// had is a target like any other.
func TestTokenServiceIsGuarded(t *testing.T) {
	file, _ := newAccount(t)
	var account map[string]string
	if err := json.Unmarshal([]byte(file), &account); err != nil {
		t.Fatal(err)
	}
	account["token_uri"] = "http://169.254.169.254/computeMetadata/v1/token"
	w := newWorld(t, nil)
	id := w.integrate(map[string]any{"integration_type": "GoogleCloudPubSub", "event": "temp", "topic": "projects/p/topics/t", "service_account": account})
	events := w.stream("/v1/devices/events")
	w.publish(adminToken, "temp", "1")
	if e := awaitEvent(t, events, "hook-error/"); e.Data != "access token: connect EACCES 169.254.169.254: private targets are not allowed" {
		t.Errorf("got %+v", e)
	}
	if got := w.web.requests(); len(got) != 0 {
		t.Errorf("sent %+v", got)
	}
	var saved struct {
		Account map[string]string `json:"service_account"`
	}
	if w.call(adminToken, "GET", "/v1/integrations/"+id, nil, &saved); saved.Account["private_key"] != account["private_key"] {
		t.Error("the account is not shown as it was saved")
	}
}
