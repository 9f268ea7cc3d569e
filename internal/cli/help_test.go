package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// leaves gives the words of every command that does something.
func leaves(t *testing.T) (all [][]string) {
	t.Helper()
	parser, err := kong.New(new(commands), kong.ExplicitGroups(groups))
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range parser.Model.Leaves(true) {
		all = append(all, strings.Fields(node.Path()))
	}
	return all
}

// TestHelpTeaches: the help of every command has a text and, for those that use
// a running hub, an example that can be copied.
func TestHelpTeaches(t *testing.T) {
	own := map[string]bool{"serve": true, "demo": true, "version": true} // they need no example
	for _, words := range leaves(t) {
		name := strings.Join(words, " ")
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if code := Main(t.Context(), append(words, "--help"), Streams{Out: &out, Err: &out}); code != 0 {
				t.Fatalf("exit code %d\n%s", code, &out)
			}
			if !own[name] && !strings.Contains(out.String(), " fieldhook "+name+" ") && !strings.Contains(out.String(), " fieldhook "+name+"\n") && name != "completion" {
				t.Errorf("no example in\n%s", &out)
			}
		})
	}
}

// TestExamplesParse reads every example of the help as a command line.
func TestExamplesParse(t *testing.T) {
	for _, words := range leaves(t) {
		var out bytes.Buffer
		Main(t.Context(), append(words, "--help"), Streams{Out: &out, Err: &out})
		for line := range strings.Lines(out.String()) {
			example, ok := strings.CutPrefix(line, "    fieldhook ")
			if !ok || strings.Contains(example, "\\") { // goes on in the next line
				continue
			}
			example, _, _ = strings.Cut(example, " #")
			for _, end := range []string{" | ", " < ", " > "} {
				example, _, _ = strings.Cut(example, end)
			}
			parser, err := kong.New(new(commands), kong.ExplicitGroups(groups))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(strings.Fields(example)); err != nil && !strings.Contains(example, `"`) {
				t.Errorf("%s: %v", example, err)
			}
		}
	}
}
