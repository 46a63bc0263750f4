package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"

	"ketnap/config"
	"ketnap/internal/form"
	"ketnap/internal/returns"
	"ketnap/internal/workbook"
)

func vals(row any) []string {
	var out []string
	for id, v := range returns.Fields(row) {
		s := ""
		switch v.State {
		case returns.Absent, returns.Blank:
			continue
		case returns.Bad:
			s = fmt.Sprintf("BAD%d %s", v.Why, v.Raw)
		default:
			s = fmt.Sprintf("%s|%s|%d|%v", v.Text, v.Date.ISO(), v.Num, v.Mark)
			if v.Unlisted {
				s += "|U"
			}
		}
		out = append(out, id+"="+s)
	}
	return out
}

func main() {
	var fsys fs.FS = config.FS
	forms, err := form.Load(fsys)
	if err != nil {
		panic(err)
	}
	for _, p := range os.Args[1:] {
		f, err := os.Open(p)
		if err != nil {
			panic(err)
		}
		st, _ := f.Stat()
		r, err := forms.Read(f, st.Size(), workbook.DefaultLimits())
		m := map[string]any{"file": p}
		if err != nil {
			m["err"] = err.Error()
		} else {
			m["cover"] = vals(&r.Cover)
			var a, n, c [][]string
			for i := range r.Admissions {
				a = append(a, vals(&r.Admissions[i]))
			}
			for i := range r.Pool {
				n = append(n, vals(&r.Pool[i]))
			}
			for i := range r.Cells {
				c = append(c, vals(&r.Cells[i]))
			}
			m["a"], m["n"], m["c"] = a, n, c
			if r.Total != nil {
				m["t"] = vals(r.Total)
			}
			m["reading"] = r.Reading
		}
		b, _ := json.Marshal(m)
		fmt.Println(string(b))
		f.Close()
	}
}
