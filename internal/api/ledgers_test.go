package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// shown sends a request and gives its answer without times, indented by nobody.
func (h *hub) shown(method, path, body string, want int) string {
	h.t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(h.send(method, path, body, want)))
	d.UseNumber()
	h.must(d.Decode(&v))
	text, err := json.Marshal(withoutTimes(v))
	h.must(err)
	return string(text)
}

func withoutTimes(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"created_at", "updated_at", "replaced_at", "archived_at"} {
			if at, ok := v[name].(string); ok && len(at) == len("2006-01-02T15:04:05.000Z") {
				delete(v, name)
			}
		}
		for name := range v {
			v[name] = withoutTimes(v[name])
		}
	case []any:
		for i := range v {
			v[i] = withoutTimes(v[i])
		}
	}
	return v
}

// wantShown compares an answer with what is wanted, as JSON.
func (h *hub) wantShown(method, path, body string, status int, want string) {
	h.t.Helper()
	got := h.shown(method, path, body, status)
	var a, b any
	h.must(json.Unmarshal([]byte(got), &a))
	h.must(json.Unmarshal([]byte(want), &b))
	if d := cmp.Diff(b, a); d != "" {
		h.t.Errorf("%s %s (-want +got):\n%s", method, path, d)
	}
}

const serials = "/v1/ledgers/serials"

// deviceLedger makes ann's ledger of serial numbers.
func (h *hub) deviceLedger() {
	h.t.Helper()
	h.send("POST", "/v1/ledgers", `{"ledger":{"name":"serials","description":"d","scope":"Device","direction":"Downstream"}}`, 201)
}

func TestLedgerDefinitions(t *testing.T) {
	h := newHub(t)
	const serial = `{"name":"serials","description":"d","scope":"Device","direction":"Downstream","archived":false,"archived_at":null}`
	h.wantShown("POST", "/v1/ledgers", `{"ledger":{"name":"serials","description":"d","scope":"Device","direction":"Downstream"}}`, 201, `{"ledger":`+serial+`}`)
	const site = `{"name":"site-1","description":"","scope":"Owner","direction":null,"archived":false,"archived_at":null}`
	h.wantShown("POST", "/v1/ledgers", `{"name":"site-1","scope":"Owner"}`, 201, `{"ledger":`+site+`}`)
	h.wantShown("GET", serials, "", 200, `{"ledger":`+serial+`}`)
	meta := func(page, size, pages, total int) string {
		return fmt.Sprintf(`"meta":{"page":%d,"per_page":%d,"total_pages":%d,"total_page":%d,"total_records":%d}`, page, size, pages, pages, total)
	}
	for query, want := range map[string]string{
		"":                    `[` + serial + `,` + site + `]|` + meta(1, 25, 1, 2),
		"?scope=Owner":        `[` + site + `]|` + meta(1, 25, 1, 1),
		"?page=2&per_page=1":  `[` + site + `]|` + meta(2, 1, 2, 2),
		"?page=9":             `[]|` + meta(9, 25, 1, 2),
		"?archived=true":      `[]|` + meta(1, 25, 1, 0),
		"?archived=false":     `[` + serial + `,` + site + `]|` + meta(1, 25, 1, 2),
		"?page=1000000":       `[]|` + meta(1000000, 25, 1, 2),
		"?scope=Product":      `[]|` + meta(1, 25, 1, 0),
		"?scope=Device&nonce": `[` + serial + `]|` + meta(1, 25, 1, 1),
	} {
		list, meta, _ := strings.Cut(want, "|")
		h.wantShown("GET", "/v1/ledgers"+query, "", 200, `{"ledgers":`+list+`,"ledger_definitions":`+list+`,`+meta+`}`)
	}
	changed := strings.Replace(serial, `"d"`, `"new"`, 1)
	h.wantShown("PUT", serials, `{"ledger":`+changed+`}`, 200, `{"ledger":`+changed+`}`)

	h.wantShown("DELETE", serials, "", 200, `{"ok":true}`)
	archived := strings.NewReplacer(`"archived":false,"archived_at":null`, `"archived":true`).Replace(changed)
	h.wantShown("GET", serials, "", 200, `{"ledger":`+archived+`}`)
	h.wantShown("GET", "/v1/ledgers?archived=true", "", 200, `{"ledgers":[`+archived+`],"ledger_definitions":[`+archived+`],`+meta(1, 25, 1, 1)+`}`)
	if text := h.send("POST", "/v1/ledgers", `{"name":"serials","scope":"Device"}`, 409); !strings.Contains(text, "archived") {
		t.Errorf("the name of an archived ledger: %s", text)
	}
	h.send("PUT", serials+"/instances/"+annDevice, `{"instance":{"data":{}}}`, 409)
	h.wantShown("PUT", serials, `{"ledger":{"archived":false}}`, 200, `{"ledger":`+changed+`}`)
}

