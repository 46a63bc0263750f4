package reader_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"

	"ketnap/internal/xlsx/reader"
)

// hostile is a file made to cost more than it should, small on disk.
type hostile struct {
	name string
	make func() []byte
	want string // "F01", "F12", or "" when it is only large and must be read
}

// repeat writes a part of head, n times body, and tail into a zip without ever
// holding it.
type repeat struct {
	head, body, tail string
	n                int
}

func (r repeat) writeTo(w io.Writer) {
	must(io.WriteString(w, r.head))
	chunk := strings.Repeat(r.body, max(1, min(r.n, 1<<16/max(1, len(r.body)))))
	per := len(chunk) / max(1, len(r.body))
	left := r.n
	for ; left >= per && per > 0; left -= per {
		must(io.WriteString(w, chunk))
	}
	must(io.WriteString(w, strings.Repeat(r.body, left)))
	must(io.WriteString(w, r.tail))
}

// packed is a package with some parts written piece by piece, packed at a level.
func packed(p pkg, level int, streamed map[string]func(io.Writer)) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, level) })
	for name, content := range p {
		if streamed[name] == nil {
			must(io.WriteString(must(w.Create(name)), content))
		}
	}
	for name, write := range streamed {
		write(must(w.Create(name)))
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

const (
	sheetPart   = "xl/worksheets/sheet1.xml"
	stringsPart = "xl/sharedStrings.xml"
	stylesPart  = "xl/styles.xml"
	sheetHead   = `<worksheet ` + xmlMain + `><sheetData>`
	sheetTail   = `</sheetData></worksheet>`
)

func inPart(part string, r repeat) func() []byte {
	return func() []byte { return packed(minimal(""), 6, map[string]func(io.Writer){part: r.writeTo}) }
}

// numbered writes rows made by f, so that they do not pack too well.
func numbered(n int, f func(row int) string) func() []byte {
	return func() []byte {
		return packed(minimal(""), 6, map[string]func(io.Writer){sheetPart: func(w io.Writer) {
			must(io.WriteString(w, sheetHead))
			for i := 1; i <= n; i++ {
				must(io.WriteString(w, f(i)))
			}
			must(io.WriteString(w, sheetTail))
		}})
	}
}

// lying is a zip of one entry whose headers declare a size of their own.
func lying(declared uint64) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f := must(w.CreateRaw(&zip.FileHeader{Name: "[Content_Types].xml", CompressedSize64: 1, UncompressedSize64: declared,
		CRC32: crc32.ChecksumIEEE([]byte("x"))}))
	must(f.Write([]byte("x")))
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// overlapping is a zip of many entries that all lie in the same bytes.
func overlapping(entries int) []byte {
	one := minimal("").zip()
	end := bytes.LastIndex(one, []byte("PK\x05\x06"))
	from := int(binary.LittleEndian.Uint32(one[end+16:]))
	header := one[from:]
	header = header[:46+int(binary.LittleEndian.Uint16(header[28:]))+int(binary.LittleEndian.Uint16(header[30:]))]
	out := bytes.Clone(one[:from])
	for i := range entries {
		h := bytes.Clone(header)
		copy(h[46:], fmt.Sprintf("%06d", i))
		out = append(out, h...)
	}
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(entries))
	binary.LittleEndian.PutUint16(tail[10:], uint16(entries))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(out)-from))
	return append(out, tail...)
}

