package workspace

import (
	"errors"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/validate"
	"ketnap/internal/xlsx/reader"
)

// notJudged is the reason of a file that we stumbled over.
const notJudged = "chương trình gặp lỗi khi xét tệp này nên chưa xét được, không phải lỗi của đơn vị; " +
	"gửi tệp và nhật ký cho người hỗ trợ chương trình"

// fail takes a file out that we could not judge: a bug, a converter that does not
// answer. Nothing is held against its sender, and the next run tries again.
func (in *takenIn) fail(file domain.File) {
	in.files = slices.DeleteFunc(in.files, func(f domain.File) bool {
		same := f.SHA256 == file.SHA256
		if same {
			in.failed = append(in.failed, intake.Failed{Path: f.Path, Reason: notJudged})
		}
		return same
	})
	in.sort()
}

// failAll takes out what a rule of ours stumbled over, and gives the paths of what does
// not lie in the inbox: an earlier run took it in, and its judgement stays.
func (in *takenIn) failAll(bugs []*validate.Bug) (elsewhere []string) {
	present := in.present()
	for _, bug := range bugs {
		if !present[bug.Return.File.SHA256] {
			elsewhere = append(elsewhere, bug.Return.File.Path)
		}
		in.fail(bug.Return.File)
	}
	slices.Sort(elsewhere)
	return elsewhere
}

// logFailure tells the operator of a file that we could not judge, with the stack
// where there is one.
func (w *Workspace) logFailure(file domain.File, err error) {
	e := w.log.Error().Err(err).Str("file", file.Path).Str("sha256", file.SHA256)
	if bug := (*reader.Bug)(nil); errors.As(err, &bug) {
		e = e.Bytes("stack", bug.Stack)
	}
	e.Msg("not judged because of an error of ours")
}
