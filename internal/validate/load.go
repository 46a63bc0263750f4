package validate

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
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
	list     []*Rule // the catalogue, then the local ones, as they are set
	limits   map[limitName]Limit
	words    map[wordList][]string // folded
	calendar calendar
}

// Limit is a number that a rule uses, with the days it changed.
type Limit struct {
	Name  limitName `yaml:"name"`
	What  string    `yaml:"what"`
	Steps []Step    `yaml:"steps"` // oldest first
}

// Step is what a limit is from a day on, and where that is laid down.
type Step struct {
	From   config.Date `yaml:"from"`
	Value  int         `yaml:"value"`
	Source string      `yaml:"source"`
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
	Rules  []setting `yaml:"rules"`
	Limits []Limit   `yaml:"limits"`
	Words  []struct {
		Name   wordList `yaml:"name"`
		What   string   `yaml:"what"`
		Values []string `yaml:"values"`
	} `yaml:"words"`
	Local []localEntry `yaml:"local"`
}

// setting is how an office sets a rule, of the catalogue or its own.
type setting struct {
	Code     string          `yaml:"code"`
	Severity domain.Severity `yaml:"severity"`
	From     config.Period   `yaml:"from"`
	Until    config.Period   `yaml:"until"`
	Exempt   []Exemption     `yaml:"exempt"`
}

// Load reads rules.yaml and holidays.yaml. A mistake names file, line and, in an
// expression, column.
func Load(fsys fs.FS, forms *form.Forms) (*Rules, error) {
	rules := &Rules{forms: forms, limits: map[limitName]Limit{}, words: map[wordList][]string{}}
	var written rulesFile
	file, err := config.Read(fsys, "rules.yaml", &written)
	if err != nil {
		return nil, err
	}
	if err := rules.readLimits(file, &written); err != nil {
		return nil, err
	}
	if err := rules.readSettings(file, written.Rules); err != nil {
		return nil, err
	}
	if rules.calendar, err = readCalendar(fsys); err != nil {
		return nil, err
	}
	return rules, rules.readLocal(file, written.Local)
}

// readSettings fills in the catalogue as the office sets it.
func (rules *Rules) readSettings(file *config.File, written []setting) error {
	for _, row := range catalogue {
		rule := *row
		for _, name := range rule.limits {
			rule.Limits = append(rule.Limits, rules.limits[name])
		}
		rules.list = append(rules.list, &rule)
	}
	codes := texts(catalogue, func(r *Rule) string { return r.Code })
	given := map[string]bool{}
	for i, s := range written {
		at := file.At("rules", i)
		if err := newName(at, "rule", s.Code, codes, given); err != nil {
			return err
		}
		given[s.Code] = true
		if err := ruleOf(rules.list, s.Code).set(at, s); err != nil {
			return err
		}
	}
	return nil
}

func (rules *Rules) readLimits(file *config.File, written *rulesFile) error {
	for i, limit := range written.Limits {
		at := file.At("limits", i)
		if err := newName(at, "limit", limit.Name, limitNames, rules.limits); err != nil {
			return err
		}
		if len(limit.Steps) == 0 || limit.What == "" {
			return at.Errorf("limit %s needs a description and a step", limit.Name)
		}
		for j, step := range limit.Steps {
			at := file.At("limits", i, "steps", j)
			switch {
			case step.From.IsZero() || step.Source == "" || step.Value <= 0:
				return at.Errorf("limit %s: a step needs a day, a value above 0 and a source", limit.Name)
			case j > 0 && !step.From.After(limit.Steps[j-1].From.Date):
				return at.Errorf("limit %s: steps must be in the order of their dates", limit.Name)
			}
		}
		rules.limits[limit.Name] = limit
	}
	for i, list := range written.Words {
		at := file.At("words", i)
		if err := newName(at, "word list", list.Name, wordLists, rules.words); err != nil {
			return err
		}
		words := texts(list.Values, viet.Fold)
		if slices.Contains(words, "") {
			return at.Errorf("word list %s holds an empty word", list.Name)
		}
		rules.words[list.Name] = words
	}
	return errors.Join(allGiven(file.At("limits"), "limit", limitNames, rules.limits),
		allGiven(file.At("words"), "word list", wordLists, rules.words))
}

// newName checks a name that something is given under: a known one, and for the first time.
func newName[N ~string, V any](at config.Place, what string, name N, known []N, given map[N]V) error {
	if !slices.Contains(known, name) {
		return at.Errorf("unknown %s %q%s", what, name, didYouMean(string(name), known))
	}
	if _, twice := given[name]; twice {
		return at.Errorf("%s %s is set twice", what, name)
	}
	return nil
}

// allGiven checks that something is given under every name.
func allGiven[N ~string, V any](at config.Place, what string, known []N, given map[N]V) error {
	for _, name := range known {
		if _, ok := given[name]; !ok {
			return at.Errorf("%s %s is missing", what, name)
		}
	}
	return nil
}

