package web

import "net/http"

// guide tells the officer how a month goes.
func (s *Server) guide(w http.ResponseWriter, _ *http.Request) error {
	s.show(w, http.StatusOK, "guide", &page{Title: "Hướng dẫn"})
	return nil
}
