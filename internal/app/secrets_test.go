package app_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/postgres/pgtest"
)

// notes collects a log.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// TestSecretsAppearNowhere uses secrets wherever an integration can, has the
// target repeat and refuse them, and looks through all that the hub says and
// keeps.
func TestSecretsAppearNowhere(t *testing.T) {
	onEveryStore(t, secretsAppearNowhere)
}

// onEveryStore runs a test that looks through what a hub keeps: change makes a
// hub use the store, kept gives all that is in it ("" = nothing lasts).
func onEveryStore(t *testing.T, test func(t *testing.T, change func(*app.Options), kept func() string)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		test(t, func(*app.Options) {}, func() string { return "" })
	})
	t.Run("SQLite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "hub.db")
		test(t, keptIn("sqlite:"+path), func() string {
			file, _ := os.ReadFile(path)
			wal, err := os.ReadFile(path + "-wal")
			if err != nil {
				t.Fatal(err)
			}
			return string(file) + string(wal)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		dsn := pgtest.New(t)
		t.Chdir(t.TempDir()) // for the file with the key
		test(t, keptIn(dsn), func() string { return pgtest.Dump(t, dsn) })
	})
}

// keptIn makes a hub use a store that lasts.
func keptIn(store string) func(*app.Options) {
	return func(o *app.Options) { o.Store, o.Settings.Store = nil, store }
}

