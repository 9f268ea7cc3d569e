package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
)

// What becomes of an object.
const (
	verbCreate = "create"
	verbUpdate = "update"
	verbDelete = "delete"
	verbKeep   = "unchanged"
	verbFailed = "failed"
)

// change is what has to be done about one object.
type change struct {
	verb string
	what string // the object, for people
	diff string // unified, for updates and new objects
	do   func(context.Context) (warnings []string, err error)
	told []string // warnings that the hub need not repeat
}

// changes are a plan, in the order in which it is carried out.
type changes []change

// inventory is what a place holds.
type inventory struct {
	integrations []reading[integrationRecord]
	secrets      map[string]bool         // nil = not asked for yet
	ledgers      map[string]ledgerRecord // nil = not asked for yet
	named        map[string]bool         // ids of integrations that a document names
}

// planner compares documents with a hub. It asks for each place once.
type planner struct {
	*remote
	setSecrets bool
	prune      bool
	places     map[place]*inventory
}

// plan finds out what to do: secrets and ledgers first, because integrations
// use them; what is pruned last. Errors name file and document.
func (p *planner) plan(ctx context.Context, docs []*document) (all changes, err error) {
	for _, kind := range []string{kindSecret, kindLedger, kindIntegration} {
		for _, d := range docs {
			if d.Kind != kind {
				continue
			}
			ch, err := p.change(ctx, d)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.source, err)
			}
			all = append(all, ch)
		}
	}
	if p.prune {
		all = append(all, p.pruned(docs)...)
	}
	return all, nil
}

func (p *planner) change(ctx context.Context, d *document) (change, error) {
	have, err := p.inventory(ctx, d.place())
	if err != nil {
		return change{}, err
	}
	var ch change
	switch d.Kind {
	case kindSecret:
		ch, err = p.changeSecret(ctx, have, d)
	case kindLedger:
		ch, err = p.changeLedger(ctx, have, d)
	default:
		ch, err = p.changeIntegration(have, d)
	}
	ch.what, ch.told = d.String(), d.warnings
	return located(ch, d.source), err
}

// located makes a refusal name the document.
func located(ch change, at source) change {
	do := ch.do
	if do == nil {
		return ch
	}
	ch.do = func(ctx context.Context) ([]string, error) {
		warnings, err := do(ctx)
		if err != nil {
			err = fmt.Errorf("%s: %w", at, err)
		}
		return warnings, err
	}
	return ch
}

// request is a change that is one request, whose answer may hold warnings.
func (p *planner) request(method, route string, body any) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		var answer struct{ Warnings []string }
		err := p.do(ctx, method, route, body, &answer)
		return answer.Warnings, err
	}
}

func (p *planner) inventory(ctx context.Context, at place) (*inventory, error) {
	have, ok := p.places[at]
	if !ok {
		all, err := p.integrations(ctx, at)
		if err != nil {
			return nil, err
		}
		have = &inventory{integrations: all, named: map[string]bool{}}
		p.places[at] = have
	}
	return have, nil
}

func (p *planner) changeSecret(ctx context.Context, have *inventory, d *document) (change, error) {
	route := d.place().path("/secrets")
	if have.secrets == nil {
		var answer struct{ Secrets []struct{ Name string } }
		if err := p.do(ctx, "GET", route, nil, &answer); err != nil {
			return change{}, err
		}
		have.secrets = map[string]bool{}
		for _, s := range answer.Secrets {
			have.secrets[s.Name] = true
		}
	}
	ch := change{verb: verbCreate, do: func(ctx context.Context) ([]string, error) {
		return nil, p.putSecret(ctx, d.place(), d.Name, os.Getenv(d.Env))
	}}
	switch {
	case have.secrets[d.Name] && !p.setSecrets:
		ch = change{verb: verbKeep}
	case have.secrets[d.Name]:
		ch.verb = verbUpdate
	}
	return ch, nil
}

