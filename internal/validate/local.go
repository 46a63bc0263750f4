package validate

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
)

// A local rule is one that an office writes for itself in rules.yaml: an
// expression over the fields of a row that must be true. It is compiled when it is
// loaded, against the columns of the form, and tried on its two examples.
//
// A field that is blank or unreadable makes the expression not computable: the
// rule stays silent, unless it asks with blank(field) first. Division is not
// offered: x / 0 would be infinite and the rule true without anyone noticing.

// localEntry is a local rule as it is written.
type localEntry struct {
	setting `yaml:",inline"`
	Title   string            `yaml:"title"`
	Why     string            `yaml:"why"`
	Sheet   string            `yaml:"sheet"`
	Cell    string            `yaml:"cell"` // id of the column the finding points at
	Must    string            `yaml:"must"` // the expression
	Say     string            `yaml:"say"`  // the sentence after the cell
	Passes  map[string]string `yaml:"passes"`
	Fails   map[string]string `yaml:"fails"`
}

// localRule is a local rule, compiled.
type localRule struct {
	Rule
	rules   *Rules
	sheet   string
	fields  map[string]localField
	program *vm.Program
}

// localSheets are the sheets whose rows a local rule can be about.
var localSheets = []string{domain.SheetAdmissions, domain.SheetPool, domain.SheetCells}

func (rules *Rules) readLocal(yml *config.File, entries []localEntry) error {
	for i, entry := range entries {
		at := func(key string) config.Place { return yml.At("local", i, key) }
		wrong := func(key, format string, args ...any) error {
			return at(key).Errorf("local rule %s: %w", entry.Code, fmt.Errorf(format, args...))
		}
		l := &localRule{
			Rule: Rule{
				Code: entry.Code, Scope: ScopeLocal, Cell: entry.Cell, Title: entry.Title, Why: entry.Why,
				Source: "Quy tắc riêng của cơ quan: " + strings.TrimSpace(entry.Must), Example: entry.Say, Waivable: true,
			},
			rules: rules, sheet: entry.Sheet,
		}
		switch {
		case len(entry.Code) < 3 || entry.Code[0] != 'L' || strings.Trim(entry.Code[1:], "0123456789") != "":
			return wrong("code", "the code must be L and two digits or more, as L01")
		case ruleOf(rules.list, entry.Code) != nil:
			return wrong("code", "it is given twice")
		case !slices.Contains(localSheets, entry.Sheet):
			return wrong("sheet", "unknown sheet %q%s", entry.Sheet, didYouMean(entry.Sheet, localSheets))
		case entry.Title == "" || entry.Must == "" || entry.Say == "" || entry.Passes == nil || entry.Fails == nil:
			return wrong("", "it needs title, must, say, passes and fails")
		}
		if err := l.set(at("severity"), entry.setting); err != nil {
			return err
		}
		l.fields = rules.fieldsOf(entry.Sheet)
		if _, ok := l.fields[entry.Cell]; !ok {
			return wrong("cell", "%w", l.unknown(entry.Cell))
		}
		var err error
		if l.program, err = l.compile(entry.Must); err != nil {
			return l.located(at("must"), err)
		}
		for _, example := range []struct {
			key  string
			row  map[string]string
			want bool
		}{{"passes", entry.Passes, true}, {"fails", entry.Fails, false}} {
			values, err := l.example(example.row)
			if err != nil {
				return wrong(example.key, "example %s: %w", example.key, err)
			}
			got, err := l.holds(l.env(values))
			switch {
			case errors.Is(err, errBlank):
				return wrong(example.key, "example %s leaves a field blank that the expression needs: %w", example.key, err)
			case err != nil:
				return l.located(at("must"), err)
			case got != example.want:
				return wrong(example.key, "example %s: the expression is %v, it should be %v", example.key, got, example.want)
			}
		}
		l.alone = l.judgeRows
		rules.list = append(rules.list, &l.Rule)
	}
	return nil
}

// fieldsOf are the columns of a sheet in every form version.
func (rules *Rules) fieldsOf(sheet string) map[string]localField {
	fields := map[string]localField{}
	for _, def := range rules.forms.Definitions {
		for _, c := range def.Sheet(sheet).Columns {
			fields[c.ID] = newField(c)
		}
	}
	return fields
}

