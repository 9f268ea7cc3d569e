package authorize

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

const (
	azureVersion = "?api-version=2021-04-12"
	// azureValid is how long a token is valid. It is made for one request, whose
	// clocks may differ.
	azureValid = 10 * time.Minute
	// identityValid is for how long a device is known to be known.
	identityValid = 24 * time.Hour

	whatIdentity = "device identity"
)

var (
	errPolicyName = errors.New("policy_name is empty")
	errPolicyKey  = errors.New("policy_key is not valid base64")
	errDevice     = errors.New("device is not an id that an IoT Hub can have")
)

// azure sends a message of a device, which gets an identity first if the hub
// does not know it. A message for an identity that was deleted meanwhile is sent
// again after that: the hub did not take it.
func (l *Layer) azure(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	token, err := azureToken(r, l.Now())
	if err != nil {
		return deliver.Answer{}, unsendable(err)
	}
	r.Set("Authorization", token)
	key := keyOf(r.Origin(), baseOf(r), r.Access.Device, r.Access.ID, r.Access.Secret)
	for again := true; ; again = false {
		_, fresh, err := l.identities.get(ctx, key, func() (string, time.Duration, error) {
			return "known", identityValid, l.identify(ctx, r)
		})
		if err != nil {
			return deliver.Answer{}, during(whatIdentity, deliver.NoIdentity, fresh, err)
		}
		answer, err := l.Next.Send(ctx, r)
		if err != nil || answer.Status != http.StatusNotFound || fresh || !again {
			return answer, err
		}
		l.identities.forget(key, "known")
	}
}

// azureToken makes a shared access signature for everything at the request's
// hub.
func azureToken(r *render.Request, now time.Time) (string, error) {
	a := r.Access
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(a.Secret))
	switch {
	case a.ID == "":
		return "", errPolicyName
	case err != nil || len(key) == 0:
		return "", errPolicyKey
	case !azureID(a.Device):
		return "", errDevice
	}
	resource := url.QueryEscape(hostOf(r))
	expiry := strconv.FormatInt(now.Add(azureValid).Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(resource + "\n" + expiry))
	signature := url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return "SharedAccessSignature sr=" + resource + "&sig=" + signature + "&se=" + expiry + "&skn=" + url.QueryEscape(a.ID), nil
}

// azureID says whether a hub can have a device of that id: up to 128 letters,
// digits and some punctuation. Dots alone would be steps in a path.
func azureID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') && strings.IndexByte("-.+%_#*?!(),:=@$'", c) < 0 {
			return false
		}
	}
	return id != "" && id != "." && id != ".." && len(id) <= 128
}

// identify makes sure that the hub has an identity for the device of a message,
// and that its twin has the device's name if it has one. A name that is there
// already stays.
func (l *Layer) identify(ctx context.Context, r *render.Request) error {
	known, named, err := l.twin(ctx, r)
	if err != nil {
		return err
	}
	if !known {
		if err := l.register(ctx, r); err != nil {
			return err
		}
	}
	name, err := l.name(ctx, r.Access)
	if err != nil || named || name == "" {
		return err
	}
	return l.write(ctx, r, name)
}

// name is what the device is called here. Event data may choose the device that
// a message is from; the names of others are not theirs to learn.
func (l *Layer) name(ctx context.Context, a *render.Access) (string, error) {
	if l.Names == nil || a.Device != a.Publisher {
		return "", nil
	}
	return l.Names.DeviceName(ctx, a.Device)
}

// twin asks whether the hub knows the device, and whether its twin has a name.
func (l *Layer) twin(ctx context.Context, r *render.Request) (known, named bool, err error) {
	answer, err := l.own(ctx, r, http.MethodGet, "/twins/", nil)
	if err != nil {
		return false, false, err
	}
	if answer.Status == http.StatusNotFound {
		return false, false, nil
	}
	var twin struct {
		Properties struct {
			Desired struct {
				Name json.RawMessage `json:"deviceName"`
			} `json:"desired"`
		} `json:"properties"`
	}
	switch {
	case answer.Status != http.StatusOK:
		return false, false, refusal(r, &answer, "")
	case json.Unmarshal(answer.Body, &twin) != nil:
		return false, false, &deliver.CallError{Text: "no twin in the answer of " + hostOf(r), Timing: answer.Timing}
	}
	return true, twin.Properties.Desired.Name != nil, nil
}

// register makes an identity. One that somebody else made meanwhile is as good.
func (l *Layer) register(ctx context.Context, r *render.Request) error {
	body, _ := json.Marshal(map[string]any{ // texts always can
		"deviceId": r.Access.Device, "status": "enabled", "authentication": map[string]string{"type": "sas"},
	})
	answer, err := l.own(ctx, r, http.MethodPut, "/devices/", body)
	if err == nil && answer.Status >= 300 && answer.Status != http.StatusConflict {
		err = refusal(r, &answer, "")
	}
	return err
}

// write puts the name of the device into its twin.
func (l *Layer) write(ctx context.Context, r *render.Request, name string) error {
	body, _ := json.Marshal(map[string]any{ // texts always can
		"properties": map[string]any{"desired": map[string]string{"deviceName": name}},
	})
	answer, err := l.own(ctx, r, http.MethodPatch, "/twins/", body)
	if err == nil && answer.Status >= 300 {
		err = refusal(r, &answer, "")
	}
	return err
}

// own sends a request of the layer about the device of a message to the hub
// that the message goes to.
func (l *Layer) own(ctx context.Context, r *render.Request, method, where string, body []byte) (deliver.Answer, error) {
	ask := &render.Request{
		Method: method, Scheme: r.Scheme, Host: r.Host, Target: baseOf(r) + where + url.PathEscape(r.Access.Device) + azureVersion,
		Insecure: r.Insecure, TLS: r.TLS, Body: body, HasBody: body != nil,
	}
	l.head(ask)
	if body != nil {
		ask.Set("Content-Type", "application/json")
	}
	for _, f := range r.Header {
		if f.Name == "Authorization" {
			ask.Set(f.Name, f.Value)
		}
	}
	return l.Next.Send(ctx, ask)
}

// baseOf is what stands before "/devices/ID/messages/events" in a message's path.
func baseOf(r *render.Request) string {
	where, _, _ := strings.Cut(r.Target, "?")
	where = strings.TrimSuffix(where, "/messages/events")
	where = where[:strings.LastIndexByte(where, '/')]
	return strings.TrimSuffix(where, "/devices")
}

// head sets the fields of the layer's own requests.
func (l *Layer) head(r *render.Request) {
	if l.UserAgent != "" {
		r.Set("User-Agent", l.UserAgent)
	}
	r.Set("Accept", "application/json")
}
