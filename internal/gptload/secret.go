package gptload

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

var (
	// ErrSealed is returned when the keys are encrypted and no key was given to open them.
	ErrSealed = errors.New("the keys in GPT-Load's database are encrypted: give its ENCRYPTION_KEY in a file with --encryption-key-file")
	// ErrWrongKey is returned when the key that was given opens none of them.
	ErrWrongKey = errors.New("the encryption key opens none of the keys in GPT-Load's database: give the ENCRYPTION_KEY that GPT-Load runs with")
)

// opener opens what GPT-Load stored: AES-256-GCM in hex under a key derived from its ENCRYPTION_KEY, or clear text. Which one
// it is tells the hash beside it, HMAC-SHA-256 with the derived key or plain SHA-256.
type opener struct {
	aead cipher.AEAD // nil when no key was given
	key  []byte
}

func newOpener(encryptionKey string) (*opener, error) {
	if encryptionKey == "" {
		return &opener{}, nil
	}
	key, err := pbkdf2.Key(sha256.New, encryptionKey, []byte("gpt-load-encryption-v1"), 100_000, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &opener{aead: aead, key: key}, err
}

// open returns the key in clear, and false for one that does not open.
func (o *opener) open(k storedKey) (string, bool) {
	if o.aead != nil {
		if text, ok := o.decipher(k.value); ok && o.fits(text, k.hash) {
			return text, true
		}
	}
	plain := sha256.Sum256([]byte(k.value))
	return k.value, hex.EncodeToString(plain[:]) == k.hash || (k.hash == "" && o.aead == nil)
}

func (o *opener) decipher(value string) (string, bool) {
	sealed, err := hex.DecodeString(value)
	if err != nil || len(sealed) < o.aead.NonceSize() {
		return "", false
	}
	text, err := o.aead.Open(nil, sealed[:o.aead.NonceSize()], sealed[o.aead.NonceSize():], nil)
	return string(text), err == nil
}

func (o *opener) fits(text, hash string) bool {
	mac := hmac.New(sha256.New, o.key)
	mac.Write([]byte(text))
	return hash == "" || hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(hash))
}

// tryOut opens the first keys, so that a wrong or missing key is told before anything is changed.
func (o *opener) tryOut(ctx context.Context, s *source) error {
	first, err := s.keysAfter(ctx, 0, 100)
	if err != nil {
		return fmt.Errorf("try the encryption key: %w", err)
	}
	for _, k := range first {
		if _, ok := o.open(k); ok {
			return nil
		}
	}
	switch {
	case len(first) == 0:
		return nil
	case o.aead == nil:
		return ErrSealed
	}
	return ErrWrongKey
}
