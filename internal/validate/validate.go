// Package validate is the rules: one ordered table of pure functions (rules.go)
// over a return, the assignment and what is already accepted. Every sentence that
// a sender reads stands beside the rule that says it.
//
// It knows neither files nor clock nor storage, and it never logs. One return is judged
// in two steps, each of values only:
//
//	Alone    what the workbook says by itself
//	Against  what it says beside other returns: claims of other units, the return that
//	         counted before it, people of earlier years, closings (claimed.go, claims.go)
//	Join     both together as the sender is to read them: waivers, one cause one error,
//	         what was told before (join.go)
//	Fold     a finding of many cells told once, for those who read
//
// Findings are kept as Alone and Against give them: a waiver or a change among the other
// returns needs no workbook.
//
// The rules stand by subject: file.go, unit.go, row.go, dates.go, across.go, claimed.go
// (between units), arithmetic.go, target.go, district.go (about the whole), local.go (the
// office's own). load.go reads the configuration, context.go is what a rule may look at,
// violation.go how it speaks.
//
// A rule whose input is missing or unreadable stays silent, because the rule that
// found it so has spoken: one cause, one error.
package validate

import (
	"fmt"
	"runtime/debug"

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

// AgainstInput is a return and what is known of others.
type AgainstInput struct {
	AloneInput
	Received   int64          // number of the event that received the return
	Own        []domain.Claim // the unit's own claims, as far as they are on the return's keys
	Others     []domain.Claim // other units' claims of the year on the return's keys
	Past       []domain.Claim // what any unit claimed to the end of an earlier year, on the return's keys: who was admitted then
	Previous   *domain.Return // the unit's return counted for the nearest earlier period of the year; nil: none
	Duplicates []string       // of a clean return: files of the unit's other clean versions of the period, same Lần nộp and Ngày lập
	Forgotten  []Forgotten    // of units that this one took over from, when everybody who did has sent
	Closed     bool           // the period was closed for the unit before the return was received
	Named      bool           // judged alone, it had the unit's name: the register may have another since
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
func (rules *Rules) Alone(in AloneInput) ([]domain.Finding, error) {
	return rules.judge(AgainstInput{AloneInput: in}, func(r *Rule) says { return r.alone })
}

// Against judges a return beside others, from values only: a finding for each cell, in
// their total order, with the severity that is in force before any waiver. An error is
// about our run and is a *Bug.
//
// A clash with another unit is told if that one held the key first, or as early: whoever
// was first keeps the person.
func (rules *Rules) Against(in AgainstInput) ([]domain.Finding, error) {
	return rules.judge(in, func(r *Rule) says { return r.against })
}

// judge puts a return before every rule in force that says something of that kind.
func (rules *Rules) judge(in AgainstInput, of func(*Rule) says) (_ []domain.Finding, err error) {
	rc := &ruleContext{AgainstInput: in, rules: rules, rule: &Rule{}, findings: []domain.Finding{}}
	defer func() {
		if p := recover(); p != nil {
			err = &Bug{File: in.Return.File, Rule: rc.rule.Code, Value: p, Stack: debug.Stack()}
		}
	}()
	rc.gather()
	for _, rule := range rules.list {
		if say := of(rule); say != nil && rc.mayAsk(rule) && rule.inForce(rc.Period, rc.unit.Code) {
			rc.rule = rule
			say(rc)
		}
	}
	domain.SortFindings(rc.findings)
	return rc.findings, nil
}

// each makes a rule of many things of a return of what it says of one.
func each[T any](things func(*ruleContext) []T, of func(*ruleContext, T)) says {
	return func(rc *ruleContext) {
		for _, x := range things(rc) {
			of(rc, x)
		}
	}
}

// gravity orders the severities.
var gravity = map[domain.Severity]int{domain.Trial: 0, domain.Info: 1, domain.Warning: 2, domain.Error: 3}
