package web

import (
	"net/http"
	"strconv"
)

// mostLines are the lines of a list that one page shows: of a country there are thousands.
const mostLines = 100

// part is which lines of a list a page shows, and where those before and after are.
type part struct {
	From, To, Of  int // 1 to 100 of 3321
	Before, After string
}

// partOf are the lines of a list that are asked for.
func partOf[T any](s *Server, r *http.Request, list []T) ([]T, *part) {
	n := len(list)
	last := max(1, (n+mostLines-1)/mostLines)
	number, _ := strconv.Atoi(r.FormValue("trang"))
	number = min(max(number, 1), last)
	to := func(number int) string {
		q := r.URL.Query()
		q.Set("trang", strconv.Itoa(number))
		return s.Root + r.URL.Path + "?" + q.Encode()
	}
	p := &part{From: (number-1)*mostLines + 1, To: min(number*mostLines, n), Of: n}
	if number > 1 {
		p.Before = to(number - 1)
	}
	if number < last {
		p.After = to(number + 1)
	}
	return list[p.From-1 : p.To], p
}

// first are the first lines of a list that is only to be looked over.
func first[T any](list []T) []T { return list[:min(mostLines, len(list))] }
