package render

import (
	"errors"
	"io/fs"

	"ketnap/internal/form"
	"ketnap/internal/reference"
	"ketnap/internal/returns"
)

// BlankInput is what a blank return is prefilled with.
type BlankInput struct {
	Unit     reference.Unit
	Period   returns.Period
	Target   returns.Count         // not known: left to the sender
	Decision string                // the document that sets the target, 01-KH/HU ngày 15/01/2021
	Cells    []reference.PartyCell // of the unit
	Previous *returns.Return       // the unit's last accepted return, whose lists are carried over; nil for none
	Counting returns.Counting      // which date puts a person in the period
	Office   Office                // who receives the return
}

// Blank is a return of the form, ready to be filled in by a unit.
func Blank(fsys fs.FS, def *form.Definition, codes map[string]*form.CodeList, in BlankInput) ([]byte, error) {
	return nil, errors.New("not written yet")
}
