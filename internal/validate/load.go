package validate

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/viet"
)

// Rules is the catalogue with the severities, limits and local rules in force
// (config/rules.yaml, config/holidays.yaml). It is read only.
type Rules struct {
	forms    *form.Forms
	settings map[string]setting // by code
	limits   map[limitName]Limit
	words    map[wordList][]string // folded
	calendar calendar
	local    []*rule
}

// setting is how an office has set a rule.
type setting struct {
	severity    domain.Severity
	from, until domain.Period
	exempt      map[string]string // unit → reason
}

// Limit is a number that a rule uses, with the days it changed.
type Limit struct {
	Name  string
	What  string
	Steps []Step // oldest first
}

// Step is what a limit is from a day on, and where that is laid down.
type Step struct {
	From   domain.Date
	Value  int
	Source string
}

// limitName is a limit of rules.yaml.
type limitName string

// The limits. Each is needed: rules.yaml must give every one.
const (
	ageMin         limitName = "age_min_months"
	ageMax         limitName = "age_max_months"
	certificateAge limitName = "certificate_months"
	decisionDays   limitName = "meeting_to_decision_workdays"
	ceremonyDays   limitName = "decision_to_ceremony_workdays"
	youthUnionAge  limitName = "youth_union_max_months"
	expiryNotice   limitName = "certificate_expiry_notice_months"
	repeatLimit    limitName = "repeated_fault_cells"
)

var limitNames = []limitName{ageMin, ageMax, certificateAge, decisionDays, ceremonyDays, youthUnionAge, expiryNotice, repeatLimit}

// wordList is a list of words of rules.yaml that a rule looks for.
type wordList string

// The word lists. Each is needed.
const (
	consentWords wordList = "provincial_consent"
	areaWords    wordList = "lower_schooling_areas"
	belowTHCS    wordList = "schooling_below_thcs"
	ownDecisions wordList = "units_own_decisions"
)

var wordLists = []wordList{consentWords, areaWords, belowTHCS, ownDecisions}

// rulesFile is rules.yaml as it is written.
type rulesFile struct {
	Rules  []settingEntry `yaml:"rules"`
	Limits []struct {
		Name  limitName `yaml:"name"`
		What  string    `yaml:"what"`
		Steps []struct {
			From   string `yaml:"from"`
			Value  int    `yaml:"value"`
			Source string `yaml:"source"`
		} `yaml:"steps"`
	} `yaml:"limits"`
	Words []struct {
		Name   wordList `yaml:"name"`
		What   string   `yaml:"what"`
		Values []string `yaml:"values"`
	} `yaml:"words"`
	Local []localEntry `yaml:"local"`
}

// settingEntry is how a rule, of the catalogue or local, is set.
type settingEntry struct {
	Code     string `yaml:"code"`
	Severity string `yaml:"severity"`
	From     string `yaml:"from"`
	Until    string `yaml:"until"`
	Exempt   []struct {
		Unit string `yaml:"unit"`
		Why  string `yaml:"why"`
	} `yaml:"exempt"`
}

// Load reads rules.yaml and holidays.yaml. A mistake names file, line and, in an
// expression, column.
func Load(fsys fs.FS, forms *form.Forms) (*Rules, error) {
	if len(forms.Definitions) == 0 {
		return nil, errors.New("no form definition to judge by")
	}
	rules := &Rules{forms: forms, settings: map[string]setting{}, limits: map[limitName]Limit{}, words: map[wordList][]string{}}
	var written rulesFile
	file, err := config.Read(fsys, "rules.yaml", &written)
	if err != nil {
		return nil, err
	}
	for _, rule := range catalogue {
		rules.settings[rule.Code] = setting{severity: rule.Severity}
	}
	seen := map[string]bool{}
	for i, entry := range written.Rules {
		at := file.At("rules", i)
		rule := ruleOf(entry.Code)
		switch {
		case rule == nil:
			return nil, at.Errorf("unknown rule %q%s", entry.Code, didYouMean(entry.Code, Codes()))
		case seen[entry.Code]:
			return nil, at.Errorf("rule %s is set twice", entry.Code)
		}
		seen[entry.Code] = true
		s, err := entry.setting(at)
		if err != nil {
			return nil, err
		}
		if rule.fixed && (s.severity != rule.Severity || !s.from.IsZero() || !s.until.IsZero() || len(s.exempt) > 0) {
			return nil, at.Errorf("rule %s always is an %s: without it nothing can be said of a file", rule.Code, rule.Severity)
		}
		rules.settings[entry.Code] = s
	}
	if err := rules.readLimits(file, &written); err != nil {
		return nil, err
	}
	if rules.calendar, err = readCalendar(fsys); err != nil {
		return nil, err
	}
	if rules.local, err = rules.readLocal(file, written.Local); err != nil {
		return nil, err
	}
	return rules, nil
}

