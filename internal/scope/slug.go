package scope

import "strings"

// maxSlug bounds what Slug makes, in bytes.
const maxSlug = 48

// Slug makes the short form of a name that addresses are made of: letters and
// digits of ASCII in lower case, joined by single dashes. A name without any is
// called otherwise.
func Slug(name, otherwise string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if r < '0' || r > '9' && r < 'a' || r > 'z' {
			gap = b.Len() > 0
			continue
		}
		joint := ""
		if gap {
			joint, gap = "-", false
		}
		if b.Len()+len(joint) >= maxSlug {
			break
		}
		b.WriteString(joint)
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return otherwise
	}
	return b.String()
}
