package seal_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"

	"roundhouse/internal/seal"
)

// shelf is a Store in memory.
type shelf struct {
	mu   sync.Mutex // guards rows
	rows map[string][]byte
}

func (s *shelf) Load(context.Context) (map[string][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.rows), nil
}

func (s *shelf) Insert(_ context.Context, name string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = map[string][]byte{}
	}
	if _, there := s.rows[name]; !there {
		s.rows[name] = value
	}
	return nil
}

func open(t *testing.T, store seal.Store, key string) *seal.Box {
	t.Helper()
	box, err := seal.Open(context.Background(), store, key)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// randomKey is 32 bytes that no test depends on.
var randomKey = bytes.Repeat([]byte{0xa5, 0x17}, 16)

func TestWhatWasSealedOpensAfterARestart(t *testing.T) {
	for name, key := range map[string]string{
		"no key":           "",
		"a passphrase":     "correct horse battery staple",
		"32 bytes hex":     hex.EncodeToString(randomKey),
		"32 bytes base64":  base64.StdEncoding.EncodeToString(randomKey),
		"32 bytes raw url": base64.RawURLEncoding.EncodeToString(randomKey),
	} {
		t.Run(name, func(t *testing.T) {
			store := &shelf{}
			before := open(t, store, key)
			sealed, err := before.Seal("key/1/a", []byte("sk-test-0001"))
			if err != nil {
				t.Fatal(err)
			}
			if before.Encrypted() != (key != "") || bytes.Contains(sealed, []byte("test")) == before.Encrypted() {
				t.Errorf("encrypted %v, sealed %q", before.Encrypted(), sealed)
			}
			after := open(t, store, key)
			plain, err := after.Open("key/1/a", sealed)
			if err != nil || string(plain) != "sk-test-0001" {
				t.Errorf("opened %q, %v", plain, err)
			}
			if before.Digest([]byte("x")) != after.Digest([]byte("x")) || before.Digest([]byte("x")) == before.Digest([]byte("y")) {
				t.Error("digests do not tell secrets apart")
			}
		})
	}
}

func TestTheSameBytesInHexAndBase64AreTheSameKey(t *testing.T) {
	store := &shelf{}
	open(t, store, hex.EncodeToString(randomKey))
	open(t, store, base64.StdEncoding.EncodeToString(randomKey))
}

func TestAnotherEncryptionKeyIsRefusedAndChangesNothing(t *testing.T) {
	hexKey, otherHex := hex.EncodeToString(randomKey), strings.Repeat("00", 32)
	for name, c := range map[string]struct {
		made, given string
		want        error
	}{
		"missing":                    {"a passphrase", "", seal.ErrKeyMissing},
		"missing, random":            {hexKey, "", seal.ErrKeyMissing},
		"wrong passphrase":           {"a passphrase", "a passphrasE", seal.ErrKeyWrong},
		"wrong random":               {hexKey, otherHex, seal.ErrKeyWrong},
		"passphrase for random":      {hexKey, "a passphrase", seal.ErrKeyWrong},
		"random for passphrase":      {"a passphrase", hexKey, seal.ErrKeyWrong},
		"given where there was none": {"", "a passphrase", seal.ErrNotSealed},
	} {
		t.Run(name, func(t *testing.T) {
			store := &shelf{}
			open(t, store, c.made)
			before, _ := store.Load(context.Background())
			if _, err := seal.Open(context.Background(), store, c.given); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
			after, _ := store.Load(context.Background())
			if !maps.EqualFunc(before, after, bytes.Equal) {
				t.Error("the keyring changed")
			}
			open(t, store, c.made)
		})
	}
}

func TestNodesThatStartTogetherShareOneInstallation(t *testing.T) {
	store := &shelf{}
	digests := make([]seal.Digest, 8)
	var wg sync.WaitGroup
	for i := range digests {
		wg.Go(func() {
			box, err := seal.Open(context.Background(), store, hex.EncodeToString(randomKey))
			if err != nil {
				t.Error(err)
				return
			}
			digests[i] = box.Digest([]byte("a proxy key"))
		})
	}
	wg.Wait()
	for _, d := range digests {
		if d != digests[0] {
			t.Fatal("two nodes digest differently")
		}
	}
}

func TestInstallationsDigestDifferently(t *testing.T) {
	one, other := open(t, &shelf{}, ""), open(t, &shelf{}, "")
	if one.Digest([]byte("x")) == other.Digest([]byte("x")) {
		t.Error("a digest can be compared across installations")
	}
}

func TestAValueThatWasTamperedWithDoesNotOpen(t *testing.T) {
	box := open(t, &shelf{}, hex.EncodeToString(randomKey))
	sealed, err := box.Seal("key/1/a", []byte("sk-test-0001"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		identity string
		sealed   []byte
	}{
		"another row":   {"key/2/a", sealed},
		"empty":         {"key/1/a", nil},
		"cut":           {"key/1/a", sealed[:len(sealed)-1]},
		"only the form": {"key/1/a", sealed[:1]},
		"a bit flipped": {"key/1/a", flip(sealed)},
		"slipped in":    {"key/1/a", append([]byte{0}, "sk-test-0002"...)},
		"unknown form":  {"key/1/a", append([]byte{9}, sealed[1:]...)},
	} {
		if plain, err := box.Open(c.identity, c.sealed); !errors.Is(err, seal.ErrUnsealable) {
			t.Errorf("%s: opened %q, %v", name, plain, err)
		}
	}
	again, err := box.Seal("key/1/a", []byte("sk-test-0001"))
	if err != nil || bytes.Equal(again, sealed) {
		t.Errorf("sealing twice gives the same bytes, %v", err)
	}
}

func flip(sealed []byte) []byte {
	changed := bytes.Clone(sealed)
	changed[len(changed)/2] ^= 1
	return changed
}

func TestADamagedKeyringIsRefused(t *testing.T) {
	for _, row := range [][]byte{{}, {0}, {1, 2, 3}, bytes.Repeat([]byte{0}, 40), bytes.Repeat([]byte{7}, 90)} {
		if _, err := seal.Open(context.Background(), &shelf{rows: map[string][]byte{"installation": row}}, ""); err == nil {
			t.Errorf("%d bytes were taken for a keyring", len(row))
		}
	}
}

func TestMaskShowsAThirdAtMost(t *testing.T) {
	for secret, want := range map[string]string{
		"":                      "****",
		"abcde":                 "****",
		"abcdef":                "a****f",
		"abcdefghi":             "ab****i",
		"abcdefghijkl":          "ab****kl",
		strings.Repeat("k", 12): "kk****kk",
		strings.Repeat("k", 99): "kkkk****kkkk",
		"größter Schlüssel":     "grö****el",
		"bad\xff\xfebytes!":     "ba****!",
	} {
		if got := seal.Mask(secret); got != want {
			t.Errorf("%q is shown as %q, not %q", secret, got, want)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	box, err := seal.Open(context.Background(), &shelf{}, "")
	if err != nil {
		b.Fatal(err)
	}
	secret := []byte("rh-0123456789abcdef")
	b.ReportAllocs()
	for b.Loop() {
		box.Digest(secret)
	}
}

func TestASwitchDeclaredByWhoeverWritesRowsIsRefused(t *testing.T) {
	for _, forged := range [][]byte{{}, {1}, append([]byte{1}, make([]byte, 50)...), append([]byte{2}, make([]byte, 32)...)} {
		store := &shelf{}
		open(t, store, "a passphrase")
		store.rows[seal.SwitchRow] = forged
		if _, err := seal.Open(context.Background(), store, "a passphrase"); err == nil {
			t.Errorf("%x was taken", forged)
		}
		if _, err := seal.PlanMove(store.rows, "a passphrase", ""); err == nil {
			t.Errorf("%x was taken for a switch that had begun", forged)
		}
	}
}

func TestABoxStartedDuringASwitchTakesBothForms(t *testing.T) {
	store := &shelf{}
	before := open(t, store, "")
	clear, _ := before.Seal("a", []byte("old"))
	plan, err := seal.PlanMove(store.rows, "", "a passphrase")
	if err != nil || plan.Move != seal.SealAll || plan.Resumed {
		t.Fatalf("%+v, %v", plan, err)
	}
	store.rows[seal.InstallationRow], store.rows[seal.SwitchRow] = plan.Installation, plan.Mark
	during := open(t, store, "a passphrase")
	sealed, err := plan.Box.Reseal("a", clear)
	if err != nil || bytes.Contains(sealed, []byte("old")) {
		t.Fatalf("%q, %v", sealed, err)
	}
	for _, form := range [][]byte{clear, sealed} {
		if value, err := during.Open("a", form); err != nil || string(value) != "old" {
			t.Errorf("%q, %v", value, err)
		}
	}
	if during.Digest([]byte("x")) != before.Digest([]byte("x")) {
		t.Error("digests changed")
	}
	delete(store.rows, seal.SwitchRow)
	if _, err := open(t, store, "a passphrase").Open("a", clear); !errors.Is(err, seal.ErrUnsealable) {
		t.Errorf("clear text is still taken when the switch is over: %v", err)
	}
}
