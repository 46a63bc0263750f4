package intake

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// zipped is a zip of files of those names.
func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range names {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, "content of "+name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestZip: of a zip its members are found and read, as if they lay in a folder of its name.
func TestZip(t *testing.T) {
	dir := inbox(t)
	data := zipped(t, "Úc Kỳ.xlsx", "xã/../../Hà Châu.xlsx", "~$Úc Kỳ.xlsx", "ảnh.pdf", "trong.zip", "__MACOSX/._Úc Kỳ.xlsx")
	if err := os.WriteFile(filepath.Join(dir, "T10.zip"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	found := scanned(t, dir)
	want := []string{"inbox/T10.zip/Hà Châu.xlsx", "inbox/T10.zip/Úc Kỳ.xlsx"}
	if !slices.Equal(paths(found), want) || len(found.SetAside) != 3 {
		t.Fatalf("found %q, set aside %v", paths(found), found.SetAside)
	}
	archive := Folder{Dir: t.TempDir(), MaxSize: 1 << 20}
	sum, size, err := archive.Keep(t.Context(), found.Files[1].Open)
	if err != nil || size != found.Files[1].Size {
		t.Fatalf("%d bytes of %d, %v", size, found.Files[1].Size, err)
	}
	if kept, err := Read(t.Context(), archive, sum); err != nil || string(kept) != "content of Úc Kỳ.xlsx" {
		t.Errorf("kept %q, %v", kept, err)
	}
}

// TestOurs: what this program writes is known by its sheets, and a return never is.
func TestOurs(t *testing.T) {
	for sheets, ours := range map[string]bool{
		`<sheet name="TOM_TAT" sheetId="1"/><sheet name="TIEN_DO" sheetId="2"/>`: true, `<sheet name="TOM_TAT" sheetId="1"/>`: false,
		`<x:sheet sheetId="1" name="DON_VI"/><x:sheet sheetId="2" name="CHI_TIEU"/>`:                          true,
		`<sheet name="KET_NAP"/><sheet name="NGUON"/>`:                                                        true,
		`<sheet name="KET_NAP"/><sheet name="NGUON"/><sheet name="CHI_BO"/>`:                                  false,
		`<sheet name="DOI_CHIEU_CSDL"/>`:                                                                      true,
		`<sheet name="THONG_TIN"/><sheet name="TOM_TAT"/><sheet name="TIEN_DO"/>`:                             false,
		`<sheet name="THONG_TIN"/><sheet name="KET_NAP"/><sheet name="LOI_CAN_SUA"/><sheet name="DANH_MUC"/>`: false,
	} {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		w, err := z.Create("xl/workbook.xml")
		if err == nil {
			_, err = io.WriteString(w, "<workbook><sheets>"+sheets+"</sheets></workbook>")
		}
		if err == nil {
			w, err = z.Create("docProps/core.xml")
		}
		if err == nil {
			_, err = io.WriteString(w, "<x><dc:title>Tổng hợp kết nạp đảng viên</dc:title><dc:creator>ketnap</dc:creator></x>")
		}
		if err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		if got := Ours(bytes.NewReader(out.Bytes()), int64(out.Len())); (got != "") != ours {
			t.Errorf("%s: %q", sheets, got)
		}
	}
}
