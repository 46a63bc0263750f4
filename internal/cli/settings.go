package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"ketnap/internal/viet"
	"ketnap/internal/workspace"
)

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
	name := filepath.Join(dir, workspace.SettingsFile)
	if err := workspace.PlainFile(name); err != nil {
		return settings, err
	}
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return settings, &workspace.UsageError{Sentence: fmt.Sprintf("Không đọc được %s — kiểm tra quyền đọc.", name), Cause: err}
	default:
		if err := v.ReadConfig(bytes.NewReader(data)); err != nil {
			return settings, &workspace.UsageError{Sentence: badSyntax(name, err), Cause: err}
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
		return settings, &workspace.UsageError{Sentence: badValue(name, data, err), Cause: err}
	}
	return settings, nil
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// badSyntax is the sentence about a file of settings that is no YAML.
func badSyntax(name string, err error) string {
	place := name
	if line := yamlLine.FindStringSubmatch(err.Error()); line != nil {
		place += ", dòng " + line[1]
	}
	return place + ": viết sai cú pháp — xem dòng này và dòng liền trước: thụt dòng bằng dấu cách, không dùng phím Tab; " +
		"sau dấu hai chấm có dấu cách; chữ có ký hiệu lạ thì để trong ngoặc kép."
}

var decodedKey = regexp.MustCompile(`'([^'\[]+)(\[\d+\])?'`)

// badValue is the sentence about a value that its key cannot have.
func badValue(name string, data []byte, err error) string {
	found := decodedKey.FindStringSubmatch(err.Error())
	if found == nil {
		return name + ": có giá trị không dùng được — so với ketnap.yaml mẫu."
	}
	key := found[1]
	needed := "một dòng chữ"
	switch kind := keyKind(reflect.TypeOf(workspace.Settings{}), key); kind {
	case reflect.Int, reflect.Int64:
		needed = "một số nguyên"
	case reflect.Slice:
		needed = "các số nguyên trong ngoặc vuông, ví dụ [100, 90, 50]"
	}
	variable := "KETNAP_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
	if _, there := os.LookupEnv(variable); there { // it goes before the file
		return fmt.Sprintf("Biến môi trường %s không dùng được — cần %s.", variable, needed)
	}
	place := name
	var file yaml.Node
	if yaml.Unmarshal(data, &file) == nil && len(file.Content) > 0 {
		if node := nodeOf(file.Content[0], strings.Split(key, ".")); node != nil {
			place += fmt.Sprintf(", dòng %d", node.Line)
		}
	}
	return fmt.Sprintf("%s: %s không dùng được giá trị đang ghi — cần %s.", place, key, needed)
}

// keyKind is the kind of a key's value.
func keyKind(t reflect.Type, key string) reflect.Kind {
	first, rest, nested := strings.Cut(key, ".")
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("mapstructure") == first {
			if nested && f.Type.Kind() == reflect.Struct {
				return keyKind(f.Type, rest)
			}
			return f.Type.Kind()
		}
	}
	return reflect.Invalid
}

// nodeOf is where the value of a key stands in a file, nil when it is not there.
func nodeOf(node *yaml.Node, path []string) *yaml.Node {
	if len(path) == 0 {
		return node
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if strings.EqualFold(node.Content[i].Value, path[0]) {
			return nodeOf(node.Content[i+1], path[1:])
		}
	}
	return nil
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