func (p *planner) changeIntegration(have *inventory, d *document) (change, error) {
	route := d.place().path("/integrations")
	old, err := have.find(d.Name)
	if err != nil {
		return change{}, err
	}
	if old == nil {
		return change{
			verb: verbCreate, diff: difference("", d.Name, nil, d.Settings),
			do: p.request("POST", route, d.Settings),
		}, nil
	}
	have.named[old.value.ID] = true
	was, err := storedSettings(old.raw, d.place())
	if err != nil {
		return change{}, err
	}
	if bytes.Equal(was, d.Settings) {
		return change{verb: verbKeep}, nil
	}
	patch, err := patchTo(was, d.Settings)
	if err != nil {
		return change{}, err
	}
	return change{
		verb: verbUpdate, diff: difference(d.Name, d.Name, was, d.Settings),
		do: p.request("PUT", route+"/"+url.PathEscape(old.value.ID), patch),
	}, nil
}

// find gives the integration of a name, nil if there is none.
func (i *inventory) find(name string) (found *reading[integrationRecord], err error) {
	for n := range i.integrations {
		in := &i.integrations[n]
		if in.value.Name != name {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("two integrations are called %s there (%s and %s); rename or delete one", name, found.value.ID, in.value.ID)
		}
		found = in
	}
	return found, nil
}

// storedSettings gives the settings of a record in the spelling of documents. A
// record that this version does not understand stays as it is: it differs.
func storedSettings(raw json.RawMessage, at place) (json.RawMessage, error) {
	settings, _, err := settingsOf(raw)
	if err != nil {
		return nil, err
	}
	if in, err := checkSettings(settings, at.kind()); err == nil {
		return in.settings, nil
	}
	return normalJSON(settings)
}

// pruned deletes what no document names.
func (p *planner) pruned(docs []*document) (all changes) {
	done := map[place]bool{}
	for _, d := range docs {
		at := d.place()
		if done[at] {
			continue
		}
		done[at] = true
		for _, in := range p.places[at].integrations {
			if p.places[at].named[in.value.ID] {
				continue
			}
			route := at.path("/integrations/" + url.PathEscape(in.value.ID))
			all = append(all, change{
				verb: verbDelete, what: in.value.describe(at),
				do: p.request("DELETE", route, nil),
			})
		}
	}
	return all
}

// describe names an integration that may have no name.
func (r *integrationRecord) describe(at place) string {
	name := r.Name
	if name == "" {
		name = r.Event + " to " + r.target()
	}
	return fmt.Sprintf("%s %s, id %s (%s)", kindIntegration, name, r.ID, at)
}

// carryOut does what the plan says and tells it line by line. A refusal does
// not keep it from the rest; all refusals come at the end.
func (all changes) carryOut(ctx context.Context, s Streams) error {
	var refusals []error
	var done changes
	for _, ch := range all {
		if ctx.Err() != nil {
			return errors.Join(append(refusals, ctx.Err())...)
		}
		verb := ch.verb
		if ch.do != nil {
			warnings, err := ch.do(ctx)
			warn(s, slices.DeleteFunc(warnings, func(w string) bool { return slices.Contains(ch.told, w) }))
			if err != nil {
				refusals = append(refusals, err)
				verb = verbFailed
			}
		}
		if verb != verbFailed {
			done = append(done, ch)
		}
		if _, err := fmt.Fprintf(s.Out, "%-9s  %s\n", verb, printable(ch.what)); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(s.Out, done.count("")); err != nil {
		return err
	}
	return errors.Join(refusals...)
}

// differ says whether anything is to be done.
func (all changes) differ() bool {
	for _, ch := range all {
		if ch.verb != verbKeep {
			return true
		}
	}
	return false
}

// count sums the changes up; would goes before the words about changes.
func (all changes) count(would string) string {
	n := map[string]int{}
	for _, ch := range all {
		n[ch.verb]++
	}
	text := fmt.Sprintf("%d %screated, %d %supdated, %d unchanged", n[verbCreate], would, n[verbUpdate], would, n[verbKeep])
	if n[verbDelete] > 0 {
		text += fmt.Sprintf(", %d %sdeleted", n[verbDelete], would)
	}
	return text
}
