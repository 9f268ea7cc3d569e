package tutorial

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Choice is how a session answers. The zero Choice is the usual answer: status
// 200 at once, with {"ok":true,"id":n}, where n is the id of the sensor's data
// in the request.
type Choice struct {
	Authorization string // the token that requests must carry from now on; "" = as before
	Status        int    // 200 to 599; 0 = 200
	Body          *string
	DelayMS       int // up to 25000
}

func (c *Choice) check() error {
	switch {
	case c.Status != 0 && (c.Status < 200 || c.Status > 599):
		return fault.Field("status", "Give a whole number from 200 to 599.")
	case c.DelayMS < 0 || c.DelayMS > maxDelay:
		return fault.Field("delay_ms", "Give a whole number from 0 to %d.", maxDelay)
	case c.Body != nil && len(*c.Body) > maxBody:
		return fault.Field("body", "It has at most %d bytes.", maxBody)
	case c.Authorization != "" && !isToken(c.token()):
		return fault.Field("authorization", "Give a token of 1 to 128 visible characters of ASCII.")
	}
	return nil
}

// token is the token that requests must carry. People also write what stands
// before it in the header.
func (c *Choice) token() string { return strings.TrimPrefix(c.Authorization, "Bearer ") }

func isToken(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return s != "" && len(s) <= 128
}

// answer is what a request gets.
type answer struct {
	status      int
	contentType string
	body        []byte
}

const (
	isJSON = "application/json"
	isText = "text/plain; charset=utf-8"
)

// answerTo is what a request with the given body gets.
func (c *Choice) answerTo(body []byte) answer {
	a := answer{status: c.Status, contentType: isJSON}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	switch {
	case a.status == http.StatusNoContent || a.status == http.StatusNotModified:
		a.contentType = ""
	case c.Body == nil:
		a.body = usual(body)
	default:
		a.body = []byte(*c.Body)
		if !json.Valid(a.body) {
			a.contentType = isText // never HTML: the demo shares its origin with the console
		}
	}
	return a
}

// maxID is how many bytes of an id are repeated.
const maxID = 64

// usual is the usual answer to a body.
func usual(body []byte) []byte {
	var in struct {
		Sensor struct {
			ID json.RawMessage `json:"id"`
		} `json:"sensor"`
	}
	_ = json.Unmarshal(body, &in) // what is not as expected has no id
	out := struct {
		OK bool            `json:"ok"`
		ID json.RawMessage `json:"id"`
	}{true, in.Sensor.ID}
	if len(in.Sensor.ID) > maxID {
		out.ID = nil
	}
	text, _ := json.Marshal(out)
	return text
}

// refusal is the answer to a request that the demo does not serve.
func refusal(status int, f *fault.Error) answer {
	text, _ := json.Marshal(map[string]any{
		"ok": false, "error": f.Code, "error_description": f.Text, "errors": []string{f.Text}, "info": f.Text,
	})
	return answer{status, isJSON, text}
}
