package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Statement says how the file was read, for people: nothing is passed over in silence. Sheets
// called as ours are those that the program itself put there. It is empty of a file that could
// not be read.
func (r *Reading) Statement(ours ...string) []string {
	if r.Refusal != nil {
		return nil
	}
	var lines []string
	say := func(so bool, line string) {
		if so {
			lines = append(lines, line)
		}
	}
	say(r.Form != "", "Đọc theo mẫu "+r.Form+".")
	say(r.Recalculated, "Tệp "+r.Kind+" được chuyển sang định dạng mới để đọc; các công thức được tính lại.")
	for i := range r.Sheets {
		lines = append(lines, r.Sheets[i].statement()...)
	}
	other := slices.DeleteFunc(slices.Clone(r.Other), func(n string) bool { return slices.Contains(ours, n) })
	say(len(other) > 0, "Trang tính khác, không đọc: "+strings.Join(other, ", ")+".")
	for _, u := range r.Unread {
		say(u.ID == InTexts, fmt.Sprintf("Hộp chữ, ghi chú của ô, đầu trang, chân trang có %d số định danh, không đọc.", u.Rows))
		say(u.ID == InPictures, fmt.Sprintf("Tệp có %d hình ảnh, không đọc.", u.Rows))
		say(u.At.Sheet != "", fmt.Sprintf("%s: %d dòng trông như số liệu (từ ô %s), không đọc.", u.At.Sheet, u.Rows, u.At.Ref()))
	}
	say(r.Macros, "Tệp có macro: không chạy.")
	say(r.ExternalLinks, "Tệp có liên kết tới tệp khác: không mở theo.")
	return lines
}

func (s *SheetReading) statement() []string {
	if s.Name == "" {
		nearest := "."
		if s.Nearest != "" {
			nearest = fmt.Sprintf(" (tên gần nhất: %s).", s.Nearest)
		}
		return []string{s.ID + ": không có trang tính này" + nearest}
	}
	text := "không có dòng số liệu nào"
	switch {
	case len(s.Labels) > 0:
		text = fmt.Sprintf("đọc %d mục", len(s.Labels))
	case s.ID == SheetCover:
		text = "đã đọc"
	case s.Range != "":
		text = fmt.Sprintf("đọc %d dòng, vùng %s (tiêu đề ở dòng %d)", s.Rows, s.Range, s.HeaderRow)
	}
	if s.ByHeaders {
		text += "; là " + s.ID + " theo tiêu đề"
	}
	if s.Hidden {
		text += "; trang tính đang ẩn, vẫn đọc"
	}
	if s.HiddenRows > 0 {
		text += fmt.Sprintf("; %d dòng đang ẩn hoặc bị lọc, vẫn đọc", s.HiddenRows)
	}
	lines := []string{s.Name + ": " + text + "."}
	if len(s.Skipped) > 0 {
		why := make([]string, len(s.Skipped))
		for i, skip := range s.Skipped {
			rows := strconv.Itoa(skip.From)
			if skip.To > skip.From {
				rows += fmt.Sprintf("–%d", skip.To)
			}
			why[i] = fmt.Sprintf("dòng %s (%s)", rows, skip.Why)
		}
		lines = append(lines, s.Name+": không phải số liệu, bỏ qua: "+strings.Join(why, "; ")+".")
	}
	if len(s.Extra) > 0 {
		lines = append(lines, s.Name+": cột ngoài mẫu, không đọc: "+strings.Join(s.Extra, ", ")+".")
	}
	if s.Stray != nil {
		lines = append(lines, fmt.Sprintf("%s: chữ ở xa bên dưới (từ ô %s), không đọc.", s.Name, s.Stray.Ref()))
	}
	return lines
}
