// Package templates holds the workbooks, and the Word report, that ketnap fills. Each is edited in
// Excel or Word like any other file; docs/templates.md says what may stand in it. A
// workspace overrides one by a file of the same name.
package templates

import "embed"

// FS holds the templates by file name.
//
//go:embed *.xlsx *.docx
var FS embed.FS
