package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// oauthClient makes an OAuth client and gives its id and secret.
func (s *server) oauthClient(token, path, body string) (id, secret string) {
	s.t.Helper()
	made := s.want(200, by(token, "POST", path, body))
	inner := made.json["client"].(map[string]any)
	if made.json["ok"] != true || inner["secret"] != made.json["secret"] || inner["id"] != made.json["id"] || !hex40.MatchString(made.json["secret"].(string)) {
		s.t.Errorf("got %s, want the client with its secret, flat and in a member", made.text)
	}
	return made.json["id"].(string), made.json["secret"].(string)
}

// grantWith asks for a token with a client's credentials.
func (s *server) grantWith(id, secret string, form url.Values) answer {
	s.t.Helper()
	form.Set("client_id", id)
	form.Set("client_secret", secret)
	return s.send(ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: form.Encode()})
}

// machine are the fields of a client_credentials grant.
func machine() url.Values { return url.Values{"grant_type": {"client_credentials"}} }

func TestClientOfAUser(t *testing.T) {
	s := newServer(t, nil)
	_, ann := s.person("ann")
	_, bob := s.person("bob")
	for body, text := range map[string]string{
		`{"type":"web"}`:            "name: It has 1 to 64 bytes of valid UTF-8 without control characters.",
		`{"name":"x"}`:              "type: It must be installed or web.",
		`{"name":"x","type":"web"}`: "redirect_uri: It is missing; a web client needs one.",
		`{"name":"x","type":"web","redirect_uri":"nowhere"}`:        "redirect_uri: It must be a URL of at most 2048 bytes.",
		`{"name":"x","type":"installed","scope":"create_customer"}`: "scope: It must be empty or, for a client of a product, create_customer.",
	} {
		checkFailure(t, s.send(by(ann, "POST", "/v1/clients", body)), 400, "invalid_request", text)
	}
	id, secret := s.oauthClient(ann, "/v1/clients", `{"name":"My Script","type":"installed"}`)
	if !strings.HasPrefix(id, "my-script-") {
		t.Errorf("got id %q", id)
	}
	if list := s.want(200, by(ann, "GET", "/v1/clients", "")); len(list.json["clients"].([]any)) != 1 || strings.Contains(list.text, secret) {
		t.Errorf("got %s, want the client without its secret", list.text)
	}
	checkFailure(t, s.grantWith(id, "wrong", machine()), 400, "invalid_client", "Client credentials are invalid")
	got := s.grantWith(id, secret, machine())
	token, _ := got.json["access_token"].(string)
	if _, refresh := got.json["refresh_token"]; got.StatusCode != 200 || refresh {
		t.Fatalf("got %d %s, want a token without a refresh token", got.StatusCode, got.text)
	}
	if user := s.want(200, by(token, "GET", "/v1/user", "")); user.json["username"] != "ann" {
		t.Errorf("got %s, want the client's owner", user.text)
	}
	// Through a registered client people log in with its secret only.
	wrong := url.Values{"grant_type": {"password"}, "username": {"bob"}, "password": {goodPassword}}
	checkFailure(t, s.grantWith(id, "wrong", wrong), 400, "invalid_client", "Client credentials are invalid")
	if got := s.grantWith(id, secret, wrong); got.StatusCode != 200 {
		t.Errorf("got %d %s", got.StatusCode, got.text)
	}
	renamed := s.want(200, by(ann, "PUT", "/v1/clients/"+id, `{"name":"Other"}`))
	if renamed.json["name"] != "Other" || renamed.json["secret"] != nil {
		t.Errorf("got %s", renamed.text)
	}
	foreign, missing := s.send(by(bob, "DELETE", "/v1/clients/"+id, "")), s.send(by(bob, "DELETE", "/v1/clients/nothing-1", ""))
	if foreign.StatusCode != 404 || foreign.text != missing.text {
		t.Errorf("foreign %s, missing %s, want the same 404", foreign.text, missing.text)
	}
	s.want(200, by(ann, "DELETE", "/v1/clients/"+id, ""))
	s.want(401, by(token, "GET", "/v1/user", ""))
	s.want(200, by(ann, "GET", "/v1/user", ""))
	checkFailure(t, s.grantWith(id, secret, machine()), 400, "invalid_client", "Client credentials are invalid")
}

