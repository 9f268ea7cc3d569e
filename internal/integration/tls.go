package integration

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
)

// MaxPEM is how many bytes each text of the tls setting has at most.
const MaxPEM = 64 << 10

// TLS is what an integration brings to its TLS connections: a client
// certificate with its key, a certification authority of its own, or both.
type TLS struct {
	Certificate string // PEM, the client's own certificate first; "" = none
	Key         Text   // exactly one secret; empty without Certificate
	CA          string // PEM, one or more; "" = the system's authorities
}

// tls reads the material of TLS connections. The key must be a secret, so that
// no private key is ever stored in a configuration or shown with it; members
// that are not known are refused for the same reason.
func (p *parser) tls() {
	all, m, _ := p.fields("tls")
	var t TLS
	for _, part := range all {
		path := under(m.key, part.key)
		text, ok := part.scalar()
		switch {
		case !ok:
			p.fail(path, "must be text.")
		case part.key != "certificate" && part.key != "key" && part.key != "ca":
			p.stranger(path)
		case text != "":
			p.tlsPart(path, part.key, text, &t)
		}
	}
	if t == (TLS{}) {
		delete(p.set, "tls")
		return
	}
	p.pair(m.key, &t)
	p.d.TLS = &t
}

func (p *parser) tlsPart(path, key, text string, t *TLS) {
	switch key {
	case "certificate":
		p.certificates(path, text)
		t.Certificate = text
	case "ca":
		p.certificates(path, text)
		t.CA = text
	case "key":
		if t.Key = p.compile(path, text); !p.oneSecret(t.Key.template) {
			p.fail(path, "must be one of the selected secrets and nothing else, such as {{{CLIENT_KEY}}}.")
		}
	}
}

// pair checks that certificate and key come together.
func (p *parser) pair(path string, t *TLS) {
	switch hasKey := t.Key.Source() != ""; {
	case t.Certificate != "" && !hasKey:
		p.fail(path+".key", "is missing: a client certificate needs its key.")
	case t.Certificate == "" && hasKey:
		p.fail(path+".certificate", "is missing: a key needs its client certificate.")
	}
}

// certificates checks PEM text: one certificate or more, and nothing else
// between the marks.
func (p *parser) certificates(path, text string) {
	if len(text) > MaxPEM {
		p.fail(path, "has at most %d bytes.", MaxPEM)
		return
	}
	if strings.Contains(text, "PRIVATE KEY") { // even in a block that cannot be read
		p.fail(path, "holds a private key, which belongs in a secret.")
		return
	}
	count := 0
	for rest := []byte(text); ; count++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			p.fail(path, "must hold certificates only.")
			return
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			p.fail(path, "certificate %d cannot be read.", count+1)
			return
		}
	}
	if count == 0 {
		p.fail(path, "must be a certificate in PEM.")
	}
}
