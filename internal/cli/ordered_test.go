package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNormalJSON(t *testing.T) {
	tests := []struct{ text, want string }{
		{" { \"b\" : [ 1.50 , true , null ] , \"a\" : { } } ", `{"b":[1.50,true,null],"a":{}}`},
		{`"\u00e9\/<"`, `"é/<"`},
		{"12345678901234567890", "12345678901234567890"},
	}
	for _, tt := range tests {
		got, err := normalJSON([]byte(tt.text))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"", "{", `{"a"`, "[1,", "nul"} {
		if got, err := normalJSON([]byte(text)); err == nil {
			t.Errorf("%q: got %s, want an error", text, got)
		}
	}
}

func TestSettingsOf(t *testing.T) {
	raw := `{"id":"1","event":"a","name":null,"url":"u","created_at":"x","counters":[{"a":1}]}`
	settings, dropped, err := settingsOf([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"event":"a","url":"u"}`; string(settings) != want {
		t.Errorf("settings %s, want %s", settings, want)
	}
	if diff := cmp.Diff([]string{"id", "created_at", "counters"}, dropped); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"[]", "1", "", `{"a":1} {}`, `{"a":}`} {
		if _, _, err := settingsOf([]byte(text)); err == nil {
			t.Errorf("%q is taken for settings", text)
		}
	}
}

func TestPatchTo(t *testing.T) {
	patch, err := patchTo(json.RawMessage(`{"a":1,"b":2,"c":3}`), json.RawMessage(`{"a":1,"d":4,"b":5}`))
	if want := `{"a":1,"d":4,"b":5,"c":null}`; err != nil || string(patch) != want {
		t.Errorf("got %s, %v, want %s", patch, err, want)
	}
}

// TestDifferenceHidesCredentials: diffs end up in the logs of builds.
func TestDifferenceHidesCredentials(t *testing.T) {
	old := `{"url":"https://ann:s3cret@example.org/x","auth":{"username":"s3cret","password":"s3cret"},
	  "headers":{"Authorization":"Bearer s3cret","X-Api-Key":"s3cret","X-Room":"north"},
	  "query":{"access_token":"s3cret","n":1},"tls":{"key":["s3cret"]},"api_key":"s3cret","policy_key":"s3cret","service_account":{"client_email":"s3cret"},"secrets":["LAB_KEY"],"json":{"list":[{"Password":"s3cret"}]}}`
	wanted := strings.NewReplacer("Bearer s3cret", "Bearer s3cret-2", "north", "south", `"X-Api-Key":"s3cret"`, `"X-Api-Key":"{{{LAB_KEY}}}"`).Replace(old)
	diff := difference("a", "a", json.RawMessage(old), json.RawMessage(wanted))
	if strings.Contains(diff, "s3cret") {
		t.Errorf("the diff shows a credential:\n%s", diff)
	}
	for _, want := range []string{
		`+    "Authorization": "(hidden, changed)"`, `+    "X-Room": "south"`, `+    "X-Api-Key": "{{{LAB_KEY}}}"`,
	} {
		if !strings.Contains(diff, want) {
			t.Errorf("%s is not in\n%s", want, diff)
		}
	}
	made := difference("", "a", nil, json.RawMessage(old))
	for _, want := range []string{
		`+  "url": "https://(hidden)@example.org/x"`, `+    "access_token": "(hidden)"`, `+    "n": 1`, `+    "LAB_KEY"`, "--- /dev/null",
	} {
		if !strings.Contains(made, want) {
			t.Errorf("%s is not in\n%s", want, made)
		}
	}
	if strings.Contains(made, "s3cret") {
		t.Errorf("the diff shows a credential:\n%s", made)
	}
}
