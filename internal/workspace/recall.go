package workspace

import (
	"context"
	"fmt"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// sentBack is the code of what the office says of a submission that it sends back by itself: no
// rule has found anything.
const sentBack = "CQ"

// TakeBack takes back what was sent, by the number of its receipt, for its sender: it is as if it
// had not been sent, and what counted before counts again. The bytes and what is known of them
// stay.
func (w *Workspace) TakeBack(ctx context.Context, receipt int64) (Rejudged, error) {
	return w.recall(ctx, receipt, "")
}

// SendBack sends a submission without errors back to its unit, for a reason that the unit reads.
func (w *Workspace) SendBack(ctx context.Context, receipt int64, why string) (Rejudged, error) {
	if why == "" {
		return Rejudged{}, usageError(nil, GiveReason, "Chưa ghi lý do trả lại.")
	}
	return w.recall(ctx, receipt, why)
}

// recall records that a submission counts no more, and settles again what rested on it.
func (w *Workspace) recall(ctx context.Context, receipt int64, why string) (r Rejudged, err error) {
	s, err := w.Begin(ctx)
	if err != nil {
		return r, err
	}
	defer s.End()
	if r, err = s.upToDate(ctx); err != nil {
		return r, err
	}
	sub, judged, err := s.asSent(ctx, receipt)
	switch {
	case err != nil:
		return r, err
	case !judged:
		return r, usageError(nil, "", "Không có biên nhận số %d, hoặc bản đó chưa xét được.", receipt)
	case s.closed(sub.Unit, sub.Period):
		return r, usageError(nil, Reopen, "Kỳ %s đã chốt đối với đơn vị %s, bản số %d không rút hay trả lại được.",
			sub.Period.Short(), sub.Unit, receipt)
	case sub.Verdict == domain.Recalled:
		return r, usageError(nil, "", "Bản số %d đã được rút lại.", receipt)
	case s.acts.Recall(receipt) != nil, why != "" && sub.Verdict == domain.Returned:
		return r, usageError(nil, "", "Bản số %d đã bị trả lại.", receipt)
	}
	a := store.Act{Event: w.event(store.Recalled), Submission: receipt}
	a.Unit, a.Period, a.Why = sub.Unit, sub.Period, why
	settled, err := s.act(ctx, a, nil, place{sub.Unit, sub.Period})
	r.add(settled)
	return r, err
}

// addSentBack says of a submission that the office has sent back why it did.
func (s *Session) addSentBack(sub *domain.Submission) {
	a := s.acts.Recall(sub.ID)
	if a == nil || a.Why == "" {
		return
	}
	sub.Verdict = domain.Returned
	sub.Findings = append(sub.Findings, domain.Finding{
		Rule: sentBack, Severity: domain.Error, Unit: sub.Unit, Period: sub.Period, File: sub.File.Path,
		Message: fmt.Sprintf("Cơ quan trả lại ngày %s: %s — sửa theo lý do này rồi gửi lại.",
			s.dayOf(a), strings.TrimRight(a.Why, ". ")),
	})
	domain.SortFindings(sub.Findings)
}

// gone says of files that their senders took back before, or whose persons were erased, what
// becomes of them, by hash: they may lie in the inbox still. What was erased is not kept again.
func (s *Session) gone(ctx context.Context, known map[string]domain.Submission) (map[string]string, error) {
	what := map[string]string{}
	for sum, sub := range known {
		if a := s.acts.Recall(sub.ID); a != nil && a.Why == "" {
			what[sum] = fmt.Sprintf("đơn vị đã rút lại bản này ngày %s, biên nhận số %d — để được tính lại, tăng Lần nộp, lưu rồi gửi",
				s.dayOf(a), sub.ID)
		}
		if a := s.acts.Erased(sub); a != nil {
			what[sum] = fmt.Sprintf("báo cáo của năm đã xóa dữ liệu cá nhân ngày %s — bỏ tệp này khỏi hộp thư", s.dayOf(a))
			if err := s.archive.Remove(ctx, sum); err != nil {
				return nil, err
			}
		}
	}
	return what, nil
}

// dayOf is the day of an act.
func (s *Session) dayOf(a *store.Act) domain.Date { return domain.DateOf(a.At.In(s.now().Location())) }
