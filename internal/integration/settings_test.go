package integration_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// whsec is a signing key of 24 bytes.
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

// privateKey has the form of a key and is none.
var privateKey = encodePEM("PRIVATE KEY", bytes.Repeat([]byte("not a key "), 12))

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// quote writes text as JSON.
func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func TestRetry(t *testing.T) {
	tests := []struct {
		more string
		want integration.Retry
	}{
		{``, integration.Retry{}},
		{`"retry":null`, integration.Retry{}},
		{`"retry":""`, integration.Retry{}},
		{`"retry":"none"`, integration.Retry{Policy: integration.RetryNone}},
		{`"retry":"skipped"`, integration.Retry{Policy: integration.RetrySkipped}},
		{`"retry":"failed"`, integration.Retry{Policy: integration.RetryFailed}},
		{`"retry":{"policy":"skipped"}`, integration.Retry{Policy: integration.RetrySkipped}},
		{`"retry":{"policy":"none","maxAge":null}`, integration.Retry{Policy: integration.RetryNone}},
		{`"retry":{"policy":"failed","maxAge":"24h","maxAttempts":20}`,
			integration.Retry{Policy: integration.RetryFailed, MaxAge: 24 * time.Hour, MaxAttempts: 20}},
		{`"retry":{"maxAttempts":"1000","maxAge":"30d","policy":"failed"}`,
			integration.Retry{Policy: integration.RetryFailed, MaxAge: integration.MaxAge, MaxAttempts: integration.MaxAttempts}},
		{`"retry":"{\"policy\":\"failed\",\"maxAttempts\":1}"`, integration.Retry{Policy: integration.RetryFailed, MaxAttempts: 1}},
	}
	for _, test := range tests {
		if d, _ := parse(t, hook(test.more), scope.Sandbox); d.Retry != test.want {
			t.Errorf("%s: got %+v, want %+v", test.more, d.Retry, test.want)
		}
	}
}

func TestRetryPolicyWords(t *testing.T) {
	for _, p := range []integration.RetryPolicy{integration.RetryNone, integration.RetrySkipped, integration.RetryFailed} {
		if got, ok := integration.ParseRetryPolicy(p.String()); got != p || !ok {
			t.Errorf("%s: got %s, %v", p, got, ok)
		}
	}
	for _, text := range []string{"", "default", "Failed", "always"} {
		if got, ok := integration.ParseRetryPolicy(text); ok || got != integration.RetryDefault {
			t.Errorf("%q: got %s, %v", text, got, ok)
		}
	}
}

