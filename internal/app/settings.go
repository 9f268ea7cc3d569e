package app

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
)

// Settings is everything an operator may choose, declared once: the struct
// tags give flag, environment variable, default and help, and the keys of the
// configuration file are the flags' names.
type Settings struct {
	Listen  string `env:"FIELDHOOK_LISTEN" default:"127.0.0.1:8080" group:"Network" placeholder:"ADDRESS" help:"Address and port to listen on. Use 0.0.0.0:8080 for all interfaces. Default: ${default}."`
	BaseURL string `name:"public-url" env:"FIELDHOOK_PUBLIC_URL" group:"Network" placeholder:"URL" help:"How devices and people reach this hub, such as https://hub.example.org. Requests of integrations to its own request bin and interactive demo are answered in process. Default: http:// and the listening address."`

	AllowPrivateTargets []string `env:"FIELDHOOK_ALLOW_PRIVATE_TARGETS" sep:"," group:"Network" placeholder:"CIDR" help:"Private networks that integrations may send to, such as 192.168.1.0/24. Without it loopback, private, link-local and metadata addresses are refused."`
	TrustedProxies      []string `env:"FIELDHOOK_TRUSTED_PROXIES" sep:"," group:"Network" placeholder:"CIDR" help:"Networks of the reverse proxies in front of the hub, such as 127.0.0.1. Limits per address then go by what they say in X-Forwarded-For; without it all clients behind a proxy share its address."`
	NoQueryToken        bool     `env:"FIELDHOOK_NO_QUERY_TOKEN" group:"Network" help:"Refuse ?access_token=… in URLs. Old clients need it; proxies may log it."`

	PublishRate       float64 `env:"FIELDHOOK_PUBLISH_RATE" default:"0" group:"Network" placeholder:"N" help:"Events per second that one account, with all its devices, may publish, with bursts of ten seconds' worth; more are answered with 429. 0 = no bound. Default: ${default}."`
	StreamsPerAccount int     `env:"FIELDHOOK_STREAMS_PER_ACCOUNT" default:"5000" group:"Network" placeholder:"N" help:"Event streams that one account, with all its devices, may hold open; more are answered with 429. 0 = no bound. Default: ${default}."`
	MaxStreams        int     `env:"FIELDHOOK_MAX_STREAMS" default:"20000" group:"Network" placeholder:"N" help:"Event streams that may be open at once; more are answered with 503. 0 = no bound. Default: ${default}."`
	OperationBlock    int     `env:"FIELDHOOK_OPERATION_BLOCK" default:"0" group:"Store" placeholder:"BYTES" help:"How many bytes of an event's data are counted as one data operation, 64 to 16384. 0 = an event is one, whatever its size. Default: ${default}."`

	RegisterUnknownDevices string `env:"FIELDHOOK_REGISTER_UNKNOWN_DEVICES" enum:"off,import,on" default:"import" group:"Network" placeholder:"WHEN" help:"When device ids that nobody knows are registered: import, when a product adds them; on, also when a user claims them; off, only when asked to register. Default: ${default}."`

	Store      string `env:"FIELDHOOK_STORE" default:"sqlite:./fieldhook-data/hub.db" group:"Store" placeholder:"STORE" help:"Where everything is kept: sqlite:PATH, or postgres://user:password@host/database. Default: ${default}."`
	StoreCache int    `env:"FIELDHOOK_STORE_CACHE" default:"16" group:"Store" placeholder:"MIB" help:"Page cache of the SQLite store in MiB, 1 to 4096. Default: ${default}."`

	KeepEvents time.Duration `env:"FIELDHOOK_KEEP_EVENTS" default:"720h" group:"Store" placeholder:"DURATION" help:"How long events are kept, with the attempts at their deliveries; those with unfinished deliveries stay longer. 0s = for ever. Default: ${default}."`
	KeepMiB    int           `name:"keep-mib" env:"FIELDHOOK_KEEP_MIB" default:"0" group:"Store" placeholder:"MIB" help:"How many MiB of events are kept at the most; the oldest are deleted first. 0 = no bound. Default: ${default}."`

	SecretKey     string `env:"FIELDHOOK_SECRET_KEY" group:"Store" placeholder:"KEY" help:"The key that seals secrets: 64 hexadecimal digits, or 32 bytes in base64. Prefer the environment variable or a file; other users of the machine can read flags."`
	SecretKeyFile string `env:"FIELDHOOK_SECRET_KEY_FILE" group:"Store" placeholder:"FILE" help:"File with the key that seals secrets; it is made at the first start. Back it up apart from the store. Default: secret.key beside the SQLite file, or in ./fieldhook-data."`

	SignUp        string `env:"FIELDHOOK_SIGN_UP" enum:"open,invite,closed" default:"closed" group:"Administrator" placeholder:"WHO" help:"Who may make an account: open, everybody; invite, who has the code of an invitation; closed, nobody but administrators. Default: ${default}."`
	StrictClients bool   `env:"FIELDHOOK_STRICT_CLIENTS" group:"Administrator" help:"Log people in only through OAuth clients that are registered here or that well-known programs bring along."`
	AdminToken    string `env:"FIELDHOOK_ADMIN_TOKEN" group:"Administrator" placeholder:"TOKEN" help:"A token for the administrator, for scripted set-ups: 16 characters or more, or it can be guessed. Prefer the environment variable; other users of the machine can read flags."`
	AdminPassword string `env:"FIELDHOOK_ADMIN_PASSWORD" group:"Administrator" placeholder:"PASSWORD" help:"The password of user admin: 8 characters or more, or it can be guessed. Without it the first start makes one up and prints it once."`

	UserAgent          string        `env:"FIELDHOOK_USER_AGENT" group:"Delivery" placeholder:"TEXT" help:"User-Agent of the requests that integrations send. Default: Fieldhook/VERSION (+URL of the documentation)."`
	CallTimeout        time.Duration `env:"FIELDHOOK_CALL_TIMEOUT" default:"20s" group:"Delivery" placeholder:"DURATION" help:"How long one call may take, connecting included, 1s to 120s. Default: ${default}."`
	MaxCalls           int           `env:"FIELDHOOK_MAX_CALLS" default:"1024" group:"Delivery" placeholder:"N" help:"Calls in flight at once over all targets, 16 to 65536. One target gets at most 128. Default: ${default}."`
	IgnoreClientErrors bool          `env:"FIELDHOOK_IGNORE_CLIENT_ERRORS" group:"Delivery" help:"Answers 4xx do not count as failures when a host is rated for throttling; 408 and 429 always do. The documented cloud counts them all."`
	RatePerAccount     bool          `env:"FIELDHOOK_RATE_PER_ACCOUNT" group:"Delivery" help:"The throttle rates hosts for each account by itself, so that one account's bad key does not hold back another's calls. The documented cloud rates them for all together."`
	Retry              string        `env:"FIELDHOOK_RETRY" enum:"none,skipped,failed" default:"none" group:"Delivery" placeholder:"POLICY" help:"Which deliveries are repeated where an integration does not say: none; skipped, those that the throttle held back; failed, those and calls that failed. Default: ${default}."`
	RetryAge           time.Duration `env:"FIELDHOOK_RETRY_AGE" default:"24h" group:"Delivery" placeholder:"DURATION" help:"How long failed deliveries are repeated before they become dead letters, where an integration does not say, 1s to 720h. Default: ${default}."`
	MaxPending         int           `env:"FIELDHOOK_MAX_PENDING" default:"1000000" group:"Delivery" placeholder:"N" help:"Unfinished deliveries that one integration may have, where it does not say; further ones are dropped and counted. 0 = no bound. Default: ${default}."`
	MaxAge             time.Duration `env:"FIELDHOOK_MAX_AGE" default:"0s" group:"Delivery" placeholder:"DURATION" help:"How long a delivery may wait for its first attempt, where an integration does not say; later it is dropped and counted. 0s = for ever. Default: ${default}."`
	RecentCalls        int           `env:"FIELDHOOK_RECENT_CALLS" default:"50" group:"Delivery" placeholder:"N" help:"Successful calls, and failed ones, that are recorded per integration with request and response, 10 to 1000. Default: ${default}."`
	StopTimeout        time.Duration `env:"FIELDHOOK_STOP_TIMEOUT" default:"25s" group:"Delivery" placeholder:"DURATION" help:"How long a stopping hub waits for calls in flight. What is unfinished then is delivered at the next start. Default: ${default}."`

	DebugListen string `env:"FIELDHOOK_DEBUG_LISTEN" group:"Logs" placeholder:"ADDRESS" help:"Serve Go's profiler (pprof) at this address, such as 127.0.0.1:6060. It is open to whoever can reach it: keep it on loopback."`

	LogFormat string `env:"FIELDHOOK_LOG_FORMAT" enum:"text,json" default:"text" group:"Logs" placeholder:"FORMAT" help:"Format of the log on standard error: text or json. Default: ${default}."`
	LogLevel  string `env:"FIELDHOOK_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" group:"Logs" placeholder:"LEVEL" help:"What is logged: debug, info, warn or error. Default: ${default}."`
}

