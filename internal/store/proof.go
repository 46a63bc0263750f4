package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// How the record proves itself. Every row of a table of proved is hashed in a canonical
// form of its values as Go has them, never as a database prints them: the table's name,
// then for each column in alphabetical order whose value is not NULL its name, a tag (i or
// t), the length and the bytes. A NULL is left out, so that a nullable column that is
// added later changes no old hash.
//
// The rows that an event added are hashed together into its rows_hash, whatever their
// order; what a return says, the rows of ofReturn, into its content_hash, in order. Each
// event is hashed with the hash of the one before it.

// table is a table of the record: its name and columns as schema.sql has them.
type table struct {
	name    string
	columns []string
	key     []string // by which its rows are read in order
	sorted  []int    // places of the columns in alphabetical order
	insert  string   // the statement that adds a row
}

func newTable(name, key, columns string) *table {
	t := &table{name: name, columns: strings.Fields(columns), key: strings.Fields(key)}
	places := make([]string, len(t.columns))
	for i := range t.columns {
		t.sorted = append(t.sorted, i)
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	t.insert = `INSERT INTO "` + name + `" (` + quoted(t.columns) + `) VALUES (` + strings.Join(places, ", ") + `)`
	slices.SortFunc(t.sorted, func(a, b int) int { return strings.Compare(t.columns[a], t.columns[b]) })
	return t
}

// The tables that are only added to. Their rows carry the event that added them, but for
// those of ofReturn and layoutFields, which belong to a row that does.
var (
	events      = newTable("event", "seq", "seq at kind who why unit period until basis row_count rows_hash hash")
	erased      = newTable("erased", "row_hash", "row_hash event of_event")
	bases       = newTable("basis", "id", "id event hash program rules assignment counting")
	submissions = newTable("submission", "id", "id event sha256 size path first_day sender")
	filesSeen   = newTable("file_seen", "submission event", "submission event path")
	layouts     = newTable("layout", "id", "id event hash form")
	readings    = newTable("return", "id", `id event submission layout unit unit_name period version prepared received
		form_code form_version from_date to_date submission_no nil_return target preparer phone signer position_held list_hash
		file_kind macros external_links recalculated refusal refusal_kind refusal_detail refusal_part refusal_advice content_hash`)
	judgements  = newTable("judgement", "id", "id event return basis same_as errors warnings")
	settlements = newTable("settlement", "submission event", "submission event judgement verdict compared_with cause")
	findings    = newTable("finding", "submission event ordinal", `event submission ordinal alone rule severity
		sheet_name sheet_row sheet_col place about seen got want message explained`)
	alreadyTold  = newTable("already_told", "submission event sheet_name sheet_row rule", "submission event sheet_name sheet_row rule")
	waivers      = newTable("waiver", "id", "id event unit year from_period rule about seen")
	waiverEnds   = newTable("waiver_end", "waiver", "waiver event")
	accounts     = newTable("account", "code event", "event code office password handed")
	publications = newTable("publication", "event", "event period basis counted_hash")
	sources      = newTable("publication_source", "event unit", "event unit return")
	figures      = newTable("published_figure", "event unit figure", "event unit figure value")
	claimProofs  = newTable("claim_proof", "unit year event", "unit year event claims claims_hash")

	unitVersions = newTable("unit_version", "code valid_from event", `event code valid_from gone name other_name kind unit_group party_kind
		follower valid_until successor area exhausted`)
	targetVersions = newTable("target_version", "unit unit_from year document dated event",
		"event unit unit_from year document dated gone number")
	partyCellVersions = newTable("party_cell_version", "unit name valid_from event",
		"event unit name valid_from gone target valid_until successor other_name")
	lastYearVersions = newTable("last_year_version", "unit unit_from period event", "event unit unit_from period gone to_date")

	layoutFields = newTable("layout_field", "layout sheet field", "layout sheet field sheet_name sheet_row sheet_col")

	// The values of a record stand in the columns that value.go gives them.
	admissions = newTable("admission", "return sheet_row",
		"return sheet_row person "+columnNames(admissionFields)+" id_key who_key decision_key")
	candidates  = newTable("candidate", "return sheet_row", "return sheet_row person "+columnNames(candidateFields))
	cellFigures = newTable("cell_figure", "return sheet_row", "return sheet_row total "+columnNames(figureFields))
	oddCells    = newTable("odd_cell", "return sheet sheet_row field",
		"return sheet sheet_row field state why repair unlisted raw text day number mark at_sheet at_row at_col")
	sheetReadings = newTable("sheet_reading", "return ordinal",
		"return ordinal sheet name nearest hidden range_read header_row row_count hidden_rows columns_known labels_known")
	readingNotes = newTable("reading_note", "return ordinal", `return ordinal kind sheet field text nearest required
		at_sheet from_row to_row sheet_col first_sheet first_row first_col`)
)

// ofEvent are the tables whose rows an event adds and vouches for.
var ofEvent = []*table{
	erased, bases, submissions, filesSeen, layouts, readings, judgements, settlements, findings, alreadyTold, waivers, waiverEnds, accounts,
	publications, sources, figures, claimProofs, unitVersions, targetVersions, partyCellVersions, lastYearVersions,
}

// ofReturn are the tables of what a return says, in the order of its content_hash.
var ofReturn = []*table{admissions, candidates, cellFigures, oddCells, sheetReadings, readingNotes}

// What follows from the proved tables: standings from the settlements, claims from the lists
// in force, vouched for by claimProofs. Check compares both.
var (
	standings = newTable("standing", "submission", "submission return judgement settled unit period verdict")
	claims    = newTable("claim", "key_text year unit day from_period", "key_text year unit day from_period to_period since identity")
)

// rowOf is a row of a table; every value is nil, an int64 or a string.
type rowOf struct {
	of  *table
	row []any
}

func (t *table) row(values ...any) rowOf { return rowOf{t, values} }

// selectFrom asks for the columns from one on.
func (t *table) selectFrom(column string) string {
	return `SELECT ` + quoted(t.columns[t.at(column):]) + ` FROM "` + t.name + `"`
}

// quoted are columns as SQL lists them; return is a word of SQL's own.
func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }

