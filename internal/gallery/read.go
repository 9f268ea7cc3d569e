package gallery

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:embed items
var embedded embed.FS

// New reads the entries that the program carries.
func New() (*Gallery, error) {
	items, err := fs.Sub(embedded, "items")
	if err != nil {
		return nil, err
	}
	return Read(items)
}

// Read reads a folder of entries. Errors name the entry and what is wrong with
// it.
func Read(items fs.FS) (*Gallery, error) {
	folders, err := fs.ReadDir(items, ".")
	if err != nil {
		return nil, err
	}
	g := &Gallery{entries: make([]Entry, len(folders)), byID: make(map[string]*Entry, len(folders))}
	for i, folder := range folders {
		if err := g.entries[i].read(items, folder.Name()); err != nil {
			return nil, fmt.Errorf("gallery: %s: %w", folder.Name(), err)
		}
	}
	slices.SortFunc(g.entries, func(a, b Entry) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	for i := range g.entries {
		g.byID[g.entries[i].ID] = &g.entries[i]
	}
	return g, nil
}

// read reads the folder of one entry.
func (e *Entry) read(items fs.FS, id string) error {
	var instructions, firmware []byte
	for _, f := range []struct {
		name string
		to   *[]byte
	}{{"instructions.md", &instructions}, {"firmware.cpp", &firmware}, {"logo.svg", &e.logo}} {
		text, err := fs.ReadFile(items, id+"/"+f.name)
		if err != nil {
			return err
		}
		if *f.to = bytes.TrimSpace(text); len(*f.to) == 0 {
			return fmt.Errorf("%s is empty", f.name)
		}
	}
	e.Instructions, e.Firmware = string(instructions), string(firmware)
	if err := readJSON(items, id+"/manifest.json", &e.Manifest); err != nil {
		return err
	}
	if e.Hints == nil {
		e.Hints = map[string]string{}
	}
	if e.Links == nil {
		e.Links = []Link{}
	}
	var example Example
	if err := readJSON(items, id+"/event.json", &example); err != nil {
		return err
	}
	e.SampleEvent = example.Sample
	return e.check(id)
}

// Example is what an entry's event.json says: an event with the facts that its
// request is rendered from.
type Example struct {
	Sample
	Device      string                     `json:"device"`
	PublishedAt string                     `json:"published_at"`
	Owner       string                     `json:"owner,omitempty"` // the user who claimed the device
	Product     int64                      `json:"product,omitempty"`
	Version     int                        `json:"version,omitempty"` // of the product's firmware
	Ledgers     map[string]json.RawMessage `json:"ledgers,omitempty"`
}

// readJSON reads a file that holds nothing but what v knows.
func readJSON(items fs.FS, name string, v any) error {
	text, err := fs.ReadFile(items, name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err = d.Decode(v); err == nil && d.More() {
		err = errors.New("more than one value")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

var (
	validID  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	validKey = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
	place    = regexp.MustCompile(`<<([A-Z][A-Z0-9_]*)>>`)
)

// check says what is wrong with an entry.
func (e *Entry) check(id string) error {
	switch {
	case e.ID != id || !validID.MatchString(id):
		return fmt.Errorf("its id is %q; it must be the folder's name, of lower-case words and dashes", e.ID)
	case e.Name == "" || e.Summary == "" || e.SampleEvent.Name == "":
		return errors.New("it lacks a name, a summary or the name of its example event")
	case !slices.ContainsFunc(categories, func(c Category) bool { return c.ID == e.Category }):
		return fmt.Errorf("there is no category %q", e.Category)
	case e.Source != Documented && e.Source != Service:
		return fmt.Errorf("its source is %q; it must be %q or %q", e.Source, Documented, Service)
	}
	if err := e.checkParams(); err != nil {
		return err
	}
	return e.checkTemplate()
}

// checkParams compares parameters with the places in the template.
func (e *Entry) checkParams() error {
	left := map[string]bool{}
	for _, m := range place.FindAllSubmatch(e.Template, -1) {
		left[string(m[1])] = true
	}
	for i := range e.Params {
		p := &e.Params[i]
		switch {
		case !validKey.MatchString(p.Key) || !left[p.Key]:
			return fmt.Errorf("the parameter %q is given twice, or has no place in the template", p.Key)
		case p.Label == "" || p.Example == "":
			return fmt.Errorf("the parameter %s lacks a label or an example", p.Key)
		case p.Required && p.Default != "":
			return fmt.Errorf("the parameter %s has a default, so it is not required", p.Key)
		}
		delete(left, p.Key)
	}
	for key := range left {
		return fmt.Errorf("the template has a place <<%s>>, but there is no such parameter", key)
	}
	return nil
}

// checkTemplate checks the members of the template that the manifest names.
// Whether they make sense is for the parser of integrations to say.
func (e *Entry) checkTemplate() error {
	var settings map[string]json.RawMessage
	if err := json.Unmarshal(e.Template, &settings); err != nil {
		return fmt.Errorf("template: %w", err)
	}
	if kind, _ := json.Marshal(e.IntegrationType); string(settings["integration_type"]) != string(kind) {
		return errors.New("the template has another integration_type than the manifest")
	}
	for _, name := range e.Editable {
		if settings[name] == nil {
			return fmt.Errorf("editable: the template has no %q", name)
		}
	}
	for name := range e.Hints {
		if settings[name] == nil {
			return fmt.Errorf("hints: the template has no %q", name)
		}
	}
	return nil
}
