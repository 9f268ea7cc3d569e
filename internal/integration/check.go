package integration

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// Bounds of what is told about one configuration.
const (
	maxPlaces   = 4096 // templates whose place is kept
	maxProblems = 100
)

// Note is something to tell people about a setting.
type Note struct {
	Field   string // as it is written, or "" for the whole
	Text    string // a full sentence
	Comment bool   // worth a thought, and most often meant so
}

// Texts are the sentences of notes, comments apart.
func Texts(notes []Note) (texts []string) {
	for _, n := range notes {
		if !n.Comment {
			texts = append(texts, n.Text)
		}
	}
	return texts
}

// Place is a template and where it stands in a configuration.
type Place struct {
	Field    string
	Template *template.Template
}

// Checked is what is to be told about a configuration.
type Checked struct {
	Definition *Definition // nil if there are problems
	Problems   []Note      // what it cannot be saved with
	Notes      []Note      // as the warnings of Parse
	Places     []Place     // its templates that hold tags
}

// Check is Parse for a configuration that is being written: it looks for all
// that is wrong at once. An error means that it is no configuration at all.
func Check(config []byte, kind scope.Kind) (Checked, error) {
	p, err := newParser(config, kind)
	if err != nil {
		return Checked{}, err
	}
	p.gather = true
	for _, step := range p.steps() {
		step()
		p.goOn()
	}
	c := Checked{Problems: p.problems}
	if len(p.problems) == 0 {
		p.finish()
		c.Definition, c.Places = p.d, p.places
	}
	c.Notes = p.notes
	return c, nil
}

// goOn lets a check that gathers everything go on behind a fault.
func (p *parser) goOn() {
	if p.gather && p.err != nil {
		p.problems = addProblem(p.problems, p.err)
		p.err = nil
	}
}

// addProblem adds a fault; there is one for each field at most.
func addProblem(all []Note, err error) []Note {
	f := fault.From(err)
	same := func(n Note) bool { return n.Field == f.Field }
	if len(all) >= maxProblems || slices.ContainsFunc(all, same) {
		return all
	}
	return append(all, Note{Field: f.Field, Text: f.Text})
}

// Draft checks settings that are not saved: a whole configuration or, with the
// id of an integration of the scope, a change of it. With a definition comes the
// integration that saving it would make; its id is "" for a new one. Errors:
// faults for what is no configuration, and for an unknown id.
func (r *Registry) Draft(ctx context.Context, sc scope.Scope, id string, settings []byte) (*Integration, Checked, error) {
	in, config, err := r.drafted(ctx, sc, id, settings)
	if err != nil {
		return nil, Checked{}, err
	}
	c, err := Check(config, sc.Kind)
	if err != nil || c.Definition == nil {
		return nil, c, err
	}
	if err := r.confined(ctx, sc, c.Definition.Products); err != nil {
		var f *fault.Error
		if !errors.As(err, &f) {
			return nil, c, err
		}
		c.Problems, c.Definition = addProblem(c.Problems, err), nil
		return nil, c, nil
	}
	in.Definition = c.Definition
	if r.twin(in) {
		c.Notes = append(c.Notes, Note{Field: "url", Text: twinText})
	}
	return in, c, nil
}

// drafted is the integration that a draft is of, without a definition, and its
// configuration.
func (r *Registry) drafted(ctx context.Context, sc scope.Scope, id string, settings []byte) (*Integration, []byte, error) {
	if id == "" {
		org, err := r.organizationOf(ctx, sc)
		now := r.now().UnixMilli()
		return &Integration{Scope: sc, Org: org, Created: now, Updated: now}, settings, err
	}
	old, err := r.Get(sc, id)
	if err != nil {
		return nil, nil, err
	}
	in := *old
	if len(settings) == 0 {
		return &in, old.Definition.JSON(), nil
	}
	config, err := Merge(old.Definition.JSON(), settings)
	return &in, config, err
}

// AnswersAll says whether the response events of an integration have names that
// hold no device's id, so that every device hears the answers to all others.
func (d *Definition) AnswersAll() bool {
	return d.ResponseTopic != nil && !d.ResponseTopic.Names("PARTICLE_DEVICE_ID", "SPARK_CORE_ID")
}

// settingAt is the setting that a field belongs to.
func settingAt(field string) string {
	if i := strings.IndexAny(field, ".["); i >= 0 {
		field = field[:i]
	}
	return settingOf(field)
}
