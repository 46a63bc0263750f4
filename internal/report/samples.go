package report

import (
	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// Templates are the file names of the templates of this package.
func Templates() []string {
	return []string{consolidatedTemplate, peopleTemplate, wordTemplate, databaseTemplate}
}

// Samples are the templates of this package, with every name that they may ask for.
func Samples(p domain.Period) []template.Sample {
	people := PeopleInput{Summary: &consolidate.Summary{Period: p.Span()}}
	return []template.Sample{
		{Name: consolidatedTemplate, Book: consolidatedBook(people.Summary, Office{})},
		{Name: peopleTemplate, Book: peopleBook(people, people.senders())},
		{Name: databaseTemplate, Book: databaseBook(DatabaseInput{Period: p.Span()})},
	}
}
