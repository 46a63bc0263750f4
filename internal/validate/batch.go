package validate

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
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
	Counting   domain.Counting         // as of AloneInput
	Level      string                  // as of AloneInput
	Deadline   domain.Date             // as of AloneInput
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

// Waiver accepts a finding of a unit at a cell: it is told as info, with who may read why.
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

// Who held a key first, as far as a docket knows.
const (
	inEarlierRun = 1
	inThisRun    = 2
)

// batch is a docket being judged: of all that its returns hold it has only what more than
// one unit holds, or what was held in earlier years. Nothing else can clash, and the
// returns of a whole country fit.
type batch struct {
	*Docket
	rules  *Rules
	shared map[uint64]bool           // hashes of keys
	claims map[string][]domain.Claim // by key, of the return of each unit that the others are compared with
	own    map[string][]domain.Claim // by unit, of the version accepted in an earlier run
	past   map[string][]Person       // by key
	twins  map[*domain.Kept][]string
}

// result is what is left of a return after it was judged without the others.
type result struct {
	kept     *domain.Kept
	unit     string // "" for one that is compared with nobody's: see identified
	clean    bool
	alone    []domain.Finding
	findings []domain.Finding // as the sender is told, not folded
	prints   []fingerprint
}

// with opens the return for as long as it is judged. A bug names it.
func (res *result) with(judge func(*domain.Return) error) error {
	err := res.kept.With(func(r *domain.Return) (err error) {
		defer caught(r, &err)
		return judge(r)
	})
	if bug, ok := errors.AsType[*Bug](err); ok {
		bug.Return = res.kept
	}
	return err
}

// fingerprint is a key made short. Two with one need not be the same key: whoever may
// clash is looked at again.
type fingerprint struct {
	hash uint64
	day  domain.Date
}

var seed = maphash.MakeSeed()

func printsOf(keys []Key) []fingerprint {
	prints := make([]fingerprint, len(keys))
	for i, k := range keys {
		prints[i] = fingerprint{maphash.String(seed, k.Text), k.Day}
	}
	return prints
}

// Judge judges each fresh return alone, then beside the others. Findings[i] belong to
// d.Fresh[i], in their total order; the order of d.Fresh never matters. An error is about
// our run, never about a return: a rule that panics is a *Bug, which names the return; the
// others can be judged without it.
//
// A clash is told to both, unless one of the two was accepted with it in an earlier run:
// then only to the newer. Of all the returns only those are open that are being judged.
func (rules *Rules) Judge(d Docket) (_ [][]domain.Finding, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("judge the returns of %s: panic: %v\n%s", d.Period, p, debug.Stack())
		}
	}()
	b := &batch{Docket: &d, rules: rules, shared: map[uint64]bool{}, claims: map[string][]domain.Claim{}, own: map[string][]domain.Claim{}}
	all := make([]*result, len(d.Fresh))
	err = atOnce(len(all), func(i int) error {
		all[i] = &result{kept: d.Fresh[i]}
		return b.judgeAlone(all[i])
	})
	if err == nil {
		err = b.index(all)
	}
	if err == nil {
		err = atOnce(len(all), func(i int) error { return b.judgeAgainst(all[i]) })
	}
	if err != nil {
		return nil, err
	}
	findings := make([][]domain.Finding, len(all))
	for i, res := range all {
		findings[i] = res.findings
	}
	return findings, nil
}

// judgeAlone judges a return beside the unit's own of an earlier period only.
func (b *batch) judgeAlone(res *result) error {
	return res.with(func(r *domain.Return) error {
		rc := b.rules.newContext(AloneInput{r, b.Period, b.Assignment, b.Counting, b.Level, b.Deadline})
		if err := rc.judgeAlone(); err != nil {
			return err
		}
		res.alone = rc.findings()
		if err := b.compare(res, rc, AgainstInput{}); err != nil {
			return err
		}
		if rc.identified() {
			res.unit, res.clean, res.prints = rc.unit.Code, !domain.HasError(res.findings), printsOf(KeysOf(b.rules.Keys(r)))
		}
		return nil
	})
}

