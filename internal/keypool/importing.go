package keypool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/schema"
	"roundhouse/internal/audit"
	"roundhouse/internal/database"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// fresh is a key that is ready to be stored.
type fresh struct {
	digest seal.Digest
	sealed []byte
	masked string
	notes  string
	// status is empty for ACTIVE.
	status Status
}

// Begin refuses a group that cannot hold keys and writes who asks for what of them. The error wraps fault.ErrNotFound when
// there is no such group, and is a fault.Input when it is an aggregate.
func (p *Pool) Begin(ctx context.Context, groupID int64, action string) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		g, err := tx.Group.Get(ctx, groupID)
		if ent.IsNotFound(err) {
			return fmt.Errorf("group %d: %w", groupID, fault.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("get group: %w", err)
		}
		if g.Kind == group.KindAGGREGATE {
			return fault.One("groupId", fault.NotAllowed, nil, "an aggregate group holds no keys of its own; name one of its members")
		}
		return audit.Write(ctx, tx, audit.Event{Action: action, Target: "group " + g.Name, GroupID: groupID})
	})
}

// Import reads keys and adds those the group does not have. Added keys count as succeeded, those already there or met
// twice as skipped, unusable entries as failed, each with a problem. Keys are stored as they are read, in their order; an
// error or a cancelled ctx leaves what was stored by then, whole. The error wraps fault.ErrNotFound when there is no such
// group.
func (p *Pool) Import(ctx context.Context, groupID int64, in io.Reader, progress Progress) error {
	if again, ok := in.(io.ReadSeeker); ok {
		total, err := countEntries(again)
		if err != nil {
			return err
		}
		progress.SetTotal(total)
	}
	parser, c, pace, s := NewParser(in), embark(progress), newPace(), newSheaf()
	for range c.place() {
		if _, err := parser.Next(); err != nil {
			return fmt.Errorf("find the place where the import goes on: %w", err)
		}
	}
	for {
		began := time.Now()
		read, err := p.gather(groupID, parser, pace.size, s, c)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return fmt.Errorf("read keys: %w", err)
		}
		if err := p.insert(ctx, groupID, s.keys, c.place()+read, c); err != nil {
			return fmt.Errorf("store keys: %w", err)
		}
		if ended {
			return nil
		}
		pace.took(time.Since(began))
	}
}

// countEntries counts the entries of an input and goes back to its beginning.
func countEntries(in io.ReadSeeker) (total int64, err error) {
	parser := NewParser(in)
	for ; err == nil; total++ {
		_, err = parser.Next()
	}
	if !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("count keys: %w", err)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("count keys: %w", err)
	}
	return total - 1, nil
}

// pace is how many keys are stored in one transaction, so that none holds others up for long.
type pace struct{ size int }

func newPace() pace { return pace{readAhead} }

const (
	// readAhead is how many entries are stored together at first, mostAhead and leastAhead bound it: the memory of an import
	// is about that many keys.
	readAhead  = 500
	leastAhead = batch
	mostAhead  = 2000
)

func (p *pace) took(d time.Duration) {
	switch {
	case d > 2*hold:
		p.size = max(p.size/2, leastAhead)
	case d < hold:
		p.size = min(p.size*2, mostAhead)
	}
}

// sheaf is the keys that are stored together. One is filled again and again: what an import leaves behind has the collector take
// processors from requests.
type sheaf struct {
	keys     []fresh
	seen     map[seal.Digest]struct{}
	sealed   []byte // of all keys
	identity []byte
}

func newSheaf() *sheaf {
	return &sheaf{keys: make([]fresh, 0, mostAhead), seen: make(map[seal.Digest]struct{}, mostAhead)}
}

func (s *sheaf) empty() {
	s.keys, s.sealed = s.keys[:0], s.sealed[:0]
	clear(s.seen)
}

// gather reads some entries into the sheaf and seals what is usable, once; read counts all of them. The error is io.EOF when the
// input ended with them.
func (p *Pool) gather(groupID int64, parser *Parser, size int, s *sheaf, c *course) (read int64, err error) {
	s.empty()
	for range size {
		entry, err := parser.Next()
		if err != nil {
			return read, err
		}
		read++
		if entry.Reason != "" {
			c.fail(entry.problem())
			continue
		}
		digest := p.box.Digest(entry.Text)
		if _, twice := s.seen[digest]; twice {
			c.skip(1)
			continue
		}
		s.seen[digest] = struct{}{}
		s.identity = seal.AppendKeyIdentity(s.identity[:0], groupID, digest)
		begin := len(s.sealed)
		s.sealed = p.box.AppendSeal(s.sealed, s.identity, entry.Text)
		s.keys = append(s.keys, fresh{digest: digest, sealed: s.sealed[begin:], masked: seal.Mask(string(entry.Text)), notes: entry.Notes})
	}
	return read, nil
}

