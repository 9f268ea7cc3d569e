-- +goose Up
CREATE TABLE usage_day (
    owner           TEXT NOT NULL,
    day             INTEGER NOT NULL,
    device          TEXT NOT NULL,
    product         INTEGER NOT NULL,
    events          INTEGER NOT NULL,
    published       INTEGER NOT NULL,
    received        INTEGER NOT NULL,
    refused         INTEGER NOT NULL,
    refused_streams INTEGER NOT NULL,
    PRIMARY KEY (owner, day, device, product)
) WITHOUT ROWID;

-- One row: up to which event the counts go, and how often they were stored.
CREATE TABLE usage_mark (
    one   INTEGER PRIMARY KEY,
    seq   INTEGER NOT NULL,
    flush INTEGER NOT NULL
);
