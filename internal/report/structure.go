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

// addStructure adds the list structure, each unit with how many of its admitted have each
// feature; structureGroup and structures, the sums by group of units and of all; and feature,
// the columns' headers.
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
	groups := structureGroups(s)
	b.Lists["structureGroup"] = template.ListOf(groups, func(n int, g structureGroup) map[string]any {
		var sum consolidate.StructureLine
		for _, line := range g.lines {
			sum.Add(line)
		}
		values := figures(sum)
		values["no"], values["name"] = roman(n), g.name
		return values
	})
	b.Lists["structure"] = listIn("structureGroup", groups, func(g structureGroup) []consolidate.StructureLine { return g.lines }, lineItem)
	b.Add("structures", figures(s.StructSum))
	for field, i := range at {
		b.Values["feature."+field] = ""
		if i >= 0 {
			b.Values["feature."+field] = s.Features[i].Label
		}
	}
}

// structureGroup are the lines of CO_CAU of one group of units.
type structureGroup struct {
	name  string
	lines []consolidate.StructureLine
}

// structureGroups are the groups of TIEN_DO, and one of the units that have ended.
func structureGroups(s *consolidate.Summary) (groups []structureGroup) {
	ended := structureGroup{name: "Đơn vị đã kết thúc"}
	at := map[string]int{} // by unit, the place of its group
	for i, g := range s.Groups {
		groups = append(groups, structureGroup{name: g.Name})
		for _, u := range g.Units {
			at[u.Unit.Code+u.Unit.Name] = i
		}
	}
	for _, line := range s.Structure {
		of := &ended
		if i, ok := at[line.Unit.Code+line.Unit.Name]; ok {
			of = &groups[i]
		}
		of.lines = append(of.lines, line)
	}
	if len(ended.lines) > 0 {
		groups = append(groups, ended)
	}
	return groups
}

// addPartyCells adds the list partyCell; partyUnit, their sums by unit; and partyCells, all in all.
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
	type unitCells struct {
		code, name string
		cells      []consolidate.PartyCellLine
	}
	var units []unitCells
	for i, c := range s.PartyCells {
		if i == 0 || c.Unit.Code != units[len(units)-1].code {
			units = append(units, unitCells{code: c.Unit.Code, name: c.Unit.Name})
		}
		last := &units[len(units)-1]
		last.cells = append(last.cells, c)
	}
	b.Lists["partyUnit"] = template.ListOf(units, func(n int, u unitCells) map[string]any {
		sums := sumsOf(u.cells)
		values := sums.values()
		values["no"], values["code"], values["name"], values["count"] = n, u.code, u.name, len(u.cells)
		if sums.known == 0 {
			values["none"] = template.Fixed{Value: "Chưa có báo cáo được nhận"}
		}
		return values
	})
	list := listIn("partyUnit", units, func(u unitCells) []consolidate.PartyCellLine { return u.cells }, cellItem)
	list.Foreign = true
	b.Lists["partyCell"] = list
	b.Lists["noPartyCell"] = insteadOf(len(units), "Chưa có báo cáo nào được nhận nên chưa có số liệu từng chi bộ")
	whole := sumsOf(s.PartyCells)
	sums := whole.values()
	sums["count"] = whole.known
	b.Add("partyCells", sums)
}

// cellSums are the sums of some party cells.
type cellSums struct {
	known, none                 int // cells that figures are known of; those that have admitted nobody
	target, admitted, remaining domain.Count
}

func sumsOf(cells []consolidate.PartyCellLine) (sums cellSums) {
	for _, c := range cells {
		if c.Admitted.Known {
			sums.known++
		}
		if c.Admitted == domain.People(0) {
			sums.none++
		}
		remaining := c.Target.Minus(c.Admitted)
		remaining.N = max(remaining.N, 0)
		sums.target, sums.admitted = consolidate.Sum(sums.target, c.Target), consolidate.Sum(sums.admitted, c.Admitted)
		sums.remaining = consolidate.Sum(sums.remaining, remaining)
	}
	return sums
}

func (s cellSums) values() map[string]any {
	return map[string]any{"none": s.none, "target": s.target, "admitted": s.admitted, "remaining": s.remaining}
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
	b.Lists["pool"] = template.ListOf(s.Pool, lineItem)
	remaining := 0
	for _, p := range s.Pool {
		remaining += p.Remaining.N
	}
	sums := figures(s.PoolSum)
	sums["remaining"] = agreeing(s.PoolSum.Remaining, s.PoolSum.Remaining.N == remaining)
	b.Add("pools", sums)
}
