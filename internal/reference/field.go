package reference

import (
	"html/template"
	"slices"
	"strings"
)

// field is a parameter, or a member of a body.
type field struct {
	Name, In, Type string
	Required       bool
	Depth          int
	Text           template.HTML
	Default        string
}

// maxDepth is how deep members inside members are shown.
const maxDepth = 3

// fields gives the members of a schema, those of members behind them. prefix is
// put before the names at the top.
func (r *reader) fields(schema *node, prefix string, depth int) (all []field) {
	schema, _ = schema.follow(r.root)
	if items := schema.get("items"); items != nil {
		return r.fields(items, prefix, depth)
	}
	var required []string
	for _, name := range schema.get("required").each() {
		required = append(required, name.text)
	}
	for _, m := range schema.get("properties").pairs() {
		f := r.field(prefix+m.name, m.value, depth)
		f.Required = slices.Contains(required, m.name)
		all = append(all, f)
		if depth < maxDepth {
			all = append(all, r.fields(m.value, "", depth+1)...)
		}
	}
	return all
}

func (r *reader) field(name string, schema *node, depth int) field {
	target, _ := schema.follow(r.root)
	f := field{Name: name, Type: r.typeOf(schema), Depth: depth, Text: r.inline(schema.str("description"))}
	if f.Text == "" && !strings.Contains(target.str("description"), "\n\n") {
		f.Text = r.inline(target.str("description"))
	} else if f.Text == "" {
		f.Text = r.html(target.str("description"))
	}
	if value := target.get("default"); value != nil {
		f.Default = string(value.appendJSON(nil, ""))
	}
	return f
}

// typeOf says in words what a schema allows.
func (r *reader) typeOf(schema *node) string {
	schema, _ = schema.follow(r.root)
	if c := schema.get("const"); c != nil {
		return string(c.appendJSON(nil, ""))
	}
	if list := schema.get("enum").each(); list != nil {
		words := make([]string, len(list))
		for i := range list {
			words[i] = list[i].text
		}
		return strings.Join(words, " | ")
	}
	types := []string{schema.str("type")}
	if list := schema.get("type").each(); list != nil {
		types = types[:0]
		for _, t := range list {
			types = append(types, t.text)
		}
	}
	for i, t := range types {
		switch {
		case t == "":
			types[i] = "anything"
		case t == "array":
			types[i] = "list of " + r.typeOf(schema.get("items"))
		case t == "string" && schema.str("format") != "":
			types[i] = map[string]string{"date-time": "time", "uri": "URL", "uuid": "UUID"}[schema.str("format")]
			if types[i] == "" {
				types[i] = schema.str("format")
			}
		}
	}
	return strings.Join(types, " or ") + rangeOf(schema)
}

func rangeOf(schema *node) string {
	low, high := schema.str("minimum"), schema.str("maximum")
	switch {
	case low != "" && high != "":
		return ", " + low + " to " + high
	case low != "":
		return ", " + low + " or more"
	case schema.str("maxLength") != "":
		return ", at most " + schema.str("maxLength") + " characters"
	}
	return ""
}

// pairs gives the members of a mapping, none for anything else.
func (n *node) pairs() []member {
	if n == nil {
		return nil
	}
	return n.members
}

// first is the text of the first item; "" if there is none.
func (n *node) first() string {
	if list := n.each(); len(list) > 0 {
		return list[0].text
	}
	return ""
}
