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

-- One row: up to which event the counts go, and how often they were stored.
CREATE TABLE usage_mark (
    one   BIGINT PRIMARY KEY,
    seq   BIGINT NOT NULL,
    flush BIGINT NOT NULL
);
