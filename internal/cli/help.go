package cli

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

// inVietnamese lets cobra say in Vietnamese what it says by itself: the headings of its help,
// and what is wrong with a flag.
func inVietnamese(root *cobra.Command) {
	cobra.AddTemplateFunc("flagUsages", flagUsages)
	cobra.AddTemplateFunc("args", func(use string) string {
		_, args, _ := strings.Cut(use, " ")
		return strings.TrimRight(" "+args, " ")
	})
	root.SetUsageTemplate(usageTemplate)
	root.PersistentFlags().BoolP("help", "h", false, "xem cách dùng")
	root.SetHelpCommand(&cobra.Command{Hidden: true}) // --help says it all
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &workspace.UsageError{Sentence: fmt.Sprintf("%s — xem «%s --help».", flagFault(err.Error()), cmd.CommandPath()), Cause: err}
	})
}

const usageTemplate = `Cách gọi:{{if .Runnable}}
  {{.CommandPath}}{{args .Use}}{{if .HasAvailableFlags}} [tham số]{{end}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} LỆNH{{end}}{{if .HasExample}}

Ví dụ:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Các lệnh:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Tham số:
{{flagUsages .LocalFlags.FlagUsages}}{{end}}{{if .HasAvailableInheritedFlags}}

Tham số chung:
{{flagUsages .InheritedFlags.FlagUsages}}{{end}}{{if .HasAvailableSubCommands}}

Xem thêm về một lệnh: {{.CommandPath}} LỆNH --help{{end}}
`

// flagUsages are flags as pflag lists them, in Vietnamese.
func flagUsages(list string) string {
	return strings.TrimRight(flagWords.Replace(list), " \n")
}

var flagWords = strings.NewReplacer("(default ", "(mặc định ", " string  ", " CHỮ     ", " strings  ", " CHỮ,…    ", " int  ", " SỐ   ",
	"version for ketnap", "in phiên bản của chương trình")

// flagFaults are what pflag says of a flag, and how that is said here.
var flagFaults = []struct {
	pflag *regexp.Regexp
	here  string
}{
	{regexp.MustCompile(`^unknown shorthand flag: '(.)' in -.*$`), "Không có tham số -$1"},
	{regexp.MustCompile(`^unknown (?:shorthand )?flag: (.*)$`), "Không có tham số $1"},
	{regexp.MustCompile(`^flag needs an argument: '(.)' in -.*$`), "Thiếu giá trị sau tham số -$1"},
	{regexp.MustCompile(`^flag needs an argument: (.*)$`), "Thiếu giá trị sau tham số $1"},
	{regexp.MustCompile(`(?s)^invalid argument "([^"]*)" for "([^"]*)" flag.*$`), "Giá trị «$1» của tham số $2 không dùng được"},
}

// flagFault is what is wrong with a flag.
func flagFault(said string) string {
	for _, f := range flagFaults {
		if f.pflag.MatchString(said) {
			return f.pflag.ReplaceAllString(said, f.here)
		}
	}
	return "Tham số không đúng"
}
