package history

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Bounds of a search besides eventlog.ResumeRows.
const (
	searchPage  = 250
	searchReads = 3         // pages read at once, by all searches
	searchBytes = 256 << 10 // of the events of an answer, about
)

// Found is what a search found.
type Found struct {
	Events []event.Event // newest first
	Next   int64         // where the next search goes on; 0 = nothing is left
}

// Search gives the newest events with a seq below before (0 = of all) that a
// stream with the filter carries: at most limit, and those of the last
// eventlog.ResumeRows events at most. A search may find less than there is; Next
// tells.
func (r *Reader) Search(ctx context.Context, f eventlog.Filter, before int64, limit int) (Found, error) {
	s := search{filter: f, limit: limit, next: before}
	if s.next == 0 {
		s.next = 1 << 62
	}
	for looked := 0; looked < eventlog.ResumeRows && !s.full(); {
		page, err := r.pageBefore(ctx, s.next, min(searchPage, eventlog.ResumeRows-looked))
		if err != nil {
			return Found{}, err
		}
		if len(page) == 0 {
			return Found{Events: s.found}, nil
		}
		looked += len(page)
		s.sift(page)
	}
	return Found{s.found, s.next}, nil
}

// pageBefore reads a page; only some are read at the same time.
func (r *Reader) pageBefore(ctx context.Context, before int64, limit int) ([]event.Event, error) {
	select {
	case r.reads <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-r.reads }()
	return r.EventsBefore(ctx, before, limit)
}

// search is one search under way.
type search struct {
	filter eventlog.Filter
	limit  int
	next   int64 // everything from this seq on was looked at
	found  []event.Event
	bytes  int
}

func (s *search) full() bool { return len(s.found) >= s.limit || s.bytes >= searchBytes }

// sift keeps the events that pass the filter until there are enough.
func (s *search) sift(page []event.Event) {
	for i := 0; i < len(page) && !s.full(); i++ {
		e := &page[i]
		s.next = e.Seq
		if s.filter.Match(e) {
			s.found = append(s.found, *e)
			s.bytes += len(e.Name) + len(e.Data)
		}
	}
}
