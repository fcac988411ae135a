package requestlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	rejectedName = "rejected.jsonl"
	// mostRejected is how large the file may grow before it takes the place of the one before it.
	mostRejected = 8 << 20
)

// setAside says what the database refuses, and keeps it where a person can look at it: a line of JSON each.
func (l *Log) setAside(r refusal) {
	logger := l.options.Logger
	logger.Error("request log: set a record aside that the database refuses",
		"id", r.entry.ID, "request", r.entry.RequestID, "attempt", r.entry.AttemptNumber, "error", r.err)
	if l.journal == nil {
		return
	}
	if err := l.journal.reject(r); err != nil {
		logger.Error("request log: the record set aside is kept nowhere", "id", r.entry.ID, "error", err)
	}
}

// reject appends a refused entry and the error to the file of such.
func (j *journal) reject(r refusal) error {
	line, err := json.Marshal(struct {
		Refused string
		*Entry
	}{r.err.Error(), r.entry})
	if err != nil {
		return fmt.Errorf("encode a record: %w", err)
	}
	name := filepath.Join(j.dir, rejectedName)
	if info, err := os.Stat(name); err == nil && info.Size() > mostRejected {
		if err := os.Rename(name, name+".1"); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}
