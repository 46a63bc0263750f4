package workspace

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// Erased is what Erase has to tell.
type Erased struct {
	Submissions int      // whose persons are erased
	Left        []string // folders of outputs of that year, which it does not touch
}

// Erase erases the personal data of a year whose term is over and whose months are all closed:
// the originals that were sent, and all that names persons in the record. Events, figures,
// verdicts and the hashes of what was erased stay, so that the record still proves itself. Killed
// anywhere, the same again does what is left.
func (w *Workspace) Erase(ctx context.Context, year int, why string) (*Erased, error) {
	if why == "" {
		return nil, usageError(nil, GiveReason, "Chưa ghi lý do xóa.")
	}
	if from := w.erasableFrom(year); domain.DateOf(w.now()).Before(from) {
		return nil, usageError(nil, "", "Dữ liệu cá nhân của năm %d được giữ đến hết năm %d (khóa keep_years trong ketnap.yaml), "+
			"từ %s mới xóa được.", year, year+w.Settings.KeepYears, from)
	}
	s, err := w.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	if _, err := s.upToDate(ctx); err != nil {
		return nil, err
	}
	all, err := s.store.All(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(sub domain.Submission) bool { return yearOf(sub) != year })
	if len(all) == 0 {
		return nil, usageError(nil, "", "Sổ không có báo cáo nào của năm %d.", year)
	}
	var still []int64
	var places []place
	for _, sub := range all {
		if s.acts.Erased(sub) != nil {
			continue
		}
		if !sub.Period.IsZero() && !s.closed(sub.Unit, sub.Period) {
			return nil, usageError(nil, "", "Kỳ %s chưa chốt đối với đơn vị %s — chốt mọi kỳ của năm %d rồi mới xóa.",
				sub.Period.Short(), sub.Unit, year)
		}
		still, places = append(still, sub.ID), append(places, place{sub.Unit, sub.Period})
	}
	if len(still) > 0 {
		if err := s.erase(ctx, year, why, still, places); err != nil {
			return nil, err
		}
	}
	for _, sub := range all {
		if err := s.archive.Remove(ctx, sub.File.SHA256); err != nil {
			return nil, err
		}
	}
	if err := s.store.Compact(ctx); err != nil {
		return nil, err
	}
	left, err := w.outputsOf(year)
	return &Erased{Submissions: len(still), Left: left}, err
}

// erase records that submissions of a year lose their persons, and what follows for those that
// were told of them.
func (s *Session) erase(ctx context.Context, year int, why string, submissions []int64, places []place) error {
	judging, err := s.Judge(ctx, nil)
	if err != nil {
		return err
	}
	defer judging.Discard()
	act := store.Act{Event: s.event(store.Erased)}
	act.Seq, act.Period, act.Why = judging.tx.Next(), domain.Period{Year: year, Month: time.December}, why
	if err := judging.tx.Erase(ctx, submissions, year); err != nil {
		return err
	}
	s.acts = append(slices.Clip(s.acts), act)
	_, err = s.settle(ctx, judging, act.Event, places...)
	return err
}

// yearOf is the year whose persons a submission names: of its period, else the year it came in.
func yearOf(sub domain.Submission) int {
	if sub.Period.IsZero() {
		return int(sub.FirstSeen.Year)
	}
	return sub.Period.Year
}

// erasableFrom is the first day on which personal data of a year may be erased.
func (w *Workspace) erasableFrom(year int) domain.Date {
	return domain.Period{Year: year + w.Settings.KeepYears + 1, Month: time.January}.First()
}

// outputsOf are the folders of outputs of a year, relative to the workspace.
func (w *Workspace) outputsOf(year int) (list []string, err error) {
	entries, err := os.ReadDir(w.path(w.Settings.Out))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	first := domain.Period{Year: year, Month: time.January}.String()[:4]
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), first) {
			list = append(list, path.Join(w.Settings.Out, e.Name()))
		}
	}
	return list, nil
}

// PersonalData is what personal data the record has of a year.
type PersonalData struct {
	Year      int
	Returns   int         // sent, with persons in them
	Until     domain.Date // the first day on which it may be erased
	Erased    domain.Date // zero: not
	ErasedWhy string
}

// PersonalData tells, by year, what personal data the record has and until when.
func (w *Workspace) PersonalData(ctx context.Context) ([]PersonalData, error) {
	return looking(ctx, w, func(s *Session) (list []PersonalData, err error) {
		all, err := s.store.All(ctx)
		if err != nil {
			return nil, err
		}
		for _, sub := range all {
			year := yearOf(sub)
			i := slices.IndexFunc(list, func(d PersonalData) bool { return d.Year == year })
			if i < 0 {
				i = len(list)
				list = append(list, PersonalData{Year: year, Until: w.erasableFrom(year)})
			}
			if a := s.acts.Erased(sub); a != nil {
				list[i].Erased, list[i].ErasedWhy = s.dayOf(a), a.Why
			} else {
				list[i].Returns++
			}
		}
		slices.SortFunc(list, func(a, b PersonalData) int { return b.Year - a.Year })
		return list, nil
	})
}

// notErased refuses a month of a year whose persons were erased: nothing can be added up any more.
func (s *Session) notErased(p domain.Period) error {
	a := s.acts.Erased(domain.Submission{Period: p})
	if a == nil {
		return nil
	}
	return usageError(nil, NamePeriod, "Dữ liệu cá nhân của năm %d đã xóa ngày %s nên không lập lại được kỳ %s; số đã công bố còn trong sổ.",
		p.Year, s.dayOf(a), p.Short())
}
