package reader

import (
	"archive/zip"
	"bytes"
	"errors"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// FuzzNumber compares the number parser with its definition and with strconv.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "-1", "1.5", "1e5", "1E-300", "00012", "0.1", "9007199254740993", "123456789012345678901234567890", "1.",
		".5", "+1", "NaN", "1e999", "1_0", "-0", "0.000000000000000000000001"} {
		f.Add(s)
	}
	syntax := regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseNumber([]byte(s))
		want, err := strconv.ParseFloat(s, 64)
		if wantOK := syntax.MatchString(s) && err == nil; ok != wantOK {
			t.Fatalf("%q: accepted %v, want %v", s, ok, wantOK)
		}
		if ok && math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	})
}

// FuzzOpen puts any bytes behind the door, as a file and as the parts of a package.
// What is accepted must be readable to its end, and give the same from memory, from
// memory and read again.
func FuzzOpen(f *testing.F) {
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	f.Add([]byte("PK\x03\x04"), []byte(``), []byte(``), []byte(``))
	f.Add([]byte(``), []byte(`<worksheet `+main+`><sheetData><row r="1"><c r="A1" s="1" t="n"><f t="shared" si="0" ref="A1:A2">B1</f>`+
		`<v>1</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/>`+
		`</mergeCells></worksheet>`),
		[]byte(`<sst `+main+`><si><t>a_x0041_</t></si><si><r><rPr><rFont val=".VnTime"/></rPr><t>NguyÔn V¨n</t></r><rPh><t>x</t></rPh></si>`+
			`</sst>`),
		[]byte(`<styleSheet `+main+`><numFmts><numFmt numFmtId="164" formatCode="[$-42A]dd/mm"/></numFmts><fonts><font>`+
			`<name val="VNI-Times"/></font></fonts><cellXfs><xf/><xf numFmtId="164" fontId="0"/></cellXfs></styleSheet>`))
	f.Add([]byte(``), []byte(`<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row>`+
		`<x:c t="inlineStr"><x:is><x:t>a&#7841;<![CDATA[b]]></x:t></x:is></x:c><x:c t="d"><x:v>2021-10-31T10:00:00</x:v></x:c><x:c t="b">`+
		`<x:v>true</x:v></x:c></x:row></x:sheetData></x:worksheet>`), []byte(`<sst `+main+`/>`), []byte(`<styleSheet `+main+`/>`))
	const compat = ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:y="u:y" mc:Ignorable="y" ` +
		`mc:ProcessContent="y:k"`
	f.Add([]byte(``), []byte(`<worksheet `+main+compat+`><sheetData><y:k><row><c r="a1" t="s"><v> 0 </v></c></row></y:k><mc:AlternateContent>`+
		`<mc:Choice Requires="y"><row/></mc:Choice><mc:Fallback><row><c><v>1</v><y:x>z</y:x></c></row></mc:Fallback></mc:AlternateContent>`+
		`</sheetData></worksheet>`), []byte("\xff\xfe<\x00s\x00/\x00>\x00"), []byte(`<styleSheet `+main+`/>`))
	f.Fuzz(func(t *testing.T, file, sheet, texts, styles []byte) {
		limits := DefaultLimits()
		limits.LibreOffice = "-"
		if len(file) == 0 {
			var out bytes.Buffer
			w := zip.NewWriter(&out)
			for _, part := range []struct {
				name    string
				content []byte
			}{
				{"[Content_Types].xml", []byte(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
					`<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`)},
				{"_rels/.rels", []byte(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
					`<Relationship Id="a" Type="x/officeDocument" Target="w.xml"/></Relationships>`)},
				{"w.xml", []byte(`<workbook ` + main + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` +
					`<sheet name="A" r:id="a"/></sheets></workbook>`)},
				{"_rels/w.xml.rels", []byte(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
					`<Relationship Id="a" Type="x/worksheet" Target="s.xml"/><Relationship Id="b" Type="x/sharedStrings" Target="t.xml"/>` +
					`<Relationship Id="c" Type="x/styles" Target="y.xml"/></Relationships>`)},
				{"s.xml", sheet}, {"t.xml", texts}, {"y.xml", styles},
			} {
				e, err := w.Create(part.name)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := e.Write(part.content); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			file = out.Bytes()
		}
		book, err := Open(bytes.NewReader(file), int64(len(file)), limits)
		var refusal *Refusal
		if err != nil {
			if !errors.As(err, &refusal) {
				t.Fatalf("neither whole nor refused: %v", err)
			}
			return
		}
		limits.Keep = 0
		filed, err := Open(bytes.NewReader(file), int64(len(file)), limits)
		if err != nil {
			t.Fatalf("accepted and then not: %v", err)
		}
		for at, s := range book.Sheets {
			var kept []Row
			if s.packed != nil {
				for row := range s.Rows() {
					kept = append(kept, Row{row.N, row.Hidden, slices.Clone(row.Cells)})
				}
				i := 0
				for row, err := range filed.Sheets[at].Rows() {
					if err != nil {
						t.Fatalf("rows read again: %v", err)
					}
					if row.N != kept[i].N || row.Hidden != kept[i].Hidden || !slices.Equal(row.Cells, kept[i].Cells) {
						t.Fatalf("row %d differs when it is read again: %+v, was %+v", row.N, row, kept[i])
					}
					i++
				}
				if i != len(kept) {
					t.Fatalf("%d rows when they are read again, want %d", i, len(kept))
				}
			}
			s.packed = nil
			i := 0
			for row, err := range s.Rows() {
				if err != nil {
					t.Fatalf("Open accepted what Rows refuses: %v", err)
				}
				if kept != nil {
					if row.N != kept[i].N || row.Hidden != kept[i].Hidden || !slices.Equal(row.Cells, kept[i].Cells) {
						t.Fatalf("row %d differs on the second reading: %+v, was %+v", row.N, row, kept[i])
					}
					i++
				}
				last := 0
				for _, c := range row.Cells {
					if c.Col <= last {
						t.Fatalf("row %d: columns do not increase", row.N)
					}
					last = c.Col
					if c.NoValue {
						if _, err := book.Compute(s, row.N, c.Col); err != nil && !errors.Is(err, ErrNotComputed) {
							t.Fatalf("compute: %v", err)
						}
					}
				}
			}
		}
	})
}

