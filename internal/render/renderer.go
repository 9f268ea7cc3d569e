package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/template"
)

// Limits of a rendered request besides those of integration (webhook engine
// reference, section 12).
const (
	MaxHeader = 16 << 10 // bytes of all header fields
	// keep is how much buffer a Renderer holds on to between requests.
	keep = 64 << 10
)

// The reasons of requests that cannot be sent.
var (
	errURLSize    = errors.New("url is longer than 8192 bytes")
	errHeaderSize = errors.New("headers are larger than 16384 bytes")
	errBodySize   = errors.New("body is larger than 1048576 bytes")
	errKeyBase64  = errors.New("is not valid base64")
	errKeySize    = errors.New("has fewer than 16 bytes")
	errNoKey      = errors.New("tls: the key of the client certificate is empty")
)

// Renderer renders requests one after the other into the same buffers. The
// zero value is usable. It is not for concurrent use: every worker has its own.
type Renderer struct {
	UserAgent string // "" = no User-Agent is sent, unless a custom one is set

	request Request
	tls     TLS    // what request points to, if anything
	access  Access // what request points to, if anything
	body    []byte
	scratch []byte
}

// Request renders d for the event whose variables c holds. The request belongs
// to the renderer and is valid until the next call. An error's text is the
// reason in "invalid request: <reason>" and holds none of the values.
func (r *Renderer) Request(d *integration.Definition, c *template.Context) (*Request, error) {
	r.reset(d)
	method, err := d.MethodFor(c)
	if err != nil {
		return nil, err
	}
	plan := d.Plan(method)
	r.request.Method = method
	if err := r.address(d, plan, c); err != nil {
		return nil, err
	}
	if err := r.header(d, plan, c); err != nil {
		return nil, err
	}
	if err := r.content(plan, c); err != nil {
		return nil, err
	}
	if err := r.material(d.TLS, c); err != nil {
		return nil, err
	}
	if err := r.authority(d.Access, c); err != nil {
		return nil, err
	}
	return &r.request, nil
}

func (r *Renderer) reset(d *integration.Definition) {
	if cap(r.body) > keep {
		r.body = nil
	}
	if cap(r.scratch) > keep {
		r.scratch = nil
	}
	r.tls, r.access = TLS{}, Access{}
	clear(r.request.Header)
	r.request = Request{Header: r.request.Header[:0], Insecure: d.Insecure}
}

// address renders the URL and appends the query to it.
func (r *Renderer) address(d *integration.Definition, plan *integration.Plan, c *template.Context) error {
	a := d.Address
	if a.Scheme == "" {
		var err error
		if r.scratch, err = d.Target.Append(r.scratch[:0], c); err != nil {
			return fmt.Errorf("url: %w", err)
		}
		if a, err = integration.ParseAddress(string(r.scratch)); err != nil {
			return err
		}
	}
	if d.Path != nil {
		path, err := d.Path.Append(append(r.scratch[:0], a.Target...), c)
		if r.scratch = path; err != nil {
			return fmt.Errorf("url: %w", err)
		}
		if a.Target = string(path); len(a.Scheme)+len("://")+len(a.Host)+len(a.Target) > integration.MaxURL {
			return errURLSize
		}
	}
	r.request.Scheme, r.request.Host, r.request.Target = a.Scheme, a.Host, a.Target
	if plan.Query == nil {
		return nil
	}
	return r.query(a, plan.Query, c)
}

func (r *Renderer) query(a integration.Address, query *integration.Program, c *template.Context) error {
	target := append(r.scratch[:0], a.Target...)
	if sep := separator(a.Target); sep != 0 {
		target = append(target, sep)
	}
	fields := len(target)
	target, err := query.Append(target, c)
	r.scratch = target
	switch {
	case err != nil:
		return fmt.Errorf("query: %w", err)
	case len(target) == fields:
		return nil
	case len(a.Scheme)+len("://")+len(a.Host)+len(target) > integration.MaxURL:
		return errURLSize
	}
	r.request.Target = string(target)
	return nil
}

// separator is what stands between a target and the query fields appended to
// it; 0 = nothing.
func separator(target string) byte {
	i := strings.IndexByte(target, '?')
	switch {
	case i < 0:
		return '?'
	case i == len(target)-1 || strings.HasSuffix(target, "&"):
		return 0
	}
	return '&'
}

