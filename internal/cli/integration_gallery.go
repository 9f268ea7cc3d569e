package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/fieldhook/fieldhook/internal/gallery"
)

// integrationGallery lists the ready-made integrations.
type integrationGallery struct {
	Search string `arg:"" optional:"" help:"A word of its id, name, category or summary, or the whole id: then its parameters are shown too."`

	listing
	client
}

// Help is the long text of fieldhook integration gallery --help.
func (integrationGallery) Help() string {
	return `Lists ready-made integrations for well-known services. One that is named by its id is shown with its parameters and instructions:

  fieldhook integration gallery
  fieldhook integration gallery alerts
  fieldhook integration gallery thingspeak

Make an integration of one with fieldhook integration create --gallery ID.`
}

// Run lists entries, or shows one.
func (c *integrationGallery) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var answer struct {
		Categories []gallery.Category
		Entries    []reading[gallery.Entry]
	}
	if err := h.do(ctx, "GET", "/v1/gallery", nil, &answer); err != nil {
		return err
	}
	names := map[string]string{}
	for _, category := range answer.Categories {
		names[category.ID] = category.Name
	}
	var found []reading[gallery.Entry]
	for _, e := range answer.Entries {
		if e.value.ID == c.Search {
			return c.show(s, e)
		}
		if matches(&e.value, names[e.value.Category], c.Search) {
			found = append(found, e)
		}
	}
	if c.JSON {
		return printList(s.Out, found)
	}
	return printEntries(s, found, names)
}

// matches says whether an entry is meant by a search.
func matches(e *gallery.Entry, category, search string) bool {
	text := strings.ToLower(strings.Join([]string{e.ID, e.Name, category, e.Summary}, "\n"))
	return strings.Contains(text, strings.ToLower(search))
}

func printEntries(s Streams, found []reading[gallery.Entry], categories map[string]string) error {
	if len(found) == 0 {
		_, err := fmt.Fprintln(s.Out, "The gallery has nothing like that. Any web service can be called: fieldhook integration create EVENT URL")
		return err
	}
	rows := make([][]string, len(found))
	for i := range found {
		e := &found[i].value
		rows[i] = []string{e.ID, e.Name, categories[e.Category], e.Summary}
	}
	return table(s.Out, []string{"ID", "NAME", "CATEGORY", "SUMMARY"}, rows)
}

// show prints one entry.
func (c *integrationGallery) show(s Streams, e reading[gallery.Entry]) error {
	if c.JSON {
		return printJSON(s.Out, e.raw)
	}
	fmt.Fprintf(s.Out, "%s: %s\n\n", printable(e.value.Name), printable(e.value.Summary))
	rows := make([][]string, len(e.value.Params))
	for i, p := range e.value.Params {
		need := "optional"
		switch {
		case p.Required:
			need = "required"
		case p.Default != "":
			need = "default: " + p.Default
		}
		rows[i] = []string{p.Key, need, p.Label, p.Example}
	}
	if err := table(s.Out, []string{"PARAM", "", "LABEL", "EXAMPLE"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.Out, "\n%s\n", printableLines(e.value.Instructions))
	return err
}

// fromGallery gives the settings of an entry that is filled in with the flags.
func (c *integrationCreate) fromGallery(ctx context.Context) ([]field, error) {
	if c.File != "" {
		return nil, usage(errors.New("give --gallery or --file, not both"))
	}
	h, err := c.hub()
	if err != nil {
		return nil, err
	}
	var e gallery.Entry
	if err := h.do(ctx, "GET", "/v1/gallery/"+url.PathEscape(c.Gallery), nil, &e); err != nil {
		return nil, err
	}
	settings, err := gallery.Fill(&e, c.Param)
	if err != nil {
		return nil, usage(fmt.Errorf("--param: %w", err))
	}
	return fieldsOf(settings)
}