func TestLedgerRefusals(t *testing.T) {
	h := newHub(t)
	h.deviceLedger()
	h.send("POST", "/v1/ledgers", `{"name":"up","scope":"Device","direction":"Upstream"}`, 201)
	instance := serials + "/instances/" + annDevice
	large := `{"instance":{"data":{"a":"` + strings.Repeat("x", 16384) + `"}}}`
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/v1/ledgers", `{"name":"Upper","scope":"Device"}`, 400, `"field":"name"`},
		{"POST", "/v1/ledgers", `{"scope":"Device"}`, 400, `"field":"name"`},
		{"POST", "/v1/ledgers", `{"name":"` + strings.Repeat("n", 33) + `","scope":"Device"}`, 400, `"field":"name"`},
		{"POST", "/v1/ledgers", `{"name":"a","scope":"Organization"}`, 400, `"field":"scope"`},
		{"POST", "/v1/ledgers", `{"name":"a"}`, 400, `"field":"scope"`},
		{"POST", "/v1/ledgers", `{"name":"a","scope":"Device","direction":"Sideways"}`, 400, `"field":"direction"`},
		{"POST", "/v1/ledgers", `{"name":"a","scope":7}`, 400, `"field":"scope"`},
		{"POST", "/v1/ledgers", `{"name":"a","scope":"Device","description":"` + strings.Repeat("d", 1025) + `"}`, 400, `"field":"description"`},
		{"POST", "/v1/ledgers", `{"name":"serials","scope":"Owner"}`, 409, "already"},
		{"POST", "/v1/ledgers", ``, 400, `"field":"scope"`},
		{"POST", "/v1/ledgers", `[]`, 400, "object"},
		{"POST", "/v1/ledgers", `{"ledger":{"name":"a","name":"b"}}`, 400, `"field":"name"`},
		{"PUT", serials, `{"ledger":{"scope":"Owner"}}`, 400, `"field":"scope"`},
		{"PUT", serials, `{"ledger":{"archived":"yes"}}`, 400, `"field":"archived"`},
		{"PUT", "/v1/ledgers/other", `{"ledger":{"description":"x"}}`, 404, "No ledger has this name."},
		{"DELETE", "/v1/ledgers/other", ``, 404, "No ledger has this name."},
		{"GET", "/v1/ledgers?scope=All", ``, 400, `"field":"scope"`},
		{"GET", "/v1/ledgers?archived=maybe", ``, 400, `"field":"archived"`},
		{"GET", "/v1/ledgers?page=0", ``, 400, `"field":"page"`},
		{"GET", "/v1/ledgers?per_page=1001", ``, 400, `"field":"per_page"`},
		{"PUT", instance, large, 400, `"field":"data"`},
		{"PUT", instance, `{"instance":{"data":[1]}}`, 400, `"field":"data"`},
		{"PUT", instance, `{"instance":{"data":null}}`, 400, `"field":"data"`},
		{"PUT", instance, `{"instance":{}}`, 400, `"field":"data"`},
		{"PUT", instance + "?set_mode=Append", `{"instance":{"data":{}}}`, 400, `"field":"set_mode"`},
		{"PUT", instance, ``, 400, `"field":"data"`},
		{"PUT", "/v1/ledgers/up/instances/" + annDevice, `{"instance":{"data":{}}}`, 403, "only devices write it"},
		{"GET", instance + "/versions?replaced_before=yesterday", ``, 400, `"field":"replaced_before"`},
		{"GET", instance, ``, 404, "no such instance"},
		{"GET", "/v1/ledgers/other/instances", ``, 404, "No ledger has this name."},
		{"DELETE", instance, ``, 404, "no such instance"},
		{"GET", instance + "/versions", ``, 404, "no such instance"},
	} {
		if text := h.send(c.method, c.path, c.body, c.status); !strings.Contains(text, c.want) {
			t.Errorf("%s %s %.60s: got %s, want it to hold %s", c.method, c.path, c.body, text, c.want)
		}
	}
}

