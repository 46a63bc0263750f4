package workspace

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"regexp"

	"ketnap/internal/libreoffice"
)

// Prints reports whether LibreOffice is there, without which no PDF is made.
func (w *Workspace) Prints() bool {
	program, err := libreoffice.Find(w.Limits.LibreOffice)
	return err == nil && program != ""
}

// firstPageOnly is the kind of file that LibreOffice is asked for; versions before 7.4 do not know
// the option, and print all pages.
const firstPageOnly = `pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}`

// writeFirstPage writes the first page of the consolidated workbook, TOM_TAT's, as a PDF for a
// phone: when it is asked for, or when a run before has made it for this period, so that an old
// one never lies beside new figures. Without it a run is as good: why there is none is told in
// the outcome.
func (s *Session) writeFirstPage(ctx context.Context, o *Outcome, name, from string, workbook func(fs.FS) ([]byte, error)) error {
	if ours, err := s.made.ours(name); !s.PDF && (err != nil || !ours) { // there is none
		return nil
	}
	if s.standsMade(o, name, from) {
		return nil
	}
	data, err := s.fromTemplates(o, workbook)
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	if data, o.NoPDF = s.firstPage(ctx, data); o.NoPDF != "" {
		s.made.forget(name)
		return ctx.Err()
	}
	return s.put(ctx, o, name, from, data)
}

// firstPage is the first page of a workbook, or why there is none.
func (s *Session) firstPage(ctx context.Context, workbook []byte) (page []byte, why string) {
	program, err := libreoffice.Find(s.Limits.LibreOffice)
	if err == nil && program == "" {
		return nil, "không thấy LibreOffice trên máy này"
	}
	if err == nil {
		page, err = libreoffice.Convert(ctx, libreoffice.Job{Program: program, Data: workbook, From: "xlsx", To: firstPageOnly,
			Time: s.Limits.ConvertTime, Memory: s.Limits.ConvertMemory})
	}
	if err != nil {
		s.log.Warn().Err(err).Msg("make a PDF of the first page")
		return nil, "LibreOffice không lập được"
	}
	if bytes.Count(page, []byte("/Type/Page/")) != 1 {
		return nil, "LibreOffice trên máy này không in được riêng một trang, cần bản 7.4 trở lên"
	}
	return undated(page), ""
}

// What LibreOffice writes into a PDF of the time and of chance.
var (
	pdfDate = regexp.MustCompile(`/CreationDate\(D:(\d{14})`)
	pdfMark = regexp.MustCompile(`(?:/ID \[ <|> ?\n?<|/DocChecksum /)([0-9A-F]{32})`)
)

// undated puts a fixed day and what follows from the page itself in the place of these, of the
// same length: one program makes the same bytes of the same workbook.
func undated(pdf []byte) []byte {
	pdf = bytes.Clone(pdf)
	if m := pdfDate.FindSubmatchIndex(pdf); m != nil {
		copy(pdf[m[2]:m[3]], "20000101000000")
	}
	marks := pdfMark.FindAllSubmatchIndex(pdf, -1)
	for _, m := range marks {
		copy(pdf[m[2]:m[3]], "00000000000000000000000000000000")
	}
	sum := fmt.Appendf(nil, "%X", sha256.Sum256(pdf))
	for _, m := range marks {
		copy(pdf[m[2]:m[3]], sum)
	}
	return pdf
}
