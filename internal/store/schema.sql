-- ketnap: the record. One text for SQLite and PostgreSQL; docs/record.md explains the tables.
--
-- Types: INTEGER and TEXT only (truth is 0/1, a day is '2021-10-31', a period '2021-10', a moment
-- '2026-11-28T03:39:03Z'). On SQLite the store appends STRICT to each table, so that both databases refuse
-- the same values, and WITHOUT ROWID where a table is kept by its key. NULL is "not known, nothing there"; '' is never used for that.
-- `event` is the number of the event that vouches for a row. It is no foreign key, because an event is added after its
-- rows: with a reference SQLite goes through all these tables whenever one is added. Check tells of a row without one.
-- Every table is PROVED (insert-only, hashed into the event that added its rows) or DERIVED (follows from
-- the proved ones); proof.go reads the columns of each from here, and a test holds that no table is forgotten.

-- ------------------------------------------------------------------ what happened (PROVED, chained)
CREATE TABLE event (
  seq        INTEGER NOT NULL PRIMARY KEY,  -- dense: the largest + 1, under the lock; never a sequence
  at         TEXT    NOT NULL,              -- for people; nothing is decided by it
  kind       TEXT    NOT NULL CHECK (kind IN ('upgraded','assigned','received','judged','settled','closed','reopened',
               'waived','unwaived','published','recalled','erased','restored','account')),
  who        TEXT    NOT NULL,
  why        TEXT,
  unit       TEXT,                          -- of closed, reopened: NULL is all units
  period     TEXT,
  until      TEXT,                          -- of reopened: the last day
  basis      INTEGER,                       -- of closed: what the figures of the period go on resting on
  row_count  INTEGER NOT NULL,              -- rows that this event added to the tables below
  rows_hash  TEXT    NOT NULL,              -- of those rows
  hash       TEXT    NOT NULL UNIQUE        -- SHA-256 of the hash of the event before and every column above
);
CREATE INDEX event_of_period ON event (period, kind);

CREATE TABLE erased (                       -- a row that was erased, or that stands without what names persons (erasing)
  row_hash TEXT    NOT NULL PRIMARY KEY,    -- as it was: the event that vouched for it goes on vouching
  event    INTEGER NOT NULL,                -- that erased it
  of_event INTEGER NOT NULL                 -- that vouched for it
);
CREATE TABLE basis (                        -- what judgements and figures rest on, each once
  id          INTEGER NOT NULL PRIMARY KEY,
  event       INTEGER NOT NULL,
  hash        TEXT    NOT NULL UNIQUE,      -- of all that a judgement of the period rests on
  program     TEXT    NOT NULL,             -- VCS revision and build, or the hash of the executable
  rules       TEXT    NOT NULL,             -- SHA-256 of forms, rules, holidays, settings that judge
  assignment  TEXT    NOT NULL,             -- SHA-256 of the assignment workbook, which lies in the archive
  counting    TEXT    NOT NULL              -- decision, meeting, ceremony; 'decision 25' where periods end on the 25th
);

-- ------------------------------------------------------------------ submissions (PROVED)
CREATE TABLE submission (                   -- bytes that were sent, each once; its id is on the receipt
  id        INTEGER NOT NULL PRIMARY KEY,   -- dense, by the lock: the order of receipt
  event     INTEGER NOT NULL,  -- received; one event is one intake: a run's inbox, or one upload
  sha256    TEXT    NOT NULL UNIQUE,
  size      INTEGER NOT NULL CHECK (size >= 0),
  path      TEXT    NOT NULL,               -- as first found or uploaded
  first_day TEXT    NOT NULL,               -- the day it was first read
  sender    TEXT                            -- the unit signed in; NULL: inbox
);
CREATE TABLE file_seen (                    -- the same bytes found again elsewhere
  submission INTEGER NOT NULL REFERENCES submission,
  event      INTEGER NOT NULL,
  path       TEXT    NOT NULL,
  PRIMARY KEY (submission, event)
);

-- ------------------------------------------------------------------ what a return says (PROVED by content_hash)
CREATE TABLE layout (                       -- where fields stand; nearly all returns share a few dozen layouts
  id    INTEGER NOT NULL PRIMARY KEY,
  event INTEGER NOT NULL,
  hash  TEXT    NOT NULL UNIQUE,
  form  TEXT                                -- the form the return was read by: KND-01 2021.1
);
CREATE TABLE layout_field (                 -- a field that is not here is absent in the return
  layout     INTEGER NOT NULL REFERENCES layout,
  sheet      TEXT    NOT NULL,              -- the form's id: KET_NAP
  field      TEXT    NOT NULL,
  sheet_name TEXT    NOT NULL,              -- in the file
  sheet_row  INTEGER NOT NULL,              -- of a label's value (THONG_TIN); 0 in lists
  sheet_col  INTEGER NOT NULL,
  PRIMARY KEY (layout, sheet, field)
);

