// Package gallery is the catalogue of ready-made integrations: what a user
// picks from instead of writing settings.
//
// An entry is data alone, a folder below items/ (docs/gallery.md says what is
// in it), so that adding one takes no code. Its template is a configuration of
// an integration with places such as <<API_KEY>>; Fill puts a user's values into
// them. Reading checks an entry's form. Whether it works is said by the tests,
// which put every entry's example through the real parser and renderer and
// compare the request.
//
// A Gallery is immutable and safe for concurrent use.
package gallery

import (
	"encoding/json"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Category is a group of entries.
type Category struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// categories are all there are, in the order in which they are shown.
var categories = []Category{
	{"general", "General"},
	{"data", "Data and dashboards"},
	{"cloud", "Cloud platforms"},
	{"iot", "Device platforms"},
	{"notifications", "Messages and alerts"},
	{"automation", "Automation"},
	{"location", "Location and weather"},
}

// Where the settings of an entry come from.
const (
	Documented = "documented" // published for clouds of devices, and followed here
	Service    = "service"    // made from the service's own description of its interface
)

// Param is a value that a user gives.
type Param struct {
	Key      string `json:"key"`   // its place in the template is <<KEY>>
	Label    string `json:"label"` // as the service calls it
	Help     string `json:"help,omitempty"`
	Secret   bool   `json:"secret"` // may be the reference to a secret, such as {{{API_KEY}}}
	Required bool   `json:"required"`
	Default  string `json:"default,omitempty"` // what stands there when nothing is given
	Example  string `json:"example"`
}

// Link is a page about the service.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// Manifest is what an entry's manifest.json says.
type Manifest struct {
	ID              string            `json:"id"`
	Name            string            `json:"name"`
	Category        string            `json:"category"`
	Summary         string            `json:"summary"`
	Source          string            `json:"source"` // Documented or Service
	IntegrationType string            `json:"integration_type"`
	Params          []Param           `json:"params"`
	Template        json.RawMessage   `json:"template"`
	Editable        []string          `json:"editable"` // settings that a user will want to change
	Hints           map[string]string `json:"hints"`    // a sentence about a setting
	Links           []Link            `json:"links"`
}

// Sample is an event to try an entry with.
type Sample struct {
	Name string `json:"name"`
	Data string `json:"data"`
}

// Entry is an integration to be filled in.
type Entry struct {
	Manifest
	Instructions string `json:"instructions"` // Markdown
	Firmware     string `json:"firmware"`     // a Device OS program
	SampleEvent  Sample `json:"sample_event"`

	logo []byte
}

// Logo is the entry's picture, an SVG document. The caller must not change it.
func (e *Entry) Logo() []byte { return e.logo }

// Gallery is the catalogue.
type Gallery struct {
	entries []Entry
	byID    map[string]*Entry
}

// Entries are all entries, by name. The caller must not change them.
func (g *Gallery) Entries() []Entry { return g.entries }

// Categories are the groups of entries in the order in which they are shown.
func (g *Gallery) Categories() []Category { return categories }

// Entry gives the entry of an id. Errors: a fault NotFound.
func (g *Gallery) Entry(id string) (*Entry, error) {
	if e, ok := g.byID[id]; ok {
		return e, nil
	}
	return nil, fault.New(fault.NotFound, "The gallery has no such entry.")
}
