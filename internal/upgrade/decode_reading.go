package upgrade

import "ketnap/internal/domain"

// The parts of a content that are no lists, in the order in which they are
// written. A field that is added to one of their types is to be read here, which
// TestContentIsWhole sees to, and changes contentBegins.

func (d *decoder) file() (f domain.File) {
	f.Path, f.SHA256 = d.text(), d.text()
	f.Size = int64(d.int())
	f.Received = domain.Date{Year: int16(d.int()), Month: uint8(d.int()), Day: uint8(d.int())}
	return f
}

func (d *decoder) reading() (r domain.Reading) {
	r.Kind = d.text()
	if d.flag() {
		r.Refusal = &domain.Refusal{Rule: d.text(), Kind: d.text(), Detail: d.text(), Part: d.text(), Advice: d.text()}
	}
	r.Macros, r.ExternalLinks, r.Recalculated = d.flag(), d.flag(), d.flag()
	r.Form = d.text()
	r.Sheets = several(d, d.sheet)
	r.Other = several(d, d.text)
	r.Legacy = d.optionalCell()
	return r
}

func (d *decoder) sheet() (s domain.SheetReading) {
	s.ID, s.Name, s.Nearest = d.text(), d.text(), d.text()
	s.Hidden = d.flag()
	s.Range = d.text()
	s.HeaderRow, s.Rows, s.HiddenRows = d.int(), d.int(), d.int()
	s.Skipped = several(d, func() domain.Skip {
		return domain.Skip{From: d.int(), To: d.int(), Why: d.text()}
	})
	s.Stray = d.optionalCell()
	s.Missing = several(d, func() domain.MissingColumn {
		return domain.MissingColumn{ID: d.text(), Header: d.text(), Required: d.flag(), Nearest: d.text(), At: d.cell()}
	})
	s.Double = several(d, func() domain.DoubleColumn {
		return domain.DoubleColumn{ID: d.text(), Header: d.text(), First: d.cell(), At: d.cell()}
	})
	s.Extra = several(d, d.text)
	s.Columns = named(d, d.int)
	s.Labels = named(d, d.cell)
	return s
}

func (d *decoder) flag() bool { return d.int() != 0 }

func (d *decoder) cell() domain.Cell {
	return domain.Cell{Sheet: d.text(), Row: d.int(), Col: d.int()}
}

func (d *decoder) optionalCell() *domain.Cell {
	if !d.flag() {
		return nil
	}
	at := d.cell()
	return &at
}

func several[T any](d *decoder, read func() T) []T {
	var list []T
	for range d.count(1) {
		list = append(list, read())
	}
	return list
}

func named[T any](d *decoder, read func() T) map[string]T {
	n := d.count(1)
	if n == 0 {
		return nil
	}
	table := make(map[string]T, n)
	for range n {
		name := d.text()
		table[name] = read()
	}
	return table
}
