package workspace

import "context"

// Rebuilt is how many returns the next run judges again because the program is another than
// the one that judged last; 0 when it is the same. It is asked before a run, so that the
// office knows why the run takes longer and why a verdict may change.
func (w *Workspace) Rebuilt(ctx context.Context) (returns int, err error) {
	s, err := w.toLook(ctx)
	if err != nil || s.store == nil {
		return 0, err
	}
	defer s.End()
	last, err := s.store.LastProgram(ctx)
	if err != nil || last == "" || last == w.version {
		return 0, err
	}
	_, known, err := s.store.AllKnown(ctx)
	for _, k := range known {
		if k.Judged && s.needsJudging(k) {
			returns++
		}
	}
	return returns, err
}
