package main

import (
	"database/sql"
	"flag"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
)

var (
	kills   = flag.Int("kills", 4, "how often the gateway under load is killed")
	awayFor = flag.Duration("away", 7*time.Second, "how long the database is away from a gateway under load")
)

// launch starts a gateway in a process of its own, in a folder or in a database where none was before.
func launch(t *testing.T, dir string, env map[string]string) *process {
	t.Helper()
	given := map[string]string{"AUTH_KEY": "admin-key-of-the-tests", "MAX_CONCURRENT_REQUESTS": "1000", "SERVER_GRACEFUL_SHUTDOWN_TIMEOUT": "30"}
	maps.Copy(given, env)
	p := startProcessIn(t, dir, onServer(t, dir, given))
	p.do(`mutation($k: [String!]) { updateSettings(input: {proxyKeys: $k}) { version } }`, map[string]any{"k": []string{p.proxy}})
	return p
}

// Under full load the gateway is told to stop: every request that was answered is there, and nothing else.
func TestAStopUnderLoadLosesNoRecord(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	p := launch(t, t.TempDir(), nil)
	p.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(20)...)
	c := p.gather(32, 0)
	p.await("some load", func() bool { return c.count() > 1000 })
	p.close()
	c.stop()
	books := readLedger(t, p.books(nil))
	books.balances(t)
	books.agrees(t, int64(c.count()), int64(len(upstream.Requests())))
	if c.failed.Load() > 0 {
		t.Errorf("%d requests failed", c.failed.Load())
	}
}

// The gateway under load is killed again and again: what is lost is what was answered in the last moment, nothing is there
// twice, and the sums agree.
func TestAKillUnderLoadLosesTheLastMomentAtMost(t *testing.T) {
	// promised is the last moment; a busy machine takes its time, but not mostly.
	const promised, moment = 100 * time.Millisecond, time.Second
	upstream := upstreamtest.New(t, "key-pooled-*")
	p := launch(t, t.TempDir(), nil)
	p.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(20)...)
	// before says of each answered request how long before the kill that was, and by which.
	before, killedBy := map[int64]time.Duration{}, map[int64]int{}
	for kill := range *kills {
		c := p.gather(16, 0)
		p.await("some load", func() bool { return c.count() > 100 })
		<-time.After(time.Duration(rand.IntN(1000)) * time.Millisecond)
		killed := time.Now()
		p.kill()
		c.stop()
		for n, at := range c.answered {
			before[n], killedBy[n] = killed.Sub(at), kill
		}
		p.again()
	}
	p.close()
	db := p.books(nil)
	logged := loggedNumbers(t, db)
	lost, worst := 0, make([]time.Duration, *kills)
	for n, d := range before {
		if logged[n] {
			continue
		}
		lost++
		worst[killedBy[n]] = max(worst[killedBy[n]], d)
		if d > moment {
			t.Errorf("a request answered %v before the kill is lost", d)
		}
	}
	slices.Sort(worst)
	if worst[len(worst)/2] > promised {
		t.Errorf("half of the kills lose requests answered %v before them", worst[len(worst)/2])
	}
	readLedger(t, db).balances(t)
	t.Logf("%d kills, %d answered, %d lost, answered at most so long before each kill: %v", *kills, len(before), lost, worst)
}

