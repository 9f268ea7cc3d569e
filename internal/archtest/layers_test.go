package archtest

// module is the import path of this repository.
const module = "github.com/fieldhook/fieldhook/"

// ground are the words that everybody uses. Every package may import them; they
// import nothing of ours.
var ground = []string{"internal/event", "internal/scope", "internal/fault", "internal/jsontext", "internal/record"}

// testSupport may be imported by external test packages (package x_test), so
// that a room is tested over a real store instead of a mock.
var testSupport = []string{"internal/store/memory", "internal/store/sqlite", "internal/store/storetest", "internal/store/postgres/pgtest"}

// anything is what the packages at the top may import: they put the rest
// together.
const anything = "*"

// edge allows one package to import another one.
type edge struct{ from, to, why string }

// edges is the whole table: an import of ours that is not here, and leads to no
// ground, fails the test. So does a line that nobody uses any more.
var edges = []edge{
	{"internal/event", "internal/record", "both are ground; the stored form of an event is a record"},

	// Rooms, in the order in which an event walks through them.
	{"internal/integration", "internal/template", "a saved definition holds its templates compiled"},
	{"internal/match", "internal/eventlog", "a match is a delivery of the log, before it has an id"},
	{"internal/match", "internal/integration", "the index holds compiled definitions"},
	{"internal/match", "internal/template", "the origin of a URL may hold variables"},
	{"internal/render", "internal/integration", "a definition says how to render"},
	{"internal/render", "internal/template", "the event's variables"},
	{"internal/deliver", "internal/eventlog", "it is told of commits and hands results back"},
	{"internal/deliver", "internal/integration", "each attempt uses the definition as it is now"},
	{"internal/deliver", "internal/render", "each attempt renders its request"},
	{"internal/deliver", "internal/template", "an attempt carries the event's variables"},
	{"internal/deliver", "internal/throttle", "asks before each call, and reports how it ended"},
	{"internal/authorize", "internal/deliver", "it is a sender that calls the next one"},
	{"internal/authorize", "internal/integration", "the schemes, and how an account's key is read"},
	{"internal/authorize", "internal/render", "it signs rendered requests"},
	{"internal/respond", "internal/deliver", "an attempt is its input"},
	{"internal/respond", "internal/template", "topics and response templates"},
	{"internal/preview", "internal/deliver", "an answer, and how records mask requests"},
	{"internal/preview", "internal/integration", "a draft is a checked configuration"},
	{"internal/preview", "internal/match", "the index decides what matches"},
	{"internal/preview", "internal/render", "renders as deliveries do"},
	{"internal/preview", "internal/respond", "the events that an answer would become"},
	{"internal/preview", "internal/template", "the event's variables"},
	{"internal/history", "internal/eventlog", "reads what the log keeps of attempts"},
	{"internal/retention", "internal/eventlog", "counts days as it does"},
	{"internal/usage", "internal/eventlog", "counts what is committed"},
	{"internal/retention", "internal/usage", "knows for how long counts are kept"},
	{"internal/retention", "internal/history", "knows for how long counts and calls are kept"},
	{"internal/replay", "internal/eventlog", "replays are deliveries of the log"},
	{"internal/ledger", "internal/fleet", "instances belong to devices and products"},
	{"internal/demo", "internal/eventlog", "the live log follows the log"},
	{"internal/demo", "internal/fleet", "registers its devices"},
	{"internal/demo", "internal/integration", "makes its example"},
	{"internal/demo", "internal/ledger", "makes an example ledger"},
	{"internal/demo", "internal/publish", "its devices publish through the one door"},
	{"internal/demo", "internal/team", "makes an example organization"},

	// Adapters. They never import each other.
	{"internal/api", "internal/deliver", "the report of a test"},
	{"internal/api", "internal/eventlog", "streams follow the log"},
	{"internal/api", "internal/fleet", "routes about devices"},
	{"internal/api", "internal/gallery", "routes about the gallery"},
	{"internal/api", "internal/history", "routes about what became of events"},
	{"internal/api", "internal/identity", "every request is authenticated"},
	{"internal/api", "internal/integration", "routes about integrations"},
	{"internal/api", "internal/ledger", "routes about ledgers"},
	{"internal/api", "internal/preview", "the route of the same name"},
	{"internal/api", "internal/publish", "the publish route"},
	{"internal/api", "internal/respond", "tells how large a part of a response is"},
	{"internal/api", "internal/replay", "routes about replays"},
	{"internal/api", "internal/secret", "routes about secrets"},
	{"internal/api", "internal/team", "every route names the action that it takes the right to do"},
	{"internal/api", "internal/tutorial", "routes of the interactive demo"},
	{"internal/api", "internal/usage", "the route about data operations"},
	{"internal/api", "internal/throttle", "shows how hosts are rated"},
	{"internal/outbound", "internal/deliver", "it is the sender at the bottom of the stack"},
	{"internal/outbound", "internal/render", "it writes rendered requests"},
	{"internal/store/records", "internal/eventlog", "stores what commits keep of attempts, but does not write it"},
	{"internal/store/records", "internal/fleet", "stores devices"},
	{"internal/store/records", "internal/identity", "stores users and tokens"},
	{"internal/store/records", "internal/integration", "stores definitions"},
	{"internal/store/records", "internal/ledger", "stores ledgers"},
	{"internal/store/records", "internal/presence", "stores what was heard of devices"},
	{"internal/store/records", "internal/replay", "stores jobs"},
	{"internal/store/records", "internal/secret", "stores sealed secrets"},
	{"internal/store/records", "internal/team", "stores organizations and members"},
	{"internal/store/records", "internal/usage", "stores what was used"},
	{"internal/store/records", "internal/store", "the words that engines share"},
	{"internal/store/sqlite", "internal/eventlog", "implements its engine"},
	{"internal/store/sqlite", "internal/store/records", "lends it its connections"},
	{"internal/store/postgres", "internal/eventlog", "implements its engine"},
	{"internal/store/postgres", "internal/store/records", "lends it its connections"},
	{"internal/store/memory", "internal/eventlog", "implements its engine"},
	{"internal/store/memory", "internal/fleet", "stores devices"},
	{"internal/store/memory", "internal/identity", "stores users and tokens"},
	{"internal/store/memory", "internal/integration", "stores definitions"},
	{"internal/store/memory", "internal/ledger", "stores ledgers"},
	{"internal/store/memory", "internal/presence", "stores what was heard of devices"},
	{"internal/store/memory", "internal/replay", "stores jobs"},
	{"internal/store/memory", "internal/secret", "stores sealed secrets"},
	{"internal/store/memory", "internal/team", "stores organizations and members"},
	{"internal/store/memory", "internal/usage", "stores what was used"},
	{"internal/store/memory", "internal/store", "the words that engines share"},
	{"internal/store/storetest", "internal/eventlog", "the suite of every engine"},
	{"internal/store/storetest", "internal/fleet", "the suite of every engine"},
	{"internal/store/storetest", "internal/identity", "the suite of every engine"},
	{"internal/store/storetest", "internal/integration", "the suite of every engine"},
	{"internal/store/storetest", "internal/team", "the suite of every engine"},
	{"internal/store/storetest", "internal/usage", "the suite of every engine"},
	{"internal/store/storetest", "internal/ledger", "the suite of every engine"},
	{"internal/store/storetest", "internal/presence", "the suite of every engine"},
	{"internal/store/storetest", "internal/replay", "the suite of every engine"},
	{"internal/store/storetest", "internal/secret", "the suite of every engine"},

	// The top: app wires, cli starts, cmd is main.
	{"internal/app", anything, "puts the rooms and adapters together"},
	{"internal/cli", "internal/app", "starts the hub"},
	{"internal/cli", "internal/demo", "shows the demo"},
	{"internal/cli", "internal/eventlog", "hands the demo a stream"},
	{"internal/cli", "internal/gallery", "fills in the entries that a hub shows"},
	{"internal/cli", "internal/identity", "names the administrator to the demo"},
	{"internal/cli", "internal/integration", "checks files, and compares them with what a hub has, in the one spelling of settings"},
	{"cmd/fieldhook", "internal/cli", "main and nothing else"},
}

