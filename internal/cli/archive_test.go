package cli_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ketnap/internal/cli"
	"ketnap/internal/s3test"
)

// A server of the archive that is away, lets nobody in or has no such bucket ends a command with 3
// and one sentence that says so; an address with a key in it is refused. The keys are told nowhere:
// not by the commands, in the diary or in what doctor packs.
func TestArchiveAway(t *testing.T) {
	server := s3test.New(t)
	good := server.Address("phu_binh")
	dir := filepath.Join(t.TempDir(), "office")
	if err := copyTree("../../examples/phu-binh-2021", dir); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "inbox", "2021-09")); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	ketnap := func(address string, args ...string) (int, string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "ketnap.yaml"), []byte("archive: "+address+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		now := func() time.Time { return time.Date(2021, 11, 10, 8, 0, 0, 0, time.UTC) }
		app := &cli.App{Stdout: &out, Stderr: &out, Now: now, Version: "test"}
		code := cli.Main(t.Context(), app, append(args, "-C", dir))
		said.Write(out.Bytes())
		return code, out.String()
	}
	if code, out := ketnap(good, "run"); code != cli.ExitDone && code != cli.ExitReturned {
		t.Fatalf("exit %d: %s", code, out)
	}
	for _, c := range []struct {
		address, key string
		code         int
		says         string
	}{
		{"s3://127.0.0.1:1/ketnap/phu_binh?tls=off", s3test.AccessKey, cli.ExitFailed, "Không kết nối được máy chủ S3"},
		{good, "khoa-sai", cli.ExitFailed, "không cho vào"},
		{strings.Replace(good, "/ketnap/", "/khac/", 1), s3test.AccessKey, cli.ExitFailed, "không có bucket"},
		{strings.Replace(good, "://", "://"+s3test.AccessKey+":"+s3test.SecretKey+"@", 1), "", cli.ExitUsage, "không ghi khóa truy cập"},
		{"s3://may-chu", "", cli.ExitUsage, "không đọc được địa chỉ kho lưu S3"},
	} {
		t.Setenv("AWS_ACCESS_KEY_ID", c.key)
		for _, command := range []string{"run", "status", "verify"} {
			if code, out := ketnap(c.address, command); code != c.code || !strings.Contains(out, c.says) || strings.Contains(out, "Chưa gửi") {
				t.Errorf("%s, %s: exit %d, %q", c.address, command, code, out)
			}
		}
		packed := filepath.Join(t.TempDir(), "ho-tro.zip")
		if code, out := ketnap(c.address, "doctor", packed); code != cli.ExitDone {
			t.Errorf("doctor: exit %d, %q", code, out)
		}
		said.WriteString(unpacked(t, packed))
	}
	diary, err := os.ReadFile(filepath.Join(dir, "data", "ketnap.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{s3test.AccessKey, s3test.SecretKey, "khoa-sai"} {
		if strings.Contains(said.String()+string(diary), key) {
			t.Errorf("%q is told", key)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	if code, out := ketnap(good, "verify"); code != cli.ExitDone {
		t.Errorf("afterwards: exit %d, %q", code, out)
	}
}

// unpacked is all that a zip holds.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return all.String()
}
