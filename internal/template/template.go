// Package template renders Mustache templates as the npm package hogan.js
// 3.0.2 does when it compiles without options, and holds the variables that
// an event offers to them.
//
// A Template is immutable and safe for concurrent use; a Context belongs to
// one goroutine at a time. Rendering does no I/O, never panics on input and is
// bounded in output and time whatever the template and the data (ErrLimit).
// What the variables mean follows sections 4 and 5 of the webhook engine
// reference; encoding the result for its place in a request is left to render.
//
// Deviations from Hogan, all on purpose:
//   - an object in a value position prints as compact JSON, not
//     "[object Object]";
//   - an integer literal beyond 2^53-1 keeps its digits;
//   - names that JavaScript objects inherit ("toString") are missing;
//   - partials ({{> p}}, {{< p}}) render nothing, whatever their indentation;
//   - a set-delimiter tag that never ends is a syntax error (Hogan scans again
//     from the start of the text, sometimes for ever);
//   - delimiters may hold quotes and backslashes;
//   - a triple tag closed by only two braces eats the next character, as in
//     Hogan, but never half of one.
//
// One kind of tag is ours: {{JSON:name}}, with two braces or three, prints the
// value of name as JSON: text in quotes, a missing value as null, and
// PARTICLE_EVENT_VALUE as it is when it is JSON already. Sections have no such
// names.
//
// LEDGER.<ledger>.<member> is the data of a ledger, see Context.SetLedgers.
//
// Hogan's leniency is kept: a tag that never ends is not an error, its
// delimiter disappears and its content is text.
package template

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of a template and of its rendering.
const (
	MaxSource = 256 << 10 // bytes of a template
	MaxDepth  = 64        // nested sections
	MaxOutput = 1 << 20   // bytes that one Append adds

	maxSteps  = 1 << 19 // work between two Resets: tags executed, JSON members visited, output
	stepBytes = 16      // bytes of output that count as one step
	maxBlocks = 128     // blocks rendered inside one another
)

// ErrLimit is returned by Append for more than MaxOutput bytes of output or an
// unreasonable amount of work.
var ErrLimit = errors.New("template: output too large or too much work")

// SyntaxError is a template that does not parse.
type SyntaxError struct {
	Line, Column int    // 1-based; Column counts characters
	Text         string // a full sentence for people, without the position
}

// Error implements error; it gives the position and Text.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// Template is a parsed template, safe for concurrent use.
type Template struct {
	source  string
	literal bool
	ops     []op
}

// Parse parses src. Errors: *SyntaxError.
func Parse(src string) (*Template, error) {
	if len(src) > MaxSource {
		return nil, syntaxError(src, MaxSource, "A template has at most 262144 bytes.")
	}
	if !strings.Contains(src, "{{") {
		return &Template{source: src, literal: true}, nil
	}
	tokens, err := scan(src)
	if err != nil {
		return nil, err
	}
	ops, err := compile(src, tokens)
	if err != nil {
		return nil, err
	}
	return &Template{source: src, ops: ops}, nil
}

// Literal gives the template's text when it holds no tag at all.
func (t *Template) Literal() (text string, ok bool) {
	if !t.literal {
		return "", false
	}
	return t.source, true
}

// Tag gives the name of the one tag that a template consists of, as it is
// written but without white space around it: "name" or "JSON:name". ok is false
// for everything else.
func (t *Template) Tag() (name string, ok bool) {
	if len(t.ops) != 1 || t.ops[0].kind == opText || t.ops[0].kind > opJSON {
		return "", false
	}
	return t.ops[0].text, true
}

// Typed says whether the template is one JSON tag and nothing else, so that it
// renders to one JSON value.
func (t *Template) Typed() bool { return len(t.ops) == 1 && t.ops[0].kind == opJSON }

// Source is the text that was parsed.
func (t *Template) Source() string { return t.source }

// syntaxError places text at a byte offset of src.
func syntaxError(src string, at int, text string) *SyntaxError {
	before := src[:at]
	lineStart := strings.LastIndexByte(before, '\n') + 1
	return &SyntaxError{
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[lineStart:]) + 1,
		Text:   text,
	}
}
