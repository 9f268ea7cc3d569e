package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// client is a running hub as a command sees it.
type client struct {
	Server string `env:"FIELDHOOK_SERVER" default:"http://127.0.0.1:8080" placeholder:"URL" help:"The hub's address. Default: ${default}."`
	Token  string `env:"FIELDHOOK_TOKEN" required:"" placeholder:"TOKEN" help:"Your token: the hub printed one at its first start."`
}

// do calls the hub and decodes the answer into out, unless that is nil. A
// refusal becomes an error with the hub's own words.
func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.Server, "/")+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("--server: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("the hub at %s does not answer: %w", c.Server, errors.Unwrap(err))
	}
	defer res.Body.Close()
	return decode(res, out)
}

func decode(res *http.Response, out any) error {
	raw, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		var said struct {
			Text string `json:"error_description"`
		}
		if json.Unmarshal(raw, &said) != nil || said.Text == "" {
			said.Text = res.Status
		}
		return errors.New("the hub says: " + said.Text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}