func hostiles() []hostile {
	cell := func(i int) string { return fmt.Sprintf(`<c r="A%d"><v>%d</v></c>`, i, i*7919%100003) }
	return []hostile{
		{"1 GiB of spaces in a sheet", inPart(sheetPart, repeat{sheetHead, " ", sheetTail, 1 << 30}), "F12"},
		{"120 MiB of spaces in a sheet, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{sheetHead, " ", sheetTail, 120 << 20}.writeTo})
		}, "F12"},
		{"28 MiB of spaces in a sheet, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{sheetHead, " ", sheetTail, 28 << 20}.writeTo})
		}, "F12"},
		{"28 MiB of spaces, a comment every KiB", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{sheetHead, strings.Repeat(" ", 1000) + "<!-- -->", sheetTail,
				28 << 10}.writeTo})
		}, ""},
		{"1 GiB in one cell", inPart(sheetPart, repeat{sheetHead + `<row r="1"><c r="A1" t="str"><v>`, "a", `</v></c></row>` + sheetTail,
			1 << 30}), "F12"},
		{"1 GiB in one shared string", inPart(stringsPart, repeat{`<sst ` + xmlMain + `><si><t>`, "a", `</t></si></sst>`, 1 << 30}), "F12"},
		{"1 GiB comment in styles", inPart(stylesPart, repeat{`<styleSheet ` + xmlMain + `><!--`, "a", `--></styleSheet>`, 1 << 30}), "F12"},
		{"8 pictures of 1 GiB", func() []byte {
			parts := map[string]func(io.Writer){}
			for i := range 8 {
				parts[fmt.Sprintf("xl/media/%d.png", i)] = repeat{"", "\x00", "", 1 << 30}.writeTo
			}
			return packed(minimal(""), 1, parts)
		}, "F12"},
		{"1,900 entries in the same bytes", func() []byte { return overlapping(1900) }, "F01"},
		{"60,000 entries", func() []byte { return overlapping(60_000) }, "F12"},
		{"declares 15 GiB", func() []byte { return lying(15 << 30) }, "F12"},
		{"declares more than int63", func() []byte { return lying(1 << 63) }, "F12"},
		{"declares 100 MiB, holds a byte", func() []byte { return lying(100 << 20) }, "F12"},
		{"declares 1 MiB, holds a byte", func() []byte { return lying(1 << 20) }, "F01"},
		{"10.5 M dense cells", inPart(sheetPart, repeat{sheetHead, `<row>` + strings.Repeat(`<c><v>1</v>`+
			`</c>`, 10) + `</row>`, sheetTail, 1_050_000}), "F12"},
		{"1,048,576 styled empty rows", numbered(1<<20, func(i int) string {
			return fmt.Sprintf(`<row r="%d" s="1" customFormat="1" `+
				`ht="15.75"/>`, i)
		}), ""},
		{"a value in XFD on 100,000 rows", numbered(100_000, func(i int) string {
			return fmt.Sprintf(`<row r="%d"><c r="XFD%d"><v>%d</v></c>`+
				`</row>`, i, i, i)
		}), "F12"},
		{"a style in XFD on 1,000,000 rows", numbered(1_000_000, func(i int) string {
			return fmt.Sprintf(`<row r="%d"><c r="XFD%d" s="1"/>`+
				`</row>`, i, i)
		}), ""},
		{"A1 and XFD1048576", numbered(1, func(int) string {
			return `<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>`
		}), ""},
		{"a value on 1,000,000 rows", numbered(1_000_000, func(i int) string { return fmt.Sprintf(`<row r="%d">%s</row>`, i, cell(i)) }), "F12"},
		{"200,000 rows of 12 cells", numbered(200_000, func(i int) string {
			var b strings.Builder
			fmt.Fprintf(&b, `<row r="%d">`, i)
			for c := range 12 {
				fmt.Fprintf(&b, `<c r="%c%d"><v>%d</v></c>`, 'A'+c, i, (i*7919+c)%100003)
			}
			return b.String() + `</row>`
		}), ""},
		{"10,000 merges", inPartMerges(10_000), ""},
		{"100,000 merges", inPartMerges(100_000), "F12"},
		{"10,000 merges across all columns", func() []byte {
			return packed(minimal(""), 6, map[string]func(io.Writer){sheetPart: func(w io.Writer) {
				must(io.WriteString(w, sheetHead))
				for i := 1; i <= 20_000; i++ {
					fmt.Fprintf(w, `<row r="%d">%s</row>`, i, cell(i))
				}
				must(io.WriteString(w, `</sheetData><mergeCells>`))
				for i := range 10_000 {
					fmt.Fprintf(w, `<mergeCell ref="A%d:XFD1048576"/>`, i+1)
				}
				must(io.WriteString(w, `</mergeCells></worksheet>`))
			}})
		}, ""},
		{"65,000 number formats", func() []byte {
			return packed(minimal(""), 6, map[string]func(io.Writer){stylesPart: func(w io.Writer) {
				must(io.WriteString(w, `<styleSheet `+xmlMain+`><numFmts>`))
				for i := range 65_000 {
					fmt.Fprintf(w, `<numFmt numFmtId="%d" formatCode="0.%d"/>`, i+164, i)
				}
				must(io.WriteString(w, `</numFmts></styleSheet>`))
			}})
		}, "F12"},
		{"70,000 styles", inPart(stylesPart, repeat{`<styleSheet ` + xmlMain + `><cellXfs>`, `<xf numFmtId="0" fontId="12345678"/>`,
			`</cellXfs></styleSheet>`, 70_000}), "F12"},
		{"5 M empty shared strings", inPart(stringsPart, repeat{`<sst ` + xmlMain + `>`, `<si/>`, `</sst>`, 5_000_000}), "F12"},
		{"5 M empty shared strings, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){stringsPart: repeat{`<sst ` + xmlMain + `>`, `<si/>`, `</sst>`,
				5_000_000}.writeTo})
		}, "F12"},
		{"31 MiB of shared strings of 32 bytes", func() []byte {
			return packed(minimal(""), 1, map[string]func(io.Writer){stringsPart: func(w io.Writer) {
				must(io.WriteString(w, `<sst `+xmlMain+`>`))
				for i := range 990_000 {
					fmt.Fprintf(w, `<si><t>%032d</t></si>`, i*7919)
				}
				must(io.WriteString(w, `</sst>`))
			}})
		}, ""},
		{"3.9 M runs in one string", inPart(stringsPart, repeat{`<sst ` + xmlMain + `><si>`, `<r/>`, `</si></sst>`, 3_900_000}), "F12"},
		{"3.9 M runs in one string, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){stringsPart: repeat{`<sst ` + xmlMain + `><si>`, `<r/>`, `</si></sst>`,
				3_900_000}.writeTo})
		}, ""},
		{"32 KiB string shown 60,000 times", func() []byte {
			return packed(minimal("", pkg{stringsPart: `<sst ` + xmlMain + `><si><t>` + strings.Repeat("Ô", 32_000) + `</t></si></sst>`}), 6,
				map[string]func(io.Writer){sheetPart: func(w io.Writer) {
					must(io.WriteString(w, sheetHead))
					for i := 1; i <= 60_000; i++ {
						fmt.Fprintf(w, `<row r="%d"><c r="A%d" t="s" s="3"><v>0</v></c></row>`, i, i)
					}
					must(io.WriteString(w, sheetTail))
				}})
		}, ""},
		{"texts in a legacy font, 9 MiB inline", numbered(20_000, func(i int) string {
			return fmt.Sprintf(`<row r="%d"><c r="A%d" s="3" t="inlineStr"><is><t>%s%d</t></is></c></row>`, i, i, strings.Repeat("NguyÔn ", 60), i)
		}), "F12"},
		{"100 MiB inline", numbered(100_000, func(i int) string {
			return fmt.Sprintf(`<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s%d</t></is></c></row>`, i, i, strings.Repeat("Nguyễn Văn ", 70), i)
		}), ""},
		{"two sheets of 120 MiB inline", func() []byte {
			big := func(w io.Writer) {
				must(io.WriteString(w, sheetHead))
				for i := 1; i <= 120_000; i++ {
					fmt.Fprintf(w, `<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s%d</t></is></c></row>`, i, i, strings.Repeat("Nguyễn Văn ", 70), i)
				}
				must(io.WriteString(w, sheetTail))
			}
			return packed(twoSheets("A", "B"), 1, map[string]func(io.Writer){sheetPart: big, "xl/worksheets/sheet2.xml": big})
		}, ""},
		{"32 KiB string in a legacy font shown 20,000 times", func() []byte {
			return packed(minimal("", pkg{stringsPart: `<sst ` + xmlMain + `><si><t>` + strings.Repeat("NguyÔn ", 4_000) + `</t></si></sst>`}), 6,
				map[string]func(io.Writer){sheetPart: func(w io.Writer) {
					must(io.WriteString(w, sheetHead))
					for i := 1; i <= 20_000; i++ {
						fmt.Fprintf(w, `<row r="%d"><c r="A%d" t="s" s="3"><v>0</v></c></row>`, i, i)
					}
					must(io.WriteString(w, sheetTail))
				}})
		}, ""},
		{"5 M <c/>", inPart(sheetPart, repeat{sheetHead + `<row>`, `<c/>`, `</row>` + sheetTail, 5_000_000}), "F12"},
		{"elements nested 5 M deep", inPart(sheetPart, repeat{`<worksheet ` + xmlMain + `>`, `<a>`, ``, 5_000_000}), "F12"},
		{"elements nested 5 M deep in a cell, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{sheetHead + `<row><c>`, `<v>`, ``, 5_000_000}.writeTo})
		}, "F01"},
		{"300 MB attribute", inPart(sheetPart, repeat{`<worksheet ` + xmlMain + ` a="`, `a`, `"/>`, 300_000_000}), "F12"},
		{"20 MB attribute, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{`<worksheet ` + xmlMain + ` a="`, `a`, `"/>`,
				20_000_000}.writeTo})
		}, "F12"},
		{"28 tags of 1 MiB, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{`<worksheet ` + xmlMain + `><sheetData/>`,
				`<a b="` + strings.Repeat("a", mebi-16) + `"/>`, `</worksheet>`, 28}.writeTo})
		}, ""},
		{"1 M attributes", func() []byte {
			return packed(minimal(""), 6, map[string]func(io.Writer){sheetPart: func(w io.Writer) {
				must(io.WriteString(w, `<worksheet `+xmlMain))
				for i := range 1_000_000 {
					fmt.Fprintf(w, ` a%d=""`, i)
				}
				must(io.WriteString(w, `/>`))
			}})
		}, "F12"},
		{"100 attributes on 100,000 elements", func() []byte {
			var b strings.Builder
			for i := range 100 {
				fmt.Fprintf(&b, ` a%02d=""`, i)
			}
			return packed(minimal(""), 6, map[string]func(io.Writer){sheetPart: repeat{`<worksheet ` + xmlMain + `><sheetData/>`,
				`<a` + b.String() + `/>`, `</worksheet>`, 150_000}.writeTo})
		}, ""},
		{"100 attributes on 36,000 elements, stored", func() []byte {
			var b strings.Builder
			for i := range 100 {
				fmt.Fprintf(&b, ` a%02d=""`, i)
			}
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{`<worksheet ` + xmlMain + `><sheetData/>`,
				`<a` + b.String() + `/>`, `</worksheet>`, 36_000}.writeTo})
		}, ""},
		{"99 namespaces on 60 levels, 4 M elements", func() []byte {
			var b strings.Builder
			for i := range 99 {
				fmt.Fprintf(&b, ` xmlns:p%02d="u"`, i)
			}
			return packed(minimal(""), 1, map[string]func(io.Writer){sheetPart: repeat{`<worksheet ` + xmlMain + ` xmlns:q="u"><sheetData/>` +
				strings.Repeat(`<a`+b.String()+`>`, 60), `<q:a/>`, strings.Repeat(`</a>`, 60) + `</worksheet>`, 4_000_000}.writeTo})
		}, "F12"},
		{"99 namespaces on 60 levels, 4 M elements, stored", func() []byte {
			var b strings.Builder
			for i := range 99 {
				fmt.Fprintf(&b, ` xmlns:p%02d="u"`, i)
			}
			return packed(minimal(""), 0, map[string]func(io.Writer){sheetPart: repeat{`<worksheet ` + xmlMain + ` xmlns:q="u"><sheetData/>` +
				strings.Repeat(`<a`+b.String()+`>`, 60), `<q:a/>`, strings.Repeat(`</a>`, 60) + `</worksheet>`, 4_000_000}.writeTo})
		}, "F12"},
		{"shared formula of 8 KiB on 100,000 rows", numbered(100_000, func(i int) string {
			if i == 1 {
				return `<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A100000">` + strings.Repeat("B1+", 2_700) + `1</f><v>1</v></c></row>`
			}
			return fmt.Sprintf(`<row r="%d"><c r="A%d"><f t="shared" si="0"/><v>%d</v></c></row>`, i, i, i)
		}), "F12"},
		{"2 M calcChain cells", inPart("xl/calcChain.xml", repeat{`<calcChain ` + xmlMain + `>`, `<c r="A1" ` +
			`i="1"/>`, `</calcChain>`, 2_000_000}), "F12"},
		{"500,000 names", func() []byte {
			return packed(minimal(""), 6, map[string]func(io.Writer){"xl/workbook.xml": func(w io.Writer) {
				must(io.WriteString(w, `<workbook `+xmlMain+` `+xmlRelation+`><sheets><sheet name="A" r:id="rId1"/></sheets><definedNames>`))
				for i := range 500_000 {
					fmt.Fprintf(w, `<definedName name="n%d">A!$A$%d</definedName>`, i, i+1)
				}
				must(io.WriteString(w, `</definedNames></workbook>`))
			}})
		}, "F12"},
		{"a name 100,000 times, of no sheet", func() []byte {
			name := `<definedName name="a" localSheetId="x">A!$A$1</definedName>`
			return minimal("", book(oneSheet+`<definedNames>`+strings.Repeat(name, 100_000)+`</definedNames>`)).zip()
		}, "F12"},
		{"300,000 comments, stored", func() []byte {
			comments := repeat{`<comments>`, `<comment ref="A1"/>`, `</comments>`, 300_000}
			return packed(minimal(""), 0, map[string]func(io.Writer){"xl/comments1.xml": comments.writeTo})
		}, "F12"},
		{"20,000 comments with their shapes", func() []byte {
			comments := repeat{`<comments>`, `<comment ref="A1"/>`, `</comments>`, 20_000}
			shapes := repeat{`<xml>`, `<v:shape id="a"/>`, `</xml>`, 20_000}
			return packed(minimal(""), 0, map[string]func(io.Writer){
				"xl/comments1.xml": comments.writeTo, "xl/drawings/vmlDrawing1.vml": shapes.writeTo,
			})
		}, ""},
		{"28 MiB of <, stored", func() []byte {
			return packed(minimal(""), 0, map[string]func(io.Writer){"xl/media/1.png": repeat{"", "<", "", 28 << 20}.writeTo})
		}, ""},
		{"500,000 relationships", func() []byte {
			return packed(minimal(""), 6, map[string]func(io.Writer){"xl/_rels/workbook.xml.rels": func(w io.Writer) {
				must(io.WriteString(w, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+
					`<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>`))
				for i := range 500_000 {
					fmt.Fprintf(w, `<Relationship Id="a%d" Type="x" Target="%d"/>`, i, i)
				}
				must(io.WriteString(w, `</Relationships>`))
			}})
		}, "F12"},
		{"500,000 content types", func() []byte {
			return packed(minimal(""), 6, map[string]func(io.Writer){"[Content_Types].xml": func(w io.Writer) {
				must(io.WriteString(w, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`+
					`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>`))
				for i := range 500_000 {
					fmt.Fprintf(w, `<Override PartName="/%d" ContentType="a"/>`, i)
				}
				must(io.WriteString(w, `</Types>`))
			}})
		}, "F12"},
		{"20,000 sheets", func() []byte {
			var sheets, links strings.Builder
			p := pkg{}
			for i := range 1_900 {
				fmt.Fprintf(&sheets, `<sheet name="%d" r:id="r%d"/>`, i, i)
				fmt.Fprintf(&links, `<Relationship Id="r%d" Type="x/worksheet" Target="%d.xml"/>`, i, i)
				p[fmt.Sprintf("xl/%d.xml", i)] = worksheet("")
			}
			p["xl/workbook.xml"] = `<workbook ` + xmlMain + ` ` + xmlRelation + `><sheets>` + sheets.String() + `</sheets></workbook>`
			p["xl/_rels/workbook.xml.rels"] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
				links.String() + `</Relationships>`
			return minimal("", p).zip()
		}, "F12"},
		{"billion laughs", func() []byte {
			return minimal("", pkg{sheetPart: `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` +
				worksheet(row1(`<c r="A1" t="str"><v>&b;</v></c>`))}).zip()
		}, "F01"},
	}
}

const mebi = 1 << 20

func inPartMerges(n int) func() []byte {
	return func() []byte {
		return packed(minimal(""), 6, map[string]func(io.Writer){sheetPart: func(w io.Writer) {
			must(io.WriteString(w, sheetHead+row1(`<c r="A1"><v>1</v></c>`)+`</sheetData><mergeCells>`))
			for i := range n {
				fmt.Fprintf(w, `<mergeCell ref="A%d:C%d"/>`, i*2+1, i*2+2)
			}
			must(io.WriteString(w, `</mergeCells></worksheet>`))
		}})
	}
}

// cost opens a file, goes through all its rows, and tells what came of it, the CPU
// time and the largest heap seen.
func cost(data []byte) (outcome string, cpu time.Duration, peak uint64) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapInuse > before.HeapInuse {
				peak = max(peak, m.HeapInuse-before.HeapInuse)
			}
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	from := cpuTime()
	book, err := open(data)
	if err == nil {
		for _, sheet := range book.Sheets {
			for _, e := range sheet.Rows() {
				err = e
			}
		}
	}
	cpu = cpuTime() - from
	close(stop)
	wait.Wait()
	var refusal *reader.Refusal
	switch {
	case err == nil:
		outcome = "read"
	case errors.As(err, &refusal):
		outcome = refusal.Rule + " " + refusal.Detail
	default:
		outcome = "error: " + err.Error()
	}
	return outcome, cpu, peak
}

// TestHostile opens files made to exhaust the reader. KETNAP_HOSTILE=1 prints what
// each of them cost: none may take more than 10 s of CPU on an ordinary machine.
// Memory is asserted; time is only printed, for it is the machine's.
func TestHostile(t *testing.T) {
	const maxHeap = 256 << 20
	all := os.Getenv("KETNAP_HOSTILE") != ""
	for _, h := range hostiles() {
		if slow[h.name] && !all {
			continue
		}
		data := h.make()
		outcome, cpu, peak := cost(data)
		if all {
			t.Logf("%-60s %8.1f KB %6.2f s CPU %5d MiB  %s", h.name, float64(len(data))/1e3, cpu.Seconds(), peak>>20, outcome)
		}
		if h.want == "" && outcome != "read" || h.want != "" && !strings.HasPrefix(outcome, h.want+" ") {
			t.Errorf("%s: got %s, want %q", h.name, outcome, h.want)
		}
		if peak > maxHeap {
			t.Errorf("%s: took %d MiB", h.name, peak>>20)
		}
	}
}

// slow are hostile files that take a second or more to make or to read: they are
// for KETNAP_HOSTILE alone.
var slow = map[string]bool{
	"1 GiB of spaces in a sheet": true, "1 GiB in one cell": true, "1 GiB in one shared string": true, "1 GiB comment in styles": true,
	"8 pictures of 1 GiB": true, "300 MB attribute": true, "10.5 M dense cells": true, "a value on 1,000,000 rows": true,
	"a style in XFD on 1,000,000 rows": true, "200,000 rows of 12 cells": true, "two sheets of 120 MiB inline": true, "100 MiB inline": true,
	"100 attributes on 100,000 elements": true, "120 MiB of spaces in a sheet, stored": true,
}

// TestLimits checks each limit just below and just above a small value of its own.
func TestLimits(t *testing.T) {
	cells := func(n int) string {
		var b strings.Builder
		for i := 1; i <= n; i++ {
			b.WriteString(`<row r="` + strconv.Itoa(i) + `"><c r="A` + strconv.Itoa(i) + `"><v>1</v></c></row>`)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name  string
		set   func(*reader.Limits)
		file  func(n int) pkg
		limit int
	}{
		{"rows", func(l *reader.Limits) { l.Rows = 5 }, func(n int) pkg { return minimal(cells(n)) }, 5},
		{"cells", func(l *reader.Limits) { l.Cells = 5 }, func(n int) pkg { return minimal(cells(n)) }, 5},
		{"columns", func(l *reader.Limits) { l.Columns = 5 }, func(n int) pkg { return minimal(row1(strings.Repeat(`<c><v>1</v></c>`, n))) }, 5},
		{"text", func(l *reader.Limits) { l.Text = 5 }, func(n int) pkg {
			return minimal(row1(`<c t="str">` +
				`<v>` + strings.Repeat("ạ", n) + `</v></c>`))
		}, 5},
		{"formula", func(l *reader.Limits) { l.Text = 5 }, func(n int) pkg {
			return minimal(row1(`<c><f>` + strings.Repeat("1", n) + `</f>` +
				`</c>`))
		}, 5},
		{"formulas", func(l *reader.Limits) { l.Formulas = 10 }, func(n int) pkg { return minimal(row1(strings.Repeat(`<c><f>12</f></c>`, n))) },
			5},
		{"strings", func(l *reader.Limits) { l.Strings = 5 }, func(n int) pkg {
			return minimal("", pkg{stringsPart: `<sst ` + xmlMain + `>` + strings.Repeat(`<si><t>a</t></si>`, n) + `</sst>`})
		}, 5},
		{"string bytes", func(l *reader.Limits) { l.StringBytes = 10 }, func(n int) pkg {
			return minimal("", pkg{stringsPart: `<sst ` + xmlMain + `>` + strings.Repeat(`<si><t>ab</t></si>`, n) + `</sst>`})
		}, 5},
		{"merges", func(l *reader.Limits) { l.Merges = 5 }, func(n int) pkg {
			return sheetOf(`<worksheet ` + xmlMain + `><sheetData/><mergeCells>` + strings.Repeat(`<mergeCell ref="A1:B2"/>`, n) +
				`</mergeCells></worksheet>`)
		}, 5},
		{"comments", func(l *reader.Limits) { l.Comments = 5 }, func(n int) pkg {
			return minimal("", pkg{
				"xl/comments1.xml": `<comments>` + strings.Repeat(`<comment ref="A1"/>`, n-2) + `</comments>`,
				"xl/comments2.xml": `<x:comments>` + strings.Repeat(`<x:comment>`, 2),
			})
		}, 5},
		{"comments in UTF-16", func(l *reader.Limits) { l.Comments = 5 }, func(n int) pkg {
			var b strings.Builder
			for _, c := range "\ufeff<comments>" + strings.Repeat(`<comment ref="A1"/>`, n) {
				b.Write([]byte{byte(c), byte(c >> 8)})
			}
			return minimal("", pkg{"xl/comments1.xml": b.String()})
		}, 5},
		{"drawings", func(l *reader.Limits) { l.Drawings = 10 }, func(n int) pkg {
			const one = `<xdr:twoCellAnchor><xdr:sp/></xdr:twoCellAnchor>`
			return minimal("", pkg{"xl/drawings/drawing1.xml": `<xdr:wsDr>` + strings.Repeat(one, n) + `</xdr:wsDr>`})
		}, 5},
		{"shapes of comments", func(l *reader.Limits) { l.Drawings = 5 }, func(n int) pkg {
			const one = `<v:shapetype/><v:shape id="a"></v:shape>`
			return minimal("", pkg{"xl/drawings/vmlDrawing1.vml": `<xml>` + strings.Repeat(one, n) + `</xml>`})
		}, 5},
		{"number formats", func(l *reader.Limits) { l.NumFmts = 5 }, func(n int) pkg {
			var b strings.Builder
			for i := range n {
				b.WriteString(`<numFmt numFmtId="` + strconv.Itoa(164+i) + `" formatCode="0"/>`)
			}
			return minimal("", pkg{stylesPart: `<styleSheet ` + xmlMain + `><numFmts>` + b.String() + `</numFmts></styleSheet>`})
		}, 5},
		{"styles", func(l *reader.Limits) { l.Styles = 5 }, func(n int) pkg {
			return minimal("", pkg{stylesPart: `<styleSheet ` + xmlMain + `><cellXfs>` + strings.Repeat(`<xf/>`, n) + `</cellXfs></styleSheet>`})
		}, 5},
		{"depth", func(l *reader.Limits) { l.Depth = 8 }, func(n int) pkg {
			return sheetOf(`<worksheet ` + xmlMain + `><sheetData/>` + strings.Repeat(`<a>`, n) + strings.Repeat(`</a>`, n) + `</worksheet>`)
		}, 7},
		{"attributes", func(l *reader.Limits) { l.Attributes = 5 }, func(n int) pkg {
			var b strings.Builder
			for i := range n {
				b.WriteString(` a` + strconv.Itoa(i) + `=""`)
			}
			return sheetOf(`<worksheet ` + xmlMain + `><sheetData/><a` + b.String() + `/></worksheet>`)
		}, 5},
		{"sheets", func(l *reader.Limits) { l.Sheets = 1 }, func(n int) pkg {
			if n == 1 {
				return minimal("")
			}
			return twoSheets("A", "B")
		}, 1},
		{"entries", func(l *reader.Limits) { l.Entries = 8 }, func(n int) pkg {
			if n == 8 {
				return minimal("", pkg{"a": "x"})
			}
			return minimal("", pkg{"a": "x", "b": "y"})
		}, 8},
		{"part", func(l *reader.Limits) { l.PartSize = 2000 }, func(n int) pkg { return minimal("", pkg{"a": strings.Repeat("a", n)}) }, 2000},
		{"total", func(l *reader.Limits) { l.TotalSize = 20_000 }, func(n int) pkg { return minimal("", pkg{"a": strings.Repeat("a", n*3000)}) },
			5},
		{"ratio", func(l *reader.Limits) { l.Ratio = 250 }, func(n int) pkg {
			return minimal("", pkg{"a": strings.Repeat("a", n*mebi+(n-1)*mebi)})
		}, 1},
	} {
		limits := reader.DefaultLimits()
		tt.set(&limits)
		outcomes := []string{}
		for _, n := range []int{tt.limit, tt.limit + 1} {
			data := tt.file(n).zip()
			_, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
			var refusal *reader.Refusal
			switch {
			case err == nil:
				outcomes = append(outcomes, "read")
			case errors.As(err, &refusal):
				outcomes = append(outcomes, refusal.Rule)
				if !strings.Contains(refusal.Detail, "giới hạn") || refusal.Advice == "" {
					t.Errorf("%s: the refusal does not name the limit: %+v", tt.name, refusal)
				}
			default:
				outcomes = append(outcomes, err.Error())
			}
		}
		if !slices.Equal(outcomes, []string{"read", "F12"}) {
			t.Errorf("%s: got %v, want one at the limit to be read and one beyond it refused", tt.name, outcomes)
		}
	}
	limits := reader.DefaultLimits()
	data := minimal("").zip()
	limits.FileSize = int64(len(data)) - 1
	if _, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits); err == nil {
		t.Error("a file beyond the size limit was read")
	}
}

// TestLimitPlace: a sender is told where in the workbook the limit is passed.
func TestLimitPlace(t *testing.T) {
	const one = `<c><v>1</v></c>`
	limits := reader.DefaultLimits()
	limits.Text, limits.Rows, limits.Cells, limits.Merges = 10, 2, 4, 1
	long := strings.Repeat("a", 40)
	book := func(sheet string) pkg { return minimal("", pkg{sheetPart: sheet}) }
	unwritable := book(worksheet(row1(`<c r="XFD1"><v>1</v></c>`)))
	unwritable["xl/workbook.xml"] = strings.Replace(unwritable["xl/workbook.xml"], `name="A"`, `name="`+long+`"`, 1)
	for name, tc := range map[string]struct {
		book  pkg
		place string
	}{
		"column":      {book(worksheet(`<row r="12"><c r="B12"><v>1</v></c><c r="XFD12"><v>1</v></c></row>`)), "trang tính A, ô XFD12"},
		"text":        {book(worksheet(row1(`<c r="C1" t="str"><v>` + long + `</v></c>`))), "trang tính A, ô C1"},
		"inline text": {book(worksheet(row1(`<c r="C1" t="inlineStr"><is><t>` + long + `</t></is></c>`))), "trang tính A, ô C1"},
		"formula":     {book(worksheet(row1(`<c r="C1"><f>` + long + `</f></c>`))), "trang tính A, ô C1"},
		"cells":       {book(worksheet(row1(one + one + one + one + one))), "trang tính A, ô E1"},
		"rows":        {book(worksheet(`<row>` + one + `</row><row>` + one + `</row><row>` + one + `</row>`)), "trang tính A"},
		"merges": {book(sheetHead + row1(one) + `</sheetData><mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/>` +
			`</mergeCells></worksheet>`), "trang tính A"},
		"a name too long": {unwritable, "trang tính thứ 1, ô XFD1"},
	} {
		data := tc.book.zip()
		_, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
		var refusal *reader.Refusal
		if !errors.As(err, &refusal) || refusal.Rule != "F12" || !strings.HasPrefix(refusal.Detail, "ở "+tc.place+", tệp vượt giới hạn") {
			t.Errorf("%s: %+v: want it at %s", name, err, tc.place)
		} else {
			t.Log(refusal.Detail)
		}
	}
}
