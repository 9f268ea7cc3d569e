package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/team"
)

// Codes of faults that only exist in HTTP and OAuth (RFC 6749, section 5.2).
const (
	wrongMethodCode  fault.Code = "method_not_allowed"
	invalidGrant     fault.Code = "invalid_grant"
	invalidClient    fault.Code = "invalid_client"
	unsupportedGrant fault.Code = "unsupported_grant_type"
	timedOut         fault.Code = "timed_out" // reaching a device
)

// failure is the body of every answer that is not a success. The same text
// stands in several members because each client looks into another one (cloud
// API reference, section 3).
type failure struct {
	OK          bool     `json:"ok"`
	Error       string   `json:"error"` // see errorMember
	Description string   `json:"error_description"`
	Errors      []string `json:"errors"`
	Info        string   `json:"info"`
	Field       string   `json:"field,omitempty"` // the input field at fault
}

// serveFault makes an http.HandlerFunc of a handler: the one place where errors
// become answers.
func (a *API) serveFault(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			a.fail(w, r, err)
		}
	}
}

// fail writes err as an answer.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.From(err)
	a.logFault(r, f)
	h := w.Header()
	switch f.Code {
	case fault.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	case fault.Limited, fault.Unavailable:
		h.Set("Retry-After", strconv.Itoa(max(1, f.RetryAfter)))
	}
	reply(w, status(f.Code), failure{
		Error: errorMember(r, f), Description: f.Text, Errors: []string{f.Text}, Info: f.Text, Field: f.Field,
	})
}

// errorMember is the code, but the text on the routes of devices, as
// documented: particle-cli 3.43 prints this member there and looks in it
// for the texts of the reference's section 3. The code of a bad token stays,
// because the same clients know it by that.
func errorMember(r *http.Request, f *fault.Error) string {
	if f.Code != fault.Unauthenticated && isDeviceRoute(routeOf(r)) {
		return f.Text
	}
	return string(f.Code)
}

// isDeviceRoute tells the routes about devices; publishing is none of them.
func isDeviceRoute(pattern string) bool {
	return pattern == "/v1/devices" || strings.HasPrefix(pattern, "/v1/devices/{device}") || strings.HasPrefix(pattern, inProduct+"/devices/{device}")
}

// logFault logs what the operator should know: our own faults and the reasons
// for not being available. A client that hung up is neither.
func (a *API) logFault(r *http.Request, f *fault.Error) {
	gone := r.Context().Err() != nil && errors.Is(f, context.Canceled)
	level := slog.LevelError
	if f.Code == fault.Unavailable {
		level = slog.LevelWarn
	}
	if f.Unwrap() == nil || gone || level == slog.LevelError && f.Code != fault.Internal {
		return
	}
	a.Log.LogAttrs(context.WithoutCancel(r.Context()), level, "request failed",
		slog.String("method", r.Method), slog.String("route", routeOf(r)), slog.String("error", f.Error()))
}

// routeOf is the pattern of the request's route. Logs have it in place of the
// path, which may hold a token.
func routeOf(r *http.Request) string {
	if c := callOf(r); c != nil && c.route != nil {
		return c.route.RoutePattern()
	}
	return ""
}

// status is the HTTP status of a fault.
func status(c fault.Code) int {
	switch c {
	case fault.Invalid, invalidGrant, invalidClient, unsupportedGrant:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden, team.Unauthorized:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case timedOut:
		return http.StatusRequestTimeout
	case wrongMethodCode:
		return http.StatusMethodNotAllowed
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Limited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// catch turns a panic into an answer, or cuts the connection if an answer has
// begun: every handler sets Content-Type right before it begins.
func (a *API) catch(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	a.Log.Error("handler panicked", "method", r.Method, "route", routeOf(r), "panic", v, "stack", string(debug.Stack()))
	if w.Header().Get("Content-Type") != "" {
		panic(http.ErrAbortHandler)
	}
	a.fail(w, r, fault.New(fault.Internal, "Something went wrong on our side."))
}

// noRoute answers to a path that no route has: the console's, or a mistake.
func (a *API) noRoute(w http.ResponseWriter, r *http.Request) error {
	if a.Console != nil && a.Console.Answers(r) {
		a.Console.ServeHTTP(w, r)
		return nil
	}
	return fault.New(fault.NotFound, "There is no route %s %.200q.", r.Method, r.URL.Path)
}

// wrongMethod answers to a path whose routes have other methods.
func (a *API) wrongMethod(w http.ResponseWriter, r *http.Request) error {
	allowed := []string{http.MethodOptions}
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		if a.mux.Match(chi.NewRouteContext(), m, callOf(r).route.RoutePath) {
			allowed = append(allowed, m)
		}
	}
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	return fault.New(wrongMethodCode, "This route does not take %.20q, but %s.", r.Method, list)
}
