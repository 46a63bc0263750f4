package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"ketnap/internal/viet"
	"ketnap/internal/workspace"
)

const settingsFile = "ketnap.yaml"

// loadSettings reads ketnap.yaml over the defaults; KETNAP_… variables (KETNAP_OUT,
// KETNAP_OFFICE_LEVEL) go before both. An unknown key is refused with the nearest
// known one. Without a file the defaults are in force.
func loadSettings(dir string) (workspace.Settings, error) {
	settings := workspace.DefaultSettings()
	v := viper.NewWithOptions(viper.ExperimentalBindStruct())
	v.SetConfigType("yaml")
	v.SetEnvPrefix("KETNAP")
	v.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	v.AutomaticEnv()
	name := filepath.Join(dir, settingsFile)
	if err := workspace.PlainFile(name); err != nil {
		return settings, err
	}
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return settings, &workspace.UsageError{Sentence: fmt.Sprintf("Không đọc được %s — kiểm tra quyền đọc (%v).", name, err), Cause: err}
	default:
		if err := v.ReadConfig(bytes.NewReader(data)); err != nil {
			return settings, &workspace.UsageError{Sentence: fmt.Sprintf("%s viết sai cú pháp (%v) — sửa dòng được nêu; "+
				"không dùng phím Tab.", name, err), Cause: err}
		}
	}
	known := settingKeys(reflect.TypeOf(settings), "")
	for _, key := range v.AllKeys() {
		if slices.Contains(known, key) {
			continue
		}
		hint := "các khóa dùng được: " + strings.Join(known, ", ")
		if near := viet.Nearest(key, known); near != "" {
			hint = fmt.Sprintf("có phải là «%s»?", near)
		}
		return settings, usage("%s: không có khóa «%s» — %s", name, key, hint)
	}
	if err := v.UnmarshalExact(&settings); err != nil {
		return settings, &workspace.UsageError{Sentence: fmt.Sprintf("%s có giá trị không dùng được (%v).", name, err), Cause: err}
	}
	return settings, nil
}

// settingKeys are the keys of a settings struct, dotted, in the order of its fields.
func settingKeys(t reflect.Type, prefix string) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		key := prefix + f.Tag.Get("mapstructure")
		if f.Type.Kind() == reflect.Struct {
			keys = append(keys, settingKeys(f.Type, key+".")...)
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}
