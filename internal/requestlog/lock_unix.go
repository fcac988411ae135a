//go:build unix

package requestlog

import (
	"errors"
	"os"
	"syscall"
)

var errLocked = errors.New("another process holds the file")

// lock marks the file as this process's for as long as it is open; errLocked when another holds it. The system lets go of
// it with the process, however that ends.
func lock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