// set puts into force what rules.yaml says of a rule.
func (r *Rule) set(at config.Place, s setting) error {
	_, known := gravity[s.Severity]
	switch {
	case !known:
		return at.Errorf("rule %s: unknown severity %q: error, warning, info or trial", r.Code, s.Severity)
	case !s.Until.IsZero() && s.Until.Compare(s.From.Period) < 0:
		return at.Errorf("rule %s: until is before from", r.Code)
	case slices.ContainsFunc(s.Exempt, func(x Exemption) bool { return x.Unit == "" || x.Why == "" }):
		return at.Errorf("rule %s: an exempt unit needs its code and a reason (unit, why)", r.Code)
	case r.fixed && (s.Severity != r.Severity || !s.From.IsZero() || !s.Until.IsZero() || len(s.Exempt) > 0):
		return at.Errorf("rule %s always is an %s: without it nothing can be said of a file", r.Code, r.Severity)
	}
	slices.SortFunc(s.Exempt, func(a, b Exemption) int { return strings.Compare(a.Unit, b.Unit) })
	r.Severity, r.From, r.Until, r.Exempt = s.Severity, s.From.Period, s.Until.Period, s.Exempt
	return nil
}

// inForce reports whether a rule is put to a return of a unit and period. A period that
// cannot be read does not get a return off.
func (r *Rule) inForce(p domain.Period, unit string) bool {
	if !p.IsZero() && (p.Compare(r.From) < 0 || !r.Until.IsZero() && p.Compare(r.Until) > 0) {
		return false
	}
	return !slices.ContainsFunc(r.Exempt, func(x Exemption) bool { return x.Unit == unit })
}

// limit is a limit on a day; before its first step, that step.
func (rules *Rules) limit(name limitName, on domain.Date) int {
	steps := rules.limits[name].Steps
	for _, s := range slices.Backward(steps) {
		if !s.From.After(on) {
			return s.Value
		}
	}
	return steps[0].Value
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

// definitionOf is the definition a return was read by; when none fits, the latest,
// by which the reader reads then.
func (rules *Rules) definitionOf(r *domain.Return) *form.Definition {
	i := slices.IndexFunc(rules.forms.Definitions, func(d *form.Definition) bool { return d.Name() == r.Reading.Form })
	if i < 0 {
		return rules.forms.Latest()
	}
	return rules.forms.Definitions[i]
}

// isForm reports whether a code is that of one of our forms, of any version.
func (rules *Rules) isForm(code string) bool {
	return slices.ContainsFunc(rules.forms.Definitions, func(d *form.Definition) bool { return viet.Fold(d.Code) == viet.Fold(code) })
}

// formsFor names the form versions that a period is reported by.
func (rules *Rules) formsFor(p domain.Period) string {
	forms := slices.DeleteFunc(slices.Clone(rules.forms.Definitions), func(d *form.Definition) bool {
		return !p.IsZero() && !d.InForce(p)
	})
	if len(forms) == 0 { // the period is before the first of them
		forms = rules.forms.Definitions[:1]
	}
	return strings.Join(texts(forms, (*form.Definition).Name), " hoặc ")
}

// didYouMean names what may be written instead of an unknown word.
func didYouMean[S ~string](word string, known []S) string {
	words := texts(known, func(s S) string { return string(s) })
	if near := viet.Nearest(word, words); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	if len(words) > 20 {
		return ""
	}
	return ": one of " + strings.Join(words, ", ")
}

// calendar knows which days nobody works beside weekends: public holidays, in the year 0
// those of every year. Of a year without lunar holidays listed only these are known.
type calendar map[domain.Date]bool

// longestWait is how many days are counted one by one; nobody waits longer but by
// a mistyped year.
const longestWait = 3660

// workdays counts the working days after a, up to and including b; over longer spans than
// anyone waits, weekends alone are left out.
func (c calendar) workdays(a, b domain.Date) int {
	if b.Before(a) {
		return -c.workdays(b, a)
	}
	if n := b.DaysSince(a); n > longestWait {
		return n * 5 / 7
	}
	n := 0
	for d := a.AddDays(1); !d.After(b); d = d.AddDays(1) {
		if !c.off(d) {
			n++
		}
	}
	return n
}

// off reports whether a day is no working day.
func (c calendar) off(d domain.Date) bool {
	weekday := d.Time().Weekday()
	return weekday == time.Saturday || weekday == time.Sunday || c[d] || c[domain.Date{Month: d.Month, Day: d.Day}]
}

// WorkdayFrom is the first working day from a day on; zero for none.
func (rules *Rules) WorkdayFrom(d domain.Date) domain.Date {
	for n := 0; !d.IsZero() && rules.calendar.off(d) && n < longestWait; n++ {
		d = d.AddDays(1)
	}
	return d
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
			From config.Date `yaml:"from"`
			To   config.Date `yaml:"to"`
			Name string      `yaml:"name"`
		} `yaml:"off"`
	} `yaml:"years"`
}

// longestHoliday guards against a typo in a year.
const longestHoliday = 31

func readCalendar(fsys fs.FS) (calendar, error) {
	c := calendar{}
	var written holidaysFile
	file, err := config.Read(fsys, "holidays.yaml", &written)
	if err != nil {
		return nil, err
	}
	for i, f := range written.Fixed {
		t, err := time.Parse("01-02", f.Day) // in the year 0
		if err != nil {
			return nil, file.At("fixed", i).Errorf("%q is not a day of the form 09-02 (month-day)", f.Day)
		}
		c[domain.DateOf(t)] = true
	}
	for i, y := range written.Years {
		for j, off := range y.Off {
			from, to := off.From.Date, cmp.Or(off.To.Date, off.From.Date)
			if n := to.DaysSince(from); n < 0 || n >= longestHoliday || int(from.Year) != y.Year {
				return nil, file.At("years", i, "off", j).Errorf("holiday %s to %s of %d is too long, backwards or of another year",
					from.ISO(), to.ISO(), y.Year)
			}
			for d := from; !d.After(to); d = d.AddDays(1) {
				c[d] = true
			}
		}
	}
	return c, nil
}
