package authorize

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
)

const (
	googleScope = "https://www.googleapis.com/auth/pubsub"
	googleGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	// assertionValid is for how long an account's assertion asks for a token, the
	// most that there is.
	assertionValid = time.Hour
	// slack is how far the clock of a token service may be behind.
	slack = 10 * time.Second
	// tokenReserve is how long before its end a token is no longer used.
	tokenReserve = time.Minute
	// maxToken is how many bytes a token may have.
	maxToken = 8 << 10

	whatToken = "access token"
)

// google sends a request with an access token of its service account. A token
// that is refused before its time is replaced once: the service did nothing
// with the request.
func (l *Layer) google(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	key := keyOf(r.Access.Secret, googleScope)
	for again := true; ; again = false {
		token, fresh, err := l.tokens.get(ctx, key, func() (string, time.Duration, error) {
			return l.exchange(ctx, r)
		})
		if err != nil {
			return deliver.Answer{}, during(whatToken, deliver.NoToken, fresh, err)
		}
		r.Set("Authorization", "Bearer "+token)
		answer, err := l.Next.Send(ctx, r)
		if err != nil || answer.Status != http.StatusUnauthorized || fresh || !again {
			return answer, err
		}
		l.tokens.forget(key, token)
	}
}

// exchange has the account's token service change an assertion for an access
// token (RFC 7523).
func (l *Layer) exchange(ctx context.Context, r *render.Request) (token string, valid time.Duration, err error) {
	account, err := integration.ReadServiceAccount(r.Access.Secret)
	if err != nil {
		return "", 0, unsendable(fmt.Errorf("service_account %w", err))
	}
	assertion, err := assert(account, l.Now())
	if err != nil {
		return "", 0, err
	}
	ask := &render.Request{
		Method: http.MethodPost, Scheme: account.Address.Scheme, Host: account.Address.Host, Target: account.Address.Target,
		Body: []byte(url.Values{"grant_type": {googleGrant}, "assertion": {assertion}}.Encode()), HasBody: true,
	}
	if r.TLS != nil {
		ask.TLS = &render.TLS{CA: r.TLS.CA} // the client certificate is for the service alone
	}
	l.head(ask)
	ask.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := l.Next.Send(ctx, ask)
	if err != nil {
		return "", 0, err
	}
	return readToken(ask, &answer)
}

// assert signs what the account says of itself.
func assert(account *integration.ServiceAccount, now time.Time) (string, error) {
	now = now.Add(-slack)
	head := map[string]string{"alg": "RS256", "typ": "JWT"}
	if account.KeyID != "" {
		head["kid"] = account.KeyID
	}
	text := part(head) + "." + part(map[string]any{
		"iss": account.Email, "scope": googleScope, "aud": account.TokenURI, "iat": now.Unix(), "exp": now.Add(assertionValid).Unix(),
	})
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, account.Key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign with the service account's key: %w", err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func part(v any) string {
	text, _ := json.Marshal(v) // texts and numbers always can
	return base64.RawURLEncoding.EncodeToString(text)
}

// readToken reads the answer of a token service. Of an error only its code is
// repeated.
func readToken(ask *render.Request, answer *deliver.Answer) (token string, valid time.Duration, err error) {
	var said struct {
		Token   string  `json:"access_token"`
		Seconds float64 `json:"expires_in"`
		Error   string  `json:"error"`
	}
	broken := json.Unmarshal(answer.Body, &said) != nil
	switch {
	case answer.Status != http.StatusOK:
		return "", 0, refusal(ask, answer, code(said.Error))
	case broken || said.Token == "" || len(said.Token) > maxToken || !integration.ValidHeaderValue(said.Token):
		return "", 0, &deliver.CallError{Text: "no token in the answer of " + hostOf(ask), Timing: answer.Timing}
	}
	valid = time.Duration(min(max(said.Seconds, 0), 24*3600)) * time.Second
	return said.Token, max(valid-tokenReserve, valid/2), nil
}

// code is an error code of OAuth, or "" for other texts: what a server says at
// length may repeat what it was sent.
func code(text string) string {
	for i := range len(text) {
		if c := text[i]; (c < 'a' || c > 'z') && c != '_' {
			return ""
		}
	}
	if len(text) > 40 {
		return ""
	}
	return text
}
