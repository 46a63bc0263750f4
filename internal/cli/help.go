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

// What pflag says of a flag.
var (
	unknownFlag   = regexp.MustCompile(`^unknown (?:shorthand )?flag: (.*)$`)
	withoutValue  = regexp.MustCompile(`^flag needs an argument: (.*)$`)
	badValueOf    = regexp.MustCompile(`^invalid argument "([^"]*)" for "([^"]*)" flag`)
	missingFlags  = regexp.MustCompile(`^required flag\(s\) (.*) not set$`)
	shorthandIn   = regexp.MustCompile(`^'(.)' in -.*$`)
	afterShortcut = regexp.MustCompile(`^'(.)' in (-.*)$`)
)

// flagFault is what is wrong with a flag.
func flagFault(said string) string {
	if m := unknownFlag.FindStringSubmatch(said); m != nil {
		return "Không có tham số " + shorthandIn.ReplaceAllString(m[1], "-$1")
	}
	if m := withoutValue.FindStringSubmatch(said); m != nil {
		return "Thiếu giá trị sau tham số " + afterShortcut.ReplaceAllString(m[1], "-$1")
	}
	if m := badValueOf.FindStringSubmatch(said); m != nil {
		return fmt.Sprintf("Giá trị «%s» của tham số %s không dùng được", m[1], m[2])
	}
	if m := missingFlags.FindStringSubmatch(said); m != nil {
		return "Thiếu tham số " + m[1]
	}
	return "Tham số không đúng"
}
