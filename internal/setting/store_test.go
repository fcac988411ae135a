package setting_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/audit"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
	"roundhouse/internal/keyring"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
)

// node is one process's view of the settings.
type node struct {
	*setting.Store
	db      *database.DB
	changes int
	keys    []string
	// committed, when not nil, is called once a change of proxy keys is stored.
	committed func()
}

// badKey is a proxy key that the writer of proxy keys refuses.
const badKey = "short"

func newNode(t *testing.T, dsn string) *node {
	t.Helper()
	n := &node{db: databasetest.OpenAt(t, dsn)}
	box, err := seal.Open(context.Background(), keyring.Rows(n.db), strings.Repeat("0f", 32))
	if err != nil {
		t.Fatal(err)
	}
	n.Store = setting.New(n.db, box, n.writeKeys, func(context.Context) { n.changes++ })
	if err := n.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) writeKeys(_ context.Context, tx *ent.Tx, values []string) error {
	tx.OnCommit(func(next ent.Committer) ent.Committer {
		return ent.CommitFunc(func(ctx context.Context, tx *ent.Tx) error {
			err := next.Commit(ctx, tx)
			if n.committed != nil {
				n.committed()
			}
			return err
		})
	})
	for i, value := range values {
		if value == badKey {
			return fault.One(fmt.Sprintf("input.proxyKeys.%d", i), fault.TooShort, nil, "too short")
		}
	}
	n.keys = values
	return nil
}

// update changes settings given as name, value, name, value …; "null" resets.
func (n *node) update(pairs ...string) (setting.Values, error) {
	changes := setting.Changes{}
	for i := 0; i < len(pairs); i += 2 {
		changes[pairs[i]] = &pairs[i+1]
		if pairs[i+1] == "null" {
			changes[pairs[i]] = nil
		}
	}
	return n.Update(context.Background(), changes, nil, nil)
}

func paths(err error) []string {
	var input *fault.Input
	if !errors.As(err, &input) {
		return nil
	}
	var all []string
	for _, f := range input.Faults {
		all = append(all, f.Path+" "+string(f.Reason))
	}
	return all
}

func TestAChangeIsInForceAndOutlivesTheProcess(t *testing.T) {
	dsn := databasetest.DSN(t)
	n := newNode(t, dsn)
	if v := n.Current(); v.MaxRetries != 3 || v.RequestTimeout != 600 || v.FailoverStatusCodes != "401-403,408,429,500-599" || v.Version != 1 {
		t.Errorf("the defaults are %+v", v)
	}
	values, err := n.update("maxRetries", "5", "enableRequestBodyLogging", "true", "appUrl", " https://ai.example.com/base/ ", "proxyUrl", "socks5://me:hush@127.0.0.1:1080")
	if err != nil {
		t.Fatal(err)
	}
	if values != n.Current() || n.changes != 1 {
		t.Errorf("answered %+v, in force %+v, told %d times", values, n.Current(), n.changes)
	}
	again := newNode(t, dsn).Current()
	if again != values || again.MaxRetries != 5 || !again.EnableRequestBodyLogging || again.AppURL != "https://ai.example.com/base" ||
		again.ProxyURL != "socks5://me:hush@127.0.0.1:1080" || again.Version != 2 || again.RequestTimeout != 600 {
		t.Errorf("read %+v", again)
	}
}

// Who asked may be gone, or the database, once a change is stored: it is made, and must not be reported as failed.
func TestWhatIsStoredIsNotReportedAsFailed(t *testing.T) {
	n := newNode(t, databasetest.DSN(t))
	ctx, cancel := context.WithCancel(t.Context())
	n.committed = cancel
	keys, seven := []string{"good-enough"}, "7"
	values, err := n.Update(ctx, setting.Changes{"maxRetries": &seven}, &keys, nil)
	if err != nil || values.MaxRetries != 7 || n.Current() != values || n.changes != 1 {
		t.Errorf("%v; answered %+v, in force %+v, told %d times", err, values, n.Current(), n.changes)
	}
}