func TestLedgerInstances(t *testing.T) {
	h := newHub(t)
	h.deviceLedger()
	instance := serials + "/instances/" + annDevice
	scoped := `"name":"serials","scope":{"type":"Device","value":"` + annDevice + `","name":"porch"}`
	first := `{"data":{"serial":"S-1","n":1.50,"at":{"x":1}},"size_bytes":38,"version":1,` + scoped + `}`
	h.wantShown("PUT", instance, `{"instance":{"data":{"serial": "S-1", "n": 1.50, "at": {"x": 1}}}}`, 200, `{"instance":`+first+`}`)
	if text := h.send("GET", instance, "", 200); !strings.Contains(text, `"data":{"serial":"S-1","n":1.50,"at":{"x":1}}`) {
		t.Errorf("the data is not as it was written: %s", text)
	}
	second := `{"data":{"serial":"S-2","n":null,"at":{"y":2},"new":true},"size_bytes":49,"version":2,` + scoped + `}`
	h.wantShown("PUT", instance+"?set_mode=Merge", `{"instance":{"data":{"serial":"S-2","n":null,"at":{"y":2},"new":true}}}`, 200, `{"instance":`+second+`}`)
	third := `{"data":{"a":[]},"size_bytes":8,"version":3,` + scoped + `}`
	h.wantShown("PUT", serials+"/instances/"+strings.ToUpper(annDevice)+"?set_mode=Replace", `{"data":{"a":[]}}`, 200, `{"instance":`+third+`}`)
	h.wantShown("GET", instance, "", 200, `{"instance":`+third+`}`)
	h.wantShown("GET", serials+"/instances", "", 200,
		`{"instances":[`+third+`],"meta":{"page":1,"per_page":25,"total_pages":1,"total_page":1,"total_records":1}}`)
	h.wantShown("GET", instance+"/versions", "", 200, `{"versions":[`+second+`,`+first+`],"meta":{"has_more":false}}`)
	for version, want := range map[string]string{"1": first, "2": second, "3": third} {
		h.wantShown("GET", instance+"/versions/"+version, "", 200, `{"instance":`+want+`}`)
	}
	for _, version := range []string{"0", "4", "-1", "x", "99999999999999999999"} {
		h.send("GET", instance+"/versions/"+version, "", 404)
	}
	h.wantShown("DELETE", instance, "", 200, `{"ok":true}`)
	h.send("GET", instance, "", 404)
	h.send("GET", instance+"/versions/1", "", 404)
}

