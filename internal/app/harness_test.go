package app_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// adminToken is the token of every hub under test.
const adminToken = "test-admin-token-0123456789"

// world is a hub, the web service that all its requests reach whatever their
// host name, and a client.
type world struct {
	t   *testing.T
	hub *app.Hub
	web *webService
}

// newWorld starts a hub with a clock of the test; nil = one that goes.
func newWorld(t *testing.T, now func() time.Time) *world {
	t.Helper()
	return newWorldOf(t, func(o *app.Options) { o.Now = now })
}

// newWorldOf starts a hub with options of the test.
func newWorldOf(t *testing.T, change func(*app.Options)) *world {
	t.Helper()
	web := newWebService(t)
	settings := app.Settings{
		Listen: "127.0.0.1:0", AdminToken: adminToken, AdminPassword: "test-password",
		CallTimeout: 20 * time.Second, MaxCalls: 1024, StopTimeout: 10 * time.Second, StoreCache: 16,
	}
	options := app.Options{
		Settings: settings, Store: memory.New(),
		Dial: web.dial, Resolver: everyHost{}, RootCAs: web.roots,
		Random: func() float64 { return 0 }, // skips whatever may be skipped
	}
	change(&options)
	if options.Now == nil {
		options.Now = fromNoon()
	}
	hub, err := app.New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, hub)
	return &world{t, hub, web}
}

// fromNoon is a clock that goes from today's noon on, so that a day's counts are
// not those of two days for whoever tests at midnight.
func fromNoon() func() time.Time {
	began := time.Now()
	noon := began.UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)
	return func() time.Time { return noon.Add(time.Since(began)) }
}

