package reader_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"ketnap/internal/xlsx/reader"
)

// list is a sheet of rows with shared strings, texts, numbers and formulas, under a
// merged range that its end tells of.
func list(rows int) []byte {
	return packed(minimal(""), 6, map[string]func(io.Writer){sheetPart: func(w io.Writer) {
		must(io.WriteString(w, sheetHead))
		for i := 1; i <= rows; i++ {
			must(fmt.Fprintf(w, `<row r="%[1]d"><c r="A%[1]d" t="s"><v>%[2]d</v></c><c r="B%[1]d" t="inlineStr"><is><t>người %[1]d</t></is></c>`+
				`<c r="C%[1]d"><v>%[1]d.25</v></c><c r="D%[1]d" s="1"><f>C%[1]d+1</f><v>%[1]d</v></c></row>`, i, i%3))
		}
		must(io.WriteString(w, `</sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells></worksheet>`))
	}})
}

// TestLongSheet: rows beyond what may be kept are read again. They are the same each time.
func TestLongSheet(t *testing.T) {
	data := list(5_000)
	book, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	want := must(dump(book))
	if book.Packed() != 1 {
		t.Fatal("the sheet is not kept")
	}
	if !strings.Contains(want, "A!3 A=t:không(covered) B=t:người 3(covered) C=n:3.25 D{C3+1}=d:3\n") {
		t.Fatalf("rows are not what they should be:\n%.300s", want)
	}
	limits := reader.DefaultLimits()
	limits.Keep = 100 << 10 // of some 240 KiB
	if book, err = reader.Open(bytes.NewReader(data), int64(len(data)), limits); err != nil {
		t.Fatal(err)
	}
	if book.Packed() != 0 {
		t.Error("the sheet is kept, and there is no room for it")
	}
	for range 2 {
		if got, err := dump(book); err != nil || got != want {
			t.Errorf("other rows than from memory (%v)", err)
		}
	}
}

// TestLongSheetDamagedAtItsEnd: no row of a long sheet is handed out when its very end
// is damaged.
func TestLongSheetDamagedAtItsEnd(t *testing.T) {
	limits := reader.DefaultLimits()
	limits.Keep = 0
	whole := list(5_000)
	for name, damage := range map[string]func([]byte) []byte{
		"checksum": func(b []byte) []byte { // of the entry, in the directory
			i := bytes.LastIndex(b, []byte(sheetPart))
			b[i-46+16] ^= 1
			return b
		},
		"last row": func([]byte) []byte {
			return numbered(5_000, func(i int) string {
				if i == 5_000 {
					return `<row r="5000"><c r="A5000"><v>1</v></c><c r="A5000"><v>1</v></c></row>`
				}
				return fmt.Sprintf(`<row r="%[1]d"><c r="A%[1]d"><v>%[1]d</v></c></row>`, i)
			})()
		},
		"after the rows": func([]byte) []byte {
			return packed(minimal(worksheet(strings.Repeat(`<row><c><v>1</v></c></row>`, 5_000))+`<`), 6, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := damage(bytes.Clone(whole))
			book, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
			var refusal *reader.Refusal
			if book != nil || !errors.As(err, &refusal) || refusal.Rule != "F01" {
				t.Errorf("got %v, %v; want a refusal", book, err)
			}
		})
	}
}

// TestMemoryOfLongSheet counts what an open book of a long sheet holds on to: the
// texts of its shared strings and little else.
func TestMemoryOfLongSheet(t *testing.T) {
	const texts = 200_000
	textBytes := 0
	data := packed(minimal(""), 1, map[string]func(io.Writer){
		"xl/sharedStrings.xml": func(w io.Writer) {
			must(io.WriteString(w, `<sst `+xmlMain+`>`))
			for i := range texts {
				n := must(fmt.Fprintf(w, `<si><t>%09d</t></si>`, i))
				textBytes += n - len(`<si><t></t></si>`)
			}
			must(io.WriteString(w, `</sst>`))
		},
		sheetPart: func(w io.Writer) {
			must(io.WriteString(w, sheetHead))
			for i := range texts / 10 {
				must(fmt.Fprintf(w, `<row r="%d">`, i+1))
				for c := range 10 {
					must(fmt.Fprintf(w, `<c t="s"><v>%d</v></c>`, i*10+c))
				}
				must(io.WriteString(w, `</row>`))
			}
			must(io.WriteString(w, sheetTail))
		},
	})
	limits := reader.DefaultLimits()
	limits.Keep = 2 * mebi // enough for the rows, not for the strings
	before := heap()
	book, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		t.Fatal(err)
	}
	held := heap() - before
	if most := textBytes + 5*texts + 256<<10; held > most {
		t.Errorf("holds %d bytes, %d of them text; want at most %d", held, textBytes, most)
	}
	runtime.KeepAlive(book)
}

// heap is how many bytes are in use, garbage and pools collected.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