// at is the place of a column.
func (t *table) at(column string) int { return slices.Index(t.columns, column) }

// canonical appends a row in its canonical form. Values are nil, int64 or string.
func (t *table) canonical(b []byte, row []any, without ...string) []byte {
	b = appendText(b, t.name)
	for _, i := range t.sorted {
		if row[i] == nil || slices.Contains(without, t.columns[i]) {
			continue
		}
		b = appendText(b, t.columns[i])
		switch v := row[i].(type) {
		case int64:
			b = append(b, 'i')
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		case string:
			b = append(b, 't')
			b = appendText(b, v)
		}
	}
	return b
}

// hash is the hash of a row.
func (t *table) hash(row []any) rowHash {
	return sha256.Sum256(t.canonical(make([]byte, 0, 512), row)) // most rows are shorter
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// rowHash is the hash of one row.
type rowHash = [sha256.Size]byte

// together is the hash of rows, whatever their order.
func together(rows []rowHash) string {
	slices.SortFunc(rows, func(a, b rowHash) int { return strings.Compare(string(a[:]), string(b[:])) })
	h := sha256.New()
	for i := range rows {
		h.Write(rows[i][:])
	}
	return hexOf(h)
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// chained is the hash of an event: of the hash before it and of all else that it says.
func chained(before string, row []any) string {
	b := events.canonical(appendText(nil, before), row, "hash")
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// content hashes what a return says, row by row.
type content struct {
	hash hash.Hash
	b    []byte
}

func newContent() *content { return &content{hash: sha256.New()} }

// add hashes rows; that they belong to this return goes without saying.
func (c *content) add(rows ...rowOf) {
	for _, r := range rows {
		c.b = r.of.canonical(c.b[:0], r.row, "id", "event", "submission", "return", "layout", "content_hash")
		c.hash.Write(c.b)
	}
}

func (c *content) text(s string) {
	c.b = appendText(c.b[:0], s)
	c.hash.Write(c.b)
}
