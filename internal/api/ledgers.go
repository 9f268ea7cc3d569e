package api

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
)

// routeLedgers adds the routes about the ledgers of a sandbox or an organization
// (cloud API reference, section 10).
func (a *API) routeLedgers(m *table, base string) {
	m.Post(base+"/ledgers", a.may("ledgers:create", a.createLedger))
	m.Get(base+"/ledgers", a.may("ledgers:list", a.listLedgers))
	m.Get(base+"/ledgers/{name}", a.may("ledgers:get", a.getLedger))
	m.Put(base+"/ledgers/{name}", a.may("ledgers:update", a.updateLedger))
	m.Delete(base+"/ledgers/{name}", a.may("ledgers:delete", a.archiveLedger))
	instances := base + "/ledgers/{name}/instances"
	m.Get(instances, a.may("ledgers:list", a.listInstances))
	m.Get(instances+"/{value}", a.may("ledgers:get", a.getInstance))
	m.Put(instances+"/{value}", a.may("ledgers:update", a.setInstance))
	m.Delete(instances+"/{value}", a.may("ledgers:delete", a.deleteInstance))
	m.Get(instances+"/{value}/versions", a.may("ledgers:list", a.listVersions))
	m.Get(instances+"/{value}/versions/{version}", a.may("ledgers:get", a.getVersion))
}