func TestNullSetsTheDefaultAgain(t *testing.T) {
	n := newNode(t, databasetest.DSN(t))
	if _, err := n.update("maxRetries", "0", "failoverStatusCodes", "", "proxyUrl", "direct"); err != nil {
		t.Fatal(err)
	}
	if v := n.Current(); v.MaxRetries != 0 || v.FailoverStatusCodes != "" || v.ProxyURL != "direct" {
		t.Errorf("set %+v", v)
	}
	values, err := n.update("maxRetries", "null", "failoverStatusCodes", "null", "proxyUrl", "null")
	if err != nil {
		t.Fatal(err)
	}
	want := setting.Defaults()
	want.Version = 3
	if values != want {
		t.Errorf("reset to %+v", values)
	}
}

func TestOneBadValueAndNoneIsApplied(t *testing.T) {
	n := newNode(t, databasetest.DSN(t))
	keys := []string{"good-enough", badKey}
	six, zero, nonsense := "6", "0", "sometimes"
	_, err := n.Update(context.Background(), setting.Changes{
		"maxRetries": &six, "requestTimeout": &zero, "enableRequestBodyLogging": &nonsense, "noSuchThing": &six,
	}, &keys, nil)
	want := []string{"input.enableRequestBodyLogging BAD_FORM", "input.noSuchThing UNKNOWN", "input.requestTimeout TOO_SMALL", "input.proxyKeys.1 TOO_SHORT"}
	if got := paths(err); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("named %v", got)
	}
	if err := n.Load(context.Background()); err != nil || n.Current() != setting.Defaults() || n.changes != 0 {
		t.Errorf("in force %+v, %v", n.Current(), err)
	}
	if rows := n.db.AuditEvent.Query().CountX(context.Background()); rows != 0 {
		t.Errorf("%d audit rows of a change that was refused", rows)
	}
}

func TestValuesAreBoundedBothWays(t *testing.T) {
	n := newNode(t, databasetest.DSN(t))
	for _, f := range setting.Fields() {
		if f.Type != setting.Int {
			continue
		}
		for text, want := range map[string]string{
			fmt.Sprint(f.Min): "", fmt.Sprint(f.Max): "",
			fmt.Sprint(f.Min - 1): "TOO_SMALL", fmt.Sprint(f.Max + 1): "TOO_LARGE",
			"1e18": "BAD_FORM", "NaN": "BAD_FORM", "": "BAD_FORM", "9223372036854775808": "BAD_FORM", "1.5": "BAD_FORM",
		} {
			_, err := n.update(f.Name, text)
			got := strings.TrimPrefix(strings.Join(paths(err), ""), "input."+f.Name+" ")
			if got != want || (want == "" && err != nil) {
				t.Errorf("%s = %q: %v", f.Name, text, err)
			}
		}
	}
}

func TestTextsAreChecked(t *testing.T) {
	n := newNode(t, databasetest.DSN(t))
	cases := map[string]struct{ good, bad []string }{
		"appUrl": {
			[]string{"", "http://localhost:3001", "https://ai.example.com/gateway"},
			[]string{"not a url", "ftp://x", "https://", "https://x?y", "https://u:p@x", "https://x#y", "https://x:70000", "https://x:", "//x"},
		},
		"proxyUrl": {
			[]string{"", "direct", "http://proxy:3128", "https://u:p@proxy", "socks5://[::1]:1080"},
			[]string{"proxy:3128", "ftp://proxy", "http://", "http://proxy/path", "http://proxy:0", "DIRECT"},
		},
		"failoverStatusCodes": {
			[]string{"", "429", "401-403,408,429,500-599", " 500 - 599 ,\n429", "100-999", "429,429,400-500", ","},
			[]string{"99", "1000", "500-400", "5xx", "401-", "-401", "401-402-403", "+500", "401;402", "4 01", "٤٠١"},
		},
	}
	for name, c := range cases {
		for _, text := range c.good {
			if _, err := n.update(name, text); err != nil {
				t.Errorf("%s = %q: %v", name, text, err)
			}
		}
		for _, text := range c.bad {
			if _, err := n.update(name, text); len(paths(err)) != 1 {
				t.Errorf("%s = %q: %v", name, text, err)
			}
		}
	}
}

func TestABadStatusCodeIsPointedAt(t *testing.T) {
	_, err := newNode(t, databasetest.DSN(t)).update("failoverStatusCodes", "401-403, 4o8 ,500-599")
	if err == nil || !strings.Contains(err.Error(), `"4o8"`) || strings.Contains(err.Error(), "401") {
		t.Errorf("said %v", err)
	}
}

