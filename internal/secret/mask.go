package secret

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/fieldhook/fieldhook/internal/jsontext"
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
		query, page, quoted := url.QueryEscape(v), html.EscapeString(v), quote(v)
		all = append(all, v, query, strings.ReplaceAll(query, "+", "%20"), url.PathEscape(v),
			page, strings.ReplaceAll(page, "&#34;", "&quot;"),
			quoted, jsonEscape.Replace(quoted), strings.ReplaceAll(quoted, "/", `\/`), inASCII(quoted),
			base64.StdEncoding.EncodeToString([]byte(v)), base64.RawURLEncoding.EncodeToString([]byte(v)), hex.EncodeToString([]byte(v)))
	}
	all = slices.DeleteFunc(all, func(form string) bool { return form == "" })
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(all)
}

// jsonEscape writes what some writers of JSON keep out of HTML.
var jsonEscape = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`)

// quote is a value inside a JSON string.
func quote(v string) string {
	quoted := jsontext.AppendString(nil, v)
	return string(quoted[1 : len(quoted)-1])
}

// inASCII is JSON text whose other characters are escaped, as some writers do.
func inASCII(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
