package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/config"
	"ketnap/internal/workspace"
)

// The settings file that init writes says what the defaults are.
func TestDefaultSettingsFile(t *testing.T) {
	data, err := config.FS.ReadFile(workspace.SettingsFile)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, workspace.SettingsFile), data, 0o644); err != nil {
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
	if err := os.WriteFile(filepath.Join(dir, workspace.SettingsFile), settings, 0o644); err != nil {
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

// What is wrong in the settings is told in Vietnamese, with its line.
func TestBadSettings(t *testing.T) {
	for text, want := range map[string]string{
		"office:\n\tlevel: xã\n":           "dòng 2: viết sai cú pháp",
		"office:\n  level: xã\n name: x\n": "dòng 2: viết sai cú pháp",
		"out: x\ndeadline_days: năm\n":     "dòng 2: deadline_days không dùng được giá trị đang ghi — cần một số nguyên",
		"office:\n  level: [a, b]\n":       "dòng 2: office.level không dùng được giá trị đang ghi — cần một dòng chữ",
		"bands: [a]\n":                     "dòng 1: bands không dùng được giá trị đang ghi — cần các số nguyên trong ngoặc vuông",
		"office: {lever: xã}\n":            "không có khóa «office.lever» — có phải là «office.level»?",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, workspace.SettingsFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := loadSettings(dir)
		if called, ok := errors.AsType[*workspace.UsageError](err); !ok || !strings.Contains(called.Sentence, want) {
			t.Errorf("%q gives %v, want %s", text, err, want)
		}
	}
	t.Setenv("KETNAP_DEADLINE_DAYS", "x")
	if _, err := loadSettings(t.TempDir()); err == nil || !strings.Contains(err.Error(), "Biến môi trường KETNAP_DEADLINE_DAYS") {
		t.Errorf("the variable gives %v", err)
	}
}
