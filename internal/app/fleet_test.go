package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
)

// fleetHub is a hub on SQLite with one product.
type fleetHub struct {
	t   testing.TB
	hub *app.Hub
}

func newFleetHub(t testing.TB) *fleetHub {
	hub, err := app.New(context.Background(), app.Options{Settings: app.Settings{
		Listen: "127.0.0.1:0", AdminToken: adminToken, AdminPassword: "test-password", Store: "sqlite:" + filepath.Join(t.TempDir(), "hub.db"),
		CallTimeout: 20 * time.Second, MaxCalls: 1024, StopTimeout: 10 * time.Second, StoreCache: 16, SecretKeyFile: filepath.Join(t.TempDir(), "key"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, hub)
	h := &fleetHub{t, hub}
	h.do("POST", "/v1/products", "application/json", strings.NewReader(`{"name":"fleet","platform_id":13}`), nil)
	return h
}

func (h *fleetHub) do(method, path, kind string, body io.Reader, out any) {
	h.t.Helper()
	r, err := http.NewRequest(method, h.hub.URL()+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+adminToken)
	r.Header.Set("Content-Type", kind)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		h.t.Fatalf("%s %s: %d %.300s, %v", method, path, res.StatusCode, raw, err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			h.t.Fatal(err)
		}
	}
}

type importedDevices struct {
	Updated  int
	Existing []string `json:"existingDeviceIds"`
}

// fleetID spreads ids as those of real devices are.
func fleetID(n int) string { return fmt.Sprintf("%08x%016x", uint32(n)*2654435761, n) }

// imports sends one file with devices.
func (h *fleetHub) imports(ctx context.Context, from, to int) (out importedDevices) {
	h.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, _ := w.CreateFormFile("file", "file")
	for n := from; n < to; n++ {
		fmt.Fprintln(part, fleetID(n))
	}
	_ = w.Close()
	r, err := http.NewRequestWithContext(ctx, "POST", h.hub.URL()+"/v1/products/fleet-v1/devices", &b)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+adminToken)
	r.Header.Set("Content-Type", w.FormDataContentType())
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return out
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil && ctx.Err() == nil {
		h.t.Error(err)
	}
	return out
}

func (h *fleetHub) devices() int {
	h.t.Helper()
	var got struct {
		Product struct {
			Count int `json:"device_count"`
		}
	}
	h.do("GET", "/v1/products/fleet-v1", "application/json", nil, &got)
	return got.Product.Count
}

// An import that is interrupted is repeated: what was added is no error, and
// nothing is lost or doubled.
func TestInterruptedImport(t *testing.T) {
	const devices = 20_000
	h := newFleetHub(t)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() { defer close(gone); h.imports(ctx, 0, devices) }()
	for h.devices() == 0 { // each look waits for the hub
	}
	cancel()
	<-gone
	was := h.devices()
	got := h.imports(t.Context(), 0, devices)
	t.Logf("interrupted at %d of %d devices; the hub may have gone on for a moment", was, devices)
	if got.Updated+len(got.Existing) != devices || len(got.Existing) < was || h.devices() != devices {
		t.Errorf("repeated at %d devices: %d updated, %d existing, %d in all, want %d", was, got.Updated, len(got.Existing), h.devices(), devices)
	}
}

// BenchmarkFleet imports 100,000 devices by file and then lists pages of them,
// with the slowest of a hundred of each kind as p99-ms.
func BenchmarkFleet(b *testing.B) {
	const devices, chunk = 100_000, 10_000
	h := newFleetHub(b)
	began := time.Now()
	for n := 0; n < devices; n += chunk {
		if got := h.imports(b.Context(), n, n+chunk); got.Updated != chunk {
			b.Fatalf("added %d, want %d", got.Updated, chunk)
		}
	}
	took := time.Since(began)
	began = time.Now()
	if got := h.imports(b.Context(), 0, devices); len(got.Existing) != devices {
		b.Fatalf("%d devices are known when the whole file is sent again", len(got.Existing))
	}
	again := time.Since(began)
	for n := range 100 {
		h.do("PUT", "/v1/products/fleet-v1/devices/"+fleetID(n*997), "application/json",
			strings.NewReader(fmt.Sprintf(`{"name":"device %d","groups":["g"],"firmware_version":%d}`, n, 1+n%7)), nil)
	}
	b.Run("import", func(b *testing.B) {
		b.ReportMetric(took.Seconds(), "s")
		b.ReportMetric(again.Seconds(), "s-again")
	})
	for _, list := range []struct{ name, query string }{
		{"first", "page=1"},
		{"any", "page=%d"},
		{"any-of-500", "per_page=500&page=%d"},
		{"last", "page=4000"},
		{"by-name", "sortAttr=deviceName&sortDir=desc&page=%d"},
		{"by-last-heard", "sortAttr=lastConnection&sortDir=desc&page=%d"},
		{"name", "deviceName=device+9"},
		{"id", "deviceId=00009"},
		{"group", "groups=g&page=1"},
		{"not-quarantined", "quarantined=false&page=%d"},
	} {
		b.Run(list.name, func(b *testing.B) { h.listPages(b, list.query) })
	}
}

func (h *fleetHub) listPages(b *testing.B, query string) {
	var times []time.Duration
	for n := 0; b.Loop(); n++ {
		path := "/v1/products/fleet-v1/devices?" + query
		if strings.Contains(query, "%d") {
			pages := 4000
			if strings.Contains(query, "per_page=500") {
				pages = 200
			}
			path = fmt.Sprintf(path, 1+n*37%pages)
		}
		began := time.Now()
		h.do("GET", path, "application/json", nil, nil)
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}
