-- +goose Up
CREATE TABLE replay (
    id          INTEGER PRIMARY KEY,
    integration TEXT NOT NULL,
    kind        TEXT NOT NULL,
    rate        INTEGER NOT NULL,
    state       TEXT NOT NULL,
    begins      INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    ends        INTEGER NOT NULL,
    accepted    INTEGER NOT NULL,
    missing     INTEGER NOT NULL,
    started     INTEGER NOT NULL,
    ended       INTEGER NOT NULL
);
