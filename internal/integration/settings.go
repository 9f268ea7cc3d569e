package integration

import "strings"

// settings are the known settings in the order in which JSON writes them.
var settings = [...]string{
	"name", "integration_type", "event", "url", "requestType", "deviceID", "product_ids", "filter",
	"endpoint", "api_key", "hub_name", "policy_name", "policy_key", "device", "topic", "service_account",
	"disabled", "noDefaults", "json", "form", "body", "query", "headers", "auth",
	"secrets", "signature", "tls",
	"responseTopic", "errorResponseTopic", "responseTemplate",
	"unchunked", "dataUrlResponseEvent", "rejectUnauthorized",
	"retry", "ordering", "maxPending", "maxAge",
}

// formats are the settings of which an integration has one at most.
var formats = [...]string{"json", "form", "body"}

// canonical gives the setting that a key means, or "" if it is none. The other
// spellings are those that real clients send (webhook engine reference,
// section 1; cloud API reference, section 6.1).
func canonical(key string) string {
	switch key {
	case "eventName":
		return "event"
	case "method":
		return "requestType"
	case "deviceid", "deviceId":
		return "deviceID"
	case "responseEvent":
		return "responseTopic"
	case "errorResponseEvent":
		return "errorResponseTopic"
	}
	for _, s := range settings {
		if s == key {
			return s
		}
	}
	return ""
}

// ignored says whether a key is left out without a warning: clients send it
// for other purposes, or it is one that replies add to a configuration.
func ignored(key string) bool {
	switch key {
	case "mydevices", "access_token", "productIdOrSlug", "products", "template",
		"ok", "id", "created_at", "updated_at", "hookUrl", "counters", "logs",
		"warnings", "integration", "webhook":
		return true
	}
	return false
}

// similar gives the setting that a misspelled key probably means, or "".
func similar(key string) string {
	plain := strings.NewReplacer("_", "", "-", "").Replace(key)
	for _, s := range settings {
		if strings.EqualFold(strings.ReplaceAll(s, "_", ""), plain) {
			return s
		}
	}
	return ""
}
