package auth_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"roundhouse/internal/auth"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

func settle(t *testing.T, db *database.DB, dir, given string) ([32]byte, auth.KeyFile) {
	t.Helper()
	d, file, err := auth.AdminKey(t.Context(), auth.AdminKeyOptions{DB: db, Digest: digest, Given: given, DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return d, file
}

func onlySQLite(t *testing.T) *database.DB {
	db := databasetest.Open(t)
	if db.Engine != database.SQLite {
		if _, _, err := auth.AdminKey(t.Context(), auth.AdminKeyOptions{DB: db, Digest: digest, DataDir: t.TempDir()}); !errors.Is(err, auth.ErrNoAdminKey) {
			t.Fatalf("%s without any key: %v", db.Engine, err)
		}
		return nil
	}
	return db
}

func TestTheFirstRunMakesKeysAndShowsThemOnce(t *testing.T) {
	db := onlySQLite(t)
	if db == nil {
		return
	}
	dir := filepath.Join(t.TempDir(), "data")
	first, file := settle(t, db, dir, "")
	if file.Path != filepath.Join(dir, "auth_key") || !regexp.MustCompile(`^rh-admin-[0-9A-Za-z]{32}$`).MatchString(file.Text) {
		t.Fatalf("made %+v", file)
	}
	if first != digest([]byte(file.Text)) {
		t.Error("the digest is another key's")
	}
	proxy, made, err := auth.FirstProxyKey(dir)
	if err != nil || made.Text != proxy || made.Path != filepath.Join(dir, "proxy_key") || !regexp.MustCompile(`^rh-[0-9A-Za-z]{32}$`).MatchString(proxy) {
		t.Fatalf("%q %+v %v", proxy, made, err)
	}
	if strings.HasSuffix(file.Text, proxy[len(proxy)-32:]) {
		t.Error("the two keys are one")
	}
	for path, text := range map[string]string{file.Path: file.Text, made.Path: made.Text} {
		kept, err := os.ReadFile(path)
		info, statErr := os.Stat(path)
		if err != nil || statErr != nil || strings.TrimSpace(string(kept)) != text || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", path, err, info.Mode())
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}

	again, file := settle(t, db, dir, "")
	if again != first || file.Text != "" || file.Path == "" {
		t.Errorf("at the second start: shown %t, kept in %q, same %t", file.Text != "", file.Path, again == first)
	}
	if same, made, err := auth.FirstProxyKey(dir); err != nil || same != proxy || made.Text != "" {
		t.Errorf("the proxy key at the second start: %+v %v", made, err)
	}
}

func TestAGivenAdminKeyWinsAndStays(t *testing.T) {
	db, dir := databasetest.Open(t), t.TempDir()
	if d, file := settle(t, db, dir, "given"); d != digest([]byte("given")) || file != (auth.KeyFile{}) {
		t.Errorf("%x %+v", d, file)
	}
	if _, err := os.Stat(filepath.Join(dir, "auth_key")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a key was made though one was given")
	}
	if d, _ := settle(t, db, dir, "another"); d != digest([]byte("another")) {
		t.Error("the environment did not win over the row")
	}
	if d, _ := settle(t, db, dir, ""); d != digest([]byte("another")) {
		t.Error("the row of the last key given does not hold")
	}
}

func TestAFileWhoseKeyWasReplacedIsNotNamed(t *testing.T) {
	db := onlySQLite(t)
	if db == nil {
		return
	}
	dir := t.TempDir()
	settle(t, db, dir, "")
	settle(t, db, dir, "given")
	if d, file := settle(t, db, dir, ""); d != digest([]byte("given")) || file != (auth.KeyFile{}) {
		t.Errorf("%x is not the key given, or %+v is named", d, file)
	}
}

func TestAStartThatWasCutShortIsTakenUp(t *testing.T) {
	db := onlySQLite(t)
	if db == nil {
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "auth_key")
	if err := os.WriteFile(path, []byte("left by an earlier start\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d, file := settle(t, db, dir, "")
	if d != digest([]byte("left by an earlier start")) || file.Path != path || file.Text != "" {
		t.Errorf("%x %+v", d, file)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s", info.Mode())
	}
	if err := os.WriteFile(filepath.Join(dir, "proxy_key"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := auth.FirstProxyKey(dir); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("an empty file: %v", err)
	}
}

func TestOtherDatabasesNeedAGivenKeyTheFirstTime(t *testing.T) {
	db := *databasetest.Open(t)
	db.Engine = database.Postgres // the rule is the engine's, whatever answers here
	if _, _, err := auth.AdminKey(t.Context(), auth.AdminKeyOptions{DB: &db, Digest: digest, DataDir: t.TempDir()}); !errors.Is(err, auth.ErrNoAdminKey) {
		t.Errorf("got %v", err)
	}
}
