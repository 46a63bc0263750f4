package web

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"ketnap/internal/outfile"
)

// longest is how many bytes the name of a kept file may have, with room for " (2)".
const longest = 200

// plainName is the name that a file is kept under: its own, without folders and without what
// some file system does not allow.
func plainName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError || !unicode.IsGraphic(r) || strings.ContainsRune(`<>:"/\|?*`, r):
			return '_'
		}
		return r
	}, name))
	name = strings.TrimRight(strings.TrimLeft(name, " ."), " .")
	ext := extension(name)
	stem := strings.TrimSuffix(name, ext)
	for len(stem)+len(ext) > longest {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	if outfile.ForDevice(stem) {
		stem = "_" + stem
	}
	if stem == "" {
		stem = "khong-ten"
	}
	return stem + ext
}

// extension is the extension of a name with its dot, if it is a short one.
func extension(name string) string {
	if ext := path.Ext(name); len(ext) <= 11 {
		return ext
	}
	return ""
}
