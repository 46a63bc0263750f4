package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"ketnap/internal/outfile"
	"ketnap/internal/workspace"
)

func newDoctor(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [TỆP.zip]",
		Short: "Đóng gói những gì người hỗ trợ cần, không có dữ liệu cá nhân",
		Long: "Ghi một tệp zip gồm phiên bản, cài đặt, các số đếm và nhật ký gần nhất để gửi người hỗ trợ\n" +
			"(mặc định ketnap-ho-tro.zip). Không có báo cáo, danh sách nào; mật khẩu, tên người, mọi dãy từ 9 chữ số đều được che." +
			exitHelp("xong", ""),
		Example: "  ketnap doctor\n  ketnap doctor \"D:\\ho-tro.zip\"",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDoctor(cmd.Context(), app, append(args, filepath.Join(app.dir, "ketnap-ho-tro.zip"))[0])
		},
	}
}

func runDoctor(ctx context.Context, app *App, name string) error {
	var facts strings.Builder
	fact := func(format string, args ...any) { fmt.Fprintf(&facts, format+"\n", args...) }
	fact("ketnap %s (%s); %s; %s/%s; %s", // no digits of two facts beside each other: long runs are masked
		app.Version, app.program(), runtime.Version(), runtime.GOOS, runtime.GOARCH, app.Now().Format(time.RFC3339))
	settings := workspace.DefaultSettings()
	if w, err := app.open(); err != nil { // what is the matter is what is asked about
		fact("the workspace does not open: %v", err)
		if read, err := loadSettings(app.dir); err == nil {
			settings = read
		}
	} else {
		settings = w.Settings
		lines, err := w.Counts(ctx)
		fact("%s", strings.Join(lines, "\n"))
		if err != nil {
			fact("the record does not read: %v", err)
		}
	}
	var packed bytes.Buffer
	to := zip.NewWriter(&packed)
	add := func(name, text string) error {
		w, err := to.Create(name)
		if err == nil {
			_, err = w.Write([]byte(withoutPersons(text)))
		}
		return err
	}
	if err := add("facts.txt", facts.String()); err != nil {
		return err
	}
	for _, from := range []string{workspace.SettingsFile, filepath.Join(settings.Data, "ketnap.log")} {
		name := filepath.Base(from)
		if !filepath.IsAbs(from) {
			from = filepath.Join(app.dir, from)
		}
		data, err := os.ReadFile(from)
		if err != nil {
			data = []byte(err.Error())
		}
		text := string(data)
		if name == workspace.SettingsFile && err == nil {
			text = settingsWithoutPersons(data)
		}
		if err := add(name, text); err != nil {
			return err
		}
	}
	if err := to.Close(); err != nil {
		return err
	}
	if _, err := outfile.WriteWhole(name, packed.Bytes()); err != nil {
		return fmt.Errorf("write the package: %w", err)
	}
	app.print("Đã ghi: %s — gửi tệp này cho người hỗ trợ; mở ra xem trước được, chỉ có chữ.", name)
	return nil
}

// What is masked of texts that leave the office: identity and phone numbers, also grouped by
// spaces, dots or dashes, passwords in addresses, values of keys that name a secret or a
// person, names of files as units gave them, and of the folder of the PC that is somebody's.
var (
	longDigits  = regexp.MustCompile(`\p{Nd}(?:[\t\p{Zs}\p{Cf}.,_\p{Pd}]{0,3}\p{Nd}){8,}`)
	inAddress   = regexp.MustCompile(`(://)[^\s/"']+@`)
	ofPerson    = `signer|preparer|contact|password|passwd|secret|token|mat_khau`
	secretKey   = regexp.MustCompile(`(?i)(?:` + ofPerson + `)$`)
	secretValue = regexp.MustCompile(`(?mi)(\w*(?:` + ofPerson + `)["']?\s*[:=][ \t]*)\S[^\n]*$`)
	sentFile    = regexp.MustCompile(`((?:inbox|phan-hoi)[\\/]+)[^"\n:]+`)
	homeFolder  = regexp.MustCompile(`(?i)([\\/](?:users|home|documents and settings)[\\/]+)[^\\/\n"':]+`)
)

func withoutPersons(text string) string {
	text = secretValue.ReplaceAllString(text, "${1}***")
	text = inAddress.ReplaceAllString(text, "${1}***@")
	text = sentFile.ReplaceAllString(text, "${1}***")
	text = homeFolder.ReplaceAllString(text, "${1}***")
	return longDigits.ReplaceAllStringFunc(text, func(run string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '*'
			}
			return r
		}, run)
	})
}

// settingsWithoutPersons are settings without their comments and without what their keys say
// is a secret or somebody's name, however it is written. Of settings that are no YAML, which
// nobody can tell apart, only the keys stay.
func settingsWithoutPersons(data []byte) string {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return err.Error() + "\n" + anyValue.ReplaceAllString(string(data), "${1}***")
	}
	maskNode(&root, false)
	text, err := yaml.Marshal(&root)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// anyValue is what stands on a line of settings that cannot be read, behind its key if it has one.
var anyValue = regexp.MustCompile(`(?m)^([ \t]*(?:[a-z_]+:)?[ \t]*)\S[^\n]*$`)

func maskNode(n *yaml.Node, secret bool) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	if secret && n.Kind == yaml.ScalarNode {
		n.Value, n.Tag, n.Style = "***", "!!str", 0
	}
	for i, c := range n.Content {
		maskNode(c, secret || n.Kind == yaml.MappingNode && i%2 == 1 && secretKey.MatchString(n.Content[i-1].Value))
	}
}
