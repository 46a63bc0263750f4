package validate

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// Rule is a row of the catalogue, as it is shown too: `ketnap rules`, docs/rules.md. To add
// one: its row beside its function in the file of its subject (context.go has what it may
// ask, violation.go how it speaks), and in catalogue below; its two cases in the _test file
// of the same subject; then `go test ./internal/validate -update` for config/rules.yaml and
// docs/rules.md. Codes are public and never used again.
type Rule struct {
	Code     string
	Severity domain.Severity // by default; of Rules, as rules.yaml sets it
	Cell     string          // where the finding points, in words
	Title    string          // what is wrong, one line
	Why      string          // why it matters
	Source   string          // the law or the product's own reason
	Example  string          // a sentence as the sender reads it

	Scope    Scope // see catalogue
	Waivable bool  // one finding of it can be accepted

	// What rules.yaml says of it.
	Limits      []Limit // that it uses
	From, Until domain.Period
	Exempt      []Exemption

	limits  []limitName
	ofFile  bool // speaks of the file itself: asked even when no form was found in it
	ofUnit  bool // compares with what is known of the unit: not asked when whose return it is is not known
	fixed   bool // cannot be softened: without it nothing can be said of a file
	firm    bool // cannot be accepted: nothing would be left to count
	alone   says // of a return by itself
	against says // of a return beside others
}

// Beside reports whether a rule, or a part of it, compares a return with those of other units, with
// earlier months or with what is closed: where there is no record, that cannot be asked.
func (r *Rule) Beside() bool { return r.against != nil }

// Alone reports whether a rule speaks of a return by itself.
func (r *Rule) Alone() bool { return r.alone != nil }

// Exemption is a unit that a rule does not apply to, and why.
type Exemption struct {
	Unit string `yaml:"unit"`
	Why  string `yaml:"why"`
}

// says looks at a return and tells what is wrong: it changes nothing, and what it tells
// follows from what it looks at.
type says func(*ruleContext)

// Scope is what a rule looks at.
type Scope string

// The scopes.
const (
	ScopeFile     Scope = "Tệp"
	ScopeUnit     Scope = "Đơn vị và kỳ"
	ScopeRow      Scope = "Từng dòng"
	ScopeAcross   Scope = "Giữa các dòng, các sheet, các báo cáo"
	ScopeSums     Scope = "Số học"
	ScopeTarget   Scope = "Chỉ tiêu"
	ScopeDistrict Scope = "Toàn cấp"
	ScopeLocal    Scope = "Quy tắc riêng của cơ quan"
)

// Words of sources that many rules share. The four regulations on the Party
// Statutes followed each other; each rule is judged by the one in force.
const (
	ourForm  = "Quy ước của mẫu KND-01."
	ourCount = "Quy ước của chương trình: mỗi con số phải truy được về danh sách."
	// statutes are the regulations in the order they took effect.
	statutes = "Quy định 29-QĐ/TW ngày 25/7/2016, 24-QĐ/TW ngày 30/7/2021, 232-QĐ/TW ngày 20/01/2025, 294-QĐ/TW ngày 26/5/2025 về thi " +
		"hành Điều lệ Đảng"
	idLaw = "Nghị định 137/2015/NĐ-CP Điều 13; Thông tư 07/2016/TT-BCA Điều 7 và phụ lục."
)

// catalogue is every rule, by what it looks at.
var catalogue = slices.Concat(
	of(ScopeFile, ruleF01, ruleF02, ruleF03, ruleF04, ruleF05, ruleF06, ruleF07, ruleF08, ruleF09, ruleF10, ruleF11, ruleF12, ruleF13,
		ruleF14, ruleF15, ruleF16),
	of(ScopeUnit, ruleU01, ruleU02, ruleU03, ruleT01, ruleT02, ruleT03, ruleT04, ruleT05),
	of(ScopeRow, ruleR01, ruleR02, ruleR03, ruleR04, ruleR05, ruleR06, ruleR07, ruleR08, ruleR09, ruleR10, ruleR11, ruleR12, ruleR13,
		ruleR14, ruleR15, ruleR16, ruleR17, ruleR18, ruleR19, ruleR20, ruleR21, ruleR22, ruleR23, ruleR24, ruleR25),
	of(ScopeAcross, ruleX01, ruleX02, ruleX03, ruleX04, ruleX05, ruleX06, ruleX07, ruleX08),
	of(ScopeSums, ruleA01, ruleA02, ruleA03, ruleA04, ruleA05, ruleA06, ruleA07),
	of(ScopeTarget, ruleG01, ruleG02, ruleG03, ruleG04, ruleG05),
	of(ScopeDistrict, ruleD01, ruleD02, ruleD03, ruleD04, ruleD05),
)

// of are rules of one scope. What is wrong with a file, or with the whole, cannot be accepted.
func of(scope Scope, rows ...Rule) (rules []*Rule) {
	for _, rule := range rows {
		rule.Scope = scope
		rule.Waivable = !rule.fixed && !rule.firm && scope != ScopeFile && scope != ScopeDistrict
		rules = append(rules, &rule)
	}
	return rules
}

// ruleOf is the row of a code, nil when there is none.
func ruleOf(rules []*Rule, code string) *Rule {
	i := slices.IndexFunc(rules, func(r *Rule) bool { return r.Code == code })
	if i < 0 {
		return nil
	}
	return rules[i]
}

// Catalogue lists every rule as it is in force, the local ones last.
func (rules *Rules) Catalogue() []*Rule { return slices.Clone(rules.list) }

// WriteRule writes one rule for people to read: `ketnap rules CODE`, docs/rules.md.
func WriteRule(w io.Writer, r *Rule) error {
	b := bufio.NewWriter(w) // keeps the first error for Flush
	fmt.Fprintf(b, "%s\n\n%s. Mức độ: %s. Phạm vi: %s. Ô: %s.\n\n", r.Code, r.Title, r.Severity.Vietnamese(), r.Scope, r.Cell)
	if r.Why != "" {
		fmt.Fprintf(b, "- Vì sao: %s\n", r.Why)
	}
	fmt.Fprintf(b, "- Căn cứ: %s\n", strings.TrimRight(r.Source, ".")+".")
	for _, l := range r.Limits {
		fmt.Fprintf(b, "- Giới hạn `%s` (%s):\n", l.Name, l.What)
		for _, s := range l.Steps {
			fmt.Fprintf(b, "  - từ %s: %d (%s)\n", s.From, s.Value, s.Source)
		}
	}
	if !r.From.IsZero() || !r.Until.IsZero() {
		fmt.Fprintf(b, "- Áp dụng: %s\n", spanOf(r.From, r.Until))
	}
	for _, e := range r.Exempt {
		fmt.Fprintf(b, "- Không áp dụng cho %s: %s\n", e.Unit, e.Why)
	}
	fmt.Fprintf(b, "- Ví dụ: «%s»\n", r.Example)
	return b.Flush()
}

// spanOf words the periods a rule is in force for.
func spanOf(from, until domain.Period) string {
	switch {
	case until.IsZero():
		return "từ kỳ " + from.Short()
	case from.IsZero():
		return "đến kỳ " + until.Short()
	}
	return fmt.Sprintf("từ kỳ %s đến kỳ %s", from.Short(), until.Short())
}
