// Package validate is the rules: one ordered table of pure functions (rules.go)
// over a return, the assignment and what is already accepted. Every sentence that
// a sender reads stands beside the rule that says it.
//
// It knows neither files nor clock nor storage, and it never logs: what a rule
// needs of earlier returns reaches it as values, in a Docket.
//
// The rules stand by subject: file.go, unit.go, row.go, across.go, clash.go (between
// units), arithmetic.go, target.go, district.go (about the whole), local.go (the
// office's own). load.go reads the configuration, hearing.go is what a rule may look
// at, fault.go makes findings of what rules tell, document.go writes the catalogue.
//
// A rule whose input is missing or unreadable stays silent, because the rule that
// found it so has spoken: one cause, one error.
package validate

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// Docket is the returns of one period that are judged together. Periods are
// judged oldest first, so that what counts in an earlier one is settled.
type Docket struct {
	Period     domain.Period // zero: returns whose period cannot be read
	Assignment *reference.Assignment
	Counting   domain.Counting         // which date puts a person in a period; "" is ByDecision
	Level      string                  // the word for the level that assigns: huyện (the default), tỉnh, xã
	Deadline   domain.Date             // last day to send; zero: none
	Fresh      []*domain.Kept          // to be judged now, in any order
	Standing   map[string]*domain.Kept // by unit: the version accepted in an earlier run for this period
	Earlier    map[string]*domain.Kept // by unit: the counted return of the nearest earlier period of this year
	// Told is, by unit, what was said of the return in Earlier: a warning among it
	// is not told again, as a warning, about a row that has not changed.
	Told   map[string][]domain.Finding
	Past   []Person        // admitted in earlier years
	Closed map[string]bool // by unit: the period is closed for it
	Waived []Waiver        // findings of this period that the office accepts
}

// Waiver accepts a finding of a unit: it is told as info, with who may read why.
type Waiver struct {
	Unit, Rule string
	Cell       string // «E25» or «CHI_BO!E25»; "" is every cell
	When       domain.Date
	Why        string
}

// Covers reports whether the waiver names a rule at a cell.
func (w Waiver) Covers(rule string, at domain.Cell) bool {
	return w.Rule == rule && (w.Cell == "" || at.Ref() != "" && (w.Cell == at.Ref() || w.Cell == at.Sheet+"!"+at.Ref()))
}

// Person is somebody admitted in an earlier year.
type Person struct {
	NationalID string // "" when not known
	NameKey    string // the name as viet.Fold has it
	Born       domain.Date
	Unit       string
	Year       int
}

// Bug is a rule that panicked over a return. It is about our run: the return has
// not been judged, and nothing may be held against it.
type Bug struct {
	Return *domain.Kept
	Rule   string // "" when it was not in a rule
	Value  any
	Stack  []byte
}

func (b *Bug) Error() string {
	return fmt.Sprintf("rule %s on %q: panic: %v\n%s", b.Rule, b.Return.File.Path, b.Value, b.Stack)
}

