package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/schema"
	"roundhouse/internal/cluster"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/keypool"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
	"roundhouse/internal/snapshot"
	"roundhouse/proxycore"
)

// safe keeps an installation's secrets in memory.
type safe map[string][]byte

func (s safe) Load(context.Context) (map[string][]byte, error) { return s, nil }
func (s safe) Insert(_ context.Context, name string, value []byte) error {
	s[name] = value
	return nil
}

// core takes what is put in force, unless it is told to refuse.
type core struct {
	mu     sync.Mutex // guards what follows
	config proxycore.SnapshotConfig
	swaps  int
	refuse error
}

func (c *core) Swap(config proxycore.SnapshotConfig) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuse != nil {
		return c.refuse
	}
	c.config = config
	c.swaps++
	return nil
}

func (c *core) group(id int64) *proxycore.GroupConfig {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.config.Groups {
		if c.config.Groups[i].ID == id {
			return &c.config.Groups[i]
		}
	}
	return nil
}

// keys shows a group's keys in force.
func (c *core) keys(id int64) string {
	var all []string
	if g := c.group(id); g != nil {
		g.Keys.Each(func(_ int64, text string, _ [32]byte) bool {
			all = append(all, text)
			return true
		})
	}
	return strings.Join(all, " ")
}

func (c *core) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.swaps
}

// still is a data plane of which a pool wants nothing back.
type still struct{}

func (still) Restore(_, _ int64)           {}
func (still) Withdraw(_, _ int64)          {}
func (still) Cool(_, _ int64, _ time.Time) {}
func (still) KeyState(_, _ int64) (s proxycore.KeyState) {
	return s
}

// house is a publisher over a database of its own.
type house struct {
	*snapshot.Publisher
	db       *database.DB
	box      *seal.Box
	settings *setting.Store
	pool     *keypool.Pool
	core     *core

	mu          sync.Mutex // guards what follows
	quarantined []int64
}

func newHouse(t testing.TB) *house {
	t.Helper()
	box, err := seal.Open(t.Context(), safe{}, strings.Repeat("2a", 32))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: databasetest.Open(t), box: box, core: &core{}}
	h.settings = setting.New(h.db, box, nil, func(context.Context) { h.Changed(0) })
	h.pool = keypool.New(keypool.Options{
		DB: h.db, Box: box, Health: still{}, Bus: cluster.NewLocal(), Logger: slog.New(slog.DiscardHandler),
		Changed: func(id int64) { h.Changed(id) }, Validate: func(int64, []int64) {},
	})
	h.Publisher = h.anew()
	return h
}

// anew returns a publisher that has read nothing yet.
func (h *house) anew() *snapshot.Publisher {
	return snapshot.New(snapshot.Options{
		DB: h.db, Box: h.box, Settings: h.settings, Gateway: h.core, Logger: slog.New(slog.DiscardHandler),
		Quarantine: func(_ context.Context, ids []int64) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.quarantined = append(h.quarantined, ids...)
			return nil
		},
	})
}

