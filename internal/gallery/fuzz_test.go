package gallery_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/gallery"
)

// Whatever a user gives: the settings are JSON of the template's shape, and the
// value stands in them as it is.
func FuzzFill(f *testing.F) {
	for _, value := range []string{"", "plain", `"},"x":{"`, `\`, "<<A>>", "{{{KEY}}}", "a\nb", "\u2028</script>", "\xff"} {
		f.Add(value)
	}
	e := gallery.Entry{Manifest: gallery.Manifest{
		Params:   []gallery.Param{{Key: "A", Label: "A", Secret: true}},
		Template: json.RawMessage(`{"body":"<<A>>!","json":"{\"a\":\"<<A>>\"}","form":{"<<A>>":1,"list":["<<A>>",2]}}`),
	}}
	f.Fuzz(func(t *testing.T, value string) {
		raw, err := gallery.Fill(&e, map[string]string{"A": value})
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Body, JSON string
			Form       map[string]any
			Secrets    []string
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		want := strings.ToValidUTF8(strings.TrimSpace(value), "\ufffd")
		var inner struct{ A string }
		if err := json.Unmarshal([]byte(got.JSON), &inner); err != nil {
			t.Fatalf("%v\n%s", err, got.JSON)
		}
		// Several bytes in a row that are no text become one mark or several.
		one := func(s string) string {
			return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\ufffd' }), "\ufffd")
		}
		if one(got.Body) != one(want+"!") || one(inner.A) != one(want) {
			t.Errorf("got body %q and inner %q, want %q", got.Body, inner.A, want)
		}
		if len(got.Secrets) > 0 && !strings.HasPrefix(want, "{{{") {
			t.Errorf("%q selects the secrets %q", value, got.Secrets)
		}
	})
}