CREATE TABLE "return" (                     -- one reading of a submission: its cover
  id            INTEGER NOT NULL PRIMARY KEY,
  event         INTEGER NOT NULL,
  submission    INTEGER NOT NULL REFERENCES submission,
  layout        INTEGER REFERENCES layout,  -- NULL: it could not be read
  unit          TEXT,                       -- the code as the cover says
  unit_name     TEXT,
  period        TEXT,
  version       INTEGER NOT NULL,           -- Lần nộp; blank is 1
  prepared      TEXT,
  received      TEXT,                       -- the day it counts as received, by the setting
  form_code     TEXT,
  form_version  TEXT,
  from_date     TEXT,
  to_date       TEXT,
  submission_no INTEGER,                    -- Lần nộp as it stands there
  nil_return    INTEGER CHECK (nil_return IN (0, 1)),
  target        INTEGER,
  preparer      TEXT,
  phone         TEXT,
  signer        TEXT,
  position_held TEXT,
  list_hash     TEXT,                       -- of KET_NAP's rows in any order, running numbers aside; NULL: nobody
  file_kind     TEXT,                       -- what the bytes are: xlsx, xls, pdf, …
  macros        INTEGER NOT NULL CHECK (macros IN (0, 1)),
  external_links INTEGER NOT NULL CHECK (external_links IN (0, 1)),
  recalculated  INTEGER NOT NULL CHECK (recalculated IN (0, 1)),
  refusal       TEXT,                       -- the rule that says why it could not be read: F01, F02, F12
  refusal_kind  TEXT,
  refusal_detail TEXT,
  refusal_part  TEXT,
  refusal_advice TEXT,
  content_hash  TEXT    NOT NULL            -- of this row and of all rows below that belong to it
);
CREATE INDEX return_of_submission ON "return" (submission);
CREATE INDEX return_of_unit ON "return" (unit, period);

