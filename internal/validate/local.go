package validate

import (
	"errors"
	"fmt"
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
	settingEntry `yaml:",inline"`
	Title        string            `yaml:"title"`
	Why          string            `yaml:"why"`
	Sheet        string            `yaml:"sheet"`
	Cell         string            `yaml:"cell"` // id of the column the finding points at
	Must         string            `yaml:"must"` // the expression
	Say          string            `yaml:"say"`  // the sentence after the cell
	Passes       map[string]string `yaml:"passes"`
	Fails        map[string]string `yaml:"fails"`
}

// localRule is a local rule, compiled.
type localRule struct {
	rule
	sheet    string
	fields   map[string]form.Kind
	program  *vm.Program
	calendar calendar
}

// localSheets are the sheets whose rows a local rule can be about.
var localSheets = []string{domain.SheetAdmissions, domain.SheetPool, domain.SheetCells}

func (rules *Rules) readLocal(yml *config.File, entries []localEntry) ([]*rule, error) {
	var list []*rule
	for i, entry := range entries {
		at := func(key ...any) config.Place { return yml.At(append([]any{"local", i}, key...)...) }
		if len(entry.Code) < 3 || entry.Code[0] != 'L' || strings.Trim(entry.Code[1:], "0123456789") != "" {
			return nil, at("code").Errorf("local rule %q: the code must be L and two digits or more, as L01", entry.Code)
		}
		if _, taken := rules.settings[entry.Code]; taken {
			return nil, at("code").Errorf("local rule %s is given twice", entry.Code)
		}
		s, err := entry.setting(at("severity"))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(localSheets, entry.Sheet) {
			return nil, at("sheet").Errorf("local rule %s: unknown sheet %q%s", entry.Code, entry.Sheet, didYouMean(entry.Sheet, localSheets))
		}
		if entry.Title == "" || entry.Must == "" || entry.Say == "" || entry.Passes == nil || entry.Fails == nil {
			return nil, at().Errorf("local rule %s needs title, must, say, passes and fails", entry.Code)
		}
		l := &localRule{
			rule: rule{
				Code: entry.Code, Severity: s.severity, Scope: ScopeLocal, Cell: entry.Cell, Title: entry.Title,
				Why: entry.Why, Source: "Quy tắc riêng của cơ quan: " + strings.TrimSpace(entry.Must), Example: entry.Say, waivable: true,
			},
			sheet: entry.Sheet, fields: rules.fieldsOf(entry.Sheet), calendar: rules.calendar,
		}
		if _, ok := l.fields[entry.Cell]; !ok {
			return nil, at("cell").Errorf("local rule %s: unknown field %q of sheet %s%s", entry.Code, entry.Cell, entry.Sheet,
				didYouMean(entry.Cell, sortedKeys(l.fields)))
		}
		if l.program, err = l.compile(entry.Must); err != nil {
			return nil, l.located(at("must"), err)
		}
		for _, example := range []struct {
			key  string
			row  map[string]string
			want bool
		}{{"passes", entry.Passes, true}, {"fails", entry.Fails, false}} {
			values, err := l.example(example.row)
			if err != nil {
				return nil, at(example.key).Errorf("local rule %s: example %s: %w", entry.Code, example.key, err)
			}
			got, err := l.holds(l.env(&values))
			switch {
			case errors.Is(err, errBlank):
				return nil, at(example.key).Errorf("local rule %s: example %s leaves a field blank that the expression needs: %w", entry.Code,
					example.key, err)
			case err != nil:
				return nil, l.located(at("must"), err)
			case got != example.want:
				return nil, at(example.key).Errorf("local rule %s: example %s: the expression is %v, it should be %v", entry.Code, example.key,
					got, example.want)
			}
		}
		rules.settings[entry.Code] = s
		l.alone = l.judgeRows
		list = append(list, &l.rule)
	}
	return list, nil
}

// fieldsOf are the columns of a sheet in every form version, with their kinds.
func (rules *Rules) fieldsOf(sheet string) map[string]form.Kind {
	fields := map[string]form.Kind{}
	for _, def := range rules.forms.Definitions {
		if s := def.Sheet(sheet); s != nil {
			for _, c := range s.Columns {
				fields[c.ID] = c.Kind
			}
		}
	}
	return fields
}

