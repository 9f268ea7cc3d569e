package scope

import (
	"regexp"
	"strings"
	"testing"
)

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Acme": "acme", " Acme & Söhne GmbH! ": "acme-s-hne-gmbh", "a--b__c": "a-b-c", "日本": "thing", "": "thing", "---": "thing",
		"12": "12", strings.Repeat("0", 47) + " 0": strings.Repeat("0", 47), "A very long name that goes on and on and on beyond what anybody types": "a-very-long-name-that-goes-on-and-on-and-on-beyo",
	} {
		if got := Slug(name, "thing"); got != want {
			t.Errorf("Slug(%q) = %q, want %q", name, got, want)
		}
	}
}

// slugged is what every slug looks like.
var slugged = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func FuzzSlug(f *testing.F) {
	for _, name := range []string{"Acme & Co", "--", "\xff", "ÄÖÜ 12", "a-" + string(make([]byte, 100))} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if got := Slug(name, "thing"); !slugged.MatchString(got) || len(got) > maxSlug || Slug(got, "thing") != got {
			t.Errorf("Slug(%q) = %q", name, got)
		}
	})
}
