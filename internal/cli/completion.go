package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCmd prints a script for a shell. The scripts ask the program
// itself what can follow, so that they never age.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is the long text of fieldhook completion --help.
func (completionCmd) Help() string {
	return `Tab then completes commands, flags and their values:

  source <(fieldhook completion bash)                      # in ~/.bashrc
  source <(fieldhook completion zsh)                       # in ~/.zshrc, after compinit
  fieldhook completion fish > ~/.config/fish/completions/fieldhook.fish`
}

// Run prints the script.
func (c *completionCmd) Run(s Streams) error {
	_, err := fmt.Fprint(s.Out, scripts[c.Shell])
	return err
}

// ask is the hidden argument with which the scripts ask what can follow: the
// words of the line up to the cursor come behind it, the last one unfinished
// and possibly empty. The answer is one candidate per line, with a tab and its
// help; none means that a file may follow.
const ask = "__complete"

var scripts = map[string]string{
	"bash": `_fieldhook() {
    local IFS=$'\n' line
    COMPREPLY=()
    for line in $("${COMP_WORDS[0]}" ` + ask + ` "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
        COMPREPLY+=("${line%%$'\t'*}")
    done
}
complete -o default -F _fieldhook fieldhook
`,
	"zsh": `_fieldhook() {
    local -a found
    local line
    for line in "${(@f)$("${words[1]}" ` + ask + ` "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    if (( $#found )); then
        _describe fieldhook found
    else
        _files
    fi
}
compdef _fieldhook fieldhook
`,
	"fish": `function __fieldhook_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] ` + ask + ` $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c fieldhook -f -a '(__fieldhook_complete)'
`,
}

// completing says whether a script asks.
func completing(args []string) bool { return len(args) > 0 && args[0] == ask }

// complete answers a script.
func complete(model *kong.Application, words []string, s Streams) int {
	for _, c := range candidates(model, words) {
		fmt.Fprintf(s.Out, "%s\t%s\n", c.word, c.help)
	}
	return 0
}

// candidate is a word that can come next.
type candidate struct{ word, help string }

// candidates gives what the last of the words can become.
func candidates(model *kong.Application, words []string) (all []candidate) {
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	node, open, arguments := walk(model.Node, words[:len(words)-1])
	switch {
	case open != nil:
		all = values(open.Enum)
	case strings.HasPrefix(last, "-"):
		all = flagsOf(node)
	default:
		for _, child := range node.Children {
			if !child.Hidden {
				all = append(all, candidate{child.Name, child.Help})
			}
		}
		if arguments < len(node.Positional) {
			all = append(all, values(node.Positional[arguments].Enum)...)
		}
	}
	return slices.DeleteFunc(all, func(c candidate) bool { return !strings.HasPrefix(c.word, last) })
}

// walk follows words to the command that they name. open is the flag whose
// value comes next, if it is one's turn; arguments counts those given.
func walk(node *kong.Node, words []string) (at *kong.Node, open *kong.Flag, arguments int) {
	for _, word := range words {
		switch {
		case open != nil:
			open = nil
		case strings.HasPrefix(word, "-"):
			open = opened(node, word)
		default:
			if child := childOf(node, word); child != nil {
				node = child
			} else {
				arguments++
			}
		}
	}
	return node, open, arguments
}

func childOf(node *kong.Node, word string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == word {
			return child
		}
	}
	return nil
}

// opened is the flag that a word names, if its value is the next word.
func opened(node *kong.Node, word string) *kong.Flag {
	for _, group := range node.AllFlags(false) {
		for _, f := range group {
			if (word == "--"+f.Name || f.Short != 0 && word == "-"+string(f.Short)) && !f.IsBool() {
				return f
			}
		}
	}
	return nil
}

func flagsOf(node *kong.Node) (all []candidate) {
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			all = append(all, candidate{"--" + f.Name, firstSentence(f.Help)})
		}
	}
	return all
}

// firstSentence is enough for a hint.
func firstSentence(help string) string {
	text, _, _ := strings.Cut(help, ". ")
	return text
}

// values are the words that an argument or flag allows; "" is none.
func values(enum string) (all []candidate) {
	for _, word := range strings.Split(enum, ",") {
		if word = strings.TrimSpace(word); word != "" {
			all = append(all, candidate{word, ""})
		}
	}
	return all
}
