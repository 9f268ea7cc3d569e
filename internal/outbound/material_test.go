package outbound

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// authority signs certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{key: key, cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}}
	der, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a.pem = encode("CERTIFICATE", der)
	return a
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// issue makes a certificate for a name, valid until a time from now.
func (a authority) issue(t *testing.T, name string, until time.Duration) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(until),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}, a.cert, k.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", raw)
}

// mutualServer says who its client is; it accepts clients of an authority.
func mutualServer(t *testing.T, a authority, host string, until time.Duration) *httptest.Server {
	t.Helper()
	pair, err := tls.X509KeyPair(pairOf(a.issue(t, host, until)))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "nobody"
		if len(r.TLS.PeerCertificates) > 0 {
			name = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		io.WriteString(w, name)
	}))
	roots := x509.NewCertPool()
	roots.AddCert(parse(t, a.pem))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: roots, ClientAuth: tls.VerifyClientCertIfGiven}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func pairOf(cert, key string) ([]byte, []byte) { return []byte(cert), []byte(key) }

func parse(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestMaterialOfAnIntegration(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	server := mutualServer(t, ours, "example.com", time.Hour)
	expired := mutualServer(t, ours, "example.com", -time.Hour)
	certA, keyA := ours.issue(t, "alice", time.Hour)
	certB, keyB := ours.issue(t, "bob", time.Hour)
	certC, keyC := theirs.issue(t, "mallory", time.Hour)
	c := loopbackClient(t, Options{RootCAs: x509.NewCertPool(), Resolver: names{"example.com": {"127.0.0.1"}, "wrong.example": {"127.0.0.1"}}})
	cases := []struct {
		name   string
		url    string
		tls    *render.TLS
		answer string        // "" = it fails
		cause  deliver.Cause // then
	}{
		{"private authority", named(server, "example.com"), &render.TLS{CA: ours.pem}, "nobody", 0},
		{"client certificate", named(server, "example.com"), &render.TLS{CA: ours.pem, Certificate: certA, Key: keyA}, "alice", 0},
		{"another one on a kept connection", named(server, "example.com"), &render.TLS{CA: ours.pem, Certificate: certB, Key: keyB}, "bob", 0},
		{"none on a kept connection", named(server, "example.com"), &render.TLS{CA: ours.pem}, "nobody", 0},
		{"again", named(server, "example.com"), &render.TLS{CA: ours.pem, Certificate: certA, Key: keyA}, "alice", 0},
		{"authority not given", named(server, "example.com"), nil, "", deliver.BadCertificate},
		{"other authority", named(server, "example.com"), &render.TLS{CA: theirs.pem}, "", deliver.BadCertificate},
		{"wrong name", named(server, "wrong.example"), &render.TLS{CA: ours.pem}, "", deliver.BadCertificate},
		{"expired", named(expired, "example.com"), &render.TLS{CA: ours.pem}, "", deliver.BadCertificate},
		{"client of another authority", named(server, "example.com"), &render.TLS{CA: ours.pem, Certificate: certC, Key: keyC}, "", deliver.BadAnswer},
		{"key of another certificate", named(server, "example.com"), &render.TLS{CA: ours.pem, Certificate: certA, Key: keyB}, "", deliver.Unsendable},
		{"key that is none", named(server, "example.com"), &render.TLS{Certificate: certA, Key: "hunter2"}, "", deliver.Unsendable},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			r := get(t, k.url)
			r.TLS = k.tls
			got, err := c.Send(limit(t), r)
			if k.answer != "" {
				if err != nil || string(got.Body) != k.answer {
					t.Errorf("got %q, error %v; want %q", got.Body, err, k.answer)
				}
				return
			}
			e, ok := err.(*deliver.CallError)
			if !ok || e.Cause != k.cause {
				t.Fatalf("got %q, error %#v; want cause %d", got.Body, err, k.cause)
			}
			if k.tls != nil && k.tls.Key != "" && strings.Contains(e.Error()+e.Err.Error(), k.tls.Key) {
				t.Error("the error holds the key")
			}
		})
	}
}

func TestMaterialStaysWithItsOrigin(t *testing.T) {
	ours := newAuthority(t, "ours")
	other := mutualServer(t, ours, "example.com", time.Hour)
	cert, key := ours.issue(t, "alice", time.Hour)
	pair, err := tls.X509KeyPair(pairOf(ours.issue(t, "example.com", time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	first := httptest.NewUnstartedServer(http.RedirectHandler(named(other, "example.com"), http.StatusFound))
	first.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	first.StartTLS()
	t.Cleanup(first.Close)
	roots := x509.NewCertPool()
	roots.AddCert(parse(t, ours.pem))
	c := loopbackClient(t, Options{RootCAs: roots, Resolver: names{"example.com": {"127.0.0.1"}}})
	r := get(t, named(first, "example.com"))
	r.TLS = &render.TLS{Certificate: cert, Key: key}
	got, err := c.Send(limit(t), r)
	if err != nil || string(got.Body) != "nobody" {
		t.Errorf("the other origin saw %q, error %v; want nobody", got.Body, err)
	}
}

func TestFewMaterialsAreKept(t *testing.T) {
	ours := newAuthority(t, "ours")
	m := newMaterials()
	for i := range 2 * maxMaterials {
		own := &render.TLS{CA: ours.pem + strings.Repeat("\n", i)}
		if _, err := m.config(target{https: true, material: fingerprintOf(own)}, own, tlsConfig()); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.known) != maxMaterials || m.order.Len() != maxMaterials {
		t.Errorf("%d materials are kept, want %d", len(m.known), maxMaterials)
	}
}

// A handshake with a huge key would occupy a processor for minutes.
func TestLargeClientKeysAreRefused(t *testing.T) {
	a := newAuthority(t, "authority")
	for _, bits := range []uint{9000, 60_000} {
		cert, key := largePair(t, a, bits)
		if _, err := withMaterial(&tls.Config{}, &render.TLS{Certificate: cert, Key: key}); !errors.Is(err, errSize) {
			t.Errorf("%d bits: got %v", bits, err)
		}
	}
}

// largePair makes a certificate for what reads as an RSA key of so many bits. Its
// factors are no primes, which would take long to find.
func largePair(t *testing.T, a authority, bits uint) (cert, key string) {
	t.Helper()
	one, e := big.NewInt(1), big.NewInt(65537)
	odd := func() *big.Int {
		n, err := rand.Int(rand.Reader, new(big.Int).Lsh(one, bits/2))
		if err != nil {
			t.Fatal(err)
		}
		return n.SetBit(n.SetBit(n, 0, 1), int(bits/2-1), 1)
	}
	for {
		p, q := odd(), odd()
		p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
		n, d, inverse := new(big.Int).Mul(p, q), new(big.Int).ModInverse(e, new(big.Int).Mul(p1, q1)), new(big.Int).ModInverse(q, p)
		if d == nil || inverse == nil {
			continue
		}
		der, err := asn1.Marshal(struct {
			Version                  int
			N                        *big.Int
			E                        int
			D, P, Q, Dp, Dq, Inverse *big.Int
		}{0, n, 65537, d, p, q, new(big.Int).Mod(d, p1), new(big.Int).Mod(d, q1), inverse})
		if err != nil {
			t.Fatal(err)
		}
		issued, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(3)}, a.cert, &rsa.PublicKey{N: n, E: 65537}, a.key)
		if err != nil {
			t.Fatal(err)
		}
		return encode("CERTIFICATE", issued), encode("RSA PRIVATE KEY", der)
	}
}
