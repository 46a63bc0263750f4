package report

import (
	"fmt"
	"io/fs"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/membership"
	"ketnap/internal/xlsx/template"
)

// databaseTemplate is the file name of the template of Database.
const databaseTemplate = "doi-chieu-csdl.xlsx"

// DatabaseInput is what the workbook of a comparison with the party-member database shows.
type DatabaseInput struct {
	Period domain.Span
	File   string // the export's, without folder
	Export *membership.Export
	Result membership.Result
	Owners []Owner
	Unmask bool // whole identity numbers
}

// Owner is a unit and what there is to look at of it, in the order of the workbook.
type Owner struct {
	Name        string
	Differences []membership.Difference
}

// Database is the workbook to work through after a comparison: a block for each unit, the
// template doi-chieu-csdl.xlsx of fsys, filled. The same arguments give the same bytes. A
// template that cannot be filled is template.Errors.
func Database(fsys fs.FS, in DatabaseInput) ([]byte, error) {
	return template.FillFile(fsys, databaseTemplate, databaseBook(in))
}

// databaseBook is everything the template may ask for.
func databaseBook(in DatabaseInput) *template.Book {
	b := &template.Book{Lists: map[string]template.List{}, Values: map[string]any{
		"period.label": in.Period.Label(), "export.file": in.File, "export.sheet": "", "export.result": in.Result.String() + ".",
	}}
	if in.Export != nil {
		b.Values["export.sheet"] = in.Export.Sheet
	}
	b.Lists["owner"] = template.ListOf(in.Owners, func(n int, o Owner) map[string]any {
		return map[string]any{"no": n, "name": o.Name, "count": len(o.Differences)}
	})
	list := listIn("owner", in.Owners, func(o Owner) []membership.Difference { return o.Differences }, in.row)
	list.Foreign = true
	b.Lists["difference"] = list
	return b
}

// row is a row of the workbook.
func (in DatabaseInput) row(n int, d membership.Difference) map[string]any {
	identity := func(id string) any {
		if in.Unmask {
			return id
		}
		return domain.MaskID(id)
	}
	values := map[string]any{"no": n, "kind": d.Kind.Vietnamese(), "what": d.What, "do": d.Fix}
	if d.What == "" {
		values["what"] = d.Kind.Vietnamese()
	}
	const fields = "name born identity cell dated place theirName theirBorn theirIdentity card theirCell admitted row state"
	for field := range strings.FieldsSeq(fields) {
		values[field] = nil
	}
	if l := d.Listed; l != nil {
		a := l.Admission
		var dates []string
		for _, v := range []domain.Value{a.DecisionDate, a.CeremonyDate} {
			if v.Known() {
				dates = append(dates, v.Date.String())
			}
		}
		values["name"], values["born"], values["identity"], values["cell"] = a.Name.Text, a.Born.Date, identity(a.NationalID.Text), a.Cell.Text
		values["dated"] = strings.Join(dates, "\n")
		values["place"] = fmt.Sprintf("%s, %s dòng %d", strings.TrimPrefix(l.Path, "inbox/"), l.Sheet, l.Row)
	}
	if m := d.Member; m != nil {
		values["theirName"], values["theirBorn"], values["theirIdentity"], values["card"] = m.Name, m.Born, identity(m.ID), m.Card
		values["theirCell"], values["admitted"], values["row"], values["state"] = m.Cell, m.Admitted, m.Row, m.State
	}
	return values
}
