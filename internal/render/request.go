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

// Request is a rendered HTTP request, ready to be written.
type Request struct {
	Method   string  // upper case
	Scheme   string  // "http" or "https"
	Host     string  // authority as it stands in the URL: host or host:port, ASCII
	Target   string  // path and query, beginning with "/"
	Header   []Field // in sending order; without Host and Content-Length
	Body     []byte
	HasBody  bool // false: neither body nor Content-Length is sent
	Insecure bool // do not verify the target's certificate (rejectUnauthorized: false)
	TLS      *TLS // what the integration brings to its connections; nil = nothing
	// InvalidJSON marks a body that was configured as json text and did not
	// render to valid JSON. It is sent all the same.
	InvalidJSON bool
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