// TestLedgerVersionsByTime reads versions by the time at which they were
// replaced, which each version tells.
func TestLedgerVersionsByTime(t *testing.T) {
	h := newHub(t)
	h.deviceLedger()
	instance := serials + "/instances/" + annDevice
	for i := range 28 {
		h.send("PUT", instance, fmt.Sprintf(`{"instance":{"data":{"i":%d}}}`, i), 200)
	}
	read := func(query string) (versions []int64, times []string, more bool) {
		var got struct {
			Versions []struct {
				Version    int64  `json:"version"`
				ReplacedAt string `json:"replaced_at"`
			} `json:"versions"`
			Meta struct {
				More bool `json:"has_more"`
			} `json:"meta"`
		}
		h.must(json.Unmarshal([]byte(h.send("GET", instance+"/versions"+query, "", 200)), &got))
		for _, v := range got.Versions {
			versions, times = append(versions, v.Version), append(times, v.ReplacedAt)
		}
		return versions, times, got.Meta.More
	}
	versions, times, more := read("")
	if len(versions) != 25 || versions[0] != 27 || versions[24] != 3 || !more {
		t.Fatalf("first page %v, more %v; want 27 to 3 and more", versions, more)
	}
	if rest, _, more := read("?replaced_before=" + times[24]); fmt.Sprint(rest) != "[2 1]" || more {
		t.Errorf("second page %v, more %v; want 2 and 1", rest, more)
	}
	if late, _, _ := read("?replaced_after=" + times[2]); fmt.Sprint(late) != "[27 26]" {
		t.Errorf("after the third: %v, want 27 and 26", late)
	}
}

// TestLedgersOfOthersLookMissing has bob ask for what is ann's, and ann use
// devices and products that are not hers. Each answer is that to a thing that
// does not exist.
func TestLedgersOfOthersLookMissing(t *testing.T) {
	h := newHub(t)
	h.deviceLedger()
	h.send("POST", "/v1/ledgers", `{"name":"sites","scope":"Product"}`, 201)
	h.send("POST", "/v1/ledgers", `{"name":"me","scope":"Owner"}`, 201)
	own, err := h.store.InsertProduct(t.Context(), fleet.Product{Slug: "own", Name: "Own", Owner: scope.Of(ann)})
	h.must(err)
	foreign, err := h.store.InsertProduct(t.Context(), fleet.Product{Slug: "foreign", Name: "Foreign", Owner: scope.Of(bob)})
	h.must(err)
	const body = `{"instance":{"data":{"a":1}}}`
	for path, status := range map[string]int{
		serials + "/instances/" + annDevice:                     200,
		serials + "/instances/" + bobDevice:                     404,
		serials + "/instances/ffffffffffffffffffffffff":         404,
		serials + "/instances/porch":                            404,
		serials + "/instances/" + ann:                           404,
		serials + "/instances/a%00b":                            404,
		fmt.Sprint("/v1/ledgers/sites/instances/", own.ID):      200,
		fmt.Sprint("/v1/ledgers/sites/instances/0", own.ID):     404,
		fmt.Sprint("/v1/ledgers/sites/instances/", foreign.ID):  404,
		"/v1/ledgers/sites/instances/99999":                     404,
		"/v1/ledgers/sites/instances/own":                       404,
		"/v1/ledgers/me/instances/" + ann:                       200,
		"/v1/ledgers/me/instances/" + bob:                       404,
		"/v1/ledgers/me/instances/":                             405, // the list takes no PUT
		"/v1/ledgers/me/instances/" + strings.Repeat("a", 5000): 404,
	} {
		if text := h.send("PUT", path, body, status); status == 404 && !strings.Contains(text, "no such instance") {
			t.Errorf("PUT %s: %s", path, text)
		}
		if status != 405 {
			h.send("GET", path, "", status)
			h.send("GET", path+"/versions", "", status)
		}
	}
	for _, path := range []string{serials, serials + "/instances", serials + "/instances/" + annDevice, serials + "/instances/" + annDevice + "/versions/1"} {
		r := h.request("GET", path, "", "")
		as(bobToken)(r)
		if resp, text := h.do(r); resp.StatusCode != 404 || !strings.Contains(text, "No ledger has this name.") {
			t.Errorf("bob reads %s: %d %s", path, resp.StatusCode, text)
		}
	}
	d, err := h.store.DeviceByID(t.Context(), annDevice)
	h.must(err)
	d.Owner = bob
	h.must(h.store.UpdateDevice(t.Context(), d))
	h.send("GET", serials+"/instances/"+annDevice, "", 404)
	if text := h.send("GET", serials+"/instances", "", 200); !strings.Contains(text, `"not_owned":true`) || strings.Contains(text, "porch") {
		t.Errorf("the instance of a device that was given away: %s", text)
	}
}

