package web

// Patterns are the addresses that there are, as net/http writes them.
func (s *Server) Patterns() (list []string) {
	pages, programs := s.routes()
	for _, r := range append(pages, programs...) {
		list = append(list, r.pattern)
	}
	return list
}
