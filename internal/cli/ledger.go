package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
)

// ledgerRecord is a ledger's definition: in a document and on the wire.
type ledgerRecord struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Scope       string `json:"scope"`
	Direction   string `json:"direction,omitempty"` // "": devices never see it
}

var ledgerName = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// ledger reads the settings of a document.
func (d *document) ledger() (l ledgerRecord, err error) {
	j := json.NewDecoder(bytes.NewReader(d.Settings))
	j.DisallowUnknownFields()
	if err := j.Decode(&l); err != nil {
		return l, plainly(err)
	}
	l.Name = d.Name
	if l.Scope == "Organization" {
		l.Scope = "Owner" // a hub's word for it
	}
	return l, nil
}

// checkLedger checks a ledger (cloud API reference, section 10).
func (d *document) checkLedger() error {
	switch {
	case d.Env != "":
		return errors.New("env: only a secret has it")
	case d.Product != "":
		return errors.New("product: a ledger lives in a sandbox or an organization; settings.scope may be Product")
	case !ledgerName.MatchString(d.Name):
		return errors.New("name: a ledger's name has 1 to 32 lower-case letters, digits and dashes")
	case d.Settings == nil:
		return errors.New("settings: it is missing; it holds the scope of the ledger: Owner, Product or Device")
	}
	l, err := d.ledger()
	switch {
	case err != nil:
		return fmt.Errorf("settings: %w", err)
	case l.Scope != "Owner" && l.Scope != "Product" && l.Scope != "Device":
		return errors.New("settings: scope: it must be Owner, Product or Device")
	case l.Direction != "" && l.Direction != "Upstream" && l.Direction != "Downstream":
		return errors.New("settings: direction: it must be Upstream or Downstream, or be left out for a ledger that devices never see")
	}
	return nil
}

// changeLedger finds out what to do about a ledger. All that can change of one
// is its description.
func (p *planner) changeLedger(ctx context.Context, have *inventory, d *document) (change, error) {
	route := d.place().path("/ledgers")
	if err := p.readLedgers(ctx, have, route); err != nil {
		return change{}, err
	}
	wanted, err := d.ledger()
	if err != nil {
		return change{}, err
	}
	old, known := have.ledgers[d.Name]
	switch {
	case !known:
		return change{verb: verbCreate, diff: wanted.difference("", nil), do: p.request("POST", route, inLedger(wanted))}, nil
	case old == wanted:
		return change{verb: verbKeep}, nil
	case old.Scope != wanted.Scope:
		return change{}, fmt.Errorf("settings: scope: it is %s on the hub, and cannot be changed", old.Scope)
	case old.Direction != wanted.Direction:
		return change{}, fmt.Errorf("settings: direction: it is %q on the hub, and cannot be changed", old.Direction)
	}
	patch := inLedger(map[string]string{"description": wanted.Description})
	return change{verb: verbUpdate, diff: wanted.difference(d.Name, &old), do: p.request("PUT", route+"/"+url.PathEscape(d.Name), patch)}, nil
}

// inLedger wraps what the API takes about a ledger.
func inLedger(v any) map[string]any { return map[string]any{"ledger": v} }

// mostLedgers bounds what is read of a place.
const mostLedgers = 10_000

func (p *planner) readLedgers(ctx context.Context, have *inventory, route string) error {
	if have.ledgers != nil {
		return nil
	}
	all, err := pages[ledgerRecord](ctx, p.remote, route, url.Values{}, "ledgers", mostLedgers)
	if err != nil {
		return err
	}
	have.ledgers = map[string]ledgerRecord{}
	for _, l := range all {
		have.ledgers[l.value.Name] = l.value
	}
	return nil
}

func (l *ledgerRecord) difference(from string, old *ledgerRecord) string {
	return difference(from, l.Name, old.json(), l.json())
}

// json is nil for no ledger.
func (l *ledgerRecord) json() json.RawMessage {
	if l == nil {
		return nil
	}
	text, _ := json.Marshal(l) // texts always can
	return text
}
