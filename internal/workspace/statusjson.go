package workspace

import (
	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
)

// StatusJSON is what `ketnap status --json` prints: the standing of every unit, and what is owed on a
// day.
func StatusJSON(s *consolidate.Summary, today domain.Date) ([]byte, error) {
	type unit struct {
		Unit          string `json:"unit"`
		Name          string `json:"name"`
		Status        string `json:"status"`
		Deadline      string `json:"deadline"`
		FirstReceived string `json:"first_received"`
		FirstClean    string `json:"first_clean"`
		DaysLate      int    `json:"days_late"`
		Versions      int    `json:"versions"`
		Counted       string `json:"counted"`
	}
	type debt struct {
		Unit   string `json:"unit"`
		Status string `json:"status"`
		Since  string `json:"since"`
		Days   int    `json:"days"`
		Line   string `json:"line"`
	}
	out := struct {
		Period string `json:"period"`
		Units  []unit `json:"units"`
		Owed   []debt `json:"owed"`
	}{Period: s.Period.String(), Units: []unit{}, Owed: []debt{}}
	for _, d := range s.Debts(today) {
		out.Owed = append(out.Owed, debt{d.Unit.Code, string(d.Status), d.Since.ISO(), d.Days, d.Line})
	}
	for _, u := range s.Units() {
		st := u.UnitStatus
		out.Units = append(out.Units, unit{u.Unit.Code, u.Unit.Name, string(st.Status), st.Deadline.ISO(), st.FirstReceived.ISO(),
			st.FirstClean.ISO(), st.DaysLate, st.Versions, st.Counted})
	}
	return encode(out)
}
