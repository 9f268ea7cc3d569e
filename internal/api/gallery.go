package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/fieldhook/fieldhook/internal/gallery"
)

// routeGallery adds the routes of the integration gallery, all of them native.
// The gallery is the same for everybody and as long as the hub runs, so that
// the answers are made once.
func (a *API) routeGallery(m *table) {
	if a.Gallery == nil {
		return
	}
	all := fixedJSON(galleryJSON{a.Gallery.Categories(), a.Gallery.Entries()})
	m.Get("/v1/gallery", a.open(all.serve))
	m.Get("/v1/gallery/{id}", a.open(a.getGalleryEntry))
	m.Get("/v1/gallery/{id}/logo", a.open(a.getGalleryLogo))
}

// galleryJSON is the answer of the list.
type galleryJSON struct {
	Categories []gallery.Category `json:"categories"`
	Entries    []gallery.Entry    `json:"entries"`
}

// fixed is an answer that does not change. Clients may keep it, but ask whether
// it is still the same: another version of the hub has another gallery.
type fixed struct {
	contentType, tag string
	body             []byte
}

func newFixed(contentType string, body []byte) *fixed {
	sum := sha256.Sum256(body)
	return &fixed{contentType, `"` + hex.EncodeToString(sum[:12]) + `"`, body}
}

// fixedJSON makes an answer of v, which JSON can express.
func fixedJSON(v any) *fixed {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // templates stay readable
	if err := e.Encode(v); err != nil {
		panic(err) // a mistake of ours, found when the hub starts
	}
	return newFixed(jsonType[0], body.Bytes())
}

// serve answers 304 to those who have it already.
func (f *fixed) serve(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "public, no-cache")
	h.Set("ETag", f.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
	return nil
}

// getGalleryEntry handles GET /v1/gallery/{id}.
func (a *API) getGalleryEntry(w http.ResponseWriter, r *http.Request) error {
	e, err := a.Gallery.Entry(param(r, "id"))
	if err != nil {
		return err
	}
	return fixedJSON(e).serve(w, r)
}

// getGalleryLogo handles GET /v1/gallery/{id}/logo. Opened as a page, the
// picture can do nothing.
func (a *API) getGalleryLogo(w http.ResponseWriter, r *http.Request) error {
	e, err := a.Gallery.Entry(param(r, "id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	return newFixed("image/svg+xml", e.Logo()).serve(w, r)
}
