// Package templates holds the workbooks that ketnap fills. Each is edited in
// Excel like any other workbook; docs/templates.md says what may stand in it. A
// workspace overrides one by a file of the same name.
package templates

import "embed"

// FS holds the templates by file name.
//
//go:embed *.xlsx
var FS embed.FS
