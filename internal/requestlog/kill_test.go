package requestlog

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/proxycore"
)

// recordingArgument makes the test binary record until it is killed or interrupted, instead of testing.
const recordingArgument = "record-until-killed"

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == recordingArgument {
		if err := recordUntilKilled(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// recordUntilKilled records some thousand records a second and prints the number of each with the time it was recorded at and
// the number of the last that the journal had by then. Interrupted, it stops in order.
func recordUntilKilled(folder, firstNumber string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := database.Open(ctx, filepath.Join(folder, "roundhouse.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	l := New(Options{DB: db, JournalDir: filepath.Join(folder, "journal"), Hooks: []Hook{countInTable}, DrainTimeout: time.Minute})
	recording, done := context.WithCancel(context.WithoutCancel(ctx))
	defer done()
	stopped := make(chan error, 1)
	go func() { stopped <- l.Run(recording) }()
	n, err := strconv.Atoi(firstNumber)
	if err != nil {
		return err
	}
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for ctx.Err() == nil {
		<-ticker.C
		l.mu.Lock()
		saved := n - 1 - len(l.queue.fresh)
		l.mu.Unlock()
		for range 20 {
			r := record(n)
			r.RequestBody = []byte(strings.Repeat("b", n%300))
			l.Record(r)
			fmt.Println(n, r.Ended.UnixMilli(), saved)
			n++
		}
	}
	done()
	return <-stopped
}

// countInTable adds the batch to a row, in the transaction that writes it.
func countInTable(ctx context.Context, tx *ent.Tx, records []proxycore.Record) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO rollup_minutes (bucket, group_id, member, node, requests) VALUES (0, 0, FALSE, 0, %d)
		ON CONFLICT (bucket, group_id, member, node) DO UPDATE SET requests = rollup_minutes.requests + excluded.requests`, len(records)))
	return err
}

// printed is one record that a killed process told of.
type printed struct {
	n     int
	at    int64
	saved int
}

func TestAKilledProcessLosesNoMoreThanItsLastWrite(t *testing.T) {
	const (
		kills = 5
		// behind is how far the journal may be behind: a busy machine takes its time.
		behind = 10 * journalPromise
	)
	folder := t.TempDir()
	var owed []int
	next, told := 0, 0
	for i := range kills + 1 {
		signal := syscall.SIGKILL
		if i == kills {
			signal = syscall.SIGTERM
		}
		all := runUntil(t, folder, next, signal, time.Duration(200+rand.IntN(900))*time.Millisecond)
		next = all[len(all)-1].n + 1
		told += len(all)
		last := all[len(all)-1]
		for _, p := range all {
			switch {
			case signal == syscall.SIGTERM || p.n <= last.saved:
				owed = append(owed, p.n)
			case last.at-p.at > behind.Milliseconds():
				t.Errorf("request-%d had waited %d ms for the journal", p.n, last.at-p.at)
			}
		}
		next += 1000 // what was recorded and not told
	}
	db, err := database.Open(context.Background(), filepath.Join(folder, "roundhouse.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.SQL().Query("SELECT request_id FROM request_logs")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found, total := map[string]bool{}, 0
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		if found[id] {
			t.Errorf("%s is there twice", id)
		}
		found[id] = true
		total++
	}
	for _, n := range owed {
		if !found[fmt.Sprintf("request-%d", n)] {
			t.Errorf("request-%d is lost", n)
		}
	}
	var counted int
	if err := db.SQL().QueryRow("SELECT SUM(requests) FROM rollup_minutes").Scan(&counted); err != nil || counted != total {
		t.Errorf("%d rows, counted %d, error %v", total, counted, err)
	}
	t.Logf("%d told of, %d owed, %d rows", told, len(owed), total)
}

// runUntil runs a recording process for a while, ends it by the signal and returns what it told of.
func runUntil(t *testing.T, folder string, first int, signal syscall.Signal, after time.Duration) (all []printed) {
	t.Helper()
	cmd := exec.Command(os.Args[0], recordingArgument, folder, strconv.Itoa(first))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(all) == 0 {
			time.AfterFunc(after, func() { _ = cmd.Process.Signal(signal) })
		}
		var p printed
		if _, err := fmt.Sscan(lines.Text(), &p.n, &p.at, &p.saved); err == nil {
			all = append(all, p)
		}
	}
	if err := cmd.Wait(); (err == nil) != (signal == syscall.SIGTERM) {
		t.Fatalf("the process ended with %v", err)
	}
	if len(all) == 0 {
		t.Fatal("the process told of nothing")
	}
	return all
}