// located puts a mistake in an expression at its place in the file, with the
// fields that there are when a name is not one of them.
func (l *localRule) located(at config.Place, err error) error {
	mistake, ok := errors.AsType[*file.Error](err)
	if !ok {
		return at.Errorf("local rule %s: %w", l.Code, err)
	}
	told := fmt.Errorf("local rule %s: %s", l.Code, mistake.Message)
	if strings.Contains(mistake.Message, "unknown name") {
		told = fmt.Errorf("%w; the fields of %s are %s", told, l.sheet, strings.Join(sortedKeys(l.fields), ", "))
	}
	return at.Inside(mistake.Line, mistake.Column, told)
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

// zeroOf is a value of the type that fields of a kind have in an expression.
func zeroOf(k form.Kind) any {
	switch k {
	case form.KindDate, form.KindPeriod:
		return time.Time{}
	case form.KindInteger, form.KindCount:
		return 0
	case form.KindMark:
		return false
	case form.KindCodes:
		return []string{}
	}
	return ""
}

// ofValue is a known value as an expression has it.
func ofValue(k form.Kind, v *domain.Value) any {
	switch k {
	case form.KindDate, form.KindPeriod:
		return v.Date.Time()
	case form.KindInteger, form.KindCount:
		return v.Num
	case form.KindMark:
		return v.Mark
	case form.KindCodes:
		return slices.AppendSeq([]string{}, v.List())
	}
	return v.Text
}

// env is what an expression sees of the row that *row is when it is evaluated.
func (l *localRule) env(row *map[string]*domain.Value) map[string]any {
	day := domain.DateOf
	env := map[string]any{
		// months is the whole calendar months from a to b.
		"months":   func(a, b time.Time) int { return monthsBetween(day(a), day(b)) },
		"days":     func(a, b time.Time) int { return day(b).DaysSince(day(a)) },
		"workdays": func(a, b time.Time) int { return l.workdays(day(a), day(b)) },
		"date":     dateOf,
		"blank":    func(any) bool { return false }, // replaced by blankTest
		blankTest: func(id string) bool {
			v := (*row)[id]
			return v == nil || v.Empty()
		},
	}
	for id, kind := range l.fields {
		env[id] = zeroOf(kind)
		env[known+id] = fetcher(row, id, kind)
	}
	return env
}

// fetcher makes the function that a field stands for: its type is the field's.
// A mark left blank is no mark; any other blank is not computable.
func fetcher(row *map[string]*domain.Value, id string, kind form.Kind) any {
	get := func() (any, error) {
		v := (*row)[id]
		if v != nil && v.Known() {
			return ofValue(kind, v), nil
		}
		if kind == form.KindMark && v != nil && v.State == domain.Blank {
			return false, nil
		}
		return nil, fmt.Errorf("%s: %w", id, errBlank)
	}
	switch zeroOf(kind).(type) {
	case time.Time:
		return typed[time.Time](get)
	case int:
		return typed[int](get)
	case bool:
		return typed[bool](get)
	case []string:
		return typed[[]string](get)
	}
	return typed[string](get)
}

func typed[T any](get func() (any, error)) func() (T, error) {
	return func() (T, error) {
		v, err := get()
		t, _ := v.(T)
		return t, err
	}
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

// workdays counts as the catalogue does; over longer spans than anyone waits,
// weekends alone are left out.
func (l *localRule) workdays(a, b domain.Date) int {
	if b.Before(a) {
		return -l.workdays(b, a)
	}
	if n := b.DaysSince(a); n > longestWait {
		return n * 5 / 7
	}
	return l.calendar.workdays(a, b)
}

// builtins are the functions of the language that are offered: pure ones.
var builtins = []string{"len", "lower", "upper", "trim", "abs", "min", "max", "any", "all", "none", "one", "count"}

// compile checks an expression as it is written, then once more with its fields
// turned into calls: the second check does not look again into what the first has
// typed.
func (l *localRule) compile(expression string) (*vm.Program, error) {
	var none map[string]*domain.Value
	options := []expr.Option{expr.Env(l.env(&none)), expr.AsBool(), expr.WarnOnAny(), expr.DisableAllBuiltins(), expr.MaxNodes(500)}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	if _, err := expr.Compile(expression, options...); err != nil {
		return nil, err
	}
	visitor := &fieldVisitor{fields: l.fields}
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
	fields  map[string]form.Kind
	mistake *file.Error
}

// refused are the operators whose results surprise: infinite, or not whole.
var refused = map[string]string{"/": "a >= 2 * b", "%": "", "**": "", "^": ""}

// Visit is called for every node, the innermost first.
func (v *fieldVisitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if kind, ok := v.fields[n.Value]; ok {
			v.replace(node, known+n.Value, reflect.TypeOf(zeroOf(kind)))
		} else if n.Value == "$env" { // would hand out fields unchecked
			v.refuse(n, "$env cannot be used in a rule")
		}
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if !ok || callee.Value != "blank" {
			return
		}
		if id, ok := fieldCalled(n); ok {
			v.replace(node, blankTest, reflect.TypeFor[bool](), &ast.StringNode{Value: id})
		} else {
			v.refuse(n, "blank() takes one field")
		}
	case *ast.BinaryNode:
		if instead, ok := refused[n.Operator]; ok {
			why := fmt.Sprintf("operator %s cannot be used in a rule", n.Operator)
			if instead != "" {
				why += ": write " + instead
			}
			v.refuse(n, why)
		}
	}
}

// fieldCalled is the field that the one argument of a call stands for.
func fieldCalled(call *ast.CallNode) (id string, ok bool) {
	if len(call.Arguments) != 1 {
		return "", false
	}
	argument, ok := call.Arguments[0].(*ast.CallNode)
	if !ok {
		return "", false
	}
	callee, ok := argument.Callee.(*ast.IdentifierNode)
	if !ok {
		return "", false
	}
	return strings.CutPrefix(callee.Value, known)
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
	for _, id := range sortedKeys(row) {
		kind, ok := l.fields[id]
		if !ok {
			return nil, fmt.Errorf("unknown field %q; the fields of %s are %s", id, l.sheet, strings.Join(sortedKeys(l.fields), ", "))
		}
		v := &domain.Value{State: domain.Known, Raw: row[id], Text: row[id]}
		values[id] = v
		if row[id] == "" {
			v.State = domain.Blank
			continue
		}
		switch zeroOf(kind).(type) {
		case time.Time:
			t, err := dateOf(row[id])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			v.Date = domain.DateOf(t)
		case int:
			if _, err := fmt.Sscan(row[id], &v.Num); err != nil {
				return nil, fmt.Errorf("%s: %q is not a number", id, row[id])
			}
		case bool:
			v.Mark = row[id] == "x"
		case []string:
			var list []string
			for part := range strings.SplitSeq(row[id], ";") {
				list = append(list, strings.TrimSpace(part))
			}
			v.Text = domain.ListText(list)
		}
	}
	return values, nil
}

// judgeRows puts the rule to every row of its sheet.
func (l *localRule) judgeRows(rc *ruleContext) []violation {
	var violations []violation
	row := map[string]*domain.Value{}
	env := l.env(&row)
	ask := func(record any) {
		for id, v := range domain.Fields(record) {
			row[id] = v
		}
		ok, err := l.holds(env)
		if errors.Is(err, errBlank) || ok {
			return
		}
		if err != nil {
			panic(err) // compiled and tried: a bug of ours, not of the return
		}
		violations = append(violations, rc.at(l.sheet, l.Cell, *row[l.Cell]).says("", l.Example, "", ""))
	}
	switch l.sheet {
	case domain.SheetAdmissions:
		for _, a := range rc.people {
			ask(a)
		}
	case domain.SheetPool:
		for _, c := range rc.pool {
			ask(c)
		}
	case domain.SheetCells:
		for i := range rc.r.Cells {
			ask(&rc.r.Cells[i])
		}
	}
	return violations
}
