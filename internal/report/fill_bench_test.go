package report

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/templates"
)

// manyPeople are n persons of hundreds of units.
func manyPeople(n int) PeopleInput {
	returns := heldReturns{}
	sample := sampleReturns()["05002"].Admissions[0]
	family, given := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng"}, []string{"An", "Bình", "Cường", "Dũng", "Đức", "Hạnh", "Ước", "Ý"}
	const perUnit = 200
	for i := 0; i < n; i += perUnit {
		r := &domain.Return{File: domain.File{Path: fmt.Sprintf("inbox/2021-10/xa %d.xlsx", i)}}
		for j := range min(perUnit, n-i) {
			a := sample
			a.Row = 10 + j
			a.Name = wordValue(family[j%5] + " Văn " + given[(i+j)%8])
			a.NationalID = wordValue(fmt.Sprintf("%012d", i+j))
			a.DecisionNo = wordValue(fmt.Sprintf("%d-QĐ/HU", i+j))
			a.Occupation = wordValue("Viên chức đơn vị sự nghiệp công lập")
			col := 0
			for _, v := range a.Fields { // where a reader finds them
				col++
				v.Cell = domain.Cell{Row: a.Row, Col: col}
			}
			r.Admissions = append(r.Admissions, a)
		}
		returns[fmt.Sprintf("%06d", i)] = r
	}
	return returns.input(&consolidate.Summary{Period: sampleSummary().Period})
}

// floor writes as many rows as cheaply as can be: the same columns as text, put
// together by hand, into a zip by the standard library. It is the yardstick of
// BenchmarkPeople.
func floor(w io.Writer, in PeopleInput) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	part, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(part, 64<<10)
	_, _ = b.WriteString("<worksheet><sheetData>")
	n := 0
	for _, sub := range in.Counted {
		returns, err := in.Open([]domain.Submission{sub}, domain.SheetAdmissions)
		if err != nil {
			return err
		}
		for i := range returns[0].Admissions {
			a := &returns[0].Admissions[i]
			n++
			fmt.Fprintf(b, `<row r="%d">`, n)
			for c, text := range []string{a.Name.Text, a.Sex.Text, a.NationalID.Text, a.Ethnicity.Text, a.Religion.Text, a.Cell.Text, "Xã",
				a.Occupation.Text, a.Schooling.Text, "", "x", a.DecisionNo.Text, "", "x", sub.File.Path} {
				_, _ = b.WriteString(`<c r="`)
				_ = b.WriteByte(byte('A' + c))
				fmt.Fprint(b, n)
				_, _ = b.WriteString(`" s="12" t="inlineStr"><is><t>`)
				_, _ = b.WriteString(text)
				_, _ = b.WriteString(`</t></is></c>`)
			}
			for range 5 {
				fmt.Fprintf(b, `<c r="A%d" s="3"><v>%d</v></c>`, n, 44000+n%999)
			}
			_, _ = b.WriteString("</row>")
		}
	}
	_, _ = b.WriteString("</sheetData></worksheet>")
	if err := b.Flush(); err != nil {
		return err
	}
	return z.Close()
}

// BenchmarkPeople fills the template of the lists of persons. It prints the time
// against the floor, and how it grows: an exponent of 1 is linear.
func BenchmarkPeople(b *testing.B) {
	var first time.Duration
	const small, large = 1000, 64000
	for _, n := range []int{small, 4000, 16000, large} {
		in := manyPeople(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var ours, floors time.Duration
			for b.Loop() {
				at := cpuTime()
				if err := floor(io.Discard, in); err != nil {
					b.Fatal(err)
				}
				floors += cpuTime() - at
				at = cpuTime()
				if _, err := People(templates.FS, in); err != nil {
					b.Fatal(err)
				}
				ours += cpuTime() - at
			}
			b.ReportMetric(ours.Seconds()/floors.Seconds(), "÷floor")
			if each := ours / time.Duration(b.N); n == small {
				first = each
			} else if first > 0 {
				b.ReportMetric(math.Log(each.Seconds()/first.Seconds())/math.Log(float64(n)/small), "exponent")
			}
		})
	}
}

// BenchmarkPeopleMemory fills one long list and prints how much more memory the
// program took at its highest.
func BenchmarkPeopleMemory(b *testing.B) {
	in := manyPeople(64000)
	for b.Loop() {
		// With the collector at work all the time, what is in use is what is needed.
		defer debug.SetGCPercent(debug.SetGCPercent(5))
		runtime.GC()
		var before, now runtime.MemStats
		runtime.ReadMemStats(&before)
		stop, peak := make(chan struct{}), make(chan uint64)
		go func() {
			high := uint64(0)
			for {
				select {
				case <-stop:
					peak <- high
					return
				case <-time.After(5 * time.Millisecond):
					runtime.ReadMemStats(&now)
					high = max(high, now.HeapInuse)
				}
			}
		}()
		data, err := People(templates.FS, in)
		if err != nil {
			b.Fatal(err)
		}
		close(stop)
		b.ReportMetric((float64(<-peak)-float64(before.HeapInuse))/(1<<20), "MiB-more")
		b.ReportMetric(float64(len(data))/(1<<20), "MiB-file")
	}
}
