-- +goose Up
-- The record becomes a history: what happened is added and never changed (act,
-- sighting, judgement, finding, verdict, published). How a file stands now is
-- standing, which follows from the history and is kept so that a period is found
-- without reading the years before; content and person are what its file says.

-- What was done, in the order of seq: a clock may go back, seq never does.
CREATE TABLE act (
  seq        BIGINT NOT NULL PRIMARY KEY,
  at         TEXT   NOT NULL, -- UTC, RFC 3339
  kind       TEXT   NOT NULL CHECK (kind IN ('run', 'close', 'reopen', 'waive', 'unwaive')),
  who        TEXT   NOT NULL,
  why        TEXT   NOT NULL,
  program    TEXT   NOT NULL, -- version of the program
  rules      TEXT   NOT NULL, -- fingerprint of configuration and settings
  assignment TEXT   NOT NULL, -- SHA-256 of the assignment workbook, which lies in the archive
  counting   TEXT   NOT NULL, -- the date that puts a person in a period
  -- What it is about; all '' for a run.
  period     TEXT   NOT NULL,
  unit       TEXT   NOT NULL, -- '' is all units
  until      TEXT   NOT NULL, -- last day of a reopening; '' is until closed again
  rule       TEXT   NOT NULL, -- of a waiver
  cell       TEXT   NOT NULL  -- of a waiver; '' is all cells
);
CREATE INDEX act_of_the_office ON act (seq) WHERE kind <> 'run';

INSERT INTO act (seq, at, kind, who, why, program, rules, assignment, counting, period, unit, until, rule, cell)
SELECT row_number() OVER (ORDER BY started), started, 'run', '', '', program, basis, '', '', '', '', '', '', '' FROM run;

ALTER TABLE judgement RENAME TO judgement_1;
ALTER TABLE finding RENAME TO finding_1;
ALTER TABLE content RENAME TO content_1;
ALTER TABLE person RENAME TO person_1;
ALTER TABLE published RENAME TO published_1;

-- A judgement of a file. Later ones do not replace it.
CREATE TABLE judgement (
  id         BIGINT  NOT NULL PRIMARY KEY,
  act        BIGINT  NOT NULL REFERENCES act,
  sha256     TEXT    NOT NULL REFERENCES file,
  basis      TEXT    NOT NULL, -- fingerprint of all that it rests on
  verdict    TEXT    NOT NULL CHECK (verdict IN ('accepted', 'returned', 'superseded')), -- as it was decided then
  findings   BIGINT  NOT NULL, -- the judgement whose findings these are: an earlier one of the file that said the same, or this
  unit       TEXT    NOT NULL, -- as the return says
  unit_name  TEXT    NOT NULL,
  period     TEXT    NOT NULL,
  submission INTEGER NOT NULL, -- Lần nộp
  prepared   TEXT    NOT NULL, -- Ngày lập
  received   TEXT    NOT NULL
);
INSERT INTO judgement (id, act, sha256, basis, verdict, findings, unit, unit_name, period, submission, prepared, received)
SELECT row_number() OVER (ORDER BY a.seq, j.sha256), a.seq, j.sha256, j.basis, j.verdict,
  row_number() OVER (ORDER BY a.seq, j.sha256), j.unit, j.unit_name, j.period, j.submission, j.prepared, j.received
FROM judgement_1 j JOIN act a ON a.at = j.run;

-- What a judgement has to say, in the order of ordinal.
CREATE TABLE finding (
  judgement BIGINT  NOT NULL REFERENCES judgement,
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
  PRIMARY KEY (judgement, ordinal)
);
INSERT INTO finding (judgement, ordinal, rule, severity, unit, period, sheet, row, col, at, got, want, message, explained)
SELECT j.id, f.ordinal, f.rule, f.severity, f.unit, f.period, f.sheet, f.row, f.col, f.at, f.got, f.want, f.message, f.explained
FROM finding_1 f JOIN judgement j ON j.sha256 = f.sha256;

