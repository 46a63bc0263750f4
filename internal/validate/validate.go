// Package validate is the rules: one ordered table of pure functions (rules.go)
// over a return, the assignment and what is already accepted. Every sentence that
// a sender reads stands beside the rule that says it.
//
// It knows neither files nor clock nor storage, and it never logs. One return is judged
// in two steps, each of values only:
//
//	Alone    what the workbook says by itself (this file)
//	Against  what it says beside other returns: claims of other units, the return that
//	         counted before it, people of earlier years, closings (against.go, claims.go)
//	Join     both together as the sender is to read them: waivers, one cause one error,
//	         what was told before (join.go)
//	Fold     a finding of many cells told once, for those who read
//
// Findings are kept as Alone and Against give them: a waiver or a change among the other
// returns needs no workbook.
//
// The rules stand by subject: file.go, unit.go, row.go, across.go, claimed.go
// (between units), arithmetic.go, target.go, district.go (about the whole), local.go (the
// office's own). load.go reads the configuration, context.go is what a rule may look at,
// violation.go makes findings of what rules tell.
//
// A rule whose input is missing or unreadable stays silent, because the rule that
// found it so has spoken: one cause, one error.
package validate

import (
	"fmt"
	"runtime/debug"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// AloneInput is a return and what it is judged by.
type AloneInput struct {
	Return     *domain.Return
	Period     domain.Period // it is judged for; zero: the one it gives for itself
	Assignment *reference.Assignment
	Counting   domain.Counting // which date puts a person in a period; "" is ByDecision
	Level      string          // the word for the level that assigns: huyện (the default), tỉnh, xã
	Deadline   domain.Date     // last day to send; zero: none
}

// Bug is a rule that panicked over a return. It is about our run: the return has
// not been judged, and nothing may be held against it.
type Bug struct {
	File  domain.File
	Rule  string // "" when it was not in a rule
	Value any
	Stack []byte
}

func (b *Bug) Error() string {
	return fmt.Sprintf("rule %s on %q: panic: %v\n%s", b.Rule, b.File.Path, b.Value, b.Stack)
}

// Alone judges a return by itself: a finding for each cell, in their total order, with the
// severity that is in force before any waiver. An error is about our run and is a *Bug.
func (rules *Rules) Alone(in AloneInput) (findings []domain.Finding, err error) {
	defer caught(in.Return, &err)
	rc := rules.newContext(in)
	rc.gatherFields()
	rc.gatherEveryone()
	return rc.judge(func(r *rule) says { return r.alone })
}

// judge asks every rule that says something of that kind.
func (rc *ruleContext) judge(of func(*rule) says) ([]domain.Finding, error) {
	for _, rule := range slices.Concat(catalogue, rc.rules.local) {
		if say := of(rule); say != nil && rc.mayAsk(rule) {
			if err := rc.ask(rule, say); err != nil {
				return nil, err
			}
		}
	}
	return rc.findings(), nil
}

// ask puts a rule to the return and keeps what it tells, with the severity that is
// in force. A panic becomes an error that names the rule.
func (rc *ruleContext) ask(rule *rule, say says) (err error) {
	severity, ok := rc.rules.inForce(rule.Code, rc.period, rc.unit.Code)
	if !ok {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = &Bug{File: rc.r.File, Rule: rule.Code, Value: p, Stack: debug.Stack()}
		}
	}()
	for _, v := range say(rc) {
		v.rule = rule
		v.severity = milder(severity, v.severity)
		rc.violations = append(rc.violations, v)
	}
	return nil
}

// each makes a rule of many things of a return of what it says of one.
func each[T any](things func(*ruleContext) []T, of func(*ruleContext, T) []violation) says {
	return func(rc *ruleContext) (violations []violation) {
		for _, x := range things(rc) {
			violations = append(violations, of(rc, x)...)
		}
		return violations
	}
}

// What most rules go over: see ruleContext.
func people(rc *ruleContext) []*domain.Admission   { return rc.people }
func pool(rc *ruleContext) []*domain.Candidate     { return rc.pool }
func everyone(rc *ruleContext) []someone           { return rc.everyone }
func values(rc *ruleContext) []field               { return rc.fields }
func sheets(rc *ruleContext) []domain.SheetReading { return rc.r.Reading.Sheets }

// caught makes a panic outside the rules an error.
func caught(r *domain.Return, err *error) {
	if p := recover(); p != nil {
		*err = &Bug{File: r.File, Value: p, Stack: debug.Stack()}
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
