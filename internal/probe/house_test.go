package probe_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/cluster"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
	"roundhouse/internal/probe"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
	"roundhouse/internal/snapshot"
	"roundhouse/internal/upstreamtest"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// joined hands a pool's keys to a prober.
type joined struct{ *keypool.Pool }

func (j joined) Plain(ctx context.Context, id int64) (probe.Key, error) {
	plain, err := j.Pool.Plain(ctx, id)
	if errors.Is(err, fault.ErrNotFound) || errors.Is(err, seal.ErrUnsealable) {
		return probe.Key{}, fmt.Errorf("%w: %w", probe.ErrGone, err)
	}
	return probe.Key{
		ID: plain.ID, GroupID: plain.GroupID, Text: plain.Text, Digest: plain.Digest,
		Revision: plain.Revision, Disabled: plain.Status == key.StatusDISABLED,
	}, err
}

func (j joined) Decide(ctx context.Context, d probe.Decision) error {
	return j.Pool.Decide(ctx, keypool.Decision{
		KeyID: d.KeyID, Revision: d.Revision, At: d.At, Until: d.Until,
		Finding: map[probe.Finding]keypool.Finding{
			probe.Well: keypool.Well, probe.Known: keypool.Known, probe.Limited: keypool.Limited, probe.Dead: keypool.Dead,
		}[d.Verdict.Finding],
		StatusCode: d.Verdict.StatusCode, Reason: d.Verdict.Message, Account: d.Verdict.Account,
	})
}

// safe keeps an installation's secrets in memory.
type safe map[string][]byte

func (s safe) Load(context.Context) (map[string][]byte, error) { return s, nil }
func (s safe) Insert(_ context.Context, name string, value []byte) error {
	s[name] = value
	return nil
}

// house is everything that a key's status passes through, joined as the program joins it.
type house struct {
	db        *database.DB
	gateway   *proxycore.Gateway
	pool      *keypool.Pool
	publisher *snapshot.Publisher
	prober    *probe.Prober
	upstream  *upstreamtest.Server
	group     int64
}

const proxyKey = "a-proxy-key-for-tests"

// newHouse serves one group whose keys become suspects by their first charge.
func newHouse(t *testing.T, keys ...string) *house {
	t.Helper()
	h := build(t, keys...)
	h.start(t)
	return h
}

// build makes a house in which nothing runs yet.
func build(t *testing.T, keys ...string) *house {
	t.Helper()
	box, err := seal.Open(t.Context(), safe{}, strings.Repeat("2a", 32))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	h := &house{db: databasetest.Open(t), upstream: upstreamtest.New(t, keys...)}
	h.gateway = proxycore.New(proxycore.Options{Judge: judge{h}})
	settings := setting.New(h.db, box, nil, func(context.Context) {})
	h.pool = keypool.New(keypool.Options{
		DB: h.db, Box: box, Health: h.gateway, Bus: cluster.NewLocal(), Logger: log,
		Changed:  func(id int64) { h.publisher.Changed(id) },
		Validate: func(groupID int64, keyIDs []int64) { h.prober.Ask(groupID, keyIDs) },
	})
	h.publisher = snapshot.New(snapshot.Options{
		DB: h.db, Box: box, Settings: settings, Gateway: h.gateway, Quarantine: h.pool.Quarantine, Logger: log,
	})
	h.prober = probe.New(probe.Options{Sender: h.gateway, Keys: joined{h.pool}, Logger: log, Plan: h.plan, Rounds: h.rounds, Validated: h.validated})

	h.group = h.db.Group.Create().SetName("openai").SetKind(group.KindSTANDARD).SetDialect(group.DialectOPENAI).
		SetOverrides(map[string]string{"blacklistThreshold": "1", "proxyUrl": "direct"}).SaveX(t.Context()).ID
	h.db.Upstream.Create().SetGroupID(h.group).SetPosition(0).SetURL(h.upstream.URL).ExecX(t.Context())
	digest := box.Digest([]byte(proxyKey))
	h.db.ProxyKey.Create().SetDigest(digest[:]).SetMasked("a…s").ExecX(t.Context())
	if err := h.pool.Import(t.Context(), h.group, strings.NewReader(strings.Join(keys, "\n")), keypool.Unwatched{}); err != nil {
		t.Fatal(err)
	}
	return h
}

// judge hands verdicts to the pool, which is made after the data plane.
type judge struct{ *house }

func (j judge) Judge(v proxycore.Verdict) { j.pool.Judge(v) }

