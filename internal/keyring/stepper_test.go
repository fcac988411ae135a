package keyring_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/keyring"
	"roundhouse/internal/seal"
)

// TestMain runs, when the stepper asks for it, a migration that kills its own process.
func TestMain(m *testing.M) {
	if dsn := os.Getenv("STEPPER_DSN"); dsn != "" {
		os.Exit(step(dsn, os.Getenv("STEPPER_FROM"), os.Getenv("STEPPER_TO"), os.Getenv("STEPPER_AT")))
	}
	os.Exit(m.Run())
}

// step migrates and dies as by kill -9 before the n-th statement that writes, a commit being one.
func step(dsn, from, to, at string) int {
	n, err := strconv.Atoi(at)
	if err != nil {
		return 2
	}
	db, err := database.Open(context.Background(), dsn)
	if err != nil {
		return 2
	}
	mortal := *db
	tongue := db.Name()
	if db.Engine == database.SQLite {
		tongue = dialect.SQLite
	}
	mortal.Client = ent.NewClient(ent.Driver(mortalDriver{entsql.OpenDB(tongue, db.SQL()), &fuse{left: n}}))
	if _, err := keyring.Migrate(context.Background(), &mortal, moving(from, to).InSteps(2)); err != nil {
		fmt.Println(err)
		return 3
	}
	return 0
}

// fuse counts what writes, and kills.
type fuse struct{ left int }

func (f *fuse) burn(query string) {
	if strings.HasPrefix(query, "SELECT") {
		return
	}
	if f.left--; f.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// mortalDriver tells the fuse of every statement before it is sent.
type mortalDriver struct {
	*entsql.Driver
	fuse *fuse
}

func (d mortalDriver) Exec(ctx context.Context, query string, args, v any) error {
	d.fuse.burn(query)
	return d.Driver.Exec(ctx, query, args, v)
}

func (d mortalDriver) Query(ctx context.Context, query string, args, v any) error {
	d.fuse.burn(query)
	return d.Driver.Query(ctx, query, args, v)
}

func (d mortalDriver) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	d.fuse.burn(query)
	return d.Driver.ExecContext(ctx, query, args...)
}

func (d mortalDriver) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	d.fuse.burn(query)
	return d.Driver.QueryContext(ctx, query, args...)
}

func (d mortalDriver) Tx(ctx context.Context) (dialect.Tx, error) { return d.BeginTx(ctx, nil) }

func (d mortalDriver) BeginTx(ctx context.Context, options *sql.TxOptions) (dialect.Tx, error) {
	tx, err := d.Driver.BeginTx(ctx, options)
	return mortalTx{tx, d.fuse}, err
}

type mortalTx struct {
	dialect.Tx
	fuse *fuse
}

func (t mortalTx) Exec(ctx context.Context, query string, args, v any) error {
	t.fuse.burn(query)
	return t.Tx.Exec(ctx, query, args, v)
}

func (t mortalTx) Query(ctx context.Context, query string, args, v any) error {
	t.fuse.burn(query)
	return t.Tx.Query(ctx, query, args, v)
}

func (t mortalTx) Commit() error {
	t.fuse.burn("COMMIT")
	return t.Tx.Commit()
}

// Killed at any statement, every value opens with exactly one key, and the same command ends what was begun.
func TestKilledAtEveryStatement(t *testing.T) {
	dsn := databasetest.DSN(t)
	want := fill(t, databasetest.OpenAt(t, dsn), "")
	for name, round := range map[string][2]string{"switching": {"", firstKey}, "rotating": {firstKey, secondKey}} {
		t.Run(name, func(t *testing.T) {
			if name == "rotating" {
				migrate(t, databasetest.OpenAt(t, dsn), moving("", firstKey))
			}
			from, to := round[0], round[1]
			ended := 0 // directions that were not killed: n is past their last statement
			for n := 1; ended < 2; n++ {
				ended = 0
				for range 2 {
					if !killedAt(t, dsn, from, to, n) {
						ended++
					}
					db := databasetest.OpenAt(t, dsn)
					check(t, db, want, from, to)
					migrate(t, db, moving(from, to))
					if key := check(t, db, want, from, to); key != to {
						t.Fatalf("killed at statement %d and ended later, it is under %q", n, key)
					}
					if to != "" && db.Engine == database.SQLite && holding(t, dsn) != 0 {
						t.Fatalf("killed at statement %d and ended later, clear text is in the files", n)
					}
					from, to = to, from
				}
			}
			if name == "rotating" {
				migrate(t, databasetest.OpenAt(t, dsn), moving(firstKey, ""))
			}
		})
	}
}

// killedAt migrates in a process of its own and reports whether it was killed before it was done.
func killedAt(t *testing.T, dsn, from, to string, n int) bool {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "STEPPER_DSN="+dsn, "STEPPER_FROM="+from, "STEPPER_TO="+to, "STEPPER_AT="+strconv.Itoa(n))
	output, err := child.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return true
	}
	if err != nil {
		t.Fatalf("statement %d: %v\n%s", n, err, output)
	}
	return false
}

// A node that starts while encryption is being switched reads both forms and writes the new one.
func TestANodeThatStartsDuringASwitchReadsBothForms(t *testing.T) {
	dsn := databasetest.DSN(t)
	db := databasetest.OpenAt(t, dsn)
	want := fill(t, db, "")
	ctx := context.Background()
	if !killedAt(t, dsn, "", firstKey, 12) {
		t.Fatal("it was not killed half way")
	}
	box, err := seal.Open(ctx, keyring.Rows(db), firstKey)
	if err != nil {
		t.Fatal(err)
	}
	digest := box.Digest([]byte("added"))
	identity := seal.KeyIdentity(1, digest)
	sealed, err := box.Seal(identity, []byte("added"))
	if err != nil || !box.Encrypted() {
		t.Fatal("what is stored during the switch is not sealed", err)
	}
	db.Key.Create().SetGroupID(1).SetDigest(digest[:]).SetSealed(sealed).SetMasked("****").SetRevision(1).ExecX(ctx)
	want[identity] = "added"
	check(t, db, want, "", firstKey)
	for _, other := range [][2]string{{"", secondKey}, {firstKey, ""}, {firstKey, secondKey}} {
		if _, err := keyring.Migrate(ctx, db, moving(other[0], other[1])); !errors.Is(err, seal.ErrUnderWay) {
			t.Errorf("%q during the switch: %v", other, err)
		}
	}
	if report := migrate(t, db, moving("", firstKey)); !report.Resumed {
		t.Errorf("%+v", report)
	}
	check(t, db, want, "", firstKey)
}