CREATE TABLE admission (                    -- a row of KET_NAP
  "return"  INTEGER NOT NULL REFERENCES "return",
  sheet_row INTEGER NOT NULL,
  person    INTEGER NOT NULL CHECK (person IN (0, 1)),  -- the row names somebody
  running_no INTEGER, name TEXT, born TEXT, sex TEXT CHECK (sex IN ('Nam', 'Nữ')), national_id TEXT,
  ethnicity TEXT, religion TEXT, cell TEXT, occupation TEXT, schooling TEXT, qualification TEXT,
  youth_union INTEGER CHECK (youth_union IN (0, 1)), source_groups TEXT, trained_at TEXT, certificate_date TEXT,
  meeting_date TEXT, decision_no TEXT, decision_date TEXT, ceremony_date TEXT,
  readmission INTEGER CHECK (readmission IN (0, 1)), traits TEXT, note TEXT,
  id_key TEXT,                              -- the identity number if it is one
  who_key TEXT,                             -- folded name and day of birth
  decision_key TEXT,                        -- folded number of a decision of the level above
  PRIMARY KEY ("return", sheet_row)         -- no further index here: it costs more than it saves
);
CREATE TABLE candidate (                    -- a row of NGUON
  "return"  INTEGER NOT NULL REFERENCES "return",
  sheet_row INTEGER NOT NULL,
  person    INTEGER NOT NULL CHECK (person IN (0, 1)),
  running_no INTEGER, name TEXT, born TEXT, sex TEXT CHECK (sex IN ('Nam', 'Nữ')), national_id TEXT,
  ethnicity TEXT, occupation TEXT, cell TEXT, source_groups TEXT, trained_at TEXT, recognised_date TEXT,
  certificate_date TEXT, stage TEXT, planned_quarter TEXT, note TEXT,
  PRIMARY KEY ("return", sheet_row)
);
CREATE TABLE cell_figure (                  -- a row of CHI_BO
  "return"  INTEGER NOT NULL REFERENCES "return",
  sheet_row INTEGER NOT NULL,
  total     INTEGER NOT NULL CHECK (total IN (0, 1)),   -- the row Tổng cộng
  running_no INTEGER, cell TEXT, target INTEGER, in_period INTEGER, to_date INTEGER, trained INTEGER, waiting INTEGER,
  note TEXT,
  PRIMARY KEY ("return", sheet_row)
);
CREATE TABLE odd_cell (                     -- a cell whose typed column does not say all
  "return"  INTEGER NOT NULL REFERENCES "return",
  sheet     TEXT    NOT NULL,               -- the form's id
  sheet_row INTEGER NOT NULL,               -- of its record; 0 on the cover
  field     TEXT    NOT NULL,
  state     TEXT    NOT NULL CHECK (state IN ('absent', 'blank', 'known', 'bad')),
  why       TEXT,                           -- of a bad one: not_a_date, no_such_day, bare_year, formula_error, …
  repair    TEXT,                           -- what was mended to read it: lost_zero, date_from_text, …
  unlisted  INTEGER NOT NULL CHECK (unlisted IN (0, 1)),  -- not in its code list
  raw       TEXT,                           -- as typed
  text      TEXT, day TEXT, number INTEGER, mark INTEGER NOT NULL CHECK (mark IN (0, 1)),  -- as read
  at_sheet  TEXT, at_row INTEGER, at_col INTEGER,   -- where it stands, if not where the layout says
  PRIMARY KEY ("return", sheet, sheet_row, field)
);
CREATE TABLE sheet_reading (                -- how a sheet of the form was read
  "return"   INTEGER NOT NULL REFERENCES "return",
  ordinal    INTEGER NOT NULL,
  sheet      TEXT    NOT NULL,              -- the form's id
  name       TEXT,                          -- in the file; NULL: missing
  nearest    TEXT,                          -- missing: the sheet whose name comes nearest
  hidden     INTEGER NOT NULL CHECK (hidden IN (0, 1)),
  range_read TEXT,                          -- A10:V18
  header_row INTEGER NOT NULL,
  row_count  INTEGER NOT NULL,              -- rows of data read
  hidden_rows INTEGER NOT NULL,
  columns_known INTEGER NOT NULL CHECK (columns_known IN (0, 1)),
  labels_known INTEGER NOT NULL CHECK (labels_known IN (0, 1)),
  PRIMARY KEY ("return", ordinal)
);
CREATE TABLE reading_note (                 -- the reading statement: what was skipped, missing, double, not read
  "return"  INTEGER NOT NULL REFERENCES "return",
  ordinal   INTEGER NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind IN
    ('skipped', 'stray', 'unread', 'missing', 'double', 'extra', 'other_sheet', 'by_headers', 'legacy', 'package')),
  sheet     TEXT,                           -- the form's id
  field     TEXT,
  text      TEXT,                           -- the reason, the header, the sheet's name, the fault
  nearest   TEXT,
  required  INTEGER NOT NULL CHECK (required IN (0, 1)),
  at_sheet  TEXT, from_row INTEGER NOT NULL, to_row INTEGER NOT NULL, sheet_col INTEGER NOT NULL,
  first_sheet TEXT, first_row INTEGER NOT NULL, first_col INTEGER NOT NULL,   -- of a double column: the one before
  PRIMARY KEY ("return", ordinal)
);

