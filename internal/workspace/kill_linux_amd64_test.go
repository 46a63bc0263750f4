package workspace_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/workspace"
)

var recordTables = []string{
	"event", "basis", "submission", "file_seen", "layout", "layout_field", `"return"`, "admission", "candidate", "cell_figure", "odd_cell",
	"sheet_reading", "reading_note", "judgement", "settlement", "finding", "publication", "publication_source", "published_figure", "standing",
}

// state is everything a run leaves in a workspace that can be seen: every row of the
// record, every output, every original. Of run.json what was new in the run is left out.
func state(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		data, err := os.ReadFile(name)
		switch {
		case d.Name() == "run.json":
			var run map[string]any
			if err := json.Unmarshal(data, &run); err != nil {
				return err
			}
			delete(run, "files")
			delete(run, "outputs")
			delete(run, "record") // another when figures were published before
			if data, err = json.Marshal(run); err != nil {
				return err
			}
		case strings.HasPrefix(rel, filepath.Join("data", "ketnap.db")), rel == filepath.Join("data", "archive", "record"): // it has a time
			data = nil // read below
		case rel == filepath.Join("data", "outputs.sha256"), strings.HasPrefix(d.Name(), "bien-nhan-"):
			return nil // has what was made before, too; has the events by which files came, one more where one failed
		}
		all[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "data", "ketnap.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range recordTables {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			list = append(list, fmt.Sprint(values))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(list)
		all["table "+table] = strings.Join(list, "\n")
	}
	return all
}

// undisturbed is the state that two runs leave that nobody disturbs: the second finds
// nothing new.
func undisturbed(t *testing.T) map[string]string {
	t.Helper()
	dir := small(t, someReturns...)
	run(t, open(t, dir), october)
	run(t, open(t, dir), october)
	return state(t, dir)
}

// disturbed runs a workspace as a process of its own, each of its calls put to decide;
// then once more in peace, and the state must be the one of want; where a part may have
// been taken in before, all of it but in how many acts that was.
func disturbed(t *testing.T, want map[string]string, part bool, decide func(call) decision) (exit int, killed bool, said string) {
	t.Helper()
	dir := small(t, someReturns...)
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), runIn+"="+dir), stderr
	exit, killed = traced(t, cmd, dir, decide)
	text, err := os.ReadFile(stderr.Name())
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, dir)
	run(t, w, october)
	got := state(t, dir)
	if part {
		want = maps.Clone(want)
		for _, table := range recordTables {
			delete(want, "table "+table)
			delete(got, "table "+table)
		}
		delete(want, "data/archive/head") // names the last event
		delete(got, "data/archive/head")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after one more run (-undisturbed +disturbed)\n%.3000s", diff)
	}
	if v, err := w.Verify(context.Background(), ""); err != nil || len(v.Faults) > 0 {
		t.Errorf("verify: %v, %v", v, err)
	}
	return exit, killed, string(text)
}

// Killed before any of its writes, a run leaves nothing half done.
func TestKilledAtEveryWrite(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
	if testing.Short() {
		t.Skip("runs the program many times")
	}
	want := undisturbed(t)
	writes := 0
	if exit, killed, said := disturbed(t, want, false, func(c call) decision {
		if c.writes() {
			writes++
		}
		return decision{}
	}); exit != 0 || killed {
		t.Fatalf("exit %d, killed %v: %s", exit, killed, said)
	}
	t.Logf("%d writes", writes)
	if writes < 50 {
		t.Fatalf("only %d writes were seen", writes)
	}
	step := max(1, writes/many(8))
	for at := 1 + rand.N(step); at <= writes; at += step {
		n := 0
		var last call
		_, killed, _ := disturbed(t, want, false, func(c call) decision {
			if !c.writes() {
				return decision{}
			}
			n++
			last = c
			return decision{kill: n == at}
		})
		if t.Failed() {
			t.Fatalf("killed before write %d, %+v", at, last)
		}
		if !killed && at < writes*9/10 { // how many writes there are depends a little on chance
			t.Errorf("not killed at write %d", at)
		}
	}
}

// Killed at any moment, too.
func TestKilledAtRandom(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
	if testing.Short() {
		t.Skip("runs the program many times")
	}
	want := undisturbed(t)
	start := time.Now()
	dir := small(t, someReturns...)
	whole := exec.Command(os.Args[0])
	whole.Env = append(os.Environ(), runIn+"="+dir)
	if err := whole.Run(); err != nil {
		t.Fatal(err)
	}
	takes := time.Since(start)
	for range many(4) {
		dir := small(t, someReturns...)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), runIn+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(takes))
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // by that
		w := open(t, dir)
		run(t, w, october)
		if diff := cmp.Diff(want, state(t, dir)); diff != "" {
			t.Fatalf("after one more run (-undisturbed +disturbed)\n%.3000s", diff)
		}
		if v, err := w.Verify(context.Background(), ""); err != nil || len(v.Faults) > 0 {
			t.Fatalf("verify: %v, %v", v, err)
		}
	}
}
