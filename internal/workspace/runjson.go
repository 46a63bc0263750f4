package workspace

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/intake"
)

// runFile is run.json: the run for machines. Percentages are numbers rounded to
// two decimals, null where the base is 0 or unknown; paths are relative to the
// workspace. Field order is part of the bytes that must not change.
type runFile struct {
	Period string     `json:"period"`
	Files  FileCounts `json:"files"`
	Units  struct {
		Expected int      `json:"expected"`
		Received int      `json:"received"`
		NotSent  []string `json:"not_sent"`
		NotSeen  []string `json:"not_seen"` // nothing of theirs was seen, and some files could not be read
		Returned []string `json:"returned"`
	} `json:"units"`
	NotReplaced []returnedJSON `json:"returned_files"` // what of the inbox went back, of any month, and no later version is accepted for
	OtherPeriod []otherJSON    `json:"other_period"`   // files of units that have not sent: they name another period
	Totals      struct {
		Target             *int     `json:"target"`
		Admitted           *int     `json:"admitted"`
		InPeriod           *int     `json:"in_period"`
		Percent            *float64 `json:"percent"`
		SamePeriodLastYear *int     `json:"same_period_last_year"`
		ChangePercent      *float64 `json:"change_percent"`
		Trained            *int     `json:"trained"`
	} `json:"totals"`
	LateEntries []movedJSON               `json:"late_entries"` // people of an earlier month who came into a list now
	Withdrawals []movedJSON               `json:"withdrawals"`  // people of an earlier month who are in no list now
	Absent      []absentJSON              `json:"absent"`       // people of an earlier month whose unit has not sent: in no figure
	Ended       []endedJSON               `json:"ended"`        // units that have ended, with people who stay counted
	Mismatches  int                       `json:"mismatches"`   // of DOI_CHIEU
	Findings    []FindingJSON             `json:"findings"`
	Reading     []consolidate.FileReading `json:"reading"` // sheets, ranges, rows read and skipped, what was ignored
	SetAside    []intake.SetAside         `json:"set_aside"`
	Failed      []intake.Failed           `json:"failed"` // files that we could not read: no fault of their senders
	Outputs     []string                  `json:"outputs"`
	Record      string                    `json:"record"` // the head before this publication
}

type movedJSON struct {
	Unit  string `json:"unit"`
	Month string `json:"month"`
	Count int    `json:"count"`
}

// movedOf counts people by unit and month.
func movedOf(list []consolidate.Moved) []movedJSON {
	out := []movedJSON{}
	for _, m := range list {
		i := slices.IndexFunc(out, func(j movedJSON) bool { return j.Unit == m.Unit.Code && j.Month == m.Month.String() })
		if i < 0 {
			i = len(out)
			out = append(out, movedJSON{Unit: m.Unit.Code, Month: m.Month.String()})
		}
		out[i].Count++
	}
	return out
}

type returnedJSON struct {
	File   string   `json:"file"`
	Unit   string   `json:"unit"`
	Period string   `json:"period"`
	Rules  []string `json:"rules"`
}

type otherJSON struct {
	Unit   string `json:"unit"`
	File   string `json:"file"`
	Period string `json:"period"`
}

type absentJSON struct {
	Units []string `json:"units"` // one, or those that share what was divided
	Month string   `json:"month"` // of the latest list that has them
	Count int      `json:"count"`
}

type endedJSON struct {
	Unit  string `json:"unit"`
	Until string `json:"until"`
	Count int    `json:"count"`
}

// FindingJSON is a finding for other programs.
type FindingJSON struct {
	Rule      string          `json:"rule"`
	Severity  domain.Severity `json:"severity"`
	Unit      string          `json:"unit"`
	Period    string          `json:"period"`
	File      string          `json:"file"`
	Sheet     string          `json:"sheet"`
	Cell      string          `json:"cell"`
	Got       string          `json:"got"`
	Want      string          `json:"want"`
	Message   string          `json:"message"`
	Explained bool            `json:"explained"`
}

// FindingsJSON are findings for other programs.
func FindingsJSON(findings []domain.Finding) []FindingJSON {
	out := make([]FindingJSON, 0, len(findings))
	for _, f := range findings {
		out = append(out, FindingJSON{
			Rule: f.Rule, Severity: f.Severity, Unit: f.Unit, Period: f.Period.String(), File: f.File,
			Sheet: f.Cell.Sheet, Cell: f.Cell.Ref(), Got: f.Got, Want: f.Want, Message: f.Message, Explained: f.Explained,
		})
	}
	return out
}

