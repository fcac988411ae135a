package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/keyring"
	"roundhouse/internal/database"
)

// adminDigestRow names the row of the keyring that holds the admin key's digest.
const adminDigestRow = "admin-key-digest"

// ErrNoAdminKey is returned when none was ever given and none can be made, since a node of several cannot keep it for all.
var ErrNoAdminKey = errors.New("AUTH_KEY: there is no admin key yet; give one, `openssl rand -hex 32` makes a good one")

// KeyFile is a key that was made at first run and is kept in a file only its owner may read. The zero value is no file.
type KeyFile struct {
	Path string
	// Text is the key itself, to be shown this once; empty unless it was made just now.
	Text string
}

// AdminKeyOptions are what AdminKey needs.
type AdminKeyOptions struct {
	DB     *database.DB
	Digest func(secret []byte) [32]byte
	// Given is AUTH_KEY; empty is none.
	Given string
	// DataDir is where a key that must be made is kept.
	DataDir string
}

// AdminKey settles what the admin key is and returns its digest: the one given, which also becomes the row that holds from
// then on; else that row; else, on SQLite, one made and kept in DataDir/auth_key. The file is returned when it holds the
// admin key. Without any the error is ErrNoAdminKey.
func AdminKey(ctx context.Context, o AdminKeyOptions) (digest [32]byte, file KeyFile, err error) {
	if o.Given != "" {
		digest = o.Digest([]byte(o.Given))
		return digest, KeyFile{}, keepAdminDigest(ctx, o.DB, digest)
	}
	path := filepath.Join(o.DataDir, "auth_key")
	row, err := o.DB.Keyring.Query().Where(keyring.Name(adminDigestRow)).Only(ctx)
	switch {
	case err == nil && len(row.Value) != len(digest):
		return digest, KeyFile{}, fmt.Errorf("the admin key's digest in the database has %d bytes instead of %d; give AUTH_KEY to set it anew", len(row.Value), len(digest))
	case err == nil:
		copy(digest[:], row.Value)
		// An AUTH_KEY given once has taken the place of the key in the file, which then must not be named as the admin key.
		kept, err := readKey(path)
		ofFile := o.Digest([]byte(kept))
		if err != nil || subtle.ConstantTimeCompare(ofFile[:], digest[:]) == 0 {
			return digest, KeyFile{}, nil
		}
		return digest, KeyFile{Path: path}, nil
	case !ent.IsNotFound(err):
		return digest, KeyFile{}, fmt.Errorf("read the admin key's digest: %w", err)
	case o.DB.Engine != database.SQLite:
		return digest, KeyFile{}, ErrNoAdminKey
	}
	text, file, err := makeKey(path, "rh-admin-")
	if err != nil {
		return digest, KeyFile{}, err
	}
	digest = o.Digest([]byte(text))
	return digest, file, keepAdminDigest(ctx, o.DB, digest)
}

func keepAdminDigest(ctx context.Context, db *database.DB, digest [32]byte) error {
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		row, err := tx.Keyring.Query().Where(keyring.Name(adminDigestRow)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return tx.Keyring.Create().SetName(adminDigestRow).SetValue(digest[:]).Exec(ctx)
		case err != nil:
			return err
		case subtle.ConstantTimeCompare(row.Value, digest[:]) == 1:
			return nil
		}
		return tx.Keyring.UpdateOneID(row.ID).SetValue(digest[:]).Exec(ctx)
	})
	if ent.IsConstraintError(err) {
		return nil // another node that starts now was quicker
	}
	if err != nil {
		return fmt.Errorf("keep the admin key's digest: %w", err)
	}
	return nil
}

// FirstProxyKey returns the first proxy key, which is made and kept in dataDir/proxy_key unless that file is there. The row
// that makes it valid is the caller's to write.
func FirstProxyKey(dataDir string) (key string, file KeyFile, err error) {
	return makeKey(filepath.Join(dataDir, "proxy_key"), "rh-")
}

// makeKey returns the key that the file holds, or makes both: a file may be there without its row when an earlier start
// was cut short.
func makeKey(path, prefix string) (key string, file KeyFile, err error) {
	key, err = readKey(path)
	if err == nil {
		return key, KeyFile{Path: path}, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", KeyFile{}, err
	}
	key = prefix + randomText()
	if err := writeKey(path, key); err != nil {
		return "", KeyFile{}, fmt.Errorf("keep a new key: %w", err)
	}
	return key, KeyFile{Path: path, Text: key}, nil
}

func readKey(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	key := strings.TrimSpace(string(text))
	if key == "" || strings.ContainsAny(key, "\r\n") {
		return "", fmt.Errorf("%s does not hold one key; remove it, and a new one is made", path)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return "", err
	}
	return key, nil
}

// writeKey leaves either the whole file or none.
func writeKey(path, key string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(key + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// randomText is 32 letters and digits, 190 bits of chance, that a double click selects whole.
func randomText() string {
	const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	text := make([]byte, 0, 32)
	var chance [64]byte
	for len(text) < cap(text) {
		_, _ = rand.Read(chance[:]) // never fails
		for _, b := range chance {
			// What does not divide evenly is thrown away, or the first signs would come more often.
			if int(b) < 256/len(signs)*len(signs) && len(text) < cap(text) {
				text = append(text, signs[int(b)%len(signs)])
			}
		}
	}
	return string(text)
}
