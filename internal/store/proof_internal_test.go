package store

import (
	"encoding/hex"
	"testing"
)

// The form in which rows are hashed is part of every record that there is: another form would
// call each of them changed. It is the table's name, then for each column that is not NULL, in
// alphabetical order, its name, i or t, and the number or the text with its length.
func TestCanonicalForm(t *testing.T) {
	got := waiverEnds.canonical(nil, []any{int64(3), int64(258)}) // waiver, event
	const want = "0000000a" + "7761697665725f656e64" +            // waiver_end
		"00000005" + "6576656e74" + "69" + "0000000000000102" + // event
		"00000006" + "776169766572" + "69" + "0000000000000003" // waiver
	if hex.EncodeToString(got) != want {
		t.Errorf("%x, want %s", got, want)
	}
	got = layouts.canonical(nil, []any{int64(1), int64(2), "ấ", nil}, "id", "event") // id, event, hash, form
	const text = "00000006" + "6c61796f7574" +                                       // layout
		"00000004" + "68617368" + "74" + "00000003" + "e1baa5" // hash; form is NULL
	if hex.EncodeToString(got) != text {
		t.Errorf("%x, want %s", got, text)
	}
}
