package reference

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// node is a value of the description: what YAML says, with aliases and merged
// keys written out, in the order of the file.
type node struct {
	kind    yaml.Kind // MappingNode, SequenceNode or ScalarNode
	members []member  // of a mapping
	items   []*node   // of a sequence
	text    string    // of a scalar
	json    string    // of a scalar: how JSON writes it
}

type member struct {
	name  string
	value *node
}

// maxNodes bounds what a file may grow to when its aliases are written out.
const maxNodes = 1 << 20

// parse reads a description. Errors: malformed YAML, keys that are no texts,
// and aliases that grow beyond measure.
func parse(text string) (*node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, fmt.Errorf("the description is empty")
	}
	left := maxNodes
	return build(document.Content[0], &left)
}

func build(y *yaml.Node, left *int) (*node, error) {
	if *left--; *left < 0 {
		return nil, fmt.Errorf("the description has more than %d values", maxNodes)
	}
	switch y.Kind {
	case yaml.AliasNode:
		return build(y.Alias, left)
	case yaml.MappingNode:
		return buildMapping(y, left)
	case yaml.SequenceNode:
		n := &node{kind: y.Kind}
		for _, item := range y.Content {
			v, err := build(item, left)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, v)
		}
		return n, nil
	}
	return buildScalar(y)
}

func buildMapping(y *yaml.Node, left *int) (*node, error) {
	n := &node{kind: yaml.MappingNode}
	own := map[string]bool{} // these win over merged ones
	for i := 0; i+1 < len(y.Content); i += 2 {
		value, err := build(y.Content[i+1], left)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", y.Content[i].Value, err)
		}
		if y.Content[i].Tag != "!!merge" {
			own[y.Content[i].Value] = true
			n.set(y.Content[i].Value, value)
			continue
		}
		for _, m := range value.members {
			if !own[m.name] {
				n.set(m.name, m.value)
			}
		}
	}
	return n, nil
}

// set keeps the place of a member that is there already.
func (n *node) set(name string, value *node) {
	for i := range n.members {
		if n.members[i].name == name {
			n.members[i].value = value
			return
		}
	}
	n.members = append(n.members, member{name, value})
}

func buildScalar(y *yaml.Node) (*node, error) {
	var v any
	if err := y.Decode(&v); err != nil {
		return nil, err
	}
	n := &node{kind: yaml.ScalarNode, text: y.Value}
	if text, ok := v.(string); ok {
		n.text, n.json = text, string(jsontext.AppendString(nil, text))
		return n, nil
	}
	raw, err := json.Marshal(v)
	n.json = string(raw)
	return n, err
}

// get gives a value below n by the names of its members; nil if it is not
// there. A nil node has nothing below it.
func (n *node) get(names ...string) *node {
	for _, name := range names {
		n = n.child(name)
	}
	return n
}

func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// str is the text of a scalar below n; "" if it is not there.
func (n *node) str(names ...string) string {
	if n = n.get(names...); n == nil {
		return ""
	}
	return n.text
}

// each gives the items of a sequence, none for anything else.
func (n *node) each() []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// follow gives what a reference inside the document names, or the node itself
// if it is none. name is the last part of the reference.
func (n *node) follow(root *node) (target *node, name string) {
	ref := n.str("$ref")
	if ref == "" {
		return n, ""
	}
	parts := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	return root.get(parts...), parts[len(parts)-1]
}

// appendJSON appends n as JSON. indent is put before each line but the first;
// "" writes it all on one line.
func (n *node) appendJSON(dst []byte, indent string) []byte {
	switch n.kind {
	case yaml.MappingNode:
		return n.appendList(dst, indent, '{', '}', len(n.members), func(dst []byte, i int, inner string) []byte {
			dst = append(jsontext.AppendString(dst, n.members[i].name), ':')
			if indent != "" {
				dst = append(dst, ' ')
			}
			return n.members[i].value.appendJSON(dst, inner)
		})
	case yaml.SequenceNode:
		return n.appendList(dst, indent, '[', ']', len(n.items), func(dst []byte, i int, inner string) []byte {
			return n.items[i].appendJSON(dst, inner)
		})
	}
	return append(dst, n.json...)
}

func (n *node) appendList(dst []byte, indent string, first, last byte, count int, item func([]byte, int, string) []byte) []byte {
	dst = append(dst, first)
	inner := indent
	if indent != "" {
		inner += "  "
	}
	for i := range count {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item(append(dst, inner...), i, inner)
	}
	if count > 0 {
		dst = append(dst, indent...)
	}
	return append(dst, last)
}
