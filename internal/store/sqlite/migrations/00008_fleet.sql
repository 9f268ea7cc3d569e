-- +goose Up
-- devices is how many devices are in the product, so that no list has to count.
ALTER TABLE product ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE product ADD COLUMN devices INTEGER NOT NULL DEFAULT 0;

-- name_key is the name in lower case. heard, handshake, ip and online are
-- written by presence, the rest by the API.
ALTER TABLE device ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN product INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN platform INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN serial TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN iccid TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN imei TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN firmware INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN desired INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN denied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN development INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN handshake INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN ip TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN online INTEGER NOT NULL DEFAULT 0;
UPDATE device SET name_key = lower(name);

DROP INDEX device_owner;
CREATE INDEX device_owner ON device (owner, created, id);
CREATE INDEX device_owner_name ON device (owner, name);
CREATE INDEX device_by_id ON device (product, id);
CREATE INDEX device_by_name ON device (product, name_key, id, serial);
CREATE INDEX device_by_firmware ON device (product, firmware, id);
CREATE INDEX device_by_heard ON device (product, heard, id);
CREATE INDEX device_quarantined ON device (product, id) WHERE quarantined;
CREATE INDEX device_serial ON device (serial) WHERE serial <> '';
CREATE INDEX device_iccid ON device (iccid) WHERE iccid <> '';
CREATE INDEX device_imei ON device (imei) WHERE imei <> '';

CREATE TABLE product_group (
    product     INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    color       TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    PRIMARY KEY (product, name)
) WITHOUT ROWID;

CREATE TABLE device_group (
    product INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    device  TEXT    NOT NULL,
    PRIMARY KEY (product, name, device)
) WITHOUT ROWID;
CREATE INDEX device_group_device ON device_group (device);

CREATE TABLE claim_code (
    hash    BLOB    PRIMARY KEY,
    "user"  TEXT    NOT NULL,
    product INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX claim_code_user ON claim_code ("user");

CREATE TABLE certificate (
    fingerprint TEXT    PRIMARY KEY,
    device      TEXT    NOT NULL,
    created     INTEGER NOT NULL
);
CREATE INDEX certificate_device ON certificate (device);
