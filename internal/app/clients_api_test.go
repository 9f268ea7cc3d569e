package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// apiCall is what api.cjs tells of a call.
type apiCall struct {
	Name    string
	OK      bool
	Missing bool // this version has no such call
	Status  int
	Detail  any
}

// refusedCalls are those that must fail, with their status and a part of the
// text that the client shows.
var refusedCalls = map[string]struct {
	status int
	text   string
}{
	"loginWithAWrongPassword": {400, "User credentials are invalid"},
	"badToken":                {401, "The access token provided is invalid."},
	"getUnknownDevice":        {404, "I didn't recognize that device name or ID"},
	"claimUnknownDevice":      {404, "device not found"},
	"getVariable":             {408, "timed out"},
	"getUnknownProduct":       {403, "Permission denied"},
}

// details are what calls must give.
var details = map[string]string{
	"login": "40", "getUserInfo": "admin", "createWebhook": "24", "listWebhooks": "true", "editIntegration": "temperature",
	"listIntegrations": "1", "listDevices": "[" + myDevice + "]", "getDevice": myDevice, "renameDevice": "attic", "setDeviceNotes": "north wall",
	"getClaimCode": "63", "getProduct": "Lamp", "addDeviceToProduct": "1", "listProductDevices": "1", "listProductWebhooks": "1",
	"createLedger": "settings", "getLedgerInstance": "map[serial:x-1]",
}

func TestParticleAPI(t *testing.T) {
	versions := []struct{ version, dir string }{{"11.1.7", "api11"}, {"12.0.3", "api12"}}
	var results [2][]apiCall
	for i, v := range versions {
		t.Run(v.version, func(t *testing.T) { results[i] = tryAPI(t, clientPath(t, v.dir, "particle-api-js")) })
		if results[i] == nil {
			return
		}
	}
	rows := []string{"| call | 11.1.7 | 12.0.3 |", "| --- | --- | --- |"}
	for i, c := range results[1] {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |", c.Name, verdict(results[0][i]), verdict(c)))
	}
	compareTable(t, "calls", rows)
}

func verdict(c apiCall) string {
	switch {
	case c.Missing:
		return "–"
	case c.OK:
		return "works"
	}
	return fmt.Sprintf("refused: %d", c.Status)
}

func tryAPI(t *testing.T, path string) []apiCall {
	w := newWorld(t, nil)
	w.device(myDevice)
	var made struct{ Product struct{ ID int64 } }
	w.call(adminToken, "POST", "/v1/user/products", map[string]any{"product": map[string]any{"name": "Lamp", "platform_id": 32}}, &made)
	cmd := exec.CommandContext(t.Context(), "node", clientsDir+"/api.cjs", path, w.hub.URL(), adminToken, "admin", "test-password",
		myDevice, fmt.Sprint(made.Product.ID), "acme")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var calls []apiCall
	for line := range bytes.Lines(out) {
		var c apiCall
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		checkCall(t, c)
		calls = append(calls, c)
	}
	return calls
}

func checkCall(t *testing.T, c apiCall) {
	t.Helper()
	if c.Missing {
		return
	}
	if want, ok := refusedCalls[c.Name]; ok {
		if text := fmt.Sprint(c.Detail); c.OK || c.Status != want.status || !strings.Contains(text, want.text) {
			t.Errorf("%s: %+v, want status %d with %q", c.Name, c, want.status, want.text)
		}
		return
	}
	want, exact := details[c.Name]
	if !c.OK || exact && fmt.Sprint(c.Detail) != want {
		t.Errorf("%s: %+v, want success with %q", c.Name, c, want)
	}
}

// A stream of the client goes on after it was cut off, without an event twice.
func TestParticleEventStream(t *testing.T) {
	for _, dir := range []string{"api11", "api12"} {
		t.Run(dir, func(t *testing.T) {
			w := newWorld(t, nil)
			cmd := exec.CommandContext(t.Context(), "node", clientsDir+"/stream.cjs", clientPath(t, dir, "particle-api-js"), w.hub.URL(), adminToken, "temp")
			cmd.Stderr = os.Stderr
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Wait()
			defer stdin.Close()
			lines := make(chan string, 16)
			go func() {
				for s := bufio.NewScanner(out); s.Scan(); {
					lines <- s.Text()
				}
				close(lines)
			}()
			w.follow(lines)
		})
	}
}

// follow publishes around an interruption and wants each event once.
func (w *world) follow(lines <-chan string) {
	w.t.Helper()
	var seen []string
	await := func(want string) {
		w.t.Helper()
		for {
			select {
			case line, ok := <-lines:
				if !ok {
					w.t.Fatalf("the client ended; it printed %q", seen)
				}
				if seen = append(seen, line); line == want {
					return
				}
			case <-time.After(time.Minute):
				w.t.Fatalf("%q did not come; the client printed %q", want, seen)
			}
		}
	}
	await("open")
	w.publish(adminToken, "temp/a", "1")
	await("event temp/a 1")
	p, err := w.hub.Identity.Authenticate(w.t.Context(), adminToken)
	if err != nil {
		w.t.Fatal(err)
	}
	w.hub.Log.Disconnect(p.Token)
	await("reconnected")
	w.publish(adminToken, "temp/b", "2")
	await("event temp/b 2")
	if want := []string{"open", "event temp/a 1", "reconnected", "event temp/b 2"}; !slices.Equal(seen, want) {
		w.t.Errorf("the client printed %q, want %q", seen, want)
	}
}