// judgeAgainst judges a return beside those of other units, if it has something to do
// with them.
func (b *batch) judgeAgainst(res *result) error {
	if twins := b.twins[res.kept]; res.unit == "" || len(twins) == 0 && !b.disputed(res) {
		return nil
	}
	return res.with(func(r *domain.Return) error {
		in := AgainstInput{Own: b.own[res.unit], Twins: b.twins[res.kept]}
		for _, k := range KeysOf(b.rules.Keys(r)) {
			in.Others = append(in.Others, b.claims[k.Text]...)
			in.Past = append(in.Past, b.past[k.Text]...)
		}
		rc := b.rules.newContext(AloneInput{r, b.Period, b.Assignment, b.Counting, b.Level, b.Deadline})
		return b.compare(res, rc, in)
	})
}

// compare joins what is found of a return alone with what is found beside others.
func (b *batch) compare(res *result, rc *ruleContext, in AgainstInput) error {
	rc.violations = nil
	in.Return, in.Closed, in.Received = rc.r, b.Closed[rc.unit.Code], inThisRun
	judge := func(previous *domain.Return) error {
		in.Previous = previous
		if err := rc.judgeAgainst(in); err != nil {
			return err
		}
		joined := JoinInput{Alone: slices.Clone(res.alone), Against: rc.findings()}
		for _, list := range [][]domain.Finding{joined.Alone, joined.Against} {
			for i := range list {
				b.waive(rc.unit.Code, &list[i])
			}
		}
		if rc.attributed() {
			joined.Told = AlreadyTold(rc.r, previous, b.Told[rc.unit.Code])
		}
		res.findings = Join(joined)
		return nil
	}
	if k := b.Earlier[rc.unit.Code]; k != nil {
		return k.With(judge)
	}
	return judge(nil)
}

// waive lets the waivers of the docket cover a finding.
func (b *batch) waive(unit string, f *domain.Finding) {
	for _, w := range b.Waived {
		if w.Unit == unit && w.Covers(f.Rule, f.Cell) && waivable(f) {
			waive(f, w.When, w.Why)
		}
	}
}

// index picks for each unit the return that the others are compared with, and keeps what
// may clash of it: the newest version that has no error alone, be it of an earlier run;
// else the newest. A unit that has sent nothing for this period stands with its nearest
// earlier one.
func (b *batch) index(fresh []*result) error {
	standing := before(b.Standing)
	best := map[string]*result{}
	versions := map[string][]*domain.Kept{}
	for _, res := range slices.Concat(fresh, standing) {
		if res.unit == "" {
			continue
		}
		if res.clean {
			versions[res.unit] = append(versions[res.unit], res.kept)
		}
		was := best[res.unit]
		if was == nil || res.clean && !was.clean || res.clean == was.clean && res.kept.Version.Compare(was.kept.Version) > 0 {
			best[res.unit] = res
		}
	}
	b.twins = twinsOf(versions)
	earlier := slices.DeleteFunc(before(b.Earlier), func(res *result) bool { return best[res.unit] != nil })
	known := slices.Concat(standing, earlier)
	if _, err := b.keys(known); err != nil {
		return err
	}
	b.findShared(slices.Concat(fresh, known))
	b.indexPast()
	standing = slices.DeleteFunc(standing, func(res *result) bool { return !b.disputed(res) })
	held, err := b.keys(standing)
	if err != nil {
		return err
	}
	first := map[domain.Claim]bool{} // without identity numbers, which may have been corrected
	for i, res := range standing {
		for _, k := range held[i] {
			first[b.claim(res.unit, k.held(), inEarlierRun)] = true
			b.own[res.unit] = append(b.own[res.unit], b.claim(res.unit, k, inEarlierRun))
		}
	}
	for _, res := range earlier {
		best[res.unit] = res
	}
	var rivals []*result
	for _, unit := range sortedKeys(best) {
		if b.disputed(best[unit]) {
			rivals = append(rivals, best[unit])
		}
	}
	if held, err = b.keys(rivals); err != nil {
		return err
	}
	for i, res := range rivals {
		for _, k := range held[i] {
			c := b.claim(res.unit, k, inThisRun)
			if first[b.claim(res.unit, k.held(), inEarlierRun)] {
				c.Since = inEarlierRun
			}
			b.claims[k.Text] = append(b.claims[k.Text], c)
		}
	}
	return nil
}

