package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// value is one document of a file as JSON, and where it begins.
type value struct {
	json json.RawMessage
	line int // from 1
}

// readDocuments reads a text of one JSON value or of one or many YAML
// documents; empty documents are left out. The order of members and the digits
// of numbers stay as they are written.
func readDocuments(text []byte) (all []value, err error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if json.Valid(text) {
		return []value{{text, 1}}, nil
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		root := n.Content[0] // a decoded document has one
		if root.Tag == "!!null" {
			continue
		}
		j, err := appendNode(nil, root, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, value{j, root.Line})
	}
}

// maxNesting bounds the depth of a document.
const maxNesting = 100

// appendNode appends YAML as JSON. What JSON cannot say is refused, and so are
// aliases: a few lines of them can stand for gigabytes.
func appendNode(dst []byte, n *yaml.Node, depth int) ([]byte, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("line %d: it is nested too deeply", n.Line)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return appendMapping(append(dst, '{'), n, depth)
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, item := range n.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendNode(dst, item, depth+1); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case yaml.ScalarNode:
		return appendScalar(dst, n)
	}
	return nil, fmt.Errorf("line %d: anchors and aliases are not supported", n.Line)
}

func appendMapping(dst []byte, n *yaml.Node, depth int) ([]byte, error) {
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			return nil, fmt.Errorf("line %d: a key must be a plain text", key.Line)
		}
		if seen[key.Value] {
			return nil, fmt.Errorf("line %d: %q is there twice", key.Line, key.Value)
		}
		seen[key.Value] = true
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, key.Value), ':')
		var err error
		if dst, err = appendNode(dst, n.Content[i+1], depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// appendScalar appends a scalar: numbers keep their digits where JSON can
// write them, dates are texts.
func appendScalar(dst []byte, n *yaml.Node) ([]byte, error) {
	switch n.Tag {
	case "!!null":
		return append(dst, "null"...), nil
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return fmt.Append(dst, b), err
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return append(dst, n.Value...), nil
		}
		var number any
		if err := n.Decode(&number); err != nil {
			return nil, err
		}
		text, err := json.Marshal(number)
		if err != nil {
			return nil, fmt.Errorf("line %d: %s is no number in JSON; put it into quotes", n.Line, n.Value)
		}
		return append(dst, text...), nil
	case "!!binary":
		return nil, fmt.Errorf("line %d: binary values are not supported; write the text", n.Line)
	}
	return jsontext.AppendString(dst, n.Value), nil
}
