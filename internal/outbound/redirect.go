package outbound

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// maxRedirects is how many redirects of a GET are followed (webhook engine
// reference, section 3.3).
const maxRedirects = 5

// follow sends r and, for a GET, what its answers redirect to. An answer that
// cannot be followed is the answer.
func (x *call) follow(r *render.Request) (deliver.Answer, error) {
	for hops := 0; ; hops++ {
		answer, err := x.once(r)
		if err != nil || r.Method != http.MethodGet || hops == maxRedirects || !isRedirect(answer.Status) {
			return answer, err
		}
		next, ok := redirected(r, answer.Header.Get("Location"))
		if !ok {
			return answer, nil
		}
		r = next
	}
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirected is r sent to location instead. User and fragment of location are
// dropped; so are r's own fields and certificates when the origin changes.
func redirected(r *render.Request, location string) (*render.Request, bool) {
	if location == "" {
		return nil, false
	}
	base, err := url.Parse(r.URL())
	if err != nil {
		return nil, false
	}
	u, err := base.Parse(escapeLocation(location))
	if err != nil {
		return nil, false
	}
	next := *r
	next.Scheme, next.Host, next.Target = u.Scheme, u.Host, u.RequestURI()
	to, err := targetOf(&next)
	if err != nil || !strings.HasPrefix(next.Target, "/") {
		return nil, false
	}
	if from, err := targetOf(r); err != nil || !from.sameOrigin(to) {
		next.Header, next.TLS = withoutCredentials(r.Header), nil
	}
	return &next, true
}

// escapeLocation percent-encodes what may not stand in a URL; targets often
// send such bytes raw.
func escapeLocation(location string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(location) {
		if c := location[i]; c <= ' ' || c >= 0x7f {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// withoutCredentials keeps the fields that cannot hold any: a key may stand in a
// field of any other name.
func withoutCredentials(fields []render.Field) []render.Field {
	kept := make([]render.Field, 0, len(fields))
	for _, f := range fields {
		switch strings.ToLower(f.Name) {
		case "accept", "accept-encoding", "accept-language", "content-type", "user-agent":
			kept = append(kept, f)
		}
	}
	return kept
}

// hasField looks for a header field by its name in any case.
func hasField(fields []render.Field, name string) bool {
	for i := range fields {
		if strings.EqualFold(fields[i].Name, name) {
			return true
		}
	}
	return false
}
