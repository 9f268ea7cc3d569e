package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/replay"
)

// Replays implements replay.Jobs.
func (s *Store) Replays(context.Context) ([]replay.Job, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []replay.Job
	for _, j := range s.replays {
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b replay.Job) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// PutReplay implements replay.Jobs.
func (s *Store) PutReplay(_ context.Context, j replay.Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replays[j.ID] = j
	return nil
}

// DeleteReplays implements replay.Jobs.
func (s *Store) DeleteReplays(_ context.Context, ids []int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.replays, id)
	}
	return nil
}

// progressed notes how far a job has come; the caller holds s.mu.
func (s *Store) progressed(p eventlog.Progress) {
	if j, ok := s.replays[p.Job]; ok {
		j.Done, j.Accepted, j.Missing = p.Done, p.Accepted, p.Missing
		s.replays[p.Job] = j
	}
}
