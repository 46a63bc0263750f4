package reader

import (
	"bytes"
	"context"
	"errors"
	"io"

	"ketnap/internal/libreoffice"
)

// convert has LibreOffice turn an .xls or .ods into an .xlsx and reads that by the
// same rules as any other. What LibreOffice mends or drops in a damaged file cannot
// be known here; that formulas were computed anew is said by Recalculated.
func convert(r io.ReaderAt, size int64, kind Kind, limits Limits) *Book {
	program, err := libreoffice.Find(limits.LibreOffice)
	check(err)
	if program == "" {
		panic(refuseKind(kind))
	}
	converted, err := libreoffice.Convert(context.Background(), libreoffice.Job{
		Program: program, Data: beginning(r, size), From: string(kind), To: "xlsx:Calc MS Excel 2007 XML",
		Time: limits.ConvertTime, Memory: limits.ConvertMemory, Most: limits.FileSize,
	})
	if none, ok := errors.AsType[*libreoffice.NoResult](err); ok {
		panic(&Refusal{
			Rule: "F01", Kind: string(kind), Advice: adviceResave,
			Detail: refusals[kind].detail + " không chuyển đổi được; có thể tệp đã hỏng",
			Part:   "conversion by LibreOffice: no result (" + none.Cause + ")",
		})
	}
	if size, ok := errors.AsType[libreoffice.TooLarge](err); ok {
		amount, limit := mebibytes(int64(size)), mebibytes(limits.FileSize)
		panic(tooMuch("conversion by LibreOffice", "kích thước tệp sau chuyển đổi", amount, limit))
	}
	check(err)
	book, err := openPackage(bytes.NewReader(converted), int64(len(converted)), limits)
	if refusal, ok := err.(*Refusal); ok {
		refusal.Kind = string(kind)
		refusal.Part = "after conversion: " + refusal.Part
	}
	check(err)
	book.Kind, book.Recalculated = kind, true
	return book
}
