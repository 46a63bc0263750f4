package workspace

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"ketnap/config"
	"ketnap/internal/intake"
	"ketnap/internal/reference"
)

// carried is what a blank return carries in a part of its own: what the unit was assigned, and
// what it will be judged by. With it a return is judged anywhere, without a workspace; the
// office judges by its own.
type carried struct {
	Assignment *reference.Assignment `json:"assignment"` // of that unit
	Settings   Settings              `json:"settings"`   // those that judging rests on
	Config     map[string]string     `json:"config"`     // files of the configuration that are the office's own
}

// What stands around it in its part: customXml, which Excel keeps when it saves.
const (
	carriedBegins = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<ketnap xmlns="urn:ketnap:carried">`
	carriedEnds   = `</ketnap>`
	maxCarried    = 8 << 20 // bytes of such a part, and of what is packed in it
)

// carriedBy is what the blank of a unit carries.
func (w *Workspace) carriedBy(u reference.Unit) ([]byte, error) {
	s, d := w.Settings, DefaultSettings()
	d.Received, d.CountingDate, d.CutoffDay, d.FormWording = s.Received, s.CountingDate, s.CutoffDay, s.FormWording
	d.Office.Level = s.Office.Level
	d.DeadlineDays, d.DeadlineDaysQuarter, d.DeadlineDaysHalfYear, d.DeadlineDaysYear =
		s.DeadlineDays, s.DeadlineDaysQuarter, s.DeadlineDaysHalfYear, s.DeadlineDaysYear
	d.Limits = s.Limits
	c := carried{Assignment: w.Assignment.Only(u.Code), Settings: d, Config: map[string]string{}}
	for _, pattern := range judgingFiles {
		names, err := fs.Glob(configurationOf(w.Dir), pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			data, err := fs.ReadFile(configurationOf(w.Dir), name)
			if err != nil {
				return nil, fmt.Errorf("read configuration: %w", err)
			}
			if shipped, err := fs.ReadFile(config.FS, name); err != nil || !bytes.Equal(shipped, data) {
				c.Config[name] = string(data)
			}
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(carriedBegins)
	encoder := base64.NewEncoder(base64.StdEncoding, &out)
	packer := gzip.NewWriter(encoder)
	_, err = packer.Write(text)
	if err = errors.Join(err, packer.Close(), encoder.Close()); err != nil {
		return nil, err
	}
	out.WriteString(carriedEnds)
	return out.Bytes(), nil
}

// judgingFiles are the files of the configuration that a return is judged by.
var judgingFiles = []string{"codes.yaml", "form-*.yaml", "holidays.yaml", "rules.yaml"}

// carriedIn is what a workbook carries, nil when it carries nothing.
func carriedIn(name string) (*carried, error) {
	f, err := intake.Named(name)()
	if err != nil {
		return nil, cannotRead(name, err)
	}
	defer f.Close() // nothing is written to it
	info, err := f.Stat()
	var book *zip.Reader
	if err == nil {
		book, err = zip.NewReader(f.(io.ReaderAt), info.Size())
	}
	if _, ofDisk := errors.AsType[*fs.PathError](err); ofDisk {
		return nil, cannotRead(name, err)
	}
	if err != nil {
		return nil, nil // no workbook of today, or none: that it cannot be judged is told
	}
	for _, part := range book.File {
		if ok, _ := path.Match("customXml/item*.xml", part.Name); !ok || part.UncompressedSize64 > maxCarried {
			continue
		}
		content, err := fs.ReadFile(book, part.Name) // no more than it says
		if err != nil {
			return nil, nil
		}
		_, packed, begins := bytes.Cut(content, []byte(`<ketnap xmlns="urn:ketnap:carried">`))
		packed, _, ends := bytes.Cut(packed, []byte(carriedEnds))
		if !begins || !ends {
			continue
		}
		unpacker, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(packed)))
		if err != nil {
			return nil, nil
		}
		c := new(carried)
		if err := json.NewDecoder(io.LimitReader(unpacker, maxCarried)).Decode(c); err != nil || c.Assignment == nil {
			return nil, nil
		}
		return c, nil
	}
	return nil, nil
}

// OpenCarried opens, instead of a workspace, what a return itself carries. It has no record:
// nothing can be compared with other returns.
func OpenCarried(name string, env Environment) (*Workspace, error) {
	c, err := carriedIn(name)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, usageError(nil, "", "Tệp «%s» không mang theo số liệu được giao (LibreOffice, Google và điện thoại bỏ phần ấy khi lưu), "+
			"và ở đây không có thư mục làm việc — điền vào mẫu trống "+
			"của cơ quan tổng hợp (bằng Excel), hoặc chạy trong thư mục làm việc.", name)
	}
	dir, err := os.MkdirTemp("", "ketnap-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the configuration: %w", err)
	}
	defer os.RemoveAll(dir) // what is left is no harm
	for _, file := range slices.Sorted(maps.Keys(c.Config)) {
		at := filepath.Join(dir, "config", filepath.Base(file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, []byte(c.Config[file]), 0o600)); err != nil {
			return nil, fmt.Errorf("lay out the configuration: %w", err)
		}
	}
	if err := c.Settings.Check(); err != nil {
		return nil, err
	}
	w := newWorkspace(dir, c.Settings, env)
	w.Assignment, w.archive = c.Assignment, w.folder() // which holds nothing
	w.Assignment.Index()
	w.Forms, w.Rules, err = LoadRules(dir)
	return w, err
}
