package app

import (
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// debug serves the profiler at an address of its own, if the settings ask for
// one. The server it gives is there to be closed.
func (h *Hub) debug() (*http.Server, error) {
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second}
	if h.settings.DebugListen == "" {
		return server, nil
	}
	l, err := net.Listen("tcp", h.settings.DebugListen)
	if err != nil {
		return nil, fmt.Errorf("--debug-listen: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server.Handler = mux
	go func() { _ = server.Serve(l) }()
	return server, nil
}