// serve runs a hub until the end of the test.
func serve(t testing.TB, hub *app.Hub) {
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- hub.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// call sends JSON to the hub and decodes its answer.
func (w *world) call(token, method, path string, in, out any) (status int) {
	w.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.hub.URL()+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	if res.StatusCode >= 300 {
		w.t.Logf("%s %s: %s", method, path, raw)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			w.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return res.StatusCode
}

// device registers a device and gives its token.
func (w *world) device(id string) string {
	w.t.Helper()
	var issued struct{ Token string }
	w.call(adminToken, "POST", "/v1/devices", map[string]any{"register": true, "id": id}, nil)
	if s := w.call(adminToken, "POST", "/v1/devices/"+id+"/tokens", nil, &issued); s != 201 {
		w.t.Fatalf("device token: status %d", s)
	}
	return issued.Token
}

// integrate creates an integration in the sandbox and gives its id.
func (w *world) integrate(config any) string {
	w.t.Helper()
	return w.integrateIn("/v1", config)
}

// integrateIn creates an integration in the scope whose paths begin with base.
func (w *world) integrateIn(base string, config any) string {
	w.t.Helper()
	var made struct{ ID string }
	if s := w.call(adminToken, "POST", base+"/integrations", config, &made); s != 201 {
		w.t.Fatalf("create integration: status %d", s)
	}
	return made.ID
}

// product is the administrator's product of that name, made the first time.
func (w *world) product(name string) (p struct {
	ID   int64
	Slug string
}) {
	w.t.Helper()
	var list struct {
		Products []struct {
			ID         int64
			Name, Slug string
		}
	}
	w.call(adminToken, "GET", "/v1/products", nil, &list)
	for _, known := range list.Products {
		if known.Name == name {
			p.ID, p.Slug = known.ID, known.Slug
			return p
		}
	}
	var made struct {
		Product struct {
			ID   int64
			Slug string
		}
	}
	if s := w.call(adminToken, "POST", "/v1/products", map[string]any{"product": map[string]any{"name": name, "platform_id": 13}}, &made); s >= 300 {
		w.t.Fatalf("create product: status %d", s)
	}
	return made.Product
}

func (w *world) publish(token, name, data string) {
	w.t.Helper()
	w.publishTo(token, "/v1/devices/events", name, data)
}

func (w *world) publishTo(token, path, name, data string) {
	w.t.Helper()
	if s := w.call(token, "POST", path, map[string]any{"name": name, "data": data}, nil); s != 200 {
		w.t.Fatalf("publish %s: status %d", name, s)
	}
}

// streamed is an event as a stream carries it.
type streamed struct {
	Name   string `json:"name"`
	Data   string `json:"data"`
	Coreid string `json:"coreid"`
}

// stream opens the hub's event stream; events come on the channel once the
// stream is live.
func (w *world) stream(path string) <-chan streamed { return w.streamAs(adminToken, path) }

// streamAs is stream with a token of one's own.
func (w *world) streamAs(token, path string) <-chan streamed {
	w.t.Helper()
	req, _ := http.NewRequestWithContext(w.t.Context(), "GET", w.hub.URL()+path, nil)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != 200 {
		w.t.Fatalf("open stream: %v %v", res, err)
	}
	events := make(chan streamed, 1000)
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // :ok
	go func() {
		defer close(events)
		defer res.Body.Close()
		var e streamed
		for lines.Scan() {
			switch key, value, _ := strings.Cut(lines.Text(), ": "); key {
			case "event":
				e = streamed{Name: value}
			case "data":
				_ = json.Unmarshal([]byte(value), &e)
				events <- e
			}
		}
	}()
	return events
}

// next waits for an event.
func next(t *testing.T, events <-chan streamed) streamed {
	t.Helper()
	select {
	case e, ok := <-events:
		if !ok {
			t.Fatal("the stream ended")
		}
		return e
	case <-time.After(time.Minute):
		t.Fatal("no event came")
	}
	return streamed{}
}

// everyHost resolves every name to one public address.
type everyHost struct{}

func (everyHost) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
}

// received is a request that reached the web service.
type received struct {
	Method, URL string
	Header      http.Header
	Body        string
}

// webService stands for the whole internet: plain and TLS servers that record
// requests and answer as told.
type webService struct {
	plain, secure *httptest.Server
	roots         *x509.CertPool
	mu            sync.Mutex
	got           []received
	answer        http.HandlerFunc
}

func newWebService(t *testing.T) *webService {
	web := &webService{roots: x509.NewCertPool()}
	web.plain = httptest.NewServer(web.handler("http"))
	web.secure = httptest.NewUnstartedServer(web.handler("https"))
	ca := newAuthority(t)
	web.roots.AddCert(ca.cert)
	web.secure.TLS = &tls.Config{GetCertificate: ca.issue}
	web.secure.StartTLS()
	t.Cleanup(web.plain.Close)
	t.Cleanup(web.secure.Close)
	return web
}

func (web *webService) handler(scheme string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		header := r.Header.Clone()
		if r.ContentLength >= 0 && r.Method != "GET" {
			header.Set("Content-Length", r.Header.Get("Content-Length"))
		}
		web.mu.Lock()
		web.got = append(web.got, received{r.Method, scheme + "://" + r.Host + r.RequestURI, header, string(body)})
		answer := web.answer
		web.mu.Unlock()
		if answer != nil {
			r.Body = io.NopCloser(bytes.NewReader(body))
			answer(w, r)
		}
	})
}

// requests gives what came so far.
func (web *webService) requests() []received {
	web.mu.Lock()
	defer web.mu.Unlock()
	return append([]received(nil), web.got...)
}

// dial connects every address to one of the two servers.
func (web *webService) dial(ctx context.Context, network, address string) (net.Conn, error) {
	to := web.plain
	if strings.HasSuffix(address, ":443") {
		to = web.secure
	}
	var d net.Dialer
	return d.DialContext(ctx, network, to.Listener.Addr().String())
}

// authority issues a certificate for whatever name is asked.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key}
}

func (a *authority) issue(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{hello.ServerName},
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, nil
}
