package workspace

import (
	"path/filepath"
	"sync"
)

// Opener opens a workspace, and anew when one of its files has changed.
type Opener struct {
	Open func() (*Workspace, error)
	// Stamp is the same as long as those files are; "" is not known, as if they changed. nil: never known.
	Stamp func() string

	mu     sync.Mutex // guards the rest
	opened *Workspace
	stamp  string // of the files that it was opened from
}

// Workspace is the workspace as its files are now.
func (o *Opener) Workspace() (*Workspace, error) {
	stamp := ""
	if o.Stamp != nil {
		stamp = o.Stamp()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if stamp != "" && stamp == o.stamp {
		return o.opened, nil
	}
	w, err := o.Open()
	if err != nil {
		return nil, err
	}
	if o.opened != nil && o.opened.Settings.Store == w.Settings.Store {
		w.checked = o.opened.checked // by this process, which goes on
	}
	if o.opened, o.stamp = w, stamp; !filepath.IsLocal(w.Settings.Assignment) { // the stamp does not tell of it
		o.stamp = ""
	}
	return w, nil
}