// Validate says which setting has an impossible value. Kong calls it after
// parsing.
func (s *Settings) Validate() error {
	for _, check := range []func() error{s.checkNetwork, s.checkStore, s.checkBounds} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) checkNetwork() error {
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return fmt.Errorf("--listen: %q is not of the form host:port", s.Listen)
	}
	if _, err := s.prefixes(); err != nil {
		return err
	}
	if _, err := s.proxies(); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(s.DebugListen); s.DebugListen != "" && err != nil {
		return fmt.Errorf("--debug-listen: %q is not of the form host:port", s.DebugListen)
	}
	if !(s.PublishRate >= 0 && s.PublishRate <= 1e6) {
		return fmt.Errorf("--publish-rate: %g is not between 0 and 1000000", s.PublishRate)
	}
	if s.StreamsPerAccount < 0 {
		return fmt.Errorf("--streams-per-account: %d is negative", s.StreamsPerAccount)
	}
	if s.MaxStreams < 0 {
		return fmt.Errorf("--max-streams: %d is negative", s.MaxStreams)
	}
	if s.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(s.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("--public-url: it must be of the form https://host, without a user and a path")
	}
	return nil
}

func (s *Settings) checkStore() error {
	scheme, rest, ok := strings.Cut(s.Store, ":")
	switch {
	case ok && scheme == "sqlite" && rest != "" && rest != "//":
	case ok && (scheme == "postgres" || scheme == "postgresql") && strings.HasPrefix(rest, "//"):
	default:
		return fmt.Errorf("--store: it begins with sqlite: and a path, or with postgres://")
	}
	if s.KeepEvents < 0 || s.KeepEvents > 0 && s.KeepEvents < time.Minute {
		return fmt.Errorf("--keep-events: %s is neither 0s nor at least 1m", s.KeepEvents)
	}
	if s.KeepMiB < 0 || s.KeepMiB > 1<<30 {
		return fmt.Errorf("--keep-mib: %d is not between 0 and %d", s.KeepMiB, 1<<30)
	}
	if b := s.OperationBlock; b != 0 && (b < 64 || b > event.MaxData) {
		return fmt.Errorf("--operation-block: %d is neither 0 nor between 64 and %d", b, event.MaxData)
	}
	if s.StoreCache < 1 || s.StoreCache > 4096 {
		return fmt.Errorf("--store-cache: %d is not between 1 and 4096", s.StoreCache)
	}
	return nil
}