// reserve says where a package from outside may be imported, tests apart.
type reserve struct {
	path string // an import path or, ending in "/", the beginning of several
	by   []string
	why  string
}

// reserved lists every library and those parts of the standard library that do
// I/O. A library that is not here fails the test; so does a use elsewhere.
var reserved = []reserve{
	{"net/http", []string{"internal/api", "internal/app", "internal/authorize", "internal/cli", "internal/console", "internal/deliver", "internal/demo", "internal/outbound", "internal/reference", "internal/requestbin", "internal/tutorial"},
		"rooms know no HTTP server or client; deliver names its type of header, authorize methods and statuses, demo plays web services in process"},
	{"net", []string{"internal/api", "internal/app", "internal/cli", "internal/outbound"}, "only doors know sockets; net/netip and net/url are free"},
	{"os", []string{"cmd/fieldhook", "internal/app", "internal/cli", "internal/demo", "internal/store/sqlite"},
		"files and environment belong to the command line, the store, the demo's folder, and app for the file of the secrets' key"},
	{"os/exec", []string{"internal/cli"}, "fieldhook integration edit opens the person's editor; the hub starts no programs"},
	{"os/signal", []string{"cmd/fieldhook"}, "signals end main's context"},
	{"database/sql", []string{"internal/store/sqlite", "internal/store/postgres"}, "SQL stays in the engines"},
	{"database/sql/driver", []string{"internal/store/sqlite"}, "prepared statements without conversions"},
	{"crypto/tls", []string{"internal/outbound"}, "TLS of calls; the hub itself listens without"},
	{"unsafe", nil, "nothing here is worth it"},
	{"log", nil, "log/slog is the one logger"},
	{"log/slog", []string{"internal/api", "internal/app", "internal/eventlog"},
		"rooms return errors; the API logs them once, and the log has a writer that nobody calls"},

	{"code.dny.dev/ssrf", []string{"internal/outbound"}, "the registries of special addresses"},
	{"github.com/aymanbagabas/go-udiff", []string{"internal/cli"}, "what fieldhook apply would change"},
	{"github.com/alecthomas/kong", []string{"internal/cli"}, "the command line"},
	{"github.com/go-chi/chi/v5", []string{"internal/api"}, "the router"},
	{"github.com/google/go-cmp/", []string{"internal/store/storetest"}, "differences in tests"},
	{"github.com/google/uuid", []string{"internal/event"}, "event ids"},
	{"github.com/jackc/pgx/v5", []string{"internal/store/postgres"}, "the PostgreSQL driver"},
	{"github.com/jackc/pgx/v5/", []string{"internal/store/postgres"}, "the PostgreSQL driver"},
	{"github.com/pressly/goose/v3", []string{"internal/store/sqlite", "internal/store/postgres"}, "migrations"},
	{"github.com/schollz/progressbar/v3", []string{"internal/cli"}, "the progress of long work"},
	{"go.yaml.in/yaml/v3", []string{"internal/cli", "internal/reference"}, "the configuration file, the files of fieldhook apply; the description of the API"},
	{"golang.org/x/crypto/argon2", []string{"internal/identity"}, "password hashes"},
	{"golang.org/x/sys/unix", []string{"internal/cli", "internal/store/sqlite", "internal/store/storetest"},
		"the terminal's width; the lock of the store's file; processor time in benchmarks"},
	{"golang.org/x/sys/windows", []string{"internal/cli", "internal/store/sqlite"}, "as unix"},
	{"golang.org/x/term", []string{"internal/cli"}, "passwords that are not shown"},
	{"golang.org/x/time/rate", []string{"internal/publish"}, "the publish rate of accounts"},
	{"golang.org/x/text/width", []string{"internal/demo"}, "the columns that a character takes in a terminal"},
	{"modernc.org/sqlite", []string{"internal/store/sqlite"}, "SQLite without cgo"},
	{"modernc.org/sqlite/", []string{"internal/store/sqlite"}, "SQLite's result codes"},
}
