package scope

import "testing"

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Acme": "acme", " Acme & Söhne GmbH! ": "acme-s-hne-gmbh", "a--b__c": "a-b-c", "日本": "thing", "": "thing", "---": "thing",
		"12": "12", "A very long name that goes on and on and on beyond what anybody types": "a-very-long-name-that-goes-on-and-on-and-on-beyo",
	} {
		if got := Slug(name, "thing"); got != want {
			t.Errorf("Slug(%q) = %q, want %q", name, got, want)
		}
	}
}