// ledgerJSON is a ledger on the wire.
type ledgerJSON struct {
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Scope       string  `json:"scope"`
	Direction   *string `json:"direction"` // null: devices never see it
	Archived    bool    `json:"archived"`
	ArchivedAt  *string `json:"archived_at"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
}

func ledgerOf(d *ledger.Definition) ledgerJSON {
	return ledgerJSON{
		Name: d.Name, Description: d.Description, Scope: string(d.Kind), Direction: orNull(string(d.Direction)),
		Archived: d.Archived != 0, ArchivedAt: expiry(d.Archived), CreatedAt: event.FormatTime(d.Created), UpdatedAt: event.FormatTime(d.Updated),
	}
}

func replyLedger(w http.ResponseWriter, status int, d *ledger.Definition) {
	reply(w, status, map[string]any{"ledger": ledgerOf(d)})
}

// said is a text that may be missing, in which case it is "".
func said(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// createLedger handles POST …/ledgers.
func (a *API) createLedger(w http.ResponseWriter, r *http.Request) error {
	in, err := readInput(r, "ledger")
	if err != nil {
		return err
	}
	name, description, kind, direction := in.text("name"), in.text("description"), in.text("scope"), in.text("direction")
	if in.err != nil {
		return in.err
	}
	d := ledger.Definition{Owner: scopeOf(r), Name: said(name), Description: said(description)}
	if d.Kind, err = ledger.ParseKind(said(kind), d.Owner.Kind); err != nil {
		return err
	}
	if d.Direction, err = ledger.ParseDirection(said(direction)); err != nil {
		return err
	}
	if d, err = a.Ledgers.Create(r.Context(), d); err != nil {
		return err
	}
	replyLedger(w, http.StatusCreated, &d)
	return nil
}

// mostInstances is how many instances a page has at the most; each may have 16 KB.
const mostInstances = 100

// ledgerMeta is pageMeta with another name for total_pages, which some scripts
// look for.
type ledgerMeta struct {
	pageMeta
	TotalPage int `json:"total_page"`
}

func (p page) ledgerMeta(total int) ledgerMeta {
	m := p.meta(total)
	return ledgerMeta{m, m.TotalPages}
}

// listLedgers handles GET …/ledgers?scope=Device&archived=true&page=1&per_page=25.
// Without archived it lists those in use, with it those that are archived.
func (a *API) listLedgers(w http.ResponseWriter, r *http.Request) error {
	at, err := pageOf(r)
	if err != nil {
		return err
	}
	wanted, err := ledgerFilter(r)
	if err != nil {
		return err
	}
	all, err := a.Ledgers.List(r.Context(), scopeOf(r))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(d ledger.Definition) bool { return !wanted(&d) })
	shown := pageFrom(at, all)
	list := make([]ledgerJSON, len(shown))
	for i := range shown {
		list[i] = ledgerOf(&shown[i])
	}
	reply(w, http.StatusOK, map[string]any{"ledgers": list, "ledger_definitions": list, "meta": at.ledgerMeta(len(all))})
	return nil
}

func ledgerFilter(r *http.Request) (func(*ledger.Definition) bool, error) {
	q := r.URL.Query()
	archived := false
	if text := q.Get("archived"); text != "" {
		var err error
		if archived, err = strconv.ParseBool(text); err != nil {
			return nil, fault.Field("archived", "It must be true or false.")
		}
	}
	kind := ledger.Kind("")
	if text := q.Get("scope"); text != "" {
		var err error
		if kind, err = ledger.ParseKind(text, scopeOf(r).Kind); err != nil {
			return nil, err
		}
	}
	return func(d *ledger.Definition) bool {
		return (d.Archived != 0) == archived && (kind == "" || d.Kind == kind)
	}, nil
}

// getLedger handles GET …/ledgers/{name}.
func (a *API) getLedger(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Ledgers.Get(r.Context(), scopeOf(r), param(r, "name"))
	if err != nil {
		return err
	}
	replyLedger(w, http.StatusOK, &d)
	return nil
}

// updateLedger handles PUT …/ledgers/{name}: the description, and whether the
// ledger is archived. What cannot be changed may be sent as it is.
func (a *API) updateLedger(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Ledgers.Get(r.Context(), scopeOf(r), param(r, "name"))
	if err != nil {
		return err
	}
	in, err := readInput(r, "ledger")
	if err != nil {
		return err
	}
	p, err := ledgerPatch(in, &d)
	if err != nil {
		return err
	}
	if d, err = a.Ledgers.Update(r.Context(), d.Owner, d.Name, p); err != nil {
		return err
	}
	replyLedger(w, http.StatusOK, &d)
	return nil
}

func ledgerPatch(in *input, d *ledger.Definition) (ledger.Patch, error) {
	for name, now := range map[string]string{"name": d.Name, "scope": string(d.Kind), "direction": string(d.Direction)} {
		if text := in.text(name); text != nil && *text != now {
			in.fail(name, "It cannot be changed.")
		}
	}
	return ledger.Patch{Description: in.text("description"), Archived: in.flag("archived")}, in.err
}

// archiveLedger handles DELETE …/ledgers/{name}: the ledger is archived, and
// comes back when archived is set to false.
func (a *API) archiveLedger(w http.ResponseWriter, r *http.Request) error {
	_, err := a.Ledgers.Update(r.Context(), scopeOf(r), param(r, "name"), ledger.Patch{Archived: new(true)})
	return done(w, err)
}

// instanceScope is what an instance belongs to.
type instanceScope struct {
	Type     string `json:"type"`
	Value    string `json:"value"`
	Name     string `json:"name,omitempty"`      // of the device or product
	NotOwned bool   `json:"not_owned,omitempty"` // the device or product is not the owner's any more
}

// instanceJSON is a version of an instance on the wire.
type instanceJSON struct {
	Name       string          `json:"name"`
	Scope      instanceScope   `json:"scope"`
	Size       int             `json:"size_bytes"`
	Data       json.RawMessage `json:"data"`
	CreatedAt  string          `json:"created_at"`
	UpdatedAt  string          `json:"updated_at"`
	Version    int64           `json:"version"`
	ReplacedAt *string         `json:"replaced_at,omitempty"` // of an earlier version
}

func (a *API) instanceOf(r *http.Request, d *ledger.Definition, in *ledger.Instance) (instanceJSON, error) {
	label, owned, err := a.Ledgers.Label(r.Context(), d, in.Value)
	return instanceJSON{
		Name: in.Ledger, Scope: instanceScope{string(d.Kind), in.Value, label, !owned},
		Size: len(in.Data), Data: json.RawMessage(in.Data), Version: in.Version,
		CreatedAt: event.FormatTime(in.Created), UpdatedAt: event.FormatTime(in.Updated), ReplacedAt: expiry(in.Replaced),
	}, err
}

func (a *API) instancesOf(r *http.Request, d *ledger.Definition, all []ledger.Instance) ([]instanceJSON, error) {
	list := make([]instanceJSON, len(all))
	for i := range all {
		var err error
		if list[i], err = a.instanceOf(r, d, &all[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// replyInstance answers with an instance, unless there is an error.
func (a *API) replyInstance(w http.ResponseWriter, r *http.Request, in ledger.Instance, err error) error {
	if err != nil {
		return err
	}
	d, err := a.Ledgers.Get(r.Context(), in.Owner, in.Ledger)
	if err != nil {
		return err
	}
	shown, err := a.instanceOf(r, &d, &in)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"instance": shown})
	return nil
}

// listInstances handles GET …/instances?page=1&per_page=25.
func (a *API) listInstances(w http.ResponseWriter, r *http.Request) error {
	at, err := pageOf(r)
	if err != nil {
		return err
	}
	at.size = min(at.size, mostInstances)
	d, all, total, err := a.Ledgers.Page(r.Context(), scopeOf(r), param(r, "name"), at.offset(), at.size)
	if err != nil {
		return err
	}
	list, err := a.instancesOf(r, &d, all)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"instances": list, "meta": at.ledgerMeta(total)})
	return nil
}

// getInstance handles GET …/instances/{value}.
func (a *API) getInstance(w http.ResponseWriter, r *http.Request) error {
	in, err := a.Ledgers.Instance(r.Context(), scopeOf(r), param(r, "name"), param(r, "value"))
	return a.replyInstance(w, r, in, err)
}

// setInstance handles PUT …/instances/{value}?set_mode=Merge&if_version=3.
func (a *API) setInstance(w http.ResponseWriter, r *http.Request) error {
	mode, err := ledger.ParseMode(r.URL.Query().Get("set_mode"))
	if err != nil {
		return err
	}
	seen, err := number(r.URL.Query(), "if_version", ledger.AnyVersion, 0, math.MaxInt64)
	if err != nil {
		return err
	}
	in, err := readInput(r, "instance")
	if err != nil {
		return err
	}
	raw := in.object("data")
	if raw == nil {
		in.fail("data", `It is missing. Send {"instance":{"data":{…}}}.`)
	}
	if in.err != nil {
		return in.err
	}
	data, err := ledger.ParseData(raw)
	if err != nil {
		return err
	}
	set, err := a.Ledgers.SetIf(r.Context(), scopeOf(r), param(r, "name"), param(r, "value"), data, mode, seen)
	return a.replyInstance(w, r, set, err)
}

// deleteInstance handles DELETE …/instances/{value}.
func (a *API) deleteInstance(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Ledgers.Delete(r.Context(), scopeOf(r), param(r, "name"), param(r, "value")))
}

// listVersions handles GET …/versions?replaced_before=TIME&replaced_after=TIME:
// earlier versions, newest first.
func (a *API) listVersions(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	before, err := readTime(q, "replaced_before")
	if err != nil {
		return err
	}
	after, err := readTime(q, "replaced_after")
	if err != nil {
		return err
	}
	owner, name := scopeOf(r), param(r, "name")
	all, more, err := a.Ledgers.Versions(r.Context(), owner, name, param(r, "value"), before, after)
	if err != nil {
		return err
	}
	d, err := a.Ledgers.Get(r.Context(), owner, name)
	if err != nil {
		return err
	}
	list, err := a.instancesOf(r, &d, all)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"versions": list, "meta": map[string]bool{"has_more": more}})
	return nil
}

// getVersion handles GET …/versions/{version}: the newest or an earlier one.
func (a *API) getVersion(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(param(r, "version"), 10, 64)
	if err != nil {
		n = 0 // which no version has
	}
	in, err := a.Ledgers.Version(r.Context(), scopeOf(r), param(r, "name"), param(r, "value"), n)
	return a.replyInstance(w, r, in, err)
}

// ledgerWarnings points out ledgers that an integration's templates name and that
// do not exist. It is saved already, so a store that cannot be read is no error.
func (a *API) ledgerWarnings(r *http.Request, in *integration.Integration) (warnings []string) {
	unknown, _ := a.Ledgers.Unknown(r.Context(), in.Scope, in.Definition.Ledgers)
	for _, name := range unknown {
		warnings = append(warnings, "There is no ledger "+clip(name)+": its values are empty until there is one.")
	}
	return warnings
}
