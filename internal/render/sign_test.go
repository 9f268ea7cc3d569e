package render_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/template"
)

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// cert is a certificate that signed itself; its key was thrown away.
const cert = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUJSsDD2zvkgSpYuz0X0ZFE1G8jGEwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHZXhhbXBsZTAgFw0yNjExMjQxMTI2NDRaGA8yMTI2MTAzMTEx
MjY0NFowEjEQMA4GA1UEAwwHZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABB/+DXHxZsnoMqhHAbLBysqfZLUeFVc1iyYDtpBBPqwVuv3ajyy/es/6uNfu
n5pigaC46Nk2G0xj8fy/3BauRK2jUzBRMB0GA1UdDgQWBBTACqWXXt59edMLwASV
arBC+P/LfTAfBgNVHSMEGDAWgBTACqWXXt59edMLwASVarBC+P/LfTAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIBOIP1R5ymeGuvFw3mDPbj1fncCg
bm+NwEMw9WS5kOsHAiEApuKI2mpcwOAVyZ8I3DCqW+KB7kpOWAJeHPySM0vHMFg=
-----END CERTIFICATE-----
`

// signed renders and signs a request; the secrets are K and L.
func signed(t testing.TB, config, id string, at int64, secrets ...string) (*render.Request, error) {
	t.Helper()
	var c template.Context
	c.Reset(temp("21"))
	c.SetSecrets([]string{"K", "L"}, secrets)
	d := define(t, config)
	var r render.Renderer
	request, err := r.Request(d, &c)
	if err != nil {
		return nil, err
	}
	return request, r.Sign(d, &c, id, time.Unix(at, 999_999_999))
}

func headerOf(r *render.Request, name string) (values []string) {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// TestSign compares with signatures that openssl made:
//
//	printf '%s' "$ID.$TIME.$BODY" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary | base64
//
// The first is an example of the Standard Webhooks libraries.
func TestSign(t *testing.T) {
	const secrets = `"secrets":["K","L"],"noDefaults":true,`
	tests := []struct {
		name, more, id string
		at             int64
		secrets        []string
		want           string
	}{
		{"example", secrets + `"body":"{\"test\": 2432232314}","signature":{"keys":["` + whsec + `"]}`,
			"msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, nil, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
		{"a secret in base64", secrets + `"json":{"v":"{{{PARTICLE_EVENT_VALUE}}}"},"signature":{"keys":["{{{K}}}"]}`,
			"msg_1", 1767225600, []string{whsec}, "v1,/O2icpZi1nfIPQfbtEtvnZTuwRIw5c3SivHZpwfleMk="},
		{"a secret as it is", secrets + `"json":{"v":"{{{PARTICLE_EVENT_VALUE}}}"},"signature":{"keys":["{{{K}}}"]}`,
			"msg_1", 1767225600, []string{"0123456789abcdef"}, "v1,DOcY9zdNDpGbvquSydJmD7WE3Svx27/Zfl1j4WA/b/g="},
		{"two keys", secrets + `"json":{"v":"{{{PARTICLE_EVENT_VALUE}}}"},"signature":{"keys":["{{{K}}}","{{{L}}}"]}`,
			"msg_1", 1767225600, []string{whsec, "0123456789abcdef"}, "v1,/O2icpZi1nfIPQfbtEtvnZTuwRIw5c3SivHZpwfleMk= v1,DOcY9zdNDpGbvquSydJmD7WE3Svx27/Zfl1j4WA/b/g="},
		{"no body", secrets + `"requestType":"GET","signature":{"keys":["{{{K}}}"]}`,
			"msg_1", 1767225600, []string{"0123456789abcdef"}, "v1,iVNNKvL2xeeubOXXg4iBSntlVwRAY9lbSJMnMvB0m14="},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := signed(t, hook(test.more), test.id, test.at, test.secrets...)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"webhook-id": test.id, "webhook-signature": test.want} {
				if values := headerOf(got, name); len(values) != 1 || values[0] != want {
					t.Errorf("%s: got %q, want %q", name, values, want)
				}
			}
		})
	}
}

func TestSignReplacesHeaders(t *testing.T) {
	got, err := signed(t, hook(`"headers":{"Webhook-Id":"a","WEBHOOK-TIMESTAMP":"b","webhook-signature":"c","X":"d"},"signature":{"keys":["`+whsec+`"]}`), "msg_1", 1767225600)
	if err != nil {
		t.Fatal(err)
	}
	if id, at, x := headerOf(got, "webhook-id"), headerOf(got, "webhook-timestamp"), headerOf(got, "X"); len(id) != 1 || id[0] != "msg_1" || len(at) != 1 || at[0] != "1767225600" || len(x) != 1 {
		t.Errorf("got %q", got.Header)
	}
}

func TestSignWithoutKeys(t *testing.T) {
	got, err := signed(t, hook(`"headers":{"webhook-id":"mine"}`), "msg_1", 1767225600)
	if err != nil || len(headerOf(got, "webhook-signature")) != 0 || headerOf(got, "webhook-id")[0] != "mine" {
		t.Errorf("got %q, %v", got.Header, err)
	}
}

func TestSignFaults(t *testing.T) {
	tests := []struct{ name, secret, want string }{
		{"short", "hunter2", "signature: key 1 has fewer than 16 bytes"},
		{"empty", "", "signature: key 1 has fewer than 16 bytes"},
		{"short in base64", "whsec_aHVudGVyMmh1bnRlcg==", "signature: key 1 has fewer than 16 bytes"},
		{"not base64", "whsec_hunter2*hunter2*hunter2*", "signature: key 1 is not valid base64"},
	}
	for _, test := range tests {
		_, err := signed(t, hook(`"secrets":["K"],"signature":{"keys":["{{{K}}}"]}`), "msg_1", 1767225600, test.secret)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	large := strings.Repeat("x", render.MaxHeader-100)
	if _, err := signed(t, hook(`"headers":{"X":"`+large+`"},"signature":{"keys":["`+whsec+`"]}`), "msg_1", 1); err == nil || !strings.Contains(err.Error(), "headers are larger") {
		t.Errorf("large headers: %v", err)
	}
}

func TestSetSignature(t *testing.T) {
	var c template.Context
	c.Reset(temp("21"))
	var r render.Renderer
	got, err := r.Request(define(t, hook(`"signature":{"keys":["`+whsec+`"]}`)), &c)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SetSignature("msg_1", time.Unix(5, 0), "v1,masked"); err != nil {
		t.Fatal(err)
	}
	if wire := string(got.AppendWire(nil)); !strings.Contains(wire, "webhook-id: msg_1\r\nwebhook-timestamp: 5\r\nwebhook-signature: v1,masked\r\n") {
		t.Errorf("got %q", wire)
	}
}

func TestSecretsEverywhere(t *testing.T) {
	got, err := signed(t, `{"event":"temp","url":"https://{{{K}}}/{{{K}}}","secrets":["K"],"noDefaults":true,"auth":{"bearer":"{{{K}}}"},`+
		`"headers":{"X":"{{{K}}}"},"query":{"q":"{{{K}}}"},"json":{"{{{K}}}":"{{{K}}}"}}`, "", 0, "h")
	if err != nil {
		t.Fatal(err)
	}
	const want = "POST /h?q=h HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\nContent-Type: application/json\r\nX: h\r\nAuthorization: Bearer h\r\nContent-Length: 9\r\n\r\n" + `{"h":"h"}`
	if wire := string(got.AppendWire(nil)); wire != want {
		t.Errorf("got %q\nwant %q", wire, want)
	}
}

func TestTLS(t *testing.T) {
	quoted, _ := json.Marshal(cert)
	pair := hook(`"secrets":["K"],"tls":{"certificate":` + string(quoted) + `,"key":"{{{K}}}"}`)

	got, err := signed(t, pair, "", 0, "the key")
	if err != nil || got.TLS == nil || *got.TLS != (render.TLS{Certificate: cert, Key: "the key"}) {
		t.Errorf("pair: got %+v, %v", got, err)
	}
	if _, err := signed(t, pair, "", 0, ""); err == nil || !strings.Contains(err.Error(), "key of the client certificate is empty") {
		t.Errorf("empty key: %v", err)
	}
	got, err = signed(t, hook(`"tls":{"ca":`+string(quoted)+`}`), "", 0)
	if err != nil || got.TLS == nil || *got.TLS != (render.TLS{CA: cert}) {
		t.Errorf("authority: got %+v, %v", got, err)
	}

	var c template.Context
	c.Reset(temp("21"))
	c.SetSecrets([]string{"K"}, []string{"the key"})
	var r render.Renderer
	if _, err := r.Request(define(t, pair), &c); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Request(define(t, hook("")), &c); err != nil || got.TLS != nil {
		t.Errorf("the next request has %+v, %v", got.TLS, err)
	}
}

func TestTypedValues(t *testing.T) {
	const data = `{"t":21.50,"ok":true,"s":"a \"b\" <","o":{"x":[1]}}`
	tests := []struct{ name, more, data, want string }{
		{"members", `"json":{"t":"{{{JSON:t}}}","ok":"{{JSON:ok}}","s":"{{{JSON:s}}}","o":["{{{JSON:o}}}"],"q":"{{{JSON:q}}}"}`, data,
			`{"t":21.50,"ok":true,"s":"a \"b\" <","o":[{"x":[1]}],"q":null}`},
		{"array", `"json":["{{{JSON:t}}}",{"a":"{{{JSON:o.x.0}}}"}]`, data, `[21.50,{"a":1}]`},
		{"whole data", `"json":{"v":"{{{JSON:PARTICLE_EVENT_VALUE}}}"}`, data, `{"v":` + data + `}`},
		{"whole data, number", `"json":{"v":"{{{JSON:PARTICLE_EVENT_VALUE}}}"}`, "21.50", `{"v":21.50}`},
		{"whole data, text", `"json":{"v":"{{{JSON:PARTICLE_EVENT_VALUE}}}"}`, `door "A"`, `{"v":"door \"A\""}`},
		{"not alone", `"json":{"v":"{{{JSON:t}}} C","w":" {{{JSON:s}}}"}`, data, `{"v":"21.50 C","w":" \"a \\\"b\\\" <\""}`},
		{"a name", `"json":{"{{{JSON:t}}}":1}`, data, `{"21.50":1}`},
		{"json text", `"json":"{\"t\":{{{JSON:t}}},\"s\":{{JSON:s}}}"`, data, `{"t":21.50,"s":"a \"b\" <"}`},
		{"body", `"body":"{\"s\":{{JSON:s}}}"`, data, `{"s":"a \"b\" <"}`},
		{"form", `"form":{"o":"{{{JSON:o}}}","s":"{{JSON:s}}"}`, data, `o=%7B%22x%22%3A%5B1%5D%7D&s=%22a%20%5C%22b%5C%22%20%3C%22`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, _, got := wire(t, hook(`"noDefaults":true,`+test.more), test.data); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
	if _, _, got := wire(t, hook(`"json":{"data":"{{{JSON:PARTICLE_EVENT_VALUE}}}"}`), "21"); !strings.HasPrefix(got, `{"data":21,"event":"temp",`) {
		t.Errorf("with default fields: %s", got)
	}
	line, header, _ := wire(t, hook(`"requestType":"GET","noDefaults":true,"query":{"t":"{{{JSON:t}}}"},"headers":{"X":"{{{JSON:s}}}"}`), data)
	if line != "GET /p?t=21.50" || !strings.Contains(header, `X: "a \"b\" <"`) {
		t.Errorf("got %s, %s", line, header)
	}
}
