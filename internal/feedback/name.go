package feedback

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"ketnap/internal/domain"
	"ketnap/internal/outfile"
)

// maxFeedbackName bounds a file name, in bytes of UTF-8: well within what every
// file system and a Windows path of some depth take.
const maxFeedbackName = 120

// FileName is the file name of what goes back to a sender: "05926 Đảng bộ xã
// Đào Xá.xlsx". A file of no known unit (code "") is named after itself, with the
// beginning of its SHA-256: two senders may use one name. ext is that of the
// Copy.
func FileName(unitCode, unitName string, file domain.File, ext string) string {
	if unitCode != "" {
		return boundedName(unitCode+" "+unitName, "", ext)
	}
	base := path.Base(file.Path)
	stem := strings.TrimSuffix(base, path.Ext(base))
	return boundedName("KHONG-RO "+stem, " "+file.SHA256[:min(8, len(file.SHA256))], ext)
}

// boundedName makes a name that Windows accepts of text, with tail kept whole when
// the rest has to be cut.
func boundedName(text, tail, ext string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) || unicode.IsControl(r) || r == utf8.RuneError {
			return '-'
		}
		return r
	}, norm.NFC.String(text))
	name = strings.Join(strings.Fields(name), " ")
	for len(name)+len(tail)+len(ext) > maxFeedbackName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	name = strings.TrimRight(name, " .")
	if outfile.ForDevice(name) {
		name = "-" + name
	}
	return name + tail + ext
}