// unknown says that there is no such field, and which there are.
func (l *localRule) unknown(id string) error {
	return fmt.Errorf("unknown name %s; the fields of %s are %s", id, l.sheet, strings.Join(slices.Sorted(maps.Keys(l.fields)), ", "))
}

// located puts a mistake in an expression at its place in the file, with the
// fields that there are when a name is not one of them.
func (l *localRule) located(at config.Place, err error) error {
	mistake, ok := errors.AsType[*file.Error](err)
	if !ok {
		return at.Errorf("local rule %s: %w", l.Code, err)
	}
	told := errors.New(mistake.Message)
	if id, ok := strings.CutPrefix(mistake.Message, "unknown name "); ok {
		told = l.unknown(id)
	}
	return at.Inside(mistake.Line, mistake.Column, fmt.Errorf("local rule %s: %w", l.Code, told))
}

// known and blankTest are what fields are turned into when an expression is
// compiled: calls that fail when the field is blank, and a test that does not. A
// person cannot type these names.
const (
	known     = "known "
	blankTest = "is blank"
)

// errBlank says that an expression is not computable.
var errBlank = errors.New("blank")

// localField is a column as an expression has it.
type localField struct {
	form.Column
	zero  any                                               // of the type that its values have there
	fetch func(row map[string]*domain.Value, id string) any // makes the function that it stands for
}

// newField makes a field of a column. A mark left blank is no mark; any other blank is not
// computable.
func newField(c form.Column) localField {
	known := domain.Value.Known
	switch c.Kind {
	case form.KindDate, form.KindPeriod:
		return fieldOf(c, known, func(v domain.Value) time.Time { return v.Date.Time() })
	case form.KindInteger, form.KindCount:
		return fieldOf(c, known, func(v domain.Value) int { return v.Num })
	case form.KindMark:
		there := func(v domain.Value) bool { return v.Known() || v.State == domain.Blank }
		return fieldOf(c, there, func(v domain.Value) bool { return v.Mark })
	case form.KindCodes:
		return fieldOf(c, known, func(v domain.Value) []string { return slices.AppendSeq([]string{}, v.List()) })
	}
	return fieldOf(c, known, func(v domain.Value) string { return v.Text })
}

// fieldOf makes a field of when its values can be computed with, and of what they are then.
func fieldOf[T any](c form.Column, there func(domain.Value) bool, get func(domain.Value) T) localField {
	return localField{c, get(domain.Value{}), func(row map[string]*domain.Value, id string) any {
		return func() (value T, err error) {
			if v := row[id]; v != nil && there(*v) {
				return get(*v), nil
			}
			return value, fmt.Errorf("%s: %w", id, errBlank)
		}
	}}
}

// env is what an expression sees of a row.
func (l *localRule) env(row map[string]*domain.Value) map[string]any {
	day := domain.DateOf
	env := map[string]any{
		// months is the whole calendar months from a to b.
		"months":   func(a, b time.Time) int { return monthsBetween(day(a), day(b)) },
		"days":     func(a, b time.Time) int { return day(b).DaysSince(day(a)) },
		"workdays": func(a, b time.Time) int { return l.rules.calendar.workdays(day(a), day(b)) },
		"date":     dateOf,
		"blank":    func(any) bool { return false }, // replaced by blankTest
		blankTest: func(id string) bool {
			v := row[id]
			return v == nil || v.Empty()
		},
	}
	for id, field := range l.fields {
		env[id] = field.zero
		env[known+id] = field.fetch(row, id)
	}
	return env
}

// dateOf reads a date in an expression, "31/01/2021".
func dateOf(s string) (time.Time, error) {
	t, err := time.Parse("02/01/2006", s)
	if err != nil {
		return t, fmt.Errorf("%q is not a date of the form 31/01/2021", s)
	}
	return t, nil
}

// monthsBetween is the whole months from a to b, the day clamped to the month's end.
func monthsBetween(a, b domain.Date) int {
	if b.Before(a) {
		return -monthsBetween(b, a)
	}
	n := (int(b.Year)-int(a.Year))*12 + int(b.Month) - int(a.Month)
	if a.AddMonths(n).After(b) {
		n--
	}
	return n
}

// builtins are the functions of the language that are offered: pure ones.
var builtins = []string{"len", "lower", "upper", "trim", "abs", "min", "max", "any", "all", "none", "one", "count"}

