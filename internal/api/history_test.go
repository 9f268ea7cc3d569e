package api_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// attempted commits an event of ann's and results of attempts at its delivery,
// and gives the event.
func (h *hub) attempted(id, name string, attempts ...eventlog.Attempt) event.Event {
	h.t.Helper()
	a := &eventlog.Accept{
		Event:      event.Event{At: 1, Name: name, Data: "=1+1", Device: annDevice, Owner: ann},
		Deliveries: []eventlog.Delivery{{Integration: id, Origin: "http://h:80"}}, Fixed: true,
	}
	_, err := h.log.AppendTo(h.t.Context(), a)
	h.must(err)
	b := &eventlog.Batch{}
	for i, at := range attempts {
		d := a.Deliveries[0]
		d.Attempt = i
		ring := eventlog.Successes
		if at.Outcome != eventlog.Success {
			ring = eventlog.Errors
		}
		n := a.Event.Seq*10 + int64(i)
		b.Results = append(b.Results, &eventlog.Result{
			Delivery: &d, Attempt: at, Dead: i == len(attempts)-1 && ring == eventlog.Errors,
			Call: &eventlog.Call{Integration: id, Ring: ring, Slot: int(n), N: n, Event: &a.Event, Request: []byte("POST /"), Response: []byte("HTTP/1.1")},
		})
	}
	b.Seal()
	h.must(h.store.Commit(h.t.Context(), b))
	return a.Event
}

func (h *hub) now(o eventlog.Outcome, status int) eventlog.Attempt {
	return eventlog.Attempt{At: time.Now().UnixMilli(), Outcome: o, Status: status, Called: true, Text: "text"}
}

func TestHistoryIsTheOwnersAlone(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://h.example.com/"}`)
	e := h.attempted(id, "a", h.now(eventlog.Failure, 503))
	for _, path := range []string{
		"/v1/integrations/" + id + "/counters", "/v1/integrations/" + id + "/logs", "/v1/webhooks/" + id + "/logs",
		"/v1/integrations/" + id + "/dead-letters", "/v1/history/events/" + e.ID(),
		fmt.Sprintf("/v1/integrations/%s/logs/error-%d", id, e.Seq*10),
	} {
		h.send("GET", path, "", 200)
		for token, want := range map[string]int{bobToken: 404, annDeviceToken: 403, "wrong": 401} {
			r := h.request("GET", path, "", "")
			r.Header.Set("Authorization", "Bearer "+token)
			if resp, text := h.do(r); resp.StatusCode != want {
				t.Errorf("%s with %s: got %d %s, want %d", path, token, resp.StatusCode, text, want)
			}
		}
	}
}

func TestLogsAreFilteredPagedAndExported(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://h.example.com/"}`)
	h.attempted(id, "a/one", h.now(eventlog.Failure, 503), h.now(eventlog.Success, 200))
	h.attempted(id, "a/two", h.now(eventlog.Failure, 404))
	base := "/v1/integrations/" + id + "/logs"
	for query, want := range map[string]int{
		"": 3, "?type=error": 2, "?type=success": 1, "?status=404": 1, "?status=5xx": 1, "?event=a/t": 1,
		"?device=" + annDevice: 3, "?device=other": 0, "?from=2100-01-01T00:00:00Z": 0, "?to=2100-01-01T00:00:00Z": 3,
	} {
		var got struct {
			Logs  []struct{ Request string }
			Total int
		}
		h.must(json.Unmarshal([]byte(h.send("GET", base+query, "", 200)), &got))
		if len(got.Logs) != want || got.Total != want {
			t.Errorf("%s: got %d of %d, want %d", query, len(got.Logs), got.Total, want)
		}
	}
	for _, query := range []string{"?type=bad", "?status=x", "?status=9xx", "?from=yesterday", "?limit=0", "?limit=101", "?skip=-1", "?format=xml"} {
		name, _, _ := strings.Cut(query[1:], "=")
		if text := h.send("GET", base+query, "", 400); !strings.Contains(text, name) {
			t.Errorf("%s: %s does not name the parameter", query, text)
		}
	}
	lines := strings.Split(strings.TrimSpace(h.send("GET", base+"?format=ndjson&type=error", "", 200)), "\n")
	if len(lines) != 2 || !json.Valid([]byte(lines[0])) {
		t.Errorf("ndjson: %q", lines)
	}
	rows, err := csv.NewReader(strings.NewReader(h.send("GET", base+"?format=csv", "", 200))).ReadAll()
	if err != nil || len(rows) != 4 || rows[0][0] != "id" || rows[1][9] != "'=1+1" {
		t.Errorf("csv: %q, error %v; want a head, three calls, and no formula", rows, err)
	}
}

