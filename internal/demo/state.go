package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// stateFile is the file in the demo's folder that keeps a State.
const stateFile = "seed.json"

// State says how far the example in a folder has come. It stands beside the
// database, because no hub but a demo's has anything made up in it.
type State struct {
	// SampleUntil is the UTC date (2026-03-01) of the folder's first start: counts
	// of the days before are made up.
	SampleUntil string `json:"sample_until"`
	// Seeded says that everything was made once. What a person deletes after that
	// stays deleted.
	Seeded bool `json:"seeded"`
}

// OpenState reads the State kept in folder, or begins one at the time now. It is
// on disk before anything is made up, so that sample data never lacks its mark.
// Errors: those of the file system, or the file is not one that OpenState wrote.
func OpenState(folder string, now time.Time) (State, error) {
	path := filepath.Join(folder, stateFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		s := State{SampleUntil: now.UTC().Format(time.DateOnly)}
		return s, s.Save(folder)
	}
	if err != nil {
		return State{}, err
	}
	var s State
	if json.Unmarshal(raw, &s) != nil || s.firstDay().IsZero() {
		return State{}, fmt.Errorf("%s is damaged; remove the folder to begin anew", path)
	}
	return s, nil
}

// Save writes the state into folder.
func (s State) Save(folder string) error { return writeFile(filepath.Join(folder, stateFile), s) }

// firstDay is when the first day began whose counts are real; the zero time for a
// date that is none.
func (s State) firstDay() time.Time {
	day, err := time.Parse(time.DateOnly, s.SampleUntil)
	if err != nil {
		return time.Time{}
	}
	return day
}