// compile checks an expression as it is written, then once more with its fields
// turned into calls: the second check does not look again into what the first has
// typed.
func (l *localRule) compile(expression string) (*vm.Program, error) {
	options := []expr.Option{expr.Env(l.env(nil)), expr.AsBool(), expr.WarnOnAny(), expr.DisableAllBuiltins(), expr.MaxNodes(500)}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	if _, err := expr.Compile(expression, options...); err != nil {
		return nil, err
	}
	visitor := &fieldVisitor{fields: l.fields, calls: map[ast.Node]string{}}
	program, err := expr.Compile(expression, append(options, expr.Patch(visitor))...)
	if err != nil {
		return nil, err
	}
	if visitor.mistake != nil {
		return nil, visitor.mistake.Bind(file.NewSource(expression))
	}
	return program, nil
}

// fieldVisitor turns fields into calls that fail when the field is blank, and
// refuses what a rule must not use.
type fieldVisitor struct {
	fields  map[string]localField
	calls   map[ast.Node]string // of which fields
	mistake *file.Error
}

// refused are the operators whose results surprise: infinite, or not whole.
var refused = map[string]string{"/": ": write a >= 2 * b", "%": "", "**": "", "^": ""}

// Visit is called for every node, the innermost first.
func (v *fieldVisitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if field, ok := v.fields[n.Value]; ok {
			v.replace(node, known+n.Value, reflect.TypeOf(field.zero))
			v.calls[*node] = n.Value
		} else if n.Value == "$env" { // would hand out fields unchecked
			v.refuse(n, "$env cannot be used in a rule")
		}
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); !ok || callee.Value != "blank" {
			return
		}
		if id, ok := v.calls[n.Arguments[0]]; ok {
			v.replace(node, blankTest, reflect.TypeFor[bool](), &ast.StringNode{Value: id})
		} else {
			v.refuse(n, "blank() takes one field")
		}
	case *ast.BinaryNode:
		if instead, ok := refused[n.Operator]; ok {
			v.refuse(n, fmt.Sprintf("operator %s cannot be used in a rule%s", n.Operator, instead))
		}
	}
}

// replace puts a call in place of a node.
func (v *fieldVisitor) replace(node *ast.Node, function string, result reflect.Type, arguments ...ast.Node) {
	callee := &ast.IdentifierNode{Value: function}
	callee.SetLocation((*node).Location())
	call := &ast.CallNode{Callee: callee, Arguments: arguments}
	call.SetType(result)
	ast.Patch(node, call)
}

func (v *fieldVisitor) refuse(n ast.Node, why string) {
	if v.mistake == nil {
		v.mistake = &file.Error{Location: n.Location(), Message: why}
	}
}

// holds evaluates the expression.
func (l *localRule) holds(env map[string]any) (bool, error) {
	result, err := expr.Run(l.program, env)
	if err != nil {
		return false, err
	}
	return result.(bool), nil // compiled AsBool
}

// example makes a row of an example: field → value, as a person types it.
func (l *localRule) example(row map[string]string) (map[string]*domain.Value, error) {
	values := map[string]*domain.Value{}
	for _, id := range slices.Sorted(maps.Keys(row)) {
		field, ok := l.fields[id]
		if !ok {
			return nil, l.unknown(id)
		}
		v := l.rules.forms.Parse(field.Column, row[id])
		if v.State == domain.Bad {
			return nil, fmt.Errorf("%s: %q is not what the column holds", id, row[id])
		}
		values[id] = &v
	}
	return values, nil
}

// judgeRows puts the rule to every row of its sheet.
func (l *localRule) judgeRows(rc *ruleContext) {
	values := map[string]*domain.Value{}
	env := l.env(values)
	for i := range rc.rows {
		r := &rc.rows[i]
		if r.sheet != l.sheet || r.nobody || r == rc.total {
			continue
		}
		for id, v := range r.record.Fields {
			values[id] = v
		}
		holds, err := l.holds(env)
		switch {
		case holds || errors.Is(err, errBlank):
		case err != nil:
			panic(err) // compiled and tried: a bug of ours, not of the return
		default:
			rc.at(r, l.Cell).says("", "%s", l.Example)
		}
	}
}
