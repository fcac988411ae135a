package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// secrets are the installation's own, random and independent of each other and of ENCRYPTION_KEY, so that another
// ENCRYPTION_KEY only wraps them anew: no value has to be sealed again and no digest changes.
type secrets struct {
	dataKey   [32]byte // seals values; unused where they are stored unsealed
	digestKey [32]byte
}

func newSecrets() (s secrets) {
	copy(s.dataKey[:], randomBytes(32))
	copy(s.digestKey[:], randomBytes(32))
	return s
}

// The first byte of wrapped secrets.
const (
	unwrapped  = 0 // the secrets follow as they are
	hkdfSHA256 = 1 // salt and AES-256-GCM follow, under a key derived by HKDF from 32 random bytes
	argon2id   = 2 // the same, under a key derived by Argon2id from a passphrase
)

// saltSize and the cost of Argon2id are RFC 9106's second recommendation: 3 passes over 64 MiB in 4 lanes.
const (
	saltSize       = 16
	argonPasses    = 3
	argonMemoryKiB = 64 << 10
	argonLanes     = 4
)

// wrapName is the associated data of wrapped secrets, and of the key that wraps them its purpose.
const wrapName = "roundhouse installation"

// wrap makes the row that holds the secrets. The tag of AES-GCM is the check value: another key does not open it.
func wrap(s secrets, encryptionKey string) ([]byte, error) {
	both := append(append([]byte(nil), s.dataKey[:]...), s.digestKey[:]...)
	if encryptionKey == "" {
		return append([]byte{unwrapped}, both...), nil
	}
	row := append([]byte{derivationOf(encryptionKey)}, randomBytes(saltSize)...)
	kek, err := derive(row[0], encryptionKey, row[1:])
	if err != nil {
		return nil, err
	}
	aead, err := gcm(kek)
	if err != nil {
		return nil, err
	}
	return aead.Seal(row, nil, both, []byte(wrapName)), nil
}

func unwrap(row []byte, encryptionKey string) (s secrets, err error) {
	if len(row) < 1+saltSize {
		return s, errors.New("the installation's secrets in the keyring are damaged")
	}
	both := row[1:]
	if row[0] == unwrapped {
		if encryptionKey != "" {
			return s, ErrNotSealed
		}
	} else if both, err = unwrapSealed(row, encryptionKey); err != nil {
		return s, err
	}
	if len(both) != len(s.dataKey)+len(s.digestKey) {
		return s, errors.New("the installation's secrets in the keyring are damaged")
	}
	copy(s.dataKey[:], both)
	copy(s.digestKey[:], both[len(s.dataKey):])
	return s, nil
}

func unwrapSealed(row []byte, encryptionKey string) ([]byte, error) {
	if encryptionKey == "" {
		return nil, ErrKeyMissing
	}
	kek, err := derive(row[0], encryptionKey, row[1:1+saltSize])
	if err != nil {
		return nil, err
	}
	aead, err := gcm(kek)
	if err != nil {
		return nil, err
	}
	both, err := aead.Open(nil, nil, row[1+saltSize:], []byte(wrapName))
	if err != nil {
		return nil, ErrKeyWrong
	}
	return both, nil
}

// derivationOf chooses by the key's form: 32 bytes in hex or base64 are taken for random and need no stretching.
func derivationOf(encryptionKey string) byte {
	if randomKey(encryptionKey) != nil {
		return hkdfSHA256
	}
	return argon2id
}

// derive makes the key that wraps the installation's secrets.
func derive(derivation byte, encryptionKey string, salt []byte) ([]byte, error) {
	switch derivation {
	case hkdfSHA256:
		key := randomKey(encryptionKey)
		if key == nil {
			return nil, ErrKeyWrong
		}
		return hkdf.Key(sha256.New, key, salt, wrapName, 32)
	case argon2id:
		return argon2.IDKey([]byte(encryptionKey), salt, argonPasses, argonMemoryKiB, argonLanes, 32), nil
	}
	return nil, fmt.Errorf("the keyring is of a form (%d) that this version does not know", derivation)
}

// randomKey decodes 32 bytes of hex or base64; nil when the text is neither.
func randomKey(text string) []byte {
	decoders := []func(string) ([]byte, error){
		hex.DecodeString,
		base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	}
	for _, decode := range decoders {
		if key, err := decode(text); err == nil && len(key) == 32 {
			return key
		}
	}
	return nil
}