func TestParseDuration(t *testing.T) {
	good := map[string]time.Duration{
		"1s": time.Second, "90s": 90 * time.Second, "15m": 15 * time.Minute, "24h": 24 * time.Hour,
		"7d": 7 * 24 * time.Hour, "0s": 0, "007m": 7 * time.Minute,
	}
	for text, want := range good {
		if got, ok := integration.ParseDuration(text); got != want || !ok {
			t.Errorf("%q: got %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "s", "5", "5 s", "-5s", "+5s", "1.5h", "1h30m", "5w", "5S", "1_0s", "999999999d", "1234567890s", "10ms"} {
		if got, ok := integration.ParseDuration(text); ok {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestQueueSettings(t *testing.T) {
	tests := []struct{ more, want string }{ // ordered, most pending, age
		{``, "false 0 0s"},
		{`"ordering":"none","maxPending":null,"maxAge":""`, "false 0 0s"},
		{`"ordering":"device"`, "true 0 0s"},
		{`"ordering":"","maxPending":1,"maxAge":"1s"`, "false 1 1s"},
		{`"maxPending":10000000,"maxAge":"30d"`, "false 10000000 720h0m0s"},
		{`"maxPending":"500"`, "false 500 0s"},
	}
	for _, test := range tests {
		d, _ := parse(t, hook(test.more), scope.Sandbox)
		if got := fmt.Sprint(d.Ordered, d.MaxPending, d.MaxAge); got != test.want {
			t.Errorf("%s: got %s, want %s", test.more, got, test.want)
		}
	}
}

func TestSecretNames(t *testing.T) {
	d, _ := parse(t, hook(`"secrets":["AUTH_KEY","_1"]`), scope.Sandbox)
	if got := strings.Join(d.Secrets, " "); got != "AUTH_KEY _1" || !d.UsesSecrets() {
		t.Errorf("got %q, %v", got, d.UsesSecrets())
	}
	for _, none := range []string{``, `"secrets":null`, `"secrets":[]`, `"secrets":""`} {
		d, warnings := parse(t, hook(none), scope.Sandbox)
		if d.UsesSecrets() || strings.Contains(string(d.JSON()), "secrets") || len(warnings) > 0 {
			t.Errorf("%s: %q, %s, %q", none, d.Secrets, d.JSON(), warnings)
		}
	}
}

func TestSignatureAndTLS(t *testing.T) {
	d, warnings := parse(t, hook(`"secrets":["K","C"],"signature":{"keys":["{{{K}}}","`+whsec+`"]},`+
		`"tls":{"certificate":`+quote("a comment\n"+cert+cert)+`,"key":"{{{C}}}","ca":`+quote(cert)+`}`), scope.Sandbox)
	if len(d.Signature) != 2 || d.Signature[0].Source() != "{{{K}}}" || d.Signature[1].Source() != whsec {
		t.Errorf("signature %+v", d.Signature)
	}
	if d.TLS == nil || d.TLS.Certificate != "a comment\n"+cert+cert || d.TLS.Key.Source() != "{{{C}}}" || d.TLS.CA != cert {
		t.Errorf("tls %+v", d.TLS)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings %q", warnings)
	}
	d, _ = parse(t, hook(`"tls":{"certificate":"","key":null,"ca":`+quote(cert)+`}`), scope.Sandbox)
	if d.TLS == nil || d.TLS.CA != cert || d.TLS.Certificate != "" || d.TLS.Key.Source() != "" {
		t.Errorf("only an authority: %+v", d.TLS)
	}
	d, _ = parse(t, hook(`"tls":{"certificate":"","key":"","ca":""},"signature":{}`), scope.Sandbox)
	if d.TLS != nil || d.Signature != nil || strings.Contains(string(d.JSON()), "tls") {
		t.Errorf("nothing: %+v, %+v, %s", d.TLS, d.Signature, d.JSON())
	}
}

func TestTLSWarnings(t *testing.T) {
	_, got := parse(t, hook(`"url":"http://h","rejectUnauthorized":false,"tls":{"ca":`+quote(cert)+`}`), scope.Sandbox)
	if len(got) != 2 || !strings.Contains(got[0], "http") || !strings.Contains(got[1], "rejectUnauthorized") {
		t.Errorf("got %q", got)
	}
}

func TestSettingFaults(t *testing.T) {
	names := make([]string, 33)
	for i := range names {
		names[i] = fmt.Sprintf(`"K%d"`, i)
	}
	tests := []struct{ name, more, field, text string }{
		{"retry word", `"retry":"always"`, "retry", "none, skipped or failed"},
		{"retry type", `"retry":true`, "retry", "none, skipped or failed"},
		{"retry empty object", `"retry":{}`, "retry.policy", "none, skipped or failed"},
		{"retry policy", `"retry":{"policy":5}`, "retry.policy", "none, skipped or failed"},
		{"retry bound without policy", `"retry":{"policy":"skipped","maxAge":"1h"}`, "retry.maxAge", "failed only"},
		{"retry age", `"retry":{"policy":"failed","maxAge":"31d"}`, "retry.maxAge", "1s to 30d"},
		{"retry age number", `"retry":{"policy":"failed","maxAge":60}`, "retry.maxAge", "1s to 30d"},
		{"retry attempts", `"retry":{"policy":"failed","maxAttempts":1001}`, "retry.maxAttempts", "1 to 1000"},
		{"retry attempts fraction", `"retry":{"policy":"failed","maxAttempts":1.5}`, "retry.maxAttempts", "whole number"},
		{"retry unknown", `"retry":{"policy":"failed","max_age":"1h"}`, "retry.max_age", "not a setting"},
		{"retry broken text", `"retry":"{\"policy\""`, "retry", "object"},
		{"ordering", `"ordering":"strict"`, "ordering", "none or device"},
		{"ordering type", `"ordering":true`, "ordering", "text"},
		{"pending zero", `"maxPending":0`, "maxPending", "1 to 10000000"},
		{"pending many", `"maxPending":10000001`, "maxPending", "1 to 10000000"},
		{"pending huge", `"maxPending":99999999999999999999`, "maxPending", "1 to 10000000"},
		{"pending text", `"maxPending":"lots"`, "maxPending", "whole number"},
		{"age zero", `"maxAge":"0s"`, "maxAge", "1s to 30d"},
		{"age number", `"maxAge":5`, "maxAge", "1s to 30d"},
		{"secrets text", `"secrets":"A"`, "secrets", "array"},
		{"secrets object", `"secrets":{"A":1}`, "secrets", "array"},
		{"secret lower case", `"secrets":["A","b"]`, "secrets[1]", "capital letters"},
		{"secret digit first", `"secrets":["1A"]`, "secrets[0]", "capital letters"},
		{"secret long", `"secrets":["` + strings.Repeat("A", 65) + `"]`, "secrets[0]", "1 to 64"},
		{"secret empty", `"secrets":[""]`, "secrets[0]", "capital letters"},
		{"secret number", `"secrets":[1]`, "secrets[0]", "capital letters"},
		{"secret twice", `"secrets":["A","A"]`, "secrets[1]", "twice"},
		{"secrets many", `"secrets":[` + strings.Join(names, ",") + `]`, "secrets", "at most 32"},
		{"signature text", `"signature":"{{{K}}}"`, "signature", "object"},
		{"signature no keys", `"signature":{"keys":[]}`, "signature.keys", "one or two"},
		{"signature null keys", `"signature":{"keys":null}`, "signature.keys", "one or two"},
		{"signature three keys", `"signature":{"keys":["{{a}}","{{b}}","{{c}}"]}`, "signature.keys", "one or two"},
		{"signature unknown", `"signature":{"key":"{{{K}}}"}`, "signature.key", "not a setting"},
		{"signature number", `"signature":{"keys":[5]}`, "signature.keys[0]", "text"},
		{"signature plain key", `"secrets":["K"],"signature":{"keys":["{{{K}}}","hunter2hunter2hunter2hunter2"]}`, "signature.keys[1]", "whsec_"},
		{"signature of what is no secret", `"secrets":["K"],"signature":{"keys":["{{{k}}}"]}`, "signature.keys[0]", "one of the selected secrets"},
		{"signature around a secret", `"secrets":["K"],"signature":{"keys":["{{{K}}}{{{k}}}"]}`, "signature.keys[0]", "one of the selected secrets"},
		{"signature short key", `"signature":{"keys":["whsec_aHVudGVyMg=="]}`, "signature.keys[0]", "24 to 64"},
		{"signature bad base64", `"signature":{"keys":["whsec_hunter2_hunter2_hunter2_hunter2_hun"]}`, "signature.keys[0]", "base64"},
		{"signature tag", `"signature":{"keys":["{{#K}}"]}`, "signature.keys[0]", "line 1, column"},
		{"tls text", `"tls":"x"`, "tls", "object"},
		{"tls unknown", `"tls":{"privateKey":` + quote(privateKey) + `}`, "tls.privateKey", "not a setting"},
		{"tls object", `"tls":{"ca":{}}`, "tls.ca", "text"},
		{"tls no PEM", `"tls":{"ca":"hunter2"}`, "tls.ca", "PEM"},
		{"tls broken", `"tls":{"ca":` + quote(encodePEM("CERTIFICATE", []byte("hunter2"))) + `}`, "tls.ca", "certificate 1"},
		{"tls second broken", `"tls":{"ca":` + quote(cert+encodePEM("CERTIFICATE", nil)) + `}`, "tls.ca", "certificate 2"},
		{"tls other block", `"tls":{"ca":` + quote(encodePEM("PUBLIC KEY", nil)) + `}`, "tls.ca", "certificates only"},
		{"tls key in certificate", `"tls":{"certificate":` + quote(cert+privateKey) + `}`, "tls.certificate", "private key"},
		{"tls damaged key in authority", `"tls":{"ca":` + quote(cert+privateKey[:90]) + `}`, "tls.ca", "private key"},
		{"tls large", `"tls":{"ca":` + quote(strings.Repeat(" ", 1<<16)+cert) + `}`, "tls.ca", "65536"},
		{"tls literal key", `"tls":{"certificate":` + quote(cert) + `,"key":` + quote(privateKey) + `}`, "tls.key", "secrets"},
		{"tls key not selected", `"secrets":["A"],"tls":{"certificate":` + quote(cert) + `,"key":"{{{B}}}"}`, "tls.key", "secrets"},
		{"tls key and more", `"secrets":["A"],"tls":{"certificate":` + quote(cert) + `,"key":"{{{A}}} "}`, "tls.key", "secrets"},
		{"tls key from data", `"secrets":["A"],"tls":{"certificate":` + quote(cert) + `,"key":"{{{JSON:A}}}"}`, "tls.key", "secrets"},
		{"tls key alone", `"secrets":["A"],"tls":{"key":"{{{A}}}"}`, "tls.certificate", "missing"},
		{"tls certificate alone", `"tls":{"certificate":` + quote(cert) + `}`, "tls.key", "missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _, err := integration.Parse([]byte(hook(test.more)), scope.Sandbox)
			f := fault.From(err)
			if err == nil || d != nil || f.Code != fault.Invalid {
				t.Fatalf("got %v, %v; want a fault", d, err)
			}
			if f.Field != test.field || !strings.Contains(f.Text, test.text) {
				t.Errorf("got field %q, %q\nwant field %q, ...%s...", f.Field, f.Text, test.field, test.text)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "BEGIN") {
				t.Errorf("the message holds the value: %v", err)
			}
		})
	}
}

// everything has all settings of this file, in the order in which JSON writes
// them.
func everything() string {
	return `{"integration_type":"Webhook","event":"temp","url":"https://example.com/in","requestType":"POST",` +
		`"filter":{"data":[{"path":"t","op":">","value":1.50}],"devices":["` + device + `"],"firmware":">=3"},"disabled":false,` +
		`"json":{"a":"{{{JSON:a}}}"},"secrets":["K","C"],"signature":{"keys":["{{{K}}}"]},` +
		`"tls":{"certificate":` + quote(cert) + `,"key":"{{{C}}}"},` +
		`"retry":{"policy":"failed","maxAge":"24h","maxAttempts":20},"ordering":"device","maxPending":1000,"maxAge":"7d"}`
}

func TestSettingsComeBack(t *testing.T) {
	config := everything()
	d, warnings := parse(t, config, scope.Sandbox)
	if len(warnings) > 0 {
		t.Errorf("warnings %q", warnings)
	}
	if diff := cmp.Diff(config, string(d.JSON())); diff != "" {
		t.Error(diff)
	}
	merged, err := integration.Merge(d.JSON(), []byte(`{"retry":"skipped","filter":null,"maxPending":5}`))
	if err != nil {
		t.Fatal(err)
	}
	d, _ = parse(t, string(merged), scope.Sandbox)
	if d.Retry.Policy != integration.RetrySkipped || d.Retry.MaxAge != 0 || d.Filter != nil || d.MaxPending != 5 || !d.Ordered {
		t.Errorf("merged: %+v, filter %v, %d, %v", d.Retry, d.Filter, d.MaxPending, d.Ordered)
	}
	if bytes.Contains(d.JSON(), []byte("filter")) || !bytes.Contains(d.JSON(), []byte(`"retry":"skipped"`)) {
		t.Errorf("JSON %s", d.JSON())
	}
}

func TestMisspelledSettings(t *testing.T) {
	for key, want := range map[string]string{"max_pending": "maxPending", "maxage": "maxAge", "Retry": "retry", "TLS": "tls"} {
		_, warnings := parse(t, hook(`"`+key+`":"x"`), scope.Sandbox)
		if len(warnings) != 1 || !strings.Contains(warnings[0], "did you mean "+want+"?") {
			t.Errorf("%s: got %q", key, warnings)
		}
	}
}