func (s *Settings) checkBounds() error {
	switch {
	case s.CallTimeout < time.Second || s.CallTimeout > 2*time.Minute:
		return fmt.Errorf("--call-timeout: %s is not between 1s and 2m", s.CallTimeout)
	case s.MaxCalls < 16 || s.MaxCalls > 65536:
		return fmt.Errorf("--max-calls: %d is not between 16 and 65536", s.MaxCalls)
	case s.RetryAge < integration.MinAge || s.RetryAge > integration.MaxAge:
		return fmt.Errorf("--retry-age: %s is not between %s and %s", s.RetryAge, integration.MinAge, integration.MaxAge)
	case s.MaxPending < 0:
		return fmt.Errorf("--max-pending: %d is negative", s.MaxPending)
	case s.MaxAge < 0:
		return fmt.Errorf("--max-age: %s is negative", s.MaxAge)
	case s.RecentCalls < 10 || s.RecentCalls > 1000:
		return fmt.Errorf("--recent-calls: %d is not between 10 and 1000", s.RecentCalls)
	case s.StopTimeout < 0 || s.StopTimeout > time.Hour:
		return fmt.Errorf("--stop-timeout: %s is not between 0s and 1h", s.StopTimeout)
	case !integration.ValidHeaderValue(s.UserAgent):
		return fmt.Errorf("--user-agent: it must be one line without control characters")
	}
	return nil
}

// prefixes are the private networks that are opened.
func (s *Settings) prefixes() ([]netip.Prefix, error) {
	return networks("--allow-private-targets", s.AllowPrivateTargets)
}

// proxies are the networks of trusted proxies.
func (s *Settings) proxies() ([]netip.Prefix, error) {
	return networks("--trusted-proxies", s.TrustedProxies)
}

// networks reads a list of networks. A plain address counts as a network of one.
func networks(flag string, texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := parseNetwork(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// parseNetwork refuses what would never match: targets are compared as plain
// IPv4 addresses and without zones.
func parseNetwork(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return p, fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", text)
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	if p.Addr().Is4In6() {
		return p, fmt.Errorf("%q is IPv4 written as IPv6; write it as plain IPv4", text)
	}
	return p, nil
}

// level gives the log level as slog knows it.
func (s *Settings) level() slog.Level {
	var l slog.Level
	if l.UnmarshalText([]byte(s.LogLevel)) != nil {
		return slog.LevelInfo
	}
	return l
}