-- ------------------------------------------------------------------ judging (PROVED; later ones never replace earlier ones)
CREATE TABLE judgement (                    -- of one return alone, under one basis
  id       INTEGER NOT NULL PRIMARY KEY,
  event    INTEGER NOT NULL,
  "return" INTEGER NOT NULL REFERENCES "return",
  basis    INTEGER NOT NULL REFERENCES basis,
  same_as  INTEGER REFERENCES judgement,    -- said word for word the same: what was found stands there
  errors   INTEGER NOT NULL,                -- found alone, before waivers
  warnings INTEGER NOT NULL
);
CREATE INDEX judgement_of_return ON judgement ("return");
CREATE TABLE settlement (                   -- added when a submission's verdict or findings became different
  submission INTEGER NOT NULL REFERENCES submission,
  event     INTEGER NOT NULL,
  judgement INTEGER NOT NULL REFERENCES judgement,
  verdict   TEXT    NOT NULL CHECK (verdict IN ('accepted', 'returned', 'superseded', 'recalled')),
  compared_with INTEGER REFERENCES "return",  -- the return counted for the nearest earlier period
  cause     INTEGER REFERENCES submission,  -- whose arrival changed it; NULL: its own, or an act of the office
  PRIMARY KEY (submission, event)
);
CREATE TABLE finding (                      -- about one cell of one submission
  event      INTEGER NOT NULL,   -- judged (alone) or settled (against others)
  submission INTEGER NOT NULL REFERENCES submission,
  ordinal    INTEGER NOT NULL,
  alone      INTEGER NOT NULL CHECK (alone IN (0, 1)),  -- 1: in the return by itself; 0: beside others, when it was settled
  rule       TEXT    NOT NULL,
  severity   TEXT    NOT NULL CHECK (severity IN ('error', 'warning', 'info', 'trial')),  -- before waivers
  sheet_name TEXT, sheet_row INTEGER NOT NULL, sheet_col INTEGER NOT NULL,
  place      TEXT,                          -- the cell in words
  about      TEXT,                          -- what a waiver holds on to: 'id:0191…', 'who:…', 'field:CHI_BO/total/to_date'
  seen       TEXT,                          -- the value seen, as a waiver compares it
  got        TEXT, want TEXT, message TEXT NOT NULL,
  explained  INTEGER NOT NULL CHECK (explained IN (0, 1)),
  PRIMARY KEY (submission, event, ordinal)
);
CREATE TABLE already_told (                 -- rows of a settlement that stand as they stood when a rule's warning was told the month before
  submission INTEGER NOT NULL REFERENCES submission,
  event      INTEGER NOT NULL,
  sheet_name TEXT    NOT NULL,
  sheet_row  INTEGER NOT NULL,
  rule       TEXT    NOT NULL,
  PRIMARY KEY (submission, event, sheet_name, sheet_row, rule)
);
CREATE TABLE waiver (
  id    INTEGER NOT NULL PRIMARY KEY,
  event INTEGER NOT NULL,
  unit  TEXT NOT NULL, year INTEGER NOT NULL, from_period TEXT NOT NULL,
  rule  TEXT NOT NULL, about TEXT NOT NULL, seen TEXT
);
CREATE INDEX waiver_of_unit ON waiver (unit, year);
CREATE TABLE waiver_end (
  waiver INTEGER NOT NULL PRIMARY KEY REFERENCES waiver,
  event  INTEGER NOT NULL
);

-- ------------------------------------------------------------------ who may sign in (PROVED; the last row of a code holds)
CREATE TABLE account (
  event    INTEGER NOT NULL,
  code     TEXT    NOT NULL,                -- of a unit, or a name that the office gave itself
  office   INTEGER NOT NULL CHECK (office IN (0, 1)),
  password TEXT,                            -- argon2id, salted, with its parameters; NULL: locked
  handed   INTEGER NOT NULL CHECK (handed IN (0, 1)),   -- as the office handed it out: to be changed first
  PRIMARY KEY (code, event)
);

-- ------------------------------------------------------------------ the register over time (PROVED)
-- A line of the assignment workbook is added when it says something else than before; gone is 1 where it was taken
-- out. In which row of the workbook it stood is not kept: the workbook lies in the archive.
CREATE TABLE unit_version (                 -- a line of DON_VI
  event      INTEGER NOT NULL,
  code       TEXT    NOT NULL,
  valid_from TEXT    NOT NULL,              -- '0001-01-01': since ever
  gone       INTEGER NOT NULL CHECK (gone IN (0, 1)),
  name TEXT, other_name TEXT, kind TEXT, unit_group TEXT, party_kind TEXT, follower TEXT, valid_until TEXT,
  successor  TEXT,                          -- a code, or several of a unit that was divided
  area TEXT, exhausted INTEGER CHECK (exhausted IN (0, 1)),
  PRIMARY KEY (code, valid_from, event)
);
CREATE TABLE target_version (               -- a line of CHI_TIEU
  event      INTEGER NOT NULL,
  unit       TEXT    NOT NULL,
  unit_from  TEXT    NOT NULL,              -- valid_from of the unit, where several have had its code; else '0001-01-01'
  year       INTEGER NOT NULL,
  document   TEXT    NOT NULL,
  dated      TEXT    NOT NULL,
  gone       INTEGER NOT NULL CHECK (gone IN (0, 1)),
  number     INTEGER,
  PRIMARY KEY (unit, unit_from, year, document, dated, event)
);
CREATE TABLE party_cell_version (           -- a line of CHI_BO
  event  INTEGER NOT NULL,
  unit   TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  valid_from TEXT NOT NULL,                 -- '0001-01-01': since ever
  gone   INTEGER NOT NULL CHECK (gone IN (0, 1)),
  target INTEGER, valid_until TEXT, successor TEXT, other_name TEXT,
  PRIMARY KEY (unit, name, valid_from, event)
);
CREATE TABLE last_year_version (            -- a figure of NAM_TRUOC
  event     INTEGER NOT NULL,
  unit      TEXT    NOT NULL,
  unit_from TEXT    NOT NULL,
  period    TEXT    NOT NULL,
  gone      INTEGER NOT NULL CHECK (gone IN (0, 1)),
  to_date   INTEGER,                        -- admitted since 1 January
  PRIMARY KEY (unit, unit_from, period, event)
);

