// Package config holds the default configuration: form definitions, code lists,
// rule settings. A file of the same name in a workspace takes its place.
package config

import "embed"

// FS holds the YAML files.
//
//go:embed *.yaml
var FS embed.FS
