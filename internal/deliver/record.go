package deliver

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
)

// MaxRecord is how many bytes of a request, and of a response, are recorded.
const MaxRecord = 102_400

// Sensitive stands in records where a credential or a secret was.
const Sensitive = "[[SENSITIVE]]"

// masked are the header fields of requests whose values nobody needs to see
// again.
var masked = []string{"Authorization", "Cookie", "Proxy-Authorization", "X-Amz-Security-Token"}

var (
	errSecretHost = errors.New("url: a secret may not be part of the host")
	errNoSecrets  = errors.New("this hub has no secrets")
)

// unlock gives the templates the secrets that the integration uses.
func (w *worker) unlock(in *integration.Integration) (err error) {
	w.values = w.values[:0] // a delivery that was put off left its own
	if !in.Definition.UsesSecrets() {
		return nil
	}
	if w.d.Secrets == nil {
		return errNoSecrets
	}
	w.values, err = w.d.Secrets.Resolve(in.Scope, in.Definition.Secrets, w.values[:0])
	if err == nil {
		w.vars.SetSecrets(in.Definition.Secrets, w.values)
	}
	return err
}

// forget takes the secrets away from whatever is rendered from here on.
func (w *worker) forget() {
	w.vars.SetSecrets(nil, nil)
	clear(w.values)
	w.values = w.values[:0]
}

// conceal masks secrets in what the sender says of a call: they become the text
// of a failed attempt.
func (w *worker) conceal(req *render.Request) {
	hidden := w.values
	if req.Access != nil {
		hidden = w.hidden(req)
	}
	if len(hidden) == 0 || w.d.Secrets == nil {
		return
	}
	var ce *CallError
	if errors.As(w.attempt.Err, &ce) {
		safe := *ce
		safe.Text, safe.Err = string(w.d.Secrets.Mask([]byte(ce.Text), hidden)), nil
		w.attempt.Err = &safe
		return
	}
	w.attempt.Answer.Reason = string(w.d.Secrets.Mask([]byte(w.attempt.Answer.Reason), hidden))
}

// record keeps what was sent and what came back. req is the renderer's last
// request and is not to be used afterwards; nil = none could be rendered.
func (w *worker) record(j job, req *render.Request) *eventlog.Call {
	c := &eventlog.Call{Integration: j.d.Integration, Event: j.e}
	if w.attempt.Err == nil {
		text := answerText(&w.attempt.Answer)
		if hidden := w.hidden(req); len(hidden) > 0 && w.d.Secrets != nil {
			text = w.d.Secrets.Mask(text, hidden)
		}
		c.Response, c.ResponseCut = cut(text)
		c.ResponseCut = c.ResponseCut || w.attempt.Answer.Truncated
	}
	if req != nil {
		c.Request, c.RequestCut = cut(w.requestText(j, req))
	}
	return c
}

// hidden are the texts that an answer must not repeat on record: the secrets,
// and the credentials of the request, as they were sent and as they are.
func (w *worker) hidden(req *render.Request) []string {
	hidden := w.values
	if req == nil {
		return hidden
	}
	hidden = append(slices.Clip(hidden), req.Access.Hidden()...)
	for _, f := range req.Header {
		if !isMasked(f.Name) {
			continue
		}
		hidden = append(slices.Clip(hidden), f.Value)
		scheme, token, _ := strings.Cut(f.Value, " ")
		hidden = append(hidden, token)
		if plain, err := base64.StdEncoding.DecodeString(token); err == nil && strings.EqualFold(scheme, "Basic") {
			_, password, _ := strings.Cut(string(plain), ":")
			hidden = append(hidden, string(plain), password)
		}
	}
	return hidden
}

func cut(text []byte) ([]byte, bool) {
	if len(text) <= MaxRecord {
		return text, false
	}
	return bytes.Clone(text[:MaxRecord]), true
}

// requestText is the request on the wire, rendered anew where it held secrets.
func (w *worker) requestText(j job, req *render.Request) []byte {
	sent := added(req)
	if len(w.values) > 0 {
		if req = w.renderMasked(j); req == nil {
			return nil
		}
	}
	shown := Masked(req)
	for _, f := range sent {
		shown.Set(f.Name, f.Value)
	}
	return shown.AppendWire(make([]byte, 0, 512+len(req.Body)))
}

