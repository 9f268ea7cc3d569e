package integration

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/template"
)

// Limits of the settings that concern secrets and signatures.
const (
	MaxSecrets       = 32 // names of one integration
	MaxSecretName    = 64 // bytes
	MaxSignatureKeys = 2  // the present key and the one before or after it
)

// SigningPrefix begins a signing key that is written in base64 (Standard
// Webhooks, symmetric signatures).
const SigningPrefix = "whsec_"

// ValidSecretName says whether a secret may be called so: 1 to 64 capitals,
// digits and underscores, no digit first (webhook engine reference, section 4).
func ValidSecretName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isWord(c) || 'a' <= c && c <= 'z' {
			return false
		}
	}
	return name != "" && len(name) <= MaxSecretName && (name[0] < '0' || name[0] > '9')
}

// secrets reads the names of the secrets that templates may use.
func (p *parser) secrets() {
	all, m := p.list("secrets", "must be an array of names of secrets.")
	if len(all) > MaxSecrets {
		p.fail(m.key, "an integration uses at most %d secrets.", MaxSecrets)
	}
	for i, raw := range all {
		name, ok := member{raw: raw}.text()
		switch {
		case !ok || !ValidSecretName(name):
			p.fail(at(m.key, i), "the name of a secret has 1 to %d capital letters, digits and underscores, and begins with no digit.", MaxSecretName)
		case slices.Contains(p.d.Secrets, name):
			p.fail(at(m.key, i), "this secret is named twice.")
		}
		p.d.Secrets = append(p.d.Secrets, name)
	}
}

// list reads a setting that is an array; an empty one is absent.
func (p *parser) list(name, wrong string) (all []json.RawMessage, m member) {
	m, ok := p.present(name)
	if !ok {
		return nil, m
	}
	if m.raw[0] != '[' {
		p.fail(m.key, "%s", wrong)
		return nil, m
	}
	if all = elements(m.raw); len(all) == 0 {
		delete(p.set, name)
	}
	return all, m
}

// signature reads the keys that requests are signed with.
func (p *parser) signature() {
	all, m, _ := p.fields("signature")
	if len(all) == 0 {
		delete(p.set, "signature")
		return
	}
	for _, part := range all {
		if part.key != "keys" {
			p.stranger(under(m.key, part.key))
		}
	}
	path, keys := m.key+".keys", []json.RawMessage(nil)
	if list, _ := find(all, "keys"); list.raw[0] == '[' {
		keys = elements(list.raw)
	}
	if len(keys) == 0 || len(keys) > MaxSignatureKeys {
		p.fail(path, "must be an array of one or two keys.")
	}
	for i, raw := range keys {
		p.signatureKey(at(path, i), member{raw: raw})
	}
}

func (p *parser) signatureKey(path string, m member) {
	text, ok := m.text()
	if !ok {
		p.fail(path, "must be text.")
		return
	}
	key := p.compile(path, text)
	if literal, ok := key.Literal(); ok && !literalKey(literal) || !ok && !p.oneSecret(key.template) {
		p.fail(path, "must be one of the selected secrets, such as {{{SIGNING_KEY}}}, or %s followed by 24 to 64 bytes in base64.", SigningPrefix)
	}
	p.d.Signature = append(p.d.Signature, key)
}

// literalKey says whether a key may stand in a configuration as it is.
func literalKey(text string) bool {
	encoded, ok := strings.CutPrefix(text, SigningPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	return ok && err == nil && len(key) >= 24 && len(key) <= 64
}

// oneSecret says whether a template consists of the tag of a selected secret.
func (p *parser) oneSecret(t *template.Template) bool {
	if t == nil {
		return false
	}
	name, ok := t.Tag()
	return ok && slices.Contains(p.d.Secrets, name)
}

// stranger refuses a member that is not part of a setting: left out, it would
// change what the setting means, or be stored unchecked.
func (p *parser) stranger(path string) { p.fail(path, "is not a setting.") }