func TestDeadLettersAreListedAndDeleted(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://h.example.com/"}`)
	h.attempted(id, "a", h.now(eventlog.Failure, 503))
	base := "/v1/integrations/" + id + "/dead-letters"
	var got struct {
		DeadLetters []struct {
			ID          int64
			Event, Data string
			Attempts    int
		} `json:"dead_letters"`
	}
	h.must(json.Unmarshal([]byte(h.send("GET", base, "", 200)), &got))
	if len(got.DeadLetters) != 1 || got.DeadLetters[0].Event != "a" || got.DeadLetters[0].Attempts != 1 {
		t.Fatalf("dead letters %+v, want one of event a after one attempt", got.DeadLetters)
	}
	path := fmt.Sprint(base, "/", got.DeadLetters[0].ID)
	h.send("DELETE", path, "", 200)
	h.send("DELETE", path, "", 404)
	h.send("DELETE", base+"/x", "", 404)
}

func TestPathOfAnEvent(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://h.example.com/","name":"readings"}`)
	e := h.attempted(id, "a", h.now(eventlog.Failure, 503), h.now(eventlog.Success, 200))
	var got struct {
		Event    struct{ ID, Name string }
		Attempts []struct {
			Attempt, Status int
			Result, Call    string
			Name            string `json:"integration_name"`
		}
	}
	h.must(json.Unmarshal([]byte(h.send("GET", "/v1/history/events/"+e.ID(), "", 200)), &got))
	if got.Event.Name != "a" || len(got.Attempts) != 2 || got.Attempts[0].Result != "error" || got.Attempts[1].Result != "success" {
		t.Errorf("path %+v, want an error and a success", got)
	}
	for _, attempt := range got.Attempts { // the recorded calls are to be had
		call := object(t, h.send("GET", "/v1/integrations/"+id+"/logs/"+attempt.Call, "", 200))
		if attempt.Name != "readings" || fmt.Sprint(at(call, "attempt")) != fmt.Sprint(attempt.Attempt) {
			t.Errorf("attempt %+v has the call %v", attempt, call)
		}
	}
	for _, nonsense := range []string{"nonsense", "0", "-1", "99", "1.0", fmt.Sprintf("+%d", e.Seq)} {
		h.send("GET", "/v1/history/events/"+nonsense, "", 404)
	}
}

// A search goes back through the log and tells how to go on.
func TestSearchEvents(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://h.example.com/"}`)
	for i := range 5 {
		h.append(event.Event{At: int64(i + 1), Name: fmt.Sprint("a/", i), Data: "\xff", Owner: ann, Device: annDevice})
		h.append(event.Event{At: 1, Name: "foreign", Owner: bob, Device: bobDevice})
	}
	all := h.events()
	cause := all[0]
	h.append(event.Event{At: 9, Name: "hook-sent/a/0", Kind: event.HookSent, Owner: ann, Device: event.Internal, Cause: cause.Seq, Integration: id})
	page := object(t, h.send("GET", "/v1/history/events?per_page=2", "", 200))
	wantMembers(t, at(page, "events", 0).(map[string]any), map[string]any{
		"name": "hook-sent/a/0", "cause": cause.ID(), "integration": id, "coreid": "particle-internal",
	})
	if got := fmt.Sprint(at(page, "events", 0, "cause_stream_id")); got != fmt.Sprint(cause.Seq) {
		t.Errorf("got cause %s, want %d", got, cause.Seq)
	}
	names := []string{fmt.Sprint(at(page, "events", 1, "name"))}
	for page["scanned_all"] == false {
		page = object(t, h.send("GET", fmt.Sprintf("/v1/history/events?per_page=3&name=a&device=%s&before=%v", annDevice, page["next"]), "", 200))
		for _, e := range page["events"].([]any) {
			names = append(names, fmt.Sprint(at(e, "name")))
			h.send("GET", fmt.Sprint("/v1/history/events/", at(e, "stream_id")), "", 200)
		}
	}
	if got := strings.Join(names, " "); got != "a/4 a/3 a/2 a/1 a/0" {
		t.Errorf("got %s", got)
	}
	for _, query := range []string{"device=x", "before=0", "before=x", "per_page=0", "per_page=101"} {
		name, _, _ := strings.Cut(query, "=")
		if text := h.send("GET", "/v1/history/events?"+query, "", 400); !strings.Contains(text, `"field":"`+name) {
			t.Errorf("%s: got %s", query, text)
		}
	}
}

