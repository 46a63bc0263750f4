package web

import "net/http"

// guide tells the officer how a month goes.
func (s *Server) guide(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, "guide", &page{Title: "Hướng dẫn"})
}
