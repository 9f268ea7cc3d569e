package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// fakeLedgers has one document for every name, with the number of the look-up
// in it.
type fakeLedgers struct {
	mu    sync.Mutex
	asked []string // scope, device and names of each look-up
	err   error
}

func (f *fakeLedgers) Resolve(sc scope.Scope, e *event.Event, names, into []string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, sc.ID+" "+e.Device+" "+strings.Join(names, ","))
	for range names {
		into = append(into, fmt.Sprintf(`{"n":%d}`, len(f.asked)))
	}
	return into, f.err
}

func TestLedgersAreLookedUpForEachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledgers := &fakeLedgers{}
		var bodies []string
		h := newHub(t, deliver.Options{Ledgers: ledgers, Sender: senderFunc(func(ctx context.Context, r *render.Request) (deliver.Answer, error) {
			bodies = append(bodies, string(r.Body))
			return ok(ctx, r)
		})})
		h.add("a", `{"event":"e","url":"https://h.example.com/","noDefaults":true,"body":"{{LEDGER.x.n}}{{LEDGER.y-1.n}} {{{PARTICLE_EVENT_VALUE}}}"}`)
		h.publish("a", "https://h.example.com:443", "one")
		synctest.Wait()
		h.publish("a", "https://h.example.com:443", "two")
		synctest.Wait()
		if got, want := strings.Join(bodies, ";"), "11 one;22 two"; got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
		if want := "u d x,y-1"; strings.Join(ledgers.asked, ";") != want+";"+want {
			t.Errorf("asked %q", ledgers.asked)
		}
	})
}

// TestNoLedgersAreLookedUpInVain counts the look-ups of an integration that names
// no ledger.
func TestNoLedgersAreLookedUpInVain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledgers := &fakeLedgers{}
		h := newHub(t, deliver.Options{Ledgers: ledgers, Sender: senderFunc(ok)})
		h.add("a", config("https://h.example.com/"))
		h.publish("a", "https://h.example.com:443", numbers(10)...)
		synctest.Wait()
		if got := h.outcomes(); got != "map[success:10]" || len(ledgers.asked) != 0 {
			t.Errorf("%s with %d look-ups", got, len(ledgers.asked))
		}
	})
}

func TestLedgersThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, deliver.Options{Ledgers: &fakeLedgers{err: errors.New("the ledgers cannot be read")}, Sender: senderFunc(ok)})
		h.add("a", `{"event":"e","url":"https://h.example.com/","body":"{{LEDGER.x.n}}"}`)
		h.publish("a", "https://h.example.com:443", "one")
		synctest.Wait()
		if len(h.results) != 1 || h.results[0].Attempt.Called || h.results[0].Attempt.Text != "invalid request: the ledgers cannot be read" {
			t.Errorf("results %+v", h.results)
		}
	})
}
