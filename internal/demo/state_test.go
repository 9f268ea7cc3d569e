package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStateKeepsTheFirstDay because a later start must mark the same days.
func TestStateKeepsTheFirstDay(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "demo")
	evening := time.Date(2026, 2, 28, 23, 30, 0, 0, time.FixedZone("west", -3*3600)) // March in UTC
	first, err := OpenState(folder, evening)
	if want := (State{SampleUntil: "2026-03-01"}); err != nil || first != want {
		t.Fatalf("got %+v, %v, want %+v", first, err, want)
	}
	first.Seeded = true
	if err := first.Save(folder); err != nil {
		t.Fatal(err)
	}
	if again, err := OpenState(folder, evening.AddDate(0, 1, 0)); err != nil || again != first {
		t.Errorf("a month later: %+v, %v, want %+v", again, err, first)
	}
}

func TestDamagedState(t *testing.T) {
	for _, text := range []string{"", "{}", `{"sample_until":"yesterday","seeded":true}`} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, stateFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenState(folder, noon); err == nil || !strings.Contains(err.Error(), stateFile+" is damaged") {
			t.Errorf("%q: error %v", text, err)
		}
	}
}
