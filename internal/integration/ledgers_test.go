package integration_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// TestLedgersOfADefinition has a ledger in every setting that is a template.
func TestLedgersOfADefinition(t *testing.T) {
	d, _, err := integration.Parse([]byte(`{
		"event": "e", "url": "https://h.example.com/{{LEDGER.l-url.a}}", "requestType": "{{LEDGER.l-method.a}}",
		"headers": {"X-{{LEDGER.l-name.a}}": "{{LEDGER.l-header.a}}"}, "query": {"q": "{{LEDGER.l-query.a}}"},
		"auth": {"username": "{{LEDGER.l-user.a}}", "password": "p"},
		"json": [{"{{LEDGER.l-key.a}}": "{{{LEDGER.l-json.a}}}", "again": "{{LEDGER.l-json.b}}"}],
		"responseTopic": "{{LEDGER.l-topic.a}}", "errorResponseTopic": "{{LEDGER.l-error.a}}",
		"responseTemplate": {"r": "{{LEDGER.l-response.a}}"}
	}`), scope.Sandbox)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"l-error", "l-header", "l-json", "l-key", "l-method", "l-name", "l-query", "l-response", "l-topic", "l-url", "l-user"}
	if got := slices.Sorted(slices.Values(d.Ledgers)); !slices.Equal(got, want) {
		t.Errorf("ledgers %q, want %q", got, want)
	}
	plain, _, err := integration.Parse([]byte(`{"event":"e","url":"https://h.example.com/","json":{"a":"{{ledger.x.y}} LEDGER.x.y"}}`), scope.Sandbox)
	if err != nil || plain.Ledgers != nil {
		t.Errorf("without ledgers: %q, %v", plain.Ledgers, err)
	}
}

func TestLedgersOfADefinitionAreBounded(t *testing.T) {
	body := func(n int) string {
		var tags strings.Builder
		for i := range n {
			fmt.Fprintf(&tags, "{{LEDGER.l%d.a}}", i)
		}
		return `{"event":"e","url":"https://h.example.com/","body":"` + tags.String() + `"}`
	}
	if _, _, err := integration.Parse([]byte(body(integration.MaxLedgers)), scope.Sandbox); err != nil {
		t.Errorf("as many as are allowed: %v", err)
	}
	_, _, err := integration.Parse([]byte(body(integration.MaxLedgers+1)), scope.Sandbox)
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Invalid || f.Field != "body" {
		t.Errorf("one more: got %v, want a fault of the field body", err)
	}
}