func secretsAppearNowhere(t *testing.T, change func(*app.Options), kept func() string) {
	const apiKey, signing = "hunter2/hunter2+&", "signing-key-of-32-bytes-0123456789"
	log := &notes{}
	w := newWorldOf(t, func(o *app.Options) {
		change(o)
		o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	w.web.answer = func(rw http.ResponseWriter, r *http.Request) { // it repeats them wherever an answer has room
		key := r.Header.Get("X-Key")
		body := fmt.Sprintf("no access for %s with %s at %s", key, r.Header.Get("Authorization"), r.RequestURI)
		conn, _, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 401 no %s\r\nX-Echo: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", key, key, len(body), body)
	}
	w.call(adminToken, "PUT", "/v1/secrets/API_KEY", map[string]any{"value": apiKey}, nil)
	w.call(adminToken, "PUT", "/v1/secrets/SIGNING", map[string]any{"value": signing}, nil)
	id := w.integrate(map[string]any{
		"event": "temp", "url": "http://web.example.com/{{{API_KEY}}}", "noDefaults": true, "body": "key {{{API_KEY}}}",
		"headers": map[string]string{"X-Key": "{{{API_KEY}}}"}, "query": map[string]string{"key": "{{{API_KEY}}} x"}, "secrets": []string{"API_KEY", "SIGNING"},
		"signature": map[string]any{"keys": []string{"{{{SIGNING}}}"}}, "auth": map[string]string{"user": "u", "pass": "{{{API_KEY}}}"}, "retry": "failed",
	})
	events := w.stream("/v1/devices/events")
	w.publish(adminToken, "temp", "1")
	w.past(id, 1)
	var said strings.Builder
	for range 3 {
		e := next(t, events)
		said.WriteString(e.Name + e.Data + "\n")
	}
	if got := w.web.requests(); got[0].Body != "key "+apiKey || !strings.HasPrefix(got[0].Header.Get("Webhook-Signature"), "v1,") {
		t.Fatalf("the target got %+v", got[0])
	}
	for _, path := range []string{
		"/v1/integrations/" + id, "/v1/integrations/" + id + "/logs", "/v1/integrations/" + id + "/logs?format=csv",
		"/v1/integrations/" + id + "/logs?format=ndjson", "/v1/integrations/" + id + "/dead-letters", "/v1/integrations/" + id + "/replays",
		"/v1/integrations/" + id + "/counters", "/v1/usage", "/v1/secrets", "/v1/hosts", "/v1/webhooks", "/health",
	} {
		said.WriteString(w.text(path))
	}
	var report any
	w.call(adminToken, "POST", "/v1/integrations/"+id+"/test", map[string]any{"data": "1"}, &report)
	store := kept()
	fmt.Fprint(&said, report, log.String(), store)
	if mask := "[[SENSITIVE]]"; store != "" && !strings.Contains(store, mask) && !strings.Contains(store, hex.EncodeToString([]byte(mask))) {
		t.Error("what is kept holds no recorded request; the test looks at the wrong thing")
	}
	if !strings.Contains(said.String(), "[[SENSITIVE]]") {
		t.Error("nothing is masked")
	}
	for _, secret := range []string{
		apiKey, signing, "hunter2", hex.EncodeToString([]byte("hunter2")), hex.EncodeToString([]byte(signing)),
		url.QueryEscape(apiKey), "hunter2%2F", base64.StdEncoding.EncodeToString([]byte(apiKey)), base64.StdEncoding.EncodeToString([]byte("u:" + apiKey)),
	} {
		if i := strings.Index(said.String(), secret); i >= 0 {
			t.Errorf("the hub says …%.200s", said.String()[max(0, i-100):])
		}
	}
}

// text gets a path as the administrator.
func (w *world) text(path string) string {
	w.t.Helper()
	req, _ := http.NewRequestWithContext(w.t.Context(), "GET", w.hub.URL()+path, nil)
	req.Header.Set("Authorization", "Bearer "+adminToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return string(raw)
}

// TestUndefinedSecretIsAnError: the delivery fails and says which one.
func TestUndefinedSecretIsAnError(t *testing.T) {
	w := newWorld(t, nil)
	id := w.integrate(map[string]any{"event": "temp", "url": "http://web.example.com/", "secrets": []string{"NONE"}})
	w.publish(adminToken, "temp", "1")
	v := w.past(id, 1)
	if len(v.Logs) != 1 || v.Logs[0].Error != "invalid request: secret NONE is not defined" {
		t.Errorf("logs %+v", v.Logs)
	}
}

func TestSecretKeyFile(t *testing.T) {
	dir := t.TempDir()
	log := &notes{}
	open := func(change func(*app.Settings)) error {
		s := app.Settings{
			Listen: "127.0.0.1:0", Store: "sqlite:" + filepath.Join(dir, "hub.db"), StoreCache: 16, AdminToken: adminToken,
			AdminPassword: "test-password", CallTimeout: 20 * time.Second, MaxCalls: 64, StopTimeout: time.Second,
		}
		change(&s)
		hub, err := app.New(t.Context(), app.Options{Settings: s, Log: slog.New(slog.NewTextHandler(log, nil))})
		if err == nil {
			hub.Close()
		}
		return err
	}
	if err := open(func(*app.Settings) {}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "secret.key")
	made, err := os.ReadFile(path)
	if err != nil || len(strings.TrimSpace(string(made))) != 64 || !strings.Contains(log.String(), "back it up") {
		t.Fatalf("file %q, error %v, log %s", made, err, log)
	}
	if strings.Contains(log.String(), strings.TrimSpace(string(made))) {
		t.Error("the log holds the key")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
	if err := open(func(*app.Settings) {}); err != nil {
		t.Error(err)
	}
	if again, _ := os.ReadFile(path); !bytes.Equal(again, made) {
		t.Error("the second start changed the key")
	}
	if err := open(func(s *app.Settings) { s.SecretKey = "short-key" }); err == nil || strings.Contains(err.Error(), "short-key") {
		t.Errorf("a bad key: %v", err)
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(func(*app.Settings) {}); err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged file: %v", err)
	}
}

// A key that is not where it was is no reason to make another one while there
// are secrets that it sealed.
func TestSecretKeyIsNotReplacedInSilence(t *testing.T) {
	dir := t.TempDir()
	settings := app.Settings{
		Listen: "127.0.0.1:0", Store: "sqlite:" + filepath.Join(dir, "hub.db"), StoreCache: 16, AdminToken: adminToken,
		AdminPassword: "test-password", CallTimeout: 20 * time.Second, MaxCalls: 64, StopTimeout: time.Second,
	}
	hub, err := app.New(t.Context(), app.Options{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	if err := hub.Secrets.Put(t.Context(), scope.Of("a"), "KEY", "hunter2"); err != nil {
		t.Fatal(err)
	}
	hub.Close()
	settings.SecretKeyFile = filepath.Join(dir, "mistyped.key")
	if _, err = app.New(t.Context(), app.Options{Settings: settings}); err == nil || !strings.Contains(err.Error(), "--secret-key-file") {
		t.Fatalf("a start without the key: %v", err)
	}
	if _, err := os.Stat(settings.SecretKeyFile); err == nil {
		t.Error("a key was made")
	}
	settings.SecretKey = strings.Repeat("0f", 32)
	if hub, err = app.New(t.Context(), app.Options{Settings: settings}); err != nil {
		t.Fatalf("with a new key on purpose: %v", err)
	}
	hub.Close()
}

func TestNoSecretInTheHost(t *testing.T) {
	w := newWorld(t, nil)
	w.call(adminToken, "PUT", "/v1/secrets/KEY", map[string]any{"value": "AbC123SecretXyz"}, nil)
	w.call(adminToken, "PUT", "/v1/secrets/TENANT", map[string]any{"value": "acme"}, nil)
	within := w.integrate(map[string]any{"event": "a", "url": "http://{{{KEY}}}.example.com/", "noDefaults": true, "body": "x", "secrets": []string{"KEY"}})
	w.publish(adminToken, "a", "1")
	if v := w.past(within, 1); v.Logs[0].Error != "invalid request: url: a secret may not be part of the host" {
		t.Errorf("a secret in the host: %+v", v.Logs)
	}
	beside := w.integrate(map[string]any{
		"event": "b", "url": "http://acme.example.com/", "noDefaults": true, "body": "x", "secrets": []string{"TENANT"},
		"auth": map[string]string{"username": "{{{TENANT}}}", "password": "p"},
	})
	w.publish(adminToken, "b", "1")
	if v := w.past(beside, 1); v.Logs[0].Error != "" {
		t.Errorf("a host that happens to hold a secret's text: %+v", v.Logs)
	}
	if hosts := w.text("/v1/hosts"); strings.Contains(strings.ToLower(hosts), "abc123") {
		t.Errorf("hosts %s", hosts)
	}
}
