package api

import "net/http"

// Bounds of the pages of lists (cloud API reference, section 8).
const (
	usualPage = 25
	mostPage  = 1000
	lastPage  = 1_000_000 // keeps offsets small enough to count with
)

// page is the part of a list that a request asks for.
type page struct{ number, size int }

// pageOf reads page, counted from 1, and per_page from the query string. Errors:
// a fault Invalid that names the field.
func pageOf(r *http.Request) (page, error) { return pageWithin(r, usualPage, mostPage) }

// pageWithin is pageOf for a list whose pages have sizes of their own. Some
// clients write perPage.
func pageWithin(r *http.Request, usual, most int) (page, error) {
	q := r.URL.Query()
	p := page{1, usual}
	for _, n := range []struct {
		name string
		to   *int
		most int
	}{{"page", &p.number, lastPage}, {"per_page", &p.size, most}, {"perPage", &p.size, most}} {
		v, err := number(q, n.name, int64(*n.to), 1, int64(n.most))
		if err != nil {
			return p, err
		}
		*n.to = int(v)
	}
	return p, nil
}

// offset is how many elements come before the page.
func (p page) offset() int { return (p.number - 1) * p.size }

// pageMeta is the member "meta" of a paged list.
type pageMeta struct {
	Page         int `json:"page"`
	PerPage      int `json:"per_page"`
	TotalPages   int `json:"total_pages"`
	TotalRecords int `json:"total_records"`
}

// meta describes the page of a list with that many elements.
func (p page) meta(total int) pageMeta {
	return pageMeta{Page: p.number, PerPage: p.size, TotalPages: max(1, (total+p.size-1)/p.size), TotalRecords: total}
}

// pageFrom cuts the page out of a list that is there as a whole.
func pageFrom[T any](p page, all []T) []T {
	all = all[min(p.offset(), len(all)):]
	return all[:min(p.size, len(all))]
}
