-- +goose Up
CREATE TABLE usage_day (
    owner           TEXT NOT NULL,
    day             BIGINT NOT NULL,
    device          TEXT COLLATE "C" NOT NULL,
    product         BIGINT NOT NULL,
    events          BIGINT NOT NULL,
    published       BIGINT NOT NULL,
    received        BIGINT NOT NULL,
    refused         BIGINT NOT NULL,
    refused_streams BIGINT NOT NULL,
    PRIMARY KEY (owner, day, device, product)
);

-- Up to which event the counts of a shard go, and with which part they were
-- stored; shard -1 speaks for all shards whose own row is older.
CREATE TABLE usage_mark (
    shard INTEGER PRIMARY KEY,
    seq   BIGINT NOT NULL,
    part  BIGINT NOT NULL
);
