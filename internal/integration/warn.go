package integration

import "strings"

// warn points out what is allowed but probably not meant.
func (p *parser) warn() {
	if p.d.auth != nil && p.customAuthorization() {
		p.warning("Both auth and an Authorization header are set; auth is used.")
	}
	if (p.d.auth != nil || p.customAuthorization()) && p.plain() {
		p.warning("The url is http, so the credentials are sent without encryption.")
	}
	if p.d.send != nil && p.d.send.Format == Empty {
		p.warning("Nothing is configured to be sent and noDefaults is set, so the request body is empty.")
	}
	if p.d.TLS != nil && p.plain() {
		p.warning("The url is http, so tls is not used.")
	}
	if p.d.TLS != nil && p.d.TLS.CA != "" && p.d.Insecure {
		p.warning("rejectUnauthorized is false, so the target's certificate is not verified and tls.ca is not used.")
	}
	if p.d.Method == "GET" {
		for _, name := range [...]string{"json", "body"} {
			if _, ok := p.set[name]; ok {
				p.warning("%s is not sent with GET.", name)
			}
		}
	}
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
