package workspace_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ketnap/internal/workspace"
)

// connections carries out a command as a process of its own, and gives what it connects to: the family of
// an address, or the name of a socket. A program built with C asks the system's cache for the user's name.
func connections(t *testing.T, dir string, args ...string) (to []string) {
	t.Helper()
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd := exec.Command(os.Args[0], append(args, "-C", dir)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), asProgram+"=1"), said, said
	exit, _ := traced(t, cmd, dir, func(c call) decision {
		if c.name == connects && c.path != "/var/run/nscd/socket" {
			to = append(to, c.path)
		}
		return decision{}
	})
	if text, err := os.ReadFile(said.Name()); err != nil || exit != 0 && exit != 1 && exit != 3 {
		t.Errorf("ketnap %s: exit %d\n%s", strings.Join(args, " "), exit, text)
	}
	return to
}

// An office whose settings name no server opens no connection, whatever it does in a month; where they
// name one, it does: so this test would know.
func TestNoNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("a month, every system call of it looked at")
	}
	workspace.InFile(t)
	dir := small(t, someReturns...)
	for _, command := range []string{
		"run", "run", "status --period 10/2021", "history 05926", "check inbox/Thanh Ninh T10.xlsx", "close --period 10/2021",
		"reopen --period 10/2021 --why lại", "blank --period 11/2021", "account --office to-chuc --print",
		"verify", "backup " + filepath.Join(t.TempDir(), "sao-luu.zip"), "doctor", "rules",
	} {
		args := strings.Fields(command)
		if args[0] == "check" {
			args = []string{"check", filepath.Join(dir, "inbox", "Thanh Ninh T10.xlsx")}
		}
		if to := connections(t, dir, args...); len(to) > 0 {
			t.Errorf("ketnap %s connects to %q", command, to)
		}
	}
	settings := []byte("store: postgres://127.0.0.1:1/nobody?search_path=mot\n")
	if err := os.WriteFile(filepath.Join(dir, "ketnap.yaml"), settings, 0o600); err != nil {
		t.Fatal(err)
	}
	if to := connections(t, dir, "run"); !slices.Contains(to, "family 2") {
		t.Errorf("with a server named it connects to %q", to)
	}
}
