package render

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/template"
)

// minSigningKey is how many bytes a signing key has at least.
const minSigningKey = 16

// Sign signs the request that Request rendered last, as Standard Webhooks 1.0
// describes it for symmetric keys: webhook-signature holds "v1," and the base64
// of HMAC-SHA256(key, "id.timestamp.body") once per key of d, with a space
// between. A key behind "whsec_" is base64, any other one is its own bytes.
//
// id is the same for every attempt of a delivery, ASCII without spaces and
// dots; at is the time of this attempt. Custom header fields of the three names
// are replaced. Without keys nothing happens. An error's text is a reason as in
// Request.
func (r *Renderer) Sign(d *integration.Definition, c *template.Context, id string, at time.Time) error {
	if len(d.Signature) == 0 {
		return nil
	}
	signatures := make([]string, len(d.Signature))
	for i := range d.Signature {
		key, err := signingKey(&d.Signature[i], c)
		if err != nil {
			return fmt.Errorf("signature: key %d %w", i+1, err)
		}
		signatures[i] = sign(key, id, at, r.request.Body)
	}
	return r.SetSignature(id, at, strings.Join(signatures, " "))
}

// SetSignature sets the header fields of a signature that is known or, in a
// record of the request, masked. Errors: the header fields are too large.
func (r *Renderer) SetSignature(id string, at time.Time, signature string) error {
	r.set("webhook-id", id)
	r.set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.set("webhook-signature", signature)
	return r.checkHeader()
}

// signingKey renders a key. Errors end the sentence "key 1 ..." and hold
// nothing of it.
func signingKey(t *integration.Text, c *template.Context) ([]byte, error) {
	key, err := t.Append(nil, c)
	if err != nil {
		return nil, fmt.Errorf("cannot be rendered: %w", err)
	}
	if encoded, ok := strings.CutPrefix(string(key), integration.SigningPrefix); ok {
		if key, err = base64.StdEncoding.DecodeString(encoded); err != nil {
			return nil, errKeyBase64
		}
	}
	if len(key) < minSigningKey {
		return nil, errKeySize
	}
	return key, nil
}

func sign(key []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, key)
	head := strconv.AppendInt([]byte(id+"."), at.Unix(), 10)
	mac.Write(append(head, '.'))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
