package authorize_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/authorize"
	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
)

// fakeNext notes requests and answers as told.
type fakeNext struct {
	got    []render.Request
	answer func(r *render.Request) (deliver.Answer, error)
}

func (f *fakeNext) Send(_ context.Context, r *render.Request) (deliver.Answer, error) {
	kept := *r
	kept.Header = append([]render.Field(nil), r.Header...)
	f.got = append(f.got, kept)
	if f.answer == nil {
		return deliver.Answer{Status: 200}, nil
	}
	return f.answer(r)
}

func field(r *render.Request, name string) string {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// exampleTime is the time of Amazon's examples.
var exampleTime = time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)

func exampleAccess() *render.Access {
	return &render.Access{Scheme: integration.AWS4, ID: "AKIDEXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Region: "us-east-1", Service: "service"}
}

// TestAWSExamples compares with the signatures of Amazon's public test suite for
// Signature Version 4 (those of its requests that this hub can make).
func TestAWSExamples(t *testing.T) {
	const unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	form := []render.Field{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}
	tests := []struct {
		name, method, target string
		header               []render.Field
		session, body, want  string
	}{
		{"get-vanilla", "GET", "/", nil, "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-relative-normalized", "GET", "/example/..", nil, "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-slash-dot-slash-normalized", "GET", "/./", nil, "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-slash-pointless-dot-normalized", "GET", "/./example", nil, "", "", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
		{"get-slashes-normalized", "GET", "//example//", nil, "", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
		{"get-unreserved", "GET", "/" + unreserved, nil, "", "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
		{"get-vanilla-empty-query-key", "GET", "/?Param1=value1", nil, "", "", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
		{"get-vanilla-query-order-encoded", "GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", nil, "", "", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
		{"get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", nil, "", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		{"get-vanilla-query-unreserved", "GET", "/?" + unreserved + "=" + unreserved, nil, "", "", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
		{"get-vanilla-utf8-query", "GET", "/?%E1%88%B4=bar", nil, "", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
		{"get-vanilla-with-session-token", "GET", "/", nil, "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267", "", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
		{"get-header-value-trim", "GET", "/", []render.Field{{Name: "My-Header1", Value: " value1"}, {Name: "My-Header2", Value: ` "a   b   c"`}}, "", "", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
		{"post-vanilla", "POST", "/", nil, "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		{"post-vanilla-query", "POST", "/?Param1=value1", nil, "", "", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
		{"post-header-key-sort", "POST", "/", []render.Field{{Name: "My-Header1", Value: "value1"}}, "", "", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
		{"post-header-value-case", "POST", "/", []render.Field{{Name: "My-Header1", Value: "VALUE1"}}, "", "", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
		{"post-x-www-form-urlencoded", "POST", "/", form, "", "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			next := &fakeNext{}
			access := exampleAccess()
			access.Session = test.session
			header := append([]render.Field{{Name: "User-Agent", Value: "x"}, {Name: "Authorization", Value: render.Pending}}, test.header...)
			r := &render.Request{
				Method: test.method, Scheme: "https", Host: "example.amazonaws.com", Target: test.target, Header: header,
				Body: []byte(test.body), HasBody: test.body != "", Access: access,
			}
			if _, err := authorize.New(authorize.Options{Next: next, Now: func() time.Time { return exampleTime }}).Send(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			sent := &next.got[0]
			_, got, _ := strings.Cut(field(sent, "Authorization"), "Signature=")
			if got != test.want {
				t.Errorf("got %s\nwant the signature %s", field(sent, "Authorization"), test.want)
			}
			if !strings.HasPrefix(field(sent, "Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=") {
				t.Errorf("got %s", field(sent, "Authorization"))
			}
			if field(sent, "X-Amz-Date") != "20150830T123600Z" || field(sent, "X-Amz-Security-Token") != test.session {
				t.Errorf("got %v", sent.Header)
			}
		})
	}
}

// TestAWSPaths: what is on the wire is encoded once more, but for S3.
func TestAWSPaths(t *testing.T) {
	next := &fakeNext{}
	layer := authorize.New(authorize.Options{Next: next, Now: func() time.Time { return exampleTime }})
	sign := func(service, target string) string {
		access := exampleAccess()
		access.Service = service
		r := &render.Request{Method: "PUT", Scheme: "https", Host: "h", Target: target, Access: access, HasBody: true}
		if _, err := layer.Send(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		return field(r, "Authorization")
	}
	if sign("service", "/a%20b") == sign("service", "/a%2520b") || sign("service", "/a//b") != sign("service", "/a/b") {
		t.Error("the path of an ordinary service is not normalized and encoded twice")
	}
	if sign("s3", "/a//b") == sign("s3", "/a/b") || sign("s3", "/a%2fb") == sign("s3", "/a%252fb") {
		t.Error("a key of S3 is not taken as it is")
	}
	if last := &next.got[len(next.got)-1]; field(last, "X-Amz-Content-Sha256") == "" || field(&next.got[0], "X-Amz-Content-Sha256") != "" {
		t.Error("S3 wants the hash of the body in a field of its own, other services do not")
	}
	if sign("s3tables", "/a%3Ab") == sign("s3tables", "/a:b") {
		t.Error("the path of S3 Tables is not encoded twice, as that of other services is")
	}
}

// TestAWSRefusesWhatCannotBeSigned: a rendered setting that is empty, or that
// would change the meaning of the header, is an error and no request.
func TestAWSRefusesWhatCannotBeSigned(t *testing.T) {
	for name, change := range map[string]func(*render.Access){
		"no id": func(a *render.Access) { a.ID = "" }, "no secret": func(a *render.Access) { a.Secret = "" }, "no region": func(a *render.Access) { a.Region = "" },
		"no service": func(a *render.Access) { a.Service = "" }, "a slash": func(a *render.Access) { a.Region = "eu/x" }, "a comma": func(a *render.Access) { a.ID = "A, Signature=" },
		"a token with a line":                 func(a *render.Access) { a.Session = "x\r\nX: y" },
		"a key that was pasted with its line": func(a *render.Access) { a.Secret += "\n" },
		"a line":                              func(a *render.Access) { a.Service = "sqs\r\nX: y" },
	} {
		next, access := &fakeNext{}, exampleAccess()
		change(access)
		_, err := authorize.New(authorize.Options{Next: next}).Send(t.Context(), &render.Request{Method: "GET", Scheme: "https", Host: "h", Target: "/", Access: access})
		if ce, ok := err.(*deliver.CallError); !ok || ce.Cause != deliver.Unsendable || len(next.got) > 0 || strings.Contains(ce.Text, "wJalr") {
			t.Errorf("%s: got %v, %d requests", name, err, len(next.got))
		}
	}
}
