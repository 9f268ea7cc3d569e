package app_test

import (
	"fmt"
	"strings"
	"testing"
)

// Devices of the tests: one of the user's, one of nobody's that the hub knows
// through a product, one that it does not know.
const (
	myDevice      = "0a1b2c3d4e5f60718293a4b1"
	productDevice = "0a1b2c3d4e5f60718293a4b2"
	unknownDevice = "0a1b2c3d4e5f60718293a4ff"
)

// cliSteps are the commands in the order in which they are tried.
var cliSteps = []step{
	{command: "publish temp 25", prints: `(?i)invalid|log ?in|login`, fails: true, remark: "logged out: refused, and the client says to log in"},
	{command: "login -u admin -p wrong", prints: `(?i)credentials|invalid|failed`, fails: true, remark: "a wrong password"},
	{command: "login -u admin -p test-password", prints: `Successfully completed login`},
	{command: "login --token " + adminToken, prints: `Successfully completed login`},
	{command: "whoami", prints: `admin`},
	{command: "token create", types: "test-password\n", prints: `New access token expires on .*\n +(?P<token>[0-9a-f]{40})`},
	{command: "token create --expires-in 3600", types: "test-password\n", prints: `expires on .*\n +[0-9a-f]{40}`},
	{command: "token create --never-expires", types: "test-password\n", prints: `never expires\s+[0-9a-f]{40}`},
	{command: "token revoke {token}", prints: `(?i)revoked|success`},

	{command: "webhook create temp {bin}/cli", prints: `Successfully created webhook with ID (?P<hook>[0-9a-f]{24})`},
	{command: "webhook create hook.json", prints: `Successfully created webhook with ID (?P<filed>[0-9a-f]{24})`, remark: "a file with the keys of the client's own template"},
	{command: "webhook POST posted {bin}/cli", prints: `Successfully created webhook`},
	{command: "webhook GET got {bin}/cli " + myDevice, prints: `Successfully created webhook`},
	{command: "webhook list", prints: `ID {hook} is watching for "temp"`},
	{command: "webhook delete {hook}", prints: `(?i)deleted|success|^\s*$`},
	{command: "integration create temp {bin}/cli", prints: `ID (?P<made>[0-9a-f]{24})`, only: "3.51.0"},
	{command: "integration list", prints: `ID {made} is watching for "temp"`, only: "3.51.0"},
	{command: "integration list --type GoogleMaps", prints: `(?i)no .*integrations|found 0`, only: "3.51.0"},
	{command: "integration create maps.json --type googlemaps", prints: `ID (?P<maps>[0-9a-f]{24})`, only: "3.51.0", remark: "a file with `event` and `api_key`"},
	{command: "integration list --type GoogleMaps", prints: `(?s)1 integrations.*ID {maps} is watching for "deviceLocator"\s+type: GoogleMaps\s+created`, only: "3.51.0"},
	{command: "integration delete {maps}", prints: ``, only: "3.51.0"},
	{command: "integration delete {made}", prints: ``, only: "3.51.0"},
	{command: "webhook delete all", types: "y\n", prints: `(?i)delet`},
	{command: "webhook list", prints: `(?i)no .*(hooks|integrations) |found 0|no existing`, remark: "when there are none"},

	{command: "publish temp 25", prints: `Published .*event: temp`},
	{command: "subscribe temp --max 1", publish: "temp/a", prints: `"data":"21.5".*"name":"temp/a"`},
	{command: "subscribe --device " + myDevice + " --max 1", publish: "temp", by: "device", prints: `"coreid":"` + myDevice + `"`, remark: "events of one device"},
	{command: "list", prints: `(?s)porch.*` + myDevice},
	{command: "device add " + unknownDevice, prints: `device not found`, fails: true, remark: "a device that the hub does not know; `--register-unknown-devices` changes that"},
	{command: "device rename " + myDevice + " attic", prints: `(?i)attic|renam`},
	{command: "device rename " + unknownDevice + " attic", prints: `I didn.t recognize that device name or ID`, fails: true},

	{command: "product device list {product}", prints: productDevice},
	{command: "product device list nowhere", prints: `Permission [Dd]enied`, fails: true, remark: "an unknown product is answered like a foreign one"},
	{command: "product device add {product} " + myDevice, prints: `(?i)success`},
	{command: "product device add {product} " + myDevice, prints: `(?i)success`, remark: "a second time"},
	{command: "product device add {product} --file ids.txt", prints: `(?i)success|invalid`, remark: "with CRLF, blank lines and a word that is no id"},
	{command: "product device remove {product} " + myDevice, prints: `(?i)success`},
	{command: "product device remove {product} " + unknownDevice, prints: `Device not found for this product`, fails: true},
	{command: "publish temp 25 --product {product}", prints: `Published .*event: temp`},
	{command: "subscribe temp --product {product} --max 1", publish: "temp/p", by: "product", prints: `"name":"temp/p"`},
	{command: "webhook create temp {bin}/cli --product {product}", prints: `ID (?P<made>[0-9a-f]{24})`, only: "3.51.0"},
	{command: "webhook list --product {product}", prints: `{made}`, only: "3.51.0"},
	{command: "webhook delete {made} --product {product}", prints: ``, only: "3.51.0"},
	{command: "integration create temp {bin}/cli --org {org}", prints: `ID (?P<made>[0-9a-f]{24})`, only: "3.51.0"},
	{command: "integration list --org {org}", prints: `{made}`, only: "3.51.0"},
	{command: "integration delete {made} --org {org}", prints: ``, only: "3.51.0"},
	{command: "publish temp 25 --org {org}", prints: `Published .*event: temp`, only: "3.51.0"},

	{command: "config secrets set API_KEY hunter2 --sandbox", prints: `API_KEY set successfully`, only: "3.51.0"},
	{command: "config secrets list --sandbox", prints: `API_KEY\s+Usage count: 0`, only: "3.51.0"},
	{command: "config secrets get API_KEY --sandbox", prints: `Integrations: \(none\)`, only: "3.51.0"},
	{command: "config secrets delete API_KEY --sandbox", prints: `deleted successfully`, only: "3.51.0"},

	{command: "call " + myDevice + " led on", prints: `timed out`, fails: true, remark: "devices cannot be reached yet: there is no gateway for them"},
	{command: "get " + myDevice + " temp", prints: `timed out`, fails: true, remark: "as above"},
	{command: "compile photon main.ino", prints: `Compile failed`, fails: true, remark: "the hub has no compiler"},
	{command: "logic-function list", prints: `Error listing Logic Functions|no route`, fails: true, remark: "the hub runs no functions of its users"},

	{command: "device remove " + myDevice, types: "y\n", prints: `Okay!`},
	{command: "logout", prints: `You have been logged out from admin`},
	{command: "whoami", prints: `(?i)not (signed|logged) in|log ?in|invalid`, fails: true, remark: "logged out"},
}