func (h *house) start(t *testing.T) {
	t.Helper()
	if err := h.publisher.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	rooms := []func(context.Context) error{h.pool.Run, h.publisher.Run, h.prober.Run, h.prober.Schedule}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, len(rooms))
	for _, room := range rooms {
		go func() { done <- room(ctx) }()
	}
	t.Cleanup(func() {
		cancel()
		for range rooms {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if err := h.gateway.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// rounds are those of the house's one group, every hour.
func (h *house) rounds(ctx context.Context) ([]probe.Round, error) {
	ids, err := h.pool.WithInvalid(ctx)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return []probe.Round{{GroupID: h.group, Interval: time.Hour}}, nil
}

func (h *house) validated(context.Context, int64, time.Time) error { return nil }

func (h *house) plan(ctx context.Context, id int64) (probe.Plan, error) {
	values := setting.Defaults()
	core, err := snapshot.ToCore(values)
	return probe.Plan{
		Dialect: dialect.OpenAI, Upstreams: []string{h.upstream.URL}, Cooldown: core.Cooldown, Blacklist: core.Blacklist,
		Concurrency: values.KeyValidationConcurrency, Timeout: time.Duration(values.KeyValidationTimeoutSeconds) * time.Second,
	}, err
}

// ask sends one request through the gateway and returns the status.
func (h *house) ask(t *testing.T) int {
	t.Helper()
	body := strings.NewReader(`{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"Hi"}]}`)
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/proxy/openai/v1/chat/completions", body)
	r.Header.Set("Authorization", "Bearer "+proxyKey)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.gateway.ServeHTTP(w, r)
	return w.Code
}

func (h *house) key(t *testing.T, place int) *ent.Key {
	t.Helper()
	return h.db.Key.Query().Order(key.ByID()).Offset(place).FirstX(t.Context())
}

func TestARevokedKeyIsChargedTriedAndSetInvalidAndReturnsWhenItIsGoodAgain(t *testing.T) {
	h := newHouse(t, "key-revoked-0001", "key-good-000001")
	revoked := "key-revoked-0001"
	h.upstream.Always(revoked, upstreamtest.Answer{Status: 401, Message: "no such key {key}"})
	eventually(t, "the revoked key is INVALID", func() bool {
		if status := h.ask(t); status != http.StatusOK {
			t.Fatalf("a request ended with %d", status)
		}
		return h.key(t, 0).Status == key.StatusINVALID
	})
	row := h.key(t, 0)
	if row.Fault != key.FaultUNAUTHORIZED || row.LastStatusCode == nil || *row.LastStatusCode != 401 || row.Reason == "" || strings.Contains(row.Reason, revoked) {
		t.Errorf("the key is %v", row)
	}
	if good := h.key(t, 1); good.Status != key.StatusACTIVE || good.ConsecutiveFailures != 0 {
		t.Errorf("the other key is %v", good)
	}
	h.upstream.Forget()
	for range 10 {
		h.ask(t)
	}
	for _, seen := range h.upstream.Requests() {
		if seen.Key == revoked {
			t.Error("an INVALID key was sent")
		}
	}

	h.upstream.Unscript(revoked)
	h.upstream.Always(revoked, upstreamtest.Answer{})
	verdict, err := h.prober.Validate(t.Context(), row.ID, nil, nil)
	if err != nil || !verdict.OK {
		t.Fatalf("got %+v, %v", verdict, err)
	}
	if row := h.key(t, 0); row.Status != key.StatusACTIVE || row.ConsecutiveFailures != 0 {
		t.Errorf("the key is %v", row)
	}
	h.upstream.Forget()
	eventually(t, "the key is used again", func() bool {
		h.ask(t)
		for _, seen := range h.upstream.Requests() {
			if seen.Key == revoked {
				return true
			}
		}
		return false
	})
}

func TestAGroupWithoutAKeyIsTriedAtStartAndComesBackByItself(t *testing.T) {
	h := build(t, "key-only-000001")
	h.db.Key.Update().SetStatus(key.StatusINVALID).ExecX(t.Context())
	h.db.KeyCount.Update().SetActive(0).SetInvalid(1).ExecX(t.Context())
	h.start(t)
	eventually(t, "the group answers", func() bool { return h.ask(t) == http.StatusOK })
	if row := h.key(t, 0); row.Status != key.StatusACTIVE {
		t.Errorf("the key is %v", row)
	}
}

func TestTheOnlyKeyIsTakenOutWhenItIsRefused(t *testing.T) {
	h := newHouse(t, "key-only-000001")
	h.upstream.Always("key-only-000001", upstreamtest.Answer{Status: 401})
	eventually(t, "the only key is INVALID", func() bool {
		h.ask(t)
		return h.key(t, 0).Status == key.StatusINVALID
	})
	eventually(t, "requests are refused without asking", func() bool { return h.ask(t) == http.StatusServiceUnavailable })
}

func TestALimitedKeyCools(t *testing.T) {
	h := newHouse(t, "key-only-000001")
	h.upstream.Script("key-only-000001", upstreamtest.Answer{Status: 429, RetryAfter: "120"})
	id := h.key(t, 0).ID
	verdict, err := h.prober.Validate(t.Context(), id, nil, nil)
	if err != nil || !verdict.OK || verdict.StatusCode != 429 {
		t.Fatalf("got %+v, %v", verdict, err)
	}
	if until := h.gateway.KeyState(h.group, id).CoolingUntil; time.Until(until) < 100*time.Second {
		t.Errorf("it cools until %v", until)
	}
	if row := h.key(t, 0); row.Status != key.StatusACTIVE || row.Fault != key.FaultRATE_LIMITED {
		t.Errorf("the key is %v", row)
	}
	if status := h.ask(t); status != http.StatusTooManyRequests {
		t.Errorf("a request ended with %d", status)
	}
}

func TestSixtyFourRequestsAtOnceMakeOneTransition(t *testing.T) {
	h := newHouse(t, "key-revoked-0001", "key-good-000001")
	h.upstream.Always("key-revoked-0001", upstreamtest.Answer{Status: 401})
	changes := h.pool.Changes(1000)
	defer changes.Close()
	var wait sync.WaitGroup
	for range 64 {
		wait.Go(func() { h.ask(t) })
	}
	wait.Wait()
	eventually(t, "the revoked key is INVALID", func() bool {
		h.ask(t)
		return h.key(t, 0).Status == key.StatusINVALID
	})
	transitions := 0
	eventually(t, "the change was told", func() bool {
		for {
			select {
			case change := <-changes.C:
				if change.Key != nil && change.Key.Status == key.StatusINVALID {
					transitions++
				}
			default:
				return transitions > 0
			}
		}
	})
	counts, err := h.pool.Counts(t.Context(), h.group)
	if err != nil || transitions != 1 || counts != (keypool.Counts{Active: 1, Invalid: 1}) {
		t.Errorf("%d transitions, %+v, %v", transitions, counts, err)
	}
}