// loggedNumbers are those of the requests that have a FINAL row.
func loggedNumbers(t *testing.T, db *database.DB) map[int64]bool {
	t.Helper()
	rows, err := db.SQL().Query("SELECT path FROM request_logs WHERE final = TRUE")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[int64]bool{}
	for rows.Next() {
		var target string
		if err := rows.Scan(&target); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseInt(u.Query().Get("n"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		found[n] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// hostAndPort is where a database server's DSN, of either form, says it is.
var hostAndPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// For a while the database cannot be written while traffic passes: no request fails, no record is lost, and ten seconds after
// it is back all is written.
func TestTheDatabaseIsAwayForAWhile(t *testing.T) {
	t.Parallel()
	if !onSQLite() {
		direct := databasetest.DSN(t)
		way := open(t, hostAndPort.FindString(direct))
		dsn := hostAndPort.ReplaceAllString(direct, way.Addr)
		comesBack(t, t.TempDir(), outage{dsn: dsn, direct: direct, told: true, begin: func() (back func()) {
			way.Cut()
			return way.Mend
		}})
		return
	}
	t.Run("SQLite is locked by another process", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "roundhouse.db")
		comesBack(t, dir, outage{dsn: path, direct: path, told: true, begin: func() func() { return lockSQLite(t, path) }})
	})
	t.Run("the disk is full", func(t *testing.T) {
		dir := t.TempDir()
		mountSmall(t, dir)
		path := filepath.Join(dir, "roundhouse.db")
		comesBack(t, dir, outage{dsn: path, direct: path, begin: func() func() { return fillDisk(t, filepath.Join(dir, "filler")) }})
	})
}

// outage is a way in which a database goes away.
type outage struct {
	// dsn is the gateway's, direct leads to the same database by a way that lasts.
	dsn, direct string
	// begin sends it away; back returns when it is there again.
	begin func() (back func())
	// told says that an administrator's change cannot be kept meanwhile: a full disk may have room for that.
	told bool
}

// comesBack sends the database away from a gateway under load.
func comesBack(t *testing.T, dir string, o outage) {
	t.Helper()
	db := databasetest.OpenAt(t, o.direct)
	upstream := upstreamtest.New(t, "key-pooled-*")
	p := launch(t, dir, map[string]string{"DATABASE_DSN": o.dsn})
	p.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(20)...)
	c := p.gather(4, 20*time.Millisecond)
	p.await("some load", func() bool { return c.count() > 50 })
	back := o.begin()
	answered := c.count()
	<-time.After(*awayFor)
	if o.told {
		p.tellsThatTheDatabaseIsAway()
	}
	owed := c.count()
	found := make(chan int, 1)
	go func() {
		if n, err := finals(db); err == nil {
			found <- n
		}
	}()
	select {
	case n := <-found:
		if n > answered {
			t.Errorf("%d requests of %d were written while the database was away", n, owed)
		}
	case <-time.After(time.Second): // it cannot be read either
	}
	back()
	restored := time.Now()
	p.await("what waited to be written", func() bool {
		n, err := finals(db)
		return err == nil && n >= owed
	})
	if took := time.Since(restored); took > 10*time.Second {
		t.Errorf("%d requests were caught up with after %v", owed, took)
	}
	c.stop()
	p.close()
	books := readLedger(t, db)
	books.balances(t)
	books.agrees(t, int64(c.count()), int64(len(upstream.Requests())))
	if c.failed.Load() > 0 || c.broken.Load() > 0 {
		t.Errorf("%d requests failed, %d broke", c.failed.Load(), c.broken.Load())
	}
}

// tellsThatTheDatabaseIsAway demands that an administrator who wants to change something is told so, in a word that means
// later.
func (p *process) tellsThatTheDatabaseIsAway() {
	p.t.Helper()
	began := time.Now()
	_, errs := p.try(`mutation { updateSettings(input: {maxRetries: 3}) { version } }`, nil)
	if len(errs) != 1 || errs[0].Extensions["code"] != "BUSY" {
		p.t.Errorf("a change that cannot be kept is answered with %+v", errs)
	}
	if took := time.Since(began); took > 3*mostSilence+5*time.Second {
		p.t.Errorf("that took %v", took)
	}
}

// finals is how many requests have their row.
func finals(db *database.DB) (n int, err error) {
	err = db.SQL().QueryRow("SELECT COUNT(*) FROM request_logs WHERE final = TRUE").Scan(&n)
	return n, err
}

// lockSQLite takes the write lock, as a backup or a person with a shell may.
func lockSQLite(t *testing.T, path string) (back func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = tx.Rollback()
		_ = db.Close()
	}
}

// fillDisk takes all the space there is.
func fillDisk(t *testing.T, name string) (back func()) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := file.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	return func() {
		_ = file.Close()
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// What clients name a model is recorded whatever it is, and so is the batch around it.
func TestStrangeModelsAreRecorded(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	models := []string{"gpt-4.1-nano", strings.Repeat("m", 300), strings.Repeat("語", 300), `\u0000\u0000`, "\x00", "broken \xff\xfe utf-8", "gpt-4.1-nano"}
	recorded := []string{
		"gpt-4.1-nano", strings.Repeat("m", 252) + "…", strings.Repeat("語", 84) + "…", "\ufffd\ufffd", "\ufffd", "broken \ufffd\ufffd utf-8", "gpt-4.1-nano",
	}
	for _, model := range models {
		if _, _, err := g.send(http.MethodPost, "/proxy/openai/v1/chat/completions", strings.Replace(hello, "gpt-4.1-nano", model, 1)); err != nil {
			t.Fatal(err)
		}
	}
	g.await("every record", func() bool { return len(g.records(map[string]any{"attempt": "FINAL"})) == len(models) })
	for i, r := range g.records(map[string]any{"attempt": "FINAL"}) { // the newest first
		if want := recorded[len(models)-1-i]; r.Model != want {
			t.Errorf("%q is recorded as %q", models[len(models)-1-i], r.Model)
		}
	}
	g.close()
	books := readLedger(t, g.books(nil))
	books.balances(t)
	books.agrees(t, int64(len(models)), int64(len(upstream.Requests())))
}

// onSQLite says that the tests' databases are files.
func onSQLite() bool {
	engine := os.Getenv("TEST_DATABASE")
	return engine == "" || engine == "sqlite"
}
