package main

import (
	"archive/zip"
	"errors"
	"hash/crc32"
	"io"
	"os"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"ketnap/config"
	"ketnap/internal/form"
	"ketnap/internal/xlsx/reader"
)

// way is one way of reading a workbook: "unzip" unpacks every part and touches every byte
// once, the least that any reader can take; "excelize" gives the raw text of every cell; "cells" is our
// reader with all its checks; "reading" is the cells and what they mean in the form, with Go's
// own settings for garbage.
func way(name string) (func(*os.File, int64) error, error) {
	limits := reader.DefaultLimits()
	limits.FileSize, limits.TotalSize, limits.PartSize = 1<<30, 4<<30, 2<<30
	switch name {
	case "unzip":
		return unzip, nil
	case "excelize":
		return excelizeRaw, nil
	case "cells":
		return func(f *os.File, size int64) error { return cells(f, size, limits) }, nil
	}
	forms, err := form.Load(config.FS)
	if err != nil {
		return nil, err
	}
	for _, def := range forms.Definitions {
		for i := range def.Sheets {
			def.Sheets[i].Most = limits.Rows
		}
	}
	return func(f *os.File, size int64) error {
		r, err := forms.Read(f, size, limits)
		if err == nil && r.Reading.Refusal != nil {
			err = errors.New(r.Reading.Refusal.Detail)
		}
		return err
	}, nil
}

func unzip(f *os.File, size int64) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	inflate := flate.NewReader(nil)
	for _, part := range z.File {
		raw, err := part.OpenRaw()
		if err != nil {
			return err
		}
		if part.Method == zip.Deflate {
			if err := inflate.(flate.Resetter).Reset(raw, nil); err != nil {
				return err
			}
			raw = inflate
		}
		if _, err := io.Copy(crc32.NewIEEE(), raw); err != nil {
			return err
		}
	}
	return nil
}

func excelizeRaw(f *os.File, _ int64) error {
	book, err := excelize.OpenReader(f)
	if err != nil {
		return err
	}
	defer book.Close()
	for _, sheet := range book.GetSheetList() {
		rows, err := book.Rows(sheet)
		if err != nil {
			return err
		}
		for rows.Next() {
			if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
				return err
			}
		}
		if err := errors.Join(rows.Error(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

func cells(f *os.File, size int64, limits reader.Limits) error {
	book, err := reader.Open(f, size, limits)
	if err != nil {
		return err
	}
	for _, sheet := range book.Sheets {
		for _, err := range sheet.Rows() {
			if err != nil {
				return err
			}
		}
	}
	return nil
}
