package report

import (
	"cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// featureFields names the columns of CO_CAU: the traits by what they are, the others
// by their group and a letter in the order they come in, so that a template keeps
// its columns when the wording or a code list changes.
var featureFields = []struct {
	group  string
	fields []string
}{
	{"", []string{"women", "minority", "religious", "youthUnion", "readmitted"}},
	{"Độ tuổi", lettered("age", 10)},
	{"Trình độ học vấn", lettered("school", 6)},
	{"Chuyên môn nghiệp vụ", lettered("skill", 8)},
	{"Nghề nghiệp", lettered("job", 18)},
	{"Nhóm nguồn", lettered("source", 20)},
}

// lettered is ageA, ageB, … .
func lettered(prefix string, n int) []string {
	var fields []string
	for i := range n {
		fields = append(fields, prefix+string(rune('A'+i)))
	}
	return fields
}

// addStructure adds the list structure, each unit with how many of its admitted have
// each feature; structures, their sums; and feature, the columns' headers.
func addStructure(b *template.Book, s *consolidate.Summary) {
	at := map[string]int{} // by field, the place of its feature; -1 where there is none
	for _, g := range featureFields {
		for _, field := range g.fields {
			at[field] = -1
		}
		n := 0
		for i, f := range s.Features {
			if f.Group == g.group && n < len(g.fields) {
				at[g.fields[n]] = i
				n++
			}
		}
	}
	figures := func(line consolidate.StructureLine) map[string]any {
		values := map[string]any{"admitted": line.Admitted}
		for field, i := range at {
			values[field] = nil
			if i >= 0 && i < len(line.Counts) {
				values[field] = line.Counts[i]
			}
		}
		return values
	}
	lineItem := func(n int, line consolidate.StructureLine) map[string]any {
		values := figures(line)
		values["no"], values["code"], values["name"] = n, line.Unit.Code, line.Unit.Name
		return values
	}
	b.Lists["structure"] = template.ListOf("", s.Structure, lineItem)
	b.Add("structures", figures(s.StructSum))
	for field, i := range at {
		b.Values["feature."+field] = ""
		if i >= 0 {
			b.Values["feature."+field] = s.Features[i].Label
		}
	}
}

// addPartyCells adds the list partyCell, and partyCells, their sums.
func addPartyCells(b *template.Book, s *consolidate.Summary) {
	cellItem := func(n int, c consolidate.PartyCellLine) map[string]any {
		values := map[string]any{
			"no": n, "code": c.Unit.Code, "unit": c.Unit.Name, "cell": cmp.Or(c.Cell, "(chưa ghi chi bộ)"),
			"target": c.Target, "admitted": c.Admitted, "remaining": notBelow(c.Target.Minus(c.Admitted)), "mark": "",
		}
		switch {
		case c.Admitted == domain.People(0):
			values["mark"] = "Chưa kết nạp"
		case !c.Admitted.Known:
			values["mark"] = "Chưa có báo cáo được nhận"
		}
		return values
	}
	var target, admitted domain.Count
	none, told := 0, 0
	for _, c := range s.PartyCells {
		if c.Admitted.Known {
			told++
		}
		target, admitted = consolidate.Sum(target, c.Target), consolidate.Sum(admitted, c.Admitted)
		if c.Admitted == domain.People(0) {
			none++
		}
	}
	list, noCell := listOr(s.PartyCells, cellItem, "Chưa có báo cáo nào được nhận nên chưa có số liệu từng chi bộ")
	list.Foreign = true
	b.Lists["partyCell"], b.Lists["noPartyCell"] = list, noCell
	b.Add("partyCells", map[string]any{"count": told, "none": none, "target": target, "admitted": admitted})
}

// notBelow is what is still to do: 0, fixed, where the target is passed.
func notBelow(n domain.Count) any {
	if n.N < 0 {
		return template.Fixed{Value: domain.People(0)}
	}
	return n
}

// stageFields names the stages of the source pool, in the order of domain.Stages.
var stageFields = []string{"outstanding", "learned", "dossier", "submitted", "stopped", "left"}

// addPool adds the list pool, the source pools of the units, and pools, their sums.
func addPool(b *template.Book, s *consolidate.Summary) {
	figures := func(p consolidate.PoolLine) map[string]any {
		values := map[string]any{
			"total": p.Total, "trained": p.Trained, "local": p.Local, "moved": p.Moved, "expiring": p.Expiring, "expired": p.Expired,
			"remaining": p.Remaining, "perPlace": p.PerPlace,
		}
		for i, field := range stageFields {
			values[field] = nil
			if i < len(p.Stages) {
				values[field] = p.Stages[i]
			}
		}
		return values
	}
	lineItem := func(n int, p consolidate.PoolLine) map[string]any {
		values := figures(p)
		values["no"], values["code"], values["name"] = n, p.Unit.Code, p.Unit.Name
		return values
	}
	b.Lists["pool"] = template.ListOf("", s.Pool, lineItem)
	remaining := 0
	for _, p := range s.Pool {
		remaining += p.Remaining.N
	}
	sums := figures(s.PoolSum)
	sums["remaining"] = agreeing(s.PoolSum.Remaining, s.PoolSum.Remaining.N == remaining)
	b.Add("pools", sums)
}
