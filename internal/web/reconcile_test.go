package web_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// The export of the party database is compared on the page as by `ketnap reconcile`, and not kept.
func TestReconcile(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	v := serve(t, dir)
	v.send(file{"Nhã Lộng.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")})
	export := excelize.NewFile()
	for cell, value := range map[string]string{
		"A1": "Họ và tên", "B1": "Ngày sinh", "C1": "Số định danh", "D1": "Ngày kết nạp", "E1": "Tổ chức đảng",
		"A2": "Người Không Có", "B2": "01/02/1990", "C2": "019190000001", "D2": "15/10/2021", "E2": "Đảng bộ xã Nhã Lộng",
	} {
		if err := export.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := export.Write(&b); err != nil {
		t.Fatal(err)
	}
	if a := v.get("/doi-chieu"); !strings.Contains(a.body, `value="2021-10"`) {
		t.Errorf("the page does not offer October:\n%s", a.body)
	}
	for _, c := range []struct {
		period string
		data   []byte
		status int
		told   string
	}{
		{"2021-10", b.Bytes(), http.StatusOK, "doi-chieu-csdl-2021-10.xlsx: đã ghi"},
		{"mai", b.Bytes(), http.StatusUnprocessableEntity, "Chưa chọn kỳ"},
		{"2021-10", nil, http.StatusUnprocessableEntity, "Chưa chọn tệp"},
		{"2021-10", []byte("không phải bảng tính"), http.StatusUnprocessableEntity, "xuất.xlsx"},
	} {
		var files []file
		if c.data != nil {
			files = append(files, file{"xuất.xlsx", c.data})
		}
		a := v.do(multipartRequest(t, v.base+"/doi-chieu?ky="+c.period, files...), nil)
		if a.status != c.status || !strings.Contains(a.body, c.told) {
			t.Errorf("%s, %d bytes: status %d, and not %q:\n%s", c.period, len(c.data), a.status, c.told, a.body)
		}
	}
	if got := kept(t, dir); len(got) != 1 {
		t.Errorf("the inbox has %q", got)
	}
}