func TestClientOfAProduct(t *testing.T) {
	s := newServer(t, nil)
	owner, ann := s.person("ann")
	s.ownedProduct("lamp", scope.Of(owner))
	s.ownedProduct("lawn", scope.Of(owner))
	id, secret := s.oauthClient(ann, "/v1/products/lamp/clients", `{"name":"Server","type":"installed"}`)
	token, _ := s.grantWith(id, secret, machine()).json["access_token"].(string)
	s.want(200, by(token, "GET", "/v1/products/lamp/integrations", ""))
	s.want(200, by(token, "GET", "/v1/products/lamp/customers", ""))
	s.want(403, by(token, "GET", "/v1/products/lawn/integrations", ""))
	s.want(403, by(token, "POST", "/v1/products/lamp/team", `{"username":"ann"}`))
	s.want(403, by(token, "GET", "/v1/integrations", ""))
	s.want(404, by(token, "GET", "/v1/user", ""))
	current := s.want(200, by(token, "GET", "/v1/access_tokens/current", ""))
	if current.json["client_id"] != id {
		t.Errorf("got %s, want client %s", current.text, id)
	}
	s.want(200, by(token, "DELETE", "/v1/access_tokens/current", ""))
	s.want(401, by(token, "GET", "/v1/access_tokens/current", ""))
	token, _ = s.grantWith(id, secret, machine()).json["access_token"].(string)
	s.want(200, by(ann, "PUT", "/v1/products/lamp/clients/"+id, `{"scope":"create_customer"}`))
	s.want(403, by(token, "GET", "/v1/products/lamp/integrations", "")) // at once
	s.want(200, by(token, "POST", "/v1/products/lamp/customers", `{"email":"eve@example.org"}`))
	s.want(200, by(ann, "DELETE", "/v1/products/lamp/clients/"+id, ""))
	s.want(401, by(token, "GET", "/v1/access_tokens/current", ""))
}

