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

-- Up to which event the counts of a shard go, and with which part they were
-- stored; shard -1 speaks for all shards whose own row is older.
CREATE TABLE usage_mark (
    shard INTEGER PRIMARY KEY,
    seq   INTEGER NOT NULL,
    part  INTEGER NOT NULL
);
