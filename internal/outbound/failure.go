package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/fieldhook/fieldhook/internal/deliver"
)

// The public texts of failures that name no host (webhook engine reference,
// section 9, with the spelling of design decision 6).
const (
	textConnectTimeout = "ETIMEOUT"
	textAnswerTimeout  = "ESOCKETTIMEDOUT"
	textReset          = "read ECONNRESET"
)

// timedOut says whether err means that the time is up. A cancelled call counts:
// its caller has decided that the time is up.
func timedOut(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout() || errors.Is(err, context.Canceled)
}

// unsendable is the failure of a request that names no usable target.
func unsendable(err error) error {
	return &deliver.CallError{Cause: deliver.Unsendable, Text: "invalid request: " + err.Error(), Err: err}
}

// connectFailure classifies an error that came before the request was written.
func connectFailure(host string, err error) error {
	cause, text := classifyConnect(host, err)
	return &deliver.CallError{Cause: cause, Text: text, Err: err}
}

func classifyConnect(host string, err error) (deliver.Cause, string) {
	var unknown *net.DNSError
	var certificate *tls.CertificateVerificationError
	var number syscall.Errno
	switch {
	case errors.Is(err, errBlocked):
		return deliver.Blocked, "connect EACCES " + host + ": " + errBlocked.Error()
	case timedOut(err):
		return deliver.ConnectTimeout, textConnectTimeout
	case errors.As(err, &unknown):
		return deliver.UnknownHost, "getaddrinfo ENOTFOUND " + host
	case errors.As(err, &certificate):
		return deliver.BadCertificate, "certificate verify failed: " + strings.TrimPrefix(certificate.Err.Error(), "x509: ")
	case cut(err):
		return deliver.Reset, textReset
	case errors.As(err, &number):
		return deliver.Refused, "connect " + errnoName(number) + " " + host
	}
	return deliver.BadAnswer, "invalid answer: " + plain(err)
}

// errnoName names the system errors that a connect meets.
func errnoName(n syscall.Errno) string {
	switch n {
	case syscall.ECONNREFUSED:
		return "ECONNREFUSED"
	case syscall.EHOSTUNREACH:
		return "EHOSTUNREACH"
	case syscall.ENETUNREACH:
		return "ENETUNREACH"
	case syscall.EADDRNOTAVAIL:
		return "EADDRNOTAVAIL"
	case syscall.EMFILE:
		return "EMFILE"
	}
	return "EIO"
}

// answerFailure classifies an error that came on an open connection; nil stays
// nil.
func answerFailure(err error) error {
	if err == nil {
		return nil
	}
	e := &deliver.CallError{Err: err}
	var number syscall.Errno
	switch {
	case timedOut(err):
		e.Cause, e.Text = deliver.AnswerTimeout, textAnswerTimeout
	case cut(err) || errors.As(err, &number):
		e.Cause, e.Text = deliver.Reset, textReset
	default:
		e.Cause, e.Text = deliver.BadAnswer, "invalid answer: "+plain(err)
	}
	return e
}

// cut says whether err means that the peer or the network ended the connection.
func cut(err error) bool {
	for _, end := range [...]error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
	} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// plain is the reason inside err without the addresses that net.OpError adds.
func plain(err error) string {
	var e *net.OpError
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}