func (rules *Rules) readLimits(file *config.File, written *rulesFile) error {
	for i, entry := range written.Limits {
		at := file.At("limits", i)
		if err := newName(at, "limit", entry.Name, limitNames, rules.limits); err != nil {
			return err
		}
		limit := Limit{Name: string(entry.Name), What: entry.What}
		for j, step := range entry.Steps {
			at := file.At("limits", i, "steps", j)
			from, err := day(step.From)
			if err != nil {
				return at.Errorf("limit %s: %w", entry.Name, err)
			}
			if step.Source == "" || step.Value <= 0 {
				return at.Errorf("limit %s: a step needs a value above 0 and a source", entry.Name)
			}
			if n := len(limit.Steps); n > 0 && !from.After(limit.Steps[n-1].From) {
				return at.Errorf("limit %s: steps must be in the order of their dates", entry.Name)
			}
			limit.Steps = append(limit.Steps, Step{From: from, Value: step.Value, Source: step.Source})
		}
		if len(limit.Steps) == 0 || limit.What == "" {
			return at.Errorf("limit %s needs a description and a step", entry.Name)
		}
		rules.limits[entry.Name] = limit
	}
	if err := allNamed(file.At("limits"), "limit", limitNames, rules.limits); err != nil {
		return err
	}
	for i, entry := range written.Words {
		at := file.At("words", i)
		if err := newName(at, "word list", entry.Name, wordLists, rules.words); err != nil {
			return err
		}
		words := []string{}
		for _, w := range entry.Values {
			key := viet.Fold(w)
			if key == "" {
				return at.Errorf("word list %s holds an empty word", entry.Name)
			}
			words = append(words, key)
		}
		rules.words[entry.Name] = words
	}
	return allNamed(file.At("words"), "word list", wordLists, rules.words)
}

// newName checks a name that something is given under: a known one, and for the first time.
func newName[N ~string, V any](at config.Place, what string, name N, known []N, given map[N]V) error {
	if !slices.Contains(known, name) {
		return at.Errorf("unknown %s %q%s", what, name, didYouMean(string(name), known))
	}
	if _, twice := given[name]; twice {
		return at.Errorf("%s %s is given twice", what, name)
	}
	return nil
}

// allNamed checks that something is given under every name.
func allNamed[N ~string, V any](at config.Place, what string, known []N, given map[N]V) error {
	for _, name := range known {
		if _, ok := given[name]; !ok {
			return at.Errorf("%s %s is missing", what, name)
		}
	}
	return nil
}

// setting checks how a rule is set.
func (e settingEntry) setting(at config.Place) (setting, error) {
	s := setting{severity: domain.Severity(e.Severity)}
	if _, ok := gravity[s.severity]; !ok {
		return s, at.Errorf("rule %s: unknown severity %q: error, warning, info or trial", e.Code, e.Severity)
	}
	var err error
	if s.from, err = month(e.From); err != nil {
		return s, at.Errorf("rule %s: from: %w", e.Code, err)
	}
	if s.until, err = month(e.Until); err != nil {
		return s, at.Errorf("rule %s: until: %w", e.Code, err)
	}
	if !s.until.IsZero() && s.until.Compare(s.from) < 0 {
		return s, at.Errorf("rule %s: until is before from", e.Code)
	}
	for _, x := range e.Exempt {
		if x.Unit == "" || x.Why == "" {
			return s, at.Errorf("rule %s: an exempt unit needs its code and a reason (unit, why)", e.Code)
		}
		if s.exempt == nil {
			s.exempt = map[string]string{}
		}
		s.exempt[x.Unit] = x.Why
	}
	return s, nil
}

// inForce is the severity of a rule for a unit and period, and whether the rule is
// in force at all. A period that cannot be read does not get a return off.
func (rules *Rules) inForce(code string, p domain.Period, unit string) (domain.Severity, bool) {
	s := rules.settings[code]
	if !p.IsZero() && (p.Compare(s.from) < 0 || !s.until.IsZero() && p.Compare(s.until) > 0) {
		return "", false
	}
	if _, exempt := s.exempt[unit]; exempt {
		return "", false
	}
	return s.severity, true
}

// limit is a limit on a day; before its first step, that step.
func (rules *Rules) limit(name limitName, on domain.Date) int {
	steps := rules.limits[name].Steps
	value := steps[0].Value
	for _, s := range steps {
		if !s.From.After(on) {
			value = s.Value
		}
	}
	return value
}

// Certificates is how long a certificate is valid (R11) and how long before its end
// that is told (X07), in months, on a day.
func (rules *Rules) Certificates(on domain.Date) (valid, notice int) {
	return rules.limit(certificateAge, on), rules.limit(expiryNotice, on)
}

