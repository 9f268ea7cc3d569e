package integration

import (
	"slices"
	"strings"
)

// warn points out what is allowed but probably not meant.
func (p *parser) warn() {
	authorized := p.d.auth != nil || p.d.Access != nil
	if authorized && p.customAuthorization() {
		p.warning("auth", "Both auth and an Authorization header are set; auth is used.")
	}
	if p.plain() && (authorized || p.credentialHeader()) {
		p.warning("url", "The url is http, so the credentials are sent without encryption.")
	} else if p.plain() && p.sendsSecret() {
		p.warning("url", "The url is http, so the secrets are sent without encryption.")
	}
	if p.d.send != nil && p.d.send.Format == Empty {
		p.warning("body", "Nothing is configured to be sent and noDefaults is set, so the request body is empty.")
	}
	if p.d.TLS != nil && p.plain() {
		p.warning("url", "The url is http, so tls is not used.")
	}
	if p.d.TLS != nil && p.d.TLS.CA != "" && p.d.Insecure {
		p.warning("rejectUnauthorized", "rejectUnauthorized is false, so the target's certificate is not verified and tls.ca is not used.")
	}
	if p.d.Method == "GET" {
		for _, name := range [...]string{"json", "body"} {
			if _, ok := p.set[name]; ok {
				p.warning(name, "%s is not sent with GET.", name)
			}
		}
	}
	p.warnEscaped()
	p.commentUnquoted()
}

// plainValues are the variables that HTML's escapes leave as they are, or whose
// documented spelling has two braces.
var plainValues = []string{
	"PARTICLE_DEVICE_ID", "SPARK_CORE_ID", "PARTICLE_EVENT_NAME", "SPARK_EVENT_NAME", "PARTICLE_PUBLISHED_AT", "SPARK_PUBLISHED_AT",
	"PARTICLE_EVENT_ID", "PARTICLE_EVENT_BASE64", "PARTICLE_EVENT_PUBLIC", "PRODUCT_ID", "PRODUCT_USER_ID", "PRODUCT_VERSION",
}

// warnEscaped points out values that are escaped for HTML where there is none,
// once for each setting.
func (p *parser) warnEscaped() {
	said := map[string]bool{"signature": true, "tls": true} // base64 and PEM have nothing to escape
	for _, at := range p.places {
		setting := settingAt(at.Field)
		plain := plainValues
		if at.Field == "responseTemplate" {
			plain = slices.Concat(plain, at.Template.Unquoted()) // numbers, by the documented spelling
		}
		names := slices.DeleteFunc(at.Template.Escaped(), func(name string) bool { return slices.Contains(plain, name) })
		if len(names) == 0 || said[setting] || setting == "body" && p.markup() {
			continue
		}
		said[setting] = true
		name := shorten(names[0])
		p.warning(at.Field, `%s: {{%s}} writes & < > " and ' of the value as HTML entities; {{{%s}}} writes it as it is.`, at.Field, name, name)
	}
}

// markup says whether a header declares the body to be HTML or XML.
func (p *parser) markup() bool {
	return slices.ContainsFunc(p.d.Headers, func(h Header) bool {
		kind := strings.ToLower(h.Value.Source())
		return strings.EqualFold(h.Name.Source(), "Content-Type") && (strings.Contains(kind, "html") || strings.Contains(kind, "xml"))
	})
}

// commentUnquoted points out tags outside of the strings of JSON text.
func (p *parser) commentUnquoted() {
	for _, at := range p.places {
		switch at.Field {
		case "json", "body", "responseTemplate": // as text; members have longer paths
		default:
			continue
		}
		for _, name := range at.Template.Unquoted() {
			name = shorten(name)
			p.comment(at.Field, `%s: {{{%s}}} stands outside of quotes, so its value must be JSON by itself, such as a number; {{{JSON:%s}}} writes any value as JSON.`, at.Field, name, name)
		}
	}
}

// credentialWords are parts of the names of header fields that hold credentials.
var credentialWords = []string{"authorization", "x-auth", "api-key", "apikey", "token", "secret", "password", "cookie"}

// credentialHeader says whether a header field looks as if it held credentials.
func (p *parser) credentialHeader() bool {
	return slices.ContainsFunc(p.d.Headers, func(h Header) bool {
		name := strings.ToLower(h.Name.Source())
		return slices.ContainsFunc(credentialWords, func(word string) bool { return strings.Contains(name, word) })
	})
}

// sendsSecret says whether a part of the request names a secret. Signing keys
// and those of certificates do not leave the hub.
func (p *parser) sendsSecret() bool {
	return slices.ContainsFunc(p.places, func(at Place) bool {
		setting := settingAt(at.Field)
		return setting != "signature" && setting != "tls" && at.Template.Names(p.d.Secrets...)
	})
}

func (p *parser) customAuthorization() bool {
	for _, h := range p.d.Headers {
		if name, _ := h.Name.Literal(); strings.EqualFold(name, "Authorization") {
			return true
		}
	}
	return false
}

// plain says whether the URL is known to be http.
func (p *parser) plain() bool {
	return strings.HasPrefix(strings.ToLower(p.d.URL()), "http://")
}
