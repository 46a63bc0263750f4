package workspace

import "context"

// Rebuilt is how many returns the next run judges again because the program is another than
// the one that judged last; 0 when it is the same. It is asked before a run, so that the
// office knows why the run takes longer and why a verdict may change.
func (w *Workspace) Rebuilt(ctx context.Context) (returns int, err error) {
	record, err := w.recordIfAny(ctx)
	if err != nil || record == nil {
		return 0, err
	}
	defer record.Close()
	last, err := record.LastProgram(ctx)
	if err != nil || last == "" || last == w.version {
		return 0, err
	}
	session, err := w.session(ctx, record)
	if err != nil {
		return 0, err
	}
	_, known, err := record.AllKnown(ctx)
	for _, k := range known {
		if k.Judged && session.needsJudging(k) {
			returns++
		}
	}
	return returns, err
}
