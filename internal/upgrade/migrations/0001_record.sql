-- +goose Up
-- The record: which files were seen, how each was judged last, and what it said.
-- Runs on SQLite and PostgreSQL. Dates are ISO text: 2021-10-31; a period is
-- 2021-10. '' is "not known", never NULL, never a made-up date.

-- A run that judged or saw files.
CREATE TABLE run (
  started TEXT NOT NULL PRIMARY KEY, -- UTC, RFC 3339
  program TEXT NOT NULL,             -- version of the program
  basis   TEXT NOT NULL              -- fingerprint of what it judged by
);

-- Bytes that were seen in the inbox, whatever their names.
CREATE TABLE file (
  sha256     TEXT   NOT NULL PRIMARY KEY,
  size       BIGINT NOT NULL,
  first_seen TEXT   NOT NULL, -- the day a run first read them
  last_path  TEXT   NOT NULL  -- where a run saw them last
);

-- The last judgement of a file. One judged anew replaces it, with all below.
CREATE TABLE judgement (
  sha256     TEXT    NOT NULL PRIMARY KEY REFERENCES file,
  basis      TEXT    NOT NULL,
  run        TEXT    NOT NULL REFERENCES run,
  verdict    TEXT    NOT NULL CHECK (verdict IN ('accepted', 'returned', 'superseded')),
  unit       TEXT    NOT NULL, -- as the return says
  unit_name  TEXT    NOT NULL,
  period     TEXT    NOT NULL,
  submission INTEGER NOT NULL, -- Lần nộp
  prepared   TEXT    NOT NULL, -- Ngày lập
  received   TEXT    NOT NULL
);
CREATE INDEX judgement_of ON judgement (period, unit);
CREATE INDEX judgement_on ON judgement (basis);
-- Whatever a run decides: one version of a unit and period counts, never two.
CREATE UNIQUE INDEX one_counts ON judgement (unit, period) WHERE verdict = 'accepted' AND unit <> '' AND period <> '';

-- What the judgement has to say, in the order of ordinal.
CREATE TABLE finding (
  sha256    TEXT    NOT NULL REFERENCES judgement ON DELETE CASCADE,
  ordinal   INTEGER NOT NULL,
  rule      TEXT    NOT NULL,
  severity  TEXT    NOT NULL,
  unit      TEXT    NOT NULL,
  period    TEXT    NOT NULL,
  sheet     TEXT    NOT NULL,
  row       INTEGER NOT NULL,
  col       INTEGER NOT NULL,
  at        TEXT    NOT NULL, -- further cells, JSON; '' when none
  got       TEXT    NOT NULL,
  want      TEXT    NOT NULL,
  message   TEXT    NOT NULL,
  explained BOOLEAN NOT NULL,
  PRIMARY KEY (sha256, ordinal)
);

-- What the return says, the JSON of returns.Return.
CREATE TABLE content (
  sha256 TEXT NOT NULL PRIMARY KEY REFERENCES judgement ON DELETE CASCADE,
  json   TEXT NOT NULL
);

-- The people of KET_NAP, so that one can be found again in later years.
CREATE TABLE person (
  sha256      TEXT    NOT NULL REFERENCES judgement ON DELETE CASCADE,
  row         INTEGER NOT NULL, -- of the sheet
  national_id TEXT    NOT NULL,
  name_key    TEXT    NOT NULL, -- the name, folded
  born        TEXT    NOT NULL,
  decided     TEXT    NOT NULL, -- the day of the decision
  PRIMARY KEY (sha256, row)
);

-- The figures of a period as they stood in the workbook written last.
CREATE TABLE published (
  period TEXT NOT NULL PRIMARY KEY,
  json   TEXT NOT NULL
);
