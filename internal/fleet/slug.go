package fleet

import (
	"strconv"
	"strings"
)

const (
	maxSlug  = 48   // bytes of a slug without its version
	maxTwins = 1000 // products whose names give the same slug
)

// slug makes the n-th slug of a name: its ASCII letters and digits in lower
// case, with a dash for whatever is between them, and a version. It is never a
// number only, so that a path tells numbers and slugs apart.
func slug(name string, n int) string {
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		if gap = false; b.Len() >= maxSlug {
			break
		}
		b.WriteRune(c)
	}
	base := strings.Trim(b.String(), "-")
	if base == "" {
		base = "product"
	}
	return base + "-v" + strconv.Itoa(n)
}