func (b *batch) claim(unit string, k Key, since int64) domain.Claim {
	return domain.Claim{Key: k.Text, Unit: unit, Day: k.Day, From: b.Period, Since: since, ID: k.ID}
}

// before are returns that were accepted in earlier runs, in the order of units.
func before(kept map[string]*domain.Kept) []*result {
	var list []*result
	for _, unit := range sortedKeys(kept) {
		list = append(list, &result{kept: kept[unit], unit: unit, clean: true})
	}
	return list
}

// keys are the shared keys of returns; they learn their fingerprints.
func (b *batch) keys(of []*result) ([][]Key, error) {
	list := make([][]Key, len(of))
	err := atOnce(len(of), func(i int) error {
		return of[i].kept.With(func(r *domain.Return) error {
			keys := KeysOf(b.rules.Keys(r))
			of[i].prints = printsOf(keys)
			for j, p := range of[i].prints {
				if b.shared[p.hash] {
					list[i] = append(list[i], keys[j])
				}
			}
			return nil
		}, domain.SheetAdmissions)
	})
	return list, err
}

// findShared finds what more than one unit holds; of decisions, those with two dates.
func (b *batch) findShared(of []*result) {
	type held struct {
		fingerprint
		unit string
	}
	var all []held
	for _, res := range of {
		for _, p := range res.prints {
			all = append(all, held{p, res.unit})
		}
	}
	slices.SortFunc(all, func(a, b held) int { return cmp.Compare(a.hash, b.hash) })
	for from := 0; from < len(all); {
		first, to := all[from], from+1
		units, days := false, first.day.IsZero()
		for ; to < len(all) && all[to].hash == first.hash; to++ {
			units = units || all[to].unit != first.unit
			days = days || all[to].day != first.day
		}
		if units && days {
			b.shared[first.hash] = true
		}
		from = to
	}
}

// indexPast files people of earlier years by their keys.
func (b *batch) indexPast() {
	b.past = map[string][]Person{}
	add := func(key string, p Person) {
		b.past[key] = append(b.past[key], p)
		b.shared[maphash.String(seed, key)] = true
	}
	for _, p := range b.Past {
		if p.NationalID != "" {
			add("i"+p.NationalID, p)
		}
		if p.NameKey != "" && !p.Born.IsZero() {
			add("w"+p.NameKey+" "+p.Born.ISO(), p)
		}
	}
}

// disputed reports whether a return has something that another one has too.
func (b *batch) disputed(res *result) bool {
	return slices.ContainsFunc(res.prints, func(p fingerprint) bool { return b.shared[p.hash] })
}

// twinsOf are the files of other versions of a unit that nothing but the fingerprint tells
// from one of it. Of versions with an error none counts: nothing is left to the fingerprint.
func twinsOf(versions map[string][]*domain.Kept) map[*domain.Kept][]string {
	twins := map[*domain.Kept][]string{}
	for _, list := range versions {
		for _, k := range list {
			for _, other := range list {
				a, b := k.Version, other.Version
				if a.SHA256 != b.SHA256 && a.Submission == b.Submission && a.Prepared == b.Prepared && !slices.Contains(twins[k], other.File.Path) {
					twins[k] = append(twins[k], other.File.Path)
				}
			}
		}
	}
	return twins
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
	return cmp.Or(errs...)
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
