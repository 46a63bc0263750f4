package domain

import (
	"strings"
	"sync"
)

// Kept is a return put aside: what tells one from another, and the rest where it takes
// little room until somebody asks for it. Of these a program may hold thousands; of
// Returns only those it is working on.
type Kept struct {
	File     File
	Unit     string // the unit code it gives for itself, "" when it gives none
	UnitName string // as it words it
	Period   Period // zero when it gives none that can be read
	Version  Version
	Content  Content
	Keys     []Keys // of each row of KET_NAP, of one that was just read
	ListHash string // of all that its KET_NAP says, in any order; "": it names nobody
}

// Content is where the rest of a Kept lies: in the record, or packed in memory.
type Content interface {
	// ReadInto reads the return into one that is not needed any more, whose memory is
	// used again. With the ids of sheets, their lists alone are wanted, and all else may
	// be empty. It may be called by several at once.
	ReadInto(r *Return, only ...string) error
}

// Kept puts a return aside whose content lies there; nothing of it stays in memory.
func (r *Return) Kept(content Content) *Kept {
	return &Kept{
		File: r.File, Unit: strings.Clone(r.Unit()), UnitName: strings.Clone(r.Cover.UnitName.Text),
		Period: r.Period(), Version: r.Version(), Content: content,
	}
}

// Open is the return again, with the file as it is known now; with the ids of sheets,
// their lists alone, which is cheaper.
func (k *Kept) Open(only ...string) (*Return, error) {
	r := new(Return)
	if err := k.OpenInto(r, only...); err != nil {
		return nil, err
	}
	return r, nil
}

// OpenInto opens the return into one that is not needed any more: its memory is used
// again. For thousands one after another.
func (k *Kept) OpenInto(r *Return, only ...string) error {
	if err := k.Content.ReadInto(r, only...); err != nil {
		return err
	}
	r.File = k.File
	return nil
}

// With opens the return for as long as use needs it. Nothing of it may be kept but its
// texts, which hold on to the whole content unless they are cloned.
func (k *Kept) With(use func(*Return) error, only ...string) error {
	r := usedAgain.Get().(*Return)
	defer usedAgain.Put(r)
	if err := k.OpenInto(r, only...); err != nil {
		return err
	}
	return use(r)
}

var usedAgain = sync.Pool{New: func() any { return new(Return) }}
