package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/config"
	"ketnap/internal/workspace"
)

// The settings file that init writes says what the defaults are.
func TestDefaultSettingsFile(t *testing.T) {
	data, err := config.FS.ReadFile(settingsFile)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, settingsFile), data, 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := loadSettings(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(workspace.DefaultSettings(), got); diff != "" {
		t.Errorf("config/ketnap.yaml differs from the defaults (-default +file)\n%s", diff)
	}
}

func TestEnvironmentGoesFirst(t *testing.T) {
	dir := t.TempDir()
	settings := []byte("out: here\noffice: {level: tỉnh}\nlimits: {sheets: 3}\n")
	if err := os.WriteFile(filepath.Join(dir, settingsFile), settings, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KETNAP_OUT", "there")
	t.Setenv("KETNAP_LIMITS_ROWS", "7")
	got, err := loadSettings(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := workspace.DefaultSettings()
	want.Out, want.Office.Level, want.Limits.Sheets, want.Limits.Rows = "there", "tỉnh", 3, 7
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got)\n%s", diff)
	}
}
