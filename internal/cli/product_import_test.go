package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeFleet takes devices as the API does: new ones are added, known ones are
// there already, and ids that are too short are refused.
type fakeFleet struct {
	known    map[string]bool
	parts    []int
	busy     int    // requests to refuse first
	received func() // called after each part that is taken
}

func (f *fakeFleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.busy > 0 {
		f.busy--
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	file, header, err := r.FormFile("file")
	if err != nil || header.Filename != "file" || r.URL.Path != "/v1/products/greenhouse/devices" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	text, _ := io.ReadAll(file)
	ids := strings.Fields(string(text))
	f.parts = append(f.parts, len(ids))
	var p struct {
		Updated  []string `json:"updatedDeviceIds"`
		Existing []string `json:"existingDeviceIds"`
		Invalid  []string `json:"invalidDeviceIds"`
	}
	for _, id := range ids {
		switch {
		case len(id) != 24:
			p.Invalid = append(p.Invalid, id)
		case f.known[id]:
			p.Existing = append(p.Existing, id)
		default:
			f.known[id] = true
			p.Updated = append(p.Updated, id)
		}
	}
	_ = json.NewEncoder(w).Encode(p)
	if f.received != nil {
		f.received()
	}
}

func deviceIDs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%024x,\r\n\n", i)
	}
	return b.String()
}

func newImporter(t *testing.T, f *fakeFleet) (*importer, *[]time.Duration) {
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	var pauses []time.Duration
	return &importer{
		remote: newRemote(server.URL, "token"), route: "/v1/products/greenhouse/devices",
		wait: func(_ context.Context, d time.Duration) error { pauses = append(pauses, d); return nil },
	}, &pauses
}

func TestImportInParts(t *testing.T) {
	f := &fakeFleet{known: map[string]bool{}, busy: 2}
	i, pauses := newImporter(t, f)
	if err := i.run(t.Context(), strings.NewReader("\ufeff"+deviceIDs(2500)+"WAT\n")); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.parts, []int{1000, 1000, 501}) || i.total.added != 2500 || !slices.Equal(i.total.invalid, []string{"WAT"}) {
		t.Errorf("parts %v, total %+v", f.parts, i.total)
	}
	if !slices.Equal(*pauses, []time.Duration{3 * time.Second, 3 * time.Second}) {
		t.Errorf("pauses %v, want two as long as the hub said", *pauses)
	}
}

// TestImportCanBeInterruptedAndRepeated stops behind the first part; the second
// time only the rest is added.
func TestImportCanBeInterruptedAndRepeated(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	f := &fakeFleet{known: map[string]bool{}}
	i, _ := newImporter(t, f)
	f.received = stop // Ctrl-C while the first part is on its way
	text := deviceIDs(3000)
	if err := i.run(ctx, strings.NewReader(text)); !errors.Is(err, context.Canceled) || i.total.added != 1000 {
		t.Fatalf("error %v, total %+v, want an interruption behind 1000", err, i.total)
	}
	f.received, f.busy = nil, 0
	again := &importer{remote: i.remote, route: i.route, wait: wait}
	if err := again.run(t.Context(), strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if again.total.added != 2000 || again.total.existing != 1000 {
		t.Errorf("total %+v, want 2000 added and 1000 there", again.total)
	}
}

func TestImportGivesUp(t *testing.T) {
	f := &fakeFleet{known: map[string]bool{}, busy: 1000}
	i, pauses := newImporter(t, f)
	err := i.run(t.Context(), strings.NewReader(deviceIDs(1)))
	if !refused(err, http.StatusServiceUnavailable) || len(*pauses) != importRetries-1 {
		t.Errorf("error %v after %d pauses", err, len(*pauses))
	}
}

func TestExitCodes(t *testing.T) {
	tests := []struct {
		err  error
		code int
		says string
	}{
		{nil, 0, ""},
		{errors.New("no luck"), 1, "fieldhook: no luck\n"},
		{usage(errors.New("what?")), 2, "fieldhook: what?\n"},
		{&exit{code: exitDifferent}, 3, ""},
		{fmt.Errorf("send: %w", context.Canceled), 130, "fieldhook: interrupted\n"},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		if code := ended(Streams{Err: &b}, tt.err); code != tt.code || b.String() != tt.says {
			t.Errorf("%v: code %d, %q, want %d, %q", tt.err, code, b.String(), tt.code, tt.says)
		}
	}
}
