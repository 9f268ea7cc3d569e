package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/replay"
)

// routeReplays adds the routes that deliver events again.
func (a *API) routeReplays(m *table, base string) {
	m.Post(base+"/{id}/replays", a.may("integrations:replay", a.createReplay))
	m.Get(base+"/{id}/replays", a.may("integrations:get", a.listReplays))
	m.Delete(base+"/{id}/replays/{replay}", a.may("integrations:replay", a.cancelReplay))
}

// replayJSON is a replay in progress or one that has ended.
type replayJSON struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind"`    // dead_letters, range, failures
	State    string  `json:"state"`   // running, finished, cancelled
	Percent  int     `json:"percent"` // of what it looks through
	Rate     int     `json:"rate"`    // events per second
	Accepted int64   `json:"accepted"`
	Missing  int64   `json:"missing"` // events that are not kept any more
	Started  string  `json:"started_at"`
	Ended    *string `json:"ended_at"`
}

func replayOf(j *replay.Job) replayJSON {
	return replayJSON{
		ID: strconv.FormatInt(j.ID, 10), Kind: string(j.Kind), State: string(j.State), Percent: j.Percent(), Rate: j.Rate, Accepted: j.Accepted, Missing: j.Missing,
		Started: event.FormatTime(j.Started), Ended: expiry(j.Ended),
	}
}

// createReplay handles POST .../{id}/replays with one of {"call":"error-17"},
// {"dead_letters":true} and {"from":…,"to":…}; the last two take a rate, the
// last one also "only":"failures".
func (a *API) createReplay(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	if in.Definition.Disabled {
		return fault.New(fault.Conflict, "The integration is disabled: enable it first, or the replays would be dropped.")
	}
	body, err := readFields(r)
	if err != nil {
		return err
	}
	if call := body["call"]; call != "" {
		return a.replayCall(w, r, in.ID, call)
	}
	rate, err := replayRate(body["rate"])
	if err != nil {
		return err
	}
	var j replay.Job
	if body["dead_letters"] == "true" {
		j, err = a.Replays.DeadLetters(r.Context(), in.ID, rate)
	} else {
		j, err = a.replayRange(r, in.ID, body, rate)
	}
	if err != nil {
		return err
	}
	reply(w, http.StatusAccepted, map[string]any{"ok": true, "replay": replayOf(&j)})
	return nil
}

// replayCall delivers the event of a recorded call again.
func (a *API) replayCall(w http.ResponseWriter, r *http.Request, id, call string) error {
	kind, number, _ := strings.Cut(call, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if rings[kind] == 0 || err != nil {
		return fault.Field("call", "It must be the id of a recorded call, such as error-17.")
	}
	c, err := a.History.Numbered(r.Context(), id, rings[kind], n)
	if err != nil {
		return err
	}
	err = a.Replays.One(r.Context(), id, c.Attempt.EventSeq)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "The event of this call is not kept any more.")
	}
	if err != nil {
		return err
	}
	reply(w, http.StatusAccepted, map[string]any{"ok": true})
	return nil
}

func replayRate(text string) (int, error) {
	if text == "" {
		return replay.DefaultRate, nil
	}
	rate, err := strconv.Atoi(text)
	if err != nil || rate < 1 || rate > replay.MaxRate {
		return 0, fault.Field("rate", "It must be a whole number of events per second, 1 to %d.", replay.MaxRate)
	}
	return rate, nil
}

func (a *API) replayRange(r *http.Request, id string, body fields, rate int) (replay.Job, error) {
	if body["from"] == "" || body["to"] == "" {
		return replay.Job{}, fault.New(fault.Invalid, `Say what to replay: {"call":"error-17"}, {"dead_letters":true}, or {"from":"…","to":"…"} with times such as 2016-11-21T15:04:05Z.`)
	}
	from, err := parseTime("from", body["from"])
	if err != nil {
		return replay.Job{}, err
	}
	to, err := parseTime("to", body["to"])
	if err != nil {
		return replay.Job{}, err
	}
	if to <= from {
		return replay.Job{}, fault.Field("to", "It must be later than from.")
	}
	kind, ok := map[string]replay.Kind{"": replay.Range, "failures": replay.Failures}[body["only"]]
	if !ok {
		return replay.Job{}, fault.Field("only", "It must be failures, or be left out.")
	}
	return a.Replays.Between(r.Context(), id, kind, from, to, rate)
}

// listReplays handles GET .../{id}/replays: progress, newest first.
func (a *API) listReplays(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	list := []replayJSON{}
	for _, j := range a.Replays.List(in.ID) {
		list = append(list, replayOf(&j))
	}
	reply(w, http.StatusOK, map[string]any{"replays": list})
	return nil
}

// cancelReplay handles DELETE .../{id}/replays/{replay}.
func (a *API) cancelReplay(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(param(r, "replay"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "No replay has this id.")
	}
	return done(w, a.Replays.Cancel(in.ID, id))
}
