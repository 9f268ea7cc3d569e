package api_test

import (
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const formType = "application/x-www-form-urlencoded"

func TestTokenPlaces(t *testing.T) {
	s := newServer(t, nil)
	id, _ := s.register("porch")
	device := "/v1/devices/" + id
	for _, c := range []struct {
		name string
		ask  ask
		want int
	}{
		{"header", ask{method: "GET", path: device}, 200},
		{"header, lower case", ask{method: "GET", path: device, authorization: "bearer  " + adminToken + " "}, 200},
		{"query of GET", ask{method: "GET", path: device + "?access_token=" + adminToken, authorization: "-"}, 200},
		{"query of DELETE", ask{method: "DELETE", path: device + "?access_token=" + adminToken, authorization: "-"}, 401},
		{"query of POST", ask{method: "POST", path: "/v1/devices/events?access_token=" + adminToken, authorization: "-", body: `{"name":"t"}`}, 401},
		{"wrong query", ask{method: "GET", path: device + "?access_token=x", authorization: "-"}, 401},
		{"other query", ask{method: "GET", path: device + "?no_access_token=" + adminToken, authorization: "-"}, 401},
		{"header beats query", ask{method: "GET", path: device + "?access_token=" + adminToken, authorization: "Bearer x"}, 401},
		{"form of POST", ask{method: "POST", path: "/v1/devices/events", authorization: "-", contentType: formType, body: "name=t&access_token=" + adminToken}, 200},
		{"form of PUT", ask{method: "PUT", path: device, authorization: "-", contentType: formType + "; charset=utf-8", body: "access_token=" + adminToken + "&name=new"}, 200},
		{"form of DELETE", ask{method: "DELETE", path: device, authorization: "-", contentType: formType, body: "access_token=" + adminToken}, 401},
		{"wrong form", ask{method: "POST", path: "/v1/devices/events", authorization: "-", contentType: formType, body: "name=t&access_token=x"}, 401},
		{"header beats form", ask{method: "POST", path: "/v1/devices/events", authorization: "Bearer null", contentType: formType, body: "name=t&access_token=" + adminToken}, 401},
		{"member of JSON", ask{method: "POST", path: "/v1/devices/events", authorization: "-", body: `{"name":"t","access_token":"` + adminToken + `"}`}, 401},
	} {
		if got := s.send(c.ask); got.StatusCode != c.want {
			t.Errorf("%s: got %d %s, want %d", c.name, got.StatusCode, got.text, c.want)
		}
	}
}

func TestQueryTokenCanBeTurnedOff(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.NoQueryToken = true })
	s.want(401, ask{method: "GET", path: "/v1/user?access_token=" + adminToken, authorization: "-"})
	s.want(200, ask{method: "GET", path: "/v1/user"})
}

// No handler may see the token: it would be stored or repeated.
func TestFormTokenIsTakenOut(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []struct{ authorization, body string }{
		{"-", "access_token=" + adminToken + "&event=t&url=https%3A%2F%2Fexample.com%2F&json[a]=b"},
		{"-", "event=t&json[a]=b&access_token=" + adminToken + "&url=https%3A%2F%2Fexample.com%2F&access_token=again"},
		{"", "event=t&url=https%3A%2F%2Fexample.com%2F&access_token=" + adminToken + "&json[a]=b"},
	} {
		made := s.want(201, ask{method: "POST", path: "/v1/integrations", authorization: c.authorization, contentType: formType, body: c.body})
		list := s.want(200, ask{method: "GET", path: "/v1/integrations"})
		if strings.Contains(made.text+list.text, "access_token") || made.json["url"] != "https://example.com/" {
			t.Errorf("%s: got %s, want the fields without the token", c.body, made.text)
		}
	}
}

func TestFormReachesTheHandlerWhole(t *testing.T) {
	s := newServer(t, nil)
	var got publish.Input
	s.publish = func(_ *scope.Principal, in publish.Input) error { got = in; return nil }
	for _, body := range []string{"name=a%26b&data=1%2B1&access_token=" + adminToken, "name=a%26b&data=1%2B1"} {
		s.want(200, ask{method: "POST", path: "/v1/devices/events", contentType: formType, body: body})
		if got.Name != "a&b" || got.Data != "1+1" {
			t.Errorf("%s: got %+v, want name a&b, data 1+1", body, got)
		}
	}
}