// cliFile is a webhook as the client's own template has it.
const cliFile = `{"event":"filed","url":"{bin}/filed","_":"The following parameters are optional","requestType":"POST",
"form":null,"json":{"v":"{{{PARTICLE_EVENT_VALUE}}}"},"headers":null,"query":null,"auth":null,"rejectUnauthorized":"true"}`

func TestParticleCLI(t *testing.T) {
	versions := []struct{ version, dir string }{{"3.43.1", "cli343"}, {"3.51.0", "cli351"}}
	results := make([]map[string]string, len(versions))
	for i, v := range versions {
		t.Run(v.version, func(t *testing.T) { results[i] = tryCLI(newCLI(t, v.version, v.dir)) })
		if results[i] == nil {
			return // skipped, or ended early
		}
	}
	rows := []string{"| command | 3.43.1 | 3.51.0 | remark |", "| --- | --- | --- | --- |"}
	for i, s := range cliSteps {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", shown(s), results[0][key(i)], results[1][key(i)], s.remark))
	}
	compareTable(t, "commands", rows)
}

func key(i int) string { return fmt.Sprint(i) }

// shown is the command as people would type it.
func shown(s step) string {
	r := strings.NewReplacer(adminToken, "TOKEN", "{token}", "TOKEN", "{bin}/cli", "URL", "{hook}", "ID", "{made}", "ID", "{maps}", "ID",
		"{product}", "PRODUCT", "{org}", "ORG", myDevice, "DEVICE", unknownDevice, "UNKNOWN", "test-password", "PASSWORD")
	return "particle " + r.Replace(s.command)
}

// tryCLI tries all steps on a hub with a device, a product and an organization.
func tryCLI(c *cli) map[string]string {
	c.vars["bin"] = c.hub.URL() + "/bin"
	c.write("hook.json", c.fill(cliFile))
	c.write("maps.json", `{"event":"deviceLocator","api_key":"maps-key"}`)
	c.write("main.ino", "void setup() {}\nvoid loop() {}\n")
	c.write("ids.txt", myDevice+"\r\n\r\n"+productDevice+"\r\nWAT\r\n")
	c.vars["key"] = c.device(myDevice)
	c.call(adminToken, "PUT", "/v1/devices/"+myDevice, map[string]any{"name": "porch"}, nil)
	c.call(adminToken, "POST", "/v1/orgs", map[string]any{"name": "Acme"}, nil)
	c.vars["org"] = "acme"
	var product struct{ Product struct{ ID int64 } }
	c.call(adminToken, "POST", "/v1/orgs/acme/products", map[string]any{"product": map[string]any{"name": "Lamp", "platform_id": 32}}, &product)
	c.vars["product"] = fmt.Sprint(product.Product.ID)
	c.call(adminToken, "POST", "/v1/products/"+c.vars["product"]+"/devices", map[string]any{"id": productDevice}, nil)
	results := map[string]string{}
	for i, s := range cliSteps {
		if s.only != "" && s.only != c.version {
			results[key(i)] = "–"
			continue
		}
		s.prints = c.fill(s.prints)
		results[key(i)] = c.run(s)
	}
	return results
}
