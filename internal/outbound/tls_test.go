package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/fieldhook/fieldhook/internal/deliver"
)

// secureServer answers with its view of the TLS connection.
func secureServer(t *testing.T, change func(*tls.Config)) (*httptest.Server, *x509.CertPool) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := r.TLS
		io.WriteString(w, strings.Join([]string{r.Proto, s.NegotiatedProtocol, s.ServerName}, " "))
		if s.DidResume {
			io.WriteString(w, " resumed")
		}
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if change != nil {
		change(server.TLS)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server, roots
}

// named is a server's URL under the name of its certificate.
func named(s *httptest.Server, host string) string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return "https://" + host + ":" + port + "/"
}

func TestTLS(t *testing.T) {
	server, roots := secureServer(t, nil)
	c := loopbackClient(t, Options{RootCAs: roots, Resolver: names{"example.com": {"127.0.0.1"}}})
	for _, want := range []string{"", " resumed"} {
		got, err := c.Send(limit(t), get(t, named(server, "Example.com")))
		if err != nil {
			t.Fatal(err)
		}
		if want = "HTTP/1.1 http/1.1 example.com" + want; string(got.Body) != want {
			t.Errorf("got %q, want %q", got.Body, want)
		}
		if got.Timing.TLS <= 0 {
			t.Errorf("timing = %+v", got.Timing)
		}
		c.Close() // so that the next call makes a new connection
	}
}

func TestCertificateVerification(t *testing.T) {
	server, roots := secureServer(t, nil)
	resolver := names{"example.com": {"127.0.0.1"}, "wrong.example": {"127.0.0.1"}}
	trusting := loopbackClient(t, Options{RootCAs: roots, Resolver: resolver})
	doubting := loopbackClient(t, Options{RootCAs: x509.NewCertPool(), Resolver: resolver})

	_, err := doubting.Send(limit(t), get(t, named(server, "example.com")))
	wantFailure(t, err, deliver.BadCertificate, "certificate verify failed: certificate signed by unknown authority", false)

	_, err = trusting.Send(limit(t), get(t, named(server, "wrong.example")))
	wantFailure(t, err, deliver.BadCertificate,
		"certificate verify failed: certificate is valid for example.com, *.example.com, not wrong.example", false)

	insecure := get(t, named(server, "wrong.example"))
	insecure.Insecure = true
	if _, err = doubting.Send(limit(t), insecure); err != nil {
		t.Errorf("insecure: %v", err)
	}
	// The connection that was kept unverified must not serve a verified call.
	_, err = trusting.Send(limit(t), get(t, named(server, "wrong.example")))
	if err == nil {
		t.Error("a verified call used an unverified connection")
	}
	_, err = doubting.Send(limit(t), get(t, named(server, "wrong.example")))
	if err == nil {
		t.Error("a verified call used an unverified connection or session")
	}
}

func TestTLSIsKeptAlive(t *testing.T) {
	server, roots := secureServer(t, nil)
	dials := 0
	c := loopbackClient(t, Options{RootCAs: roots, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return new(net.Dialer).DialContext(ctx, network, address)
	}})
	for range 3 {
		if _, err := c.Send(limit(t), post(t, server.URL, "x")); err != nil {
			t.Fatal(err)
		}
	}
	if dials != 1 {
		t.Errorf("%d connections for 3 requests, want 1", dials)
	}
}

func TestTLSTooOld(t *testing.T) {
	server, roots := secureServer(t, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 })
	_, err := loopbackClient(t, Options{RootCAs: roots}).Send(limit(t), get(t, server.URL))
	wantFailure(t, err, deliver.BadAnswer, "invalid answer: tls: protocol version not supported", false)
}

func TestClientCertificateDemanded(t *testing.T) {
	server, roots := secureServer(t, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert })
	_, err := loopbackClient(t, Options{RootCAs: roots}).Send(limit(t), get(t, server.URL))
	wantFailure(t, err, deliver.BadAnswer, "invalid answer: tls: certificate required", true)
}

func TestPlainServerAskedForTLS(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := loopbackClient(t, Options{}).Send(limit(t), get(t, "https"+strings.TrimPrefix(server.URL, "http")))
	wantFailure(t, err, deliver.BadAnswer, "invalid answer: tls: first record does not look like a TLS handshake", false)
}

func TestHandshakeEnds(t *testing.T) {
	c := pipeClient(t, func(_ int, far net.Conn) { far.Read(make([]byte, 5)) })
	_, err := c.Send(limit(t), get(t, "https://127.0.0.1/"))
	wantFailure(t, err, deliver.Reset, "read ECONNRESET", false)
}

func TestHandshakeTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pipeClient(t, func(_ int, far net.Conn) { io.Copy(io.Discard, far) })
		_, err := c.Send(limit(t), get(t, "https://127.0.0.1/"))
		wantFailure(t, err, deliver.ConnectTimeout, "ETIMEOUT", false)
	})
}
