package ledger_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/scope"
)

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "0": true, "-": true, "device-cfg-2": true, strings.Repeat("a", 32): true,
		"": false, "A": false, "a.b": false, "a_b": false, "a b": false, "é": false, "a\x00": false, strings.Repeat("a", 33): false,
	} {
		if got := ledger.ValidName(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]ledger.Kind{"Owner": ledger.OfOwner, "Product": ledger.OfProduct, "Device": ledger.OfDevice, "Organization": ledger.OfOwner} {
		if got, err := ledger.ParseKind(text, scope.Organization); got != want || err != nil {
			t.Errorf("scope %s: got %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "owner", "Organization"} {
		if _, err := ledger.ParseKind(text, scope.Sandbox); fieldOf(err) != "scope" {
			t.Errorf("scope %q: got %v", text, err)
		}
	}
	for _, text := range []string{"upstream", "Both"} {
		if _, err := ledger.ParseDirection(text); fieldOf(err) != "direction" {
			t.Errorf("direction %q: got %v", text, err)
		}
	}
	if mode, err := ledger.ParseMode(""); mode != ledger.Replace || err != nil {
		t.Errorf("no mode: got %q, %v", mode, err)
	}
	if _, err := ledger.ParseMode("merge"); fieldOf(err) != "set_mode" {
		t.Errorf("unknown mode: got %v", err)
	}
}

// fieldOf is the field that a fault names.
func fieldOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.Invalid {
		return f.Field
	}
	return ""
}

func TestParseData(t *testing.T) {
	full := `{"a":"` + strings.Repeat("x", ledger.MaxData-len(`{"a":""}`)) + `"}`
	for in, want := range map[string]string{
		`{}`:                                  `{}`,
		" {\n\"a\" : [ 1.50 , 1e3 ] }\t":      `{"a":[1.50,1e3]}`,
		`{"a":1,"b":2,"a":{"c":null}}`:        `{"a":{"c":null},"b":2}`,
		`{"\u0061":1,"\u00e9\"":"\u00e9<"}`:   `{"a":1,"é\"":"\u00e9<"}`,
		"{\"a\":\"\xff\"}":                    "{\"a\":\"\uFFFD\"}",
		`{"":{"":""}}`:                        `{"":{"":""}}`,
		full:                                  full,
		nested(ledger.MaxNesting):             nested(ledger.MaxNesting),
		full[:5] + "\t\t\t\t\t\t " + full[5:]: full,
	} {
		if got, err := ledger.ParseData([]byte(in)); got != want || err != nil {
			t.Errorf("%.60s: got %.60s, %v, want %.60s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "null", "[]", "7", `"{}"`, "{", `{"a":}`, `{"a":1}x`, full[:6] + "x" + full[6:], nested(ledger.MaxNesting + 1)} {
		if got, err := ledger.ParseData([]byte(in)); fieldOf(err) != "data" {
			t.Errorf("%.60s: got %.60s, %v, want a fault of the field data", in, got, err)
		}
	}
}

// nested is an object of that many levels.
func nested(levels int) string {
	return strings.Repeat(`{"a":`, levels-1) + "{}" + strings.Repeat("}", levels-1)
}

// FuzzParseData checks that what is taken is within its limits and is read again
// as it is, with the members that encoding/json finds.
func FuzzParseData(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":[true,null,"x\u00e9"],"a":{"c":1e400}}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Add([]byte(`{"\ud800":"\ud83d\ude00","":{}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		data, err := ledger.ParseData(raw)
		if err != nil {
			if fieldOf(err) != "data" {
				t.Errorf("%q: %v is no fault of the field data", raw, err)
			}
			return
		}
		if again, err := ledger.ParseData([]byte(data)); again != data || err != nil {
			t.Errorf("%q is read again as %q, %v", data, again, err)
		}
		var want, got map[string]json.RawMessage
		if json.Unmarshal(raw, &want) != nil || json.Unmarshal([]byte(data), &got) != nil || len(got) != len(want) || len(data) > ledger.MaxData {
			t.Errorf("%q became %q: %d members, want %d", raw, data, len(got), len(want))
		}
	})
}
