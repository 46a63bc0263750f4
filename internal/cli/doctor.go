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

	"github.com/spf13/cobra"

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
	fact("ketnap %s (%s), %s, %s/%s, %s",
		app.Version, app.Program, runtime.Version(), runtime.GOOS, runtime.GOARCH, app.Now().Format("2006-01-02 15:04"))
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
		if err := add(name, string(data)); err != nil {
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

// What is masked of texts that leave the office: identity and phone numbers, passwords in
// addresses, values of keys that name a secret or a person.
var (
	longDigits  = regexp.MustCompile(`\d{9,}`)
	inAddress   = regexp.MustCompile(`(://)[^\s/@"']+@`)
	secretValue = regexp.MustCompile(`(?mi)^(\s*["']?\w*(?:signer|preparer|password|passwd|secret|token|mat_khau)["']?\s*:[ \t]*)\S[^\n]*$`)
)

func withoutPersons(text string) string {
	text = secretValue.ReplaceAllString(text, "${1}***")
	text = inAddress.ReplaceAllString(text, "${1}***@")
	return longDigits.ReplaceAllStringFunc(text, func(digits string) string { return strings.Repeat("*", len(digits)) })
}
