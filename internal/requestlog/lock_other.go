//go:build !unix

package requestlog

import (
	"errors"
	"os"
)

var errLocked = errors.New("another process holds the file")

// lock does nothing where files cannot be locked so simply: two processes must not share a folder there.
func lock(*os.File) error { return nil }
