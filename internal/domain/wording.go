package domain

import "strings"

// Wording is how forms name the levels of the Party: the setting form_wording.
type Wording string

// The wordings. Auto, as "", goes by the end of the period.
const (
	AutoWording Wording = "auto"
	ThreeLevels Wording = "huyen"   // with districts, until 30/6/2025
	TwoLevels   Wording = "hai-cap" // without, from 1/7/2025
)

// twoLevelsFrom is the day from which there are no districts.
var twoLevelsFrom = Day(2025, 7, 1)

var inTwoLevels = strings.NewReplacer("từ cấp huyện trở lên", "từ cấp tỉnh trở lên",
	"xã, phường, thị trấn", "xã, phường, đặc khu", "Xã, phường, thị trấn", "Xã, phường, đặc khu")

// On is the wording of a period that ends on a day, with or without districts.
func (w Wording) On(last Date) Wording {
	if w == TwoLevels || w != ThreeLevels && !last.Before(twoLevelsFrom) {
		return TwoLevels
	}
	return ThreeLevels
}

// Words is a text of the form in the wording of a period that ends on a day.
func (w Wording) Words(text string, last Date) string {
	if w.On(last) == TwoLevels {
		return inTwoLevels.Replace(text)
	}
	return text
}
