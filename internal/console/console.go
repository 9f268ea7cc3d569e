// Package console serves the web console: files that are built from ui/ and
// embedded in the binary, so that a hub needs nothing beside itself.
//
// The console is one page with addresses of its own: every address that is no
// file and no part of the API gets index.html, which shows the rest. Files whose
// names hold a hash of their content may be kept for ever, the others are asked
// for each time. A hub built without the console says how to get it.
package console

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:dist
var built embed.FS

//go:embed absent.html
var absent []byte

// policy lets pages use what the hub itself serves and nothing else. Styles may
// stand in elements, because the component library and the editor write them.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Console serves the files. It is safe for concurrent use.
type Console struct {
	files fs.FS

	mu    sync.Mutex
	ready map[string]*file // by name; no more than there are files
}

// file is what is sent, plain and compressed.
type file struct {
	kind         string
	plain, small []byte
}

// New serves what was embedded when the binary was built.
func New() *Console {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return Of(files)
}

// Of serves the files of a build, index.html among them; without that one it
// says that there is no console.
func Of(files fs.FS) *Console { return &Console{files: files, ready: map[string]*file{}} }

// Complete says whether there is a console to serve.
func (c *Console) Complete() bool { return c.load("index.html") != nil }

// Answers says whether a request that no route of the API answers is one for the
// console: for one of its files, or for a page by a browser.
func (c *Console) Answers(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if name := nameOf(r); name != "" && c.load(name) != nil {
		return true
	}
	return !ofAPI(r.URL.Path) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// ofAPI says whether an address belongs to the API, so that a mistake in it is
// told as one.
func ofAPI(p string) bool {
	first, _, _ := strings.Cut(strings.Trim(p, "/"), "/")
	switch first {
	case "v1", "oauth", "bin", "assets":
		return true
	}
	return false
}

// nameOf gives the name of the file that a request asks for; "" = a page.
func nameOf(r *http.Request) string {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "index.html" || !fs.ValidPath(name) || name == "." {
		return ""
	}
	return name
}

// ServeHTTP sends a file, or the page.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	name := nameOf(r)
	f := c.load(name)
	switch {
	case name != "" && f != nil && strings.HasPrefix(name, "assets/"):
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	case name == "" || f == nil:
		f = c.load("index.html")
	}
	if f == nil {
		f = &file{kind: "text/html; charset=utf-8", plain: absent}
	}
	f.send(w, r)
}

// send writes the file, compressed for those who can take it.
func (f *file) send(w http.ResponseWriter, r *http.Request) {
	body, h := f.plain, w.Header()
	h.Set("Content-Type", f.kind)
	if f.small != nil {
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.small
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client is gone: nobody is left to tell
}

// load gives a file, or nil where there is none. Files are compressed when they
// are first asked for.
func (c *Console) load(name string) *file {
	if name == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.ready[name]; f != nil {
		return f
	}
	data, err := fs.ReadFile(c.files, name)
	if err != nil || strings.HasPrefix(path.Base(name), ".") {
		return nil
	}
	f := &file{kind: kindOf(name), plain: data}
	if small, err := compress(data); err == nil && len(small) < len(data) {
		f.small = small
	}
	c.ready[name] = f
	return f
}

// kindOf gives a file's media type.
func kindOf(name string) string {
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func compress(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err = z.Write(data); err == nil {
		err = z.Close()
	}
	return b.Bytes(), err
}
