package form

import (
	"strings"

	"ketnap/internal/domain"
)

// TemplateSheets are the sheets of the form, by the prefix that the template of a
// workbook asks for their fields with: {{admission.name}}.
var TemplateSheets = map[string]string{
	"cover":     domain.SheetCover,
	"admission": domain.SheetAdmissions,
	"candidate": domain.SheetPool,
	"cell":      domain.SheetCells,
}

// TemplateField is a field of the form as a template writes it: national_id is
// nationalId.
func TemplateField(id string) string {
	words := strings.Split(id, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}