func (h *house) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (h *house) group(t testing.TB, name string) int64 {
	t.Helper()
	g, err := h.db.Group.Create().SetName(name).SetKind(group.KindSTANDARD).SetDialect(group.DialectOPENAI).Save(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.db.Upstream.Create().SetGroupID(g.ID).SetPosition(0).SetURL("https://upstream.test/v1").ExecX(t.Context())
	return g.ID
}

func (h *house) add(t testing.TB, groupID int64, keys string) {
	t.Helper()
	if err := h.pool.Import(t.Context(), groupID, strings.NewReader(keys), keypool.Unwatched{}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) publish(t *testing.T) {
	t.Helper()
	if err := h.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// published publishes until a condition holds: keys of a group just read are left alone for some milliseconds.
func (h *house) published(t *testing.T, what string, holds func() bool) {
	t.Helper()
	eventually(t, what, func() bool {
		h.publish(t)
		return holds()
	})
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestRowsBecomeTheConfiguration(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.db.Group.UpdateOneID(g).SetKeyCarrier(group.KeyCarrierAPI_KEY).SetParamOverrides(`{"a":1}`).
		SetModelRedirects([]schema.ModelRedirect{{From: "m", To: "n"}}).SetModelRedirectStrict(true).
		SetOverrides(map[string]string{"maxRetries": "7"}).ExecX(t.Context())
	h.db.Upstream.Create().SetGroupID(g).SetPosition(1).SetURL("https://second.test").SetWeight(5).SetEnabled(false).ExecX(t.Context())
	sealed, err := h.box.Seal(seal.HeaderRuleIdentity(g, "X-Secret"), []byte("hush"))
	if err != nil {
		t.Fatal(err)
	}
	h.db.HeaderRule.Create().SetGroupID(g).SetPosition(0).SetAction(headerrule.ActionREMOVE).SetName("X-Trace").ExecX(t.Context())
	h.db.HeaderRule.Create().SetGroupID(g).SetPosition(1).SetAction(headerrule.ActionSET).SetName("X-Secret").SetSealed(sealed).ExecX(t.Context())
	digest := h.box.Digest([]byte("proxy-key-a"))
	h.db.ProxyKey.Create().SetGroupID(g).SetDigest(digest[:]).SetMasked("p…a").ExecX(t.Context())
	all := h.db.Group.Create().SetName("all").SetKind(group.KindAGGREGATE).SetDialect(group.DialectOPENAI).SetEnabled(false).SaveX(t.Context()).ID
	h.db.Member.Create().SetGroupID(all).SetMemberID(g).SetWeight(3).SetPriority(1).ExecX(t.Context())
	h.db.Member.Create().SetGroupID(all).SetMemberID(9999).ExecX(t.Context()) // deleted while the rows were read
	h.add(t, g, "key-aaaaaaaa key-bbbbbbbb key-cccccccc")
	h.db.Key.Update().Where(key.ID(h.db.Key.Query().FirstIDX(t.Context()))).SetStatus(key.StatusDISABLED).ExecX(t.Context())
	h.publish(t)

	got := h.core.group(g)
	settings := got.Settings
	if settings.MaxRetries != 7 || settings.RequestTimeout != 10*time.Minute || settings.Cooldown != 10*time.Second || settings.BlacklistThreshold != 3 {
		t.Errorf("settings: %+v", settings)
	}
	show := fmt.Sprintf("%s %t %t %s %s %v %v %v %t %s", got.Name, got.Enabled, got.Aggregate, got.Dialect, got.Carrier, got.Upstreams, got.HeaderRules, got.Redirects, got.RedirectStrict, got.ParamOverrides)
	want := `openai true false OPENAI API_KEY [{https://upstream.test/v1 1 true} {https://second.test 5 false}] [{false X-Trace } {true X-Secret hush}] [{m n}] true {"a":1}`
	if show != want {
		t.Errorf("got  %s\nwant %s", show, want)
	}
	if keys := h.core.keys(g); keys != "key-bbbbbbbb key-cccccccc" {
		t.Errorf("keys: %s", keys)
	}
	if a := h.core.group(all); !a.Aggregate || a.Enabled || fmt.Sprint(a.Members) != fmt.Sprintf("[{%d 3 1}]", g) || a.Keys != nil {
		t.Errorf("aggregate: %+v", a)
	}
	proxyKeys := h.core.config.ProxyKeys
	if len(proxyKeys) != 1 || proxyKeys[0].Digest != digest || proxyKeys[0].GroupID != g || h.core.config.Digest([]byte("proxy-key-a")) != digest {
		t.Errorf("proxy keys: %+v", proxyKeys)
	}
	if err := h.LastError(); err != nil {
		t.Error(err)
	}
}

func TestDefaultsAreSettingsOfTheCore(t *testing.T) {
	if _, err := snapshot.ToCore(setting.Defaults()); err != nil {
		t.Error(err)
	}
	for _, spoil := range []func(*setting.Values){
		func(v *setting.Values) { v.FailoverStatusCodes = "5xx" },
		func(v *setting.Values) { v.BlacklistStatusCodes = "no" },
	} {
		values := setting.Defaults()
		spoil(&values)
		if _, err := snapshot.ToCore(values); err == nil {
			t.Errorf("%+v was taken", values)
		}
	}
}

func TestOnlyWhatChangedIsReadAgain(t *testing.T) {
	for name, prepare := range map[string]func(*house){
		"at once": func(*house) {},
		"aside":   func(h *house) { h.ReadAside() },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			prepare(h)
			readAgain(t, h)
			h.Wait()
		})
	}
}

// A group of very many keys that is being filled is not taken over by the gateway at every turn, and not forgotten either.
func TestAGroupThatWasJustReadIsLeftAlone(t *testing.T) {
	h := newHouse(t)
	h.StayCalm(time.Second)
	g, other := h.group(t, "openai"), h.group(t, "other")
	h.add(t, g, "key-aaaaaaaa key-bbbbbbbb")
	h.publish(t)
	h.add(t, g, "key-cccccccc")
	h.add(t, other, "key-eeeeeeee")
	h.publish(t)
	if got := h.core.keys(g) + " " + h.core.keys(other); got != "key-aaaaaaaa key-bbbbbbbb key-eeeeeeee" {
		t.Errorf("in force are %s", got)
	}
	h.published(t, "the new key is in force", func() bool { return h.core.keys(g) == "key-aaaaaaaa key-bbbbbbbb key-cccccccc" })
}

func readAgain(t *testing.T, h *house) {
	g, other := h.group(t, "openai"), h.group(t, "other")
	h.add(t, g, "key-aaaaaaaa key-bbbbbbbb key-cccccccc key-dddddddd")
	h.add(t, other, "key-eeeeeeee")
	h.publish(t)
	before := h.core.group(other).Keys
	ids := h.db.Key.Query().Where(key.GroupID(g)).Order(key.ByID()).IDsX(t.Context())

	h.add(t, g, "key-ffffffff key-gggggggg")
	h.published(t, "new keys are in force", func() bool {
		return h.core.keys(g) == "key-aaaaaaaa key-bbbbbbbb key-cccccccc key-dddddddd key-ffffffff key-gggggggg"
	})
	// A row that changes behind the revision's back is not read: what is in force was not read again as a whole.
	h.db.Key.UpdateOneID(ids[0]).SetStatus(key.StatusDISABLED).ExecX(t.Context())
	revision := h.db.KeyCount.UpdateOneID(g).AddRevision(1).SaveX(t.Context()).Revision
	h.db.Key.UpdateOneID(ids[1]).SetStatus(key.StatusINVALID).SetRevision(revision).ExecX(t.Context())
	h.published(t, "the invalid key is out", func() bool {
		return h.core.keys(g) == "key-aaaaaaaa key-cccccccc key-dddddddd key-ffffffff key-gggggggg"
	})
	if h.core.group(other).Keys != before {
		t.Error("the keys of another group were built anew")
	}
	// Deleting raises the epoch: everything is read again.
	if err := h.pool.Delete(t.Context(), keypool.Selector{GroupID: g, IDs: ids[2:3]}, keypool.Unwatched{}); err != nil {
		t.Fatal(err)
	}
	h.published(t, "the deleted key is out", func() bool { return h.core.keys(g) == "key-dddddddd key-ffffffff key-gggggggg" })
}

func TestNothingNewIsNotPutInForceAgain(t *testing.T) {
	h := newHouse(t)
	h.add(t, h.group(t, "openai"), "key-aaaaaaaa")
	h.publish(t)
	h.publish(t)
	if n := h.core.count(); n != 1 {
		t.Errorf("put in force %d times", n)
	}
}

func TestChangesAreInForceWithinASecond(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.start(t)
	eventually(t, "the first snapshot is in force", func() bool { return h.core.group(g) != nil })
	began := time.Now()
	h.add(t, g, "key-aaaaaaaa")
	eventually(t, "a new key is in force", func() bool { return h.core.keys(g) == "key-aaaaaaaa" })
	text := "9"
	if _, err := h.settings.Update(t.Context(), setting.Changes{"maxRetries": &text}, nil, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a new setting is in force", func() bool { return h.core.group(g).Settings.MaxRetries == 9 })
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("two changes took %v", took)
	}
}

func TestARefusedSnapshotLeavesTheOneInForce(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.publish(t)
	h.core.refuse = errors.New("build snapshot: no sense in it")
	h.db.Group.UpdateOneID(g).SetName("renamed").ExecX(t.Context())
	if err := h.Publish(t.Context()); err == nil || h.LastError() == nil {
		t.Errorf("got %v, %v", err, h.LastError())
	}
	if name := h.core.group(g).Name; name != "openai" {
		t.Errorf("in force is %s", name)
	}
	h.core.refuse = nil
	h.publish(t)
	if name := h.core.group(g).Name; name != "renamed" || h.LastError() != nil {
		t.Errorf("in force is %s, %v", name, h.LastError())
	}
}

func TestAGroupThatMakesNoSenseLeavesTheOthersServed(t *testing.T) {
	h := newHouse(t)
	g, other := h.group(t, "openai"), h.group(t, "other")
	h.publish(t)
	h.db.Group.UpdateOneID(g).SetName("renamed").SetOverrides(map[string]string{"failoverStatusCodes": "5xx"}).ExecX(t.Context())
	h.db.Group.UpdateOneID(other).SetName("second").ExecX(t.Context())
	spoiled := h.db.Group.Create().SetName("spoiled").SetKind(group.KindSTANDARD).SetDialect(group.DialectGEMINI).SaveX(t.Context()).ID
	h.db.HeaderRule.Create().SetGroupID(spoiled).SetPosition(0).SetAction(headerrule.ActionSET).SetName("X-Secret").SetSealed([]byte("spoiled")).ExecX(t.Context())
	h.publish(t)
	if got := h.core.group(g); got.Name != "renamed" || !got.Enabled || len(got.Upstreams) != 1 {
		t.Errorf("the group is %+v", got)
	}
	if got := h.core.group(spoiled); got == nil || got.Enabled {
		t.Errorf("the spoiled group is %+v", got)
	}
	if h.core.group(other).Name != "second" {
		t.Error("the other group's change is not in force")
	}
	if err := h.LastError(); err == nil || !strings.Contains(err.Error(), `"renamed"`) || !strings.Contains(err.Error(), "X-Secret") {
		t.Errorf("told %v", err)
	}
}

func TestAKeyThatDoesNotOpenIsReportedAndNeverServed(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, "key-aaaaaaaa key-bbbbbbbb")
	id := h.db.Key.Query().Order(key.ByID()).FirstIDX(t.Context())
	sealed := h.db.Key.GetX(t.Context(), id).Sealed
	sealed[len(sealed)-1] ^= 1
	h.db.Key.UpdateOneID(id).SetSealed(sealed).ExecX(t.Context())
	h.publish(t) // as at start, before Run
	h.start(t)
	eventually(t, "the key is reported", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.quarantined) == 1 && h.quarantined[0] == id
	})
	if keys := h.core.keys(g); keys != "key-bbbbbbbb" {
		t.Errorf("keys: %s", keys)
	}
}

func TestADeletedGroupIsForgotten(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, "key-aaaaaaaa")
	h.publish(t)
	h.db.Group.DeleteOneID(g).ExecX(t.Context())
	if err := h.pool.DeleteGroup(t.Context(), g, keypool.Unwatched{}); err != nil {
		t.Fatal(err)
	}
	h.publish(t)
	if h.core.group(g) != nil {
		t.Error("the group is still in force")
	}
}
