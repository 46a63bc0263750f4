package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"ketnap/internal/intake"
	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

// awaited are receipts whose verdict somebody waits for.
type awaited struct {
	receipts []int64
	judged   chan struct{} // is closed when all of them are, or nobody can tell
	until    context.Context
}

// untilJudged waits until others have judged what was received, a while.
func (s *Server) untilJudged(ctx context.Context, receipts []int64) {
	a := &awaited{receipts, make(chan struct{}), ctx}
	s.mu.Lock()
	s.awaited = append(s.awaited, a)
	begin := len(s.awaited) == 1
	s.mu.Unlock()
	if begin {
		s.working.Go(s.watchVerdicts)
	}
	select {
	case <-a.judged:
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
}

// watchVerdicts asks now and then what is judged of all that is waited for, until nobody waits:
// hundreds may do so at once.
func (s *Server) watchVerdicts() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
		var all []int64
		s.mu.Lock()
		for _, a := range s.awaited {
			all = append(all, a.receipts...)
		}
		s.mu.Unlock()
		ws, err := s.open()
		if err == nil {
			all, err = ws.Waiting(s.ctx, all)
		}
		s.mu.Lock()
		s.awaited = slices.DeleteFunc(s.awaited, func(a *awaited) bool {
			waits := slices.ContainsFunc(a.receipts, func(id int64) bool { return slices.Contains(all, id) })
			if err != nil || !waits {
				close(a.judged)
			}
			return err != nil || !waits || a.until.Err() != nil
		})
		none := len(s.awaited) == 0
		s.mu.Unlock()
		if none {
			return
		}
	}
}

// receive has an upload kept and judged, together with others that wait.
func (s *Server) receive(u *upload) error {
	if len(u.Files) == 0 {
		return nil
	}
	ws, err := s.open()
	if err != nil {
		return err
	}
	s.reading <- struct{}{} // as many at a time as there are processors
	found, err := s.found(ws, u)
	<-s.reading
	if err != nil {
		return err
	}
	arrived := &arrival{u: u, end: make(chan error, 1)}
	arrived.Arrival = workspace.Arrival{Found: found, Sender: u.sender, Who: u.Who, Taken: func(in *workspace.Intake, receipts []int64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		u.Receipts, u.SetAside = receipts, slices.Concat(in.SetAside, in.Failed)
	}}
	s.mu.Lock()
	s.waiting = append(s.waiting, arrived)
	begin := !s.taking
	s.taking = true
	s.mu.Unlock()
	if begin {
		s.working.Go(s.takeWaiting)
	}
	return <-arrived.end
}

// arrival is an upload that waits to be kept.
type arrival struct {
	workspace.Arrival
	u   *upload
	end chan error // is told how it ended
}

// mostTaken are uploads that are taken at once on a server: others wait for the lock of its record meanwhile.
const mostTaken = 100

// takeWaiting takes all uploads that wait, again and again until none does: what many send at
// once is kept, judged and settled once.
func (s *Server) takeWaiting() {
	for {
		s.mu.Lock()
		batch := s.waiting
		if s.Memory != nil {
			batch = batch[:min(len(batch), mostTaken)]
		}
		s.waiting, s.taking = s.waiting[len(batch):], len(batch) > 0
		s.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		if s.Memory != nil {
			s.receiveAll(batch)
		} else {
			s.judgeAll(batch)
		}
	}
}

// receiveAll has uploads received on a server, where others judge. One that cannot be recorded keeps no other out.
func (s *Server) receiveAll(batch []*arrival) {
	ws, err := s.open()
	alone := err == nil && len(batch) > 1
	if err == nil {
		err = ws.Receive(s.ctx, arrivals(batch)...)
	}
	alone = alone && err != nil && s.ctx.Err() == nil && !errors.Is(err, store.ErrServer) && !intake.Unavailable(err)
	for _, a := range batch {
		if alone {
			err = ws.Receive(s.ctx, a.Arrival)
		}
		a.end <- err
	}
}

func arrivals(batch []*arrival) (list []workspace.Arrival) {
	for _, a := range batch {
		list = append(list, a.Arrival)
	}
	return list
}

// judgeAll has uploads received and judged.
func (s *Server) judgeAll(batch []*arrival) {
	progress := func(_ string, done, total int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, a := range batch {
			a.u.Done, a.u.Total = done, total
		}
	}
	err := s.acted(s.ctx, "", time.Hour, progress, func(ws *workspace.Workspace) error {
		failed, err := ws.Take(s.ctx, arrivals(batch)...)
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, f := range failed {
			for _, a := range batch {
				if slices.ContainsFunc(a.Found.Files, func(g intake.File) bool { return g.Path == f.Path }) {
					a.u.Failed = append(a.u.Failed, f)
				}
			}
		}
		return err
	})
	for _, a := range batch {
		a.end <- err
	}
}
