-- +goose Up
-- What a file says is packed from here on: contents were nine tenths of a record, and
-- of the time it takes to write one. Those kept before stay as they are.
ALTER TABLE content ADD COLUMN packed BYTEA; -- the JSON in the S2 format; json is '' then
