package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// TestDeploy: every command line of the compose file and of the units is one that the program
// takes, its settings are known, and both name one office alike.
func TestDeploy(t *testing.T) {
	var file struct {
		Services map[string]struct {
			Image       string
			Command     any
			Environment map[string]string
		}
	}
	text, err := os.ReadFile("../../deploy/compose.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]string
	for name, s := range file.Services {
		if s.Image != "ketnap" {
			continue
		}
		var line []string
		for _, word := range s.Command.([]any) {
			line = append(line, word.(string))
		}
		lines = append(lines, line)
		dir := t.TempDir()
		for key, value := range s.Environment {
			t.Setenv(key, value)
		}
		settings, err := loadSettings(dir)
		if err == nil {
			err = settings.Check()
		}
		if err != nil || settings.Store == "" || settings.Archive == "" {
			t.Errorf("%s: %+v, %v", name, s.Environment, err)
		}
	}
	units, err := filepath.Glob("../../deploy/*.service")
	if err != nil {
		t.Fatal(err)
	}
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/ketnap (.*)$`)
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range start.FindAllStringSubmatch(string(text), -1) {
			lines = append(lines, strings.Fields(strings.ReplaceAll(m[1], "%i", "8081")))
		}
	}
	if len(lines) != 5 {
		t.Errorf("%d command lines: %q", len(lines), lines)
	}
	for _, line := range lines {
		cmd, rest, err := newRoot(&App{Now: time.Now}).Find(line)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err != nil || !slices.Contains([]string{"serve", "work"}, cmd.Name()) || len(cmd.Flags().Args()) > 0 {
			t.Errorf("%q: %v", line, err)
		}
	}
}
