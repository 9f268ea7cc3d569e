-- +goose Up
-- For lists of an owner's devices by name, and for looking for a part of a name,
-- id or serial number: both are answered by the index alone.
CREATE INDEX device_owner_by_name ON device (owner, name_key, id, serial);