// TestMoveFormula moves formulas that cells share one row down and one column to
// the right.
func TestMoveFormula(t *testing.T) {
	for formula, want := range map[string]string{
		"A1+$A1+A$1+$A$1":           "B2+$A2+B$1+$A$1",
		"SUM(A:A,1:1,$A:B,$1:2)":    "SUM(B:B,2:2,$A:C,$1:3)",
		`"A1"&'A1'!A1&A1!B2`:        `"A1"&'A1'!B2&A1!C3`,
		"LOG10(A1)+T1.x+_A1+A1B":    "LOG10(B2)+T1.x+_A1+A1B",
		"[1]A1!A1+Bảng[A1]":         "[1]A1!B2+Bảng[A1]",
		"Bảng[[A1]:[B1]]&A1:B2":     "Bảng[[A1]:[B1]]&B2:C3",
		"#N/A/A1+#REF!A1":           "#N/A/B2+#REF!B2",
		"XFD1+A1048576":             "#REF!+#REF!",
		"1+2.5E3+100%":              "1+2.5E3+100%",
		"TRUE":                      "TRUE",
		"IF(AA10>9,\"\"\"A1\",AB2)": "IF(AB11>9,\"\"\"A1\",AC3)",
	} {
		if got := moveFormula(formula, 1, 1); got != want {
			t.Errorf("%s: got %s, want %s", formula, got, want)
		}
	}
}

// TestDateFormats are number formats as offices have them.
func TestDateFormats(t *testing.T) {
	for format, want := range map[string]bool{
		"General": false, "0": false, "@": false, "#,##0": false, `0.00E+00`: false, `#,##0\ "đồng"`: false, `[Red]0;[Blue]-0`: false,
		`_(* #,##0_);_(* \(#,##0\);_(* "-"??_);_(@_)`: false, `0" người"`: false, `"ngày"`: false, `[$-42A]#,##0`: false, `0\d`: false,
		`0_d`: false, `General" ms"`: false,
		"dd/mm/yyyy": true, "dd/mm/yyyy;@": true, "[$-42A]dd mmmm yyyy": true, `"ngày" dd "tháng" mm`: true, "h:mm": true, "[h]:mm:ss": true,
		"[mm]": true, "mm:ss.0": true,
		"[$-F800]dddd, mmmm dd, yyyy": true, "D/M/YY": true, `[$-1010000]d/m/yyyy;@`: true, `0;dd`: true,
	} {
		if got := styleOf(format).date; got != want {
			t.Errorf("%s: got %v, want %v", format, got, want)
		}
	}
}

// TestPanicIsOurs: a bug costs the file and is not told to its sender as a fault of
// theirs.
func TestPanicIsOurs(t *testing.T) {
	_, err := Open(panicking{}, 100, DefaultLimits())
	var bug *Bug
	if !errors.As(err, &bug) || len(bug.Stack) == 0 {
		t.Errorf("got %v, want a Bug with its stack", err)
	}
}

type panicking struct{}

func (panicking) ReadAt([]byte, int64) (int, error) { panic("bug") }

// TestDiskErrorIsOurs: a file that cannot be read is no bad file.
func TestDiskErrorIsOurs(t *testing.T) {
	data, err := os.ReadFile("../../../examples/phu-binh-2021/assignment.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	old := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 8192)...)
	for _, trouble := range []error{os.ErrPermission, syscall.EMFILE, syscall.ENOMEM} {
		for fail := int64(0); fail < int64(len(data)); fail += 997 {
			_, err := Open(failing{bytes.NewReader(data), fail, trouble}, int64(len(data)), DefaultLimits())
			if !errors.Is(err, trouble) {
				t.Errorf("%v at byte %d: got %v", trouble, fail, err)
			}
		}
		for _, fail := range []int64{0, 511} {
			if _, err := Open(failing{bytes.NewReader(old), fail, trouble}, int64(len(old)), DefaultLimits()); !errors.Is(err, trouble) {
				t.Errorf("%v at byte %d of a file before zip: got %v", trouble, fail, err)
			}
		}
	}
}

// failing cannot read beyond a place, nor before it in one piece.
type failing struct {
	*bytes.Reader
	at  int64
	err error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.at && f.at < off+int64(len(p)) {
		return 0, f.err
	}
	return f.Reader.ReadAt(p, off)
}