-- ------------------------------------------------------------------ published figures (PROVED)
CREATE TABLE publication (
  event  INTEGER NOT NULL PRIMARY KEY,
  period TEXT    NOT NULL,
  basis  INTEGER NOT NULL REFERENCES basis,
  counted_hash TEXT NOT NULL                -- of what was counted: the same on every machine
);
CREATE TABLE publication_source (
  event INTEGER NOT NULL, unit TEXT NOT NULL, "return" INTEGER NOT NULL REFERENCES "return",
  PRIMARY KEY (event, unit)
);
CREATE TABLE published_figure (
  event INTEGER NOT NULL, unit TEXT NOT NULL /* '*' is the whole */, figure TEXT NOT NULL, value INTEGER,
  PRIMARY KEY (event, unit, figure)
);

-- ------------------------------------------------------------------ how everything stands (DERIVED)
CREATE TABLE standing (                     -- the last settlement of each submission
  submission INTEGER NOT NULL PRIMARY KEY REFERENCES submission,
  "return"   INTEGER NOT NULL REFERENCES "return",
  judgement  INTEGER NOT NULL REFERENCES judgement,
  settled    INTEGER NOT NULL,
  unit TEXT, period TEXT,
  verdict    TEXT NOT NULL
);
CREATE UNIQUE INDEX one_counts ON standing (unit, period) WHERE verdict = 'accepted';
CREATE INDEX standing_of_period ON standing (period, unit);
CREATE INDEX standing_of_unit ON standing (unit, period);
-- What the lists of a unit in force hold, each key once a year and not once a month: two units that claim one key clash.
CREATE TABLE claim (
  key_text    TEXT    NOT NULL,             -- 'i' identity number, 'w' folded name and birth day, 'd' decision, 'l' hash of a list
  year        INTEGER NOT NULL,
  unit        TEXT    NOT NULL,
  day         TEXT    NOT NULL,             -- of a decision; else '-'
  from_period TEXT    NOT NULL,
  to_period   TEXT,                         -- NULL: until now
  since       INTEGER NOT NULL,             -- event that received what first held it, without a break; 0: only a version that does
                                            -- not count holds it, which claims nothing and is told what others claim
  identity    TEXT,                         -- of a 'w': the identity number of that person
  PRIMARY KEY (key_text, year, unit, day, from_period)
); -- kept by its key
CREATE INDEX claim_of_unit ON claim (unit, year);
CREATE TABLE claim_proof (                  -- PROVED: what a unit claims in a year after an event; the last one holds
  unit        TEXT    NOT NULL,
  year        INTEGER NOT NULL,
  event       INTEGER NOT NULL,
  claims      INTEGER NOT NULL,
  claims_hash TEXT    NOT NULL,
  PRIMARY KEY (unit, year, event)
);

CREATE VIEW period_state AS                 -- the last act about all units, and the last about each one
  SELECT e.period, e.unit, e.kind, e.until, e.at, e.who, e.why FROM event e
  WHERE e.kind IN ('closed', 'reopened') AND e.seq = (SELECT max(f.seq) FROM event f
    WHERE f.kind IN ('closed', 'reopened') AND f.period = e.period AND coalesce(f.unit, '*') = coalesce(e.unit, '*'));
CREATE VIEW counted_admission AS            -- the people who count
  SELECT s.unit, s.period, s.submission, a.* FROM standing s JOIN admission a ON a."return" = s."return"
  WHERE s.verdict = 'accepted' AND a.person = 1;
CREATE VIEW standing_finding AS             -- what was found, before waivers, in each submission as it stands
  SELECT s.unit, s.period, s.verdict, f.* FROM standing s JOIN judgement j ON j.id = s.judgement
  JOIN judgement k ON k.id = coalesce(j.same_as, j.id) JOIN finding f ON f.submission = s.submission
    AND (f.alone = 1 AND f.event = k.event OR f.alone = 0 AND f.event = s.settled);
