package secret

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
)

// Masked stands where a secret was.
const Masked = "[[SENSITIVE]]"

// leastMasked is how many bytes a value has that is masked wherever it stands:
// hiding every "1" would hide nothing and spoil the text.
const leastMasked = 4

// Mask replaces the values in b by Masked, also where they stand in the coding
// of a URL, a form, JSON, HTML, base64 or hexadecimal. It changes nothing in b.
func (v *Vault) Mask(b []byte, values []string) []byte { return Mask(b, values) }

// Mask is Vault.Mask.
func Mask(b []byte, values []string) []byte {
	for _, form := range forms(values) {
		b = bytes.ReplaceAll(b, []byte(form), []byte(Masked))
	}
	return b
}

// forms gives how the values may be written, the longest first: one form may be
// part of another.
func forms(values []string) (all []string) {
	for _, v := range values {
		if len(v) < leastMasked {
			continue
		}
		quoted, _ := json.Marshal(v) // text: it cannot fail
		all = append(all, v, url.QueryEscape(v), url.PathEscape(v), string(quoted[1:len(quoted)-1]), html.EscapeString(v),
			base64.StdEncoding.EncodeToString([]byte(v)), base64.RawURLEncoding.EncodeToString([]byte(v)), hex.EncodeToString([]byte(v)))
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(all)
}