// runJSON is the outcome as run.json, which lists itself among the outputs.
func runJSON(o *Outcome) ([]byte, error) {
	s := o.Summary
	f := runFile{
		Period: s.Period.String(), Files: o.Files, Record: o.Head.Hash, Mismatches: o.Mismatches,
		LateEntries: movedOf(s.Movement.Late), Withdrawals: movedOf(slices.Concat(s.Movement.Withdrawn, s.Movement.Gone)),
		Absent: []absentJSON{}, Ended: []endedJSON{},
		Findings: FindingsJSON(s.Findings), Reading: append([]consolidate.FileReading{}, s.Readings...), Outputs: []string{},
		SetAside: append([]intake.SetAside{}, o.SetAside...), Failed: append([]intake.Failed{}, o.Failed...), // never null
	}
	f.Units.Expected, f.Units.Received = s.Whole.Expected, s.Whole.Counted
	f.Units.NotSent, f.Units.NotSeen, f.Units.Returned = []string{}, []string{}, []string{}
	f.NotReplaced, f.OtherPeriod = []returnedJSON{}, []otherJSON{}
	for _, sub := range o.Returned {
		f.NotReplaced = append(f.NotReplaced, returnedJSON{sub.File.Path, sub.Unit, sub.Period.String(), domain.ErrorRules(sub.Findings)})
	}
	for _, u := range s.Units() {
		for _, other := range u.UnitStatus.Elsewhere {
			f.OtherPeriod = append(f.OtherPeriod, otherJSON{u.Unit.Code, other.Path, other.Period.String()})
		}
		switch u.UnitStatus.Status {
		case consolidate.NotSeen(o.Files.Failed):
			f.Units.NotSeen = append(f.Units.NotSeen, u.Unit.Code)
		case consolidate.NotSent:
			f.Units.NotSent = append(f.Units.NotSent, u.Unit.Code)
		case consolidate.Returned:
			f.Units.Returned = append(f.Units.Returned, u.Unit.Code)
		}
	}
	f.Totals.Target, f.Totals.Admitted, f.Totals.InPeriod = number(s.Whole.Target), number(s.Whole.ToDate), number(s.Whole.InPeriod)
	f.Totals.Percent = percentage(s.Whole.Percent)
	f.Totals.SamePeriodLastYear, f.Totals.ChangePercent = number(s.Whole.LastYear), percentage(s.Whole.ChangePercent)
	f.Totals.Trained = number(s.Whole.Trained)
	for _, a := range s.Movement.Absent {
		absent := absentJSON{Month: a.Month.String(), Count: a.People}
		for _, u := range a.Units {
			absent.Units = append(absent.Units, u.Code)
		}
		f.Absent = append(f.Absent, absent)
	}
	for _, e := range s.Ended {
		f.Ended = append(f.Ended, endedJSON{e.Unit.Code, e.Unit.Until.ISO(), len(e.People)})
	}
	for _, out := range o.Outputs {
		if out.Problem == "" {
			f.Outputs = append(f.Outputs, out.Path)
		}
	}
	if len(o.Outputs) > 0 {
		f.Outputs = append(f.Outputs, path.Join(path.Dir(o.Outputs[0].Path), "run.json"))
	}
	return encode(f)
}

// CheckJSON is what `ketnap check --json` prints.
func CheckJSON(checked []Checked) ([]byte, error) {
	type file struct {
		File     string          `json:"file"`
		Verdict  domain.Verdict  `json:"verdict"`
		Unit     string          `json:"unit"`
		Period   string          `json:"period"`
		Findings []FindingJSON   `json:"findings"`
		Reading  *domain.Reading `json:"reading"`
	}
	out := struct {
		Files []file `json:"files"`
	}{Files: []file{}}
	for _, c := range checked {
		if c.Problem != nil {
			continue // an error of ours is told on stderr
		}
		r := c.Return
		out.Files = append(out.Files, file{c.File, c.Verdict, r.Unit(), r.Period().String(), FindingsJSON(c.Findings), &r.Reading})
	}
	return encode(out)
}

// encode is indented JSON that keeps <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func number(c domain.Count) *int {
	if !c.Known {
		return nil
	}
	return &c.N
}

func percentage(h domain.Hundredths) *float64 {
	if !h.Known {
		return nil
	}
	f := h.Float()
	return &f
}
