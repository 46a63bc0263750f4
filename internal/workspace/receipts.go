package workspace

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// writeReceipts writes a line for each unit to send to it: that its last version of the month
// was received, and what proves it. It alone of the outputs tells the time of day.
func (s *Session) writeReceipts(ctx context.Context, o *Outcome, folder string, in *Intake) error {
	span := o.Summary.Period
	submissions, err := s.submissions(ctx, span.To)
	if err != nil {
		return err
	}
	last := map[string][]domain.Submission{}
	for _, sub := range s.lastWords(submissions, in) {
		if s.placed(sub) {
			last[sub.Unit] = append(last[sub.Unit], sub)
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "BIÊN NHẬN BÁO CÁO KẾT NẠP ĐẢNG VIÊN %s\nMỗi dòng gửi một đơn vị; "+
		"giữ lại dấu của sổ thì về sau chứng minh được báo cáo đã nhận.\n", strings.ToUpper(span.To.Label()))
	received := map[int64]store.Receipt{} // of each event one tells of all
	for _, unit := range s.Assignment.Expected(s.last(span.To)) {
		for _, sub := range last[unit.Code] {
			receipt, read := received[sub.Received]
			if !read {
				if receipt, _, err = s.store.Receipt(ctx, sub.ID); err != nil {
					return err
				}
				received[sub.Received] = receipt
			}
			fmt.Fprintf(&text, "\n%s %s: biên nhận số %d, %s, lần nộp %d, tệp «%s» — %s; mã của tệp %s; dấu của sổ %s\n",
				unit.Code, unit.Name, sub.ID, receipt.At.In(s.now().Location()).Format("15:04 ngày 02/01/2006"),
				sub.Version.Submission, path.Base(sub.File.Path), outcomeOf(sub), sub.File.SHA256, receipt.Hash)
		}
	}
	return s.put(ctx, o, path.Join(folder, "bien-nhan-"+span.String()+".txt"), "", []byte(text.String()))
}

// outcomeOf is what became of a submission, in the words of a receipt.
func outcomeOf(sub domain.Submission) string {
	number := domain.BySeverity(sub.Findings)
	switch {
	case sub.AfterClosing():
		return "không nhận vì kỳ đã chốt, không phải gửi lại"
	case sub.Verdict == domain.Returned:
		return fmt.Sprintf("trả lại vì %d lỗi", number[domain.Error])
	case number[domain.Warning] > 0:
		return fmt.Sprintf("được tính, có %d cảnh báo", number[domain.Warning])
	}
	return "được tính"
}

// lastWords are of the submissions of a period the last version of each unit, the last that came
// after the unit was closed beside it, and those of the inbox that nobody known has sent.
func (w *Workspace) lastWords(submissions []domain.Submission, in *Intake) (list []domain.Submission) {
	present, last, late := in.present(), map[string]domain.Submission{}, map[string]domain.Submission{}
	for _, sub := range submissions {
		if !w.placed(sub) {
			if present[sub.File.SHA256] {
				list = append(list, sub)
			}
			continue
		}
		of := last
		if sub.AfterClosing() {
			of = late
		}
		if best, there := of[sub.Unit]; !there || byWord(sub, best) > 0 {
			of[sub.Unit] = sub
		}
	}
	for _, of := range []map[string]domain.Submission{last, late} {
		for _, unit := range slices.Sorted(maps.Keys(of)) {
			list = append(list, of[unit])
		}
	}
	return list
}
