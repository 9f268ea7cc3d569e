package integration

import (
	"encoding/json"
	"errors"
	"strings"
)

// maxSeen is how many cells, and how many access points, a request for a
// location names at the most.
const maxSeen = 64

var errLocator = errors.New("the event data is not a list of cells or access points")

// sighting is what the device locator library publishes: the cells and the
// access points that a device sees, in one-letter names.
type sighting struct {
	Cells struct {
		Operator json.RawMessage `json:"o"`
		All      []cell          `json:"a"`
	} `json:"c"`
	Points struct {
		All []point `json:"a"`
	} `json:"w"`
}

type cell struct {
	ID      *json.Number `json:"i"`
	Area    *json.Number `json:"l"`
	Country *json.Number `json:"c"`
	Network *json.Number `json:"n"`
}

type point struct {
	Address  string       `json:"m"`
	Strength *json.Number `json:"s"`
	Channel  *json.Number `json:"c"`
}

// locationRequest is a request to the geolocation service. The address of the
// hub says nothing about where a device is.
type locationRequest struct {
	ConsiderIP bool            `json:"considerIp"`
	Carrier    string          `json:"carrier,omitempty"`
	Cells      []locationCell  `json:"cellTowers,omitempty"`
	Points     []locationPoint `json:"wifiAccessPoints,omitempty"`
}

type locationCell struct {
	ID      *json.Number `json:"cellId"`
	Area    *json.Number `json:"locationAreaCode"`
	Country *json.Number `json:"mobileCountryCode"`
	Network *json.Number `json:"mobileNetworkCode"`
}

type locationPoint struct {
	Address  string       `json:"macAddress"`
	Strength *json.Number `json:"signalStrength,omitempty"`
	Channel  *json.Number `json:"channel,omitempty"`
}

// appendLocation turns the data of a locator's event into a request for its
// location.
func appendLocation(dst, data []byte) ([]byte, error) {
	var seen sighting
	if err := json.Unmarshal(data, &seen); err != nil {
		return dst, errLocator
	}
	request := locationRequest{Carrier: carrier(seen.Cells.Operator)}
	for _, c := range seen.Cells.All[:min(len(seen.Cells.All), maxSeen)] {
		if c.ID != nil && c.Area != nil && c.Country != nil && c.Network != nil {
			request.Cells = append(request.Cells, locationCell(c))
		}
	}
	for _, p := range seen.Points.All[:min(len(seen.Points.All), maxSeen)] {
		if p.Address != "" {
			request.Points = append(request.Points, locationPoint(p))
		}
	}
	if len(request.Cells) == 0 && len(request.Points) == 0 {
		return dst, errLocator
	}
	text, err := json.Marshal(request)
	return append(dst, text...), err
}

// carrier is the operator's name without what some modems put around it.
func carrier(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return strings.Trim(text, "\" ")
}
