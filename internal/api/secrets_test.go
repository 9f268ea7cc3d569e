package api_test

import (
	"strings"
	"testing"
)

func TestSecretsGoInAndNeverComeOut(t *testing.T) {
	h := newHub(t)
	const value = "hunter2-hunter2"
	h.send("PUT", "/v1/secrets/API_KEY", `{"secret":{"value":"`+value+`"}}`, 200)
	h.send("PUT", "/v1/secrets/OTHER", `{"value":"`+value+`"}`, 200)
	id := h.create(`{"event":"a","url":"http://h.example.com/","secrets":["API_KEY"],"headers":{"X-Key":"{{{API_KEY}}}"}}`)
	for _, path := range []string{"/v1/secrets", "/v1/secrets/API_KEY", "/v1/integrations/" + id, "/v1/integrations"} {
		if text := h.send("GET", path, "", 200); strings.Contains(text, value) {
			t.Errorf("%s shows the secret: %s", path, text)
		}
	}
	if text := h.send("GET", "/v1/secrets/API_KEY", "", 200); !strings.Contains(text, `"usage_count":1`) || !strings.Contains(text, id) {
		t.Errorf("the secret's users are not shown: %s", text)
	}
	if text := h.send("DELETE", "/v1/secrets/API_KEY", "", 409); !strings.Contains(text, id) {
		t.Errorf("the refusal does not name the user: %s", text)
	}
	h.send("DELETE", "/v1/secrets/OTHER", "", 200)
	h.send("DELETE", "/v1/secrets/OTHER", "", 404)
	h.send("GET", "/v1/secrets/OTHER", "", 404)
	for _, bad := range []string{"/v1/secrets/lower", "/v1/secrets/1X", "/v1/secrets/A-B"} {
		h.send("PUT", bad, `{"value":"x"}`, 400)
	}
	for _, bad := range []string{`{}`, `{"value":7}`, `{"value":""}`, `{"value":"` + strings.Repeat("x", 9000) + `"}`} {
		if text := h.send("PUT", "/v1/secrets/A", bad, 400); !strings.Contains(text, "value") {
			t.Errorf("%.40s: %s does not name the field", bad, text)
		}
	}
	r := h.request("GET", "/v1/secrets/API_KEY", "", "")
	r.Header.Set("Authorization", "Bearer "+bobToken)
	if resp, text := h.do(r); resp.StatusCode != 404 {
		t.Errorf("somebody else: %d %s", resp.StatusCode, text)
	}
}
