package reader

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/windows"
)

// temporaryFile is a file that is gone when it is closed, and with the program however
// that ends.
func temporaryFile() (*os.File, error) {
	name := filepath.Join(os.TempDir(), "ketnap-rows-"+strconv.FormatUint(rand.Uint64(), 36))
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|windows.FILE_FLAG_DELETE_ON_CLOSE, 0o600)
}
