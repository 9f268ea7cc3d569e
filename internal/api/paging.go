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
func pageOf(r *http.Request) (page, error) { return pageOr(r, usualPage) }

// pageOr is pageOf for a list whose pages have another usual size.
func pageOr(r *http.Request, usual int64) (page, error) {
	q := r.URL.Query()
	number1, err := number(q, "page", 1, 1, lastPage)
	if err != nil {
		return page{}, err
	}
	size, err := number(q, "per_page", usual, 1, mostPage)
	return page{int(number1), int(size)}, err
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
