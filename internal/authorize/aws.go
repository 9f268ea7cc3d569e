package authorize

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
)

// awsTime and awsDay are how Signature Version 4 writes times.
const (
	awsTime = "20060102T150405Z"
	awsDay  = "20060102"
)

var (
	errAWS     = errors.New("auth: access_key_id, secret_access_key, region and service of aws4 must not be empty")
	errAWSText = errors.New("auth: access_key_id, session_token, region and service of aws4 must not hold spaces, commas, slashes or control characters")
	errAWSKey  = errors.New("auth: secret_access_key of aws4 must not hold spaces or line breaks")
)

// aws signs the request as it will be written and sends it.
func (l *Layer) aws(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	a := r.Access
	named := a.ID + a.Region + a.Service // parts of a header field, with marks between them
	switch {
	case a.ID == "" || a.Secret == "" || a.Region == "" || a.Service == "":
		return deliver.Answer{}, unsendable(errAWS)
	case strings.ContainsAny(named, " \t,/") || !integration.ValidHeaderValue(named+a.Session):
		return deliver.Answer{}, unsendable(errAWSText)
	case strings.ContainsAny(a.Secret, " \t\r\n"): // pasted with it; every signature would be refused
		return deliver.Answer{}, unsendable(errAWSKey)
	}
	signAWS(r, l.Now().UTC())
	return l.Next.Send(ctx, r)
}

// signAWS sets the header fields of AWS Signature Version 4, as Amazon describes
// it for a single chunk with an Authorization header.
func signAWS(r *render.Request, now time.Time) {
	a, payload := r.Access, hexSum(r.Body)
	r.Set("X-Amz-Date", now.Format(awsTime))
	if a.Session != "" {
		r.Set("X-Amz-Security-Token", a.Session)
	}
	if a.S3() {
		r.Set("X-Amz-Content-Sha256", payload)
	}
	scope := now.Format(awsDay) + "/" + a.Region + "/" + a.Service + "/aws4_request"
	text, names := canonical(r, payload)
	toSign := "AWS4-HMAC-SHA256\n" + now.Format(awsTime) + "\n" + scope + "\n" + hexSum([]byte(text))
	key := []byte("AWS4" + a.Secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = sum(key, part)
	}
	r.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+a.ID+"/"+scope+", SignedHeaders="+names+", Signature="+hex.EncodeToString(sum(key, toSign)))
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func hexSum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// canonical writes the request in the one form that both sides hash, and the
// names of the header fields that are part of it.
func canonical(r *render.Request, payload string) (text, names string) {
	where, query, _ := strings.Cut(r.Target, "?")
	fields, names := canonicalFields(r)
	return strings.Join([]string{r.Method, canonicalPath(where, r.Access.S3()), canonicalQuery(query), fields, names, payload}, "\n"), names
}

// canonicalPath resolves dots and double slashes and encodes the path once more
// than it is on the wire. S3 takes every path as it is.
func canonicalPath(where string, s3 bool) string {
	if s3 {
		if plain, err := url.PathUnescape(where); err == nil {
			return escape(plain, "/")
		}
		return escape(where, "/")
	}
	clean := path.Clean(where)
	if clean != "/" && strings.HasSuffix(where, "/") {
		clean += "/"
	}
	return escape(clean, "/")
}

// canonicalQuery sorts the fields of a query by name, then value, each in the
// one spelling.
func canonicalQuery(query string) string {
	if query == "" {
		return ""
	}
	var pairs [][2]string
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, [2]string{escape(unescape(name), ""), escape(unescape(value), "")})
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p[0] + "=" + p[1])
	}
	return b.String()
}

// unescape reads a part of a query; one with a broken escape stays as it is.
func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// escape percent-encodes everything but unreserved characters and those in keep.
func escape(text, keep string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// unsigned are the fields that something on the way may change, or that carry
// the signature.
var unsigned = []string{"authorization", "user-agent", "x-amzn-trace-id", "accept-encoding"}

// canonicalFields are the header fields that are signed, sorted, and their
// names.
func canonicalFields(r *render.Request) (fields, names string) {
	all := [][2]string{{"host", r.Host}}
	for _, f := range r.Header {
		if name := strings.ToLower(f.Name); !slices.Contains(unsigned, name) {
			all = append(all, [2]string{name, strings.Join(strings.Fields(f.Value), " ")})
		}
	}
	slices.SortFunc(all, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	var text, list strings.Builder
	for i, f := range all {
		if i > 0 {
			list.WriteByte(';')
		}
		text.WriteString(f[0] + ":" + f[1] + "\n")
		list.WriteString(f[0])
	}
	return text.String(), list.String()
}
