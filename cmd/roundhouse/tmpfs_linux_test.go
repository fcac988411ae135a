package main

import (
	"os"
	"syscall"
	"testing"
)

// mountSmall puts a file system of a few megabytes at dir, which root alone may.
func mountSmall(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root mounts a small disk")
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("this machine mounts no small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// remountReadOnly lets mountSmall's file system take no more writes.
func remountReadOnly(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=24m"); err != nil {
		t.Fatal(err)
	}
}