// Judge judges each fresh return alone, then looks for clashes between returns.
// Findings[i] belong to d.Fresh[i], in their total order; the order of d.Fresh
// never matters. An error is about our run, never about a return: a rule that
// panics is a *Bug, which names the return; the others can be judged without it.
//
// Of all the returns only those are open that are being judged: each is opened to be
// heard alone, and again only if it has something that another one has too.
func (rules *Rules) Judge(d Docket) (_ [][]domain.Finding, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("judge the returns of %s: panic: %v\n%s", d.Period, p, debug.Stack())
		}
	}()
	if len(d.Fresh) == 0 {
		return nil, nil
	}
	if d.Assignment == nil {
		d.Assignment = &reference.Assignment{}
	}
	if d.Level == "" {
		d.Level = "huyện"
	}
	all := make([]*heard, len(d.Fresh))
	err = atOnce(len(all), func(i int) (err error) {
		all[i], err = rules.hear(&d, d.Fresh[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := newCourt(rules, &d, all)
	if err != nil {
		return nil, err
	}
	findings := make([][]domain.Finding, len(all))
	err = atOnce(len(all), func(i int) (err error) {
		findings[i] = all[i].findings
		if c.concerns(all[i]) {
			findings[i], err = rules.compare(c, all[i])
		}
		return err
	})
	return findings, err
}

// atOnce does something for each of n returns, several at a time. The error is that
// of the first return that has one, whichever was first in time.
func atOnce(n int, do func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = guarded(i, do)
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// guarded turns a panic into an error: in a goroutine nobody else would.
func guarded(i int, do func(i int) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do(i)
}

// heard is what is left of a return that was judged alone.
type heard struct {
	kept     *domain.Kept
	unit     string // "" for one that is compared with nobody's: see identified
	clean    bool   // no error was found in it alone
	prints   []fingerprint
	faults   []fault
	findings []domain.Finding // the faults as the sender reads them
}

// hear judges a return alone.
func (rules *Rules) hear(d *Docket, k *domain.Kept) (out *heard, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Bug{Return: k, Value: p, Stack: debug.Stack()}
		}
	}()
	err = withHearing(rules, d, k, func(h *hearing) error {
		h.gatherFields()
		h.gatherEveryone()
		for i := range catalogue {
			rule := &catalogue[i]
			if rule.judge == nil || !h.mayAsk(rule) {
				continue
			}
			if err := h.ask(rule, func() []fault { return rule.judge(h) }); err != nil {
				return err
			}
		}
		if h.mayAsk(nil) {
			for _, l := range rules.local {
				if err := h.ask(&l.rule, func() []fault { return l.judgeRows(h) }); err != nil {
					return err
				}
			}
		}
		out = &heard{kept: k, clean: !h.hasError(), findings: h.findings()}
		if h.identified() {
			out.unit, out.prints, out.faults = h.unit.Code, rules.fingerprints(h.r), h.faults
		}
		return nil
	})
	return out, err
}

// compare judges a return against the others, after it was heard alone.
func (rules *Rules) compare(c *court, alone *heard) (findings []domain.Finding, err error) {
	err = withHearing(rules, c.d, alone.kept, func(h *hearing) error {
		h.faults = slices.Clone(alone.faults)
		for i := range catalogue {
			rule := &catalogue[i]
			if rule.compare == nil {
				continue
			}
			if err := h.ask(rule, func() []fault { return rule.compare(c, h) }); err != nil {
				return err
			}
		}
		// With another unit's list come its cells, its people and its figures: that they
		// are not those of this unit is the one mistake that U03 tells.
		if slices.ContainsFunc(h.faults, func(f fault) bool { return f.rule.Code == "U03" && f.severity == domain.Error }) {
			h.faults = slices.DeleteFunc(h.faults, func(f fault) bool { return f.rule.ofUnit })
		}
		findings = h.findings()
		return nil
	})
	return findings, err
}

// ask puts a rule to the return and keeps what it tells, with the severity that is
// in force. A panic becomes an error that names the rule.
func (h *hearing) ask(rule *rule, say func() []fault) (err error) {
	severity, ok := h.rules.inForce(rule.Code, h.period, h.unit.Code)
	if !ok {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = &Bug{Return: h.kept, Rule: rule.Code, Value: p, Stack: debug.Stack()}
		}
	}()
	for _, f := range say() {
		f.rule = rule
		f.severity = milder(severity, f.severity)
		h.waive(&f)
		h.faults = append(h.faults, f)
	}
	return nil
}

// waive makes a fault that the office accepts one that asks for nothing.
func (h *hearing) waive(f *fault) {
	for _, w := range h.docket.Waived {
		if w.Unit == h.unit.Code && f.rule.waivable && w.Covers(f.rule.Code, f.cell) && gravity[f.severity] > gravity[domain.Info] {
			f.severity = domain.Info
			f.do = fmt.Sprintf("cơ quan đã chấp nhận ngày %s: %s", w.When, w.Why)
		}
	}
}

// gravity orders the severities.
var gravity = map[domain.Severity]int{domain.Trial: 0, domain.Info: 1, domain.Warning: 2, domain.Error: 3}

// milder is the severity in force, unless the rule itself asks for a milder one.
func milder(inForce, asked domain.Severity) domain.Severity {
	if asked != "" && gravity[asked] < gravity[inForce] {
		return asked
	}
	return inForce
}