// One request tells the counts of all integrations of a scope.
func TestCountersOfAll(t *testing.T) {
	h := newHub(t)
	busy, idle := h.create(`{"event":"a","url":"http://h.example.com/"}`), h.create(`{"event":"b","url":"http://h.example.com/"}`)
	h.attempted(busy, "a", h.now(eventlog.Failure, 503), h.now(eventlog.Success, 200))
	var one struct{ Counters []any }
	h.must(json.Unmarshal([]byte(h.send("GET", "/v1/integrations/"+busy+"/counters?days=1", "", 200)), &one))
	for query, ids := range map[string][]string{"": {busy, idle}, "?days=30": {busy, idle}, "?per_page=1": {busy}, "?per_page=1&page=2": {idle}, "?page=2": {}} {
		got := object(t, h.send("GET", "/v1/integrations/counters"+query, "", 200))
		rows, _ := got["integrations"].([]any)
		if len(rows) != len(ids) || fmt.Sprint(at(got, "meta", "total_records")) != "2" {
			t.Fatalf("%s: got %v", query, got)
		}
		for i, id := range ids {
			counters, want := at(rows[i], "counters").([]any), 0
			if id == busy {
				want = 1
			}
			if at(rows[i], "id") != id || len(counters) != want || want == 1 && fmt.Sprint(counters) != fmt.Sprint(one.Counters) {
				t.Errorf("%s: got %v, want %s with %v", query, rows[i], id, one.Counters)
			}
		}
	}
	for _, query := range []string{"days=0", "days=31", "per_page=1001"} {
		h.send("GET", "/v1/integrations/counters?"+query, "", 400)
	}
	r := h.request("GET", "/v1/integrations/counters", "", "")
	as(bobToken)(r)
	if _, text := h.do(r); strings.Contains(text, busy) {
		t.Errorf("another user sees %s", text)
	}
}

func TestReplays(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://h.example.com/"}`)
	e := h.attempted(id, "a", h.now(eventlog.Failure, 503))
	base := "/v1/integrations/" + id + "/replays"
	h.send("POST", base, fmt.Sprintf(`{"call":"error-%d"}`, e.Seq*10), 202)
	h.send("POST", base, `{"dead_letters":true,"rate":1000}`, 202)
	h.send("POST", base, `{"from":"1970-01-01T00:00:00Z","to":"1971-01-01T00:00:00Z","rate":1000}`, 202)
	var got struct {
		Replays []struct {
			ID, State string
			Accepted  int
		}
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) { // they run beside us
		h.must(json.Unmarshal([]byte(h.send("GET", base, "", 200)), &got))
		if got.Replays[0].State == "finished" && got.Replays[1].State == "finished" {
			break
		}
	}
	if len(got.Replays) != 2 || got.Replays[0].Accepted != 1 || got.Replays[1].Accepted != 1 {
		t.Errorf("replays %+v, want two, each of one event", got.Replays)
	}
	p, err := h.store.Pending(t.Context(), 0, true, "", 10)
	if err != nil || len(p) != 3 || p[0].Mark != eventlog.Replay || p[0].EventSeq != e.Seq {
		t.Errorf("%d deliveries %+v, error %v; want three replays", len(p), p, err)
	}
	h.send("DELETE", base+"/"+got.Replays[0].ID, "", 200)
	h.send("DELETE", base+"/7", "", 404)
	for body, field := range map[string]string{
		`{}`: "from", `{"call":"x"}`: "call", `{"dead_letters":true,"rate":0}`: "rate",
		`{"from":"x","to":"y"}`: "from", `{"from":"2016-11-21T00:00:00Z","to":"2016-11-20T00:00:00Z"}`: "to",
	} {
		if text := h.send("POST", base, body, 400); !strings.Contains(text, field) {
			t.Errorf("%s: %s does not name %s", body, text, field)
		}
	}
	h.send("POST", base, `{"call":"error-99999"}`, 404)
}
