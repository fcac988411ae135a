package keyring_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/keyring"
	"roundhouse/internal/seal"
)

// canary is in every secret of these tests.
const canary = "canary-7f3a"

var firstKey, secondKey = strings.Repeat("1a", 32), strings.Repeat("2b", 32)

// secretsOf are the secrets stored by fill, by identity.
type secretsOf map[string]string

// fill stores secrets in every sealed column as the program does.
func fill(t *testing.T, db *database.DB, encryptionKey string) secretsOf {
	t.Helper()
	ctx := context.Background()
	box, err := seal.Open(ctx, keyring.Rows(db), encryptionKey)
	if err != nil {
		t.Fatal(err)
	}
	all := secretsOf{}
	sealed := func(identity string) []byte {
		all[identity] = canary + " of " + identity
		value, err := box.Seal(identity, []byte(all[identity]))
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range 2 {
		g, err := db.Group.Create().SetName(fmt.Sprint("group-", n)).SetKind(group.KindSTANDARD).SetDialect(group.DialectOPENAI).Save(ctx)
		must(err)
		must(g.Update().SetSealedProxyURL(sealed(seal.ProxyURLIdentity(g.ID))).Exec(ctx))
		must(db.HeaderRule.Create().SetGroupID(g.ID).SetPosition(0).SetAction(headerrule.ActionSET).SetName("X-Secret").
			SetSealed(sealed(seal.HeaderRuleIdentity(g.ID, "X-Secret"))).Exec(ctx))
		must(db.HeaderRule.Create().SetGroupID(g.ID).SetPosition(1).SetAction(headerrule.ActionREMOVE).SetName("X-Other").Exec(ctx))
		for k := range 2 {
			digest := box.Digest([]byte{byte(n), byte(k)})
			must(db.Key.Create().SetGroupID(g.ID).SetDigest(digest[:]).SetSealed(sealed(seal.KeyIdentity(g.ID, digest))).
				SetMasked("****").SetRevision(1).Exec(ctx))
		}
	}
	must(db.Setting.Create().SetName("proxyUrl").SetSealed(sealed(seal.SettingIdentity("proxyUrl"))).Exec(ctx))
	return all
}

// readAll opens every stored value.
func readAll(t *testing.T, db *database.DB, box *seal.Box) secretsOf {
	t.Helper()
	ctx, all := context.Background(), secretsOf{}
	take := func(identity string, sealed []byte) {
		value, err := box.Open(identity, sealed)
		if err != nil {
			t.Errorf("open %s: %v", identity, err)
		}
		all[identity] = string(value)
	}
	for _, g := range db.Group.Query().AllX(ctx) {
		take(seal.ProxyURLIdentity(g.ID), g.SealedProxyURL)
	}
	for _, r := range db.HeaderRule.Query().Where(headerrule.SealedNotNil()).AllX(ctx) {
		take(seal.HeaderRuleIdentity(r.GroupID, r.Name), r.Sealed)
	}
	for _, s := range db.Setting.Query().AllX(ctx) {
		take(seal.SettingIdentity(s.Name), s.Sealed)
	}
	for _, k := range db.Key.Query().AllX(ctx) {
		take(seal.KeyIdentity(k.GroupID, seal.Digest(k.Digest)), k.Sealed)
	}
	return all
}

// check demands that exactly one of the keys opens the installation, and every value with it; it returns that key.
func check(t *testing.T, db *database.DB, want secretsOf, keys ...string) string {
	t.Helper()
	var opens []string
	for _, key := range keys {
		box, err := seal.Open(context.Background(), keyring.Rows(db), key)
		if err != nil {
			continue
		}
		opens = append(opens, key)
		if got := readAll(t, db, box); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("read %v, want %v", got, want)
		}
	}
	if len(opens) != 1 {
		t.Fatalf("%d of the keys open the installation", len(opens))
	}
	return opens[0]
}

func nobody(context.Context) (int, error) { return 0, nil }

func moving(from, to string) keyring.Options {
	return keyring.Options{From: from, To: to, Running: nobody}
}