func TestCustomers(t *testing.T) {
	s := newServer(t, nil)
	owner, ann := s.person("ann@example.org")
	s.ownedProduct("lamp", scope.Of(owner))
	s.ownedProduct("lawn", scope.Of(owner))
	id, secret := s.oauthClient(ann, "/v1/products/lamp/clients", `{"name":"App","type":"installed","scope":"create_customer"}`)
	server, serverSecret := s.oauthClient(ann, "/v1/products/lamp/clients", `{"name":"Server","type":"installed"}`)
	const path = "/v1/products/lamp/customers"
	create := func(want int, path, authorization string, form url.Values) answer {
		t.Helper()
		return s.want(want, ask{method: "POST", path: path, authorization: authorization, contentType: formType, body: form.Encode()})
	}
	form := func(email, password string) url.Values {
		return url.Values{"email": {email}, "password": {password}, "grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	}
	// The address of a person is free for a customer: they are different accounts.
	made := create(200, path, "-", form("ann@example.org", goodPassword))
	if made.json["token_type"] != "bearer" || made.json["refresh_token"] == nil {
		t.Errorf("got %s, want a token", made.text)
	}
	create(409, path, "-", form("ANN@example.org", goodPassword))
	create(400, path, "-", form("nobody", goodPassword))
	create(400, path, "-", form("bob@example.org", "short"))
	create(403, "/v1/products/lawn/customers", "-", form("bob@example.org", goodPassword))
	basic := http.Request{Header: http.Header{}}
	basic.SetBasicAuth(id, secret)
	create(200, path, basic.Header.Get("Authorization"), url.Values{"email": {"bob@example.org"}, "password": {goodPassword}})
	shadow := create(200, path, "Bearer "+ann, url.Values{"email": {"shadow@example.org"}})
	wrong := form("eve@example.org", goodPassword)
	wrong.Set("client_secret", "wrong")
	checkFailure(t, create(401, path, "-", wrong), 401, "invalid_token", "Client credentials are invalid")

	list := s.want(200, by(ann, "GET", path+"?per_page=2", ""))
	if meta := list.json["meta"].(map[string]any); len(list.json["customers"].([]any)) != 2 || meta["total_records"] != 3.0 {
		t.Errorf("got %s, want two of three", list.text)
	}
	// A customer reaches its own things only.
	token := made.json["access_token"].(string)
	me := s.want(200, by(token, "GET", "/v1/user", ""))
	if me.json["username"] != "ann@example.org" || me.json["id"] == owner || me.json["admin"] != false {
		t.Errorf("got %s, want the customer, not the person", me.text)
	}
	s.want(200, by(token, "GET", "/v1/devices", ""))
	for _, other := range []string{"/v1/products/lamp/devices", "/v1/integrations", path, "/v1/secrets", "/v1/clients"} {
		s.want(403, by(token, "GET", other, ""))
	}
	s.want(403, by(token, "POST", "/v1/orgs", `{"name":"x"}`))
	s.want(200, by(token, "POST", "/v1/products/lamp/device_claims", ""))
	s.want(403, by(token, "POST", "/v1/products/lawn/device_claims", ""))

	// Logging in: through the product's client only, and there as a customer only.
	login := func(email string) url.Values {
		return url.Values{"grant_type": {"password"}, "username": {email}, "password": {goodPassword}}
	}
	if got := s.grantWith(id, secret, login("Bob@example.org")); got.StatusCode != 200 {
		t.Errorf("got %d %s", got.StatusCode, got.text)
	}
	checkFailure(t, s.grantWith("particle", "particle", login("bob@example.org")), 400, "invalid_grant", "User credentials are invalid")
	checkFailure(t, s.grantWith("particle", "particle", login("10001/bob@example.org")), 400, "invalid_grant", "User credentials are invalid")
	checkFailure(t, s.grantWith(id, secret, login("admin")), 400, "invalid_grant", "User credentials are invalid")
	checkFailure(t, s.grantWith(id, secret, login("shadow@example.org")), 400, "invalid_grant", "User credentials are invalid")
	refreshed := s.grantWith(id, secret, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {made.json["refresh_token"].(string)}})
	s.want(200, by(refreshed.json["access_token"].(string), "GET", "/v1/user", ""))

	// The product's server acts for its customers; the app may not.
	for _, c := range []struct {
		id, secret, email string
		want              int
	}{{server, serverSecret, "shadow@example.org", 200}, {server, serverSecret, "nobody@example.org", 400}, {id, secret, "shadow@example.org", 400}} {
		grant := machine()
		grant.Set("scope", "customer="+c.email)
		if got := s.grantWith(c.id, c.secret, grant); got.StatusCode != c.want {
			t.Errorf("%s for %s: got %d %s, want %d", c.id, c.email, got.StatusCode, got.text, c.want)
		}
	}
	got := s.want(200, by(ann, "PUT", path+"/shadow@example.org", `{"password":"`+goodPassword+`"}`))
	if got.json["customer"].(map[string]any)["shadow"] != false {
		t.Errorf("got %s", got.text)
	}
	s.want(401, by(shadow.json["access_token"].(string), "GET", "/v1/user", ""))
	s.want(404, by(ann, "PUT", path+"/nobody@example.org", `{"password":"`+goodPassword+`"}`))
	s.want(200, by(ann, "DELETE", path+"/shadow@example.org", ""))
	s.want(404, by(ann, "DELETE", path+"/shadow@example.org", ""))
}

func TestGuessingClientSecretsIsLimited(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.Address = func(*http.Request) string { return "192.0.2.1" } })
	owner, ann := s.person("ann")
	s.ownedProduct("lamp", scope.Of(owner))
	id, secret := s.oauthClient(ann, "/v1/products/lamp/clients", `{"name":"App","type":"installed"}`)
	for range 5 {
		s.grantWith(id, "wrong", machine())
		s.send(ask{method: "POST", path: "/v1/products/lamp/customers", authorization: "-", contentType: formType, body: "email=a@b&client_secret=wrong&client_id=" + id})
	}
	if got := s.grantWith(id, secret, machine()); got.StatusCode != 429 {
		t.Errorf("got %d %s, want 429", got.StatusCode, got.text)
	}
	if strings.Contains(s.log.String(), secret) {
		t.Error("the log holds the secret")
	}
}
