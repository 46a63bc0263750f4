package workspace

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"syscall"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/store"
)

// Verified is what Verify looked at, and what does not hold.
type Verified struct {
	Originals int // files of the archive
	Returns   int // of them, read again and compared with the record
	Figures   int // published figures computed again
	Erased    int // returns whose persons were erased: only their hashes are left
	Published int // figures that rest on them, and cannot be computed again
	// Unfinished are files of the archive, by hash, that the record has nothing of: somebody was
	// killed before they were received. That is no fault.
	Unfinished []string
	Faults     []string

	away error // of the archive: nothing is known then
}

// Verify proves the record: it goes on from the event with that hash, a head that was printed
// or noted once ("" is none); every row is what its event vouches for; every original has its
// SHA-256; every return read again from it is what the record has, and is judged alike on
// today's basis; everything settled anew comes out as it stands; and every figure that was
// published comes out again of what counted then. It changes nothing.
func (w *Workspace) Verify(ctx context.Context, head string) (*Verified, error) {
	if w.noRecord() {
		_, err := w.holdsNoted(ctx, nil)
		return nil, cmp.Or(err, errNoRecord)
	}
	s, err := w.toVerify(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	s, done, err := s.atOneMoment(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	v := &Verified{}
	if head != "" {
		holds, err := s.store.Holds(ctx, head)
		if err != nil {
			return nil, err
		}
		if !holds {
			v.fault("Sổ không có việc nào mang dấu %s: không phải sổ đó, hoặc đã bị thay, bị bớt.", head)
		}
	}
	faults, err := s.store.Check(ctx)
	for _, f := range faults {
		v.fault("Sổ ketnap.db bị hỏng hoặc không tự khớp (%s) — lấy lại bản sao lưu.", f)
	}
	if err != nil {
		return v, err
	}
	kept, err := s.verifyArchive(ctx, v)
	if err != nil {
		return nil, err
	}
	if err := s.verifyReturns(ctx, v, kept); err != nil {
		return nil, err
	}
	if err := s.verifySettled(ctx, v); err != nil {
		return nil, err
	}
	return v, s.verifyFigures(ctx, v)
}

// verifySettled settles everything anew from what was received, where nothing waits to be
// judged and the record can be tried out: it must come out as it stands.
func (s *Session) verifySettled(ctx context.Context, v *Verified) error {
	if s.release == nil {
		return nil
	}
	pending, err := s.Pending(ctx, &Intake{})
	if err != nil || len(pending) > 0 {
		return err
	}
	list, err := s.unsettled(ctx)
	for _, what := range list {
		v.fault("Đối chiếu lại từ đầu ra khác với sổ: %s.", what)
	}
	return err
}

// toVerify holds the workspace meanwhile; where nothing may be written, nobody else
// works with it either.
func (w *Workspace) toVerify(ctx context.Context) (*Session, error) {
	s, err := w.hold(ctx)
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		return s, err
	}
	record, err := store.OpenToRead(ctx, w.recordPath())
	if err != nil {
		return nil, err
	}
	if _, err := w.holdsNoted(ctx, record); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return w.session(ctx, record, "")
}

func (v *Verified) fault(format string, args ...any) {
	v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
}

// verifyArchive reads every original; those that are what they were are returned.
func (s *Session) verifyArchive(ctx context.Context, v *Verified) (map[string]bool, error) {
	sums, err := s.archive.Sums(ctx)
	if err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	for _, sum := range sums {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		_, err := intake.Read(ctx, s.archive, sum)
		if intake.Unavailable(err) {
			return nil, err
		}
		if err != nil {
			s.log.Error().Err(err).Str("sha256", sum).Msg("archived file")
			v.fault("Kho lưu: tệp %s không còn đúng như khi lưu — lấy lại từ bản sao lưu.", sum)
			continue
		}
		kept[sum] = true
	}
	v.Originals = len(sums)
	assignments, err := s.store.Assignments(ctx)
	if err != nil {
		return nil, err
	}
	for _, sum := range assignments {
		if !kept[sum] && !slices.Contains(sums, sum) {
			v.fault("Kho lưu: thiếu tệp chỉ tiêu %s, là căn cứ của số liệu trong sổ — lấy lại từ bản sao lưu.", sum)
		}
	}
	return kept, nil
}

// verifyReturns reads every return again from its original and compares it with what
// the record has.
func (s *Session) verifyReturns(ctx context.Context, v *Verified, kept map[string]bool) error {
	alone, err := s.aloneToday(ctx)
	if err != nil {
		return err
	}
	all, err := s.store.All(ctx)
	if err != nil {
		return err
	}
	known, err := s.store.Assignments(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(sub domain.Submission) bool {
		known = append(known, sub.File.SHA256)
		if !sub.Judged() && !kept[sub.File.SHA256] && sub.File.Size <= s.Limits.FileSize {
			v.fault("%s [%.12s]: không còn bản gốc trong kho lưu.", sub.File.Path, sub.File.SHA256)
		}
		return !sub.Judged()
	})
	slices.Sort(known)
	for _, sum := range slices.Sorted(maps.Keys(kept)) {
		if _, there := slices.BinarySearch(known, sum); !there {
			v.Unfinished = append(v.Unfinished, sum)
		}
	}
	for _, one := range inOrder(len(all), func(i int) Verified { return s.verifyReturn(ctx, all[i], kept, alone) }) {
		if err := cmp.Or(ctx.Err(), one.away); err != nil {
			return err
		}
		v.Returns, v.Erased = v.Returns+one.Returns, v.Erased+one.Erased
		v.Faults = append(v.Faults, one.Faults...)
	}
	return nil
}

// verifyReturn compares the last reading of a file with its original, and what was found in it
// alone on today's basis, where it was judged on that.
func (s *Session) verifyReturn(
	ctx context.Context, sub domain.Submission, kept map[string]bool, alone map[string][]domain.Finding,
) (v Verified) {
	sum := sub.File.SHA256
	if s.acts.Erased(sub) != nil {
		if v.Erased = 1; kept[sum] {
			v.fault("%s [%.12s]: đã xóa dữ liệu cá nhân mà bản gốc còn trong kho lưu — xóa lại dữ liệu cá nhân của năm đó.", sub.File.Path, sum)
		}
		return v
	}
	recorded, err := s.store.Return(ctx, sub.Return)
	if err != nil {
		s.log.Error().Err(err).Str("sha256", sum).Msg("recorded return")
		v.fault("Báo cáo [%.12s]: sổ không còn đọc được — lấy lại bản sao lưu.", sum)
		return v
	}
	f := recorded.File
	if f.Size > s.Limits.FileSize {
		return v // too big to be kept or read: its refusal is all there is
	}
	v.Returns = 1
	file := fmt.Sprintf("%s [%.12s]", f.Path, sum)
	if !kept[sum] {
		v.fault("%s: không còn bản gốc trong kho lưu.", file)
		return v
	}
	sub.File = f // under the path that it was received by
	again := s.read(ctx, sub)
	if intake.Unavailable(again.err) {
		return Verified{away: again.err}
	}
	if again.err != nil {
		s.logFailure(f, again.err)
		v.fault("%s: không đọc lại được bản gốc.", file)
		return v
	}
	if place := s.unlike(recorded, again.ret); place != "" {
		v.fault("%s: đọc lại bản gốc ra khác với sổ: %s.", file, place)
	}
	if said, judged := alone[sum]; judged && !store.SameFindings(said, again.alone) {
		v.fault("%s: xét lại bản gốc ra khác với sổ.", file)
	}
	return v
}

// aloneToday is, by hash, what was found in each return by itself, of those that were judged
// on today's basis.
func (s *Session) aloneToday(ctx context.Context) (map[string][]domain.Finding, error) {
	periods, err := s.store.JudgedPeriods(ctx)
	if err != nil {
		return nil, err
	}
	alone := map[string][]domain.Finding{}
	for _, p := range periods {
		standings, err := s.store.Standings(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, sub := range standings {
			if sub.Basis == s.basis(sub.Unit, sub.Period) {
				alone[sub.File.SHA256] = sub.Alone
			}
		}
	}
	return alone, nil
}

// unlike says where two readings of one file differ, "" when nowhere.
func (s *Session) unlike(a, b *domain.Return) string {
	x, y := *a, *b
	x.File, y.File = domain.File{}, domain.File{}
	was, errA := json.Marshal(x)
	is, errB := json.Marshal(y)
	if errA == nil && errB == nil && bytes.Equal(was, is) {
		return ""
	}
	changes := differences(&x, &y, s.Forms.At(a.Period()))
	if len(changes) == 0 {
		return "cách đọc (dòng, cột, ghi chú khi đọc)"
	}
	d := changes[0]
	row := max(d.Was, d.Is)
	if d.Labelled {
		return d.Sheet
	}
	return fmt.Sprintf("%s dòng %d", d.Sheet, row)
}

// verifyFigures computes everything that was ever published once more.
func (s *Session) verifyFigures(ctx context.Context, v *Verified) error {
	publications, err := s.store.Publications(ctx)
	if err != nil {
		return err
	}
	for _, p := range publications {
		if s.notErased(p.Period) != nil {
			v.Published += len(p.Figures)
			continue
		}
		v.Figures += len(p.Figures)
		again, hash, err := s.computedAgain(ctx, p)
		var broken *RunError
		switch {
		case errors.As(err, &broken):
			v.fault("Kỳ %s: %s", p.Period.Short(), broken.Sentence)
			continue
		case err != nil:
			return err
		}
		if p.Rules == s.rules && hash != p.CountedHash { // by other rules it would be another
			v.fault("Số đã công bố, kỳ %s: mã đối chiếu trong sổ không phải của những gì đã được tính.", p.Period.Short())
		}
		for _, key := range slices.Sorted(maps.Keys(p.Figures)) {
			if now, ok := again[key]; !ok || now != p.Figures[key] {
				got := "không tính lại được"
				if ok {
					got = fmt.Sprintf("tính lại được %d", now)
				}
				v.fault("Số đã công bố, kỳ %s, %s: sổ ghi %d, %s.", p.Period.Short(), figureName(key), p.Figures[key], got)
			}
		}
	}
	return nil
}

// figureName is a name of store.Figures in words.
func figureName(key string) string {
	unit, name, ofUnit := strings.Cut(key, "/")
	if !ofUnit {
		unit, name = "", unit
	}
	for _, f := range figures {
		if f.key == name {
			name = f.what
		}
	}
	if unit == "" {
		return name
	}
	return name + " của đơn vị " + unit
}

// unsettled are the submissions and units that would stand otherwise, or claim something
// else, were everything settled anew from what was received: none, or Settle has missed a
// difference. Nothing is recorded.
func (s *Session) unsettled(ctx context.Context) (list []string, err error) {
	tx, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	st, list, err := s.claimAnew(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, g := range st.inOrder() {
		if err := st.settleGroup(ctx, g); err != nil {
			return nil, err
		}
		for _, one := range g.list {
			if one.changed() {
				list = append(list, fmt.Sprintf("%s [%.12s]", one.File.Path, one.File.SHA256))
			}
		}
	}
	return list, nil
}

// claimAnew makes the claims of all units anew from what was received, and tells whose are
// others than they were.
func (s *Session) claimAnew(ctx context.Context, tx *store.Tx) (st *settling, changed []string, err error) {
	places, err := s.allPlaces(ctx)
	if err != nil {
		return nil, nil, err
	}
	st = newSettling(s, tx)
	if err := st.gather(ctx, places); err != nil {
		return nil, nil, err
	}
	for _, g := range st.inOrder() {
		if !g.listed {
			continue
		}
		before, err := tx.Claims(ctx, g.unit, g.year)
		if err != nil {
			return nil, nil, err
		}
		claims, err := st.claims(ctx, g)
		if err == nil {
			_, err = tx.SaveClaims(ctx, g.unit, g.year, claims)
		}
		if err != nil {
			return nil, nil, err
		}
		slices.SortFunc(claims, domain.Claim.Compare)
		if !slices.Equal(before, claims) {
			changed = append(changed, fmt.Sprintf("%s %d", g.unit, g.year))
		}
	}
	return st, changed, nil
}

// allPlaces are all units and months that anything was sent for.
func (s *Session) allPlaces(ctx context.Context) (places []place, err error) {
	all, err := s.store.All(ctx)
	for _, sub := range all {
		if sub.Judged() {
			places = append(places, place{sub.Unit, sub.Period})
		}
	}
	return places, err
}