func migrate(t *testing.T, db *database.DB, o keyring.Options) keyring.Report {
	t.Helper()
	report, err := keyring.Migrate(context.Background(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEncryptionIsSwitchedOnRotatedAndSwitchedOff(t *testing.T) {
	db := databasetest.Open(t)
	want := fill(t, db, "")
	for _, move := range []struct {
		from, to string
		values   int
	}{
		{"", firstKey, len(want)}, {firstKey, secondKey, 0}, {secondKey, "a passphrase", 0}, {"a passphrase", "", len(want)}, {"", secondKey, len(want)},
	} {
		if report := migrate(t, db, moving(move.from, move.to)); report.Values != move.values || report.Damaged != 0 {
			t.Errorf("%+v: %+v", move, report)
		}
		if key := check(t, db, want, "", firstKey, secondKey, "a passphrase"); key != move.to {
			t.Fatalf("from %q to %q it is %q", move.from, move.to, key)
		}
		// Asked again, it finds that nothing is left to do.
		if report := migrate(t, db, moving(move.from, move.to)); report.Move != seal.Arrived {
			t.Errorf("again: %+v", report)
		}
	}
}

func TestAWrongKeyMigratesNothing(t *testing.T) {
	db := databasetest.Open(t)
	want := fill(t, db, firstKey)
	for _, move := range [][2]string{{secondKey, ""}, {secondKey, "x"}, {"", secondKey}, {"", ""}} {
		if _, err := keyring.Migrate(context.Background(), db, moving(move[0], move[1])); err == nil {
			t.Errorf("%q was taken", move)
		}
		check(t, db, want, "", firstKey, secondKey)
	}
}

func TestSwitchingWaitsForNodesToStopAndRotatingDoesNot(t *testing.T) {
	db := databasetest.Open(t)
	fill(t, db, "")
	two := func(context.Context) (int, error) { return 2, nil }
	if _, err := keyring.Migrate(context.Background(), db, keyring.Options{To: firstKey, Running: two}); !errors.Is(err, keyring.ErrNodesRun) {
		t.Errorf("switched on beside running nodes: %v", err)
	}
	migrate(t, db, moving("", firstKey))
	migrate(t, db, keyring.Options{From: firstKey, To: secondKey, Running: two})
	if _, err := keyring.Migrate(context.Background(), db, keyring.Options{From: secondKey, Running: two}); !errors.Is(err, keyring.ErrNodesRun) {
		t.Errorf("switched off beside running nodes: %v", err)
	}
}

func TestAValueThatDoesNotOpenIsLeftAndCounted(t *testing.T) {
	db := databasetest.Open(t)
	ctx := context.Background()
	fill(t, db, firstKey)
	broken := db.Key.Query().FirstX(ctx)
	broken.Update().SetSealed([]byte{1, 2, 3}).ExecX(ctx)
	if report := migrate(t, db, moving(firstKey, "")); report.Damaged != 1 {
		t.Errorf("%+v", report)
	}
	if got := db.Key.GetX(ctx, broken.ID).Sealed; !bytes.Equal(got, []byte{1, 2, 3}) {
		t.Errorf("it is %x now", got)
	}
}

func TestTwoAtOnceDoNotUndoEachOther(t *testing.T) {
	dsn := databasetest.DSN(t)
	want := fill(t, databasetest.OpenAt(t, dsn), "")
	from, to := "", firstKey
	for range 4 {
		var both sync.WaitGroup
		for range 2 {
			db := databasetest.OpenAt(t, dsn)
			both.Go(func() {
				_, err := keyring.Migrate(context.Background(), db, moving(from, to).InSteps(1))
				if err != nil && !errors.Is(err, keyring.ErrAnother) {
					t.Error(err)
				}
			})
		}
		both.Wait()
		db := databasetest.OpenAt(t, dsn)
		migrate(t, db, moving(from, to))
		if key := check(t, db, want, "", firstKey); key != to {
			t.Fatalf("it is under %q", key)
		}
		from, to = to, from
	}
}

// The bytes of the file and its WAL hold no clear text once encryption is on, even though they did before.
func TestNoClearTextStaysInSQLitesFiles(t *testing.T) {
	path := databasetest.DSN(t)
	db := databasetest.OpenAt(t, path)
	if db.Engine != database.SQLite {
		return // the other engines' files are the server's
	}
	want := fill(t, db, "")
	db.Key.Delete().Where().ExecX(context.Background()) // what was deleted before lies in free pages
	for identity := range want {
		if strings.HasPrefix(identity, "key/") {
			delete(want, identity)
		}
	}
	if holding(t, path) == 0 {
		t.Fatal("the files held no clear text before: the scan sees nothing")
	}
	migrate(t, db, moving("", firstKey))
	check(t, db, want, firstKey)
	if n := holding(t, path); n != 0 {
		t.Errorf("%d clear values are in the files", n)
	}
}

func holding(t *testing.T, path string) (n int) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		n += bytes.Count(content, []byte(canary))
	}
	return n
}
