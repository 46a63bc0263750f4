package feedback

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/reader"
	"ketnap/internal/xlsx/xlsxtest"
)

// TestMarkedHostile marks workbooks that are made to cost more than they should: within the time
// and memory that a file may take, it is marked, refused, or answered by the list alone.
func TestMarkedHostile(t *testing.T) {
	if os.Getenv("KETNAP_HOSTILE") == "" {
		t.Skip("KETNAP_HOSTILE is not set")
	}
	base := partsOf(t, xlsxtest.Rework(t, xlsxtest.Example(t, daoXa), decorate))
	base["xl/drawings/_rels/drawing1.xml.rels"] = strings.Replace(base["xl/drawings/_rels/drawing1.xml.rels"], "</Relationships>",
		`<Relationship Id="out" Type="x/hyperlink" Target="http://x.vn" TargetMode="External"/></Relationships>`, 1)
	const sheet, styles, rels = "xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/worksheets/_rels/sheet2.xml.rels"
	comments, vml := "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"
	random := rand.New(rand.NewPCG(1, 2))
	// many is n times an element, with random numbers for %d so that it does not pack too well.
	many := func(n int, element string) func(io.Writer) {
		return func(w io.Writer) {
			numbers := make([]any, strings.Count(element, "%d"))
			for range n {
				for i := range numbers {
					numbers[i] = 1 + random.IntN(1_000_000)
				}
				fmt.Fprintf(w, element, numbers...)
			}
		}
	}
	rows := func(n int) func(io.Writer) {
		return func(w io.Writer) {
			for i := range n {
				fmt.Fprintf(w, `<row r="%d">`, 1000+i)
				many(20, `<c><v>0.%d%d</v></c>`)(w)
				io.WriteString(w, `</row>`)
			}
		}
	}
	for _, h := range []struct {
		name, part, at string // what is written comes before at
		write          func(w io.Writer)
	}{
		{"rows, 60 MiB", sheet, "</sheetData>", rows(110_000)},
		{"rows, 110 MiB", sheet, "</sheetData>", rows(199_000)},
		{"columns", sheet, "<sheetData>", many(1_000_000, `<col min="%d" max="%d" width="%d"/>`)},
		{"columns, few enough", sheet, "<sheetData>", many(49_000, `<col min="%d" max="%d" width="%d"/>`)},
		{"conditional formats", sheet, "<pageMargins",
			many(49_000, `<conditionalFormatting sqref="A%d"><cfRule type="expression" priority="%d"/></conditionalFormatting>`)},
		{"links", sheet, "<pageMargins", many(500_000, `<hyperlinks><hyperlink ref="A%d" location="A%d"/></hyperlinks>`)},
		{"elements of a sheet", sheet, "<pageMargins", many(3_000_000, `<a%d/>`)},
		{"fills", styles, "</fills>", many(2_000_000, `<fill a="%d"/>`)},
		{"differential formats", styles, "</dxfs>", many(2_000_000, `<dxf a="%d"/>`)},
		{"relationships", rels, "</Relationships>",
			many(500_000, `<Relationship Id="x%d%d" Type="hyperlink" Target="x%d" TargetMode="External"/>`)},
		{"relationships, few enough", rels, "</Relationships>",
			many(40_000, `<Relationship Id="x%d%d" Type="hyperlink" Target="x%d" TargetMode="External"/>`)},
		{"authors", comments, "</authors>", many(1_000_000, `<author>%d</author>`)},
		{"comments", comments, "</commentList>", many(19_990, `<comment ref="A%d" authorId="0"><text><t>%d</t></text></comment>`)},
		{"runs in comments", comments, "</text></comment>", many(2_000_000, `<r><t>%d</t></r>`)},
		{"shapes", vml, "</xml>",
			many(40_000, `<v:shape id="_x0000_s%d"><x:ClientData ObjectType="Note"><x:Row>%d</x:Row></x:ClientData></v:shape>`)},
		{"a drawing of nothing", vml, "</xml>", many(5_000_000, `<v:b%d/>`)},
		{"a drawing that is deep", vml, "</xml>", many(2_000_000, `<a:b%d>`)},
		{"a link in a deep drawing", "xl/drawings/drawing1.xml", "</xdr:wsDr>", func(w io.Writer) {
			ends := ""
			for range 40_000 {
				n := random.IntN(1_000_000)
				fmt.Fprintf(w, "<a:b%d>", n)
				ends = fmt.Sprintf("</a:b%d>", n) + ends
			}
			io.WriteString(w, ends)
		}},
	} {
		t.Run(h.name, func(t *testing.T) {
			parts := maps.Clone(base)
			whole := parts[h.part]
			i := strings.Index(whole, h.at)
			if i < 0 {
				t.Fatalf("%s has no %s: %.2000s", h.part, h.at, whole)
			}
			var file bytes.Buffer
			z := zip.NewWriter(&file)
			z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 1) })
			for _, name := range slices.Sorted(maps.Keys(parts)) {
				to, err := z.Create(name)
				if err != nil {
					t.Fatal(err)
				}
				w := bufio.NewWriter(to)
				if name != h.part {
					io.WriteString(w, parts[name])
				} else {
					io.WriteString(w, whole[:i])
					h.write(w)
					io.WriteString(w, whole[i:])
				}
				w.Flush()
			}
			z.Close()
			data := file.Bytes()
			r, err := xlsxtest.Forms(t).Read(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			outcome := ""
			cpu, peak := costOf(func() {
				c, err := Mark(data, r, faults(), domain.Returned)
				outcome = fmt.Sprintf("list alone because of: %v; error %v", c.Err, err)
			})
			if r.Reading.Refusal != nil {
				outcome = r.Reading.Refusal.Rule + " " + r.Reading.Refusal.Detail + r.Reading.Refusal.Part
			}
			t.Logf("%-32s %7.1f KB %6.2f s %5d MiB  %.150s", h.name, float64(len(data))/1024, cpu.Seconds(), peak>>20, outcome)
			if cpu > 30*time.Second || peak > 256<<20 { // 10 s on a machine that does nothing else
				t.Error("beyond what a file may take")
			}
		})
	}
}

// costOf is the time and the memory that f takes at most.
func costOf(f func()) (took time.Duration, peak uint64) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			if runtime.ReadMemStats(&m); m.HeapInuse > before.HeapInuse {
				peak = max(peak, m.HeapInuse-before.HeapInuse)
			}
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	from := time.Now()
	f()
	took = time.Since(from)
	close(stop)
	<-stopped
	return took, peak
}