func (e Entry) problem() schema.TaskProblem {
	return schema.TaskProblem{Line: e.Line, Reason: string(e.Reason), Message: e.Message}
}

// insert stores those of the keys that the group does not have, in one transaction, and tells who must know. What comes before
// the place is then done.
func (p *Pool) insert(ctx context.Context, groupID int64, keys []fresh, place int64, c *course) error {
	var step schema.TaskMark
	err := p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		revision, err := lock(ctx, tx, groupID)
		if err != nil {
			return err
		}
		there, err := tx.Group.Query().Where(group.ID(groupID)).Exist(ctx)
		if err != nil {
			return fmt.Errorf("look up group: %w", err)
		}
		if !there {
			return fmt.Errorf("group %d was deleted: %w", groupID, fault.ErrNotFound)
		}
		added, err := p.insertMissing(ctx, tx, groupID, revision, keys)
		if err != nil {
			return err
		}
		step = schema.TaskMark{Place: place, Succeeded: added.Total(), Skipped: int64(len(keys)) - added.Total()}
		if err := settle(ctx, tx, groupID, added, false); err != nil {
			return err
		}
		return c.mark(ctx, tx, step)
	})
	if err != nil {
		return err
	}
	c.done(step)
	if step.Succeeded > 0 {
		p.changed(groupID)
		p.announce(ctx, groupID, nil)
	}
	return nil
}

// insertMissing adds the keys that the group does not have, some at a time, and counts them. Keys of one status go together.
func (p *Pool) insertMissing(ctx context.Context, tx *ent.Tx, groupID, revision int64, keys []fresh) (added Counts, err error) {
	var statement insertion
	var args []any
	var created any = time.Now().UTC().Truncate(time.Millisecond)
	for len(keys) > 0 {
		n := 1
		for n < min(len(keys), p.insertBatch()) && keys[n].status == keys[0].status {
			n++
		}
		plain := !slices.ContainsFunc(keys[:n], func(f fresh) bool { return f.notes != "" || f.status != "" })
		if statement.rows != n || statement.plain != plain {
			statement = p.insertion(groupID, revision, n, plain)
		}
		args = statement.args(args[:0], created, keys[:n])
		result, err := tx.ExecContext(ctx, statement.query, args...)
		if err != nil {
			return Counts{}, fmt.Errorf("insert keys: %w", err)
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return Counts{}, fmt.Errorf("insert keys: %w", err)
		}
		*added.at(keys[0].status) += rows
		keys = keys[n:]
	}
	return added, nil
}

// insertBatch is how many keys one statement stores. SQLite's driver looks for each value among all of the statement's: few at a
// time cost half as much, all in all, as many.
func (p *Pool) insertBatch() int {
	if p.db.Engine == database.SQLite {
		return 30
	}
	return batch
}

// insertion is a statement that stores so many keys; plain ones have neither notes nor a status of their own.
type insertion struct {
	query string
	rows  int
	plain bool
}

// insertion writes the statement by hand: ent's bulk insert binds every column of every row, which costs twice the time. Keys
// that are there already are passed over. The columns left out have the defaults of the schema.
func (p *Pool) insertion(groupID, revision int64, rows int, plain bool) insertion {
	columns := []string{key.FieldGroupID, key.FieldRevision, key.FieldCreatedAt, key.FieldDigest, key.FieldSealed, key.FieldMasked}
	if !plain {
		columns = append(columns, key.FieldNotes, key.FieldStatus)
	}
	row := make([]any, len(columns))
	for i := range row {
		row[i] = i // anything that has a place for a value written
	}
	row[0], row[1] = entsql.Raw(fmt.Sprint(groupID)), entsql.Raw(fmt.Sprint(revision))
	insert := entsql.Dialect(p.db.Engine.Dialect()).Insert(key.Table).Columns(columns...)
	for range rows {
		insert.Values(row...)
	}
	if p.db.Engine == database.Postgres {
		insert.OnConflict(entsql.ConflictColumns(key.FieldGroupID, key.FieldDigest), entsql.DoNothing())
	}
	query, _ := insert.Query()
	// Said so, SQLite need not copy every page that the statement touches, as it must where a row may undo the whole.
	switch p.db.Engine {
	case database.SQLite:
		query = strings.Replace(query, "INSERT INTO", "INSERT OR IGNORE INTO", 1)
	case database.MySQL:
		query = strings.Replace(query, "INSERT INTO", "INSERT IGNORE INTO", 1)
	}
	return insertion{query: query, rows: rows, plain: plain}
}

// args appends the values of these keys.
func (i insertion) args(args []any, created any, keys []fresh) []any {
	for k := range keys {
		args = append(args, created, keys[k].digest[:], keys[k].sealed, keys[k].masked)
		if !i.plain {
			args = append(args, keys[k].notes, cmp.Or(keys[k].status, key.StatusACTIVE))
		}
	}
	return args
}