-- Where a file was seen: the first time, and whenever it was found elsewhere.
CREATE TABLE sighting (
  act    BIGINT NOT NULL REFERENCES act,
  sha256 TEXT   NOT NULL REFERENCES file,
  path   TEXT   NOT NULL,
  PRIMARY KEY (sha256, act)
);
INSERT INTO sighting (act, sha256, path)
SELECT j.act, j.sha256, f.last_path FROM judgement j JOIN file f ON f.sha256 = j.sha256;

-- The verdict on a file, whenever it became another.
CREATE TABLE verdict (
  act     BIGINT NOT NULL REFERENCES act,
  sha256  TEXT   NOT NULL REFERENCES file,
  unit    TEXT   NOT NULL,
  period  TEXT   NOT NULL,
  verdict TEXT   NOT NULL CHECK (verdict IN ('accepted', 'returned', 'superseded')),
  PRIMARY KEY (sha256, act)
);
INSERT INTO verdict (act, sha256, unit, period, verdict)
SELECT act, sha256, unit, period, verdict FROM judgement;

-- How a file stands: its last judgement, its last verdict.
CREATE TABLE standing (
  sha256    TEXT   NOT NULL PRIMARY KEY REFERENCES file,
  judgement BIGINT NOT NULL REFERENCES judgement,
  basis     TEXT   NOT NULL,
  verdict   TEXT   NOT NULL CHECK (verdict IN ('accepted', 'returned', 'superseded')),
  unit      TEXT   NOT NULL,
  period    TEXT   NOT NULL
);
INSERT INTO standing (sha256, judgement, basis, verdict, unit, period)
SELECT sha256, id, basis, verdict, unit, period FROM judgement;

-- What a file says, the JSON of returns.Return, as it was read last.
CREATE TABLE content (
  sha256 TEXT NOT NULL PRIMARY KEY REFERENCES file,
  json   TEXT NOT NULL
);
INSERT INTO content (sha256, json) SELECT sha256, json FROM content_1;

-- The people of KET_NAP, so that one can be found again in later years.
CREATE TABLE person (
  sha256      TEXT    NOT NULL REFERENCES file,
  row         INTEGER NOT NULL, -- of the sheet
  national_id TEXT    NOT NULL,
  name_key    TEXT    NOT NULL, -- the name, folded
  born        TEXT    NOT NULL,
  decided     TEXT    NOT NULL, -- the day of the decision
  PRIMARY KEY (sha256, row)
);
INSERT INTO person (sha256, row, national_id, name_key, born, decided)
SELECT sha256, row, national_id, name_key, born, decided FROM person_1;

-- The figures of a period, whenever its workbook came to show others.
CREATE TABLE published (
  seq        BIGINT NOT NULL PRIMARY KEY,
  act        BIGINT NOT NULL, -- the last act that they rest on
  period     TEXT   NOT NULL,
  assignment TEXT   NOT NULL, -- SHA-256 of the workbook they rest on; '' is not known
  counting   TEXT   NOT NULL, -- '' is not known
  json       TEXT   NOT NULL
);
INSERT INTO published (seq, act, period, assignment, counting, json)
SELECT row_number() OVER (ORDER BY period), COALESCE((SELECT max(seq) FROM act), 0), period, '', '', json FROM published_1;

-- Periods whose outputs are not written yet though the record has changed.
CREATE TABLE due (
  period TEXT NOT NULL PRIMARY KEY
);

DROP TABLE finding_1;
DROP TABLE content_1;
DROP TABLE person_1;
DROP TABLE judgement_1;
DROP TABLE published_1;
DROP TABLE run;

CREATE INDEX judgement_of_file ON judgement (sha256, id);
CREATE INDEX standing_of ON standing (period, unit);
CREATE INDEX standing_on ON standing (period, basis);
CREATE INDEX standing_of_unit ON standing (unit, period);
-- Whatever a run decides: one version of a unit and period counts, never two.
CREATE UNIQUE INDEX one_counts ON standing (unit, period) WHERE verdict = 'accepted' AND unit <> '' AND period <> '';
CREATE INDEX verdict_of ON verdict (period, unit);
CREATE INDEX person_id ON person (national_id) WHERE national_id <> '';
CREATE INDEX person_name ON person (name_key, born);
CREATE INDEX published_of ON published (period, seq);
