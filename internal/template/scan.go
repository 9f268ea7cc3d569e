package template

import (
	"strings"
	"unicode/utf8"
)

// Kinds of token. A tag's kind is the character behind its opening delimiter.
const (
	tokText    = 't'
	tokNewline = '\n'
	tokValue   = 'v' // a tag without a special character
)

// token is a piece of text, a line break or a tag.
type token struct {
	kind byte
	text string // the text, or the tag's trimmed name
	at   int    // byte offset in the source
}

// scanner cuts a template into tokens, line by line: a line that holds only
// white space and tags without a value of their own loses its white space and
// its line break.
type scanner struct {
	src         string
	pos         int
	open, close string // delimiters
	tokens      []token
	lineStart   int  // first token of the current line
	seenTag     bool // the current line has a tag
}

func scan(src string) ([]token, error) {
	s := scanner{src: src, open: "{{", close: "}}"}
	for s.text() {
		if err := s.tag(); err != nil {
			return nil, err
		}
	}
	s.endLine(false, len(src))
	return s.tokens, nil
}

// text takes everything up to the next tag; false means that there is none.
func (s *scanner) text() (found bool) {
	end := len(s.src)
	if s.open != "" { // "{{= =}}" leaves no delimiter: the rest is text
		if i := strings.Index(s.src[s.pos:], s.open); i >= 0 {
			end, found = s.pos+i, true
		}
	}
	for s.pos < end {
		i := strings.IndexByte(s.src[s.pos:end], '\n')
		if i < 0 {
			s.add(tokText, s.src[s.pos:end], s.pos)
			break
		}
		s.add(tokText, s.src[s.pos:s.pos+i], s.pos)
		s.endLine(true, s.pos+i)
		s.pos += i + 1
	}
	s.pos = end
	return found
}

// add appends a token; empty text is dropped.
func (s *scanner) add(kind byte, text string, at int) {
	if kind != tokText || text != "" {
		s.tokens = append(s.tokens, token{kind, text, at})
	}
}

// endLine finishes a line; at is where its line break stands, if it has one.
func (s *scanner) endLine(lineBreak bool, at int) {
	if s.seenTag && standalone(s.tokens[s.lineStart:]) {
		s.dropWhiteSpace()
	} else if lineBreak {
		s.add(tokNewline, "", at)
	}
	s.seenTag = false
	s.lineStart = len(s.tokens)
}

// standalone says whether a line's tokens leave it empty.
func standalone(line []token) bool {
	for _, t := range line {
		switch t.kind {
		case '#', '^', '<', '$', '/', '!', '>':
		case tokText:
			if strings.TrimFunc(t.text, isSpace) != "" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// dropWhiteSpace removes the text tokens of the current line. Of two in a row
// (around a set-delimiter tag, which is no token) Hogan keeps the second.
func (s *scanner) dropWhiteSpace() {
	kept := s.tokens[:s.lineStart]
	line := s.tokens[s.lineStart:]
	for i := 0; i < len(line); i++ {
		if line[i].kind != tokText {
			kept = append(kept, line[i])
		} else if i++; i < len(line) {
			kept = append(kept, line[i])
		}
	}
	s.tokens = kept
}

// tag takes the tag at pos.
func (s *scanner) tag() error {
	start := s.pos
	kind, body := byte(tokValue), start+len(s.open)
	if body < len(s.src) && strings.IndexByte("#^<$/!>={&", s.src[body]) >= 0 {
		kind, body = s.src[body], body+1
	}
	s.seenTag = true
	if kind == '=' {
		return s.setDelimiters(start)
	}
	n := strings.Index(s.src[body:], s.close)
	if n < 0 { // never closed: Hogan drops the opening and keeps the rest as text
		s.add(tokText, s.src[body:], body)
		s.pos = len(s.src)
		s.open = ""
		return nil
	}
	name := strings.TrimFunc(s.src[body:body+n], isSpace)
	s.pos = body + n + len(s.close)
	if kind == '{' {
		name = s.closeTriple(name)
	}
	s.add(kind, name, start)
	return nil
}

// closeTriple takes the third closing brace: with "}}" it is whatever
// character follows, with other delimiters the last one of the name.
func (s *scanner) closeTriple(name string) string {
	if s.close != "}}" {
		return strings.TrimSuffix(name, "}")
	}
	_, size := utf8.DecodeRuneInString(s.src[s.pos:])
	s.pos += size
	return name
}

// setDelimiters takes a tag like {{=<% %>=}}. The first word between the
// equals signs opens tags from here on, the last one closes them.
func (s *scanner) setDelimiters(start int) error {
	from := start + len(s.open) - 1
	end := strings.Index(s.src[from:], "="+s.close)
	if end < 0 {
		return syntaxError(s.src, start, "The tag that sets delimiters is not closed.")
	}
	end += from
	first := from + strings.IndexByte(s.src[from:], '=') + 1
	lo, hi := min(first, end), max(first, end) // they cross in "{{=}}"
	words := strings.Split(strings.TrimFunc(s.src[lo:hi], isSpace), " ")
	s.pos = end + len("=") + len(s.close)
	s.open, s.close = words[0], words[len(words)-1]
	return nil
}

// isSpace is JavaScript's white space (ECMAScript, WhiteSpace and
// LineTerminator), which differs from Unicode's in U+0085 and U+FEFF.
func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff:
		return true
	}
	return 0x2000 <= r && r <= 0x200a
}
