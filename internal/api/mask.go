package api

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// sensitive stands where something is hidden from those who may only look.
const sensitive = "[[SENSITIVE]]"

// mayEdit says whether the caller may change integrations of the scope that the
// path names. Whoever may not sees no headers and credentials (cloud API
// reference, section 6).
func (a *API) mayEdit(r *http.Request) bool {
	return a.Team.Check(r.Context(), caller(r), scopeOf(r), "integrations:update") == nil
}

// maskSettings hides what proves to a target who is calling: the values of
// headers, credentials, and keys that requests are signed with.
func maskSettings(config []byte) []byte {
	dst := []byte{'{'}
	m, _ := objectOf(config) // a definition's JSON is an object
	for m.next() {
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		name := string(m.name)
		dst = append(jsontext.AppendString(dst, name), ':')
		switch name {
		case "headers", "auth", "signature", "tls", "api_key", "policy_key", "service_account":
			dst = appendMasked(dst, m.value)
		case "url":
			dst = jsontext.AppendString(dst, maskUserinfo(jsonText(m.value)))
		default:
			dst = append(dst, m.value...)
		}
	}
	return append(dst, '}')
}

// appendMasked appends an object with its names only, and anything else as one
// masked text.
func appendMasked(dst, value []byte) []byte {
	m, err := objectOf(value)
	if err != nil {
		return jsontext.AppendString(dst, sensitive)
	}
	dst = append(dst, '{')
	for first := true; m.next(); first = false {
		if !first {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, string(m.name)), ':')
		dst = jsontext.AppendString(dst, sensitive)
	}
	return append(dst, '}')
}

// maskUserinfo hides the credentials that stand in a URL.
func maskUserinfo(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		return scheme + "://" + sensitive + rest[at:]
	}
	return url
}

// plainHeaders are the header fields of a request that the hub sets itself.
var plainHeaders = []string{"Host", "User-Agent", "Content-Length", "Content-Type", "Accept", "Accept-Encoding"}

// maskRequest hides the values of the configured header fields of a recorded
// request.
func maskRequest(text string) string {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	var b bytes.Buffer
	for i, line := range strings.Split(head, "\r\n") {
		if i > 0 {
			b.WriteString("\r\n")
			line = maskField(line)
		}
		b.WriteString(line)
	}
	if len(head) < len(text) {
		b.WriteString("\r\n\r\n" + body)
	}
	return b.String()
}

func maskField(line string) string {
	name, _, ok := strings.Cut(line, ":")
	if !ok {
		return line
	}
	for _, plain := range plainHeaders {
		if strings.EqualFold(name, plain) {
			return line
		}
	}
	return name + ": " + sensitive
}
