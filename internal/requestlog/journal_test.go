package requestlog

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// full is a record with something in every field.
func full() *Entry {
	at := time.UnixMicro(1_790_000_000_123_456).UTC()
	return &Entry{ID: 1 << 60, Node: 255, Record: proxycore.Record{RequestID: "r", UpstreamRequestID: "u", Started: at, Ended: at.Add(ms(7)), Final: true,
		AttemptNumber: 3, GroupID: 1, GroupName: "g", ParentID: 2, ParentName: "p", Dialect: dialect.Gemini, KeyID: 1 << 40,
		KeyFingerprint: proxycore.Fingerprint{1, 2, 3, 4, 5, 6}, ProxyKeyID: 9, ProxyKeyFingerprint: proxycore.Fingerprint{6, 5, 4, 3, 2, 1},
		Model: "モデル", UpstreamModel: "m", Method: "POST", Path: "/v1?x=1", Upstream: "https://u.example", StatusCode: 599,
		Outcome: proxycore.StreamError, Charged: proxycore.ChargedUpstream, Cooled: time.Hour, Stream: true, Trial: true, Probe: true,
		Wait: 1, Connect: -1, Header: 2, FirstByte: 3, RequestBytes: 1 << 50, ResponseBytes: 4,
		Usage:    dialect.Usage{Input: 5, Output: 6, Cached: 7, CacheWrite: 8, Reasoning: 9, Known: true, ServiceTier: "flex"},
		ClientIP: "2001:db8::1", UserAgent: "sdk", Error: "why", RequestBody: []byte("body")}}
}

func TestAnEntryComesBackFromTheJournalAsItWentIn(t *testing.T) {
	empty, noBody := &Entry{}, full()
	empty.Started, empty.Ended = time.UnixMicro(0).UTC(), time.UnixMicro(0).UTC()
	noBody.RequestBody = nil
	everything := full()
	value := reflect.ValueOf(everything.Record)
	for i := range value.NumField() {
		if value.Field(i).IsZero() {
			t.Errorf("the test gives no %s", value.Type().Field(i).Name)
		}
	}
	for _, want := range []*Entry{everything, noBody, empty} {
		got, err := decodeEntry(encodeEntry(nil, want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("error %v\nread  %+v\nwrote %+v", err, got, want)
		}
	}
	encoded := encodeEntry(nil, everything)
	for n := range encoded {
		_, _ = decodeEntry(encoded[:n]) // whatever it holds, it must not panic
	}
	if _, err := decodeEntry([]byte{entryFormat + 1, 0}); err == nil {
		t.Error("a form of the future was read")
	}
}

// store is a database that can be sent away.
type store struct {
	db   *database.DB
	away atomic.Bool
	counted
}

func newStore(t *testing.T) *store {
	s := &store{db: databasetest.Open(t)}
	s.refuse = func([]proxycore.Record) error {
		if s.away.Load() {
			return driver.ErrBadConn
		}
		return nil
	}
	return s
}

// log is a log on the store whose journal is in dir. It does not try for long to write to one that is away.
func (s *store) log(dir string, change func(*Options)) *Log {
	o := Options{DB: s.db, Hooks: []Hook{s.hook}, JournalDir: dir, Logger: quiet()}
	if s.away.Load() {
		o.DrainTimeout = 50 * time.Millisecond
	}
	if change != nil {
		change(&o)
	}
	return New(o)
}

// holds checks that the table has the requests from first on, before end, each once, and the hook counted as many.
func (s *store) holds(t *testing.T, first, end int) {
	t.Helper()
	rows, err := s.db.SQL().Query("SELECT request_id, COUNT(*) FROM request_logs GROUP BY request_id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			t.Fatal(err)
		}
		found[id] = n
	}
	for i := first; i < end; i++ {
		if id := fmt.Sprintf("request-%d", i); found[id] != 1 {
			t.Errorf("%s is there %d times", id, found[id])
		}
	}
	if len(found) != end-first || s.records.Load() != int64(end-first) {
		t.Errorf("%d requests, hook counted %d; want %d", len(found), s.records.Load(), end-first)
	}
}

