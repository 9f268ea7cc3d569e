package integration

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/fieldhook/fieldhook/internal/template"
)

// Limits of a configuration and of what it renders to (webhook engine
// reference, section 12).
const (
	MaxConfig  = 256 << 10 // bytes of a configuration
	MaxDepth   = 64        // levels of JSON nesting in a configuration
	MaxHeaders = 64        // custom header fields
	MaxBody    = 1 << 20   // bytes of a rendered body or structure
	MaxURL     = 8 << 10   // bytes of a rendered URL
)

// Definition is a checked and compiled configuration. Its fields are read-only.
type Definition struct {
	Name     string // label; "" = none
	Type     string // Webhook, GoogleMaps, AzureIotHub or GoogleCloudPubSub
	Event    string // prefix of the names of events that trigger it
	Method   string // GET, POST, PUT or DELETE; "" when requestType is a template
	DeviceID string // the one device that triggers it; "" = any

	// Products are those of an organization's integration whose events trigger
	// it, ascending; nil in other scopes.
	Products []int64

	Disabled   bool
	NoDefaults bool // the default fields are not added
	Unchunked  bool // the response is one event, however long
	DataURL    bool // response events carry a data URL
	Insecure   bool // the target's certificate is not verified

	Target           Text              // the URL as configured, without credentials
	Address          Address           // its parts; zero when Target holds a tag
	Path             *Program          // what follows in the path, of types that know it; nil: nothing
	Access           *Access           // for the layer that authorizes requests; nil: they need it not
	Headers          []Header          // custom header fields in configured order
	ResponseTemplate *ResponseTemplate // nil: the body is published as it came

	Filter     *Filter       // further conditions of the trigger; nil: none
	Retry      Retry         // what becomes of a delivery that could not be made
	Ordered    bool          // deliveries of one device wait for the end of the one before
	MaxPending int           // unfinished deliveries at once; 0 = what the hub allows
	MaxAge     time.Duration // how long a delivery may wait for its first attempt; 0 = what the hub allows
	Secrets    []string      // names of the secrets that templates may use, as configured
	Ledgers    []string      // names of the ledgers that templates name, each once; nil: none
	Signature  []Text        // one or two keys to sign requests with; none: requests are not signed
	TLS        *TLS          // nil: the integration brings nothing to its connections

	ResponseTopic *template.Template // nil: publish no response events
	ErrorTopic    *template.Template // never nil

	json   []byte
	url    string // as configured
	origin string // "" when the authority holds a tag
	method Text
	auth   *credentials
	get    *Plan // nil when the method is known not to be GET
	send   *Plan // nil when the method is known to be GET
}

// Header is a custom header field.
type Header struct{ Name, Value Text }

// Text is a templated setting. Without tags its text is ready for use.
type Text struct {
	literal  string
	template *template.Template // nil: the text is literal
}

// Literal gives the text when it holds no tag.
func (t *Text) Literal() (text string, ok bool) { return t.literal, t.template == nil }

// Source is the text as configured.
func (t *Text) Source() string {
	if t.template == nil {
		return t.literal
	}
	return t.template.Source()
}

// Append renders the text onto dst. Errors: those of the template.
func (t *Text) Append(dst []byte, c *template.Context) ([]byte, error) {
	if t.template == nil {
		return append(dst, t.literal...), nil
	}
	return t.template.Append(dst, c)
}

// UsesSecrets says whether rendering needs the values of secrets.
func (d *Definition) UsesSecrets() bool { return len(d.Secrets) > 0 }

// JSON is the configuration with canonical names and the defaults of
// integration_type, requestType and disabled filled in; values are as they
// were saved. Parsing it again gives an equal definition. The caller must not
// change the bytes.
func (d *Definition) JSON() []byte { return d.json }

// URL is the target as configured, tags included; of types other than Webhook,
// endpoint and path.
func (d *Definition) URL() string { return d.url }

// Origin gives the target's scheme, host and port for the event in c, such as
// "https://example.com:443". It allocates nothing unless the authority is a
// template. An error means that the rendered URL has no usable authority.
func (d *Definition) Origin(c *template.Context) (string, error) {
	if d.origin != "" {
		return d.origin, nil
	}
	var space [256]byte
	raw, err := d.Target.Append(space[:0], c)
	if err != nil {
		return "", fmt.Errorf("url: %w", err)
	}
	a, err := ParseAddress(string(raw))
	if err != nil {
		return "", err
	}
	return a.Origin(), nil
}

// MethodFor gives the request's method for the event in c. An error means
// that a templated requestType did not render to one of the four methods.
func (d *Definition) MethodFor(c *template.Context) (string, error) {
	if d.Method != "" {
		return d.Method, nil
	}
	var space [64]byte
	raw, err := d.method.Append(space[:0], c)
	if err != nil {
		return "", fmt.Errorf("request type: %w", err)
	}
	if m := methodOf(string(raw)); m != "" {
		return m, nil
	}
	return "", errMethod
}

// Plan gives what a request of that method is made of.
func (d *Definition) Plan(method string) *Plan {
	if method == "GET" {
		return d.get
	}
	return d.send
}

// credentials are the auth setting.
type credentials struct {
	ready          string // the header's value, when everything is literal
	user, password Text
	bearer         *Text // nil: Basic
}

// Authorization gives the value of the Authorization header that the auth
// setting asks for, or "" if there is none. Errors: those of the templates.
func (d *Definition) Authorization(c *template.Context) (string, error) {
	switch {
	case d.auth == nil:
		return "", nil
	case d.auth.ready != "":
		return d.auth.ready, nil
	}
	return d.auth.render(c)
}

func (a *credentials) render(c *template.Context) (string, error) {
	if a.bearer != nil {
		token, err := a.bearer.Append([]byte("Bearer "), c)
		return string(token), err
	}
	pair, err := a.user.Append(nil, c)
	if err != nil {
		return "", err
	}
	if pair, err = a.password.Append(append(pair, ':'), c); err != nil {
		return "", err
	}
	return "Basic " + base64.StdEncoding.EncodeToString(pair), nil
}

// ResponseTemplate shapes the data of response events.
type ResponseTemplate struct {
	text *template.Template // nil: an object or array
	tree *Program
}

// AppendResponse renders onto dst: text as it is, an object leaf by leaf as
// compact JSON. The response must have been set on c. Errors: those of the
// templates, or ErrTooLarge.
func (r *ResponseTemplate) AppendResponse(dst []byte, c *template.Context) ([]byte, error) {
	if r.text != nil {
		return r.text.Append(dst, c)
	}
	return r.tree.Append(dst, c)
}
