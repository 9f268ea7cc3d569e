package outbound

import (
	"container/list"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"github.com/fieldhook/fieldhook/internal/render"
)

// maxMaterials is how many TLS settings of integrations are kept ready.
const maxMaterials = 256

// Bounds of a client certificate's key: a signature with a huge one takes
// minutes, and the time of a call does not end it.
const (
	maxKeyBits  = 8192
	maxKeyBytes = 16 << 10 // as PEM; one of 8,192 bits has 6,400
)

var (
	errPair = errors.New("the client certificate and its key cannot be used together")
	errSize = fmt.Errorf("the key of the client certificate is too large: at most %d bits of RSA", maxKeyBits)
	errCA   = errors.New("the private authority holds no certificate")
)

// fingerprint tells TLS material apart without holding it; the zero value
// stands for none.
type fingerprint [sha256.Size]byte

// fingerprintOf hashes lengths, too, so that no two materials are the same text.
func fingerprintOf(m *render.TLS) (f fingerprint) {
	if m == nil {
		return f
	}
	h := sha256.New()
	for _, part := range []string{m.Certificate, m.Key, m.CA} {
		one := sha256.Sum256([]byte(part))
		h.Write(one[:])
	}
	return fingerprint(h.Sum(nil))
}

// materials makes the TLS settings of integrations with certificates of their
// own, and keeps the ones used last. It is safe for concurrent use.
type materials struct {
	mu    sync.Mutex
	known map[materialKey]*list.Element
	order *list.List // of material, the one used last in front
}

type materialKey struct {
	fingerprint fingerprint
	insecure    bool
}

type material struct {
	key    materialKey
	config *tls.Config
}

func newMaterials() *materials {
	return &materials{known: map[materialKey]*list.Element{}, order: list.New()}
}

// config gives the settings for a target with material. Errors hold nothing of
// the material.
func (m *materials) config(t target, own *render.TLS, base *tls.Config) (*tls.Config, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := materialKey{t.material, t.insecure}
	if e := m.known[key]; e != nil {
		m.order.MoveToFront(e)
		return e.Value.(material).config, nil
	}
	config, err := withMaterial(base, own)
	if err != nil {
		return nil, err
	}
	m.known[key] = m.order.PushFront(material{key, config})
	if m.order.Len() > maxMaterials {
		last := m.order.Remove(m.order.Back()).(material)
		delete(m.known, last.key)
	}
	return config, nil
}

// clientPair reads a client certificate and its key.
func clientPair(m *render.TLS) (tls.Certificate, error) {
	if len(m.Key) > maxKeyBytes {
		return tls.Certificate{}, errSize
	}
	pair, err := tls.X509KeyPair([]byte(m.Certificate), []byte(m.Key))
	if err != nil {
		return tls.Certificate{}, errPair
	}
	if key, ok := pair.PrivateKey.(*rsa.PrivateKey); ok && key.N.BitLen() > maxKeyBits {
		return tls.Certificate{}, errSize
	}
	return pair, nil
}

// withMaterial is base with a client certificate, a private authority or both,
// and with a session cache of its own: a session belongs to who opened it.
func withMaterial(base *tls.Config, m *render.TLS) (*tls.Config, error) {
	config := base.Clone()
	config.ClientSessionCache = tls.NewLRUClientSessionCache(8)
	if m.Certificate != "" {
		pair, err := clientPair(m)
		if err != nil {
			return nil, err
		}
		// Given whatever authorities the server names: its refusal says more
		// than a call without a certificate.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	if m.CA != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(m.CA)) {
			return nil, errCA
		}
	}
	return config, nil
}
