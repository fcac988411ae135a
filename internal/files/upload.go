package files

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"roundhouse/ent/generated/ent"
)

// errBroken says that the client did not send all it had announced.
var errBroken = errors.New("the upload broke off")

// ticket is how a task's row names an upload: its file and, sealed, the key that the file is enciphered under.
type ticket struct {
	File string `json:"file"`
	Key  []byte `json:"key"`
}

// upload is a file that a client sent, on disk, so that a task can read it after the request has ended, and another process if
// this one ends first. Keys lie there in no clear text: each file is enciphered under a key of its own, which only its ticket
// holds.
type upload struct {
	file  *os.File
	block cipher.Block
	plain io.Reader
}

// receive stores a body. The error wraps errBroken when the client is to blame. Whoever takes the upload closes it, and removes
// it when nobody will read it again.
func (f *Files) receive(body io.Reader) (*upload, ticket, error) {
	u, t, err := f.newUpload()
	if err != nil {
		return nil, ticket{}, fmt.Errorf("store an upload: %w", err)
	}
	from := &source{Reader: body}
	_, err = io.Copy(&cipher.StreamWriter{S: u.stream(), W: u.file}, from)
	if err == nil {
		_, err = u.Seek(0, io.SeekStart)
	}
	if err != nil {
		u.remove()
		if from.broken {
			return nil, ticket{}, fmt.Errorf("%w: %w", errBroken, err)
		}
		return nil, ticket{}, fmt.Errorf("store an upload: %w", err)
	}
	return u, t, nil
}

func (f *Files) newUpload() (*upload, ticket, error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return nil, ticket{}, err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, ticket{}, err
	}
	sealed, err := f.Seal(key)
	if err != nil {
		return nil, ticket{}, err
	}
	file, err := os.CreateTemp(f.Dir, "upload-*")
	if err != nil {
		return nil, ticket{}, err
	}
	return &upload{file: file, block: block}, ticket{File: filepath.Base(file.Name()), Key: sealed}, nil
}

// reopen opens an upload that a former process received.
func (f *Files) reopen(t ticket) (*upload, error) {
	key, err := f.Open(t.Key)
	if err != nil {
		return nil, fmt.Errorf("open the key of an upload: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(f.Dir, filepath.Base(t.File)))
	if err != nil {
		return nil, err
	}
	u := &upload{file: file, block: block}
	_, err = u.Seek(0, io.SeekStart)
	return u, err
}

// Sweep removes the uploads that no task is to read any more, such as one whose process was killed before its task was made.
func (f *Files) Sweep(ctx context.Context) error {
	tasks, err := f.Tasks.Unended(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, row := range tasks {
		wanted[ticketOf(row).File] = true
	}
	names, err := filepath.Glob(filepath.Join(f.Dir, "upload-*"))
	for _, name := range names {
		if !wanted[filepath.Base(name)] {
			if removed := os.Remove(name); removed != nil && !errors.Is(removed, fs.ErrNotExist) {
				err = errors.Join(err, removed)
			}
		}
	}
	return err
}

// ticketOf is a task's; zero when it reads no upload.
func ticketOf(row *ent.Task) (t ticket) {
	_ = json.Unmarshal([]byte(row.Instructions), &t)
	return t
}

// stream is the key's stream from its beginning. The counter may begin at zero since each upload has a key of its own.
func (u *upload) stream() cipher.Stream { return cipher.NewCTR(u.block, make([]byte, aes.BlockSize)) }

func (u *upload) Read(p []byte) (int, error) { return u.plain.Read(p) }

// Seek goes back to the beginning, which is all that it can.
func (u *upload) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.ErrUnsupported
	}
	u.plain = cipher.StreamReader{S: u.stream(), R: u.file}
	return u.file.Seek(0, io.SeekStart)
}

// remove closes the upload and takes its file away.
func (u *upload) remove() {
	_ = u.file.Close()
	_ = os.Remove(u.file.Name())
}

// source notes that reading failed, which io.Copy does not tell from writing.
type source struct {
	io.Reader
	broken bool
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.broken = err != nil && err != io.EOF
	return n, err
}
