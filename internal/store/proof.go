package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"regexp"
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
	many    string   // that adds manyRows of them on SQLite, for two thirds of what as many statements cost
	listed  string   // that adds many on a server, of a list for each column
	numbers []bool   // which columns have numbers; the others have texts
}

// manyRows is how many rows one statement adds.
const manyRows = 8

// check is what a column of schema.sql may hold.
var check = regexp.MustCompile(`CHECK\((?:[^()]|\([^()]*\))*\)`)

// newTable is a table with the columns and the key that schema.sql gives it.
func newTable(name string) *table {
	t := &table{name: strings.Trim(name, `"`)}
	_, text, _ := strings.Cut(check.ReplaceAllString(words(tableOf(name)), ""), "(")
	columns, key, ofSeveral := strings.Cut(text, ",PRIMARY KEY(")
	var places, nameless, lists []string
	for i, column := range strings.Split(columns, ",") {
		word, about, _ := strings.Cut(column, " ")
		t.columns = append(t.columns, strings.Trim(word, `"`))
		if strings.Contains(about, "PRIMARY KEY") {
			t.key = []string{t.columns[i]}
		}
		t.sorted, places = append(t.sorted, i), append(places, fmt.Sprintf("$%d", i+1))
		nameless = append(nameless, "?") // the driver looks for a name among all before it
		t.numbers = append(t.numbers, strings.HasPrefix(about, "INTEGER"))
		lists = append(lists, fmt.Sprintf("$%d::%s[]", i+1, map[bool]string{true: "bigint", false: "text"}[t.numbers[i]]))
	}
	if ofSeveral {
		key, _, _ = strings.Cut(key, ")")
		t.key = strings.Split(strings.ReplaceAll(key, `"`, ""), ",")
	}
	into := ` INTO "` + t.name + `" (` + quoted(t.columns) + `) `
	row := func(places []string) string { return "(" + strings.Join(places, ", ") + ")" }
	t.insert = `INSERT` + into + `VALUES ` + row(places)
	// What was added before a row that is refused need not be taken back by itself: the transaction is.
	t.many = `INSERT OR FAIL` + into + `VALUES ` + strings.Join(slices.Repeat([]string{row(nameless)}, manyRows), ", ")
	t.listed = `INSERT` + into + `SELECT * FROM unnest(` + strings.Join(lists, ", ") + `)`
	slices.SortFunc(t.sorted, func(a, b int) int { return strings.Compare(t.columns[a], t.columns[b]) })
	return t
}

// The tables that are only added to. Their rows carry the event that added them, but for
// those of ofReturn and layoutFields, which belong to a row that does.
var (
	events       = newTable("event")
	erased       = newTable("erased")
	bases        = newTable("basis")
	submissions  = newTable("submission")
	filesSeen    = newTable("file_seen")
	layouts      = newTable("layout")
	layoutFields = newTable("layout_field")
	readings     = newTable(`"return"`)
	judgements   = newTable("judgement")
	settlements  = newTable("settlement")
	findings     = newTable("finding")
	alreadyTold  = newTable("already_told")
	waivers      = newTable("waiver")
	waiverEnds   = newTable("waiver_end")
	accounts     = newTable("account")
	publications = newTable("publication")
	sources      = newTable("publication_source")
	figures      = newTable("published_figure")
	claimProofs  = newTable("claim_proof")

	unitVersions      = newTable("unit_version")
	targetVersions    = newTable("target_version")
	partyCellVersions = newTable("party_cell_version")
	lastYearVersions  = newTable("last_year_version")

	admissions    = newTable("admission")
	candidates    = newTable("candidate")
	cellFigures   = newTable("cell_figure")
	oddCells      = newTable("odd_cell")
	sheetReadings = newTable("sheet_reading")
	readingNotes  = newTable("reading_note")
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
	standings = newTable("standing")
	claims    = newTable("claim")
)

// rowOf is a row of a table; every value is nil, an int64 or a string.
type rowOf struct {
	of  *table
	row []any
}

func (t *table) row(values ...any) rowOf { return rowOf{t, values} }

// inLists are rows of the table as lists, one for each column.
func (t *table) inLists(rows []rowOf) []any {
	lists := make([]any, len(t.columns))
	for i := range t.columns {
		if t.numbers[i] {
			lists[i] = column[int64](rows, i)
		} else {
			lists[i] = column[string](rows, i)
		}
	}
	return lists
}

// column is what rows have in a column.
func column[T any](rows []rowOf, i int) []*T {
	list := make([]*T, len(rows))
	for n, r := range rows {
		if r.row[i] != nil {
			list[n] = new(r.row[i].(T))
		}
	}
	return list
}

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
