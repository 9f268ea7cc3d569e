package demo_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/demo"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/template"
)

const (
	owner = "aaaaaaaaaaaaaaaaaaaaaaaa"
	base  = "http://127.0.0.1:8080"
)

func registry(t *testing.T) *integration.Registry {
	t.Helper()
	r, err := integration.NewRegistry(t.Context(), memory.New(), match.New(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func connect(t *testing.T, r *integration.Registry, base string) *integration.Integration {
	t.Helper()
	in, err := demo.Connect(t.Context(), r, owner, base)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(r.List(scope.Of(owner))); got != 1 {
		t.Fatalf("the sandbox has %d integrations, want 1", got)
	}
	return in
}

func TestRegisterTwice(t *testing.T) {
	devices := fleet.New(fleet.Options{Store: memory.New()})
	who := &scope.Principal{User: owner}
	small, big := demo.NewFleet(3, 1), demo.NewFleet(5, 2)
	first, err := demo.Register(t.Context(), devices, owner, small)
	if err != nil {
		t.Fatal(err)
	}
	renamed := small.Devices()[1].ID
	if got, want := first[renamed], small.Devices()[1].Name; got != want {
		t.Errorf("the device is called %q, want %q", got, want)
	}
	name := "kitchen"
	if _, err := devices.Update(t.Context(), who, renamed, fleet.Change{Name: &name}); err != nil {
		t.Fatal(err)
	}
	names, err := demo.Register(t.Context(), devices, owner, big)
	if err != nil {
		t.Fatal(err)
	}
	all, err := devices.List(t.Context(), who, 10, 0)
	if err != nil || len(all) != 5 || len(names) != 5 {
		t.Errorf("%d devices, %d names, error %v, want 5", len(all), len(names), err)
	}
	if names[renamed] != "kitchen" {
		t.Errorf("the renamed device is called %q", names[renamed])
	}
}

func TestRegisterSomebodyElsesDevice(t *testing.T) {
	devices := fleet.New(fleet.Options{Store: memory.New()})
	f := demo.NewFleet(1, 1)
	if _, err := devices.Register(t.Context(), "bbbbbbbbbbbbbbbbbbbbbbbb", f.Devices()[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	_, err := demo.Register(t.Context(), devices, owner, f)
	if err == nil || !strings.Contains(err.Error(), "register greenhouse") {
		t.Errorf("error %v", err)
	}
}

func TestConnectTwice(t *testing.T) {
	r := registry(t)
	first := connect(t, r, base)
	if again := connect(t, r, base); again != first {
		t.Errorf("the second start changed the integration: %s", again.Definition.JSON())
	}
	moved := connect(t, r, "http://127.0.0.1:9999")
	if got, want := moved.Definition.URL(), "http://127.0.0.1:9999/bin/demo"; moved.ID != first.ID || got != want {
		t.Errorf("after the hub moved the URL is %q, want %q", got, want)
	}
}

// TestConnectLeavesEdits because the demo is there to be played with.
func TestConnectLeavesEdits(t *testing.T) {
	for _, patch := range []string{
		`{"url":"https://example.com/in"}`, `{"disabled":true}`, `{"event":"door"}`, `{"url":"{{host}}/bin/demo"}`,
	} {
		r := registry(t)
		in := connect(t, r, base)
		edited, _, err := r.Update(t.Context(), in.Scope, in.ID, []byte(patch))
		if err != nil {
			t.Fatal(err)
		}
		if got := connect(t, r, base); got != edited {
			t.Errorf("%s: the next start made it %s", patch, got.Definition.JSON())
		}
	}
}

// TestRequest renders the integration for an event, as delivery does.
func TestRequest(t *testing.T) {
	def := connect(t, registry(t), base).Definition
	e := &event.Event{
		Seq: 42, At: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC).UnixMilli(),
		Name: "temp", Data: "21.5", Device: "facade000000000000000001", Owner: owner,
	}
	var vars template.Context
	vars.Reset(e)
	var renderer render.Renderer
	req, err := renderer.Request(def, &vars)
	if err != nil {
		t.Fatal(err)
	}
	const wantURL = base + "/bin/demo?body=%7B%22ok%22%3Atrue%2C%22celsius%22%3A%2221.5%22%7D"
	if req.Method != "POST" || req.URL() != wantURL {
		t.Errorf("got %s %s, want POST %s", req.Method, req.URL(), wantURL)
	}
	want := `{"celsius":"21.5","at":"2026-05-04T12:00:00.000Z","device":"facade000000000000000001","event":"` + e.ID() + `"}`
	if got := string(req.Body); got != want {
		t.Errorf("body %s\nwant %s", got, want)
	}
}
