package report

import (
	"fmt"
	"io/fs"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/docx"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// wordTemplate is the file name of the template of Word.
const wordTemplate = "bao-cao.docx"

// Word is the report that the office signs: the template bao-cao.docx of fsys, filled with the
// names of the consolidated workbook. The same arguments give the same bytes. A template that
// cannot be filled is template.Errors.
func Word(fsys fs.FS, s *consolidate.Summary, office Office) ([]byte, error) {
	return fillWord(fsys, consolidatedBook(s, office))
}

// CheckWord finds the mistakes in the template of Word.
func CheckWord(fsys fs.FS, p domain.Period) error {
	_, err := fillWord(fsys, consolidatedBook(&consolidate.Summary{Period: p.Span()}, Office{}))
	return err
}

func fillWord(fsys fs.FS, book *template.Book) ([]byte, error) {
	document, err := fs.ReadFile(fsys, wordTemplate)
	if err != nil {
		return nil, fmt.Errorf("read the template %s: %w", wordTemplate, err)
	}
	return docx.Fill(wordTemplate, document, book)
}

// addReport adds the sentences of the report, each by itself; "" where there is nothing to say
// or the figures for it are not known.
func addReport(b *template.Book, s *consolidate.Summary, office Office) {
	p := prose{s, office, newNames(s)}
	b.Add("report", map[string]any{
		"lead": p.lead(), "period": p.period(), "late": p.late(), "ended": p.ended(), "left": p.left(),
		"targets": p.targets(), "completed": p.completed(), "behind": p.behind(),
		"without": p.without(), "structure": p.structure(), "pool": p.pool(), "expiring": p.expiring(), "received": p.received(),
		"missing": p.missing(),
	})
}

// behind is about the units in the lowest class of those that have admitted somebody.
func (p prose) behind() string {
	classes := slices.DeleteFunc(slices.Clone(p.s.Bands), func(b consolidate.Band) bool { return b.Outside })
	if len(classes) < 2 {
		return ""
	}
	lowest := classes[len(classes)-2] // the last is of those that have admitted nobody
	units := slices.DeleteFunc(p.counted(), func(u consolidate.UnitLine) bool { return !slices.Contains(lowest.Units, u.Unit.Code) })
	if len(units) == 0 {
		return ""
	}
	reached := func(u consolidate.UnitLine) string {
		return fmt.Sprintf("%s %s/%s", p.name(u), people(u.Line.ToDate), people(u.Line.Target))
	}
	return fmt.Sprintf("Có %d đơn vị đạt %s chỉ tiêu năm: %s.", len(units), uncapital(lowest.Label), p.list(units, reached))
}

// structure is about who was admitted, by the rows of Biểu 2.
func (p prose) structure() string {
	total := p.s.Whole.ToDate
	if !total.Known || total.N == 0 {
		return ""
	}
	var parts []string
	for _, row := range p.s.Form2 {
		words, listed := map[string]string{
			"- Nữ": "nữ", "- Dân tộc thiểu số": "người dân tộc thiểu số", "- Người theo tôn giáo": "người theo tôn giáo",
			"- Đoàn viên Đoàn TNCS Hồ Chí Minh": "đoàn viên Đoàn TNCS Hồ Chí Minh", "Trung học phổ thông": "người có trình độ trung học phổ thông",
		}[row.Label]
		if listed && row.Now.Known && row.Now.N > 0 {
			parts = append(parts, fmt.Sprintf("%s %s (%s %%)", people(row.Now), words, domain.PercentOf(row.Now, total)))
		}
		if row.Average && row.Now.Known {
			parts = append(parts, fmt.Sprintf("tuổi bình quân %s", domain.Hundredths(row.Now)))
		}
	}
	return listing(fmt.Sprintf("Trong số %s đảng viên mới kết nạp có: ", people(total)), parts)
}

// expiring is about the certificates of people in the pool that run out.
func (p prose) expiring() string {
	var parts []string
	for _, c := range []struct {
		of    domain.Count
		words string
	}{{p.s.PoolSum.Expiring, "người có giấy chứng nhận bồi dưỡng sắp hết giá trị (trong 6 tháng tới)"},
		{p.s.PoolSum.Expired, "người có giấy chứng nhận đã hết giá trị, phải bồi dưỡng lại"}} {
		if c.of.Known && c.of.N > 0 {
			parts = append(parts, people(c.of)+" "+c.words)
		}
	}
	return listing("Trong nguồn có ", parts)
}

// missing says that the figures are not of all units.
func (p prose) missing() string {
	w := p.s.Whole
	if w.Counted == w.Expected || w.Counted == 0 {
		return ""
	}
	return fmt.Sprintf("Số liệu trong báo cáo này là của %d/%d đơn vị có báo cáo được nhận; chưa gồm %d đơn vị nêu trên.",
		w.Counted, w.Expected, w.Expected-w.Counted)
}
