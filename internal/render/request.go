// Package render turns an integration and an event into the HTTP request.
//
// It is pure: it reads a compiled definition and the variables of an event,
// and does no I/O. What a method and format put where follows the webhook
// engine reference, section 3. The values of secrets are given to it with the
// event's variables. Sending the request, its time limits and redirects are
// left to the senders.
package render

import (
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/integration"
)

// Field is one header field.
type Field struct{ Name, Value string }

// TLS is a client certificate with its key, a private certification authority,
// or both, as PEM text; "" = none. Key is secret: it belongs in no record and
// no error.
type TLS struct {
	Certificate, Key, CA string
}

// Access is what the layer that authorizes a request has to know
// (integration.Access), rendered. Secret and Session belong in no record and no
// error.
type Access struct {
	Scheme          integration.Scheme
	ID              string
	Secret, Session string
	Region, Service string
	Device          string // that the message is from
	Publisher       string // device that published the event, or "api"
}

// Hidden gives what a request's record must not show, also where it stands in
// a URL. a may be nil.
func (a *Access) Hidden() (texts []string) {
	if a == nil {
		return nil
	}
	for _, text := range [...]string{a.Secret, a.Session} {
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// S3 says whether an AWS service is one of S3, which sign a little differently:
// they take paths as they are, and want the hash of the body in a field. S3
// Tables and S3 Vectors are not.
func (a *Access) S3() bool {
	switch a.Service {
	case "s3", "s3express", "s3-object-lambda", "s3-outposts":
		return true
	}
	return false
}

// Pending stands for the value of the Authorization header until the layer that
// authorizes the request sets it.
const Pending = "[[SENSITIVE]]"

// Request is a rendered HTTP request, ready to be written.
type Request struct {
	Method   string  // upper case
	Scheme   string  // "http" or "https"
	Host     string  // authority as it stands in the URL: host or host:port, ASCII
	Target   string  // path and query, beginning with "/"
	Header   []Field // in sending order; without Host and Content-Length
	Body     []byte
	HasBody  bool    // false: neither body nor Content-Length is sent
	Insecure bool    // do not verify the target's certificate (rejectUnauthorized: false)
	TLS      *TLS    // what the integration brings to its connections; nil = nothing
	Access   *Access // for the layer that authorizes the request; nil = it is ready
	// InvalidJSON marks a body that was configured as json text and did not
	// render to valid JSON. It is sent all the same.
	InvalidJSON bool
}

// Set adds a header field or replaces the one of the same name, in whatever
// case.
func (r *Request) Set(name, value string) {
	for i := range r.Header {
		if strings.EqualFold(r.Header[i].Name, name) {
			r.Header[i] = Field{name, value}
			return
		}
	}
	r.Header = append(r.Header, Field{name, value})
}

// URL is the request's absolute URL.
func (r *Request) URL() string { return r.Scheme + "://" + r.Host + r.Target }

// Origin is scheme, host and port in their one spelling, such as
// "https://example.com:443": lower case, the port always written.
func (r *Request) Origin() string {
	return integration.Address{Scheme: r.Scheme, Host: r.Host}.Origin()
}

// AppendWire appends the request as HTTP/1.1 puts it on the wire: request
// line, Host, header fields, Content-Length if there is a body, an empty line
// and the body.
func (r *Request) AppendWire(dst []byte) []byte {
	dst = append(append(dst, r.Method...), ' ')
	dst = append(append(dst, r.Target...), " HTTP/1.1\r\n"...)
	dst = appendField(dst, "Host", r.Host)
	for i := range r.Header {
		dst = appendField(dst, r.Header[i].Name, r.Header[i].Value)
	}
	if r.HasBody {
		dst = append(dst, "Content-Length: "...)
		dst = strconv.AppendInt(dst, int64(len(r.Body)), 10)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	return append(dst, r.Body...)
}

func appendField(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ": "...)
	return append(append(dst, value...), "\r\n"...)
}
