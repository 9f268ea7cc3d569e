package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// integrationCreate makes one integration.
type integrationCreate struct {
	Event string `arg:"" optional:"" help:"The beginning of the names of the events that trigger it."`
	URL   string `arg:"" optional:"" help:"Where the requests go; it may hold templates."`

	File          string            `short:"f" placeholder:"FILE" help:"Take the settings from this JSON or YAML file; - is standard input. Flags win over the file."`
	Gallery       string            `placeholder:"ID" help:"Take the settings from this entry of the gallery; fieldhook integration gallery lists them. Flags win over it."`
	Param         map[string]string `mapsep:"none" placeholder:"KEY=VALUE" help:"A parameter of the gallery's entry. Can be repeated."`
	Name          string            `placeholder:"NAME" help:"A name for the integration."`
	Method        string            `placeholder:"METHOD" help:"GET, POST, PUT or DELETE. The hub's default: POST."`
	Header        map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"A header of the requests. Can be repeated."`
	Query         map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"A parameter of the URL. Can be repeated."`
	Form          map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"A field of a form body. Can be repeated."`
	Body          string            `placeholder:"TEXT" help:"A custom body."`
	JSONBody      string            `name:"json-body" placeholder:"JSON" help:"A JSON body."`
	ResponseTopic string            `placeholder:"NAME" help:"The name of the response events."`
	NoDefaults    bool              `help:"Leave the usual members event, data, coreid and published_at out."`
	Disabled      bool              `help:"Make it, but do not let it work yet."`
	Set           map[string]string `mapsep:"none" placeholder:"SETTING=VALUE" help:"Any other setting; the value is JSON, or text if it is none. Can be repeated."`

	place
	listing
	client
}

// Help is the long text of fieldhook integration create --help.
func (integrationCreate) Help() string {
	return `From flags:

  fieldhook integration create temp https://lab.example.org/log \
    --name temp-to-lab --json-body '{"celsius":"{{{PARTICLE_EVENT_VALUE}}}"}' --no-defaults

From a file such as particle-cli takes, or from standard input:

  fieldhook integration create -f hook.json --product greenhouse
  fieldhook integration get temp-to-lab | fieldhook integration create -f - --name copy

From the gallery, with a key that is kept as a secret:

  fieldhook integration create --gallery thingspeak --param API_KEY='{{{THINGSPEAK_KEY}}}'

Other users of the machine can read flags: keep keys in a file, or better in fieldhook secret.`
}

// Run makes the integration and prints its id.
func (c *integrationCreate) Run(ctx context.Context, s Streams) error {
	var given []field
	if c.Gallery != "" {
		var err error
		if given, err = c.fromGallery(ctx); err != nil {
			return err
		}
	}
	settings, err := c.settings(s, given)
	if err != nil {
		return usage(err)
	}
	h, err := c.hub()
	if err != nil {
		return err
	}
	var made reading[struct {
		ID       string
		Warnings []string
	}]
	if err := h.do(ctx, "POST", c.path("/integrations"), settings, &made); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, made.raw)
	}
	warn(s, made.value.Warnings)
	_, err = fmt.Fprintf(s.Out, "Created %s.\n", made.value.ID)
	return err
}

// warn shows the hub's warnings about settings.
func warn(s Streams, warnings []string) {
	for _, text := range warnings {
		fmt.Fprintln(s.Err, "warning:", printable(text))
	}
}

// settings puts file, or what the gallery has given, and flags together.
func (c *integrationCreate) settings(s Streams, given []field) (json.RawMessage, error) {
	all := given
	if len(c.Param) > 0 && c.Gallery == "" {
		return nil, errors.New("--param goes with --gallery")
	}
	if c.File != "" {
		raw, err := c.readFile(s)
		if err != nil {
			return nil, err
		}
		if all, err = fieldsOf(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
	}
	set := func(name string, value json.RawMessage) {
		for i := range all {
			if all[i].name == name {
				all[i].value = value
				return
			}
		}
		all = append(all, field{name, value})
	}
	if err := c.flags(set); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("name an event and a URL, a file with the settings: --file FILE, or an entry of the gallery: --gallery ID")
	}
	return objectJSON(all), nil
}

// readFile reads the one integration of the file.
func (c *integrationCreate) readFile(s Streams) (json.RawMessage, error) {
	text, err := readText(s, c.File)
	if err != nil {
		return nil, err
	}
	values, err := readDocuments(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	if len(values) != 1 {
		return nil, fmt.Errorf("%s holds %d documents; one integration is made of one (fieldhook apply and import take many)", c.File, len(values))
	}
	settings, _, err := settingsOf(values[0].json)
	return settings, err
}

// flags sets what flags and arguments say.
func (c *integrationCreate) flags(set func(string, json.RawMessage)) error {
	for _, f := range []struct{ name, value string }{
		{"event", c.Event}, {"url", c.URL}, {"name", c.Name}, {"requestType", strings.ToUpper(c.Method)},
		{"body", c.Body}, {"responseTopic", c.ResponseTopic},
	} {
		if f.value != "" {
			set(f.name, jsontext.AppendString(nil, f.value))
		}
	}
	for _, f := range []struct {
		name  string
		value map[string]string
	}{{"headers", c.Header}, {"query", c.Query}, {"form", c.Form}} {
		if f.value != nil {
			text, err := json.Marshal(f.value)
			if err != nil {
				return err
			}
			set(f.name, text)
		}
	}
	return c.otherFlags(set)
}

func (c *integrationCreate) otherFlags(set func(string, json.RawMessage)) error {
	if c.JSONBody != "" {
		if !json.Valid([]byte(c.JSONBody)) {
			return errors.New("--json-body: it is not JSON; template tags belong inside of strings")
		}
		set("json", json.RawMessage(c.JSONBody))
	}
	if c.NoDefaults {
		set("noDefaults", json.RawMessage("true"))
	}
	if c.Disabled {
		set("disabled", json.RawMessage("true"))
	}
	for name, text := range c.Set {
		value := json.RawMessage(text)
		if !json.Valid(value) {
			value = jsontext.AppendString(nil, text)
		}
		set(name, value)
	}
	return nil
}
