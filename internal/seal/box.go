// Package seal encrypts secrets at rest and digests them for look-up. It knows bytes and the names they are sealed under, and
// nothing of tables: whoever keeps its own secrets gives it a Store.
package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"sync"
)

var (
	// ErrKeyMissing is returned by Open when the installation's secrets are sealed and no ENCRYPTION_KEY was given.
	ErrKeyMissing = errors.New("the secrets in this database are sealed: set ENCRYPTION_KEY to the key they were sealed with")
	// ErrKeyWrong is returned by Open when ENCRYPTION_KEY is not the one the installation was made with.
	ErrKeyWrong = errors.New("ENCRYPTION_KEY is not the key that the secrets in this database were sealed with")
	// ErrNotSealed is returned by Open when ENCRYPTION_KEY is given and the installation was made without one.
	ErrNotSealed = errors.New("the secrets in this database were stored without ENCRYPTION_KEY: unset it, or switch encryption on with roundhouse migrate-keys")
	// ErrUnsealable is returned by Box.Open when a value does not open: cut, changed, or sealed under another name.
	ErrUnsealable = errors.New("a sealed value does not open")
)

// Digest is the HMAC-SHA-256 of a secret under the installation's own key: what uniqueness, equality and look-up go by.
type Digest = [32]byte

// Store keeps the installation's own secrets by name.
type Store interface {
	// Load returns every row.
	Load(ctx context.Context) (map[string][]byte, error)
	// Insert adds a row. When there is one of this name already it stays as it is, and that is no error.
	Insert(ctx context.Context, name string, value []byte) error
}

// The first byte of a sealed value.
const (
	plain  = 0 // the value follows as it is
	aesGCM = 1 // a nonce of 12 bytes and AES-256-GCM under the data key follow, the identity as associated data
)

// Box seals and opens values and digests secrets. It is safe for concurrent use.
type Box struct {
	aead    cipher.AEAD // opens what is sealed; nil where nothing is
	seals   bool        // what is stored from now on is sealed
	both    bool        // a switch is under way: values are found sealed and unsealed
	digests sync.Pool   // of hash.Hash, keyed
}

// Open reads the installation's secrets, making them at the first start, of several nodes exactly one's. An empty
// encryptionKey leaves values unsealed; one that is wrong, missing or not expected is refused and changes nothing. While a
// switch is under way the key is the one that wraps the secrets then, and values open whether they are sealed yet or not.
func Open(ctx context.Context, store Store, encryptionKey string) (*Box, error) {
	rows, err := installation(ctx, store, encryptionKey)
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	secrets, err := unwrap(rows[InstallationRow], encryptionKey)
	if err != nil {
		return nil, err
	}
	to, err := underWay(rows, secrets)
	if err != nil {
		return nil, err
	}
	return newBox(secrets, encryptionKey != "", to)
}

// installation loads the rows and makes the wrapped secrets when there are none. What another node stored first wins.
func installation(ctx context.Context, store Store, encryptionKey string) (map[string][]byte, error) {
	const name = InstallationRow
	rows, err := store.Load(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := rows[name]; ok {
		return rows, nil
	}
	row, err := wrap(newSecrets(), encryptionKey)
	if err != nil {
		return nil, err
	}
	if err := store.Insert(ctx, name, row); err != nil {
		return nil, err
	}
	if rows, err = store.Load(ctx); err != nil {
		return nil, err
	}
	if _, ok := rows[name]; ok {
		return rows, nil
	}
	return nil, errors.New("what was stored is not there")
}

func newBox(s secrets, encrypted bool, to Switch) (*Box, error) {
	box := &Box{
		seals: encrypted && to != SwitchOff, both: to != NoSwitch,
		digests: sync.Pool{New: func() any { return hmac.New(sha256.New, s.digestKey[:]) }},
	}
	if !encrypted {
		return box, nil
	}
	aead, err := gcm(s.dataKey[:])
	if err != nil {
		return nil, err
	}
	box.aead = aead
	return box, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Encrypted reports whether values are sealed when they are stored.
func (b *Box) Encrypted() bool { return b.seals }

// Seal returns what is to be stored; it opens under the same identity alone, so that a value copied to another row is noticed.
func (b *Box) Seal(identity string, value []byte) ([]byte, error) {
	return b.AppendSeal(nil, []byte(identity), value), nil
}

// AppendSeal is Seal for who seals very many: it appends what is to be stored to dst.
func (b *Box) AppendSeal(dst, identity, value []byte) []byte {
	if !b.seals {
		return append(append(dst, plain), value...)
	}
	return b.aead.Seal(append(dst, aesGCM), nil, value, identity)
}

// Open returns the value that Seal was given, or ErrUnsealable. Where values are sealed, one that is not is refused: whoever
// can write rows cannot slip in a key of their own. While a switch is under way both are taken.
func (b *Box) Open(identity string, sealed []byte) ([]byte, error) {
	return b.AppendOpen(nil, []byte(identity), sealed)
}

// AppendOpen is Open for who opens very many: it appends the value to dst and makes nothing that is left behind.
func (b *Box) AppendOpen(dst, identity, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, fmt.Errorf("%s: %w", identity, ErrUnsealable)
	}
	switch form, body := sealed[0], sealed[1:]; {
	case form == plain && (b.aead == nil || b.both):
		return append(dst, body...), nil
	case form == aesGCM && b.aead != nil:
		if value, err := b.aead.Open(dst, nil, body, identity); err == nil {
			return value, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", identity, ErrUnsealable)
}

// Digest is the same for the same secret within one installation, and says nothing about it outside.
func (b *Box) Digest(secret []byte) Digest {
	h := b.digests.Get().(hash.Hash)
	h.Reset()
	h.Write(secret)
	var d Digest
	h.Sum(d[:0])
	b.digests.Put(h)
	return d
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}