func segments(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWhatAStoppedNodeCouldNotWriteIsWrittenByTheNext(t *testing.T) {
	s, dir := newStore(t), t.TempDir()
	s.away.Store(true)
	first := s.log(dir, nil)
	stop := start(t, first)
	for i := range 3000 {
		first.Record(record(i))
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if got := first.Counts(); got.Written != 0 || got.Dropped != 0 {
		t.Errorf("counts %+v", got)
	}
	s.away.Store(false)
	second := s.log(dir, nil)
	for i := 3000; i < 3010; i++ {
		second.Record(record(i))
	}
	stop = start(t, second)
	eventually(t, "all is written", func() bool { return second.Counts().Written == 3010 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s.holds(t, 0, 3010)
	if left := segments(t, dir); len(left) != 0 || second.JournalBytes() != 0 {
		t.Errorf("left over %v, %d bytes", left, second.JournalBytes())
	}
}

func TestABurstBeyondMemoryWaitsInTheJournal(t *testing.T) {
	s, dir := newStore(t), t.TempDir()
	s.away.Store(true)
	l := s.log(dir, func(o *Options) { o.QueueSize, o.DrainTimeout = 1000, 10*time.Second })
	stop := start(t, l)
	const n = 8000
	for i := range n {
		l.Record(record(i))
		if i%400 == 399 { // no faster than the journal takes it
			eventually(t, "the journal has it", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return len(l.queue.fresh) < 400 })
		}
	}
	if got := l.Counts(); got.Waiting != n || got.Dropped != 0 {
		t.Errorf("counts %+v", got)
	}
	if found := query(t, l, Filter{}); len(found) != mostFirst || found[0].RequestID != fmt.Sprintf("request-%d", n-1) {
		t.Errorf("%d found", len(found))
	}
	s.away.Store(false)
	eventually(t, "all is written", func() bool { return l.Counts().Written == n })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s.holds(t, 0, n)
}

func TestATornTailIsCutAndADamagedRecordEndsItsSegment(t *testing.T) {
	for name, damage := range map[string]func(b []byte) []byte{
		"half a record":      func(b []byte) []byte { return b[:len(b)-7] },
		"half a header":      func(b []byte) []byte { return append(b[:0:0], append(b[:lastFrame(b)], 1, 2, 3)...) },
		"a flipped bit":      func(b []byte) []byte { b[len(b)-3] ^= 4; return b },
		"a senseless length": func(b []byte) []byte { b[lastFrame(b)+3] = 0xff; return b },
		"zeros":              func(b []byte) []byte { clear(b[lastFrame(b):]); return append(b, make([]byte, 5000)...) },
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := newStore(t), t.TempDir()
			s.away.Store(true)
			l := s.log(dir, nil)
			stop := start(t, l)
			for i := range 10 {
				l.Record(record(i))
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			for _, file := range segments(t, dir) {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, damage(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s.away.Store(false)
			next := s.log(dir, nil)
			next.Record(record(10))
			if err := start(t, next)(); err != nil {
				t.Fatal(err)
			}
			if got := next.Counts(); got.Written != 10 || got.Waiting != 0 {
				t.Errorf("counts %+v", got)
			}
		})
	}
}

// lastFrame is where the last record of a segment begins.
func lastFrame(b []byte) (at int) {
	for next := 0; next < len(b); {
		at = next
		next += frameHeader + int(b[next]) + int(b[next+1])<<8
	}
	return at
}

func TestAJournalBeyondItsBoundDropsTheOldestAndCounts(t *testing.T) {
	s, dir := newStore(t), t.TempDir()
	s.away.Store(true)
	l := s.log(dir, func(o *Options) { o.QueueSize, o.JournalBytes = 1000, 256<<10 })
	stop := start(t, l)
	const n = 4000
	for i := range n {
		l.Record(record(i))
		if i%400 == 399 {
			eventually(t, "the journal has it", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return len(l.queue.fresh) < 400 })
		}
	}
	eventually(t, "all was saved", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return len(l.queue.fresh) == 0 })
	got := l.Counts()
	if got.Dropped == 0 || got.Dropped+int64(got.Waiting) != n || l.JournalBytes() > 256<<10 {
		t.Errorf("counts %+v, %d bytes", got, l.JournalBytes())
	}
	s.away.Store(false)
	eventually(t, "the rest is written", func() bool { return l.Counts().Waiting == 0 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if last := l.Counts(); last.Written+last.Dropped != n || s.records.Load() != last.Written {
		t.Errorf("counts %+v, hook counted %d", last, s.records.Load())
	}
	if found := query(t, l, Filter{}); found[0].RequestID != fmt.Sprintf("request-%d", n-1) {
		t.Errorf("the newest is %s", found[0].RequestID)
	}
}

func TestAJournalThatCannotBeWrittenLosesNothingWhileTheDatabaseIsThere(t *testing.T) {
	s, dir := newStore(t), filepath.Join(t.TempDir(), "journal")
	l := s.log(dir, func(o *Options) { o.DrainTimeout = 10 * time.Second })
	stop := start(t, l)
	eventually(t, "the folder is made", func() bool { _, err := os.Stat(dir); return err == nil })
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for i := range 2500 {
		l.Record(record(i))
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s.holds(t, 0, 2500)
}

func TestTwoLogsOnOneFolderLeaveEachOthersRecordsAlone(t *testing.T) {
	s, dir := newStore(t), t.TempDir()
	s.away.Store(true)
	one := s.log(dir, func(o *Options) { o.DrainTimeout = 10 * time.Second })
	stopOne := start(t, one)
	for i := range 100 {
		one.Record(record(i))
	}
	eventually(t, "it is in the journal", func() bool { return one.JournalBytes() > 0 })
	two := s.log(dir, func(o *Options) { o.Node, o.DrainTimeout = 1, 10*time.Second })
	stopTwo := start(t, two)
	two.Record(record(100))
	eventually(t, "the other is in the journal", func() bool { return two.JournalBytes() > 0 })
	s.away.Store(false)
	for _, stop := range []func() error{stopTwo, stopOne} {
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
	if one.Counts().Written != 100 || two.Counts().Written != 1 {
		t.Errorf("written %d and %d", one.Counts().Written, two.Counts().Written)
	}
	s.holds(t, 0, 101)
}

func TestARenumberedRecordThatTheJournalStillHasIsARepeat(t *testing.T) {
	s, dir := newStore(t), t.TempDir()
	l := s.log(dir, nil)
	if err := l.openJournal(); err != nil {
		t.Fatal(err)
	}
	l.Record(record(0))
	stranger := *l.queue.fresh[0]
	stranger.Record = record(1)
	if err := l.insert(t.Context(), []*Entry{&stranger}); err != nil {
		t.Fatal(err)
	}
	l.save()
	w := &writer{log: l, resumed: true}
	if err := w.settle(t.Context(), l.front()); err != nil { // and the process ends before it can drop them
		t.Fatal(err)
	}
	if err := l.journal.close(); err != nil {
		t.Fatal(err)
	}
	if err := start(t, s.log(dir, nil))(); err != nil {
		t.Fatal(err)
	}
	s.holds(t, 0, 2)
}

func TestARefusedRecordIsKeptWithItsError(t *testing.T) {
	s, dir := newStore(t), t.TempDir()
	s.refuse = refusing("poison")
	l := s.log(dir, nil)
	for i := range 10 {
		r := record(i)
		if i == 4 {
			r.Model = "poison"
		}
		l.Record(r)
	}
	if err := start(t, l)(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, rejectedName))
	if err != nil {
		t.Fatal(err)
	}
	var kept struct{ Refused, RequestID, Model string }
	if err := json.Unmarshal(content, &kept); err != nil {
		t.Fatal(err)
	}
	if kept.RequestID != "request-4" || kept.Model != "poison" || !strings.Contains(kept.Refused, "cannot be counted") {
		t.Errorf("kept %+v", kept)
	}
	if left := segments(t, dir); len(left) != 0 || l.Counts().Written != 9 {
		t.Errorf("left over %v, counts %+v", left, l.Counts())
	}
}
