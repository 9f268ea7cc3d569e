// Package api holds the description of the hub's HTTP API, in OpenAPI 3.1.
//
// openapi.yaml beside this file is written by hand. Tests of internal/api say
// that it tells every route with the right that the route takes, that its
// examples fit its schemas, and that what the hub answers does, too.
package api

import _ "embed"

//go:embed openapi.yaml
var openAPI string

// OpenAPI is the text of openapi.yaml.
func OpenAPI() string { return openAPI }