// mentions reports whether a text holds one of the words of a list.
func (rules *Rules) mentions(text string, list wordList) bool {
	key := viet.Fold(text)
	return slices.ContainsFunc(rules.words[list], func(w string) bool { return strings.Contains(key, w) })
}

// is reports whether a text is one of the words of a list.
func (rules *Rules) is(text string, list wordList) bool {
	return slices.Contains(rules.words[list], viet.Fold(text))
}

// definitionOf is the definition a return was read by; when none fits, the latest,
// by which the reader reads then.
func (rules *Rules) definitionOf(r *domain.Return) *form.Definition {
	for _, def := range rules.forms.Definitions {
		if def.Name() == r.Reading.Form {
			return def
		}
	}
	return rules.forms.Definitions[len(rules.forms.Definitions)-1]
}

// isForm reports whether a code is that of one of our forms, of any version.
func (rules *Rules) isForm(code string) bool {
	return slices.ContainsFunc(rules.forms.Definitions, func(d *form.Definition) bool { return viet.Fold(d.Code) == viet.Fold(code) })
}

// didYouMean names what may be written instead of an unknown word.
func didYouMean[S ~string](word string, known []S) string {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	if near := viet.Nearest(word, words); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	if len(words) > 20 {
		return ""
	}
	return ": one of " + strings.Join(words, ", ")
}

// day reads a date of a YAML file.
func day(s string) (domain.Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return domain.Date{}, fmt.Errorf("%q is not a date of the form 2021-01-31", s)
	}
	return domain.DateOf(t), nil
}

// month reads a period of a YAML file; "" is none.
func month(s string) (domain.Period, error) {
	if s == "" {
		return domain.Period{}, nil
	}
	return domain.ParsePeriod(s)
}

// calendar knows which days are worked: not weekends, not public holidays. Of a
// year without lunar holidays listed, weekends and the fixed days only are known.
type calendar struct {
	fixed map[string]bool // "01-02": month and day
	off   map[domain.Date]bool
}

// workdays counts the working days after a, up to and including b.
func (c calendar) workdays(a, b domain.Date) int {
	n := 0
	for d := a.AddDays(1); !d.After(b); d = d.AddDays(1) {
		if c.worked(d) {
			n++
		}
	}
	return n
}

func (c calendar) worked(d domain.Date) bool {
	if w := d.Time().Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	return !c.off[d] && !c.fixed[fmt.Sprintf("%02d-%02d", int(d.Month), d.Day)]
}

// holidaysFile is holidays.yaml as it is written.
type holidaysFile struct {
	Source string `yaml:"source"`
	Fixed  []struct {
		Day  string `yaml:"day"`
		Name string `yaml:"name"`
	} `yaml:"fixed"`
	Years []struct {
		Year int `yaml:"year"`
		Off  []struct {
			From string `yaml:"from"`
			To   string `yaml:"to"`
			Name string `yaml:"name"`
		} `yaml:"off"`
	} `yaml:"years"`
}

// longestHoliday guards against a typo in a year.
const longestHoliday = 31

func readCalendar(fsys fs.FS) (calendar, error) {
	c := calendar{fixed: map[string]bool{}, off: map[domain.Date]bool{}}
	var written holidaysFile
	file, err := config.Read(fsys, "holidays.yaml", &written)
	if err != nil {
		return c, err
	}
	for i, f := range written.Fixed {
		if _, err := time.Parse("01-02", f.Day); err != nil {
			return c, file.At("fixed", i).Errorf("%q is not a day of the form 09-02 (month-day)", f.Day)
		}
		c.fixed[f.Day] = true
	}
	for i, y := range written.Years {
		for j, o := range y.Off {
			at := file.At("years", i, "off", j)
			from, err := day(o.From)
			if err != nil {
				return c, at.Errorf("%w", err)
			}
			to := from
			if o.To != "" {
				if to, err = day(o.To); err != nil {
					return c, at.Errorf("%w", err)
				}
			}
			if n := to.DaysSince(from); n < 0 || n >= longestHoliday || int(from.Year) != y.Year {
				return c, at.Errorf("holiday %s to %s of %d is too long, backwards or of another year", o.From, o.To, y.Year)
			}
			for d := from; !d.After(to); d = d.AddDays(1) {
				c.off[d] = true
			}
		}
	}
	return c, nil
}

// sortedKeys are the keys of a map in order: no map is ranged over on the way to
// an output.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// formsFor names the form versions that a period is reported by.
func (rules *Rules) formsFor(p domain.Period) string {
	var names []string
	for _, def := range rules.forms.Definitions {
		if p.IsZero() || rules.forms.InForce(def.Code, def.Version, p) {
			names = append(names, def.Name())
		}
	}
	if names == nil { // the period is before the first of them
		names = append(names, rules.forms.Definitions[0].Name())
	}
	return strings.Join(names, " hoặc ")
}
