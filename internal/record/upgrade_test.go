package record

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
)

// A record of the first version keeps everything when its tables become a history.
func TestUpgradeFromTheFirstTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ketnap.db")
	first, err := migrations.ReadFile("migrations/0001_record.sql")
	if err != nil {
		t.Fatal(err)
	}
	old, err := open(t.Context(), path, fstest.MapFS{"0001_record.sql": {Data: first}}, true)
	if err != nil {
		t.Fatal(err)
	}
	const content = `{"file":{"path":"inbox/then.xlsx","sha256":"%[1]s","size":10,"received":{"y":2021,"m":11,"d":2}},"cover":{"unit_code":{"state":2,"text":"05917"},"period":{"state":2,"date":{"y":2021,"m":10,"d":31}}},
		"admissions":[{"row":10,"name":{"state":2,"text":"Nguyễn Thị Thúy"},"born":{"state":2,"date":{"y":1990,"m":3,"d":5}},"national_id":{"state":2,"text":"019190000001"}}],"reading":{"kind":"xlsx"}}`
	for _, q := range []string{
		`INSERT INTO run VALUES ('2021-11-05T08:00:00Z', '1.0', 'rules b'), ('2021-11-03T08:00:00Z', '1.0', 'rules a')`,
		`INSERT INTO file VALUES ('a', 10, '2021-11-03', 'inbox/a.xlsx'), ('b', 10, '2021-11-05', 'inbox/b.xlsx'), ('c', 10, '2021-11-05', 'inbox/c.xlsx')`,
		`INSERT INTO judgement VALUES
			('a', 'rules a', '2021-11-03T08:00:00Z', 'superseded', '05917', 'Hà Châu', '2021-10', 1, '2021-10-31', '2021-11-02'),
			('b', 'rules b', '2021-11-05T08:00:00Z', 'accepted', '05917', 'Hà Châu', '2021-10', 2, '2021-11-01', '2021-11-04'),
			('c', 'rules b', '2021-11-05T08:00:00Z', 'returned', '', '', '', 1, '', '2021-11-04')`,
		`INSERT INTO finding VALUES ('c', 0, 'F01', 'error', '', '', '', 0, 0, '', '', '', 'Tệp: …', FALSE),
			('b', 0, 'A05', 'warning', '05917', '2021-10', 'CHI_BO', 25, 5, '[{"sheet":"CHI_BO","row":26,"col":5}]', '3', '4', '…', TRUE)`,
		fmt.Sprintf(`INSERT INTO content VALUES ('a', '`+content+`'), ('b', '`+content+`'), ('c', '{"reading":{"kind":"pdf"}}')`, "x"),
		`INSERT INTO person VALUES ('b', 10, '019190000001', 'key', '1990-03-05', '2021-10-02')`,
		`INSERT INTO published VALUES ('2021-10', '{"admitted":129}')`,
	} {
		if _, err := old.db.Exec(q); err != nil {
			t.Fatalf("%v\n%s", err, q)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	if s, err := OpenToRead(t.Context(), path); err == nil {
		s.Close()
		t.Error("an older record was opened to read")
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sound(t, s)
	subs := must[[]Submission](t)(s.Submissions(t.Context(), october))
	if len(subs) != 2 || subs[0].File.SHA256 != "a" || subs[0].Verdict != domain.Superseded || !subs[1].Counted() || subs[1].Version.Submission != 2 ||
		subs[1].FirstSeen != day(2021, 11, 5) || subs[1].File.Path != "inbox/b.xlsx" || subs[1].Basis != "rules b" {
		t.Errorf("submissions: %+v", subs)
	}
	at := domain.Cell{Sheet: "CHI_BO", Row: 26, Col: 5}
	if len(subs[1].Findings) != 1 || !subs[1].Findings[0].Explained || subs[1].Findings[0].At[0] != at {
		t.Errorf("findings: %+v", subs[1].Findings)
	}
	if unknown := must[[]Submission](t)(s.Submissions(t.Context(), domain.Period{})); len(unknown) != 1 || unknown[0].Findings[0].Rule != "F01" {
		t.Errorf("of no known period: %+v", unknown)
	}
	k := must[map[string]*domain.Kept](t)(s.Counted(t.Context(), october))["05917"]
	if k == nil || must[*domain.Return](t)(k.Open()).File.Path != "inbox/b.xlsx" {
		t.Errorf("counted: %+v", k)
	}
	if prints := must[[]byte](t)(s.Prints(t.Context(), "b")); prints != nil {
		t.Errorf("fingerprints from before there were any: %x", prints)
	}
	people := must[[]Person](t)(s.Admitted(t.Context(), 2022, asked(Person{NationalID: "019190000001"})))
	if len(people) != 1 || people[0].Born != day(1990, 3, 5) || people[0].Unit != "05917" || people[0].Period != october {
		t.Errorf("people: %+v", people)
	}
	if p := must[map[domain.Period]Publication](t)(s.Published(t.Context(), 2021))[october]; p.Figures["admitted"] != 129 || p.AsOf != 2 {
		t.Errorf("published: %+v", p)
	}
	if diff := cmp.Diff(map[string]string{"05917": "b"}, must[map[string]string](t)(s.CountedAsOf(t.Context(), october, 2))); diff != "" {
		t.Errorf("counted then (-want +got)\n%s", diff)
	}
	events := must[[]Event](t)(s.Events(t.Context(), "05917", october))
	if len(events) != 6 || events[0].SHA256 != "a" || events[0].Act.Seq != 1 || events[0].Act.Rules != "rules a" {
		t.Errorf("events: %+v", events)
	}
	// The copy that was taken first is the old record, whole.
	copied, err := open(t.Context(), path+".v1.bak", fstest.MapFS{"0001_record.sql": {Data: first}}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var n int
	if err := copied.db.QueryRow(`SELECT count(*) FROM judgement`).Scan(&n); err != nil || n != 3 {
		t.Errorf("%d judgements in the copy, %v", n, err)
	}
}