// header sets the header fields: automatic ones first, which custom ones
// replace, and at last auth, which replaces both.
func (r *Renderer) header(d *integration.Definition, plan *integration.Plan, c *template.Context) error {
	if r.UserAgent != "" {
		r.set("User-Agent", r.UserAgent)
	}
	r.automatic(plan.Format)
	for i := range d.Headers {
		if err := r.custom(&d.Headers[i], c); err != nil {
			return err
		}
	}
	authorization, err := d.Authorization(c)
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if authorization != "" && integration.ValidHeaderValue(authorization) {
		r.set("Authorization", authorization)
	}
	if d.Access != nil && d.Access.Scheme != integration.KeyInURL {
		r.set("Authorization", Pending)
	}
	return r.checkHeader()
}

func (r *Renderer) automatic(format integration.Format) {
	switch format {
	case integration.JSON, integration.JSONText:
		r.set("Accept", "application/json")
		r.set("Content-Type", "application/json")
	case integration.Form:
		r.set("Content-Type", "application/x-www-form-urlencoded")
	}
}

// custom adds a configured field. One whose rendered name or value may not be
// sent is dropped, so that data cannot add headers of its own.
func (r *Renderer) custom(h *integration.Header, c *template.Context) error {
	name, err := r.field(&h.Name, c)
	if err != nil {
		return err
	}
	value, err := r.field(&h.Value, c)
	if err != nil {
		return err
	}
	if !integration.ValidHeaderValue(value) || !integration.ValidHeaderName(name) || integration.ReservedHeader(name) {
		return nil
	}
	r.set(name, strings.Trim(value, " \t"))
	return nil
}

// field renders a header's name or value, which is too large before it is
// even kept when it alone exceeds what all may have.
func (r *Renderer) field(t *integration.Text, c *template.Context) (string, error) {
	if literal, ok := t.Literal(); ok {
		return literal, nil
	}
	var err error
	if r.scratch, err = t.Append(r.scratch[:0], c); err != nil {
		return "", fmt.Errorf("headers: %w", err)
	}
	if len(r.scratch) > MaxHeader {
		return "", errHeaderSize
	}
	return string(r.scratch), nil
}

func (r *Renderer) set(name, value string) { r.request.Set(name, value) }

func (r *Renderer) checkHeader() error {
	size := 0
	for _, f := range r.request.Header {
		size += len(f.Name) + len(": ") + len(f.Value) + len("\r\n")
	}
	if size > MaxHeader {
		return errHeaderSize
	}
	return nil
}

// material renders what the integration brings to its TLS connections.
func (r *Renderer) material(t *integration.TLS, c *template.Context) error {
	if t == nil {
		return nil
	}
	key, err := t.Key.Append(nil, c)
	if err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	if t.Certificate != "" && len(key) == 0 {
		return errNoKey
	}
	r.tls = TLS{Certificate: t.Certificate, Key: string(key), CA: t.CA}
	r.request.TLS = &r.tls
	return nil
}

// authority renders what the layer that authorizes the request has to know.
func (r *Renderer) authority(a *integration.Access, c *template.Context) error {
	if a == nil {
		return nil
	}
	r.access.Scheme = a.Scheme
	for _, part := range [...]struct {
		name string
		from *integration.Text
		to   *string
	}{
		{"id of the key", &a.ID, &r.access.ID}, {"secret", &a.Secret, &r.access.Secret}, {"session token", &a.Session, &r.access.Session},
		{"region", &a.Region, &r.access.Region}, {"service", &a.Service, &r.access.Service}, {"device", &a.Device, &r.access.Device},
	} {
		text, err := part.from.Append(r.scratch[:0], c)
		if r.scratch = text; err != nil {
			return fmt.Errorf("auth: %s: %w", part.name, err)
		}
		*part.to = string(text)
	}
	r.access.Publisher = c.Device()
	r.request.Access = &r.access
	return nil
}

func (r *Renderer) content(plan *integration.Plan, c *template.Context) error {
	if plan.Format == integration.NoBody {
		return nil
	}
	body, err := plan.AppendBody(r.body[:0], c)
	r.body = body
	if errors.Is(err, integration.ErrTooLarge) || len(body) > integration.MaxBody {
		return errBodySize
	}
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	r.request.Body, r.request.HasBody = body, true
	r.request.InvalidJSON = plan.Format == integration.JSONText && !json.Valid(body)
	return nil
}