func TestLedgersOfAnOrganization(t *testing.T) {
	h := newHub(t)
	org := team.Organization{ID: "0a0000000000000000000001", Slug: "acme", Name: "Acme"}
	h.must(h.store.SaveOrganization(t.Context(), org))
	h.send("POST", "/v1/orgs/acme/ledgers", `{"name":"site","scope":"Organization"}`, 403)
	h.must(h.store.SaveMember(t.Context(), team.Member{Scope: scope.OfOrganization(org.ID), User: ann, Role: team.Developer}))
	h.wantShown("POST", "/v1/orgs/acme/ledgers", `{"ledger":{"name":"site","scope":"Organization"}}`, 201,
		`{"ledger":{"name":"site","description":"","scope":"Owner","direction":null,"archived":false,"archived_at":null}}`)
	h.send("PUT", "/v1/orgs/acme/ledgers/site/instances/"+org.ID, `{"instance":{"data":{"a":1}}}`, 200)
	h.send("PUT", "/v1/orgs/"+org.ID+"/ledgers/site/instances/"+ann, `{"instance":{"data":{"a":1}}}`, 404)
	h.send("GET", "/v1/ledgers/site", "", 404)
	h.send("POST", "/v1/ledgers", `{"name":"site","scope":"Owner"}`, 201)
	h.must(h.store.SaveMember(t.Context(), team.Member{Scope: scope.OfOrganization(org.ID), User: ann, Role: team.ViewOnly}))
	h.send("GET", "/v1/orgs/acme/ledgers/site/instances/"+org.ID, "", 200)
	h.send("PUT", "/v1/orgs/acme/ledgers/site/instances/"+org.ID, `{"instance":{"data":{"a":2}}}`, 403)
	h.send("DELETE", "/v1/orgs/acme/ledgers/site", "", 403)
}

func TestIntegrationsWarnOfMissingLedgers(t *testing.T) {
	h := newHub(t)
	h.deviceLedger()
	const config = `{"event":"a","url":"http://192.0.2.1/","body":"{{LEDGER.serials.a}}{{LEDGER.gone.a}}"}`
	text := h.send("POST", "/v1/integrations", config, 201)
	if !strings.Contains(text, "There is no ledger gone") || strings.Contains(text, "There is no ledger serials") {
		t.Errorf("warnings of a new integration: %s", text)
	}
	id, _ := object(t, text)["id"].(string)
	h.send("DELETE", serials, "", 200)
	if text := h.send("PUT", "/v1/integrations/"+id, `{"name":"x"}`, 200); !strings.Contains(text, "There is no ledger serials") {
		t.Errorf("warnings of an edit: %s", text)
	}
}

func TestLedgerInstanceInOneVersion(t *testing.T) {
	h := newHub(t)
	h.deviceLedger()
	instance := serials + "/instances/" + annDevice
	h.send("PUT", instance+"?if_version=1", `{"instance":{"data":{"a":1}}}`, 409)
	h.send("PUT", instance+"?if_version=0", `{"instance":{"data":{"a":1}}}`, 200)
	if text := h.send("PUT", instance+"?if_version=0", `{"instance":{"data":{"a":2}}}`, 409); !strings.Contains(text, "changed meanwhile") {
		t.Errorf("got %s", text)
	}
	h.send("PUT", instance+"?if_version=1&set_mode=Merge", `{"instance":{"data":{"b":2}}}`, 200)
	h.send("PUT", instance+"?if_version=-1", `{"instance":{"data":{}}}`, 400)
	if text := h.send("GET", instance, "", 200); !strings.Contains(text, `"data":{"a":1,"b":2}`) || !strings.Contains(text, `"version":2`) {
		t.Errorf("got %s", text)
	}
}