func TestAnotherVersionIsAConflict(t *testing.T) {
	dsn, ctx := databasetest.DSN(t), context.Background()
	a, b := newNode(t, dsn), newNode(t, dsn)
	if _, err := a.update("maxRetries", "5"); err != nil {
		t.Fatal(err)
	}
	six, one, two := "6", 1, 2
	if _, err := b.Update(ctx, setting.Changes{"maxRetries": &six}, nil, &one); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("got %v", err)
	}
	if v, err := b.Update(ctx, setting.Changes{"maxRetries": &six}, nil, &two); err != nil || v.Version != 3 {
		t.Errorf("got %+v, %v", v, err)
	}
}

// Without an expected version nobody is refused, and no change of another setting is lost.
func TestNodesThatChangeDifferentSettingsAtOnce(t *testing.T) {
	dsn := databasetest.DSN(t)
	names := []string{"maxRetries", "blacklistThreshold", "cooldownSeconds"}
	nodes := make([]*node, len(names))
	for i := range names {
		nodes[i] = newNode(t, dsn)
	}
	const rounds = 5
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			for round := range rounds {
				if _, err := nodes[i].update(name, fmt.Sprint(round+4)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	v := newNode(t, dsn).Current()
	if v.MaxRetries != rounds+3 || v.BlacklistThreshold != rounds+3 || v.CooldownSeconds != rounds+3 || v.Version != 1+rounds*len(names) {
		t.Errorf("in force is %+v", v)
	}
}

func TestTheAuditRowMasksWhatIsSecret(t *testing.T) {
	n := newNode(t, databasetest.DSN(t))
	ctx := audit.WithActor(context.Background(), "admin key from 192.0.2.1")
	n.db.ProxyKey.Create().SetDigest(make([]byte, 32)).SetMasked("rh-o****ld").SaveX(ctx)
	url, retries := "http://me:hush@proxy:3128", "7"
	keys := []string{"rh-quite-new-and-secret"}
	if _, err := n.Update(ctx, setting.Changes{"proxyUrl": &url, "maxRetries": &retries}, &keys, nil); err != nil {
		t.Fatal(err)
	}
	row := n.db.AuditEvent.Query().OnlyX(ctx)
	if row.Action != "updateSettings" || row.Actor != "admin key from 192.0.2.1" {
		t.Errorf("wrote %v", row)
	}
	if all := row.Before + row.After; strings.Contains(all, "hush") || strings.Contains(all, "quite-new") {
		t.Errorf("a secret is in %s", all)
	}
	var before, after map[string]any
	if err := errors.Join(json.Unmarshal([]byte(row.Before), &before), json.Unmarshal([]byte(row.After), &after)); err != nil {
		t.Fatal(err)
	}
	if before["maxRetries"] != "3" || after["maxRetries"] != "7" || fmt.Sprint(before["proxyKeys"]) != "[rh-o****ld]" || fmt.Sprint(after["proxyKeys"]) != "[rh-q****ret]" {
		t.Errorf("wrote before %v, after %v", before, after)
	}
}

func TestTheProxyURLIsStoredSealedAndKeptWhenItsMaskComesBack(t *testing.T) {
	n, ctx := newNode(t, databasetest.DSN(t)), context.Background()
	if _, err := n.update("proxyUrl", "http://me:hush@proxy:3128"); err != nil {
		t.Fatal(err)
	}
	for _, row := range n.db.Setting.Query().AllX(ctx) {
		if strings.Contains(row.Value, "hush") || strings.Contains(string(row.Sealed), "hush") {
			t.Errorf("%s lies there in clear", row.Name)
		}
	}
	shown := setting.Shown("proxyUrl", n.Current().ProxyURL)
	if strings.Contains(shown, "hush") || !strings.HasPrefix(shown, "http://me:") {
		t.Errorf("shown as %s", shown)
	}
	if v, err := n.update("proxyUrl", shown, "maxRetries", "9"); err != nil || v.ProxyURL != "http://me:hush@proxy:3128" || v.MaxRetries != 9 {
		t.Errorf("after its mask came back: %+v, %v", v, err)
	}
}
