package api

import (
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/respond"
)

// hubJSON is what a hub tells everybody about itself.
type hubJSON struct {
	OK          bool       `json:"ok"`
	Name        string     `json:"name"`
	Version     string     `json:"version"`
	BaseURL     string     `json:"base_url"`
	Docs        string     `json:"docs"`
	SignUp      string     `json:"sign_up"`     // open, invite or closed
	RequestBin  *string    `json:"request_bin"` // address that bins begin with
	Demo        bool       `json:"demo"`
	SampleUntil *string    `json:"sample_until"` // a date
	Limits      limitsJSON `json:"limits"`
}

// limitsJSON are bounds that a client may want to know beforehand; sizes are in
// bytes.
type limitsJSON struct {
	EventName     int     `json:"event_name"`
	EventData     int     `json:"event_data"`
	Configuration int     `json:"configuration"` // of an integration
	Headers       int     `json:"headers"`       // that an integration may set
	Secrets       int     `json:"secrets"`       // that an integration may use
	URL           int     `json:"url"`
	Body          int     `json:"body"`     // of a rendered request
	Response      int     `json:"response"` // that is kept of an answer
	ResponsePart  int     `json:"response_part"`
	HistoryDays   int     `json:"history_days"`
	PublishRate   float64 `json:"publish_rate"`    // events per second and account; 0 = no bound
	StreamsAtOnce int     `json:"streams_at_once"` // of an account; 0 = no bound
}

// getHub handles GET /v1/hub.
func (a *API) getHub(w http.ResponseWriter, _ *http.Request) error {
	base := strings.TrimRight(a.BaseURL, "/")
	h := hubJSON{
		OK: true, Name: "Fieldhook", Version: a.Version, BaseURL: base, Docs: a.Docs, SignUp: SignUpClosed, Demo: a.Demo,
		Limits: limitsJSON{
			EventName: event.MaxName, EventData: event.MaxData, Configuration: integration.MaxConfig, Headers: integration.MaxHeaders,
			Secrets: integration.MaxSecrets, URL: integration.MaxURL, Body: integration.MaxBody, Response: deliver.MaxResponse,
			ResponsePart: respond.ChunkSize, HistoryDays: history.Kept, PublishRate: a.PublishRate, StreamsAtOnce: a.StreamsPerAccount,
		},
	}
	if a.SignUp != "" {
		h.SignUp = a.SignUp
	}
	if a.Bin != nil {
		bin := base + "/bin/"
		h.RequestBin = &bin
	}
	if a.SampleUntil != "" {
		h.SampleUntil = &a.SampleUntil
	}
	reply(w, http.StatusOK, h)
	return nil
}
