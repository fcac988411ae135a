//go:build linux

package proc

import (
	"os"
	"testing"
	"time"
)

func TestWorkShowsInCPUTime(t *testing.T) {
	before, err := CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	machine := Machine()
	for began := time.Now(); time.Since(began) < 10*time.Second; {
		after, err := CPU(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if after >= before+3*tick && Machine() >= machine+3*tick {
			return
		}
	}
	t.Error("ten busy seconds did not show")
}

func TestMemoryOfThisProcess(t *testing.T) {
	if n, err := Resident(os.Getpid()); err != nil || n < 1<<20 || n > 4<<30 {
		t.Errorf("%d %v", n, err)
	}
}

func TestAProcessThatIsNotThere(t *testing.T) {
	const none = 1 << 30
	if _, err := CPU(none); err == nil {
		t.Error("CPU time of no process")
	}
	if _, err := Resident(none); err == nil {
		t.Error("memory of no process")
	}
}
