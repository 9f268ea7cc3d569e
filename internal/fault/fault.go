// Package fault holds the coded errors that rooms return and doors write.
//
// A fault says what went wrong in words meant for the caller. Any other error
// is an internal one: its text goes to the log, never to a client.
package fault

import (
	"errors"
	"fmt"
)

// Code classifies a fault; the HTTP surface maps each code to one status.
type Code string

// The codes, as clients see them in the "error" member.
const (
	Invalid         Code = "invalid_request"     // 400: the input is wrong, nothing changed
	Unauthenticated Code = "invalid_token"       // 401: no token, or one that is not valid
	Forbidden       Code = "permission_denied"   // 403: a valid token that may not do this
	NotFound        Code = "not_found"           // 404: unknown, or not the caller's
	Conflict        Code = "conflict"            // 409: it exists already, or changed meanwhile
	TooLarge        Code = "too_large"           // 413: a body or value over its limit
	Limited         Code = "too_many_requests"   // 429: a rate limit was reached
	Unavailable     Code = "service_unavailable" // 503: try again after RetryAfter
	Internal        Code = "internal_error"      // 500: our fault
)

// Error is a fault with a public text.
type Error struct {
	Code       Code
	Field      string // the input field at fault, or ""
	Text       string // full sentence for the caller; must hold no secret
	RetryAfter int    // seconds, for Limited and Unavailable; 0 = not said
	cause      error
}

// New makes a fault whose text is formatted as fmt.Sprintf does.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// Field makes an Invalid fault that names the input field at fault.
func Field(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Text: field + ": " + fmt.Sprintf(format, args...)}
}

// Because attaches the error that led to the fault. It is logged, not shown.
func (e *Error) Because(err error) *Error {
	e.cause = err
	return e
}

// Error implements error.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Text + ": " + e.cause.Error()
	}
	return e.Text
}

// Unwrap gives the cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// From gives the fault inside err, or an Internal one that hides err's text.
func From(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return New(Internal, "Something went wrong on our side.").Because(err)
}

// Is says whether err is a fault of the given code.
func Is(err error, code Code) bool {
	var f *Error
	return errors.As(err, &f) && f.Code == code
}