// awsFields are the fields that Signature Version 4 adds to Authorization, and
// awsHash is one more for S3. Of other services that one may be configured.
var awsFields = []string{"X-Amz-Date", "X-Amz-Security-Token"}

const awsHash = "X-Amz-Content-Sha256"

// added are the header fields that a signature brought along, as records show
// them. No template made their values.
func added(req *render.Request) (fields []render.Field) {
	if req.Access == nil || req.Access.Scheme != integration.AWS4 {
		return nil
	}
	for _, f := range req.Header {
		if !slices.Contains(awsFields, f.Name) && (f.Name != awsHash || !req.Access.S3()) {
			continue
		}
		if isMasked(f.Name) {
			f.Value = Sensitive
		}
		fields = append(fields, f)
	}
	return fields
}

// Masked is a request as records show it, with credentials masked that stand in
// header fields, and the key that a service wants in the URL. It shares the body
// with req.
func Masked(req *render.Request) render.Request {
	shown := *req
	shown.Header = slices.Clone(req.Header)
	for i := range shown.Header {
		if isMasked(shown.Header[i].Name) {
			shown.Header[i].Value = Sensitive
		}
	}
	if a := req.Access; a != nil && a.Scheme == integration.KeyInURL {
		shown.Target = strings.ReplaceAll(shown.Target, "="+inQuery(a.Secret), "="+inQuery(Sensitive))
	}
	shown.Access = nil
	return shown
}

// inQuery is a text as queries write it.
func inQuery(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// renderMasked renders the request with "[[SENSITIVE]]" for every secret; nil
// if that makes no request.
func (w *worker) renderMasked(j job) *render.Request {
	in := w.attempt.Integration
	masks := slices.Repeat([]string{Sensitive}, len(w.values))
	w.vars.SetSecrets(in.Definition.Secrets, masks)
	req, err := w.renderer.Request(in.Definition, &w.vars)
	if err == nil && len(in.Definition.Signature) > 0 {
		err = w.renderer.SetSignature(messageID(j), w.began, Sensitive)
	}
	if err != nil {
		return nil
	}
	return req
}

func isMasked(name string) bool {
	return slices.ContainsFunc(masked, func(m string) bool { return strings.EqualFold(m, name) })
}

func answerText(a *Answer) []byte {
	b := append(make([]byte, 0, 512+len(a.Body)), "HTTP/1.1 "+a.Reason+"\r\n"...)
	var space [16]string
	names := space[:0]
	for name := range a.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range a.Header[name] {
			if http.CanonicalHeaderKey(name) == "Set-Cookie" {
				v = Sensitive
			}
			b = append(append(append(append(b, name...), ": "...), v...), "\r\n"...)
		}
	}
	b = append(b, "\r\n"...)
	return append(b, a.Body...)
}

// Rings tells where an integration's rings of recorded calls stand.
type Rings interface {
	// RingHeads gives the highest number of each ring; 0 = it is empty.
	RingHeads(ctx context.Context, integration string) (successes, errors int64, err error)
}

// rings gives recorded calls their places. It is safe for concurrent use; nil
// records nothing.
type rings struct {
	store Rings
	size  int

	mu    sync.Mutex
	heads map[string]*[2]int64 // by integration: last number of successes and errors
}

func newRings(store Rings, size int) *rings {
	if store == nil {
		return nil
	}
	return &rings{store: store, size: size, heads: map[string]*[2]int64{}}
}

// place gives a call its ring and place there. False means that it cannot be
// recorded, because the store does not tell where the rings stand.
func (r *rings) place(c *eventlog.Call, o eventlog.Outcome) bool {
	if r == nil || c == nil || !r.load(c.Integration) {
		return false
	}
	c.Ring = eventlog.Successes
	if o != eventlog.Success {
		c.Ring = eventlog.Errors
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	head := &r.heads[c.Integration][c.Ring-eventlog.Successes]
	*head++
	c.N, c.Slot = *head, int(*head%int64(r.size))
	return true
}

// load makes sure that it is known where an integration's rings stand.
func (r *rings) load(integration string) bool {
	r.mu.Lock()
	known := r.heads[integration] != nil
	r.mu.Unlock()
	if known {
		return true
	}
	successes, errs, err := r.store.RingHeads(context.Background(), integration)
	if err != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.heads[integration] == nil { // else another worker was faster
		r.heads[integration] = &[2]int64{successes, errs}
	}
	return true
}
