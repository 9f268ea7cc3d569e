package reference

import (
	"html/template"
	"slices"
	"strings"
)

// page is what the template shows.
type page struct {
	Title, Summary string
	Intro          template.HTML
	Sections       []*section
	Errors         []field
	Style          template.CSS
	Script         template.JS
}

// section holds the routes of a tag.
type section struct {
	ID, Name string
	Intro    template.HTML
	Entries  []*entry
}

// entry is a route in all scopes that it has.
type entry struct {
	ID, Method, Summary string
	Paths               []string
	Needs               string // a right, or who gets in
	Right               bool   // Needs is a right
	Text                template.HTML
	Parameters          []field
	Bodies              []string // media types of the request
	Fields              []field  // of the request's body
	Answers             []answer
	Curl                string
}

// answer is what comes back.
type answer struct {
	Status, Media string
	Text          template.HTML
	Fields        []field
	Example       string
}

// methods are the members of a path that are routes; HEAD goes without saying.
var methods = []string{"get", "post", "put", "patch", "delete"}

// reader makes a page of a description.
type reader struct {
	root *node
	base string // of the hub, for examples
	prose
}

func (r *reader) page() *page {
	p := &page{Title: r.root.str("info", "title"), Summary: r.root.str("info", "summary")}
	for _, tag := range r.root.get("tags").each() {
		name := tag.str("name")
		p.Sections = append(p.Sections, &section{ID: slug(name), Name: name})
	}
	kept := r.entries(p)
	r.links = map[string]string{}
	for _, e := range kept {
		r.links[e.entry.Summary] = e.entry.ID
	}
	p.Intro = r.html(r.root.str("info", "description"))
	for i, tag := range r.root.get("tags").each() {
		p.Sections[i].Intro = r.html(tag.str("description"))
	}
	for _, e := range kept {
		r.fill(e)
	}
	p.Errors = r.fields(r.root.get("components", "schemas", "Failure"), "", 0)
	p.Sections = slices.DeleteFunc(p.Sections, func(s *section) bool { return len(s.Entries) == 0 })
	return p
}

// found is an entry with its place in the description: the first of its routes.
type found struct {
	*entry
	path      string
	item      *node
	operation *node
}

// entries finds the routes. Those of one method with the same summary, such as
// in several scopes, are one entry.
func (r *reader) entries(p *page) (all []*found) {
	known, ids := map[string]*found{}, map[string]bool{}
	for _, path := range r.root.get("paths").members {
		for _, method := range methods {
			operation := path.value.get(method)
			if operation == nil {
				continue
			}
			tag, summary := operation.get("tags").first(), operation.str("summary")
			needs, right := needsOf(operation)
			key := method + "\n" + summary + "\n" + needs
			if old := known[key]; old != nil {
				old.Paths = append(old.Paths, path.name)
				continue
			}
			id := slug(tag + " " + summary)
			if ids[id] {
				id += "-" + method
			}
			ids[id] = true
			e := &entry{ID: id, Method: strings.ToUpper(method), Summary: summary, Paths: []string{path.name}, Needs: needs, Right: right}
			known[key] = &found{e, path.name, path.value, operation}
			all = append(all, known[key])
			for _, s := range p.Sections {
				if s.Name == tag {
					s.Entries = append(s.Entries, e)
				}
			}
		}
	}
	return all
}

// needsOf tells what a route takes (see the top of openapi.yaml).
func needsOf(operation *node) (needs string, right bool) {
	switch {
	case operation.get("x-open") != nil:
		return "open to all", false
	case operation.get("x-admin") != nil:
		return "administrators of the hub", false
	case operation.get("x-self") != nil:
		return "any token but a device's own", false
	case operation.get("x-device") != nil:
		return "any token, also a device's own", false
	}
	return operation.str("x-action"), true
}

// fill reads the rest of an entry.
func (r *reader) fill(e *found) {
	e.Text = r.html(e.operation.str("description"))
	for _, list := range []*node{e.item.get("parameters"), e.operation.get("parameters")} {
		for _, p := range list.each() {
			p, _ = p.follow(r.root)
			f := r.field(p.str("name"), p.get("schema"), 0)
			f.In, f.Required, f.Text = p.str("in"), p.str("required") == "true", r.inline(p.str("description"))
			e.Parameters = append(e.Parameters, f)
		}
	}
	for i, media := range e.operation.get("requestBody", "content").pairs() {
		e.Bodies = append(e.Bodies, media.name)
		if i == 0 {
			e.Fields = r.fields(media.value.get("schema"), "", 0)
		}
	}
	for _, m := range e.operation.get("responses").pairs() {
		if m.name != "default" {
			e.Answers = append(e.Answers, r.answers(m.name, m.value)...)
		}
	}
	e.Curl = r.curl(e)
}

// answers gives one answer for each media type, and one for none.
func (r *reader) answers(status string, response *node) (all []answer) {
	response, _ = response.follow(r.root)
	text := r.inline(response.str("description"))
	for i, media := range response.get("content").pairs() {
		a := answer{Status: status, Media: media.name, Text: text}
		if i == 0 {
			a.Fields = r.fields(media.value.get("schema"), "", 0)
		} else {
			a.Text = ""
		}
		if example := media.value.get("example"); example != nil {
			a.Example = string(example.appendJSON(nil, "\n"))
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		all = append(all, answer{Status: status, Text: text})
	}
	return all
}

// slug makes an id for links: letters and digits, joined by dashes.
func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
	return strings.Join(words, "-")
}
